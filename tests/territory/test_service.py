"""The Service's report: who writes it, what it counts, what an edition keeps."""

import datetime as dt
import io
from decimal import Decimal

import docx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mejora.core.decisions import Conflict, Refused
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.reports.documents.service import Stamp, service_docx, service_pdf
from mejora.territory import service_reading
from mejora.territory.enums import FigureKind
from mejora.territory.models import Capacity, SchoolMonth
from mejora.territory.operations import service as operations
from mejora.territory.service import IssuedReport, ServiceAction, ServiceChange, ServiceReport
from mejora.territory.service_figures import Counting
from tests.factories import (
    ActionFactory,
    MembershipFactory,
    OwnerFactory,
    PlanFactory,
    PlanYearFactory,
    SchoolFactory,
)
from tests.factories.works import WorkFactory
from tests.pdf import text_of

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 12, 20, 15, 0, tzinfo=dt.UTC)
YEAR = 2026


def member(role, place):
    return MembershipFactory(role=role, place=place)


def client_of(membership):
    client = Client()
    client.force_login(membership.user)
    return client


@pytest.fixture
def owner(today):
    return OwnerFactory(name="SLEP Licancabur")


@pytest.fixture
def head(owner):
    return member(Role.OWNER, owner)


@pytest.fixture
def by(head):
    return actor_for(head.user)


@pytest.fixture
def report(owner, by):
    """Whole: one objective, two actions with figures, a justification."""
    report = operations.start(owner, YEAR, by=by)
    objective = operations.add_objective(
        report,
        text="Mejorar la asistencia",
        justification="Porque sin asistencia no se aprende.",
        by=by,
    )
    operations.add_action(
        objective,
        title="Oferta y demanda",
        text="Se comparó la matrícula con los cupos.",
        figures=[FigureKind.OCCUPANCY, FigureKind.ENROLMENT, FigureKind.DROPOUT],
        by=by,
    )
    work = WorkFactory(school=SchoolFactory(owner=owner), name="Techo")
    operations.add_action(
        objective, title="Techado", text="Se techó el patio.", drawn={"work": work}, by=by
    )
    return report


def seed_figures(owner, batch):
    """What the report of seed 002 tells: 28.168 of 32.309 seats, from 28.530, 323 withdrawn."""
    school = SchoolFactory(owner=owner)
    months = {5: (28530, 0), 12: (28168, 323)}
    for month, (pupils, left) in months.items():
        SchoolMonth.objects.create(
            school=school, year=YEAR, month=month, enrolled=pupils, withdrawals=left,
            attended_days=90 - month, possible_days=100,
        )  # fmt: skip
    Capacity.objects.create(school=school, year=YEAR, seats=32309, batch=batch)


@pytest.fixture
def batch(owner):
    from mejora.network.enums import BatchKind, BatchState
    from mejora.network.models import ImportBatch

    return ImportBatch.objects.create(
        kind=BatchKind.CAPACITY,
        country=owner.country,
        at=AT,
        state=BatchState.APPLIED,
        applied_at=AT,
    )


def test_the_figures_of_the_seed_come_out_of_their_inputs(owner, batch):
    seed_figures(owner, batch)
    counting = Counting(owner, YEAR)

    told = {kind: counting.fact(kind) for kind in FigureKind}

    assert told["occupancy"].value == "87,2\u202f%"
    assert "28.168 estudiantes de 32.309 cupos" in told["occupancy"].detail
    assert told["enrolment"].value == "28.168"
    assert "28.530, en mayo" in told["enrolment"].detail
    assert "−362 estudiantes (−1,27\u202f%)" in told["enrolment"].detail
    assert told["dropout"].value == "1,13\u202f%"
    assert "323 estudiantes" in told["dropout"].detail
    assert "mayo de 2026, con 85,0" in told["attendance"].detail
    assert all("Criterio de Mejora" in fact.how for fact in told.values())


