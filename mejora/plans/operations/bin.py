"""The bin: what is removed stays, says why, and comes back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.plans import rules, workflow
from mejora.plans.assessment import CriticalFactor
from mejora.plans.models import (
    Action,
    Goal,
    Indicator,
    Objective,
    PlanYear,
    Reading,
    Strategy,
)
from mejora.plans.operations import actions, writing
from mejora.plans.operations.writing import Binnable


@transaction.atomic
def remove(thing: Binnable, *, by: Actor, revision: int, reason: str = "") -> Binnable:
    """Put a thing in the bin. Refuses while something living hangs from it, so that no action is
    ever left without its chain; an action of an approved planning asks for the reason."""
    at = _opened(thing, by)
    if isinstance(thing, Action) and rules.is_changing_approved(at) and not reason.strip():
        raise Refused("La planificación ya está aprobada: escriba por qué quita la acción.")
    hanging = what_hangs(thing)
    if hanging:
        raise Refused(f"Antes hay que quitar o mover lo que depende de esto: {hanging}.")
    thing = writing.claim(thing, revision)
    if thing.removed_at:
        raise Refused("Ya está en la papelera.")
    before = writing.snapshot(thing)
    thing.removed_at, thing.removed_by = timezone.now(), by.user
    thing.removed_reason = reason.strip()[:200]
    thing.save()
    writing.recorded(thing, before, by=by, reason=reason)
    return thing


@transaction.atomic
def restore(thing: Binnable, *, by: Actor, revision: int) -> Binnable:
    """Bring a thing back from the bin. Refuses while what it hangs from is still there. An action
    whose number was given to another meanwhile takes the next one."""
    _opened(thing, by)
    thing = writing.claim(thing, revision)
    above = _above(thing)
    if above is not None and above.removed_at:
        raise Refused(f"Antes hay que recuperar «{above}».")
    if not thing.removed_at:
        raise Refused("No está en la papelera.")
    before = writing.snapshot(thing)
    thing.removed_at = thing.removed_by = None
    thing.removed_reason = ""
    if isinstance(thing, Action) and _is_taken(thing):
        thing.number = actions.next_number(thing.plan_year)
    thing.save()
    writing.recorded(thing, before, by=by)
    return thing


def _is_taken(action: Action) -> bool:
    living = Action.objects.live().filter(plan_year=action.plan_year_id, number=action.number)
    return living.exclude(pk=action.pk).exists()


def _opened(thing: Binnable, by: Actor) -> rules.Stages:
    """Lock the year that the thing belongs to and ask the rule of writing it. What is of the
    whole plan locks all its years, so that none gains a strategy or an action meanwhile."""
    plan_year: PlanYear | None = writing.year_of(thing)
    if isinstance(thing, CriticalFactor):
        of_plan = PlanYear.objects.filter(plan=thing.assessment.plan_id)
        plan_year = of_plan.get(year=thing.assessment.year)
    if plan_year is None:
        plan = writing.plan_of(thing)
        years = PlanYear.objects.filter(plan=plan).order_by("pk")
        list(years.select_for_update(of=("self",)))
        plan_year = workflow.strategic_year(plan)
    at = rules.stages_of(workflow.locked(plan_year))
    require(rules.can_remove(by, at, thing))
    return at


def _above(thing: Binnable) -> Binnable | None:
    match thing:
        case Goal():
            return thing.objective
        case Strategy():
            return thing.objective
        case Indicator():
            return thing.strategy or thing.goal
        case Reading():
            return thing.indicator
        case Action():
            return thing.strategy or thing.objective
        case _:
            return None


def what_hangs(thing: Binnable) -> str:
    """The living things under this one, counted in words; empty when there are none."""
    below: dict[str, QuerySet[Any]] = {}
    match thing:
        case Objective():
            below = {
                "meta,metas": Goal.objects.live().filter(objective=thing),
                "estrategia,estrategias": Strategy.objects.live().filter(objective=thing),
                "acción,acciones": Action.objects.live().filter(objective=thing),
            }
        case Goal():
            below = {
                "estrategia,estrategias": Strategy.objects.live().filter(goal=thing),
                "indicador,indicadores": Indicator.objects.live().filter(goal=thing),
            }
        case CriticalFactor():
            below = {"objetivo,objetivos": Objective.objects.live().filter(factors=thing)}
        case Strategy():
            below = {"acción,acciones": Action.objects.live().filter(strategy=thing)}
    words = []
    for noun, rows in below.items():
        count, (one, many) = rows.count(), noun.split(",")
        if count:
            words.append(f"{count} {one if count == 1 else many}")
    return ", ".join(words)
