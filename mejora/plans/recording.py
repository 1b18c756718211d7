"""The one way a Change is written: append only, by a person or by an import."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils import timezone

from mejora.core.requests import current_request_id
from mejora.network.access import Actor
from mejora.network.models import ImportBatch
from mejora.plans.enums import Entity
from mejora.plans.models import Change, Plan, PlanYear
from mejora.plans.snapshots import Snapshot


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
    return Change(
        plan=plan,
        plan_year=plan_year,
        entity=entity,
        entity_uid=uid,
        label=" ".join(label.split())[:200],
        before=before,
        after=after,
        by=by.user if isinstance(by, Actor) else None,
        batch=by if isinstance(by, ImportBatch) else None,
        at=at or timezone.now(),
        request_id=current_request_id(),
    )
