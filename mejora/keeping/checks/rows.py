"""What no rule of one row can hold: copies against their source, rows against their neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from mejora.frameworks.models import TermKind
from mejora.keeping.checks import SLICE
from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.people.models import User
from mejora.plans.assessment import CriticalFactor, Judgement
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
    Funding,
    Plan,
    PlanYear,
    Stage,
    Strategy,
)

WHOLE = 100


def actions_copy_their_newest_report() -> Iterator[str]:
    newest = ProgressReport.objects.filter(action=OuterRef("pk"), level__isnull=False).order_by(
        "-period__starts_on"
    )
    actions: QuerySet[Any] = Action.objects.select_related("plan_year__school").annotate(
        said_level=Subquery(newest.values("level")[:1]),
        said_pct=Subquery(newest.values("pct")[:1]),
        said_at=Subquery(newest.values("at")[:1]),
    )
    for action in actions.order_by("pk").iterator(SLICE):
        said_on = timezone.localdate(action.said_at) if action.said_at else None
        copied = (action.level_now_id, action.pct_now, action.reported_on)
        if copied != (action.said_level, action.said_pct, said_on):
            yield f"{_named(action)}: su avance no es el de su último informe."


def weights_add_up() -> Iterator[str]:
    """Asked when the planning is sent; it must hold from then on."""
    sent = Stage.objects.filter(
        plan_year=OuterRef("plan_year"),
        kind=StageKind.PLANNING,
        status__in=[StageStatus.SENT, StageStatus.APPROVED],
        decided_in__isnull=True,
    )
    total = Sum("milestones__weight", filter=Q(milestones__removed_at__isnull=True))
    actions: QuerySet[Any] = (
        Action.objects.live()
        .filter(Exists(sent), is_disabled=False)
        .annotate(total=total)
        .exclude(Q(total__isnull=True) | Q(total=WHOLE))
        .select_related("plan_year__school")
    )
    for action in actions.order_by("pk").iterator(SLICE):
        yield f"{_named(action)}: los pesos de sus hitos suman {action.total} %, no 100 %."


def levels_hold_their_percentage() -> Iterator[str]:
    outside = ~Q(level__min__lte=F("pct"), level__max__gte=F("pct"))
    reports = ProgressReport.objects.filter(outside, pct__isnull=False)
    for report in reports.select_related("action__plan_year__school").iterator(SLICE):
        yield f"{_named(report.action)}: un informe dice {report.pct} % y otro nivel."


def rows_belong_together() -> Iterator[str]:
    for rows, path, problem in _strangers():
        for row in rows.order_by("pk").iterator(SLICE):
            year = row
            for step in path.split("."):
                year = getattr(year, step) if step else year
            yield f"{year.school.code_label}, {year}, fila {row.pk}: {problem}."


def _strangers() -> tuple[tuple[QuerySet[Any], str, str], ...]:
    """Rows whose neighbours are of another plan, year, action or edition."""
    of_action = "action.plan_year"
    return (
        (
            PlanYear.objects.select_related("school").exclude(school=F("plan__school")),
            "",
            "el año y su plan son de establecimientos distintos",
        ),
        (
            PlanYear.objects.select_related("school").filter(
                Q(year__lt=F("plan__start_year")) | Q(year__gt=F("plan__end_year"))
            ),
            "",
            "el año está fuera de su plan",
        ),
        (
            _with_school(Strategy).exclude(objective__plan=F("plan_year__plan")),
            "plan_year",
            "la estrategia y su objetivo son de planes distintos",
        ),
        (
            _with_school(Strategy)
            .filter(goal__isnull=False)
            .exclude(goal__objective=F("objective")),
            "plan_year",
            "la estrategia y su meta son de objetivos distintos",
        ),
        (
            _with_school(Action).exclude(objective__plan=F("plan_year__plan")),
            "plan_year",
            "la acción y su objetivo son de planes distintos",
        ),
        (
            _with_school(Action)
            .filter(strategy__isnull=False)
            .exclude(strategy__plan_year=F("plan_year"), strategy__objective=F("objective")),
            "plan_year",
            "la acción y su estrategia no son del mismo año y objetivo",
        ),
        (
            _with_school(Action).exclude(area__edition=F("plan_year__plan__edition")),
            "plan_year",
            "la dimensión de la acción es de otro marco",
        ),
        (
            _assessed(Judgement).exclude(area__edition=F("assessment__plan__edition")),
            "assessment.plan",
            "el componente valorado es de otro marco",
        ),
        (
            _assessed(CriticalFactor).exclude(area__edition=F("assessment__plan__edition")),
            "assessment.plan",
            "el componente del factor crítico es de otro marco",
        ),
        (
            _of_action(Funding).exclude(
                source__kind=TermKind.FUNDING,
                source__edition=F("action__plan_year__plan__edition"),
            ),
            of_action,
            "la fuente de financiamiento no es del marco del plan",
        ),
        (
            _of_action(EvidenceRequirement)
            .filter(milestone__isnull=False)
            .exclude(milestone__action=F("action")),
            of_action,
            "el medio de verificación y su hito son de acciones distintas",
        ),
        (
            _of_action(EvidenceUse)
            .filter(milestone__isnull=False)
            .exclude(milestone__action=F("action")),
            of_action,
            "la evidencia y su hito son de acciones distintas",
        ),
        (
            _of_action(EvidenceUse)
            .filter(requirement__isnull=False)
            .exclude(requirement__action=F("action")),
            of_action,
            "la evidencia y su medio de verificación son de acciones distintas",
        ),
        (
            _of_action(ProgressReport).exclude(period__plan_year=F("action__plan_year")),
            of_action,
            "el informe y su período son de años distintos",
        ),
    )


def _with_school(model: type[Strategy] | type[Action]) -> QuerySet[Any]:
    return model._base_manager.select_related("plan_year__school")


def _assessed(model: type[Judgement] | type[CriticalFactor]) -> QuerySet[Any]:
    return model._base_manager.select_related("assessment__plan__school")


def _of_action(model: type[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = model._base_manager.select_related("action__plan_year__school")
    return found


def plans_do_not_overlap() -> Iterator[str]:
    other = Plan.objects.filter(
        school=OuterRef("school"),
        start_year__lte=OuterRef("end_year"),
        end_year__gte=OuterRef("start_year"),
    ).exclude(pk=OuterRef("pk"))
    for plan in Plan.objects.filter(Exists(other)).select_related("school").iterator(SLICE):
        yield f"{plan.school.code_label}: {plan} comparte años con otro plan."


def _named(action: Action) -> str:
    year = action.plan_year
    return f"{year.school.code_label}, {year}, acción {action.number} «{action.name}»"


def unread_avisos_are_counted() -> Iterator[str]:
    """The figure beside the bell against the avisos themselves."""
    found = User.objects.annotate(
        told=Count("notifications", filter=Q(notifications__read_at__isnull=True))
    ).exclude(unread=F("told"))
    for user in found.order_by("pk"):
        yield f"{user.email}: su cuenta de avisos sin leer no es la de sus avisos."


CHECKS = (
    actions_copy_their_newest_report,
    weights_add_up,
    levels_hold_their_percentage,
    rows_belong_together,
    plans_do_not_overlap,
    unread_avisos_are_counted,
)
