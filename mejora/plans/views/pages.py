"""What every page of a plan begins with: the year if one may read it, its head and its tabs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from mejora.core import clock
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import Catalogue
from mejora.network import navigation
from mejora.network.middleware import SignedInRequest
from mejora.plans import rules
from mejora.plans.enums import StageKind
from mejora.plans.models import PlanYear

# Only in frameworks that have them.
NORMATIVE = ("Planes normativos", "plans:normative")
ASSESSED = (("Autoevaluación", "plans:assessment"), ("Factores críticos", "plans:factors"))
TABS = (
    ("Cadena", "plans:detail"),
    ("Carta Gantt", "plans:gantt"),
    ("Recursos", "plans:money"),
    NORMATIVE,
    ("Etapas", "plans:stages"),
    ("Historial", "plans:history"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """The year with its stages, as this person may see it."""

    request: SignedInRequest
    at: rules.Stages

    @property
    def plan_year(self) -> PlanYear:
        return self.at.plan_year

    @property
    def here(self) -> tuple[str, int]:
        return self.plan_year.school.code, self.plan_year.year

    @property
    def book(self) -> Catalogue:
        return catalogue.of_edition(self.plan_year.plan.edition_id)

    @property
    def today(self) -> dt.date:
        return clock.today(self.plan_year.school.country.tz)

    def url(self, name: str, *more: object) -> str:
        return reverse(name, args=(*self.here, *more))

    @property
    def tabs(self) -> list[tuple[str, str]]:
        """The ways to look at the plan that its framework has."""
        found = list(TABS)
        if not self.book.normative_plans:
            found.remove(NORMATIVE)
        return [*ASSESSED, *found] if self.book.edition.has_critical_factors else found

    def context(self, tab: str = "", **more: Any) -> dict[str, Any]:
        actor, year = self.request.actor, self.plan_year
        return {
            "at": self.at,
            "plan_year": year,
            "plan": year.plan,
            "school": year.school,
            "code": year.school.code,
            "plan_url": self.url("plans:detail"),
            "year": year.year,
            "today": self.today,
            "stage": self.at[StageKind(year.stage_now)],
            "tabs": [(text, self.url(name), name == tab) for text, name in self.tabs],
            "pdf_url": navigation.address("reports:plan_pdf", *self.here),
            "may_evidence": rules.sees_evidence(actor, year.school),
            "may_strategy": rules.can_write_strategy(actor, self.at),
            "may_planning": rules.can_write_planning(actor, self.at),
            "may_action": rules.can_write_action(actor, self.at),
            **more,
        }


def opened(request: SignedInRequest, code: str, year: int) -> Page:
    """404 where there is no such year or the person may not read it."""
    at = rules.visible_stages(request.actor, code, year)
    if at is None:
        raise Http404
    return Page(request, at)


def found(rows: QuerySet[Any], **wanted: Any) -> Any:
    return get_object_or_404(rows, **wanted)
