"""What the support asks of whoever gives it and of the school that receives it, as tasks.

The order is criterio de Mejora: what is late, then this week, then what nobody has planned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.urls import reverse

from mejora.core import wording
from mejora.network.access import Actor, Deed
from mejora.network.models import School
from mejora.reports.tasks import Task
from mejora.support import needs, owed
from mejora.support.models import Commitment
from mejora.support.needs import Need
from mejora.support.owed import Owed

NAMED = 3  # schools told by name
NEAR = dt.timedelta(days=wording.WEEK)


def of_supporter(found: Sequence[Need], reports: Sequence[Owed], today: dt.date) -> list[Task]:
    """For the adviser and its district lead, from what was read already: no query."""
    asked = (
        _unwritten(found),
        _overdue(found),
        _reports(reports, today),
        *_this_week(found, today),
        _unplanned(found),
    )
    return [task for task in asked if task is not None]


def of_owner(actor: Actor, today: dt.date) -> list[Task]:
    """What is late in the plans of a place; sessions are the adviser's own matter. Five queries."""
    found = needs.of_plans(list(needs.running(needs.plans_of(actor))), today)
    if not found:
        return []
    reports = owed.owed(actor, today) if actor.may_somewhere(Deed.WRITE_SUPPORT) else []
    asked = (_unwritten(found), _overdue(found), _reports(reports, today), _unplanned(found))
    return [task for task in asked if task is not None]


def _named(schools: Iterable[School]) -> str:
    names = list(dict.fromkeys(school.name for school in schools))
    others = len(names) - NAMED
    if others <= 0:
        return wording.sentence(names)
    return f"{', '.join(names[:NAMED])} y {wording.counted(others, 'escuela más,escuelas más')}"


def _unwritten(found: Sequence[Need]) -> Task | None:
    waiting = {session.pk: session for need in found for session in need.unwritten}
    if not waiting:
        return None
    oldest = min(waiting.values(), key=lambda session: session.on)
    return Task(
        mark="edit",
        tone="late",
        title=f"Escribir {wording.counted(len(waiting), 'acta pendiente,actas pendientes')}",
        why=f"{_named(need.school for need in found if need.unwritten)}.",
        when=f"La más antigua es del {wording.long_date(oldest.on)}",
        when_tone="late",
        button="Escribir el acta",
        href=reverse("support:session_hold", args=[oldest.uid]),
    )


def _overdue(found: Sequence[Need]) -> Task | None:
    late = [need for need in found if need.overdue]
    if not late:
        return None
    count = sum(len(need.overdue) for need in late)
    nouns = "compromiso con plazo vencido,compromisos con plazo vencido"
    oldest = min(c.due_on for need in late for c in need.overdue)
    return Task(
        mark="triangle",
        tone="late",
        title=f"Preguntar por {wording.counted(count, nouns)}",
        why=f"{_named(need.school for need in late)}.",
        when=f"El más antiguo venció el {wording.long_date(oldest)}",
        when_tone="late",
        button="Ver las escuelas",
        href=reverse("support:home"),
    )


def _reports(reports: Sequence[Owed], today: dt.date) -> Task | None:
    if not reports:
        return None
    first = reports[0]
    is_late = first.is_late(today)
    verb = "Venció" if is_late else "Vence"
    said = verb if len(reports) == 1 else f"El primero {verb.lower()}"
    nouns = "informe de retroalimentación,informes de retroalimentación"
    return Task(
        mark="document",
        tone="late" if is_late else "soon",
        title=f"Enviar {wording.counted(len(reports), nouns)}",
        why=f"{_named(each.school for each in reports)}. Son al menos dos al año.",
        when=f"{said} el {wording.long_date(first.due_on)}",
        when_tone="late" if is_late else "soon",
        note="plazo: criterio de Mejora",
        button="Ver los informes",
        href=reverse("support:feedback_list"),
    )


