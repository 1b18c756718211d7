"""May this person do this to a product of an advisory now? Each answer carries its reason."""

from __future__ import annotations

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed
from mejora.support import rules
from mejora.support.deliverables import Deliverable
from mejora.support.enums import DeliverableStatus as S

_OPEN = frozenset({S.PENDING, S.RETURNED})


def can_prepare(actor: Actor, thing: Deliverable) -> Decision:
    """Its files and its deadline change until it is handed over, and again when it came back."""
    if not (may := rules.can_write(actor, thing.plan)):
        return may
    if thing.status not in _OPEN:
        return refused("El producto ya se entregó. Para cambiarlo, retire antes la entrega.")
    return ALLOWED


def can_deliver(actor: Actor, thing: Deliverable, *, files: int) -> Decision:
    if not (may := can_prepare(actor, thing)):
        return may
    if not files:
        return refused("Agregue al menos un archivo antes de entregar.")
    return ALLOWED


def can_withdraw(actor: Actor, thing: Deliverable) -> Decision:
    """A handing over is taken back while the school has not answered."""
    if not (may := rules.can_write(actor, thing.plan)):
        return may
    if thing.status != S.DELIVERED:
        return refused("Se retira lo que está entregado y la escuela todavía no responde.")
    return ALLOWED


def can_decide(actor: Actor, thing: Deliverable) -> Decision:
    """The school accepts or returns what it received."""
    if not _answers(actor, thing):
        return refused("Acepta o devuelve la dirección de la escuela que recibe la asesoría.")
    if thing.status != S.DELIVERED:
        return refused("Todavía no hay una entrega que responder.")
    return ALLOWED


def can_undecide(actor: Actor, thing: Deliverable) -> Decision:
    """An answer given by mistake is taken back by the school, until the next handing over."""
    if not _answers(actor, thing):
        return refused("Responde la dirección de la escuela que recibe la asesoría.")
    if thing.status not in (S.ACCEPTED, S.RETURNED):
        return refused("No hay una respuesta que deshacer.")
    return ALLOWED


def _answers(actor: Actor, thing: Deliverable) -> bool:
    places = thing.plan.places.select_related("school__commune")
    return any(actor.may(Deed.ANSWER_SUPPORT, place.school) for place in places)
