"""What a SupportChange keeps of each thing; as `plans.snapshots`, by uid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from mejora.plans.snapshots import Snapshot
from mejora.support.deliverables import Deliverable, DeliverableFile
from mejora.support.enums import SupportEntity
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import (
    Adjustment,
    Commitment,
    OwnTerm,
    Session,
    SupportAction,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportReading,
)

ESTAMENTOS = ("leaders", "teachers", "assistants", "families", "pupils")


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(Decimal(value).normalize(), "f")


def _day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


def _uid(thing: Model | None) -> str | None:
    return str(thing.uid) if thing else None  # type: ignore[attr-defined]  # all of ours have one


def _removal(thing: Any) -> Snapshot:
    return {"removed": thing.removed_reason or True} if thing.removed_at else {}


def plan(thing: SupportPlan) -> Snapshot:
    return {
        "kind": thing.kind,
        "owner": thing.owner.key,
        "name": thing.name,
        "year": thing.year,
        "approach": thing.approach,
        "stage": thing.stage,
        "starts_on": _day(thing.starts_on),
        "ends_on": _day(thing.ends_on),
        "lead": thing.lead_id,
        "hours": _number(thing.hours),
        "status": thing.status,
        "schools": [
            {"school": place.school.code, "coverage": place.coverage, "reason": place.reason}
            for place in sorted(thing.places.all(), key=lambda place: place.school.code)
        ],
        **_removal(thing),
    }


def objective(thing: SupportObjective) -> Snapshot:
    return {
        "eje": _uid(thing.eje),
        "text": thing.text,
        "capacity": thing.capacity,
        "practice": thing.practice,
        "serves": sorted(str(each.uid) for each in thing.serves.all()),
        "order": thing.order,
        **_removal(thing),
    }


def indicator(thing: SupportIndicator) -> Snapshot:
    return {
        "objective": str(thing.objective.uid),
        "name": thing.name,
        "unit": thing.unit,
        "direction": thing.direction,
        "baseline": _number(thing.baseline),
        "target": _number(thing.target),
        "order": thing.order,
        **_removal(thing),
    }


def reading(thing: SupportReading) -> Snapshot:
    return {
        "indicator": str(thing.indicator.uid),
        "on": _day(thing.on),
        "value": _number(thing.value),
        "note": thing.note,
        **_removal(thing),
    }


def action(thing: SupportAction) -> Snapshot:
    return {
        "objective": str(thing.objective.uid),
        "name": thing.name,
        "description": thing.description,
        "starts_on": _day(thing.starts_on),
        "ends_on": _day(thing.ends_on),
        "responsible_text": thing.responsible_text,
        "responsible": thing.responsible_id,
        "status": thing.status,
        "done_on": _day(thing.done_on),
        "order": thing.order,
        **_removal(thing),
    }


def adjustment(thing: Adjustment) -> Snapshot:
    return {
        "action": str(thing.action.uid),
        "cause": thing.cause.text,
        "effect": thing.effect,
        "text": thing.text,
        "document": thing.document.original_name if thing.document else None,
        "name_before": thing.name_before,
        "starts_before": _day(thing.starts_before),
        "ends_before": _day(thing.ends_before),
        "replacement": _uid(thing.replacement),
    }


def session(thing: Session) -> Snapshot:
    return {
        "on": _day(thing.on),
        "starts_at": f"{thing.starts_at:%H:%M}" if thing.starts_at else None,
        "where": thing.where,
        "stage": thing.stage,
        "eje": _uid(thing.eje),
        "agenda": thing.agenda,
        "minutes": thing.minutes,
        "hours": _number(thing.hours),
        "status": thing.status,
        "status_reason": thing.status_reason,
        "attendance": {
            place.school.code: {name: getattr(place, name) for name in ESTAMENTOS}
            for place in thing.places.all()
        },
        **_removal(thing),
    }


def commitment(thing: Commitment) -> Snapshot:
    return {
        "school": thing.school.code,
        "session": _uid(thing.session),
        "text": thing.text,
        "responsible_text": thing.responsible_text,
        "responsible": thing.responsible_id,
        "due_on": _day(thing.due_on),
        "status": thing.status,
        "why": thing.why,
        "answered_in": _uid(thing.answered_in),
        **_removal(thing),
    }


def own_term(thing: OwnTerm) -> Snapshot:
    return {"kind": thing.kind, "text": thing.text, "order": thing.order, **_removal(thing)}


def application(thing: Application) -> Snapshot:
    """What was answered stands in the record of each response."""
    return {
        "school": thing.school.code,
        "instrument": thing.instrument.code,
        "on": _day(thing.on),
        "support_response": _uid(thing.support_response),
        "school_response": _uid(thing.school_response),
    }


def feedback(thing: FeedbackReport) -> Snapshot:
    """What was sent stands in its own `content`; here its digest."""
    return {
        "school": thing.school.code,
        "from_on": _day(thing.from_on),
        "to_on": _day(thing.to_on),
        "achievements": thing.achievements,
        "participation": thing.participation,
        "emerging": thing.emerging,
        "next_steps": thing.next_steps,
        "sha256": thing.sha256,
        "sent": bool(thing.sent_at),
        "read": bool(thing.read_at),
        "answer": thing.answer,
        **_removal(thing),
    }


def deliverable(thing: Deliverable) -> Snapshot:
    return {
        "code": thing.code,
        "title": thing.title,
        "month": thing.month,
        "due_on": _day(thing.due_on),
        "status": thing.status,
        "reason": thing.reason,
        **_removal(thing),
    }


def deliverable_file(thing: DeliverableFile) -> Snapshot:
    return {
        "deliverable": str(thing.deliverable.uid),
        "file": str(thing.file.uid),
        "name": thing.file.original_name,
        "sha256": thing.file.stored_sha256,
        "made_of": thing.made_of,
        **_removal(thing),
    }


OF: dict[SupportEntity, Callable[[Any], Snapshot]] = {
    SupportEntity.PLAN: plan,
    SupportEntity.OBJECTIVE: objective,
    SupportEntity.INDICATOR: indicator,
    SupportEntity.READING: reading,
    SupportEntity.ACTION: action,
    SupportEntity.ADJUSTMENT: adjustment,
    SupportEntity.SESSION: session,
    SupportEntity.COMMITMENT: commitment,
    SupportEntity.OWN_TERM: own_term,
    SupportEntity.APPLICATION: application,
    SupportEntity.FEEDBACK: feedback,
    SupportEntity.DELIVERABLE: deliverable,
    SupportEntity.DELIVERABLE_FILE: deliverable_file,
}


# What a snapshot reads beside its row: by joining, and by one more query for all.
_JOINED: dict[SupportEntity, tuple[str, ...]] = {
    SupportEntity.PLAN: ("owner",),
    SupportEntity.OBJECTIVE: ("eje",),
    SupportEntity.INDICATOR: ("objective",),
    SupportEntity.READING: ("indicator",),
    SupportEntity.ACTION: ("objective",),
    SupportEntity.ADJUSTMENT: ("action", "cause", "document", "replacement"),
    SupportEntity.SESSION: ("eje",),
    SupportEntity.COMMITMENT: ("school", "session", "answered_in"),
    SupportEntity.APPLICATION: ("school", "instrument", "support_response", "school_response"),
    SupportEntity.FEEDBACK: ("school",),
    SupportEntity.DELIVERABLE_FILE: ("deliverable", "file"),
}
_FETCHED: dict[SupportEntity, str] = {
    SupportEntity.PLAN: "places__school",
    SupportEntity.OBJECTIVE: "serves",
    SupportEntity.SESSION: "places__school",
}


def with_parts(entity: SupportEntity, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with what their snapshot reads, so that hundreds cost a few queries."""
    if joined := _JOINED.get(entity):
        rows = rows.select_related(*joined)
    if fetched := _FETCHED.get(entity):
        rows = rows.prefetch_related(fetched)
    return rows
