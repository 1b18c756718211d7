"""Force majeure on an action of the support: postponed, modified, replaced or eliminated, with why
and the document that shows it. What the action said before stays in the record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.files import checking, storing
from mejora.files.storing import Kept
from mejora.network.access import Actor
from mejora.plans.operations.writing import claim, living, next_order
from mejora.support import rules
from mejora.support.enums import ActionStatus, Effect, OwnTermKind
from mejora.support.models import Adjustment, OwnTerm, SupportAction, SupportPlan
from mejora.support.operations import writing
from mejora.support.recording import recorded, snapshot


@dataclass(frozen=True, slots=True)
class Said:
    """What is told of a case of force majeure. `name` and the dates are those of the action from
    now on; for a replaced one, those of the action that comes in its place."""

    cause: OwnTerm
    effect: Effect
    text: str
    name: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


def space_of(plan: SupportPlan) -> str:
    """Whose the documents of a support plan are."""
    return f"support:{plan.uid}"


def adjust(
    action: SupportAction,
    said: Said,
    *,
    revision: int,
    by: Actor,
    document: File[Any] | None = None,
    shows_people: bool = False,
) -> Adjustment:
    """The document is looked into before the short write. NotAccepted says why it is not kept."""
    require(rules.can_adjust(by, action))
    if document is None:
        return _write(action, said, revision, by, None, shows_people)
    checked = checking.check(document)
    with storing.keeping(checked, space=space_of(action.objective.plan)) as kept:
        return _write(action, said, revision, by, kept, shows_people)


@transaction.atomic
def _write(
    action: SupportAction,
    said: Said,
    revision: int,
    by: Actor,
    kept: Kept | None,
    shows_people: bool,
) -> Adjustment:
    plan = writing.opened(action.objective.plan, by)
    action = living(claim(action, revision))
    require(rules.can_adjust(by, action))
    if said.cause.owner_id != plan.owner_id or said.cause.kind != OwnTermKind.CAUSE:
        raise Refused("Esa razón no es del catálogo de este Servicio.")
    stored = None
    if kept is not None:
        stored = storing.enter(kept, by=by.user, may_hold_personal_data=shows_people)
    adjustment = Adjustment(
        action=action,
        cause=said.cause,
        effect=said.effect,
        text=said.text,
        document=stored,
        name_before=action.name,
        starts_before=action.starts_on,
        ends_before=action.ends_on,
        by=by.user,
        at=timezone.now(),
    )
    adjustment.replacement = _carry_out(action, said, by)
    return writing.create(adjustment, by=by)


def _carry_out(action: SupportAction, said: Said, by: Actor) -> SupportAction | None:
    """Change the action as was decided; a replaced one gives its place to a new one."""
    before = snapshot(action)
    replacement = None
    match said.effect:
        case Effect.REPLACED:
            action.status = ActionStatus.REPLACED
            replacement = writing.create(_replacement(action, said), by=by)
        case Effect.ELIMINATED:
            action.status = ActionStatus.ELIMINATED
        case _:
            action.name = said.name or action.name
            action.starts_on = said.starts_on or action.starts_on
            action.ends_on = said.ends_on or action.ends_on
    action.full_clean(exclude=["uid"])
    action.save()
    if said.effect in (Effect.POSTPONED, Effect.MODIFIED) and snapshot(action) == before:
        raise Refused("No cambia nada: escriba las nuevas fechas o el nuevo texto de la acción.")
    recorded(action, before, by=by, reason=f"Fuerza mayor: {said.cause}")
    return replacement


def _replacement(action: SupportAction, said: Said) -> SupportAction:
    if not said.name or said.name == action.name:
        raise Refused("Escriba la acción que viene en su lugar.")
    return SupportAction(
        objective=action.objective,
        name=said.name,
        starts_on=said.starts_on or action.starts_on,
        ends_on=said.ends_on or action.ends_on,
        responsible_text=action.responsible_text,
        responsible=action.responsible,
        order=next_order(action.objective.actions.all()),
    )
