"""The year's plan in figures, for whoever may see how far a school is without reading its plan.

Stages, how many of each thing, actions by level and area, planned money. Nothing here was written
by a person: no text, no note, no name. Disabled actions are not counted, as on every page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import Catalogue, TermItem
from mejora.network.access import Actor, Deed, Reach
from mejora.network.models import School
from mejora.plans import money
from mejora.plans.models import (
    Action,
    Goal,
    Indicator,
    Milestone,
    Objective,
    PlanYear,
    PlanYearQuerySet,
    Seal,
    Stage,
    Strategy,
)
from mejora.plans.money import Money
from mejora.plans.rules import stages_of
from mejora.reports.board import Levels, levels_of


@dataclass(frozen=True, slots=True)
class InArea:
    """The actions of an area, and of each part of it. An action may serve several parts, or say
    none: the parts need not add up to `count`."""

    name: str
    count: int
    parts: tuple[tuple[str, int], ...]
    without_part: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`money` is None where the amounts may not be seen; `amounts` says why."""

    plan_year: PlanYear
    book: Catalogue
    stages: tuple[Stage, ...]
    counts: tuple[tuple[int, str], ...]
    levels: Levels
    disabled_count: int
    areas: tuple[InArea, ...]
    amounts: Decision
    money: Money | None

    @property
    def level_rows(self) -> list[tuple[TermItem | None, str, int]]:
        """Each level with the year's word and its actions, the fullest first, unreported last."""
        year = self.plan_year.year
        return [
            (each.level, each.level.short_label(year) if each.level else "", each.count)
            for each in reversed(self.levels.counts)
        ]

    @property
    def money_areas(self) -> list[str]:
        found = self.money.rows if self.money else ()
        return [row.area.label(self.plan_year.year) for row in found]

    @property
    def by_source(self) -> list[tuple[str, list[int], int]]:
        """Each source with its amount per area and its total."""
        if self.money is None:
            return []
        year, rows, totals = self.plan_year.year, self.money.rows, self.money.totals
        return [
            (source.label(year), [row.amounts[at] for row in rows], totals[at])
            for at, source in enumerate(self.money.sources)
        ]


def visible(actor: Actor) -> PlanYearQuerySet:
    """The years whose figures the person may see."""
    return PlanYear.objects.visible_to(actor, Deed.SEE_PROGRESS)


def years_of(actor: Actor, schools: Iterable[School]) -> set[tuple[int, int]]:
    """(school, year) of the plans whose figures the person may open: for the links of a list."""
    found = visible(actor).filter(school__in=[school.pk for school in schools])
    return set(found.values_list("school", "year"))


def can_see_amounts(actor: Actor, plan_year: PlanYear) -> Decision:
    """Amounts are content: who supports or supervises sees them once something was sent."""
    open_years = PlanYear.objects.visible_to(actor, Deed.SEE_AMOUNTS)
    if open_years.filter(pk=plan_year.pk).exists():
        return ALLOWED
    reach = actor.reach_at(Deed.SEE_AMOUNTS, plan_year.school)
    if reach is Reach.NEVER:
        return refused("Los montos no se muestran a su rol.")
    return refused(f"Los montos se muestran {reach.value}.")


def of_year(plan_year: PlanYear, actor: Actor) -> Figures:
    """The figures of a year that came with its place. The number of queries is constant."""
    book = catalogue.of_edition(plan_year.plan.edition_id)
    amounts = can_see_amounts(actor, plan_year)
    live = Action.objects.live().filter(plan_year=plan_year)
    counted = live.filter(is_disabled=False)
    levels = levels_of([plan_year.school_id], plan_year.year)
    return Figures(
        plan_year=plan_year,
        book=book,
        stages=tuple(stages_of(plan_year).by_kind.values()),
        counts=tuple(_counts(plan_year, counted, book.words(plan_year.year))),
        levels=levels.get(plan_year.school_id, Levels()),
        disabled_count=live.filter(is_disabled=True).count(),
        areas=tuple(_areas(counted, book, plan_year.year)),
        amounts=amounts,
        money=money.of_year(plan_year) if amounts else None,
    )


def _counts(
    plan_year: PlanYear, actions: QuerySet[Action], words: dict[str, str]
) -> Iterable[tuple[int, str]]:
    """How many of each, in the order of the chain, with the word that goes with the number."""
    plan = plan_year.plan_id
    things: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("seal", Seal.objects.live().filter(plan=plan)),
        ("objective", Objective.objects.live().filter(plan=plan)),
        ("goal", Goal.objects.live().filter(objective__plan=plan)),
        ("strategy", Strategy.objects.live().filter(plan_year=plan_year)),
        (
            "indicator",
            Indicator.objects.live().filter(
                Q(strategy__plan_year=plan_year) | Q(goal__objective__plan=plan)
            ),
        ),
        ("action", actions),
        ("milestone", Milestone.objects.live().filter(action__in=actions)),
    )
    for code, rows in things:
        if code not in words:  # the framework has no such thing
            continue
        number = rows.count()
        yield number, words[code if number == 1 else f"{code}_plural"]


def _areas(actions: QuerySet[Action], book: Catalogue, year: int) -> Iterable[InArea]:
    """Two queries: an action has one area and any number of its parts."""
    in_area = Counter(dict(actions.order_by().values_list("area").annotate(Count("pk"))))
    of_part: Counter[int] = Counter()
    without: Counter[int] = Counter()
    parts = actions.order_by().values_list("area", "subareas").annotate(Count("pk"))
    for area, part, count in parts:
        if part is None:
            without[area] += count
        else:
            of_part[part] += count
    for area in book.areas_for_actions:
        named = tuple((part.label(year), of_part[part.pk]) for part in area.children)
        yield InArea(area.label(year), in_area[area.pk], named, without[area.pk])