def test_figures_of_plans_and_works_are_counted_now_and_only_the_owners(owner):
    school = SchoolFactory(owner=owner)
    year = PlanYearFactory(plan=PlanFactory(school=school), is_begun=True)
    for _ in range(2):
        ActionFactory(plan_year=year)
    ActionFactory(plan_year=year, is_disabled=True)
    ActionFactory()
    WorkFactory(school=school, planned=100, spent=None)
    WorkFactory(school=school, starts_on=dt.date(YEAR + 1, 1, 5))
    WorkFactory()
    counting = Counting(owner, YEAR)

    levels, works = counting.fact(FigureKind.LEVELS), counting.fact(FigureKind.WORKS)

    assert (levels.value, levels.rows) == ("2", (("Sin informar", "2"),))
    assert works.value == "1"
    assert "$100 planificados y s/i gastados" in works.detail


@pytest.mark.parametrize(
    ("role", "reads", "writes", "issues"),
    [
        (Role.OWNER, True, True, True),
        (Role.DISTRICT_LEAD, True, True, False),
        (Role.ADVISER, True, False, False),
        (Role.QUALITY_LEAD, False, False, False),
    ],
)
def test_who_reads_writes_and_issues(owner, report, role, reads, writes, issues):
    client = client_of(member(role, owner))
    new = reverse("service:objective_new", args=[YEAR])

    assert client.get(reverse("service:report", args=[YEAR])).status_code == (200 if reads else 403)
    assert client.get(new).status_code == (200 if writes else 403)
    client.post(reverse("service:issue", args=[YEAR]))
    assert IssuedReport.objects.exists() is issues


def test_the_operation_itself_lets_only_the_owner_issue(owner, report):
    lead = actor_for(member(Role.DISTRICT_LEAD, owner).user)

    with pytest.raises(Refused, match="lo emite quien dirige"):
        operations.issue(report, by=lead)
    assert not IssuedReport.objects.exists()


def test_a_fourth_action_and_anothers_work_are_refused(report, by):
    objective = report.objectives.get()
    with pytest.raises(Refused, match="no es de este Servicio"):
        operations.add_action(
            objective, title="Ajena", text="", drawn={"work": WorkFactory()}, by=by
        )
    operations.add_action(objective, title="Tercera", text="Algo", by=by)

    with pytest.raises(Refused, match="hasta 3 acciones"):
        operations.add_action(objective, title="Cuarta", text="", by=by)
    assert [a.rank for a in ServiceAction.objects.order_by("rank")] == [1, 2, 3]


def test_a_priority_is_raised_and_both_actions_are_recorded(report, by):
    first, second = ServiceAction.objects.order_by("rank")

    operations.raise_action(second, by=by)

    assert [a.title for a in ServiceAction.objects.live().order_by("rank")] == [
        "Techado",
        "Oferta y demanda",
    ]
    told = {c.entity_uid: c.after["rank"] for c in ServiceChange.objects.order_by("pk")
            if c.entity == "action"}  # fmt: skip
    assert told == {first.uid: 2, second.uid: 1}
    with pytest.raises(Refused, match="Ya es la primera"):
        operations.raise_action(second, by=by)


def test_what_was_removed_comes_back_at_a_free_priority(report, by):
    first, _ = ServiceAction.objects.order_by("rank")
    operations.remove(first, by=by)
    objective = report.objectives.get()
    added = operations.add_action(objective, title="Otra", text="", by=by)
    assert added.rank == 1

    restored = operations.restore(ServiceAction.objects.get(pk=first.pk), by=by)

    assert restored.rank == 3
    assert sorted(f.kind for f in restored.figures.all()) == ["dropout", "enrolment", "occupancy"]


def test_whoever_writes_second_is_told(report, by):
    objective = report.objectives.get()
    said = {"text": "Otro", "justification": "Por esto"}
    operations.change_objective(objective, revision=0, by=by, **said)

    with pytest.raises(Conflict):
        operations.change_objective(objective, revision=0, by=by, **said)


def test_a_new_year_begins_with_the_objectives_of_the_last(report, owner, by):
    later = operations.start(owner, YEAR + 1, by=by)

    [copied] = later.objectives.all()
    assert (copied.text, copied.justification) == ("Mejorar la asistencia", "")
    assert not copied.actions.exists()
    assert ServiceChange.objects.filter(report=later).count() == 2


