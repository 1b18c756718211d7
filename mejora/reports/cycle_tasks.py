"""What a Secretaría's cycle of technical assistance asks of its team and of the schools."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from mejora.assistance import guards, rules
from mejora.assistance.enums import SHORT, Activity, AssistanceState
from mejora.assistance.models import (
    Assistance,
    Cycle,
)
from mejora.assistance.reading import OVER, Whole
from mejora.core import wording
from mejora.network.access import Actor, Deed
from mejora.network.models import School
from mejora.reports.tasks import Task


def of_place(actor: Actor) -> Task | None:
    """Where the newest cycle stands and what it lacks, for those whose turn that activity is."""
    if not actor.may_somewhere(Deed.READ_CYCLE):
        return None
    cycle = Cycle.objects.visible_to(actor).select_related("owner").first()
    if cycle is None:
        return None
    whole = Whole(cycle)
    number = whole.activity
    if number == OVER:
        return None
    activity = Activity(number)
    leader = activity in (Activity.ALIGNMENT, Activity.IRREGULARITIES)
    deed = Deed.LEAD_CYCLE if leader else rules.CLOSES.get(number, Deed.CARRY_CYCLE)
    if not rules.can_do(actor, deed, cycle):
        return None
    lacking = guards.lacking(whole, number)
    return Task(
        mark="flag",
        tone="soon",
        title=f"Seguir con la actividad {number}: {SHORT[activity].lower()}",
        why=lacking[0] if lacking else f"{activity.label}.",
        button="Abrir el ciclo",
        href=reverse("assistance:cycle", args=[cycle.uid]),
    )


def of_school(actor: Actor, school: School, today: dt.date) -> Task | None:
    """The assistances that the school received and has not rated, while they are taken."""
    if not actor.may(Deed.ASK_ASSISTANCE, school):
        return None
    received = Assistance.objects.filter(
        plan__places__school=school,
        state=AssistanceState.DONE,
        cycle__ratings_due_on__gte=today,
        cycle__ratingreview_rows=None,
    ).exclude(ratings__school=school)
    due = list(received.values_list("cycle__ratings_due_on", flat=True))
    if not due:
        return None
    count = wording.counted(len(due), "asistencia técnica recibida,asistencias técnicas recibidas")
    return Task(
        mark="star",
        tone="soon",
        title=f"Evaluar {count}",
        why="La Secretaría las recibe hasta el plazo, ese día incluido.",
        when=wording.due(min(due)),
        when_tone="soon",
        button="Evaluar",
        href=reverse("assistance:school", args=[school.code]),
    )
