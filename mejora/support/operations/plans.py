"""Support plans: begun, changed, closed; their objectives, indicators, readings and actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.network.models import Owner, School
from mejora.plans.models import Objective
from mejora.plans.operations.writing import claim, living, next_order
from mejora.support import rules
from mejora.support.enums import ActionStatus, SupportStatus
from mejora.support.models import (
    Session,
    SupportAction,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportPlanSchool,
    SupportReading,
)
from mejora.support.operations import own_terms, writing
from mejora.support.recording import recorded, snapshot

Fields = Mapping[str, Any]


@transaction.atomic
def create(owner: Owner, fields: Fields, schools: Iterable[School], *, by: Actor) -> SupportPlan:
    """A plan for one school or a network, all of them the owner's today."""
    require(rules.can_start(by, owner))
    own_terms.begin(owner, by=by)
    plan = SupportPlan(owner=owner, **fields)
    plan.full_clean(exclude=["uid"])
    plan.save()
    _place(plan, schools)
    recorded(plan, None, by=by)
    return plan


@transaction.atomic
def change(
    plan: SupportPlan, fields: Fields, schools: Iterable[School], *, revision: int, by: Actor
) -> SupportPlan:
    writing.opened(plan, by)
    plan = living(claim(plan, revision))
    before = snapshot(plan)
    for name, value in fields.items():
        setattr(plan, name, value)
    plan.full_clean(exclude=["uid"])
    plan.save()
    _place(plan, schools)
    recorded(plan, before, by=by)
    return plan


def _place(plan: SupportPlan, schools: Iterable[School]) -> None:
    """A school with sessions of this plan stays: what was done there was done."""
    wanted = {school.pk: school for school in schools}
    if not wanted:
        raise Refused("Elija al menos una escuela.")
    there = set(plan.places.values_list("school", flat=True))
    foreign = [s for s in wanted.values() if s.pk not in there and s.owner_id != plan.owner_id]
    if foreign:
        raise Refused(f"{foreign[0]} no es de {plan.owner}.")
    gone = plan.places.exclude(school__in=wanted)
    met = Session.objects.live().filter(plan=plan, places__school__in=gone.values("school"))
    if met.exists():
        raise Refused("No se puede quitar una escuela que ya tuvo sesiones en este plan.")
    gone.delete()
    missing = [SupportPlanSchool(plan=plan, school=s) for k, s in wanted.items() if k not in there]
    SupportPlanSchool.objects.bulk_create(missing)


@transaction.atomic
def close(plan: SupportPlan, *, revision: int, reason: str, by: Actor) -> SupportPlan:
    require(rules.can_lead(by, writing.locked(plan).owner))
    return writing.change(plan, revision, {"status": SupportStatus.CLOSED}, by=by, reason=reason)


@transaction.atomic
def reopen(plan: SupportPlan, *, revision: int, by: Actor) -> SupportPlan:
    require(rules.can_lead(by, writing.locked(plan).owner))
    return writing.change(plan, revision, {"status": SupportStatus.RUNNING}, by=by)


@transaction.atomic
def add_objective(
    plan: SupportPlan, fields: Fields, serves: Iterable[Objective], *, by: Actor
) -> SupportObjective:
    plan = writing.opened(plan, by)
    order = next_order(plan.objectives.all())
    objective = SupportObjective(plan=plan, order=order, **fields)
    objective.full_clean(exclude=["uid"])
    objective.save()
    objective.serves.set(_of_its_schools(plan, serves))
    recorded(objective, None, by=by)
    return objective


@transaction.atomic
def change_objective(
    objective: SupportObjective,
    fields: Fields,
    serves: Iterable[Objective],
    *,
    revision: int,
    by: Actor,
) -> SupportObjective:
    plan = writing.opened(objective.plan, by)
    objective = living(claim(objective, revision))
    before = snapshot(objective)
    for name, value in fields.items():
        setattr(objective, name, value)
    objective.full_clean(exclude=["uid"])
    objective.save()
    objective.serves.set(_of_its_schools(plan, serves))
    recorded(objective, before, by=by)
    return objective


def _of_its_schools(plan: SupportPlan, serves: Iterable[Objective]) -> list[Objective]:
    wanted = list(serves)
    schools = set(plan.places.values_list("school", flat=True))
    if any(each.plan.school_id not in schools for each in wanted):
        raise Refused("Ese objetivo del PME no es de una escuela de este plan.")
    return wanted


@transaction.atomic
def add_indicator(objective: SupportObjective, fields: Fields, *, by: Actor) -> SupportIndicator:
    writing.opened(objective.plan, by)
    order = next_order(objective.indicators.all())
    indicator = SupportIndicator(objective=living(objective), order=order, **fields)
    return writing.create(indicator, by=by)


@transaction.atomic
def change_indicator(
    indicator: SupportIndicator, fields: Fields, *, revision: int, by: Actor
) -> SupportIndicator:
    writing.opened(indicator.objective.plan, by)
    return writing.change(indicator, revision, fields, by=by)


@transaction.atomic
def add_reading(indicator: SupportIndicator, fields: Fields, *, by: Actor) -> SupportReading:
    writing.opened(indicator.objective.plan, by)
    return writing.create(SupportReading(indicator=living(indicator), **fields), by=by)


@transaction.atomic
def change_reading(
    reading: SupportReading, fields: Fields, *, revision: int, by: Actor
) -> SupportReading:
    writing.opened(reading.indicator.objective.plan, by)
    return writing.change(reading, revision, fields, by=by)


@transaction.atomic
def add_action(objective: SupportObjective, fields: Fields, *, by: Actor) -> SupportAction:
    writing.opened(objective.plan, by)
    order = next_order(objective.actions.all())
    action = SupportAction(objective=living(objective), order=order, **fields)
    return writing.create(action, by=by)


@transaction.atomic
def change_action(
    action: SupportAction, fields: Fields, *, revision: int, by: Actor
) -> SupportAction:
    """With `done_on` it is done, without it is still to do. What force majeure took away stays
    so."""
    writing.opened(action.objective.plan, by)
    now = living(claim(action, revision))
    if now.status in (ActionStatus.REPLACED, ActionStatus.ELIMINATED):
        raise Refused(f"La acción está {now.get_status_display().lower()} por fuerza mayor.")
    status = ActionStatus.DONE if fields.get("done_on") else ActionStatus.TO_DO
    before = snapshot(now)
    for name, value in {**fields, "status": status}.items():
        setattr(now, name, value)
    now.full_clean(exclude=["uid"])
    now.save()
    recorded(now, before, by=by)
    return now
