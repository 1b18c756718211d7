"""What an action of the Service's report may be drawn from, as one list to choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from mejora.network.access import Actor
from mejora.network.models import School
from mejora.plans.models import Action, PlanYear
from mejora.support.models import SupportAction, SupportPlan
from mejora.territory.operations.service import Drawn
from mejora.territory.service import ServiceReport
from mejora.territory.works import Work


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing to draw from: what it is called, where it is, what it says."""

    uid: UUID
    name: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """`rows` are those that the person may read of the report's owner and year; `named` narrows
    them by words; `told` is one of them; `drawn` what the operation takes."""

    label: str
    rows: Callable[[Actor, ServiceReport], QuerySet[Any]]
    named: Callable[[str], Q]
    told: Callable[[Any], Candidate]
    drawn: Callable[[Any], Drawn]


def _plan_actions(actor: Actor, report: ServiceReport) -> QuerySet[Action]:
    years = PlanYear.objects.visible_to(actor).filter(year=report.year, school__owner=report.owner)
    found = Action.objects.live().filter(plan_year__in=years).select_related("plan_year__school")
    return found.order_by("plan_year__school__name", "number")


def _support_actions(actor: Actor, report: ServiceReport) -> QuerySet[SupportAction]:
    plans = (
        SupportPlan.objects.live().visible_to(actor).filter(owner=report.owner, year=report.year)
    )
    found = SupportAction.objects.live().filter(objective__plan__in=plans)
    living = found.filter(objective__removed_at__isnull=True)
    return living.select_related("objective__plan").order_by("objective__plan__name", "order", "pk")


def _works(actor: Actor, report: ServiceReport) -> QuerySet[Work]:
    found = Work.objects.live().visible_to(actor).filter(owner=report.owner)
    return found.select_related("school").order_by("name", "pk")


SOURCES: dict[str, Source] = {
    "pme": Source(
        "Acciones de los PME",
        _plan_actions,
        lambda q: Q(name__icontains=q) | Q(plan_year__school__in=School.objects.search(q)),
        lambda a: Candidate(a.uid, a.name, a.plan_year.school.name, a.description),
        lambda a: {"plan_action": a},
    ),
    "apoyo": Source(
        "Acciones de los planes de apoyo",
        _support_actions,
        lambda q: Q(name__icontains=q) | Q(objective__plan__name__icontains=q),
        lambda a: Candidate(a.uid, a.name, a.objective.plan.name, a.description),
        lambda a: {"support_action": a},
    ),
    "obras": Source(
        "Obras e inversiones",
        _works,
        lambda q: Q(name__icontains=q) | Q(school__in=School.objects.search(q)),
        lambda w: Candidate(w.uid, w.name, w.school.name, w.description),
        lambda w: {"work": w},
    ),
}
