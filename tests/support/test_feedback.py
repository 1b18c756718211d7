"""Feedback reports: drafted from what was recorded, sent, received; which ones are owed."""

import datetime as dt
import hashlib
import json

import pytest

from mejora.core.decisions import Conflict, Refused
from mejora.network.enums import Role
from mejora.participation.enums import Side
from mejora.participation.models import Question
from mejora.participation.operations import Said
from mejora.support import drafting, owed
from mejora.support.enums import SupportStatus
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import Session, SessionSchool, SupportChange, SupportPlan
from mejora.support.operations import applications
from mejora.support.operations import feedback as operations
from tests.factories import SchoolFactory
from tests.factories.feedback import applied, held, judged, promised, supported
from tests.factories.network import YEAR
from tests.factories.participation import GUIDE

pytestmark = pytest.mark.django_db
FROM, TO = dt.date(YEAR, 3, 2), dt.date(YEAR, 9, 8)


@pytest.fixture
def at(today):
    return supported()


def drafted(at):
    return operations.draft(at.plan, at.school, from_on=FROM, to_on=TO, by=at.adviser)


def sent(at, **kwargs):
    report = drafted(at)
    return operations.send(report, revision=report.revision, by=at.adviser, **kwargs)


def fresh(report):
    return FeedbackReport.objects.with_parts().get(pk=report.pk)


def full_term(at):
    """Two sessions, four commitments, a guide with a no and a whole rubric."""
    first = held(at, dt.date(YEAR, 5, 4), leaders=2, teachers=6, families=0)
    second = held(at, dt.date(YEAR, 8, 4), leaders=3, teachers=5)
    promised(first, at, "Aplicar la pauta", due_on=dt.date(YEAR, 6, 1), status="kept")
    promised(
        first,
        at,
        "Observar diez clases",
        due_on=dt.date(YEAR, 6, 30),
        status="partly",
        why="Se observaron seis.",
    )
    promised(second, at, "Compartir el informe", due_on=dt.date(YEAR, 9, 1))
    promised(second, at, "Cerrar el año", due_on=dt.date(YEAR, 12, 1))
    guide = applied(at, code=GUIDE)
    asked = Question.objects.filter(component__instrument=guide.instrument, choices__value=2)
    said = {question.pk: Said(0 if question.code == "recursos" else 2) for question in asked}
    applications.answer(guide, Side.SUPPORT, said, revision=None, by=at.adviser, is_last=True)
    rubric = applied(at)
    judged(rubric, Side.SUPPORT, at.adviser, 2)
    rubric = Application.objects.with_parts().get(pk=rubric.pk)
    judged(rubric, Side.SCHOOL, at.director, 3)


def test_a_draft_says_what_was_recorded_in_its_days(at):
    full_term(at)

    report = drafted(at)

    assert "Se realizaron 2 sesiones de apoyo en el período." in report.achievements
    assert "1 cumplido, 1 cumplido en parte y 1 pendiente" in report.achievements
    assert "En parte: «Observar diez clases». Se observaron seis." in report.achievements
    assert "medianamente logrado según quien acompaña, logrado según la escuela" in (
        report.achievements
    )
    assert "equipo directivo 5 y docentes 11" in report.participation
    assert "No participaron: familias." in report.participation
    assert "No se registraron situaciones de fuerza mayor" in report.emerging
    assert "Hacer la lista de recursos por acción" in report.next_steps
    assert "Pendiente desde el 01-09-2026: «Compartir el informe»." in report.next_steps


def test_what_lies_outside_its_days_or_belongs_to_another_school_is_left_out(today):
    other = SchoolFactory()
    at = supported(schools=[other])
    held(at, dt.date(YEAR, 5, 4), teachers=4)
    early = held(at, dt.date(YEAR, 2, 4), teachers=40)
    elsewhere = Session.objects.create(
        plan=at.plan,
        on=dt.date(YEAR, 5, 5),
        stage="execution",
        agenda="Otra",
        minutes="Otra",
        status="held",
    )
    SessionSchool.objects.create(session=elsewhere, school=other, teachers=50)

    facts = drafting.gather(drafted(at))

    assert [session.on for session in facts.held] == [dt.date(YEAR, 5, 4)]
    assert early not in facts.held
    assert facts.attendance["teachers"] == 4
    assert facts.attendance["pupils"] is None


