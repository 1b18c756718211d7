"""What a person's turn is now, from what the database says and the calendar asks.

Each function answers one question with a task or None; the order of the lists below is the order
in which people see them (criterio de Mejora): first what stopped, then what is due, then the rest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse

from mejora.core import wording
from mejora.monitoring import due, periods
from mejora.monitoring.models import MonitoringPlan, Period, ProgressReport
from mejora.network.access import Actor, Deed
from mejora.network.models import School
from mejora.plans import rules, sending, workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Milestone, Plan, PlanYear, Stage, StageEvent
from mejora.plans.rules import Stages

CLOSING_MONTH = (
    11  # schools are asked not to send the implementation before November (webinar 2025)
)


@dataclass(frozen=True, slots=True)
class Task:
    """What, why, by when, and one button. `tone` is soon, late or quiet; `mark` is an icon."""

    mark: str
    tone: str
    title: str
    why: str
    button: str
    href: str
    when: str = ""
    when_tone: str = "quiet"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the tasks of a school are asked about: `year` is that of `at`."""

    actor: Actor
    school: School
    year: int
    today: dt.date
    at: Stages | None

    @property
    def plan_year(self) -> PlanYear:
        assert self.at is not None  # noqa: S101 - tasks of a plan are asked where there is one
        return self.at.plan_year

    def address(self, name: str, *more: Any) -> str:
        return reverse(name, args=[self.school.code, self.year, *more])

    @property
    def is_implementing(self) -> bool:
        return self.at is not None and bool(rules.can_implement(self.at))


def of_school(desk: Desk) -> list[Task]:
    """The tasks of those who write the plan, the most pressing first. In a new year whose plan
    nobody has opened, those of the former year follow."""
    if desk.at is None:
        return _told([_start(desk)])
    asked: tuple[Callable[[Desk], Task | None], ...] = (
        _start,
        _returned,
        _monitor,
        _review,
        _overdue,
        _send,
        _open_next_year,
    )
    return _told(ask(desk) for ask in asked)


def _told(found: Iterable[Task | None]) -> list[Task]:
    return [task for task in found if task is not None]


def _start(desk: Desk) -> Task | None:
    """No plan for this year yet."""
    year = desk.today.year
    if desk.at and desk.year == year:
        return None
    covering = Plan.objects.filter(
        school=desk.school, start_year__lte=year, end_year__gte=year
    ).first()
    opened = PlanYear.objects.filter(plan=covering).first() if covering else None
    if opened:
        return Task(
            mark="document",
            tone="soon",
            title=f"Abrir el año {opened.year + 1} del PME",
            why=f"El {covering} sigue, y su último año abierto es {opened.year}.",
            button=f"Abrir {opened.year + 1}",
            href=reverse("plans:stages", args=[desk.school.code, opened.year]),
        )
    return Task(
        mark="document",
        tone="soon",
        title=f"Empezar el PME {year}",
        why="La escuela todavía no tiene un plan que cubra este año.",
        button="Empezar el plan",
        href=reverse("plans:start", args=[desk.school.code]),
    )


def _returned(desk: Desk) -> Task | None:
    """A stage that came back waits for the school."""
    stage = (
        Stage.objects.filter(
            plan_year__school=desk.school,
            plan_year__year__lte=desk.year,
            status=StageStatus.RETURNED,
        )
        .select_related("plan_year", "decided_by")
        .order_by("decided_at")
        .first()
    )
    if stage is None:
        return None
    comment = (
        StageEvent.objects.filter(stage=stage, transition=workflow.RETURN.name)
        .values_list("comment", flat=True)
        .first()
    )
    by = f"{stage.decided_by} " if stage.decided_by else ""
    return Task(
        mark="return",
        tone="soon",
        title=f"Corregir {stage.get_kind_display()} {stage.plan_year.year}",
        why=f"{by}devolvió la etapa: «{_short(comment or '')}»",
        when=f"Devuelta {wording.days_away(stage.decided_at)}",
        when_tone="soon",
        button="Ver qué corregir",
        href=reverse("plans:stage", args=[desk.school.code, stage.plan_year.year, stage.kind]),
    )