def _this_week(found: Sequence[Need], today: dt.date) -> list[Task]:
    """One per session of the next seven days, the first ones first."""
    near = {
        need.next.pk: need
        for need in found
        if need.next is not None and need.next.on <= today + NEAR
    }
    return [_session(need, today) for need in sorted(near.values(), key=_when)]


def _when(need: Need) -> tuple[dt.date, str]:
    return (need.next.on if need.next else dt.date.max), need.school.name


def _session(need: Need, today: dt.date) -> Task:
    session = need.next
    assert session is not None  # noqa: S101 - only those with one are asked
    many = need.plan.name if need.plan.approach == "network" else need.school.name
    promised = [c for c in need.open if c.session_id != session.pk]
    told = "Sin compromisos que revisar"
    if promised:
        told = wording.counted(len(promised), "compromiso que revisar,compromisos que revisar")
    return Task(
        mark="calendar",
        tone="soon" if session.on == today else "quiet",
        title=f"Sesión con {many}",
        why=f"{session.get_stage_display()}. {told}.",
        when=wording.long_date(session.on).capitalize()
        + (f", {session.starts_at:%H:%M}" if session.starts_at else ""),
        when_tone="soon" if session.on == today else "quiet",
        note=wording.days_away(session.on),
        button="Abrir la sesión",
        href=reverse("support:session", args=[session.uid]),
    )


def _unplanned(found: Sequence[Need]) -> Task | None:
    without = [need for need in found if need.next is None]
    if not without:
        return None
    one = len({need.plan.pk for need in without}) == 1
    plan = without[0].plan
    return Task(
        mark="calendar",
        tone="soon",
        title=f"Agendar sesión con {wording.counted(len(without), 'escuela,escuelas')}",
        why=f"{_named(need.school for need in without)}: sin próxima sesión en agenda.",
        button="Agendar sesión" if one else "Ver las escuelas",
        href=reverse("support:session_new", args=[plan.uid]) if one else reverse("support:home"),
    )


def of_school(actor: Actor, school: School, today: dt.date) -> Task | None:
    """What the school promised and has not said whether it kept; one query."""
    near = needs.open_of_school(actor, school).filter(due_on__lte=today + NEAR)
    waiting = list(near.order_by("due_on", "pk"))
    if not waiting:
        return None
    late = [each for each in waiting if each.due_on < today]
    first = waiting[0]
    nouns = "compromiso del apoyo,compromisos del apoyo"
    return Task(
        mark="triangle" if late else "clock",
        tone="late" if late else "soon",
        title=f"Responder {wording.counted(len(waiting), nouns)}",
        why=f"{_quoted(waiting)}.",
        when=f"{'Venció' if late else 'Vence'} el {wording.long_date(first.due_on)}",
        when_tone="late" if late else "soon",
        note=wording.days_away(first.due_on) if not late else "",
        button="Responder",
        href=reverse("support:school", args=[school.code]),
    )


def received(actor: Actor, school: School) -> Task | None:
    """A feedback report that the director has not answered; one query."""
    waiting = owed.waiting(actor, school)
    if not waiting:
        return None
    first = waiting[0]
    is_read = first.read_at is not None
    return Task(
        mark="document",
        tone="quiet" if is_read else "soon",
        title="Responder el informe de retroalimentación"
        if is_read
        else "Leer el informe de retroalimentación",
        why=f"{first.sent_by}: {first.plan.name}, del {wording.number_date(first.from_on)} al "
        f"{wording.number_date(first.to_on)}.",
        when=f"Llegó el {wording.long_date(first.sent_at)}",
        button="Responder" if is_read else "Leer",
        href=reverse("support:feedback", args=[first.uid]),
    )


def _quoted(waiting: Sequence[Commitment]) -> str:
    shown = wording.sentence(f"«{each.text}»" for each in waiting[:2])
    others = len(waiting) - 2
    return f"{shown} y {others} más" if others > 0 else shown
