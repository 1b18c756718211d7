"""Alerts of attendance as tasks: of whoever looks after many schools, and of one school."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from mejora.core import wording
from mejora.network.access import Actor, Deed
from mejora.network.models import School
from mejora.reports.tasks import Task
from mejora.territory import listing
from mejora.territory.models import Alert

NAMED = 3  # schools told by name


def of_place(actor: Actor, today: dt.date) -> Task | None:
    """One task for all alerts that wait for somebody; one query more tells how many there are."""
    if not any(m.school_id is None for m, _ in actor.with_reach(Deed.READ_FIGURES)):
        return None
    waiting = listing.alerts(actor, "", today)
    first = list(waiting[: NAMED + 1])
    if not first:
        return None
    count = len(first) if len(first) <= NAMED else waiting.count()
    named = [alert.school.name for alert in first[:NAMED]]
    more = (
        f" y {wording.counted(count - NAMED, 'escuela más,escuelas más')}" if count > NAMED else ""
    )
    names = ", ".join(named) if more else wording.sentence(named)
    return Task(
        mark="triangle",
        tone="late",
        title=f"Atender {wording.counted(count, 'alerta de asistencia,alertas de asistencia')}",
        why=f"{names}{more}: dos meses con clases seguidos bajo la franja.",
        button="Ver las alertas",
        href=reverse("territory:alerts"),
    )


def of_school(actor: Actor, school: School, today: dt.date) -> Task | None:
    """The school's own alert, where one waits."""
    alert = Alert.objects.waiting(today).filter(school=school).first()
    if alert is None or not actor.may(Deed.READ_FIGURES, school):
        return None
    since = wording.month_name(alert.since_month)
    return Task(
        mark="triangle",
        tone="late",
        title="Responder a la alerta de asistencia",
        why=f"La asistencia está bajo {wording.percent(alert.band)} desde {since}.",
        button="Ver la alerta",
        href=reverse("territory:alert", args=[alert.uid]),
    )
