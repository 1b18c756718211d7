"""Saving a report: what follows from it, what is refused, what is taken back."""

import datetime as dt

import pytest

from mejora.core.decisions import Conflict, Refused
from mejora.monitoring import snapshots
from mejora.monitoring.models import ProgressReport
from mejora.monitoring.operations import reports, reviews, undo
from mejora.network.enums import Role
from mejora.plans.enums import Entity, StageKind, StageStatus
from mejora.plans.models import Action, Change, Milestone, Stage
from tests.factories import ActionFactory, MembershipFactory, MilestoneFactory
from tests.factories.monitoring import (
    action_with_milestones,
    justification,
    level,
    month,
)

pytestmark = pytest.mark.django_db


def met(action, count):
    return [m.pk for m in action.milestones.all()][:count]


def test_an_interval_becomes_the_action_s_level_in_the_same_saving(year, director, august):
    action = ActionFactory(plan_year=year)

    report = reports.save_report(
        action, august, by=director, revision=None, level=level("parcial"), note=" En curso. "
    )

    action.refresh_from_db()
    assert (action.level_now.code, action.pct_now) == ("parcial", None)
    assert action.reported_on is not None
    assert (report.note, report.revision, report.reported_by) == ("En curso.", 0, director.user)
    stage = Stage.objects.get(plan_year=year, kind=StageKind.IMPLEMENTATION)
    assert stage.status == StageStatus.PARTIAL


def test_milestones_give_an_exact_percentage_and_the_level_follows(year, director, august):
    action = action_with_milestones(year, weights=(30, 40, 30))

    report = reports.save_report(
        action, august, by=director, revision=None, milestones=met(action, 2)
    )

    action.refresh_from_db()
    assert (report.pct, report.level.code) == (70, "adecuada")
    assert (action.pct_now, action.level_now.code) == (70, "adecuada")
    done = Milestone.objects.filter(action=action, done_on__isnull=False)
    assert {(m.done_on, m.done_by) for m in done} == {(dt.date(2026, 8, 31), director.user)}


def test_a_level_said_of_an_action_with_milestones_is_not_heard(year, director, august):
    action = action_with_milestones(year)

    report = reports.save_report(
        action, august, by=director, revision=None, level=level("completa"), milestones=[]
    )

    assert (report.pct, report.level.code) == (0, "no_efectuada")


def test_every_saving_is_recorded_with_what_stood_before(year, director, august):
    action = action_with_milestones(year, weights=(50, 50))
    first = reports.save_report(action, august, by=director, revision=None, note="Uno")

    reports.save_report(
        action, august, by=director, revision=0, note="Dos", milestones=met(action, 1)
    )

    said = Change.objects.filter(entity=Entity.REPORT, entity_uid=first.uid).order_by("pk")
    assert [(c.before and c.before["note"], c.after["note"]) for c in said] == [
        (None, "Uno"),
        ("Uno", "Dos"),
    ]
    done = Change.objects.get(entity=Entity.MILESTONE_DONE)
    assert (done.before, done.after) == (None, {"done_on": "2026-08-31"})
    assert said.last().after == snapshots.report(
        snapshots.reports_with_parts(ProgressReport.objects.all()).get()
    )


def test_the_second_of_two_people_is_told_and_nothing_of_theirs_is_written(year, actor, august):
    action = ActionFactory(plan_year=year)
    first, second = actor(Role.DIRECTOR, year.school), actor(Role.PLANNER, year.school)
    reports.save_report(action, august, by=first, revision=None, note="La mía")

    with pytest.raises(Conflict):
        reports.save_report(action, august, by=second, revision=None, note="La otra")

    assert ProgressReport.objects.get().note == "La mía"


