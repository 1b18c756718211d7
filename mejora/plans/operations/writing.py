"""How one thing of the chain is written: guarded by its revision, with its Change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import F, Max, Model, QuerySet

from mejora.core.decisions import Conflict, Refused
from mejora.network.access import Actor
from mejora.plans import snapshots
from mejora.plans.assessment import CriticalFactor, Judgement, SelfAssessment
from mejora.plans.enums import Entity
from mejora.plans.models import (
    Action,
    Goal,
    Indicator,
    Objective,
    Plan,
    PlanYear,
    Reading,
    Seal,
    Strategy,
)
from mejora.plans.recording import record

Chain = Seal | Objective | Goal | Strategy | Indicator | Reading | Action
Assessed = SelfAssessment | Judgement | CriticalFactor
Thing = Chain | Assessed
Binnable = Chain | CriticalFactor
T = TypeVar("T", bound=Plan | Thing)
Row = TypeVar("Row", bound=Model)

ENTITY: dict[type, Entity] = {
    Plan: Entity.PLAN,
    Seal: Entity.SEAL,
    Objective: Entity.OBJECTIVE,
    Goal: Entity.GOAL,
    Strategy: Entity.STRATEGY,
    Indicator: Entity.INDICATOR,
    Reading: Entity.READING,
    Action: Entity.ACTION,
    SelfAssessment: Entity.SELF_ASSESSMENT,
    Judgement: Entity.JUDGEMENT,
    CriticalFactor: Entity.CRITICAL_FACTOR,
}


def snapshot(thing: Plan | Thing) -> snapshots.Snapshot:
    return snapshots.OF[ENTITY[type(thing)]](thing)


def plan_of(thing: Plan | Thing) -> Plan:
    match thing:
        case Plan():
            return thing
        case Seal() | Objective() | SelfAssessment():
            return thing.plan
        case Judgement() | CriticalFactor():
            return thing.assessment.plan
        case Goal():
            return thing.objective.plan
        case Reading():
            return plan_of(thing.indicator)
        case Indicator():
            return thing.strategy.plan_year.plan if thing.strategy else plan_of_goal(thing)
        case _:
            return thing.plan_year.plan


def plan_of_goal(indicator: Indicator) -> Plan:
    if indicator.goal is None:
        raise ValueError("An indicator hangs from a strategy or from a goal.")
    return indicator.goal.objective.plan


def year_of(thing: Plan | Thing) -> PlanYear | None:
    """The year that the thing belongs to; none for what is of the whole plan."""
    match thing:
        case Strategy() | Action():
            return thing.plan_year
        case Indicator():
            return thing.strategy.plan_year if thing.strategy else None
        case Reading():
            return year_of(thing.indicator)
        case _:
            return None


def recorded(
    thing: Plan | Thing, before: snapshots.Snapshot | None, *, by: Actor, reason: str = ""
) -> None:
    record(
        plan_of(thing),
        ENTITY[type(thing)],
        thing.uid,
        str(thing),
        before=before,
        after=snapshot(thing),
        by=by,
        plan_year=year_of(thing),
        reason=reason,
    )


def create(thing: T, *, by: Actor) -> T:
    thing.full_clean(exclude=["uid"])
    thing.save()
    recorded(thing, None, by=by)
    return thing


def claim(thing: Row, revision: int) -> Row:
    """Take the row for this write: re-read it, refuse when somebody saved it since `revision`.

    The year is locked, so nobody else is between the reading and the writing.
    """
    rows: QuerySet[Any] = type(thing)._default_manager.filter(pk=thing.pk, revision=revision)
    if not rows.update(revision=F("revision") + 1):
        raise Conflict("Otra persona guardó cambios mientras usted escribía.")
    return type(thing)._default_manager.get(pk=thing.pk)


def living(thing: Row) -> Row:
    """Refuse to change what somebody put in the bin meanwhile."""
    if getattr(thing, "removed_at", None):
        raise Refused("Está en la papelera: recupérelo antes de cambiarlo.")
    return thing


def change(thing: T, revision: int, fields: Mapping[str, Any], *, by: Actor) -> T:
    """Write plain fields of a thing that stands at `revision`, and record what changed."""
    thing = living(claim(thing, revision))
    before = snapshot(thing)
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.full_clean(exclude=["uid"])
    thing.save()
    recorded(thing, before, by=by)
    return thing


def next_order(rows: QuerySet[Any]) -> int:
    return int(rows.aggregate(last=Max("order"))["last"] or 0) + 1
