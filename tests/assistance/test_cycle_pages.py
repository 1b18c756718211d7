"""The pages, papers and records of a cycle that operations carried from start to end."""

import datetime as dt
import io

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mejora.assistance.enums import Activity, AssistanceState, Modality, Target
from mejora.assistance.models import (
    Assistance,
    Closing,
    CycleChange,
    Inclusion,
    Need,
    Task,
)
from mejora.assistance.operations import reporting, rows
from mejora.assistance.reading import Whole
from mejora.assistance.reporting import Report
from mejora.assistance.verifying import (
    Case,
    Verification,
)
from mejora.core.decisions import Conflict, Refused
from mejora.keeping.checks import cycles as checks
from mejora.reports.documents import assistance as papers
from mejora.support.enums import Approach, SupportKind
from mejora.support.models import SupportPlan, SupportPlanSchool
from tests.factories.assistance import ENDS, PROGRAMME, STARTS, YEAR, secretariat

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 8)


@pytest.fixture
def office(today):
    return secretariat()


def ended(office):
    """The whole cycle, its one school reported."""
    (assistance,) = office.verified(DAY)
    office.verify(assistance)
    office.close(Activity.VERIFICATION)
    texts = {"results": "Se hizo <b>todo</b>", "analysis": "#strong[Bien]"}
    rows.add(Report(cycle=office.cycle, **texts), by=office.professional)
    reporting.issue(office.cycle, by=office.professional)
    for target in Target:
        reporting.deliver(office.cycle, target, on=DAY, by=office.professional)
    office.close(Activity.REPORT)
    row = office.inclusion()
    said = {"outcome": "fails", "is_systematic": True, "outcome_note": "Dos años sin PMI"}
    row = rows.judge(row, row.revision, said, by=office.professional)
    fields = {"norm": "Guía 34", "evidence": "Dos años sin PMI"}
    rows.report_school(row, fields, by=office.leader)
    return reporting.file(office.cycle, by=office.leader)


PAGES = (
    *("cycle", "analysis", "needs", "classes", "pam", "follow_ups", "ratings", "verification"),
    *("report", "irregularities", "records", "history"),
)


def test_every_page_of_an_ended_cycle_says_so_and_offers_no_writing(office, signed_in):
    ended(office)
    client = signed_in(office.leader)

    for name in PAGES:
        page = client.get(reverse(f"assistance:{name}", args=[office.cycle.uid]))
        assert page.status_code == 200, name
        assert "Cerrar la actividad" not in page.content.decode()

    answer = client.get(reverse("assistance:row_new", args=[office.cycle.uid, "fuente"]))
    assert answer.status_code == 403
    assert "terminó" in answer.content.decode()


@pytest.mark.parametrize("paper", papers.PAPERS)
def test_both_papers_say_what_was_frozen_as_data(office, paper):
    ended(office)
    whole = Whole(office.cycle)
    Assistance.objects.update(objectives="Cambiado en la base")

    pdf, name = papers.document(whole, paper, "pdf")
    word, _ = papers.document(whole, paper, "docx")

    assert pdf.startswith(b"%PDF-")
    assert name == f"CO-{name.split('CO-')[1]}"
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(word)).paragraphs)
    if paper == "informe-asistencia":
        assert "Se hizo <b>todo</b>" in text
        assert "#strong[Bien]" in text
    else:
        assert "Formato propio" in text
        assert "Dos años sin PMI" in text


def test_check_finds_nothing_and_then_what_was_rewritten_in_the_database(office):
    ended(office)
    assert [each for check in checks.CHECKS for each in check()] == []

    Need.objects.update(text="Otra cosa")
    Report.objects.update(content={"results": "otra cosa"})

    found = "\n".join(each for check in checks.CHECKS for each in check())
    assert "Necesidad «Seguimiento»" in found
    assert "no es lo que se emitió" in found


def test_the_second_of_two_writers_is_told_and_loses_nothing(office, signed_in):
    office.analysed()
    need = Need.objects.get()
    first = {"text": "Lo primero"}
    rows.change(need, need.revision, first, by=office.leader)
    with pytest.raises(Conflict):
        rows.change(need, need.revision, {"text": "Lo segundo"}, by=office.professional)

    url = reverse("assistance:row", args=["necesidad", need.uid])
    said = {
        "revision": need.revision,
        "school": need.school_id,
        "origin": need.origin,
        "theme": need.theme,
        "text": "Lo segundo",
        "asked_on": "01-02-2026",
    }
    page = signed_in(office.professional).post(url, said)

    assert page.status_code == 409
    assert "Lo primero" in page.content.decode()
    assert "Lo segundo" in page.content.decode()


