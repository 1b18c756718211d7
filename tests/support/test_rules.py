"""Who may do what to a support plan: rules as a table, and what each place sees of a network."""

import datetime as dt

import pytest

from mejora.network.access import Deed
from mejora.network.enums import Role
from mejora.support import access, rules
from mejora.support.enums import CommitmentStatus, SessionStatus, SupportStatus
from mejora.support.models import Commitment, Session, SupportPlan
from tests.factories import SchoolFactory
from tests.factories.network import YEAR
from tests.factories.support import commitment_of, support_plan, support_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(today):
    return SchoolFactory()


@pytest.fixture
def people(school, actor):
    return {
        "director": actor(Role.DIRECTOR, school),
        "teacher": actor(Role.RESPONSIBLE, school),
        "owner": actor(Role.OWNER, school.owner),
        "district": actor(Role.DISTRICT_LEAD, school.owner),
        "adviser": actor(Role.ADVISER, school.owner),
        "ate": actor(Role.ADVISER, school),
        "supervisor": actor(Role.SUPERVISOR, school.office),
        "analyst": actor(Role.ANALYST, school.country),
    }


READS = {"director", "teacher", "owner", "district", "adviser", "ate", "supervisor"}


@pytest.mark.parametrize(
    ("state", "readers", "writers"),
    [
        ({}, READS, {"owner", "district", "adviser"}),
        ({"ends_on": dt.date(YEAR, 9, 7)}, READS - {"adviser", "ate"}, {"owner", "district"}),
        ({"status": SupportStatus.CLOSED}, READS - {"adviser", "ate"}, set()),
    ],
    ids=["running", "its last day has passed", "closed"],
)
def test_who_reads_and_who_writes_a_plan(school, people, state, readers, writers):
    plan = support_plan(school, **state)

    read = {n for n, a in people.items() if SupportPlan.objects.visible_to(a).exists()}
    write = {n for n, a in people.items() if rules.can_write(a, plan)}

    assert read == readers
    assert write == writers


def test_an_adviser_from_elsewhere_writes_only_the_plan_in_its_charge(school, people):
    of_service = support_plan(school)
    own = support_plan(school, kind="ate", lead=people["ate"].memberships[0])

    assert not rules.can_write(people["ate"], of_service)
    assert rules.can_write(people["ate"], own)


def test_only_the_head_of_the_support_and_the_owner_close_plans(school, people):
    leads = {name for name, each in people.items() if rules.can_lead(each, school.owner)}

    assert leads == {"owner", "district"}


def test_another_service_sees_nothing(school, actor):
    plan = support_plan(school)
    session = support_session(plan, dt.date(YEAR, 9, 1))
    commitment_of(session, school)
    stranger = actor(Role.DISTRICT_LEAD, SchoolFactory().owner)

    for model in (SupportPlan, Session, Commitment):
        assert not model.objects.visible_to(stranger).exists()
    assert not rules.can_write(stranger, plan)


@pytest.mark.parametrize(
    ("on", "status", "holds", "plans"),
    [
        (dt.date(YEAR, 9, 8), SessionStatus.PLANNED, True, True),
        (dt.date(YEAR, 9, 9), SessionStatus.PLANNED, False, True),
        (dt.date(YEAR, 9, 1), SessionStatus.HELD, True, False),
        (dt.date(YEAR, 9, 1), SessionStatus.CANCELLED, False, True),
    ],
)
def test_minutes_are_written_from_the_day_on_and_the_agenda_until_it_was_held(
    school, people, on, status, holds, plans
):
    minutes = "Se revisó." if status == SessionStatus.HELD else ""
    session = support_session(support_plan(school), on, status=status, minutes=minutes)

    assert bool(rules.can_hold(people["adviser"], session)) is holds
    assert bool(rules.can_change_agenda(people["adviser"], session)) is plans


def test_who_answers_a_commitment(school, people):
    commitment = commitment_of(support_session(support_plan(school), dt.date(YEAR, 9, 1)), school)

    answers = {name for name, each in people.items() if rules.can_answer(each, commitment)}

    assert answers == {"director", "owner", "district", "adviser"}


def test_a_commitment_from_elsewhere_is_seen_and_answered_at_its_school(school, people):
    """As one that an alert opened: it has no session."""
    commitment = Commitment.objects.create(
        school=school,
        text="Llamar a las familias",
        responsible_text="UTP",
        due_on=dt.date(YEAR, 9, 9),
    )

    seen = {n for n, a in people.items() if Commitment.objects.visible_to(a).exists()}

    assert seen == READS
    assert rules.can_answer(people["director"], commitment)
    assert not rules.can_answer(people["supervisor"], commitment)
    assert commitment.status == CommitmentStatus.OPEN


def test_in_a_network_a_school_sees_its_own_affairs_alone(school, people, actor):
    other = SchoolFactory(owner=school.owner)
    plan = support_plan(school, other)
    session = support_session(plan, dt.date(YEAR, 9, 1))
    mine, theirs = commitment_of(session, school), commitment_of(session, other)
    director = people["director"]

    assert set(Commitment.objects.visible_to(director)) == {mine}
    assert set(Commitment.objects.visible_to(people["adviser"])) == {mine, theirs}
    assert access.seen_schools(director, plan) == {school.pk}
    assert access.seen_schools(people["district"], plan) == {school.pk, other.pk}


def test_the_answer_deed_belongs_to_the_school_team_alone(school, people):
    assert [n for n, a in people.items() if a.may(Deed.ANSWER_SUPPORT, school)] == ["director"]
