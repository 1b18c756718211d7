"""Who may do what, in which state: the rules as tables."""

import datetime as dt

import pytest

from mejora.core.decisions import Refused
from mejora.network.enums import Role
from mejora.plans import rules, workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.missing import Missing
from mejora.plans.models import PlanYear, Stage
from tests.factories import PlanYearFactory, SchoolFactory

pytestmark = pytest.mark.django_db
K, S = StageKind, StageStatus
OPEN = {S.NOT_STARTED, S.PARTIAL, S.RETURNED}


def stages(**statuses):
    """A year whose stages stand as said, without a database row for each combination."""
    plan_year = PlanYearFactory()
    by_kind = {
        kind: Stage(plan_year=plan_year, kind=kind, status=statuses.get(kind.value, S.NOT_STARTED))
        for kind in K
    }
    return rules.Stages(plan_year, by_kind)


def school_of(at):
    return at.plan_year.school


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.PLANNER, Role.RESPONSIBLE])
def test_the_strategy_is_written_by_the_school_team_while_its_stage_is_open(actor, role, status):
    at = stages(strategic=status)

    decision = rules.can_write_strategy(actor(role, school_of(at)), at)

    assert bool(decision) == (role != Role.RESPONSIBLE and status in OPEN)
    assert decision or decision.reason


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("strategic", S)
def test_the_planning_is_written_whatever_the_state_of_the_strategy(actor, status, strategic):
    at = stages(strategic=strategic, planning=status)

    decision = rules.can_write_planning(actor(Role.PLANNER, school_of(at)), at)

    assert bool(decision) == (status in OPEN)


@pytest.mark.parametrize("implementation", S)
@pytest.mark.parametrize("planning", S)
def test_actions_change_while_planning_is_open_and_again_in_the_implementation(
    actor, planning, implementation
):
    at = stages(planning=planning, implementation=implementation)

    decision = rules.can_write_action(actor(Role.DIRECTOR, school_of(at)), at)

    expected = planning in OPEN or (planning == S.APPROVED and implementation in OPEN)
    assert bool(decision) == expected


@pytest.mark.parametrize("role", Role)
def test_only_the_schools_team_writes(actor, role):
    at = stages()
    school = school_of(at)
    places = {
        Role.OWNER: school.owner,
        Role.DISTRICT_LEAD: school.owner,
        Role.QUALITY_LEAD: school.owner,
        Role.PROFESSIONAL: school.owner,
        Role.OPERATIVE: school.owner,
        Role.SUPERVISOR: school.office,
        Role.ANALYST: school.country,
        Role.ADMINISTRATOR: school.country,
    }
    who = actor(role, places.get(role, school))

    for rule in (rules.can_write_strategy, rules.can_write_planning, rules.can_write_action):
        assert bool(rule(who, at)) == (role in {Role.DIRECTOR, Role.PLANNER})


BEFORE = {
    K.STRATEGIC: None,
    K.PLANNING: (K.STRATEGIC, {S.SENT, S.APPROVED}),
    K.IMPLEMENTATION: (K.PLANNING, {S.APPROVED}),
    K.EVALUATION: (K.IMPLEMENTATION, {S.SENT, S.APPROVED}),
}


@pytest.mark.parametrize("kind", K)
@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("before", S)
def test_a_stage_is_sent_when_it_has_content_and_the_one_before_went_far_enough(
    actor, kind, status, before
):
    statuses = {kind.value: status}
    if BEFORE[kind]:
        statuses[BEFORE[kind][0].value] = before
    at = stages(**statuses)

    decision = rules.can_send(actor(Role.DIRECTOR, school_of(at)), at, kind)

    far_enough = BEFORE[kind] is None or before in BEFORE[kind][1]
    assert bool(decision) == (status in {S.PARTIAL, S.RETURNED} and far_enough)


def test_what_is_missing_blocks_and_what_is_advisable_does_not(actor):
    at = stages(strategic=S.PARTIAL)
    director = actor(Role.DIRECTOR, school_of(at))
    needed = Missing("Agregar un objetivo.", "plans:objective_new", ("1", 2026))
    advisable = Missing("Agregar un sello.", "plans:seal_new", ("1", 2026), is_blocking=False)

    assert rules.can_send(director, at, K.STRATEGIC, [advisable])
    assert "Falta 1 dato" in rules.can_send(director, at, K.STRATEGIC, [needed]).reason
    assert "Faltan 2 datos" in rules.can_send(director, at, K.STRATEGIC, [needed] * 2).reason


