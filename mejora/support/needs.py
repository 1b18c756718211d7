"""What each school under support needs now: the sessions before and after, what was promised.

Criterio de Mejora: a plan wants a session on the agenda, minutes for each that passed, and an
answer for each commitment whose day passed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from mejora.core import wording
from mejora.network.access import Actor
from mejora.network.models import School
from mejora.support import access
from mejora.support.enums import CommitmentStatus, SessionStatus, SupportKind
from mejora.support.models import Commitment, Session, SupportPlan, SupportPlanSchool


@dataclass(slots=True)
class Need:
    """A school in a support plan, with what waits. `unwritten` are sessions that passed without
    minutes; `overdue` and `open` commitments of its sessions."""

    plan: SupportPlan
    school: School
    last: Session | None = None
    next: Session | None = None
    unwritten: list[Session] = field(default_factory=list)
    overdue: list[Commitment] = field(default_factory=list)
    open: list[Commitment] = field(default_factory=list)

    @property
    def tone(self) -> str:
        if self.overdue or self.unwritten:
            return "late"
        return "soon" if self.next is None else "quiet"

    @property
    def words(self) -> list[tuple[str, str]]:
        """Mark and words, in the order in which one would mend it; empty when nothing waits."""
        found = []
        if self.unwritten:
            day = wording.day_month(self.unwritten[0].on)
            found.append(("late", f"Falta el acta de la sesión del {day}"))
        if self.overdue:
            noun = "compromiso con plazo vencido,compromisos con plazo vencido"
            found.append(("late", wording.counted(len(self.overdue), noun)))
        if self.next is None:
            found.append(("due", "Sin próxima sesión en agenda"))
        return found


_TONES = ("late", "soon", "quiet")


def readable(actor: Actor) -> QuerySet[SupportPlan]:
    """The support plans that the person may read, of every kind."""
    found = SupportPlan.objects.live().visible_to(actor)
    return found.select_related("owner", "lead__user")


def plans_of(actor: Actor) -> QuerySet[SupportPlan]:
    """Those that the lists of the support show: technical assistance has lists of its own, and only
    its sessions are held here."""
    return readable(actor).exclude(kind=SupportKind.AT)


def in_charge(plans: QuerySet[SupportPlan], actor: Actor) -> QuerySet[SupportPlan]:
    return plans.filter(lead__user=actor.user)


def running(plans: QuerySet[SupportPlan]) -> QuerySet[SupportPlan]:
    return plans.filter(access.running())


def of_plans(plans: Sequence[SupportPlan], today: dt.date) -> list[Need]:
    """One per school and plan, the most pressing first. Three queries."""
    found = {
        (place.plan_id, place.school_id): Need(by_pk[place.plan_id], place.school)
        for by_pk in [{plan.pk: plan for plan in plans}]
        for place in SupportPlanSchool.objects.filter(plan__in=by_pk).select_related(
            "school__commune"
        )
    }
    _place_sessions(found, today)
    _place_commitments(found, plans, today)
    return sorted(found.values(), key=_order)


def _order(need: Need) -> tuple[int, dt.date, str]:
    oldest = min((c.due_on for c in need.overdue), default=dt.date.max)
    return _TONES.index(need.tone), oldest, need.school.name


def _place_sessions(found: dict[tuple[int, int], Need], today: dt.date) -> None:
    sessions = (
        Session.objects.live()
        .filter(plan__in={plan for plan, _ in found})
        .exclude(status=SessionStatus.CANCELLED)
        .defer("agenda", "minutes")
        .order_by("on", "starts_at", "pk")
    )
    of_plan: dict[int, list[Need]] = {}
    for (plan, _), need in found.items():
        of_plan.setdefault(plan, []).append(need)
    for session in sessions:
        for need in of_plan[session.plan_id]:
            _put(need, session, today)


def _put(need: Need, session: Session, today: dt.date) -> None:
    if session.status == SessionStatus.HELD:
        need.last = session
    elif session.on < today:
        need.unwritten.append(session)
    elif need.next is None:
        need.next = session


def _place_commitments(
    found: dict[tuple[int, int], Need], plans: Iterable[SupportPlan], today: dt.date
) -> None:
    waiting = (
        Commitment.objects.live()
        .filter(session__plan__in=[plan.pk for plan in plans], status=CommitmentStatus.OPEN)
        .select_related("session", "responsible__user")
    )
    for commitment in waiting:
        session = commitment.session
        need = found.get((session.plan_id, commitment.school_id)) if session else None
        if need is None:
            continue
        need.open.append(commitment)
        if commitment.due_on < today:
            need.overdue.append(commitment)


def open_of_school(actor: Actor, school: School) -> QuerySet[Commitment]:
    """What a school still owes, wherever it was promised, the oldest first."""
    found = Commitment.objects.visible_to(actor).filter(school=school, status=CommitmentStatus.OPEN)
    return found.select_related("school__commune", "session__plan__lead", "responsible__user")


def before(session: Session) -> QuerySet[Commitment]:
    """What a session opens with: what was promised to it before and waits, and what was answered
    in it."""
    promised = Commitment.objects.live().filter(session__plan=session.plan_id)
    promised = promised.filter(session__on__lt=session.on) | promised.filter(
        session__on=session.on, session__lt=session.pk
    )
    waits = promised.filter(status=CommitmentStatus.OPEN)
    asked = Commitment.objects.live().filter(answered_in=session)
    found = (waits | asked).distinct()
    return found.select_related("school__commune", "responsible__user", "answered_by")
