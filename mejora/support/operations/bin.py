"""The bin of a support plan: what is removed stays, says why, and comes back."""

from __future__ import annotations

from django.db import transaction

from mejora.core import wording
from mejora.core.decisions import Refused
from mejora.network.access import Actor
from mejora.support.models import (
    Commitment,
    Session,
    SupportAction,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportReading,
)
from mejora.support.operations import writing
from mejora.support.recording import plan_of

Thing = SupportObjective | SupportIndicator | SupportReading | SupportAction | Session | Commitment


@transaction.atomic
def remove(thing: Thing, *, revision: int, by: Actor, reason: str = "") -> Thing:
    """Refused while something living hangs from it."""
    writing.opened(_plan(thing), by)
    if hanging := what_hangs(thing):
        raise Refused(f"Antes hay que quitar lo que depende de esto: {hanging}.")
    return writing.put_away(thing, revision, by=by, reason=reason)


@transaction.atomic
def restore(thing: Thing, *, revision: int, by: Actor) -> Thing:
    writing.opened(_plan(thing), by)
    # What it hangs from may have gone to the bin since it was read: asked again under the lock.
    above = _above(type(thing)._default_manager.get(pk=thing.pk))
    if above is not None and above.removed_at:
        raise Refused(f"Antes hay que recuperar «{above}».")
    return writing.take_back(thing, revision, by=by)


def _plan(thing: Thing) -> SupportPlan:
    if not isinstance(thing, Commitment):
        return plan_of(thing)
    if thing.session is None:
        raise Refused("Este compromiso no nació en una sesión: se quita desde donde nació.")
    return thing.session.plan


def _above(thing: Thing) -> SupportObjective | SupportIndicator | Session | None:
    match thing:
        case SupportIndicator() | SupportAction():
            return thing.objective
        case SupportReading():
            return thing.indicator
        case Commitment():
            return thing.session
        case _:
            return None


def what_hangs(thing: Thing) -> str:
    """What stands under this one, counted in words; empty when there is nothing. Force majeure
    stays on record, and with it its action."""
    below: dict[str, int] = {}
    match thing:
        case SupportObjective():
            below = {
                "indicador,indicadores": thing.indicators.live().count(),
                "acción,acciones": thing.actions.live().count(),
            }
        case SupportIndicator():
            below = {"medición,mediciones": thing.readings.live().count()}
        case SupportAction():
            count = thing.adjustments.count() + thing.replaces.count()
            below = {"registro de fuerza mayor,registros de fuerza mayor": count}
        case Session():
            below = {
                "compromiso,compromisos": thing.commitments.live().count(),
                "respuesta dada en ella,respuestas dadas en ella": thing.answered.count(),
            }
    return wording.sentence(wording.counted(n, words) for words, n in below.items() if n)
