"""Instruments applied in a support plan: who answers, who sees whose answers, what it comes to."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mejora.core.decisions import Conflict, Refused
from mejora.network.enums import Role
from mejora.network.models import School
from mejora.participation.enums import Side
from mejora.participation.models import Question
from mejora.participation.operations import Said
from mejora.support import feedback_rules as rules
from mejora.support import trend
from mejora.support.enums import SupportStatus
from mejora.support.feedback import Application
from mejora.support.models import SupportChange, SupportPlan
from mejora.support.operations import applications as operations
from tests.factories import SchoolFactory
from tests.factories.feedback import applied, judged, supported
from tests.factories.network import YEAR
from tests.factories.participation import GUIDE

pytestmark = pytest.mark.django_db
SUPPORT, SCHOOL = Side.SUPPORT, Side.SCHOOL


@pytest.fixture
def at(today):
    return supported()


def fresh(application):
    return Application.objects.with_parts().get(pk=application.pk)


def test_opened_twice_on_a_day_it_is_the_same_application(at):
    first, again = applied(at), applied(at)

    assert first == again
    assert SupportChange.objects.filter(plan=at.plan, entity="application").count() == 1


def test_an_application_lies_in_the_plan_and_never_after_today(at, today):
    with pytest.raises(Refused, match="posterior a hoy"):
        applied(at, on=today + dt.timedelta(days=1))
    other = supported()
    at.school = other.school
    with pytest.raises(Refused, match="no es de este plan"):
        applied(at)


@pytest.mark.parametrize(
    ("role", "support", "school"),
    [
        (Role.ADVISER, True, False),
        (Role.DISTRICT_LEAD, True, False),
        (Role.OWNER, True, False),
        (Role.DIRECTOR, False, True),
        (Role.PLANNER, False, True),
        (Role.RESPONSIBLE, False, False),
        (Role.SUPERVISOR, False, False),
        (Role.ANALYST, False, False),
    ],
)
def test_each_side_answers_its_own_and_sees_it(at, actor, role, support, school):
    of = at.school
    places = {Role.SUPERVISOR: of.office, Role.ANALYST: of.country}
    owners = (Role.ADVISER, Role.DISTRICT_LEAD, Role.OWNER)
    someone = actor(role, places.get(role, of.owner if role in owners else of))
    rubric = applied(at)

    assert bool(rules.can_fill(someone, rubric, SUPPORT)) is support
    assert bool(rules.can_fill(someone, rubric, SCHOOL)) is school
    assert (rules.sees(someone, rubric, SUPPORT), rules.sees(someone, rubric, SCHOOL)) == (
        support,
        school,
    )


def test_neither_side_sees_the_other_before_both_are_in(at):
    rubric = applied(at)
    judged(rubric, SUPPORT, at.adviser, 2)

    assert not rules.sees(at.director, fresh(rubric), SUPPORT)

    judged(fresh(rubric), SCHOOL, at.director, 3, is_last=False)
    assert not rules.sees(at.adviser, fresh(rubric), SCHOOL)

    judged(fresh(rubric), SCHOOL, at.director, 3)
    assert rules.sees(at.adviser, fresh(rubric), SCHOOL)
    assert rules.sees(at.director, fresh(rubric), SUPPORT)


def test_what_was_handed_in_stays(at):
    rubric = applied(at)
    judged(rubric, SUPPORT, at.adviser, 2)

    with pytest.raises(Refused, match="Ya se entregó"):
        judged(fresh(rubric), SUPPORT, at.adviser, 3)


def test_two_people_of_a_side_never_begin_two_responses(at):
    """Both opened the empty page; the second one is told."""
    rubric = applied(at)
    question = Question.objects.filter(component__instrument=rubric.instrument).first()
    said = {question.pk: Said(2)}
    operations.answer(rubric, SUPPORT, said, revision=None, by=at.adviser)

    with pytest.raises(Conflict):
        operations.answer(rubric, SUPPORT, said, revision=None, by=at.district)

    assert fresh(rubric).support_response.begun_by == at.adviser.user


def test_nobody_answers_in_a_closed_plan(at):
    rubric = applied(at)
    SupportPlan.objects.filter(pk=at.plan.pk).update(status=SupportStatus.CLOSED)
    rubric = fresh(rubric)

    assert not rules.can_fill(at.district, rubric, SUPPORT)
    assert not rules.can_fill(at.director, rubric, SCHOOL)


def test_a_school_of_a_network_never_reads_what_another_answered(today, actor):
    second = SchoolFactory()
    at = supported(schools=[second])
    applied(at)
    theirs = actor(Role.DIRECTOR, School.objects.get(pk=second.pk))

    assert Application.objects.visible_to(at.director).count() == 1
    assert Application.objects.visible_to(theirs).count() == 0


def test_a_stranger_sees_no_application(at, actor):
    applied(at)

    assert not Application.objects.visible_to(actor(Role.ADVISER, SchoolFactory().owner)).exists()
    assert not Application.objects.visible_to(actor(Role.ANALYST, at.school.country)).exists()


def test_the_trend_counts_what_both_handed_in_from_old_to_new(at, django_assert_num_queries):
    for month, ours, theirs in ((5, 1, 2), (7, 2, 2), (8, 3, 3)):
        rubric = applied(at, on=dt.date(YEAR, month, 4))
        judged(rubric, SUPPORT, at.adviser, ours)
        if month != 8:
            judged(fresh(rubric), SCHOOL, at.director, theirs)

    with django_assert_num_queries(4):
        found = trend.trend(Application.objects.with_parts().filter(plan=at.plan))

    assert [
        [(j.application.on.month, j.support.value, j.school.value) for j in criterion.judgements]
        for criterion in found
    ] == [[(5, 1, 2), (7, 2, 2)]] * 4
    assert [j.differs for j in found[0].judgements] == [True, False]
    assert found[0].drawing.count("<circle") == found[0].drawing.count("<rect") == 2


# The pages ---------------------------------------------------------------------------------------


def test_the_adviser_answers_a_guide_on_its_page(at, signed_in):
    guide = applied(at, code=GUIDE)
    client, page = signed_in(at.adviser), f"/apoyo/pautas/{guide.uid}/"
    question = Question.objects.get(component__instrument=guide.instrument, code="recursos")
    sent = {
        "revision": "",
        f"valor-{question.pk}": "0",
        f"nota-{question.pk}": "Faltan horas.",
        "guardar": "1",
    }

    assert client.post(page, sent).status_code == 302
    shown = client.get(page).content.decode()

    assert "Faltan horas." in shown
    assert question.advice in shown
    assert "criterio de Mejora" in shown


def test_handing_in_with_open_questions_says_how_many_and_keeps_nothing_half(at, signed_in):
    guide = applied(at, code=GUIDE)

    answered = signed_in(at.adviser).post(
        f"/apoyo/pautas/{guide.uid}/", {"revision": "", "entregar": "1"}
    )

    assert answered.status_code == 422
    assert "Faltan 15 preguntas por responder." in answered.content.decode()
    assert fresh(guide).support_response is None


def test_the_second_writer_keeps_what_was_typed_and_sees_what_was_stored(at, signed_in):
    guide = applied(at, code=GUIDE)
    question = Question.objects.get(component__instrument=guide.instrument, code="recursos")
    operations.answer(guide, SUPPORT, {question.pk: Said(2)}, revision=None, by=at.district)

    answered = signed_in(at.adviser).post(
        f"/apoyo/pautas/{guide.uid}/",
        {"revision": "", f"valor-{question.pk}": "0", "guardar": "1"},
    )

    text = answered.content.decode()
    assert answered.status_code == 409
    assert "Otra persona guardó: Sí" in text
    assert f'name="revision" value="{fresh(guide).support_response.revision}"' in text


def test_the_director_sees_the_other_side_only_when_both_are_in(at, signed_in):
    rubric = applied(at)
    judged(rubric, SUPPORT, at.adviser, 2)
    client, page = signed_in(at.director), f"/apoyo/pautas/{rubric.uid}/"

    assert "Lo que respondió" not in client.get(page).content.decode()

    judged(fresh(rubric), SCHOOL, at.director, 3)
    shown = client.get(page).content.decode()
    assert "Las dos miradas" in shown
    assert "Para conversar" in shown


def test_the_service_writes_its_own_suggestion(at, signed_in):
    page = "/apoyo/sugerencias/cl-apoyo-ejecucion/condiciones/recursos/"

    assert signed_in(at.adviser).get(page).status_code == 403
    lead = signed_in(at.district)
    assert lead.post(page, {"text": "Pedir horas.", "revision": ""}).status_code == 302
    shown = lead.get("/apoyo/sugerencias/cl-apoyo-ejecucion/").content.decode()

    assert "Pedir horas. " in shown
    assert "propio del Servicio" in shown


def test_the_follow_up_page_asks_no_more_with_more_applications(at, signed_in):
    client, page = signed_in(at.adviser), f"/apoyo/planes/{at.plan.uid}/pautas/"
    asked = []
    for month in (4, 5, 6, 7):
        rubric = applied(at, on=dt.date(YEAR, month, 4))
        judged(rubric, SUPPORT, at.adviser, 2)
        judged(fresh(rubric), SCHOOL, at.director, 2)
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(page).content.decode()
        asked.append(len(queries))

    assert "La rúbrica en el tiempo" in shown
    assert asked[1:] == [asked[1]] * 3
    assert asked[1] <= 28