def test_what_lacks_is_said_before_it_is_issued(owner, by):
    report = operations.start(owner, YEAR, by=by)
    with pytest.raises(Refused, match="al menos un objetivo"):
        operations.issue(report, by=by)
    objective = operations.add_objective(report, text="Uno", by=by)
    with pytest.raises(Refused, match="al menos una acción en el objetivo 1 y la justificación"):
        operations.issue(report, by=by)
    operations.add_action(objective, title="Algo", text=" ", by=by)
    with pytest.raises(Refused, match="qué se hizo en cada acción"):
        operations.issue(report, by=by)
    assert not IssuedReport.objects.exists()


def test_an_edition_stays_as_it_was_issued_while_the_report_goes_on(report, owner, by, batch):
    seed_figures(owner, batch)
    edition = operations.issue(report, by=by)
    with pytest.raises(Refused, match="No ha cambiado nada desde la edición 1"):
        operations.issue(report, by=by)
    before = service_reading.read_back(edition)
    Capacity.objects.update(seats=30000)
    objective = report.objectives.get()
    operations.change_objective(
        objective, revision=0, text="Otro texto", justification="Otra razón", by=by
    )

    second = operations.issue(ServiceReport.objects.get(), by=by)

    kept = IssuedReport.objects.get(number=1)
    assert kept.is_intact
    assert service_reading.read_back(kept) == before
    assert before.objectives[0].actions[0].facts[0].value == "87,2\u202f%"
    now = service_reading.read_back(second)
    assert now.objectives[0].actions[0].facts[0].value == "93,9\u202f%"
    assert now == service_reading.read(ServiceReport.objects.get())
    told = ServiceChange.objects.filter(entity="issued").order_by("pk")
    assert [c.after["number"] for c in told] == [1, 2]
    assert told[0].after["sha256"] == kept.sha256


def test_an_edition_that_was_tampered_with_says_so(report, by, head):
    edition = operations.issue(report, by=by)
    IssuedReport.objects.filter(pk=edition.pk).update(
        content=edition.content.replace("asistencia", "existencia")
    )

    page = client_of(head).get(reverse("service:edition", args=[YEAR, 1])).content.decode()

    assert "no coincide con su huella" in page


# Documents ----------------------------------------------------------------------------------------

SHAPE = [
    "Objetivo estratégico 1",
    "Mejorar la asistencia",
    "Acción 1",
    "Nube de palabras",
    "Oferta y demanda",
    "Acción 2",
    "Techado",
    "Justificación de las acciones",
    "Porque sin asistencia no se aprende.",
]


def in_order(text, words):
    at = 0
    for word in words:
        found = text.find(word, at)
        assert found >= 0, word
        at = found
    return True


def test_the_pdf_has_the_shape_of_the_seed(report, owner, batch):
    seed_figures(owner, batch)
    reading = service_reading.read(report)

    pdf = service_pdf(reading, Stamp(AT))

    text = text_of(pdf, in_drawing_order=True)
    # The left column is read before the right one; in Word the two heads stand above both.
    shape = [*SHAPE[:3], SHAPE[4], SHAPE[3], *SHAPE[5:]]
    assert in_order(text, ["Con el fin de identificar los principales logros", *shape])
    assert "87,2" in text
    assert "Borrador" in text
    assert "auto reporte elaborado íntegramente por el Servicio" in text
    assert service_pdf(reading, Stamp(AT)) == pdf


def test_the_word_document_has_the_shape_of_the_seed(report, owner, batch):
    seed_figures(owner, batch)
    content = service_docx(service_reading.read(report), Stamp(AT, 2, "abc", "Ana Rojas"))

    document = docx.Document(io.BytesIO(content))
    body = [
        "\n".join(node.text or "" for node in block.iter() if node.tag.endswith("}t"))
        for block in document.element.body
    ]
    assert in_order("\n".join(body), SHAPE)
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:3] == ["Objetivo estratégico 1", "Acción 2", "Justificación de las acciones"]
    assert "asistencia (" in document.inline_shapes[0]._inline.docPr.get("descr")
    assert any(
        "Edición 2, emitida el 20 de diciembre de 2026" in p.text for p in document.paragraphs
    )
    words = document.tables[-1]
    assert [cell.text for cell in words.rows[0].cells] == ["Palabra", "Veces"]


