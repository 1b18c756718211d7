"""What is said of an action in a period: saving it, and everything that follows from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from mejora.core import clock
from mejora.core.decisions import Conflict, Refused, require
from mejora.frameworks import catalogue
from mejora.frameworks.models import Term, TermKind
from mejora.monitoring import progress, rules, snapshots
from mejora.monitoring.models import Period, ProgressReport
from mejora.network.access import Actor, Deed
from mejora.plans import snapshots as plan_snapshots
from mejora.plans import workflow
from mejora.plans.enums import Entity, StageKind
from mejora.plans.models import Action, Milestone
from mejora.plans.recording import record
from mejora.plans.rules import Stages, stages_of

CARRIED = "Por los hitos del"  # the reason of a change that followed from another period's


class Said(TypedDict, total=False):
    """What a report says; what is left out stays as it was."""

    level: Term | None
    milestones: Collection[int]  # the keys of all that are met, for an action that has milestones
    justification: Term | None
    note: str
    real_start: dt.date | None
    real_end: dt.date | None
    resources: str


@transaction.atomic
def save_report(
    action: Action, period: Period, *, by: Actor, revision: int | None, **said: Unpack[Said]
) -> ProgressReport:
    """Write the report of an action in a period and everything that follows from it.

    With milestones the percentage is the sum of those met by the period's end and the level its
    interval; without them the level is what the person chose. `revision` is what the person saw
    (None where there was no report): Conflict when somebody saved since. A report by the school's
    team needs nobody's acceptance; one by a responsible waits for it.
    """
    at, action = locked_with(action)
    require(rules.can_report(by, at, action))
    if period.plan_year_id != action.plan_year_id:
        raise Refused("Ese período es de otro año.")
    workflow.begin(at.plan_year, StageKind.IMPLEMENTATION, by=by)
    now = timezone.now()
    report, before = _claim(action, period, revision)
    milestones = list(action.milestones.all())
    if milestones:
        _meet(milestones, said.get("milestones"), period, at, by=by, now=now)
        report.pct = progress.percent(milestones, period.ends_on)
        report.level_id = (
            catalogue.of_edition(at.plan_year.plan.edition_id).level_for_pct(report.pct).pk
        )
    else:
        report.pct = None
        report.level = _of_edition(said.get("level", report.level), TermKind.LEVEL, at)
    _write(report, said, at, by=by, now=now)
    record_report(report, before, at, by=by, now=now)
    if milestones:
        carry_forward(action, milestones, period, at, by=by, now=now)
    follow_newest(action)
    return report


def locked_with(action: Action) -> tuple[Stages, Action]:
    """The year locked, and the action as it stands now with its living milestones."""
    plan_year = workflow.locked(action.plan_year)
    found = (
        Action.objects.prefetch_related(living_milestones())
        .select_related("level_now")
        .get(pk=action.pk)
    )
    found.plan_year = plan_year
    return stages_of(plan_year), found


def living_milestones() -> Prefetch[str, QuerySet[Milestone], str]:
    return Prefetch("milestones", Milestone.objects.live().prefetch_related("people"))


def _claim(
    action: Action, period: Period, revision: int | None
) -> tuple[ProgressReport, plan_snapshots.Snapshot | None]:
    found = snapshots.reports_with_parts(ProgressReport.objects.all())
    report = found.filter(action=action, period=period).first()
    if (report.revision if report else None) != revision:
        raise Conflict("Otra persona guardó esta acción mientras usted escribía.")
    if report is None:
        return ProgressReport(action=action, period=period), None
    before = snapshots.report(report)
    report.revision += 1
    return report, before


def _meet(
    milestones: list[Milestone],
    met: Collection[int] | None,
    period: Period,
    at: Stages,
    *,
    by: Actor,
    now: dt.datetime,
) -> None:
    """Write which milestones are met. One ticked for a past period was met by its end: that is
    what the report says."""
    if met is None:
        return
    strangers = set(met) - {m.pk for m in milestones}
    if strangers:
        raise Refused("Uno de los hitos ya no es de esta acción. Vuelva a abrirla.")
    met_on = min(clock.today(at.school.country.tz), period.ends_on)
    for milestone in milestones:
        if (milestone.pk in met) == progress.is_met(milestone, period.ends_on):
            continue
        mark_milestone(milestone, met_on if milestone.pk in met else None, at, by=by, now=now)


def mark_milestone(
    milestone: Milestone, done_on: dt.date | None, at: Stages, *, by: Actor, now: dt.datetime
) -> None:
    before = plan_snapshots.milestone_done(milestone)
    milestone.done_on = done_on
    milestone.done_by = by.user if done_on else None
    milestone.save(update_fields=["done_on", "done_by"])
    record(
        at.plan_year.plan,
        Entity.MILESTONE_DONE,
        milestone.uid,
        milestone.name,
        before=before if before["done_on"] else None,
        after=plan_snapshots.milestone_done(milestone),
        by=by,
        plan_year=at.plan_year,
        at=now,
    )


def _write(report: ProgressReport, said: Said, at: Stages, *, by: Actor, now: dt.datetime) -> None:
    if "justification" in said:
        report.justification = _of_edition(said["justification"], TermKind.JUSTIFICATION, at)
    for name in ("note", "real_start", "real_end", "resources"):
        if name in said:
            setattr(report, name, said[name])
    report.note = report.note.strip()
    report.reported_by, report.at = by.user, now
    is_team = by.may(Deed.REPORT_ALL, at.school)
    report.reviewed_by, report.reviewed_at = (by.user, now) if is_team else (None, None)
    if is_team:
        report.changes_asked = ""
    report.full_clean(exclude=["uid"])
    report.save()


def _of_edition(term: Term | None, kind: TermKind, at: Stages) -> Term | None:
    if term and (term.kind != kind or term.edition_id != at.plan_year.plan.edition_id):
        raise Refused("Esa opción no es del marco de este plan.")
    return term


def record_report(
    report: ProgressReport,
    before: plan_snapshots.Snapshot | None,
    at: Stages,
    *,
    by: Actor,
    now: dt.datetime,
    after: plan_snapshots.Snapshot | None = None,
    reason: str = "",
    is_gone: bool = False,
) -> None:
    record(
        at.plan_year.plan,
        Entity.REPORT,
        report.uid,
        report.action.name,
        before=before,
        after=None if is_gone else after or snapshots.report(report),
        by=by,
        plan_year=at.plan_year,
        at=now,
        reason=reason,
    )


def carry_forward(
    action: Action,
    milestones: list[Milestone],
    period: Period,
    at: Stages,
    *,
    by: Actor,
    now: dt.datetime,
) -> None:
    """Percentages of later periods follow when an earlier one's milestones change."""
    levels = catalogue.of_edition(at.plan_year.plan.edition_id)
    later = ProgressReport.objects.filter(action=action, period__starts_on__gt=period.starts_on)
    for report in snapshots.reports_with_parts(later):
        pct = progress.percent(milestones, report.period.ends_on)
        if pct == report.pct:
            continue
        before = snapshots.report(report)
        report.pct, report.level = pct, Term.objects.get(pk=levels.level_for_pct(pct).pk)
        report.revision += 1
        report.save()
        reason = f"{CARRIED} {period.starts_on:%d-%m-%Y} al {period.ends_on:%d-%m-%Y}"
        record_report(report, before, at, by=by, now=now, reason=reason)


def follow_newest(action: Action) -> None:
    """Copy the newest report into the action, or empty it where none is left."""
    newest = (
        ProgressReport.objects.filter(action=action, level__isnull=False)
        .order_by("-period__starts_on")
        .first()
    )
    Action.objects.filter(pk=action.pk).update(
        level_now=newest.level_id if newest else None,
        pct_now=newest.pct if newest else None,
        reported_on=timezone.localdate(newest.at) if newest else None,
    )
