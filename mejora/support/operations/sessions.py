"""Sessions of a support plan: put on the agenda, held, put off."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.plans.operations.writing import claim, living
from mejora.support import rules
from mejora.support.enums import SessionStatus
from mejora.support.models import Session, SessionSchool, SupportPlan
from mejora.support.operations import writing
from mejora.support.recording import recorded, snapshot
from mejora.support.snapshots import ESTAMENTOS

Fields = Mapping[str, Any]
# School (by key) → estamento → how many came, None when nobody counted.
Attendance = Mapping[int, Mapping[str, int | None]]


@transaction.atomic
def schedule(plan: SupportPlan, fields: Fields, *, by: Actor) -> Session:
    """All the schools of the plan are expected."""
    plan = writing.opened(plan, by)
    session = Session(plan=plan, **fields)
    session.full_clean(exclude=["uid"])
    session.save()
    _expect(session)
    recorded(session, None, by=by)
    return session


def _expect(session: Session) -> None:
    there = set(session.places.values_list("school", flat=True))
    schools = session.plan.places.values_list("school", flat=True)
    SessionSchool.objects.bulk_create(
        SessionSchool(session=session, school_id=pk) for pk in schools if pk not in there
    )


@transaction.atomic
def change_agenda(session: Session, fields: Fields, *, revision: int, by: Actor) -> Session:
    """A session that was put off is on the agenda again."""
    writing.opened(session.plan, by)
    require(rules.can_change_agenda(by, session))
    again = {"status": SessionStatus.PLANNED, "status_reason": ""}
    return writing.change(session, revision, {**fields, **again}, by=by)


@transaction.atomic
def hold(
    session: Session,
    *,
    minutes: str,
    hours: Decimal | None,
    attendance: Attendance,
    revision: int,
    by: Actor,
) -> Session:
    """Write down what was treated and how many came; again to correct it."""
    writing.opened(session.plan, by)
    session = living(claim(session, revision))
    require(rules.can_hold(by, session))
    before = snapshot(session)
    session.minutes, session.hours = minutes, hours
    session.status = SessionStatus.HELD
    session.full_clean(exclude=["uid"])
    session.save()
    _expect(session)
    _count(session, attendance)
    recorded(session, before, by=by)
    return session


def _count(session: Session, attendance: Attendance) -> None:
    for place in session.places.all():
        for name, number in attendance.get(place.school_id, {}).items():
            if name not in ESTAMENTOS:
                raise Refused("La asistencia se cuenta por estamento.")
            setattr(place, name, number)
        place.full_clean()
        place.save()


@transaction.atomic
def cancel(session: Session, *, reason: str, revision: int, by: Actor) -> Session:
    writing.opened(session.plan, by)
    require(rules.can_change_agenda(by, session))
    if not reason.strip():
        raise Refused("Escriba por qué se suspende.")
    fields = {"status": SessionStatus.CANCELLED, "status_reason": reason.strip()}
    return writing.change(session, revision, fields, by=by)
