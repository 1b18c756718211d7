"""Taking back one's own last saving of a report, or one's own answer to somebody else's.

What stood before comes back with its author and its review: who takes back an acceptance has not
reported anything.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.frameworks.models import TermKind
from mejora.monitoring import rules, snapshots
from mejora.monitoring.models import Period, ProgressReport
from mejora.monitoring.operations.reports import (
    CARRIED,
    carry_forward,
    follow_newest,
    locked_with,
    mark_milestone,
    record_report,
)
from mejora.network.access import Actor
from mejora.plans import snapshots as plan_snapshots
from mejora.plans.enums import Entity
from mejora.plans.models import Action, Change, Milestone
from mejora.plans.rules import Stages

UNDONE = "Deshecho"


@transaction.atomic
def undo_report(action: Action, period: Period, *, by: Actor) -> ProgressReport | None:
    """Take back one's own last saving of a report, its milestones included, by writing again what
    stood before. None where there was no report before it. Refuses when somebody saved since."""
    at, action = locked_with(action)
    require(rules.can_report(by, at, action))
    found = snapshots.reports_with_parts(ProgressReport.objects.all())
    report = found.filter(action=action, period=period).first()
    last = _last_change(report) if report else None
    if report is None or last is None or last.by_id != by.user.pk:
        raise Refused("No hay un cambio suyo que deshacer en esta acción.")
    now = timezone.now()
    for done in _milestones_of(last):
        milestone = Milestone.objects.filter(action=action, uid=done.entity_uid).first()
        if milestone:
            was = (done.before or {}).get("done_on")
            mark_milestone(
                milestone, dt.date.fromisoformat(was) if was else None, at, by=by, now=now
            )
    restored = _restore(report, last, at, by=by, now=now)
    if action.milestones.all():
        milestones = list(Milestone.objects.live().filter(action=action))
        carry_forward(action, milestones, period, at, by=by, now=now)
    follow_newest(action)
    return restored


def _last_change(report: ProgressReport) -> Change | None:
    return (
        Change.objects.filter(entity=Entity.REPORT, entity_uid=report.uid).order_by("-pk").first()
    )


def _milestones_of(change: Change) -> list[Change]:
    """The milestones that were marked in the same saving."""
    return list(
        Change.objects.filter(
            plan_year=change.plan_year_id,
            entity=Entity.MILESTONE_DONE,
            by=change.by_id,
            at=change.at,
        )
    )


def _restore(
    report: ProgressReport, last: Change, at: Stages, *, by: Actor, now: dt.datetime
) -> ProgressReport | None:
    before, was = snapshots.report(report), last.before
    if was is None:
        record_report(report, before, at, by=by, now=now, is_gone=True, reason=UNDONE)
        report.delete()
        return None
    edition = at.plan_year.plan.edition
    terms = {(t.kind, t.code): t for t in edition.terms.filter(kind__in=_TERM_KINDS)}
    report.level = terms.get((TermKind.LEVEL, was["level"]))
    report.justification = terms.get((TermKind.JUSTIFICATION, was["justification"]))
    report.pct, report.note, report.resources = was["pct"], was["note"], was["resources"]
    for name in ("real_start", "real_end"):
        setattr(report, name, dt.date.fromisoformat(was[name]) if was[name] else None)
    _sign(report, was, last, by=by, now=now)
    report.revision += 1
    report.save()
    record_report(report, before, at, by=by, now=now, reason=UNDONE)
    return report


def _sign(
    report: ProgressReport,
    was: plan_snapshots.Snapshot,
    last: Change,
    *,
    by: Actor,
    now: dt.datetime,
) -> None:
    """Put under the report whoever wrote and answered what it says again: the Changes know."""
    older = [
        change
        for change in Change.objects.filter(
            entity=Entity.REPORT, entity_uid=report.uid, pk__lt=last.pk
        )
        if change.reason != UNDONE and not change.reason.startswith(CARRIED)
    ]
    author = next((c for c in older if snapshots.says_the_same(c, was)), None)
    report.reported_by, report.at = (author.by, author.at) if author else (by.user, now)
    report.changes_asked = was.get("changes_asked", "")
    report.reviewed_by = report.reviewed_at = None
    if was["is_reviewed"] or (report.changes_asked and not was["is_answered"]):
        answer = next((c for c in older if snapshots.is_answered_the_same(c, was)), None)
        report.reviewed_by = answer.by if answer else by.user
        report.reviewed_at = answer.at if answer else now


_TERM_KINDS = (TermKind.LEVEL, TermKind.JUSTIFICATION)
