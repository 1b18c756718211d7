"""The one way a CycleChange is written, and how one row of a cycle is added and changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils import timezone

from mejora.assistance import snapshots
from mejora.assistance.models import (
    Cycle,
    CycleChange,
    CycleRow,
)
from mejora.network.access import Actor
from mejora.plans.operations.writing import claim, living
from mejora.plans.recording import facts

Row = TypeVar("Row", bound=Cycle | CycleRow)


def locked(cycle: Cycle) -> Cycle:
    """The cycle for this write: one writer at a time, so that a guard holds until it is saved."""
    return Cycle.objects.select_for_update(of=("self",)).select_related("owner").get(pk=cycle.pk)


def recorded(
    thing: Cycle | CycleRow,
    before: snapshots.Snapshot | None,
    *,
    by: Actor,
    reason: str = "",
    at: dt.datetime | None = None,
) -> None:
    """Keep what the row said `before` and says now; nothing when both are the same."""
    after = snapshots.of(thing)
    if before == after:
        return
    CycleChange(
        cycle=thing if isinstance(thing, Cycle) else thing.cycle,
        entity=snapshots.ENTITY[type(thing)],
        reason=reason[:200],
        **facts(thing.uid, str(thing), before=before, after=after, by=by, at=at),
    ).save()


def added(thing: Row, *, by: Actor, at: dt.datetime | None = None) -> Row:
    thing.full_clean(exclude=["uid"])
    thing.save()
    recorded(thing, None, by=by, at=at)
    return thing


def changed(
    thing: Row, revision: int, fields: Mapping[str, Any], *, by: Actor, reason: str = ""
) -> Row:
    """Write plain fields of a row that stands at `revision`, and record what changed."""
    thing = living(claim(thing, revision))
    before = snapshots.of(thing)
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.full_clean(exclude=["uid"])
    thing.save()
    recorded(thing, before, by=by, reason=reason)
    return thing


def put_away(thing: Row, *, reason: str = "", by: Actor) -> Row:
    """Into the bin, where it stays."""
    away = {"removed_at": timezone.now(), "removed_by": by.user, "removed_reason": reason[:200]}
    return changed(thing, thing.revision, away, by=by)


def brought_back(thing: Row, *, by: Actor) -> Row:
    thing = claim(thing, thing.revision)
    before = snapshots.of(thing)
    for name, value in {"removed_at": None, "removed_by": None, "removed_reason": ""}.items():
        setattr(thing, name, value)
    thing.save()
    recorded(thing, before, by=by)
    return thing
