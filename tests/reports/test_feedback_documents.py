"""The feedback report on paper: as PDF and as Word, what it says and that text stays text."""

import datetime as dt
import io

import docx
import pytest
from django.urls import reverse

from mejora.reports.documents import feedback
from mejora.support.feedback import FeedbackReport
from mejora.support.operations import feedback as operations
from tests import pdf
from tests.factories.feedback import held, promised, supported
from tests.factories.network import YEAR

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 9, 8, 13, 42, tzinfo=dt.UTC)
NASTY = '#panic() *negrita* <w:b/> "comillas" \x07 ‮al revés 😀 ' + "palabra" * 30


@pytest.fixture
def at(today):
    return supported()


@pytest.fixture
def report(at):
    session = held(at, dt.date(YEAR, 5, 4), teachers=11)
    promised(session, at, NASTY, due_on=dt.date(YEAR, 6, 1), status="not", why=NASTY)
    return operations.draft(
        at.plan, at.school, from_on=dt.date(YEAR, 3, 2), to_on=dt.date(YEAR, 7, 3), by=at.adviser
    )


def read(report):
    return FeedbackReport.objects.with_parts().get(pk=report.pk)


def words(document):
    """Every text of the file, those of tables too."""
    opened = docx.Document(io.BytesIO(document))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in opened.paragraphs] + cells


def test_a_draft_says_that_it_is_one(report):
    text = pdf.text_of(feedback.feedback_pdf(read(report), at=AT))

    assert "Borrador: todavía no se ha enviado" in text
    assert "Borrador: todavía no se ha enviado." in words(
        feedback.feedback_docx(read(report), at=AT)
    )


def test_both_say_what_was_sent_read_and_answered(at, report):
    report = operations.send(report, revision=report.revision, by=at.adviser)
    report = operations.answer(report, "Lo vimos en consejo.", by=at.director)

    text = pdf.text_of(feedback.feedback_pdf(read(report), at=AT))
    told = "\n".join(words(feedback.feedback_docx(read(report), at=AT)))

    for found in (text, told):
        for expected in (
            "Informe sintético de retroalimentación",
            "Cumplimiento de logros",
            "Participación de la comunidad",
            "Situaciones emergentes",
            "Se realizó 1 sesión de apoyo",
            "Lo vimos en consejo.",
            report.sha256,
            at.school.name,
            at.director.user.name,
        ):
            assert expected in found


def test_what_people_wrote_is_printed_as_text(report):
    text = pdf.text_of(feedback.feedback_pdf(read(report), at=AT))
    told = "\n".join(words(feedback.feedback_docx(read(report), at=AT)))

    assert "#panic() *negrita* <w:b/>" in text
    assert '#panic() *negrita* <w:b/> "comillas"' in told
    assert not any(sign in told for sign in ("\x07", "‮"))


def test_the_same_report_gives_the_same_bytes(report):
    report = read(report)

    assert feedback.feedback_pdf(report, at=AT) == feedback.feedback_pdf(report, at=AT)
    assert feedback.feedback_docx(report, at=AT) == feedback.feedback_docx(report, at=AT)


def test_the_sample_says_that_it_is_made_up(at, report):
    at.school.is_sample = True
    at.school.save()

    assert "Datos de ejemplo" in pdf.text_of(feedback.feedback_pdf(read(report), at=AT))


def test_whoever_reads_the_report_takes_it_and_nobody_takes_a_draft_of_others(
    at, report, signed_in
):
    page = reverse("reports:feedback_docx", args=[report.uid])
    assert signed_in(at.director).get(page).status_code == 404

    operations.send(report, revision=report.revision, by=at.adviser)
    answer = signed_in(at.director).get(page)

    assert answer.status_code == 200
    name = f"{at.school.code}-retroalimentacion-2026-07-03.docx"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Cache-Control"] == "private, no-store"
