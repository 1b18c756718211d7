"""The Service's own catalogue: its ejes of work and its causes of force majeure."""

from __future__ import annotations

from django.db import transaction

from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.network.models import Owner
from mejora.plans.operations.writing import next_order
from mejora.support import rules
from mejora.support.enums import OwnTermKind
from mejora.support.models import OwnTerm
from mejora.support.operations import writing

# The examples that the DEP's document gives (Etapa de Ejecución, objetivo de la etapa); each
# Service goes on from them.
CAUSES = (
    "Licencia médica larga",
    "Paro",
    "Huelga",
    "Toma del establecimiento",
    "Reducción presupuestaria",
)


@transaction.atomic
def add(owner: Owner, *, kind: str, text: str, by: Actor) -> OwnTerm:
    require(rules.can_lead(by, owner))
    return _add(owner, kind, text, by)


def _add(owner: Owner, kind: str, text: str, by: Actor) -> OwnTerm:
    order = next_order(OwnTerm.objects.filter(owner=owner, kind=kind))
    return writing.create(OwnTerm(owner=owner, kind=kind, text=text, order=order), by=by)


@transaction.atomic
def change(term: OwnTerm, *, revision: int, text: str, by: Actor) -> OwnTerm:
    """Where it is used it says the new text: it is one and the same eje."""
    require(rules.can_lead(by, term.owner))
    return writing.change(term, revision, {"text": text}, by=by)


@transaction.atomic
def remove(term: OwnTerm, *, revision: int, by: Actor) -> OwnTerm:
    """No longer offered; what was written with it keeps it."""
    require(rules.can_lead(by, term.owner))
    return writing.put_away(term, revision, by=by)


@transaction.atomic
def restore(term: OwnTerm, *, revision: int, by: Actor) -> OwnTerm:
    require(rules.can_lead(by, term.owner))
    same = OwnTerm.objects.live().filter(owner=term.owner, kind=term.kind, text=term.text)
    if same.exists():
        raise Refused("Ya hay otro con el mismo nombre en la lista.")
    return writing.take_back(term, revision, by=by)


def begin(owner: Owner, *, by: Actor) -> None:
    """An owner's first plan finds the causes of the DEP's document."""
    if OwnTerm.objects.filter(owner=owner, kind=OwnTermKind.CAUSE).exists():
        return
    for text in CAUSES:
        _add(owner, OwnTermKind.CAUSE, text, by)
