"""What a stage lacks before it can be sent, each with the place where it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.urls import reverse

from mejora.frameworks import catalogue
from mejora.plans import money, profile
from mejora.plans.assessment import CriticalFactor
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
    Goal,
    Indicator,
    Objective,
    PlanYear,
    Seal,
    Strategy,
)

OWN = "criterio de Mejora"


@dataclass(frozen=True, slots=True)
class Missing:
    """`is_blocking`: the stage cannot be sent without it; otherwise it is only advisable."""

    text: str
    url_name: str
    args: tuple[object, ...]
    is_blocking: bool = True
    query: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.args) + self.query


def in_strategy(plan_year: PlanYear) -> list[Missing]:
    """Objectives, each with a goal. Advisable: vision, mission, a seal behind each objective."""
    plan = plan_year.plan
    here = (plan_year.school.code, plan_year.year)
    missing = []
    if not (plan.vision and plan.mission):
        missing.append(Missing("Escribir la visión y la misión.", "plans:basis", here, False))
    has_factors = plan.edition.has_critical_factors
    if has_factors:
        missing += _in_assessment(plan_year)
    elif not Seal.objects.live().filter(plan=plan).exists():
        missing.append(Missing("Agregar al menos un sello del PEI.", "plans:seal_new", here, False))
    objectives = (
        Objective.objects.live()
        .filter(plan=plan)
        .order_by("order", "pk")
        .annotate(
            has_goal=Exists(Goal.objects.live().filter(objective=OuterRef("pk"))),
            seal_count=Count("seals", filter=Q(seals__removed_at__isnull=True)),
            factor_count=Count("factors", filter=Q(factors__removed_at__isnull=True)),
        )
    )
    if not objectives:
        text = "Agregar al menos un objetivo estratégico."
        missing.append(Missing(text, "plans:objective_new", here))
    for objective in objectives:
        missing += _in_objective(objective, here, has_factors=has_factors)
    return missing


def _in_objective(
    objective: Objective, here: tuple[str, int], *, has_factors: bool
) -> Iterator[Missing]:
    counted: Any = objective  # with the counts that `in_strategy` asks for
    at = (*here, objective.uid)
    name = _short(objective.text)
    if not counted.has_goal:
        yield Missing(f"Agregar una meta al objetivo {name}.", "plans:goal_new", at)
    if has_factors and not counted.factor_count:
        text = f"Decir a qué factor crítico responde el objetivo {name}."
        yield Missing(text, "plans:objective_edit", at, False)
    elif not has_factors and not counted.seal_count:
        text = f"Decir a qué sello responde el objetivo {name}."
        yield Missing(text, "plans:objective_edit", at, False)


def _in_assessment(plan_year: PlanYear) -> Iterator[Missing]:
    """Something judged, and a critical factor; what is pending is only told."""
    here = (plan_year.school.code, plan_year.year)
    book = catalogue.of_edition(plan_year.plan.edition_id)
    found = profile.of_year(book, plan_year.plan, plan_year.year).whole
    if not found.rated:
        yield Missing("Valorar los componentes de la autoevaluación.", "plans:assessment", here)
    elif found.pending:
        text = f"Quedan componentes sin valorar: {found.pending} de {found.total}."
        yield Missing(text, "plans:assessment", here, False)
    if not CriticalFactor.objects.live().filter(assessment__plan=plan_year.plan_id).exists():
        yield Missing("Agregar al menos un factor crítico.", "plans:factor_new", here)


def in_planning(plan_year: PlanYear) -> list[Missing]:
    """Strategies with indicators and actions; actions that say who, how they are proved and whose
    milestones add up. Advisable: a strategy per objective, an action per dimension."""
    missing: list[Missing] = []
    if plan_year.plan.edition.has_strategies:
        missing += _in_objectives(plan_year)
        missing += _in_strategies(plan_year)
    return [*missing, *_in_actions(plan_year), *_in_money(plan_year)]


def _in_objectives(plan_year: PlanYear) -> Iterator[Missing]:
    here = (plan_year.school.code, plan_year.year)
    of_year = Strategy.objects.live().filter(plan_year=plan_year)
    if not of_year.exists():
        yield Missing("Agregar al menos una estrategia.", "plans:strategy_new", here)
        return
    without = (
        Objective.objects.live()
        .filter(plan=plan_year.plan_id)
        .exclude(Exists(of_year.filter(objective=OuterRef("pk"))))
    )
    for objective in without:
        text = f"El objetivo {_short(objective.text)} no tiene estrategia este año."
        query = f"?objetivo={objective.uid}"
        yield Missing(text, "plans:strategy_new", here, False, query)


def _in_strategies(plan_year: PlanYear) -> Iterator[Missing]:
    here = (plan_year.school.code, plan_year.year)
    strategies = (
        Strategy.objects.live()
        .filter(plan_year=plan_year)
        .annotate(
            has_indicator=Exists(Indicator.objects.live().filter(strategy=OuterRef("pk"))),
            has_action=Exists(Action.objects.live().filter(strategy=OuterRef("pk"))),
        )
    )
    for strategy in strategies:
        name = _short(strategy.text)
        if not strategy.has_indicator:
            text = f"Agregar un indicador a la estrategia {name}."
            yield Missing(text, "plans:indicator_new", (*here, strategy.uid))
        if not strategy.has_action:
            text, query = (
                f"Agregar una acción a la estrategia {name}.",
                f"?estrategia={strategy.uid}",
            )
            yield Missing(text, "plans:action_new", here, query=query)


def _in_actions(plan_year: PlanYear) -> Iterator[Missing]:
    here = (plan_year.school.code, plan_year.year)
    actions = list(
        Action.objects.live()
        .filter(plan_year=plan_year)
        .order_by("number")
        .annotate(
            milestone_count=Count("milestones", filter=Q(milestones__removed_at__isnull=True)),
            weight_sum=Sum("milestones__weight", filter=Q(milestones__removed_at__isnull=True)),
            has_requirement=Exists(
                EvidenceRequirement.objects.live().filter(action=OuterRef("pk"))
            ),
        )
    )
    if not actions:
        if not Strategy.objects.live().filter(plan_year=plan_year).exists():
            yield Missing("Agregar al menos una acción.", "plans:action_new", here)
        return  # each strategy says that it has none
    for action in actions:
        if not action.is_disabled:
            for text in _in_action(action, plan_year.plan.edition.has_strategies):
                label = f"Acción {action.number}, {_short(action.name)}: {text}"
                yield Missing(label, "plans:action_edit", (*here, action.uid))
    yield from _in_areas(plan_year, {action.area_id for action in actions})


def _in_action(action: Action, needs_strategy: bool) -> Iterable[str]:
    if needs_strategy and action.strategy_id is None:
        yield "falta la estrategia a la que sirve."
    if not action.responsible_text and action.responsible_id is None:
        yield "falta quién es responsable."
    weights = getattr(action, "weight_sum") or 0  # noqa: B009 - annotated above
    if getattr(action, "milestone_count") and weights != 100:  # noqa: B009 - annotated above
        yield f"los pesos de los hitos suman {weights} %; deben sumar 100 %."
    if not getattr(action, "has_requirement"):  # noqa: B009 - annotated above
        yield "falta un medio de verificación."


def _in_areas(plan_year: PlanYear, used: set[int]) -> Iterator[Missing]:
    here = (plan_year.school.code, plan_year.year)
    book = catalogue.of_edition(plan_year.plan.edition_id)
    for area in book.areas_for_actions:
        if area.pk not in used:
            text = f"{area.label(plan_year.year)} no tiene acciones ({OWN})."
            yield Missing(text, "plans:action_new", here, False)


def _in_money(plan_year: PlanYear) -> Iterator[Missing]:
    here = (plan_year.school.code, plan_year.year)
    for odd in money.odd_amounts(plan_year):
        text = f"Acción {odd.action.number}, {_short(odd.action.name)}: {odd.text} ({OWN})"
        yield Missing(text, "plans:action_edit", (*here, odd.action.uid), False)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return f"«{words if len(words) <= 60 else words[:57].rstrip() + '…'}»"
