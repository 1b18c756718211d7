"""Every row of a plan against the last Change that was recorded of it.

A row that was deleted, added or rewritten in the database itself, past the operations, is found:
its Change says something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Max, QuerySet

from mejora.monitoring import snapshots as monitoring
from mejora.monitoring.models import EvidenceUse, MonitoringPlan, ProgressReport
from mejora.plans import snapshots
from mejora.plans.assessment import CriticalFactor, Judgement, SelfAssessment
from mejora.plans.enums import Entity
from mejora.plans.models import (
    Action,
    Change,
    Goal,
    Indicator,
    Milestone,
    Objective,
    Plan,
    PlanYear,
    Reading,
    Seal,
    Strategy,
)

PLANS = 50  # at a time: some 2,000 rows with their parts
Key = tuple[str, str]
Rows = Callable[[list[int]], Iterable[Any]]
SNAPSHOT = {**snapshots.OF, **monitoring.OF}
# A milestone that nobody ever reached has no Change of its own.
NEVER_DONE = {"done_on": None}


def _of(rows: QuerySet[Any], path: str) -> Rows:
    return lambda plans: rows.filter(**{f"{path}__in": plans})


ROWS: dict[Entity, tuple[Rows, ...]] = {
    Entity.PLAN: (_of(Plan.objects.select_related("school", "edition"), "pk"),),
    Entity.PLAN_YEAR: (_of(PlanYear.objects.all(), "plan"),),
    Entity.SEAL: (_of(Seal.objects.all(), "plan"),),
    Entity.OBJECTIVE: (
        _of(Objective.objects.select_related("area").prefetch_related("seals", "factors"), "plan"),
    ),
    Entity.GOAL: (_of(Goal.objects.select_related("objective"), "objective__plan"),),
    Entity.STRATEGY: (
        _of(snapshots.strategies_with_parts(Strategy.objects.all()), "plan_year__plan"),
    ),
    Entity.INDICATOR: (
        _of(Indicator.objects.select_related("strategy", "goal"), "strategy__plan_year__plan"),
        _of(Indicator.objects.select_related("strategy", "goal"), "goal__objective__plan"),
    ),
    Entity.READING: (
        _of(Reading.objects.select_related("indicator"), "indicator__strategy__plan_year__plan"),
        _of(Reading.objects.select_related("indicator"), "indicator__goal__objective__plan"),
    ),
    Entity.ACTION: (_of(snapshots.actions_with_parts(Action.objects.all()), "plan_year__plan"),),
    Entity.MILESTONE_DONE: (_of(Milestone.objects.all(), "action__plan_year__plan"),),
    Entity.SELF_ASSESSMENT: (_of(SelfAssessment.objects.select_related("plan"), "plan"),),
    Entity.JUDGEMENT: (
        _of(Judgement.objects.select_related("assessment", "area", "level"), "assessment__plan"),
    ),
    Entity.CRITICAL_FACTOR: (
        _of(CriticalFactor.objects.select_related("assessment", "area"), "assessment__plan"),
    ),
    Entity.MONITORING_PLAN: (_of(MonitoringPlan.objects.all(), "plan_year__plan"),),
    Entity.REPORT: (
        _of(monitoring.reports_with_parts(ProgressReport.objects.all()), "period__plan_year__plan"),
    ),
    Entity.EVIDENCE: (
        _of(monitoring.evidence_with_parts(EvidenceUse.objects.all()), "action__plan_year__plan"),
    ),
}


def rows_match_their_changes() -> Iterator[str]:
    for plans in _slices():
        schools = {
            p.pk: p.school.code_label
            for p in Plan.objects.filter(pk__in=plans).select_related("school")
        }
        changes = _last_changes(plans)
        for entity, sources in ROWS.items():
            for source in sources:
                for row in source(plans):
                    change = changes.pop((entity, str(row.uid)), None)
                    if problem := _compare(SNAPSHOT[entity](row), entity, change):
                        place = f"{schools[change.plan_id]}, " if change else ""
                        yield f"{place}{entity.label} «{_short(row)}» ({row.uid}): {problem}."
        for change in changes.values():
            if change.after is not None:
                yield (
                    f"{schools[change.plan_id]}, {change.get_entity_display()} «{change.label}» "
                    f"({change.entity_uid}): fue borrado de la base sin registro."
                )


def _slices() -> Iterator[list[int]]:
    last = 0
    while found := list(
        Plan.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PLANS]
    ):
        yield found
        last = found[-1]


def _last_changes(plans: list[int]) -> dict[Key, Change]:
    newest = (
        Change.objects.filter(plan__in=plans)
        .order_by()
        .values("entity", "entity_uid")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    found = Change.objects.filter(pk__in=newest).defer("before", "reason")
    return {(change.entity, str(change.entity_uid)): change for change in found}


def _compare(now: snapshots.Snapshot, entity: Entity, change: Change | None) -> str:
    if change is None:
        if entity is Entity.MILESTONE_DONE and now == NEVER_DONE:
            return ""
        return "no tiene registro de cambios"
    if change.after is None:
        return "está en la base y su último cambio dice que se quitó"
    if now == change.after:
        return ""
    names = sorted(k for k in {*now, *change.after} if now.get(k) != change.after.get(k))
    return f"no dice lo mismo que su último cambio ({', '.join(names)})"


def _short(row: object) -> str:
    text = " ".join(str(row).split())
    return text if len(text) <= 60 else f"{text[:59]}…"


CHECKS = (rows_match_their_changes,)
