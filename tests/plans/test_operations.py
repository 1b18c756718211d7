"""What each operation changes, what it records, what it refuses."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from mejora.core.decisions import Conflict, Refused
from mejora.network.enums import Role
from mejora.plans import snapshots, workflow
from mejora.plans.drafts import MilestoneDraft, shared_weights
from mejora.plans.enums import Entity, StageKind, StageStatus
from mejora.plans.models import Action, Change, Milestone, Objective, Plan, PlanYear, Version
from mejora.plans.operations import actions, annual, bin, stages, strategic, writing
from mejora.plans.operations import plan as plans
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def last_change(thing):
    return Change.objects.filter(entity_uid=thing.uid).first()


def test_starting_a_plan_opens_its_first_year_and_records_both(team):
    year = plans.start(team.school, by=team.director, start_year=2026, vision="Ver")

    assert (year.plan.start_year, year.plan.end_year) == (2026, 2029)
    assert (year.stage_now, year.status_now) == (StageKind.STRATEGIC, StageStatus.PARTIAL)
    assert year.stages.count() == 4
    assert set(Change.objects.values_list("entity", flat=True)) == {Entity.PLAN, Entity.PLAN_YEAR}


def test_a_school_has_one_plan_at_a_time(planned):
    with pytest.raises(Refused, match="ya tiene"):
        plans.start(planned.school, by=planned.director, start_year=2027)

    assert Plan.objects.count() == 1


def test_the_next_year_stands_without_the_strategic_stage(planned):
    year = plans.open_year(planned.plan, 2027, by=planned.director)

    assert set(year.stages.values_list("kind", flat=True)) == set(workflow.ORDER[1:])
    assert year.stage_now == StageKind.PLANNING


def test_an_action_is_recorded_whole(planned):
    change = last_change(planned.first)

    assert change.before is None
    assert change.after == snapshots.action(Action.objects.get(pk=planned.first.pk))
    assert change.after["funding"] == {"SEP": 500_000}
    assert [m["weight"] for m in change.after["milestones"]] == [50, 50]
    assert change.by == planned.director.user
    assert change.plan_year == planned.year


def test_changing_an_action_keeps_before_and_after_and_moves_its_revision(planned, draft):
    changed = actions.change(
        planned.first,
        draft(planned.strategy, name="Otro nombre", money={"SEP": 1, "PIE": 2}, milestones=0),
        by=planned.planner,
        revision=planned.first.revision,
    )

    change = last_change(planned.first)
    assert changed.revision == planned.first.revision + 1
    assert (change.before["name"], change.after["name"]) == ("Taller de lectura", "Otro nombre")
    assert change.after["funding"] == {"SEP": 1, "PIE": 2}
    assert [m["removed"] for m in change.after["milestones"]] == [
        "Quitado al modificar la acción"
    ] * 2
    assert Milestone.objects.filter(action=changed).count() == 2


def test_milestones_keep_their_past_when_the_action_changes(planned, draft):
    milestone = planned.first.milestones.first()
    Milestone.objects.filter(pk=milestone.pk).update(
        done_on=dt.date(2026, 5, 1), done_by=planned.director.user
    )

    kept = dataclasses.replace(
        draft(planned.strategy),
        milestones=[MilestoneDraft("Renombrado", uid=milestone.uid, weight=100)],
    )
    actions.change(planned.first, kept, by=planned.director, revision=planned.first.revision)

    milestone.refresh_from_db()
    assert (milestone.name, milestone.weight) == ("Renombrado", 100)
    assert milestone.done_on == dt.date(2026, 5, 1)


def test_saving_the_same_again_records_nothing(planned):
    before = Change.objects.count()

    strategic.change_seal(
        planned.seal, by=planned.director, revision=0, name="Aprendemos juntos", text=""
    )

    assert Change.objects.count() == before


def test_who_saves_second_loses_nothing_and_overwrites_nothing(planned):
    strategic.change_goal(planned.goal, by=planned.director, revision=0, text="Primera")

    with pytest.raises(Conflict):
        strategic.change_goal(planned.goal, by=planned.planner, revision=0, text="Segunda")

    planned.goal.refresh_from_db()
    assert planned.goal.text == "Primera"


THINGS = {
    "seal": (strategic.change_seal, {"name": "Nuevo"}),
    "objective": (strategic.change_objective, {"text": "Nuevo"}),
    "goal": (strategic.change_goal, {"text": "Nuevo"}),
    "indicator": (annual.change_indicator, {"name": "Nuevo"}),
}


@pytest.mark.parametrize("name", THINGS)
def test_each_thing_changes_with_its_record_and_its_conflict(planned, name):
    thing, (change, fields) = getattr(planned, name), THINGS[name]

    changed = change(thing, by=planned.planner, revision=thing.revision, **fields)

    record = last_change(thing)
    assert record.after == writing.snapshot(changed)
    assert record.before != record.after
    with pytest.raises(Conflict):
        change(thing, by=planned.planner, revision=thing.revision, **fields)


@pytest.mark.parametrize("name", THINGS)
def test_who_only_reads_changes_nothing(planned, name):
    thing, (change, fields) = getattr(planned, name), THINGS[name]

    for who in (planned.responsible, planned.owner, planned.other_director):
        with pytest.raises(Refused):
            change(thing, by=who, revision=thing.revision, **fields)

    assert last_change(thing).before is None


def test_a_strategy_that_moves_takes_its_actions_along(planned):
    other = strategic.add_objective(planned.plan, by=planned.director, text="Otro objetivo")

    annual.change_strategy(
        planned.strategy, by=planned.director, revision=0, objective=other, text="Igual"
    )

    assert set(Action.objects.values_list("objective", flat=True)) == {other.pk}
    assert last_change(planned.first).after["objective"] == str(other.uid)


def test_what_belongs_to_another_plan_or_school_is_refused(planned, draft, actor):
    school = SchoolFactory()
    by = actor(Role.DIRECTOR, school)
    year = plans.start(school, by=by, start_year=2026)

    with pytest.raises(Refused, match="otro año"):
        actions.add(year, draft(planned.strategy), by=by)
    with pytest.raises(Refused, match="otro plan"):
        strategic.add_objective(year.plan, by=by, text="Mío", seals=[planned.seal])
    with pytest.raises(Refused, match="de la escuela"):
        actions.add(
            planned.year,
            draft(planned.strategy, responsible=by.memberships[0]),
            by=planned.director,
        )
    assert Action.objects.count() == 2


def test_subareas_are_of_the_actions_dimension(planned, draft):
    plan_draft = draft(planned.strategy)
    elsewhere = type(plan_draft.area).objects.filter(parent__code="LI")[:1]

    with pytest.raises(Refused, match="dimensión elegida"):
        actions.add(
            planned.year, draft(planned.strategy, subareas=list(elsewhere)), by=planned.director
        )


def test_an_action_ends_after_it_starts(planned, draft):
    with pytest.raises(ValidationError, match="término"):
        actions.add(
            planned.year,
            draft(planned.strategy, ends_on=dt.date(2026, 1, 1)),
            by=planned.director,
        )

    assert Action.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "shared"),
    [
        ([], []),
        ([None, None, None], [34, 33, 33]),
        ([None] * 7, [15, 15, 14, 14, 14, 14, 14]),
        ([50, None, None], [50, 25, 25]),
        ([60, 40], [60, 40]),
        ([100, None], [100, 0]),
        ([30, 30], [30, 30]),
    ],
)
def test_empty_weights_share_what_is_left(typed, shared):
    assert shared_weights(typed) == shared


def test_after_approval_an_action_changes_only_with_a_reason(approved, draft):
    with pytest.raises(Refused, match="por qué"):
        actions.change(approved.first, draft(approved.strategy), by=approved.director, revision=0)

    actions.change(
        approved.first,
        draft(approved.strategy, name="Con motivo"),
        by=approved.director,
        revision=0,
        reason="Cambió el horario",
    )
    assert last_change(approved.first).reason == "Cambió el horario"


def test_after_approval_the_strategy_and_the_planning_stand(approved):
    with pytest.raises(Refused, match="aprobada"):
        strategic.change_seal(approved.seal, by=approved.director, revision=0, name="No")
    with pytest.raises(Refused, match="aprobada"):
        annual.change_indicator(approved.indicator, by=approved.director, revision=0, name="No")


def test_a_reading_is_written_during_the_implementation_and_needs_a_value_or_a_note(approved):
    reading = annual.add_reading(
        approved.indicator, by=approved.planner, on=dt.date(2026, 7, 3), value=Decimal("4.5")
    )

    assert last_change(reading).after["value"] == "4.5"
    with pytest.raises(ValidationError):
        annual.add_reading(approved.indicator, by=approved.planner, on=dt.date(2026, 7, 4))


def test_the_bin_keeps_why_and_gives_back_under_a_free_number(planned, draft):
    bin.remove(planned.first, by=planned.director, revision=0, reason="No habrá taller")
    taken = actions.add(planned.year, draft(planned.strategy, name="Nueva"), by=planned.director)
    Action.objects.filter(pk=taken.pk).update(number=1)

    back = bin.restore(planned.first, by=planned.planner, revision=1)

    assert back.number == 3
    changes = Change.objects.filter(entity_uid=planned.first.uid)
    assert [c.after.get("removed") for c in changes] == [None, "No habrá taller", None]


def test_nothing_living_is_left_hanging(planned):
    for thing, hanging in (
        (planned.objective, "1 meta, 1 estrategia, 2 acciones"),
        (planned.goal, "1 estrategia"),
        (planned.strategy, "2 acciones"),
    ):
        with pytest.raises(Refused, match=hanging):
            bin.remove(thing, by=planned.director, revision=0)

    assert Objective.objects.live().count() == 1


def test_what_is_in_the_bin_is_neither_changed_nor_restored_twice(planned):
    seal = bin.remove(planned.seal, by=planned.director, revision=0)

    with pytest.raises(Refused, match="papelera"):
        strategic.change_seal(seal, by=planned.director, revision=1, name="No")
    bin.restore(seal, by=planned.director, revision=1)
    with pytest.raises(Refused, match="No está"):
        bin.restore(seal, by=planned.director, revision=2)


def test_an_indicator_comes_back_only_after_its_strategy(planned):
    for action in (planned.first, planned.second):
        bin.remove(action, by=planned.director, revision=0)
    bin.remove(planned.indicator, by=planned.director, revision=0)
    bin.remove(planned.strategy, by=planned.director, revision=0)

    with pytest.raises(Refused, match="Antes hay que recuperar"):
        bin.restore(planned.indicator, by=planned.director, revision=1)


def test_nothing_is_hung_from_what_went_to_the_bin_meanwhile(planned, draft):
    """The form was open while somebody else removed what it points to."""
    for action in (planned.first, planned.second):
        bin.remove(action, by=planned.planner, revision=0)
    stale = draft(planned.strategy)
    bin.remove(planned.strategy, by=planned.planner, revision=0)
    bin.remove(planned.goal, by=planned.planner, revision=0)

    with pytest.raises(Refused, match="papelera"):
        actions.add(planned.year, stale, by=planned.director)
    with pytest.raises(Refused, match="papelera"):
        annual.add_strategy(
            planned.year,
            by=planned.director,
            objective=planned.objective,
            goal=planned.goal,
            text="Otra",
        )


def test_removing_an_action_of_an_approved_plan_asks_why(approved):
    with pytest.raises(Refused, match="por qué"):
        bin.remove(approved.first, by=approved.director, revision=0)


def test_sending_freezes_a_version_and_says_who(planned):
    stages.send_strategic(planned.year, by=planned.director)

    version = Version.objects.get()
    assert version.number == 1
    assert version.event.by == planned.director.user
    assert snapshots.canonical(snapshots.year_tree(planned.year))[1] == version.sha256


def test_the_versions_content_stays_when_the_plan_changes(approved, draft):
    kept = Version.objects.latest("number").content

    actions.change(
        approved.first, draft(approved.strategy, name="Distinta"), by=approved.director,
        revision=0, reason="Ajuste",
    )  # fmt: skip

    assert Version.objects.latest("number").content == kept
    assert "Distinta" not in kept


def test_planning_is_not_sent_with_what_is_missing(planned):
    annual.add_strategy(
        planned.year, by=planned.director, objective=planned.objective, text="Sin nada"
    )
    stages.send_strategic(planned.year, by=planned.director)

    with pytest.raises(Refused, match="Faltan 2 datos"):
        stages.send_planning(planned.year, by=planned.director)

    planned.year.refresh_from_db()
    assert planned.year.version_no == 1


def test_returning_says_why_and_opens_the_stage_again(planned):
    stages.send_strategic(planned.year, by=planned.director)

    with pytest.raises(Refused, match="qué debe corregir"):
        stages.return_(planned.year, StageKind.STRATEGIC, by=planned.owner, comment="  ")
    stages.return_(planned.year, StageKind.STRATEGIC, by=planned.owner, comment="Falta el cómo")

    planned.year.refresh_from_db()
    assert planned.year.status_now == StageStatus.RETURNED
    strategic.change_seal(planned.seal, by=planned.director, revision=0, name="Corregido")
    stages.send_strategic(planned.year, by=planned.director)
    assert Version.objects.count() == 3


def test_approving_both_stages_opens_the_implementation(approved):
    assert approved.year.stage_now == StageKind.IMPLEMENTATION
    assert approved.year.status_now == StageStatus.NOT_STARTED
    assert approved.year.version_no == 4


def test_every_row_of_the_plan_says_what_its_last_change_says(approved, draft):
    """What `check` relies on: no operation writes past its record."""
    actions.change(
        approved.first, draft(approved.strategy, area="LI"), by=approved.director, revision=0,
        reason="Ajuste",
    )  # fmt: skip
    annual.add_reading(approved.indicator, by=approved.planner, on=dt.date(2026, 7, 3), value=3)
    bin.remove(
        Action.objects.get(pk=approved.second.pk), by=approved.director, revision=0, reason="Ya no"
    )

    for model, entity in writing.ENTITY.items():
        for row in model._default_manager.all():
            assert last_change(row).after == snapshots.OF[entity](row), (model, row)
    year = PlanYear.objects.get()
    assert last_change(year).after == snapshots.plan_year(year)
