"""The one way a SupportChange is written."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict
from uuid import UUID

from mejora.network.access import Actor
from mejora.network.models import ImportBatch, Owner, School
from mejora.plans.recording import facts
from mejora.plans.snapshots import Snapshot
from mejora.support import snapshots
from mejora.support.deliverables import Deliverable, DeliverableFile
from mejora.support.enums import SupportEntity
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import (
    Adjustment,
    Commitment,
    OwnTerm,
    Session,
    SupportAction,
    SupportChange,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportReading,
)

Thing = (
    SupportPlan
    | SupportObjective
    | SupportIndicator
    | SupportReading
    | SupportAction
    | Adjustment
    | Session
    | Commitment
    | OwnTerm
    | Application
    | FeedbackReport
    | Deliverable
    | DeliverableFile
)
ENTITY: dict[type, SupportEntity] = {
    SupportPlan: SupportEntity.PLAN,
    SupportObjective: SupportEntity.OBJECTIVE,
    SupportIndicator: SupportEntity.INDICATOR,
    SupportReading: SupportEntity.READING,
    SupportAction: SupportEntity.ACTION,
    Adjustment: SupportEntity.ADJUSTMENT,
    Session: SupportEntity.SESSION,
    Commitment: SupportEntity.COMMITMENT,
    OwnTerm: SupportEntity.OWN_TERM,
    Application: SupportEntity.APPLICATION,
    FeedbackReport: SupportEntity.FEEDBACK,
    Deliverable: SupportEntity.DELIVERABLE,
    DeliverableFile: SupportEntity.DELIVERABLE_FILE,
}


class Whole(TypedDict, total=False):
    """What a change is of: a support plan, a school, or an owner; exactly one."""

    plan: SupportPlan
    school: School
    owner: Owner


def whole_of(thing: Thing) -> Whole:
    match thing:
        case OwnTerm():
            return {"owner": thing.owner}
        case Commitment():
            if thing.session is None:
                return {"school": thing.school}
            return {"plan": thing.session.plan}
        case _:
            return {"plan": plan_of(thing)}


def plan_of(
    thing: SupportPlan
    | SupportObjective
    | SupportIndicator
    | SupportReading
    | SupportAction
    | Adjustment
    | Session
    | Application
    | FeedbackReport
    | Deliverable
    | DeliverableFile,
) -> SupportPlan:
    match thing:
        case SupportPlan():
            return thing
        case SupportObjective() | Session() | Application() | FeedbackReport() | Deliverable():
            return thing.plan
        case DeliverableFile():
            return thing.deliverable.plan
        case SupportReading():
            return thing.indicator.objective.plan
        case Adjustment():
            return thing.action.objective.plan
        case _:
            return thing.objective.plan


def snapshot(thing: Thing) -> Snapshot:
    return snapshots.OF[ENTITY[type(thing)]](thing)


def recorded(
    thing: Thing,
    before: Snapshot | None,
    *,
    by: Actor | ImportBatch,
    at: dt.datetime | None = None,
    reason: str = "",
) -> None:
    """Keep what the thing said `before` and says now; nothing when both are the same."""
    record(
        ENTITY[type(thing)],
        thing.uid,
        str(thing),
        before=before,
        after=snapshot(thing),
        by=by,
        whole=whole_of(thing),
        at=at,
        reason=reason,
    )


def record(
    entity: SupportEntity,
    uid: UUID,
    label: str,
    *,
    before: Snapshot | None,
    after: Snapshot | None,
    by: Actor | ImportBatch,
    whole: Whole,
    at: dt.datetime | None = None,
    reason: str = "",
) -> None:
    if before == after:
        return
    change = change_of(
        entity, uid, label, before=before, after=after, by=by, whole=whole, at=at, reason=reason
    )
    change.save()


def change_of(
    entity: SupportEntity,
    uid: UUID,
    label: str,
    *,
    before: Snapshot | None,
    after: Snapshot | None,
    by: Actor | ImportBatch,
    whole: Whole,
    at: dt.datetime | None = None,
    reason: str = "",
) -> SupportChange:
    """The same, not yet saved: for writing many at once."""
    told = facts(uid, label, before=before, after=after, by=by, at=at)
    return SupportChange(entity=entity, reason=reason[:200], **whole, **told)
