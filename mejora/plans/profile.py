"""Perfil institucional: how the components of a self-assessment are distributed over the scale.

The result that forms and guides show is a distribution by process and by area, never an average
(seen second-hand in forms of Secretarías): percent of the components that were rated, to two
decimals, each rounded by itself, so that four may add up to 99.99 or 100.01. What is pending is
told beside it and counts nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from mejora.frameworks.catalogue import AreaItem, Catalogue, TermItem
from mejora.frameworks.models import TermKind
from mejora.plans.assessment import Judgement, SelfAssessment
from mejora.plans.models import Plan

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Share:
    """`percent` is None where nothing was rated: not zero of anything."""

    level: TermItem
    count: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Row:
    """An area or a process, or the whole where `area` is None."""

    area: AreaItem | None
    total: int
    shares: tuple[Share, ...]

    @property
    def rated(self) -> int:
        return sum(share.count for share in self.shares)

    @property
    def pending(self) -> int:
        return self.total - self.rated


@dataclass(frozen=True, slots=True)
class AreaProfile:
    whole: Row
    processes: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    whole: Row
    areas: tuple[AreaProfile, ...]


def scale(book: Catalogue) -> tuple[TermItem, ...]:
    return book.of(TermKind.SCALE)


def components(area: AreaItem) -> list[AreaItem]:
    """The components of an area, process by process."""
    return [component for process in area.children for component in process.children]


def shares(levels: Iterable[int], steps: tuple[TermItem, ...]) -> tuple[Share, ...]:
    """How many of the rated ones stand at each step, and in percent of them."""
    found = list(levels)
    counts = [found.count(step.pk) for step in steps]
    return tuple(
        Share(step, count, percent_of(count, len(found)))
        for step, count in zip(steps, counts, strict=True)
    )


def percent_of(count: int, rated: int) -> Decimal | None:
    if not rated:
        return None
    return (Decimal(100 * count) / rated).quantize(_CENT, ROUND_HALF_UP)


def of_levels(book: Catalogue, levels: Mapping[int, int]) -> Profile:
    """`levels`: the key of a component to that of its level; those that are missing are pending."""
    steps = scale(book)

    def row(area: AreaItem | None, parts: list[AreaItem]) -> Row:
        rated = [levels[part.pk] for part in parts if part.pk in levels]
        return Row(area, len(parts), shares(rated, steps))

    areas = [area for area in book.areas if area.children]
    return Profile(
        whole=row(None, [part for area in areas for part in components(area)]),
        areas=tuple(
            AreaProfile(
                row(area, components(area)),
                tuple(row(process, list(process.children)) for process in area.children),
            )
            for area in areas
        ),
    )


def of_year(book: Catalogue, plan: Plan, year: int) -> Profile:
    """The profile of a year's self-assessment; all pending where it was not begun. One query."""
    judged = Judgement.objects.filter(
        assessment__plan=plan, assessment__year=year, level__isnull=False
    )
    return of_levels(book, dict(judged.values_list("area_id", "level_id")))


def assessment_of(plan: Plan, year: int) -> SelfAssessment | None:
    return SelfAssessment.objects.filter(plan=plan, year=year).first()