def test_what_is_left_out_stays_as_it_was(year, director, august):
    action = ActionFactory(plan_year=year)
    reports.save_report(
        action,
        august,
        by=director,
        revision=None,
        level=level("parcial"),
        justification=justification("4"),
        resources="partly",
    )

    report = reports.save_report(action, august, by=director, revision=0, note="Más")

    assert (report.level.code, report.justification.code) == ("parcial", "4")
    assert (report.resources, report.note) == ("partly", "Más")


def test_an_older_period_never_changes_what_the_newest_says(year, director):
    action = ActionFactory(plan_year=year)
    reports.save_report(action, month(year, 8), by=director, revision=None, level=level("avanzada"))

    reports.save_report(action, month(year, 5), by=director, revision=None, level=level("inicial"))

    action.refresh_from_db()
    assert action.level_now.code == "avanzada"


def test_a_milestone_told_late_for_an_earlier_period_raises_the_later_reports(year, director):
    action = action_with_milestones(year, weights=(50, 50))
    later = reports.save_report(action, month(year, 8), by=director, revision=None, milestones=[])

    reports.save_report(
        action, month(year, 5), by=director, revision=None, milestones=met(action, 1)
    )

    later.refresh_from_db()
    action.refresh_from_db()
    assert (later.pct, later.level.code, later.revision) == (50, "adecuada", 1)
    assert action.pct_now == 50


@pytest.mark.parametrize(
    ("role", "owns", "allowed"),
    [
        (Role.DIRECTOR, False, True),
        (Role.PLANNER, False, True),
        (Role.RESPONSIBLE, False, False),
        (Role.RESPONSIBLE, True, True),
    ],
)
def test_the_team_reports_all_and_a_responsible_their_own(year, actor, august, role, owns, allowed):
    someone = actor(role, year.school)
    action = ActionFactory(plan_year=year, responsible=someone.memberships[0] if owns else None)

    if allowed:
        reports.save_report(action, august, by=someone, revision=None, level=level("parcial"))
    else:
        with pytest.raises(Refused, match="a cargo de otra persona"):
            reports.save_report(action, august, by=someone, revision=None, level=level("parcial"))

    assert ProgressReport.objects.count() == allowed


def test_whoever_shares_a_milestone_reports_the_action(year, actor, august):
    teacher = actor(Role.RESPONSIBLE, year.school)
    action = action_with_milestones(year)
    action.milestones.first().people.add(teacher.memberships[0])

    reports.save_report(action, august, by=teacher, revision=None, milestones=met(action, 1))

    assert ProgressReport.objects.get().pct == 25


@pytest.mark.parametrize("role", [Role.OWNER])
def test_the_owner_reads_and_does_not_report(year, actor, august, role):
    owner = actor(role, year.school.owner)

    with pytest.raises(Refused, match="corresponde a la escuela"):
        reports.save_report(
            ActionFactory(plan_year=year), august, by=owner, revision=None, level=level("parcial")
        )


@pytest.mark.parametrize(
    ("planning", "implementation", "reason"),
    [
        (StageStatus.PARTIAL, StageStatus.NOT_STARTED, "comienza cuando se aprueba"),
        (StageStatus.APPROVED, StageStatus.APPROVED, "está aprobada"),
    ],
)
def test_nothing_is_reported_outside_an_open_implementation(
    year, director, august, planning, implementation, reason
):
    stages = Stage.objects.filter(plan_year=year)
    for kind, status in (
        (StageKind.PLANNING, planning),
        (StageKind.IMPLEMENTATION, implementation),
    ):
        dates = stages.get(kind=StageKind.STRATEGIC)
        decided = status == StageStatus.APPROVED
        stages.filter(kind=kind).update(
            status=status,
            sent_at=dates.sent_at if decided else None,
            sent_by=dates.sent_by if decided else None,
            decided_at=dates.decided_at if decided else None,
            decided_by=dates.decided_by if decided else None,
        )

    with pytest.raises(Refused, match=reason):
        reports.save_report(
            ActionFactory(plan_year=year),
            august,
            by=director,
            revision=None,
            level=level("parcial"),
        )


