"""What a Change and a Version keep of the monitoring; as `plans.snapshots`, by uid and code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from mejora.monitoring.models import EvidenceUse, MonitoringPlan, ProgressReport
from mejora.plans.enums import Entity
from mejora.plans.models import Change, PlanYear
from mejora.plans.snapshots import Snapshot


def monitoring_plan(thing: MonitoringPlan) -> Snapshot:
    return {"frequency": thing.frequency}


def report(thing: ProgressReport) -> Snapshot:
    """Who said it and when is told by the Change; who accepted it is part of the content."""
    return {
        "action": str(thing.action.uid),
        "period": thing.period.starts_on.isoformat(),
        "level": thing.level.code if thing.level else None,
        "pct": thing.pct,
        "justification": thing.justification.code if thing.justification else None,
        "note": thing.note,
        "real_start": thing.real_start.isoformat() if thing.real_start else None,
        "real_end": thing.real_end.isoformat() if thing.real_end else None,
        "resources": thing.resources,
        **_review(thing),
    }


_REVIEW = frozenset({"is_reviewed", "changes_asked", "is_answered"})


def _review(thing: ProgressReport) -> Snapshot:
    """What was asked stands there only while it is."""
    found: Snapshot = {"is_reviewed": thing.is_accepted}
    if thing.changes_asked:
        found |= {"changes_asked": thing.changes_asked, "is_answered": not thing.is_asked}
    return found


def is_review(before: Snapshot | None, after: Snapshot | None) -> bool:
    """Whether a change of a report was only somebody's answer to it."""
    return bool(before and after) and _without_review(before) == _without_review(after)


def says_the_same(change: Change, was: Snapshot) -> bool:
    """Whether a change of a report wrote what it said in `was`, whatever the answer."""
    wrote = not is_review(change.before, change.after)
    return wrote and _without_review(change.after) == _without_review(was)


def is_answered_the_same(change: Change, was: Snapshot) -> bool:
    """Whether a change of a report left it answered as in `was`."""
    after = change.after or {}
    return {n: after.get(n) for n in _REVIEW} == {n: was.get(n) for n in _REVIEW}


def _without_review(said: Snapshot | None) -> Snapshot:
    return {name: value for name, value in (said or {}).items() if name not in _REVIEW}


def evidence(thing: EvidenceUse) -> Snapshot:
    return {
        "action": str(thing.action.uid),
        "file": str(thing.file.uid),
        "name": thing.file.original_name,
        "sha256": thing.file.stored_sha256,
        "milestone": str(thing.milestone.uid) if thing.milestone else None,
        "requirement": str(thing.requirement.uid) if thing.requirement else None,
        **({"removed": thing.removed_reason or True} if thing.removed_at else {}),
    }


OF: dict[Entity, Callable[[Any], Snapshot]] = {
    Entity.MONITORING_PLAN: monitoring_plan,
    Entity.REPORT: report,
    Entity.EVIDENCE: evidence,
}


def reports_with_parts(found: QuerySet[ProgressReport]) -> QuerySet[ProgressReport]:
    return found.select_related("action", "period", "level", "justification")


def evidence_with_parts(found: QuerySet[EvidenceUse]) -> QuerySet[EvidenceUse]:
    return found.select_related("action", "file", "milestone", "requirement")


def year_extra(plan_year: PlanYear) -> Snapshot:
    """What a Version of the year keeps beside the plan: every report, every living evidence."""
    reports = reports_with_parts(ProgressReport.objects.filter(period__plan_year=plan_year))
    uses = evidence_with_parts(EvidenceUse.objects.live().filter(action__plan_year=plan_year))
    return {
        "reports": {str(r.uid): report(r) for r in reports},
        "evidence": {str(u.uid): evidence(u) for u in uses},
    }
