"""The year's money: per source and dimension, and the amounts that look odd, with the reason.

Amounts are warned about, never capped: they are the school's estimates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

from mejora.core import wording
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import AreaItem, TermItem
from mejora.network.models import SchoolYear
from mejora.plans.models import Action, PlanYear

# Criterio de Mejora. Of 129,726 actions of 2024, 19 went over $1.000 millones: some were whole
# payrolls, some had zeros too many. Both limits together find these and few others.
TIMES_MEDIAN = 20
PER_PUPIL = 500_000


@dataclass(slots=True)
class Funded:
    """An action with what each source puts into it."""

    uid: UUID
    number: int
    name: str
    area_id: int
    is_disabled: bool
    imported_total: int | None
    by_source: dict[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_source.values())


@dataclass(frozen=True, slots=True)
class Odd:
    """An amount to look at again."""

    action: Funded
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    area: AreaItem
    action_count: int
    amounts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Money:
    sources: tuple[TermItem, ...]
    rows: tuple[Row, ...]
    totals: tuple[int, ...]
    total: int
    median: int | None
    enrolment: int | None
    actions: tuple[Funded, ...]
    odd: tuple[Odd, ...]


def of_year(plan_year: PlanYear) -> Money:
    """Live actions, disabled ones left out of the table. Two queries."""
    book = catalogue.of_edition(plan_year.plan.edition_id)
    actions = funded_actions(plan_year)
    counted = [a for a in actions if not a.is_disabled]
    used = {pk for a in counted for pk in a.by_source}
    sources = tuple(s for s in book.funding_sources if s.pk in used)
    rows = tuple(_row(area, counted, sources) for area in book.areas_for_actions)
    enrolment = enrolment_of(plan_year)
    middle = _median(counted)
    return Money(
        sources=sources,
        rows=rows,
        totals=tuple(sum(a.by_source.get(s.pk, 0) for a in counted) for s in sources),
        total=sum(a.total for a in counted),
        median=middle,
        enrolment=enrolment,
        actions=tuple(sorted(counted, key=lambda a: (-a.total, a.number))),
        odd=tuple(_odd(counted, middle, enrolment)),
    )


def _row(area: AreaItem, actions: list[Funded], sources: tuple[TermItem, ...]) -> Row:
    own = [a for a in actions if a.area_id == area.pk]
    amounts = tuple(sum(a.by_source.get(s.pk, 0) for a in own) for s in sources)
    return Row(area, len(own), amounts, sum(a.total for a in own))


def funded_actions(plan_year: PlanYear) -> list[Funded]:
    rows = (
        Action.objects.live()
        .filter(plan_year=plan_year)
        .order_by("number", "pk")
        .values_list(
            "uid", "number", "name", "area_id", "is_disabled", "imported_total",
            "fundings__source_id", "fundings__planned",
        )
    )  # fmt: skip
    found: dict[UUID, Funded] = {}
    for uid, number, name, area_id, disabled, imported, source_id, planned in rows:
        action = found.setdefault(uid, Funded(uid, number, name, area_id, disabled, imported))
        if source_id:
            action.by_source[source_id] = planned
    return list(found.values())


def enrolment_of(plan_year: PlanYear) -> int | None:
    """The pupils of that year, or of the newest year known before it."""
    return (
        SchoolYear.objects.filter(
            school=plan_year.school_id, year__lte=plan_year.year, enrolment__isnull=False
        )
        .order_by("-year")
        .values_list("enrolment", flat=True)
        .first()
    )


def _median(actions: list[Funded]) -> int | None:
    return typical(a.total for a in actions)


def typical(totals: Iterable[int]) -> int | None:
    """The median of the actions that have money: zeros would pull it down to nothing."""
    amounts = [total for total in totals if total]
    return round(median(amounts)) if amounts else None


def odd_amounts(plan_year: PlanYear) -> list[Odd]:
    actions = [a for a in funded_actions(plan_year) if not a.is_disabled]
    return list(_odd(actions, _median(actions), enrolment_of(plan_year)))


def _odd(actions: list[Funded], middle: int | None, enrolment: int | None) -> Iterator[Odd]:
    for action in actions:
        if not action.total:
            yield Odd(action, "No tiene monto en ninguna fuente.")
        elif text := out_of_proportion(action.total, middle, enrolment):
            yield Odd(action, text)
        if action.imported_total is not None and action.imported_total != action.total:
            told, summed = wording.money(action.imported_total), wording.money(action.total)
            yield Odd(action, f"El archivo decía {told} en total y sus fuentes suman {summed}.")


def out_of_proportion(total: int, middle: int | None, enrolment: int | None) -> str:
    """Why an amount looks odd beside the school's median and its pupils, or "". Both at once;
    where the enrolment is unknown, the first alone."""
    if middle is None or total <= TIMES_MEDIAN * middle:
        return ""
    if enrolment and total <= PER_PUPIL * enrolment:
        return ""
    text = (
        f"{wording.money(total)} es más de {TIMES_MEDIAN} veces la acción mediana de la escuela "
        f"({wording.money(middle)})"
    )
    if enrolment:
        text += f" y más de {wording.money(PER_PUPIL)} por estudiante"
    return f"{text}. Revise si sobran ceros."