def test_disabled_and_removed_actions_are_not_reported(year, director, august):
    with pytest.raises(Refused, match="desactivada"):
        reports.save_report(
            ActionFactory(plan_year=year, is_disabled=True), august, by=director, revision=None
        )


def test_a_milestone_of_another_action_is_refused_and_nothing_is_written(year, director, august):
    action, other = action_with_milestones(year), action_with_milestones(year)

    with pytest.raises(Refused, match="ya no es de esta acción"):
        reports.save_report(action, august, by=director, revision=None, milestones=met(other, 1))

    assert not ProgressReport.objects.exists()
    assert not Change.objects.exists()


def test_a_report_by_a_responsible_waits_for_the_team(year, actor, director, august):
    teacher = actor(Role.RESPONSIBLE, year.school)
    action = ActionFactory(plan_year=year, responsible=teacher.memberships[0])
    report = reports.save_report(action, august, by=teacher, revision=None, level=level("parcial"))
    assert report.reviewed_at is None

    with pytest.raises(Refused):
        reviews.accept_report(report, by=teacher)
    accepted = reviews.accept_report(report, by=director)

    assert accepted.reviewed_by == director.user
    assert Change.objects.filter(entity=Entity.REPORT).first().after["is_reviewed"] is True


def test_a_report_by_the_team_needs_no_acceptance(year, director, august):
    report = reports.save_report(
        ActionFactory(plan_year=year), august, by=director, revision=None, level=level("parcial")
    )

    assert report.reviewed_by == director.user


def test_undoing_writes_again_what_stood_before(year, director, august):
    action = action_with_milestones(year, weights=(50, 50))
    reports.save_report(
        action, august, by=director, revision=None, milestones=met(action, 1), note="Uno"
    )
    reports.save_report(
        action, august, by=director, revision=0, milestones=met(action, 2), note="Dos"
    )

    report = undo.undo_report(action, august, by=director)

    action.refresh_from_db()
    assert (report.note, report.pct, action.pct_now) == ("Uno", 50, 50)
    assert Milestone.objects.filter(action=action, done_on__isnull=False).count() == 1


def test_undoing_the_first_report_leaves_the_action_unreported(year, director, august):
    action = action_with_milestones(year, weights=(50, 50))
    reports.save_report(action, august, by=director, revision=None, milestones=met(action, 2))

    assert undo.undo_report(action, august, by=director) is None

    action.refresh_from_db()
    assert (action.level_now, action.pct_now, action.reported_on) == (None, None, None)
    assert not Milestone.objects.filter(action=action, done_on__isnull=False).exists()
    assert Change.objects.filter(entity=Entity.REPORT).first().after is None


def test_nobody_undoes_what_another_saved(year, director, actor, august):
    action = ActionFactory(plan_year=year)
    reports.save_report(action, august, by=director, revision=None, level=level("parcial"))

    with pytest.raises(Refused, match="No hay un cambio suyo"):
        undo.undo_report(action, august, by=actor(Role.PLANNER, year.school))


def test_late_is_told_in_one_place(year, today):
    past = ActionFactory(plan_year=year, ends_on=dt.date(2026, 8, 1))
    overdue = ActionFactory(plan_year=year)
    MilestoneFactory(action=overdue, due_on=dt.date(2026, 9, 7))
    in_time = ActionFactory(plan_year=year)
    MilestoneFactory(action=in_time, due_on=dt.date(2026, 9, 8))
    complete = ActionFactory(plan_year=year, ends_on=dt.date(2026, 8, 1))
    Action.objects.filter(pk=complete.pk).update(level_now=level("completa"))
    ActionFactory(plan_year=year, ends_on=dt.date(2026, 8, 1), is_disabled=True)
    MembershipFactory(role=Role.DIRECTOR, place=year.school)

    assert set(Action.objects.late(today)) == {past, overdue}
