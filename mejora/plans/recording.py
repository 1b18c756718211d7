"""The one way a Change is written: append only, by a person or by an import."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from django.utils import timezone

from mejora.core.requests import current_request_id
from mejora.network.access import Actor, Deed, Reach, actor_for
from mejora.network.models import ImportBatch, School
from mejora.people.models import User
from mejora.plans.enums import Entity
from mejora.plans.models import Change, Plan, PlanYear
from mejora.plans.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Importing(Actor):
    """Whoever saves a file: the rules ask this person as on the screens, and what is written is
    signed by the batch. At the command line of the machine nobody signed in and all is open."""

    batch: ImportBatch | None = None
    is_machine: bool = False

    def reach_at(self, deed: Deed, school: School) -> Reach:
        return Reach.ALWAYS if self.is_machine else Actor.reach_at(self, deed, school)


def importing(batch: ImportBatch, by: User | None) -> Importing:
    if by is None:
        return Importing(User(name="Línea de órdenes"), (), batch=batch, is_machine=True)
    return Importing(by, actor_for(by).memberships, batch=batch)


class Signature(TypedDict):
    by: User | None
    batch: ImportBatch | None


def signature(by: Actor | ImportBatch) -> Signature:
    """Who answers for a write: a person, or the file that brought it."""
    if isinstance(by, Importing):
        return {"by": None, "batch": by.batch}
    if isinstance(by, Actor):
        return {"by": by.user, "batch": None}
    return {"by": None, "batch": by}


def record(
    plan: Plan,
    entity: Entity,
    uid: UUID,
    label: str,
    *,
    before: Snapshot | None,
    after: Snapshot | None,
    by: Actor | ImportBatch,
    plan_year: PlanYear | None = None,
    at: dt.datetime | None = None,
    reason: str = "",
) -> Change | None:
    """Keep what a thing said before and says now; nothing is written when both are the same."""
    if before == after:
        return None
    change = change_of(
        plan, entity, uid, label, before=before, after=after, by=by, plan_year=plan_year, at=at
    )
    change.reason = reason[:200]
    change.save()
    return change


def change_of(
    plan: Plan,
    entity: Entity,
    uid: UUID,
    label: str,
    *,
    before: Snapshot | None,
    after: Snapshot | None,
    by: Actor | ImportBatch,
    plan_year: PlanYear | None = None,
    at: dt.datetime | None = None,
) -> Change:
    """The same, not yet saved: for writing many at once."""
    told = facts(uid, label, before=before, after=after, by=by, at=at)
    return Change(plan=plan, plan_year=plan_year, entity=entity, **told)


class Facts(Signature):
    entity_uid: UUID
    label: str
    before: Snapshot | None
    after: Snapshot | None
    at: dt.datetime
    request_id: UUID | None


def facts(
    uid: UUID,
    label: str,
    *,
    before: Snapshot | None,
    after: Snapshot | None,
    by: Actor | ImportBatch,
    at: dt.datetime | None = None,
) -> Facts:
    """What every ChangeRecord says, of whatever aggregate."""
    return {
        "entity_uid": uid,
        "label": " ".join(label.split())[:200],
        "before": before,
        "after": after,
        **signature(by),
        "at": at or timezone.now(),
        "request_id": current_request_id(),
    }