def test_a_school_asks_and_reads_the_answer(office, signed_in):
    office.analysed()
    school = office.schools[0]
    client = signed_in(office.rectors[school.pk])
    url = reverse("assistance:ask", args=[school.code])

    client.post(url, {"theme": "Metas", "text": "Redactar metas medibles"})
    need = Need.objects.get(origin="school")
    rows.answer_need(
        need, need.revision, declined=True, answer="El próximo año", by=office.professional
    )

    page = client.get(reverse("assistance:school", args=[school.code])).content.decode()
    assert "Redactar metas medibles" in page
    assert "El próximo año" in page
    with pytest.raises(Refused):
        rows.change(need, need.revision + 1, {"text": "x"}, by=office.professional)


def test_the_page_of_activity_1_closes_with_the_form(office, signed_in):
    client = signed_in(office.professional)
    url = reverse("assistance:close", args=[office.cycle.uid, 1])
    page = client.post(url, {"note": ""})
    assert page.status_code == 422
    assert "Falta registrar al menos una fuente" in page.content.decode()

    source = {"source": "D01.03", "document": "Autoevaluación", "finding": "Poco", "on": ""}
    client.post(reverse("assistance:row_new", args=[office.cycle.uid, "fuente"]), source)
    client.post(url, {"note": "Se revisó"})

    assert Closing.objects.get(cycle=office.cycle).note == "Se revisó"
    change = CycleChange.objects.filter(cycle=office.cycle, entity="closing").get()
    assert change.by == office.professional.user


def many(office, count):
    """`count` assistances with a task each, some verified and deviating: rows alone."""
    plans = SupportPlan.objects.bulk_create(
        SupportPlan(
            kind=SupportKind.AT,
            owner=office.owner,
            name=f"Asistencia {n}",
            year=YEAR,
            approach=Approach.DIRECT,
            starts_on=STARTS,
            ends_on=ENDS,
        )
        for n in range(count)
    )
    SupportPlanSchool.objects.bulk_create(
        SupportPlanSchool(plan=plan, school=office.schools[0]) for plan in plans
    )
    texts = {k: PROGRAMME[k] for k in ("objectives", "responsible", "method", "resources")}
    found = Assistance.objects.bulk_create(
        Assistance(
            cycle=office.cycle,
            plan=plan,
            modality=Modality.ADVISE,
            state=AssistanceState.DONE,
            finished_on=DAY,
            **texts,
        )
        for plan in plans
    )
    Task.objects.bulk_create(
        Task(cycle=office.cycle, assistance=a, name="Visita", responsible="Equipo", due_on=DAY)
        for a in found
    )
    verified = Verification.objects.bulk_create(
        Verification(
            cycle=office.cycle,
            assistance=a,
            number=1,
            on=DAY,
            by=office.leader.user,
            is_fulfilled=False,
        )
        for a in found[::2]
    )
    Case.objects.bulk_create(
        Case(
            cycle=office.cycle,
            assistance=v.assistance,
            branch="N01.02",
            opened_by=v,
            description="Tarde",
        )
        for v in verified
    )


def test_the_cycle_page_with_200_assistances_asks_at_most_15_queries(office, signed_in):
    many(office, 200)
    client = signed_in(office.leader)
    url = reverse("assistance:cycle", args=[office.cycle.uid])
    client.get(url)

    with CaptureQueriesContext(
        connection,
    ) as few:
        page = client.get(url)

    assert page.status_code == 200
    assert "200 asistencias" in page.content.decode()
    assert len(few) <= 15, "\n".join(q["sql"][:120] for q in few)


def test_inclusions_of_another_secretariat_are_not_seen(office, signed_in):
    other = secretariat()
    url = reverse("assistance:cycle", args=[other.cycle.uid])

    assert signed_in(office.leader).get(url).status_code == 404
    assert Inclusion.objects.visible_to(office.leader).count() == 1


def test_before_the_first_cycle_who_may_not_begin_it_reads_who_does(today, signed_in):
    office = secretariat(started=False)

    page = signed_in(office.operative).get(reverse("assistance:home"), follow=True)

    assert page.status_code == 200
    assert "Todavía no hay un ciclo" in page.content.decode()
    assert signed_in(office.professional).get(reverse("assistance:start")).status_code == 200
