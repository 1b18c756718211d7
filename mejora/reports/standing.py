"""Where a school stands in a year: its first stage not yet approved in its oldest open PME year.

The census, the lists behind each of its numbers and the board all ask here, so that they agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django_stubs_ext import WithAnnotations

from mejora.network.enums import BatchKind
from mejora.network.models import SchoolYear
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Plan, PlanYear, Stage

# The states that the census tells apart: a returned stage counts as "Registro parcial".
CENSUS_STATES = (StageStatus.NOT_STARTED, StageStatus.PARTIAL, StageStatus.SENT)
_STORED = {
    StageStatus.PARTIAL: (StageStatus.PARTIAL, StageStatus.RETURNED),
}
FINISHED = Q(stage_now=StageKind.EVALUATION, status_now=StageStatus.APPROVED)


def not_open(year: int) -> Q:
    """The plan years that are not open in the census of `year`: the finished ones, and earlier ones
    that the official table brought, as long as nobody begins their Evaluación. That table tells no
    evaluation, so it is not known to be missing (criterio de Mejora)."""
    approved_by_table = Stage.objects.filter(
        plan_year=OuterRef("pk"),
        kind=StageKind.IMPLEMENTATION,
        decided_in__kind=BatchKind.PME,
    )
    untold = Q(stage_now=StageKind.EVALUATION, status_now=StageStatus.NOT_STARTED)
    return FINISHED | (untold & Q(year__lt=year) & Q(Exists(approved_by_table)))


@dataclass(frozen=True, slots=True)
class Standing:
    """One cell of the census, region apart. `state` is never "returned"."""

    year: int
    stage: StageKind
    state: StageStatus

    @classmethod
    def of(cls, year: int, stage: str, status: str) -> Standing:
        state = StageStatus(status)
        return cls(
            year, StageKind(stage), StageStatus.PARTIAL if state == StageStatus.RETURNED else state
        )

    @property
    def is_finished(self) -> bool:
        return self.stage == StageKind.EVALUATION and self.state == StageStatus.APPROVED

    def as_places(self) -> list[str]:
        """As `with_place` tells an open year that stands here."""
        stored = _STORED.get(self.state, (self.state,))
        return [f"{self.year}.{self.stage.value}.{status.value}" for status in stored]


def oldest_open(year: int) -> QuerySet[PlanYear]:
    """Of each school, its oldest year up to `year` with a stage not yet approved."""
    older = PlanYear.objects.filter(school=OuterRef("school"), year__lt=OuterRef("year"))
    closed = not_open(year)
    return PlanYear.objects.filter(~closed, ~Exists(older.filter(~closed)), year__lte=year)


class Placed(TypedDict):
    """`place`: "2025.planning.returned" of the oldest open year, or one of the three below."""

    place: str


_ENDED, _COVERED, _NEW = "ended", "covered", "new"


def with_place(
    roster: QuerySet[SchoolYear], year: int
) -> QuerySet[WithAnnotations[SchoolYear, Placed]]:
    """Where each school stands, found by one walk through its own years.

    A join with `oldest_open` says the same; without statistics SQLite needs seconds for it, and
    PostgreSQL five times as long as for this.
    """
    mine = PlanYear.objects.filter(school=OuterRef("school"))
    covering = Plan.objects.filter(
        school=OuterRef("school"), start_year__lte=year, end_year__gte=year
    )
    dot = Value(".")
    oldest = (
        mine.filter(year__lte=year)
        .exclude(not_open(year))
        .order_by("year")
        .values_list(Concat(Cast("year", CharField()), dot, "stage_now", dot, "status_now"))[:1]
    )
    at_rest = Case(
        When(Exists(mine.filter(year=year)), then=Value(_ENDED)),
        When(Exists(covering), then=Value(_COVERED)),
        default=Value(_NEW),
    )
    return roster.annotate(place=Coalesce(Subquery(oldest), at_rest, output_field=CharField()))


def with_nothing_open(year: int, *, is_finished: bool, is_covered: bool) -> Standing:
    """Where a school without an open year stands: at the end, or at the first stage it has yet to
    begin. A plan that covers the year already has its strategic stage."""
    if is_finished:
        return Standing(year, StageKind.EVALUATION, StageStatus.APPROVED)
    first = StageKind.PLANNING if is_covered else StageKind.STRATEGIC
    return Standing(year, first, StageStatus.NOT_STARTED)


def _at_rest(year: int) -> dict[str, Standing]:
    return {
        _ENDED: with_nothing_open(year, is_finished=True, is_covered=True),
        _COVERED: with_nothing_open(year, is_finished=False, is_covered=True),
        _NEW: with_nothing_open(year, is_finished=False, is_covered=False),
    }


def _read(place: str, year: int) -> Standing:
    if place in (at_rest := _at_rest(year)):
        return at_rest[place]
    at, stage, status = place.split(".")
    return Standing.of(int(at), stage, status)


def standing_at(
    roster: QuerySet[SchoolYear], year: int, wanted: Collection[Standing]
) -> QuerySet[WithAnnotations[SchoolYear, Placed]]:
    """The schools of the roster that stand at one of `wanted`."""
    places = [place for place, standing in _at_rest(year).items() if standing in wanted]
    for standing in wanted:
        places += standing.as_places()
    return with_place(roster, year).filter(place__in=places)


def census(roster: QuerySet[SchoolYear], year: int, by: str) -> Counter[tuple[int, Standing]]:
    """How many schools stand where, by the key of their region or commune (`by` is the path to it
    from SchoolYear). One query; each school once."""
    found: Counter[tuple[int, Standing]] = Counter()
    counted = (
        with_place(roster, year)
        .order_by()
        .values_list(by, "place")
        .annotate(school_count=Count("pk"))
    )
    for key, place, count in counted:
        found[key, _read(place, year)] += count
    return found


@dataclass(frozen=True, slots=True)
class SchoolStanding:
    """The standing of one school, with the state as it is stored ("Devuelto" included)."""

    standing: Standing
    status: StageStatus


def of_schools(schools: Iterable[int], year: int) -> dict[int, SchoolStanding]:
    """Where each of these schools stands. Three queries, however many they are."""
    keys = list(schools)
    finished = set(
        PlanYear.objects.filter(school__in=keys, year=year).values_list("school", flat=True)
    )
    covered = set(
        Plan.objects.filter(school__in=keys, start_year__lte=year, end_year__gte=year).values_list(
            "school", flat=True
        )
    )
    found = {}
    for key in keys:
        standing = with_nothing_open(year, is_finished=key in finished, is_covered=key in covered)
        found[key] = SchoolStanding(standing, standing.state)
    rows = oldest_open(year).filter(school__in=keys)
    for key, at, stage, status in rows.values_list("school", "year", "stage_now", "status_now"):
        found[key] = SchoolStanding(Standing.of(at, stage, status), StageStatus(status))
    return found