def test_the_planner_writes_but_does_not_send(actor):
    at = stages(strategic=S.PARTIAL)

    decision = rules.can_send(actor(Role.PLANNER, school_of(at)), at, K.STRATEGIC)

    assert "dirección" in decision.reason


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("role", [Role.OWNER, Role.DIRECTOR, Role.SUPERVISOR])
def test_only_the_owner_decides_and_only_what_was_sent(actor, role, status):
    at = stages(strategic=status)
    school = school_of(at)
    place = {Role.OWNER: school.owner, Role.SUPERVISOR: school.office}.get(role, school)

    who = actor(role, place)

    expected = role == Role.OWNER and status == S.SENT
    assert bool(rules.can_return(who, at, K.STRATEGIC)) == expected
    assert bool(rules.can_approve(who, at, K.STRATEGIC)) == expected


def test_another_owner_decides_nothing(actor):
    at = stages(strategic=S.SENT)

    assert not rules.can_approve(actor(Role.OWNER, SchoolFactory().owner), at, K.STRATEGIC)


def test_nobody_decides_what_they_sent(actor):
    """A director who went over to the owner keeps no say over the plan they sent."""
    at = stages(strategic=S.SENT)
    owner = actor(Role.OWNER, school_of(at).owner)
    at[K.STRATEGIC].sent_by = owner.user

    assert "otra persona" in rules.can_approve(owner, at, K.STRATEGIC).reason


@pytest.mark.parametrize("before", S)
def test_stages_are_approved_in_order_but_returned_at_any_time(actor, before):
    at = stages(strategic=before, planning=S.SENT)
    owner = actor(Role.OWNER, school_of(at).owner)

    assert rules.can_return(owner, at, K.PLANNING)
    assert bool(rules.can_approve(owner, at, K.PLANNING)) == (before == S.APPROVED)


@pytest.mark.parametrize("status", S)
def test_a_sending_is_taken_back_while_nobody_decided(actor, status):
    at = stages(strategic=status)

    decision = rules.can_withdraw(actor(Role.DIRECTOR, school_of(at)), at, K.STRATEGIC)

    assert bool(decision) == (status == S.SENT)


def test_the_strategy_is_not_taken_back_from_under_a_planning_that_is_sent(actor):
    at = stages(strategic=S.SENT, planning=S.SENT)

    decision = rules.can_withdraw(actor(Role.DIRECTOR, school_of(at)), at, K.STRATEGIC)

    assert "Planificación" in decision.reason


@pytest.mark.parametrize("implementation", S)
@pytest.mark.parametrize("planning", S)
def test_the_implementation_begins_after_the_planning_is_approved(planning, implementation):
    at = stages(planning=planning, implementation=implementation)

    expected = planning == S.APPROVED and implementation in OPEN
    assert bool(rules.can_implement(at)) == expected


def test_years_open_in_order_within_the_plan_and_not_too_early(planned):
    may, today = rules.can_open_year, dt.date(2026, 9, 8)

    assert may(planned.director, planned.plan, 2027, today=today)
    assert "ya está abierto" in may(planned.director, planned.plan, 2026, today=today).reason
    assert "fuera" in may(planned.director, planned.plan, 2030, today=today).reason
    early = may(planned.director, planned.plan, 2028, today=today)
    assert "1 de enero de 2027" in early.reason
    gap = may(planned.director, planned.plan, 2028, today=dt.date(2027, 9, 8))
    assert "abrir el año 2027" in gap.reason
    assert not may(planned.owner, planned.plan, 2027, today=today)
    PlanYear.objects.filter(pk=planned.year.pk).update(is_begun=False)
    assert "registrar algo" in may(planned.director, planned.plan, 2027, today=today).reason


FORBIDDEN = [(t, s) for t in workflow.TRANSITIONS for s in S if s not in t.sources]


@pytest.mark.parametrize(("transition", "status"), FORBIDDEN)
def test_a_transition_starts_only_from_its_sources(actor, transition, status):
    at = stages(strategic=status)
    who = actor(Role.DIRECTOR, school_of(at))

    with pytest.raises(Refused):
        workflow.move(at[K.STRATEGIC], transition, by=who)

    assert not at[K.STRATEGIC].pk
