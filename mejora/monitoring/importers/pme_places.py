"""The schools that a part of the table is written to, with the plan that each has already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from mejora.core.folding import fold
from mejora.monitoring.importers import pme_stored
from mejora.network.models import School
from mejora.plans import snapshots
from mejora.plans.models import Change, Goal, Objective, Plan, PlanYear, Seal, StageEvent

# How far the record of what a year hangs on goes: another mark means that somebody wrote there.
Mark = tuple[object, ...]
NOTHING: Mark = ()


@dataclass(slots=True)
class Place:
    """`plan` is the one that covers the year; `ends_before` the first year of a later one. `told`
    is what its Version keeps of the plan itself, by kind and uid."""

    school: int
    uid: UUID
    plan: Plan | None = None
    ends_before: int | None = None
    year: pme_stored.Year | None = None
    mark: Mark = NOTHING
    objectives: dict[str, tuple[int, str]] = field(default_factory=dict)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_order: int = 0


def load(codes: Collection[str], year: int) -> dict[str, Place]:
    """By RBD: two queries where no school has a plan, a dozen otherwise, whatever the schools."""
    rows = School.objects.filter(code__in=codes).values_list("code", "pk", "uid")
    places = {code: Place(pk, uid) for code, pk, uid in rows}
    by_school = {place.school: place for place in places.values()}
    for school, mark in marks(by_school, year).items():
        by_school[school].mark = mark
    if any(place.mark for place in places.values()):
        _put_plans(by_school, year)
    return places


def _put_plans(by_school: dict[int, Place], year: int) -> None:
    plans = Plan.objects.filter(school__in=by_school)
    later = plans.filter(start_year__gt=year).order_by("-start_year")
    for school, start in later.values_list("school", "start_year"):
        by_school[school].ends_before = start
    covering = plans.filter(start_year__lte=year, end_year__gte=year)
    by_plan = {plan.pk: plan for plan in covering.select_related("school", "edition")}
    for plan in by_plan.values():
        by_school[plan.school_id].plan = plan
    found = PlanYear.objects.filter(school__in=by_school, year=year)
    for school, standing in pme_stored.years(found).items():
        by_school[school].year = standing
    if by_plan:
        _tell(by_school, by_plan)


def _tell(by_school: dict[int, Place], by_plan: dict[int, Plan]) -> None:
    """What stands in those plans above the year: seals, objectives, goals."""
    objectives = Objective.objects.live().filter(plan__in=by_plan)
    for objective in objectives.select_related("area").prefetch_related("seals"):
        place = by_school[by_plan[objective.plan_id].school_id]
        uid = str(objective.uid)
        place.objectives.setdefault(fold(objective.text), (objective.pk, uid))
        place.last_order = max(place.last_order, objective.order)
        place.told.setdefault("objectives", {})[uid] = snapshots.objective(objective)
    for seal in Seal.objects.live().filter(plan__in=by_plan):
        place = by_school[by_plan[seal.plan_id].school_id]
        place.told.setdefault("seals", {})[str(seal.uid)] = snapshots.seal(seal)
    goals = Goal.objects.live().filter(objective__plan__in=by_plan)
    for goal in goals.select_related("objective"):
        place = by_school[by_plan[goal.objective.plan_id].school_id]
        place.told.setdefault("goals", {})[str(goal.uid)] = snapshots.goal(goal)


def marks(schools: Collection[int], year: int) -> dict[int, Mark]:
    """How far the record goes of what a year hangs on: the school's plans, this year, and what its
    plan holds above the years. Other years may go on being written. Schools without a plan are
    left out."""
    plans: dict[int, list[tuple[int, int, int]]] = {}
    covering: dict[int, int] = {}
    found = Plan.objects.filter(school__in=schools).order_by("pk")
    for school, pk, start, end in found.values_list("school", "pk", "start_year", "end_year"):
        plans.setdefault(school, []).append((pk, start, end))
        if start <= year <= end:
            covering[school] = pk
    if not covering:
        return {school: tuple(listed) for school, listed in plans.items()}
    years = PlanYear.objects.filter(school__in=covering, year=year)
    last_of: dict[str, dict[int, int]] = {
        "year": dict(years.values_list("school", "pk")),
        "written": _last(Change.objects.filter(plan_year__in=years), "plan__school"),
        "moved": _last(
            StageEvent.objects.filter(stage__plan_year__in=years), "stage__plan_year__school"
        ),
        "above": _last(
            Change.objects.filter(plan__in=list(covering.values()), plan_year=None), "plan__school"
        ),
    }
    return {
        school: (*listed, *(last.get(school) for last in last_of.values()))
        for school, listed in plans.items()
    }


def _last(rows: QuerySet[Any], school: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(school).annotate(Max("pk")))