def test_what_people_write_is_text_in_both_documents(owner, by):
    nasty = "#panic() *x* $y$ <w:p/> {{ z }} \u202e"
    report = operations.start(owner, YEAR, by=by)
    objective = operations.add_objective(report, text=nasty, justification=nasty, by=by)
    operations.add_action(objective, title=nasty, text=nasty, by=by)
    reading = service_reading.read(report)

    assert "#panic() *x* $y$ <w:p/> {{ z }}" in text_of(service_pdf(reading, Stamp(AT)))
    document = docx.Document(io.BytesIO(service_docx(reading, Stamp(AT))))
    assert "#panic() *x* $y$ <w:p/> {{ z }} " in [p.text for p in document.paragraphs]


# Screens ------------------------------------------------------------------------------------------


def test_the_report_is_written_and_issued_on_the_screen(owner, head):
    school = SchoolFactory(owner=owner)
    year = PlanYearFactory(plan=PlanFactory(school=school), is_begun=True)
    drawn = ActionFactory(plan_year=year, name="Tutorías entre pares", description="Cada martes.")
    client = client_of(head)
    page = reverse("service:report", args=[YEAR])
    assert "todavía no se ha comenzado" in client.get(page).content.decode()

    client.post(reverse("service:start", args=[YEAR]))
    report = ServiceReport.objects.get()
    client.post(reverse("service:context", args=[YEAR]), {"context": "Hola", "revision": 0})
    client.post(
        reverse("service:objective_new", args=[YEAR]),
        {"text": "Aprender más", "justification": "Por las brechas"},
    )
    objective = report.objectives.get()
    choose = reverse("service:choose", args=[objective.uid])
    assert "Tutorías entre pares" in client.get(f"{choose}?de=pme&q=tutor").content.decode()
    new = f"{reverse('service:action_new', args=[objective.uid])}?de=pme&uid={drawn.uid}"
    form = client.get(new).content.decode()
    assert "Tutorías entre pares" in form
    assert "Cada martes." in form
    client.post(new, {"title": "Tutorías", "text": "Se hicieron.", "figures": ["levels", "works"]})
    action = ServiceAction.objects.get()
    assert action.plan_action == drawn
    shown = client.get(page)
    assert f"Acción {drawn.number} del PME 2026" in shown.content.decode()
    assert "Emitir el informe" in shown.content.decode()
    clash = client.post(
        reverse("service:action", args=[action.uid]), {"title": "X", "text": "Y", "revision": 7}
    )
    assert clash.status_code == 409
    client.post(reverse("service:issue", args=[YEAR]))

    edition = client.get(reverse("service:edition", args=[YEAR, 1])).content.decode()
    assert "Está intacta" in edition
    pdf = client.get(reverse("reports:service_edition", args=[YEAR, 1, "pdf"]))
    again = client.get(reverse("reports:service_edition", args=[YEAR, 1, "pdf"]))
    assert pdf.content == again.content
    assert pdf.content.startswith(b"%PDF")
    word = client.get(reverse("reports:service_edition", args=[YEAR, 1, "docx"]))
    assert docx.Document(io.BytesIO(word.content)).core_properties.title.startswith("Informe de")
    assert client.get(reverse("reports:service", args=[YEAR, "exe"])).status_code == 404


def test_the_page_costs_the_same_queries_with_more_objectives(report, head, by):
    client = client_of(head)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("service:report", args=[YEAR]))
        counts.append(len(queries))
        for number in range(3):
            more = operations.add_objective(report, text=f"Más {number}", justification="x", by=by)
            work = WorkFactory(school=SchoolFactory(owner=report.owner))
            operations.add_action(more, title="a", text="b", drawn={"work": work},
                                  figures=[FigureKind.OCCUPANCY], by=by)  # fmt: skip

    assert counts[0] == counts[1]
    assert counts[0] <= Decimal(40)
