"""Where a school stands in a year: its first stage not yet approved in its oldest open PME year.

The census, the lists behind each of its numbers and the board all ask here, so that they agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django_stubs_ext import WithAnnotations

from mejora.network.models import SchoolYear
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Plan, PlanYear

# The states that the census tells apart: a returned stage counts as "Registro parcial".
CENSUS_STATES = (StageStatus.NOT_STARTED, StageStatus.PARTIAL, StageStatus.SENT)
_STORED = {
    StageStatus.PARTIAL: (StageStatus.PARTIAL, StageStatus.RETURNED),
}
FINISHED = Q(stage_now=StageKind.EVALUATION, status_now=StageStatus.APPROVED)


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

    def as_stored(self) -> Q:
        """The plan years that stand here."""
        return Q(
            year=self.year,
            stage_now=self.stage,
            status_now__in=_STORED.get(self.state, (self.state,)),
        )


def oldest_open(year: int) -> QuerySet[PlanYear]:
    """Of each school, its oldest year up to `year` with a stage not yet approved."""
    older = PlanYear.objects.filter(school=OuterRef("school"), year__lt=OuterRef("year"))
    return PlanYear.objects.filter(~Exists(older.exclude(FINISHED)), year__lte=year).exclude(
        FINISHED
    )


class Rest(TypedDict):
    is_finished: bool
    is_covered: bool


def without_open(
    roster: QuerySet[SchoolYear], year: int
) -> QuerySet[WithAnnotations[SchoolYear, Rest]]:
    """The schools with nothing open; `is_finished` and `is_covered` tell where they stand."""
    mine = PlanYear.objects.filter(school=OuterRef("school"))
    covering = Plan.objects.filter(
        school=OuterRef("school"), start_year__lte=year, end_year__gte=year
    )
    return roster.filter(~Exists(mine.filter(year__lte=year).exclude(FINISHED))).annotate(
        is_finished=Exists(mine.filter(year=year)), is_covered=Exists(covering)
    )


def with_nothing_open(year: int, *, is_finished: bool, is_covered: bool) -> Standing:
    """Where a school without an open year stands: at the end, or at the first stage it has yet to
    begin. A plan that covers the year already has its strategic stage."""
    if is_finished:
        return Standing(year, StageKind.EVALUATION, StageStatus.APPROVED)
    first = StageKind.PLANNING if is_covered else StageKind.STRATEGIC
    return Standing(year, first, StageStatus.NOT_STARTED)


def standing_at(
    roster: QuerySet[SchoolYear], year: int, wanted: Collection[Standing]
) -> QuerySet[SchoolYear]:
    """The schools of the roster that stand at one of `wanted`."""
    stored, at_rest = Q(pk__in=()), Q(pk__in=())
    for standing in wanted:
        stored |= standing.as_stored()
    for is_finished, is_covered in ((True, True), (False, True), (False, False)):
        if with_nothing_open(year, is_finished=is_finished, is_covered=is_covered) in wanted:
            covered = Q() if is_finished else Q(is_covered=is_covered)
            at_rest |= Q(is_finished=is_finished) & covered
    return roster.filter(
        Q(school__in=oldest_open(year).filter(stored).values("school"))
        | Q(pk__in=without_open(roster, year).filter(at_rest).values("pk"))
    )


def census(roster: QuerySet[SchoolYear], year: int, place: str) -> Counter[tuple[int, Standing]]:
    """How many schools stand where, by the key of each `place` (a path from SchoolYear to its
    region or commune). Two queries; each school once."""
    found: Counter[tuple[int, Standing]] = Counter()
    path = "school__plan_years__"
    opened = PlanYear.objects.filter(school=OuterRef("school"), year__lte=year).exclude(FINISHED)
    oldest = opened.order_by("year").values("pk")[:1]
    open_rows = (
        # Not `__in=oldest_open(year)`: without statistics SQLite tries every open year for every
        # school (seconds instead of milliseconds for the country).
        roster.filter(school__plan_years=Subquery(oldest))
        .values_list(place, f"{path}year", f"{path}stage_now", f"{path}status_now")
        .annotate(school_count=Count("pk"))
        .order_by()
    )
    for key, at, stage, status, count in open_rows:
        found[key, Standing.of(at, stage, status)] += count
    rest = (
        without_open(roster, year)
        .values_list(place, "is_finished", "is_covered")
        .annotate(school_count=Count("pk"))
        .order_by()
    )
    for key, is_finished, is_covered, count in rest:
        standing = with_nothing_open(year, is_finished=is_finished, is_covered=is_covered)
        found[key, standing] += count
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