def test_a_rubric_that_one_side_still_keeps_is_not_told(at):
    rubric = applied(at)
    judged(rubric, Side.SUPPORT, at.adviser, 2)

    facts = drafting.gather(drafted(at))

    assert facts.rubric == ()


def test_what_is_sent_is_frozen_with_its_digest(at):
    full_term(at)
    report = sent(at)
    promised(Session.objects.first(), at, "Otro más", due_on=dt.date(YEAR, 9, 2))

    frozen = json.loads(fresh(report).content)

    assert hashlib.sha256(report.content.encode()).hexdigest() == report.sha256
    assert len(frozen["commitments"]) == len(drafting.told(fresh(report))["commitments"]) == 3
    with pytest.raises(Refused, match="ya se envió"):
        operations.write(
            report, {"achievements": "Otra cosa"}, revision=report.revision, by=at.adviser
        )


def test_an_aspect_without_words_is_not_sent(at):
    report = drafted(at)
    report = operations.write(report, {"emerging": "  "}, revision=0, by=at.adviser)

    with pytest.raises(Refused, match="situaciones emergentes"):
        operations.send(report, revision=report.revision, by=at.adviser)


def test_the_second_writer_of_a_draft_is_told(at):
    report = drafted(at)
    operations.write(report, {"emerging": "Una"}, revision=0, by=at.adviser)

    with pytest.raises(Conflict):
        operations.write(report, {"emerging": "Otra"}, revision=0, by=at.district)

    assert fresh(report).emerging == "Una"


def test_the_school_sees_it_once_sent_and_the_director_alone_receives_it(at, actor):
    report = drafted(at)
    planner = actor(Role.PLANNER, at.school)
    assert not FeedbackReport.objects.visible_to(at.director).exists()
    assert FeedbackReport.objects.visible_to(at.district).exists()

    report = operations.send(report, revision=0, by=at.adviser)

    assert FeedbackReport.objects.visible_to(planner).exists()
    for someone in (planner, at.adviser, at.district):
        with pytest.raises(Refused):
            operations.read(report, by=someone)
    assert operations.read(report, by=at.director).read_by == at.director.user


def test_the_first_receipt_stands_and_an_answer_is_given_once(at):
    report = sent(at)
    moment = operations.read(report, by=at.director).read_at

    report = operations.answer(report, "Gracias, lo vimos en consejo.", by=at.director)

    assert report.read_at == moment
    with pytest.raises(Refused, match="ya respondió"):
        operations.answer(report, "Otra vez", by=at.director)
    told = SupportChange.objects.filter(entity_uid=report.uid).values_list("after__read", flat=True)
    assert list(told) == [True, True, False, False]


def test_a_draft_goes_to_the_bin_and_comes_back_and_what_was_sent_does_not(at):
    report = operations.remove(drafted(at), revision=0, by=at.adviser)
    with pytest.raises(Refused, match="papelera"):
        operations.send(report, revision=report.revision, by=at.adviser)

    report = operations.restore(report, by=at.adviser)
    report = operations.send(report, revision=report.revision, by=at.adviser)

    with pytest.raises(Refused, match="ya se envió"):
        operations.remove(report, revision=report.revision, by=at.adviser)


# What is owed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "due"),
    [
        ((3, 2), (12, 18), [(7, 15), (12, 15)]),
        ((3, 2), (11, 30), [(7, 15), (11, 30)]),
        ((8, 1), (12, 18), [(12, 15)]),
        ((3, 2), (6, 30), [(6, 30)]),
    ],
)
def test_each_half_that_a_plan_runs_in_owes_a_report(starts, ends, due):
    plan = SupportPlan(year=YEAR, starts_on=dt.date(YEAR, *starts), ends_on=dt.date(YEAR, *ends))

    assert owed.deadlines(plan) == [dt.date(YEAR, *day) for day in due]


