"""How one row of the support is written: guarded by its revision, with its SupportChange."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.plans.operations.writing import claim, living
from mejora.support import rules
from mejora.support.models import (
    Commitment,
    OwnTerm,
    Session,
    SupportAction,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportReading,
)
from mejora.support.recording import Thing, recorded, snapshot

Revised = (
    SupportPlan
    | SupportObjective
    | SupportIndicator
    | SupportReading
    | SupportAction
    | Session
    | Commitment
    | OwnTerm
)
T = TypeVar("T", bound=Thing)
R = TypeVar("R", bound=Revised)


def opened(plan: SupportPlan, by: Actor) -> SupportPlan:
    """Lock the plan and ask whether it may be written."""
    plan = locked(plan)
    require(rules.can_write(by, plan))
    return plan


def locked(plan: SupportPlan) -> SupportPlan:
    found = SupportPlan.objects.select_for_update(of=("self",))
    return found.select_related("owner", "lead").get(pk=plan.pk)


def create(thing: T, *, by: Actor) -> T:
    thing.full_clean(exclude=["uid"])
    thing.save()
    recorded(thing, None, by=by)
    return thing


def change(thing: R, revision: int, fields: Mapping[str, Any], *, by: Actor, reason: str = "") -> R:
    """Write plain fields of a thing that stands at `revision`, and record what changed."""
    thing = living(claim(thing, revision))
    before = snapshot(thing)
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.full_clean(exclude=["uid"])
    thing.save()
    recorded(thing, before, by=by, reason=reason)
    return thing


def put_away(thing: R, revision: int, *, by: Actor, reason: str = "") -> R:
    """To the bin."""
    thing = claim(thing, revision)
    if thing.removed_at:
        raise Refused("Ya está en la papelera.")
    before = snapshot(thing)
    thing.removed_at, thing.removed_by = timezone.now(), by.user
    thing.removed_reason = reason.strip()[:200]
    thing.save()
    recorded(thing, before, by=by, reason=reason)
    return thing


def take_back(thing: R, revision: int, *, by: Actor) -> R:
    """From the bin."""
    thing = claim(thing, revision)
    if not thing.removed_at:
        raise Refused("No está en la papelera.")
    before = snapshot(thing)
    thing.removed_at = thing.removed_by = None
    thing.removed_reason = ""
    thing.save()
    recorded(thing, before, by=by)
    return thing