def _monitor(desk: Desk) -> Task | None:
    """The period whose reports are due."""
    if not desk.is_implementing:
        return None
    if not MonitoringPlan.objects.filter(plan_year=desk.plan_year).exists():
        return Task(
            mark="calendar",
            tone="soon",
            title="Elegir cada cuánto se monitorea",
            why="La Planificación Anual está aprobada y ya se puede informar el avance.",
            button="Elegir la frecuencia",
            href=desk.address("monitoring:frequency"),
        )
    month = due.monitored(desk.plan_year, desk.today)
    return _close(desk, month) if month and month.missing else None


def _close(desk: Desk, month: due.Month) -> Task:
    mine = _mine_missing(desk, month.period)
    own = f", y {mine} de ellas {wording.plural(mine, 'es suya,son suyas')}" if mine else ""
    total = wording.counted(month.total, "acción informada,acciones informadas")
    due_on = month.period.due_on
    is_late = due_on < desk.today
    is_near = abs((due_on - desk.today).days) <= wording.WEEK
    return Task(
        mark="triangle" if is_late else "clock",
        tone="late" if is_late else "soon",
        title=f"Cerrar el monitoreo de {periods.name(month.period)}",
        why=f"{month.reported} de {total}. {wording.plural(month.missing, 'Falta,Faltan')} "
        f"{month.missing}{own}.",
        when=f"{'Venció' if is_late else 'Vence'} el {wording.long_date(due_on)}",
        when_tone="late" if is_late else "soon",
        note=wording.days_away(due_on) if is_near else "",
        button="Continuar el monitoreo" if month.reported else "Empezar el monitoreo",
        href=desk.address("monitoring:grid", month.period),
    )


def _mine_missing(desk: Desk, period: Period) -> int:
    reported = ProgressReport.objects.filter(period=period, level__isnull=False)
    return int(
        due.actions(desk.plan_year)
        .filter(responsible__in=[membership.pk for membership in desk.actor.memberships])
        .exclude(pk__in=reported.values("action"))
        .count()
    )


def _review(desk: Desk) -> Task | None:
    """Reports of responsibles that wait for the team's acceptance."""
    if not desk.is_implementing:
        return None
    waiting = (
        ProgressReport.objects.filter(
            action__in=due.actions(desk.plan_year), level__isnull=False, reviewed_at__isnull=True
        )
        .exclude(reported_by=desk.actor.user)
        .order_by()
    )
    by_person = list(
        waiting.values_list("reported_by__name")
        .annotate(found=Count("pk"), oldest=Min("at"))
        .order_by("oldest")
    )
    if not by_person:
        return None
    total = sum(count for _, count, _ in by_person)
    first = waiting.select_related("period").earliest("at")
    who = wording.sentence(f"{name} ({count})" for name, count, _ in by_person[:3])
    verb = wording.plural(len(by_person), "ya informó,ya informaron")
    return Task(
        mark="send",
        tone="quiet",
        title=f"Revisar {wording.counted(total, 'informe,informes')} de responsables",
        why=f"{who} {verb}; falta su visto bueno.",
        when=f"El más antiguo llegó {_when(by_person[0][2])}",
        button="Revisar informes",
        href=desk.address("monitoring:grid", first.period) + "?ver=por-revisar",
    )


def _when(moment: dt.datetime) -> str:
    near = wording.relative(moment)
    return near if near.startswith(("hace", "ayer", "hoy")) else f"el {near}"