@pytest.mark.parametrize(
    ("today_is", "sent_count", "found"),
    [
        ((6, 1), 0, []),
        ((6, 20), 0, [(1, (7, 15), False)]),
        ((9, 8), 0, [(1, (7, 15), True)]),
        ((9, 8), 1, []),
        ((11, 20), 1, [(2, (12, 15), False)]),
        ((12, 16), 1, [(2, (12, 15), True)]),
        ((12, 16), 2, []),
    ],
)
def test_a_report_is_owed_from_thirty_days_before(at, today_is, sent_count, found):
    for _ in range(sent_count):
        sent(at)
    drafted(at)
    on = dt.date(YEAR, *today_is)

    told = [(each.number, each.due_on, each.is_late(on)) for each in owed.owed(at.adviser, on)]

    assert told == [(number, dt.date(YEAR, *day), late) for number, day, late in found]


def test_each_school_of_a_network_is_owed_its_own_in_one_query(today, django_assert_num_queries):
    at = supported(schools=[SchoolFactory(), SchoolFactory()])
    sent(at)

    with django_assert_num_queries(1):
        found = owed.owed(at.adviser, today)

    assert len(found) == 2
    assert at.school not in [each.school for each in found]


def test_a_closed_plan_owes_nothing_and_strangers_are_told_nothing(at, today, actor):
    assert owed.owed(actor(Role.ADVISER, SchoolFactory().owner), today) == []
    assert owed.owed(at.director, today) == []
    SupportPlan.objects.filter(pk=at.plan.pk).update(status=SupportStatus.CLOSED)
    assert owed.owed(at.district, today) == []


def test_what_waits_for_the_director_is_what_was_sent_and_not_answered(at):
    report = sent(at)
    drafted(at)

    assert owed.waiting(at.director, at.school) == [report]

    operations.answer(report, "Visto.", by=at.director)
    assert owed.waiting(at.director, at.school) == []


# The pages ---------------------------------------------------------------------------------------


def test_a_report_goes_from_draft_to_answer_on_its_pages(at, signed_in):
    adviser, director = signed_in(at.adviser), signed_in(at.director)
    period = {"school": at.school.pk, "from_on": "02-03-2026", "to_on": "08-09-2026"}
    made = adviser.post(f"/apoyo/planes/{at.plan.uid}/informes/nuevo/", period)
    page = made["Location"]
    assert director.get(page).status_code == 404
    written = {
        "achievements": "Dos logros.",
        "participation": "Vinieron once.",
        "emerging": "Nada.",
        "next_steps": "",
        "revision": "0",
    }

    assert adviser.post(page, written).status_code == 302
    assert adviser.post(f"{page}enviar/", {"revision": "0"}).status_code == 302
    assert "otra persona" in adviser.get(page).content.decode().lower()
    adviser.post(f"{page}enviar/", {"revision": "1"})

    assert "Dejar constancia" in director.get(page).content.decode()
    assert director.post(f"{page}leido/").status_code == 302
    assert director.post(f"{page}responder/", {"answer": ""}).status_code == 422
    assert director.post(f"{page}responder/", {"answer": "Lo vimos."}).status_code == 302
    shown = adviser.get(page).content.decode()
    assert "Lo vimos." in shown
    assert "Respondido" in shown


def test_the_director_learns_of_a_report_and_its_author_of_the_answer(at):
    report = sent(at)
    assert at.director.user.notifications.get().href == f"/apoyo/informes/{report.uid}/"

    operations.answer(fresh(report), "Lo vemos en consejo.", by=at.director)

    assert at.adviser.user.notifications.get().detail == "Lo vemos en consejo."
