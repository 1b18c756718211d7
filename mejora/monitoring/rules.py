"""May this person monitor now? Each answer carries the reason that the page shows. Only reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from mejora.core import clock
from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.monitoring import periods
from mejora.monitoring.models import EvidenceUse, MonitoringPlan, Period, ProgressReport
from mejora.network.access import Actor, Deed
from mejora.plans import rules
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.missing import OWN, Missing
from mejora.plans.models import Action, Milestone, PlanYear
from mejora.plans.rules import Stages


def is_own(actor: Actor, action: Action) -> bool:
    """Whether the action, or one of its milestones, was given to the person. Reads the people of
    the milestones: prefetch `milestones__people` for many."""
    mine = {membership.pk for membership in actor.memberships}
    if action.responsible_id in mine:
        return True
    return any(
        person.pk in mine
        for milestone in action.milestones.all()
        if not milestone.removed_at
        for person in milestone.people.all()
    )


def can_report(actor: Actor, at: Stages, action: Action) -> Decision:
    """The school's team reports any action, a responsible their own, while the implementation is
    open."""
    if not actor.may(Deed.REPORT_ALL, at.school):
        if not actor.may(Deed.REPORT_OWN, at.school):
            return refused("Informar el avance corresponde a la escuela.")
        if not is_own(actor, action):
            return refused("Esta acción está a cargo de otra persona.")
    implementing = rules.can_implement(at)
    if not implementing:
        return implementing
    if action.removed_at:
        return refused("La acción está en la papelera.")
    if action.is_disabled:
        return refused("La acción está desactivada este año y no se informa.")
    return ALLOWED


def can_set_frequency(actor: Actor, at: Stages) -> Decision:
    """How often the year is monitored: those who write the plan, until the implementation is
    sent."""
    if not actor.may(Deed.WRITE_PLAN, at.school):
        return refused("La frecuencia la eligen la dirección y el encargado PME de la escuela.")
    if not at.is_open(StageKind.IMPLEMENTATION):
        return refused("La Implementación ya está enviada; su monitoreo no se cambia.")
    return ALLOWED


def can_review(actor: Actor, at: Stages, report: ProgressReport) -> Decision:
    """Accepting what a responsible reported, or asking for changes, is the team's, and never of
    one's own report."""
    if not actor.may(Deed.REPORT_ALL, at.school):
        return refused("Revisar un informe corresponde a la dirección o al encargado PME.")
    if report.is_accepted:
        return refused("El informe ya está aceptado.")
    if report.reported_by_id == actor.user.pk:
        return refused("Es su propio informe; lo revisa otra persona del equipo.")
    return rules.can_implement(at)


def can_ask_changes(actor: Actor, at: Stages, report: ProgressReport) -> Decision:
    """Once: who was asked answers first by reporting again."""
    reviewing = can_review(actor, at, report)
    if reviewing and report.is_asked:
        return refused("Los cambios ya están pedidos; falta que se informe de nuevo.")
    return reviewing


def can_remove_evidence(actor: Actor, at: Stages, use: EvidenceUse) -> Decision:
    """The team removes any, a responsible what they filed themselves."""
    reporting = can_report(actor, at, use.action)
    if reporting and use.by_id != actor.user.pk and not actor.may(Deed.REPORT_ALL, at.school):
        return refused("Esta evidencia la agregó otra persona.")
    return reporting


def can_write_evaluation(actor: Actor, at: Stages) -> Decision:
    """The year's evaluation is written once its implementation has begun (criterio de Mejora)."""
    if not actor.may(Deed.WRITE_PLAN, at.school):
        return refused("La evaluación la escriben la dirección y el encargado PME de la escuela.")
    if at.status(StageKind.IMPLEMENTATION) == StageStatus.NOT_STARTED:
        return refused("La Evaluación se escribe cuando la Implementación ya tiene registros.")
    if not at.is_open(StageKind.EVALUATION):
        return refused("La Evaluación ya está enviada. Para cambiarla, hay que retirar el envío.")
    return ALLOWED


def missing_in_implementation(plan_year: PlanYear) -> list[Missing]:
    """Needed: a report of every living action. Advisable: the reports of the period that runs,
    those that wait for review, late milestones; per action, evidence and the justification of a
    level under 100 %."""
    here = (plan_year.school.code, plan_year.year)
    missing = _pending(plan_year)
    if not MonitoringPlan.objects.filter(plan_year=plan_year).exists():
        text = "Elegir cada cuánto se monitorea."
        missing.append(Missing(text, "monitoring:frequency", here))
    for action in _actions(plan_year):
        name = f"Acción {action['number']}, «{action['name']}»"
        at = (*here, action["uid"])
        if action["level_now"] is None:
            missing.append(Missing(f"{name}: falta informarla.", "monitoring:action", at))
            continue
        if not action["has_evidence"]:
            text = f"{name}: no tiene evidencia ({OWN})."
            missing.append(Missing(text, "monitoring:evidence", at, False))
        if action["justification"] is None and action["level_now__max"] < 100:
            text = f"{name}: falta la justificación de su nivel ({OWN})."
            missing.append(Missing(text, "monitoring:action", at, False))
    return missing


def _pending(plan_year: PlanYear) -> list[Missing]:
    """What people would still expect before the year's implementation is closed."""
    today = clock.today(plan_year.school.country.tz)
    period = periods.to_report(list(Period.objects.filter(plan_year=plan_year)), today)
    if period is None:
        return []
    actions = Action.objects.live().filter(plan_year=plan_year, is_disabled=False)
    unsaid = actions.exclude(reports__period=period).count()
    waiting = actions.filter(reports__period=period, reports__reviewed_at=None).count()
    asked = ProgressReport.objects.filter(action__in=actions, reviewed_at__isnull=False)
    asked = asked.exclude(changes_asked="")
    late = Milestone.objects.live().filter(action__in=actions, done_on=None, due_on__lt=today)
    here = (plan_year.school.code, plan_year.year, period)
    counted = (
        (
            unsaid,
            f"acción sin informar en {periods.name(period)}",
            f"acciones sin informar en {periods.name(period)}",
        ),
        (waiting, "informe espera el visto bueno", "informes esperan el visto bueno"),
        (
            asked.count(),
            "informe con cambios pedidos espera que se informe de nuevo",
            "informes con cambios pedidos esperan que se informe de nuevo",
        ),
        (late.count(), "hito atrasado", "hitos atrasados"),
    )
    return [
        Missing(f"{n} {one if n == 1 else many} ({OWN}).", "monitoring:grid", here, False)
        for n, one, many in counted
        if n
    ]


def _actions(plan_year: PlanYear) -> Iterable[dict[str, Any]]:
    newest = (
        ProgressReport.objects.filter(action=OuterRef("pk"))
        .order_by("-period__starts_on")
        .values("justification")[:1]
    )
    has_evidence = Exists(EvidenceUse.objects.live().filter(action=OuterRef("pk")))
    found: Iterable[dict[str, Any]] = (
        Action.objects.live()
        .filter(plan_year=plan_year, is_disabled=False)
        .annotate(has_evidence=has_evidence, justification=Subquery(newest))
        .values(
            *("uid", "number", "name", "level_now", "level_now__max"),
            *("has_evidence", "justification"),
        )
    )
    return found


def missing_in_evaluation(plan_year: PlanYear) -> list[Missing]:
    if plan_year.evaluation_summary.strip():
        return []
    here = (plan_year.school.code, plan_year.year)
    return [Missing("Escribir la síntesis de la evaluación.", "monitoring:evaluation", here)]
