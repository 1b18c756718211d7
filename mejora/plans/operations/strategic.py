"""What stands for the whole cycle: seals, objectives and their goals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction

from mejora.core.decisions import Refused, require
from mejora.frameworks.models import Area
from mejora.network.access import Actor
from mejora.plans import rules, workflow
from mejora.plans.assessment import CriticalFactor
from mejora.plans.enums import Direction, StageKind
from mejora.plans.models import Goal, Indicator, Objective, Plan, Seal
from mejora.plans.operations import writing


def _opened(plan: Plan, by: Actor) -> None:
    """Lock the plan's first year, ask the rule, mark the stage as begun."""
    first = workflow.locked(workflow.strategic_year(plan))
    require(rules.can_write_strategy(by, rules.stages_of(first)))
    workflow.begin(first, StageKind.STRATEGIC, by=by)


@transaction.atomic
def add_seal(plan: Plan, *, by: Actor, name: str, text: str = "") -> Seal:
    _opened(plan, by)
    order = writing.next_order(plan.seals.all())
    return writing.create(Seal(plan=plan, name=name, text=text, order=order), by=by)


@transaction.atomic
def change_seal(seal: Seal, *, by: Actor, revision: int, name: str, text: str = "") -> Seal:
    _opened(seal.plan, by)
    return writing.change(seal, revision, {"name": name, "text": text}, by=by)


@transaction.atomic
def add_objective(
    plan: Plan,
    *,
    by: Actor,
    text: str,
    area: Area | None = None,
    seals: Iterable[Seal] = (),
    factors: Iterable[CriticalFactor] = (),
) -> Objective:
    _opened(plan, by)
    objective = Objective(
        plan=plan, text=text, area=area, order=writing.next_order(plan.objectives.all())
    )
    objective.full_clean(exclude=["uid"])
    objective.save()
    objective.seals.set(_of_plan(seals, plan))
    objective.factors.set(_answered(factors, plan))
    writing.recorded(objective, None, by=by)
    return objective


@transaction.atomic
def change_objective(
    objective: Objective,
    *,
    by: Actor,
    revision: int,
    text: str,
    area: Area | None = None,
    seals: Iterable[Seal] = (),
    factors: Iterable[CriticalFactor] = (),
) -> Objective:
    _opened(objective.plan, by)
    objective = writing.living(writing.claim(objective, revision))
    before = writing.snapshot(objective)
    objective.text, objective.area = text, area
    objective.full_clean(exclude=["uid"])
    objective.save()
    objective.seals.set(_of_plan(seals, objective.plan))
    objective.factors.set(_answered(factors, objective.plan))
    writing.recorded(objective, before, by=by)
    return objective


def _of_plan(seals: Iterable[Seal], plan: Plan) -> list[Seal]:
    found = list(seals)
    if any(seal.plan_id != plan.pk for seal in found):
        raise Refused("Ese sello es de otro plan.")
    return found


def _answered(factors: Iterable[CriticalFactor], plan: Plan) -> list[CriticalFactor]:
    found = list(factors)
    if any(factor.assessment.plan_id != plan.pk for factor in found):
        raise Refused("Ese factor crítico es de otro plan.")
    return found


@transaction.atomic
def add_goal(
    objective: Objective,
    *,
    by: Actor,
    text: str,
    baseline: Decimal | None = None,
    target: Decimal | None = None,
    unit: str = "",
    due_year: int | None = None,
) -> Goal:
    _opened(objective.plan, by)
    goal = Goal(
        objective=objective,
        text=text,
        baseline=baseline,
        target=target,
        unit=unit,
        due_year=due_year,
        order=writing.next_order(objective.goals.all()),
    )
    return writing.create(goal, by=by)


@transaction.atomic
def change_goal(
    goal: Goal,
    *,
    by: Actor,
    revision: int,
    text: str,
    baseline: Decimal | None = None,
    target: Decimal | None = None,
    unit: str = "",
    due_year: int | None = None,
) -> Goal:
    _opened(goal.objective.plan, by)
    fields = {
        "text": text,
        "baseline": baseline,
        "target": target,
        "unit": unit,
        "due_year": due_year,
    }
    return writing.change(goal, revision, fields, by=by)


@transaction.atomic
def add_indicator(
    goal: Goal,
    *,
    by: Actor,
    name: str,
    description: str = "",
    unit: str = "",
    direction: str = Direction.UP,
    baseline: Decimal | None = None,
    target: Decimal | None = None,
) -> Indicator:
    """An indicator of a goal, in frameworks without strategies."""
    if goal.objective.plan.edition.has_strategies:
        raise Refused("En este marco los indicadores son de las estrategias.")
    _opened(goal.objective.plan, by)
    indicator = Indicator(
        goal=goal,
        name=name,
        description=description,
        unit=unit,
        direction=direction,
        baseline=baseline,
        target=target,
        order=writing.next_order(goal.indicators.all()),
    )
    return writing.create(indicator, by=by)
