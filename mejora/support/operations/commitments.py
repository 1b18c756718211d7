"""What a school promised: written down in a session or elsewhere, and answered."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.network.models import Membership, School
from mejora.plans.operations.writing import claim, living
from mejora.support import rules
from mejora.support.enums import CommitmentStatus
from mejora.support.models import Commitment, Session
from mejora.support.operations import writing
from mejora.support.recording import recorded, snapshot

_SAYS_WHY = frozenset({CommitmentStatus.PARTLY, CommitmentStatus.NOT})


@transaction.atomic
def promise(
    school: School,
    *,
    text: str,
    due_on: dt.date,
    by: Actor,
    session: Session | None = None,
    responsible: Membership | None = None,
    responsible_text: str = "",
) -> Commitment:
    """Of a session of a plan that serves the school; without a session, of whoever supports it."""
    _opened(session, by)
    require(rules.can_promise(by, school, session))
    if session is not None and not session.plan.places.filter(school=school).exists():
        raise Refused(f"{school} no es de este plan de apoyo.")
    commitment = Commitment(
        school=school,
        session=session,
        text=text,
        due_on=due_on,
        responsible=responsible,
        responsible_text=responsible_text,
    )
    return writing.create(commitment, by=by)


def _opened(session: Session | None, by: Actor) -> None:
    if session is not None:
        writing.opened(session.plan, by)
        living(session)


@transaction.atomic
def change(
    commitment: Commitment,
    *,
    text: str,
    due_on: dt.date,
    revision: int,
    by: Actor,
    responsible: Membership | None = None,
    responsible_text: str = "",
) -> Commitment:
    """Correct what was written down, while nobody has answered."""
    require(rules.can_promise(by, commitment.school, commitment.session))
    if commitment.status != CommitmentStatus.OPEN:
        raise Refused("El compromiso ya fue respondido.")
    fields = {
        "text": text,
        "due_on": due_on,
        "responsible": responsible,
        "responsible_text": responsible_text,
    }
    return writing.change(commitment, revision, fields, by=by)


@transaction.atomic
def answer(
    commitment: Commitment,
    *,
    status: str,
    revision: int,
    by: Actor,
    why: str = "",
    session: Session | None = None,
) -> Commitment:
    """Kept, partly or not, and why; `session` is the one in which it was asked. An answer may be
    given again: the former one stays in the history. Refused where the why is missing."""
    commitment = living(claim(commitment, revision))
    require(rules.can_answer(by, commitment))
    if status == CommitmentStatus.OPEN or status not in CommitmentStatus:
        raise Refused("Elija si se cumplió, en parte o no.")
    if status in _SAYS_WHY and not why.strip():
        raise Refused("Escriba por qué no se cumplió del todo.")
    if session is not None and not session.plan.places.filter(school=commitment.school).exists():
        raise Refused("Esa sesión es de otra escuela.")
    before = snapshot(commitment)
    commitment.status, commitment.why = status, why.strip()
    commitment.answered_by, commitment.answered_at = by.user, timezone.now()
    commitment.answered_in = session
    commitment.full_clean(exclude=["uid"])
    commitment.save()
    recorded(commitment, before, by=by)
    return commitment


@transaction.atomic
def reopen(commitment: Commitment, *, revision: int, by: Actor) -> Commitment:
    """Take an answer back: it is pending again."""
    commitment = living(claim(commitment, revision))
    require(rules.can_reopen(by, commitment))
    before = snapshot(commitment)
    commitment.status, commitment.why = CommitmentStatus.OPEN, ""
    commitment.answered_by = commitment.answered_at = commitment.answered_in = None
    commitment.save()
    recorded(commitment, before, by=by)
    return commitment
