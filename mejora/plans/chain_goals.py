"""The chain of a framework without strategies: indicators hang from goals, and critical factors
lead to objectives."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery

from mejora.plans.chain import Chain, IndicatorNode
from mejora.plans.models import Indicator, Objective, PlanYear, Reading


def add_indicators(chain: Chain, plan_year: PlanYear) -> None:
    """Each goal's indicators with the newest reading. One query."""
    newest = (
        Reading.objects.live()
        .filter(indicator=OuterRef("pk"), value__isnull=False)
        .order_by("-on", "-pk")
    )
    rows = (
        Indicator.objects.live()
        .filter(goal__objective__plan=plan_year.plan_id)
        .order_by("order", "pk")
        .values_list(
            *("goal_id", "uid", "name", "unit", "baseline", "target"),
            Subquery(newest.values("value")[:1]),
            Subquery(newest.values("on")[:1]),
        )
    )
    goals = {goal.pk: goal for objective in chain.objectives for goal in objective.goals}
    for goal_id, *said in rows:
        if goal_id in goals:
            goals[goal_id].indicators.append(IndicatorNode(*said))


def factors_of(plan_year: PlanYear) -> dict[int, list[str]]:
    """The texts of the critical factors that each objective answers to, by its key. One query."""
    found: dict[int, list[str]] = {}
    rows = Objective.factors.through.objects.filter(
        objective__plan=plan_year.plan_id, criticalfactor__removed_at__isnull=True
    ).order_by("criticalfactor_id")
    for objective, text in rows.values_list("objective_id", "criticalfactor__text"):
        found.setdefault(objective, []).append(text)
    return found