def _overdue(desk: Desk) -> Task | None:
    """Milestones past their date; the names of two, the count of all."""
    if not desk.is_implementing:
        return None
    late = (
        Milestone.objects.live()
        .filter(action__in=due.actions(desk.plan_year), done_on__isnull=True, due_on__lt=desk.today)
        .select_related("action")
        .order_by("due_on", "pk")
    )
    found = list(late)
    if not found:
        return None
    named = wording.sentence(f"«{each.name}», de {each.action.name}" for each in found[:2])
    others = len(found) - 2
    more = f", y {wording.counted(others, 'hito más,hitos más')}" if others > 0 else ""
    return Task(
        mark="triangle",
        tone="late",
        title=f"Resolver {wording.counted(len(found), 'hito atrasado,hitos atrasados')}",
        why=f"{named}{more}.",
        when=f"Con atraso desde el {wording.long_date(found[0].due_on)}",
        when_tone="late",
        button="Ver los hitos",
        href=desk.address("plans:gantt"),
    )


def _send(desk: Desk) -> Task | None:
    """The stage that the year is at: to write, to complete or to send."""
    at = desk.at
    assert at is not None  # noqa: S101 - see Desk.plan_year
    stage = next((s for s in at.by_kind.values() if s.status != StageStatus.APPROVED), None)
    if stage is None or StageStatus(stage.status) not in workflow.OPEN - {StageStatus.RETURNED}:
        return None
    kind = StageKind(stage.kind)
    if kind == StageKind.IMPLEMENTATION and desk.today < dt.date(desk.year, CLOSING_MONTH, 1):
        return None
    if stage.status == StageStatus.NOT_STARTED:
        return None if kind == StageKind.IMPLEMENTATION else _write(desk, kind)
    missing = [each for each in sending.SENDERS[kind].missing(at.plan_year) if each.is_blocking]
    label = f"{kind.label} {desk.year}"
    href = desk.address("plans:stage", kind.value)
    if missing:
        lacking = wording.counted(len(missing), "dato,datos")
        return Task(
            mark="half",
            tone="quiet",
            title=f"Completar {label}",
            why=f"{wording.plural(len(missing), 'Falta,Faltan')} {lacking} antes de enviarla: "
            f"{missing[0].text}",
            button="Ver qué falta",
            href=href,
        )
    if not desk.actor.may(Deed.SEND_STAGE, desk.school):
        return Task(
            mark="send",
            tone="quiet",
            title=f"{label} está completa",
            why="La envía la dirección de la escuela.",
            button="Ver la etapa",
            href=href,
        )
    return Task(
        mark="send",
        tone="soon",
        title=f"Enviar {label} al sostenedor",
        why="No falta ningún dato de los necesarios.",
        button="Revisar y enviar",
        href=href,
    )


def _write(desk: Desk, kind: StageKind) -> Task:
    what = {
        StageKind.STRATEGIC: ("Escribir la Fase Estratégica", "sellos, objetivos y metas"),
        StageKind.PLANNING: ("Planificar", "estrategias, indicadores y acciones"),
        StageKind.EVALUATION: ("Evaluar", "qué se cumplió y qué sigue el próximo año"),
    }[kind]
    name = (
        desk.address("monitoring:evaluation")
        if kind == StageKind.EVALUATION
        else desk.address("plans:detail")
    )
    return Task(
        mark="edit",
        tone="quiet",
        title=f"{what[0]} {desk.year}" if kind != StageKind.STRATEGIC else what[0],
        why=f"Todavía no hay nada registrado: {what[1]}.",
        button="Empezar",
        href=name,
    )


def _open_next_year(desk: Desk) -> Task | None:
    """From November on, the next year of the plan can be opened and planned."""
    plan, year = desk.plan_year.plan, desk.year + 1
    if desk.today < dt.date(desk.year, CLOSING_MONTH, 1):
        return None
    if not rules.can_open_year(desk.actor, plan, year, today=desk.today):
        return None
    return Task(
        mark="calendar",
        tone="quiet",
        title=f"Abrir el año {year} del PME",
        why="La planificación del próximo año se puede ir escribiendo desde ya.",
        button=f"Abrir {year}",
        href=desk.address("plans:stages"),
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 120 else words[:117].rstrip() + "…"
