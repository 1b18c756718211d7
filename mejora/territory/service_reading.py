"""A Service's report as it reads: counted now from its rows, or as it stood when it was issued.

Both give the same tree, so that screen, Word and PDF say the same of a draft and of an edition.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Prefetch

from mejora.plans.snapshots import canonical
from mejora.territory import words
from mejora.territory.enums import FigureKind
from mejora.territory.service import IssuedReport, ServiceAction, ServiceObjective, ServiceReport
from mejora.territory.service_figures import Counting, Fact
from mejora.territory.words import Ranked

SCHEMA_NO = 1


@dataclass(frozen=True, slots=True)
class ActionRead:
    """`origin` says in words what the action was drawn from; empty for the Service's own."""

    uid: str
    rank: int
    title: str
    text: str
    origin: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveRead:
    uid: str
    text: str
    justification: str
    actions: tuple[ActionRead, ...]
    words: Ranked  # of all that was written here, for the word cloud


@dataclass(frozen=True, slots=True)
class Reading:
    owner: str
    year: int
    context: str
    objectives: tuple[ObjectiveRead, ...]
    is_sample: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.objectives


def objectives_of(report: ServiceReport) -> list[ServiceObjective]:
    """The living objectives with their living actions and where these come from. Three queries."""
    actions = (
        ServiceAction.objects.live()
        .select_related(
            "plan_action__plan_year__school",
            "support_action__objective__plan",
            "work__school",
        )
        .prefetch_related("figures")
    )
    found = ServiceObjective.objects.live().filter(report=report)
    return list(found.prefetch_related(Prefetch("actions", actions)))


def read(report: ServiceReport, objectives: list[ServiceObjective] | None = None) -> Reading:
    """The report as it is now, its figures counted."""
    counting = Counting(report.owner, report.year)
    listed = objectives_of(report) if objectives is None else objectives
    return Reading(
        owner=report.owner.name,
        year=report.year,
        context=report.context,
        objectives=tuple(_objective(each, counting) for each in listed),
        is_sample=counting.schools.filter(is_sample=True).exists(),
    )


def _objective(thing: ServiceObjective, counting: Counting) -> ObjectiveRead:
    actions = list(thing.actions.all())
    written = [thing.justification, *(f"{a.title}\n{a.text}" for a in actions)]
    return ObjectiveRead(
        uid=str(thing.uid),
        text=thing.text,
        justification=thing.justification,
        actions=tuple(_action(each, counting) for each in actions),
        words=words.ranked("\n".join(written)),
    )


def _action(thing: ServiceAction, counting: Counting) -> ActionRead:
    chosen = {figure.kind for figure in thing.figures.all()}
    return ActionRead(
        uid=str(thing.uid),
        rank=thing.rank,
        title=thing.title,
        text=thing.text,
        origin=origin(thing),
        facts=tuple(counting.fact(kind) for kind in FigureKind if kind in chosen),
    )


def origin(thing: ServiceAction) -> str:
    """What the action was drawn from, in words."""
    if thing.plan_action:
        year = thing.plan_action.plan_year
        return f"Acción {thing.plan_action.number} del PME {year.year} de {year.school.name}"
    if thing.support_action:
        return f"Acción del plan de apoyo «{thing.support_action.objective.plan.name}»"
    if thing.work:
        return f"Obra o inversión en {thing.work.school.name}"
    return ""


# Frozen -------------------------------------------------------------------------------------------


def frozen(reading: Reading) -> tuple[str, str]:
    """The canonical text of a reading, and its hash."""
    return canonical(asdict(reading))


def read_back(edition: IssuedReport) -> Reading:
    """An edition from its own content, whatever its rows say today."""
    told: Mapping[str, Any] = json.loads(edition.content)
    objectives = tuple(_objective_back(each) for each in told["objectives"])
    return Reading(**{**told, "objectives": objectives})


def _objective_back(told: Mapping[str, Any]) -> ObjectiveRead:
    actions = tuple(
        ActionRead(**{**each, "facts": tuple(_fact_back(fact) for fact in each["facts"])})
        for each in told["actions"]
    )
    ranked = tuple((word, count) for word, count in told["words"])
    return ObjectiveRead(**{**told, "actions": actions, "words": ranked})


def _fact_back(told: Mapping[str, Any]) -> Fact:
    return Fact(**{**told, "rows": tuple((name, value) for name, value in told["rows"])})
