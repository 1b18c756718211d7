"""What stands for one year beside the actions: strategies, their indicators, the readings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction

from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.plans import rules, workflow
from mejora.plans.enums import Direction, StageKind
from mejora.plans.models import Goal, Indicator, Objective, PlanYear, Reading, Strategy
from mejora.plans.operations import writing


def _opened(plan_year: PlanYear, by: Actor) -> PlanYear:
    """Lock the year, ask the rule, mark the planning as begun."""
    plan_year = workflow.locked(plan_year)
    require(rules.can_write_planning(by, rules.stages_of(plan_year)))
    workflow.begin(plan_year, StageKind.PLANNING, by=by)
    return plan_year


def _fits(plan_year: PlanYear, objective: Objective, goal: Goal | None) -> None:
    """Asked of the database under the lock: the form was filled in before."""
    own = Objective.objects.live().filter(plan=plan_year.plan_id, pk=objective.pk)
    if not own.exists():
        raise Refused("Ese objetivo no es de este plan o está en la papelera.")
    if goal and not Goal.objects.live().filter(objective=objective.pk, pk=goal.pk).exists():
        raise Refused("Esa meta no es del objetivo elegido o está en la papelera.")


@transaction.atomic
def add_strategy(
    plan_year: PlanYear, *, by: Actor, objective: Objective, text: str, goal: Goal | None = None
) -> Strategy:
    """Refuses an objective of another plan and a goal of another objective."""
    plan_year = _opened(plan_year, by)
    _fits(plan_year, objective, goal)
    order = writing.next_order(plan_year.strategies.all())
    strategy = Strategy(plan_year=plan_year, objective=objective, goal=goal, text=text, order=order)
    return writing.create(strategy, by=by)


@transaction.atomic
def change_strategy(
    strategy: Strategy,
    *,
    by: Actor,
    revision: int,
    objective: Objective,
    text: str,
    goal: Goal | None = None,
) -> Strategy:
    """Its actions follow it when it moves to another objective, each with its own Change."""
    plan_year = _opened(strategy.plan_year, by)
    _fits(plan_year, objective, goal)
    fields = {"objective": objective, "goal": goal, "text": text}
    strategy = writing.change(strategy, revision, fields, by=by)
    for action in strategy.actions.exclude(objective=objective):  # those in the bin too
        action = writing.claim(action, action.revision)
        before = writing.snapshot(action)
        action.objective = objective
        action.save()
        writing.recorded(action, before, by=by)
    return strategy


@transaction.atomic
def add_indicator(
    strategy: Strategy,
    *,
    by: Actor,
    name: str,
    description: str = "",
    unit: str = "",
    direction: str = Direction.UP,
    baseline: Decimal | None = None,
    target: Decimal | None = None,
) -> Indicator:
    _opened(strategy.plan_year, by)
    indicator = Indicator(
        strategy=strategy,
        name=name,
        description=description,
        unit=unit,
        direction=direction,
        baseline=baseline,
        target=target,
        order=writing.next_order(strategy.indicators.all()),
    )
    return writing.create(indicator, by=by)


@transaction.atomic
def change_indicator(
    indicator: Indicator,
    *,
    by: Actor,
    revision: int,
    name: str,
    description: str = "",
    unit: str = "",
    direction: str = Direction.UP,
    baseline: Decimal | None = None,
    target: Decimal | None = None,
) -> Indicator:
    _opened_of(indicator, by)
    fields = {
        "name": name,
        "description": description,
        "unit": unit,
        "direction": direction,
        "baseline": baseline,
        "target": target,
    }
    return writing.change(indicator, revision, fields, by=by)


@transaction.atomic
def add_reading(
    indicator: Indicator, *, by: Actor, on: dt.date, value: Decimal | None = None, note: str = ""
) -> Reading:
    """What the indicator showed on a day, or why it could not be measured."""
    plan_year = workflow.locked(_year(indicator, on))
    require(rules.can_write_readings(by, rules.stages_of(plan_year)))
    return writing.create(Reading(indicator=indicator, on=on, value=value, note=note), by=by)


@transaction.atomic
def change_reading(
    reading: Reading,
    *,
    by: Actor,
    revision: int,
    on: dt.date,
    value: Decimal | None = None,
    note: str = "",
) -> Reading:
    plan_year = workflow.locked(_year(reading.indicator, on))
    require(rules.can_write_readings(by, rules.stages_of(plan_year)))
    return writing.change(reading, revision, {"on": on, "value": value, "note": note}, by=by)


def _opened_of(indicator: Indicator, by: Actor) -> None:
    """The stage that an indicator is written in: a goal's stands for the whole plan."""
    if indicator.strategy is not None:
        _opened(indicator.strategy.plan_year, by)
        return
    plan = writing.plan_of(indicator)
    first = workflow.locked(workflow.strategic_year(plan))
    require(rules.can_write_strategy(by, rules.stages_of(first)))
    workflow.begin(first, StageKind.STRATEGIC, by=by)


def _year(indicator: Indicator, on: dt.date) -> PlanYear:
    """The year whose stages say whether a reading may be written: that of the strategy, or for a
    goal's the one that the day falls in."""
    if indicator.strategy is not None:
        return indicator.strategy.plan_year
    years = PlanYear.objects.filter(plan=writing.plan_of(indicator)).order_by("-year")
    return years.filter(year__lte=on.year).first() or years[0]
