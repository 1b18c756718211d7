"""The territory's figures of a year, summed from what its schools had each month.

How each is counted is "criterio de Mejora" and stands beside it on the page: no official formula
of a Service's monthly figures is published. Sums, never averages of averages: a school weighs what
its pupils weigh.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import (
    Count,
    ExpressionWrapper,
    F,
    FilteredRelation,
    FloatField,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
)

from mejora.network.models import ImportBatch, School
from mejora.territory import rates
from mejora.territory.models import Capacity, SchoolMonth

# A month counts as told once so many of the schools that ever told a month of the year did.
TOLD = Decimal("0.95")
MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the territory. `attending` and `enrolling` are how many schools told each."""

    year: int
    month: int
    attended: int | None
    possible: int | None
    pupils: int | None
    left: int | None
    attending: int
    enrolling: int

    @property
    def attendance(self) -> Decimal | None:
        """In percent."""
        return rates.rate(self.attended, self.possible)


@dataclass(frozen=True, slots=True)
class Part:
    """A commune or a region of the territory. `seats` and `seated` are of the schools whose seats
    are known; `at_peak` and `withdrawals` of all."""

    code: str
    name: str
    seats: int | None
    seated: int | None
    at_peak: int | None
    withdrawals: int | None

    @property
    def occupancy(self) -> Decimal | None:
        return rates.rate(self.seated, self.seats)

    @property
    def dropout(self) -> Decimal | None:
        return rates.rate(self.withdrawals, self.at_peak)


class Figures:
    """The figures of some schools in a year; each is asked of the database once. `by` says what
    the territory's parts are: communes, or the regions of a country."""

    def __init__(self, schools: QuerySet[School], year: int, *, by_region: bool = False) -> None:
        self.schools, self.year = schools, year
        self.by = "commune__region" if by_region else "commune"

    @property
    def _rows(self) -> QuerySet[SchoolMonth]:
        """A country's are summed in the order of the index of sums: school after school, as
        SQLite would by itself, takes three times as long."""
        if self.by == "commune":
            return of(self.schools)
        rows = SchoolMonth.objects.alias(whose=F("school_id") + 0)  # hidden from the other index
        return rows.filter(whose__in=self.schools.order_by().values("pk"))

    @cached_property
    def _months(self) -> dict[tuple[int, int], Month]:
        rows = self._rows.filter(year__in=(self.year - 1, self.year))
        months = rows.order_by("year", "month").values("year", "month")
        summed: Any = months.annotate(**_SUMS)
        return {(row["year"], row["month"]): Month(**row) for row in summed}

    @property
    def months(self) -> list[Month]:
        """The months of the year that some school told, in order."""
        return [month for (year, _), month in self._months.items() if year == self.year]

    def before(self, month: Month) -> Month:
        """The same month of last year; with nothing known where nobody told it."""
        nothing = Month(month.year - 1, month.month, None, None, None, None, 0, 0)
        return self._months.get((month.year - 1, month.month), nothing)

    @property
    def former(self) -> list[Month]:
        return [month for (year, _), month in self._months.items() if year == self.year - 1]

    # Attendance ------------------------------------------------------------------------------

    @cached_property
    def attended(self) -> list[Month]:
        """The months whose attendance enough schools told."""
        return _told(self.months, "attending")

    @property
    def newest(self) -> Month | None:
        """The newest of them: the one by which schools are looked at."""
        return self.attended[-1] if self.attended else None

    @property
    def second(self) -> Month | None:
        """The month with classes before the newest."""
        return self.attended[-2] if len(self.attended) > 1 else None

    @cached_property
    def attendance(self) -> Decimal | None:
        """Of the whole year so far: all days attended of all days worked."""
        return rates.rate(_sum(self.months, "attended"), _sum(self.months, "possible"))

    # Enrolment -------------------------------------------------------------------------------

    @cached_property
    def enrolled(self) -> list[Month]:
        """The months whose enrolment enough schools told."""
        return _told(self.months, "enrolling")

    @property
    def last(self) -> Month | None:
        return self.enrolled[-1] if self.enrolled else None

    @property
    def peak(self) -> Month | None:
        """The month with most pupils, the first of equals."""
        return max(self.enrolled, key=lambda month: month.pupils or 0, default=None)

    @property
    def loss(self) -> int | None:
        """Pupils fewer in the last month than in the peak: 28.530 → 28.168 is −362."""
        if self.last is None or self.peak is None:
            return None
        return (self.last.pupils or 0) - (self.peak.pupils or 0)

    @property
    def loss_share(self) -> Decimal | None:
        return rates.rate(self.loss, self.peak.pupils if self.peak else None)

    # Seats and withdrawals -------------------------------------------------------------------

    @cached_property
    def parts(self) -> list[Part]:
        """The communes by name, or the regions from north to south; three queries."""
        last, peak = (month.month if month else 0 for month in (self.last, self.peak))
        seats = Capacity.objects.filter(school__in=self.schools, year=self.year)
        # The rows are of these schools already: asking again whose the seats are costs a join.
        known = Capacity.objects.filter(year=self.year).values("school")
        seated = Q(month=last, school__in=known)
        place = f"school__{self.by}"
        rows: Any = self._rows.filter(year=self.year).values(place).order_by()
        told = rows.annotate(
            seated=Sum("enrolled", filter=seated),
            at_peak=Sum("enrolled", filter=Q(month=peak)),
            left=Sum("withdrawals"),
        )
        pupils: dict[int, dict[str, int | None]] = {row[place]: row for row in told}
        total = dict(seats.values_list(place).annotate(total=Sum("seats")).order_by())
        return [
            Part(
                code=code,
                name=name,
                seats=total.get(pk),
                seated=pupils.get(pk, {}).get("seated"),
                at_peak=pupils.get(pk, {}).get("at_peak"),
                withdrawals=pupils.get(pk, {}).get("left"),
            )
            for pk, code, name in self._names
        ]

    @cached_property
    def _names(self) -> list[tuple[int, str, str]]:
        order = "name_folded" if self.by == "commune" else "order"
        found = self.schools.order_by(f"{self.by}__{order}", self.by)
        return list(found.values_list(self.by, f"{self.by}__code", f"{self.by}__name").distinct())

    @cached_property
    def whole(self) -> Part:
        """The parts together."""
        names = ("seats", "seated", "at_peak", "withdrawals")
        return Part("", "Todo el territorio", **{n: _sum(self.parts, n) for n in names})

    @cached_property
    def brought_at(self) -> Any:
        """When the newest month's figures were brought in; None where there is none."""
        at = {month.month for month in (self.newest, self.last) if month}
        rows = of(self.schools).filter(year=self.year, month__in=at)
        told = rows.aggregate(a=Max("attendance_batch"), f=Max("figures_batch"))
        pks = [pk for pk in told.values() if pk]
        return ImportBatch.objects.filter(pk__in=pks).aggregate(at=Max("applied_at"))["at"]


_SUMS: Mapping[str, Any] = {
    "attended": Sum("attended_days"),
    "possible": Sum("possible_days"),
    "pupils": Sum("enrolled"),
    "left": Sum("withdrawals"),
    "attending": Count("possible_days"),
    "enrolling": Count("enrolled"),
}


def of(schools: QuerySet[School]) -> QuerySet[SchoolMonth]:
    """The months of these schools."""
    return SchoolMonth.objects.filter(school__in=schools.order_by().values("pk"))


def years(schools: QuerySet[School]) -> list[int]:
    """From the newest year with figures back to the oldest; both ends are found by the index."""
    told = of(schools).values_list("year", flat=True)
    newest = told.order_by("-year", "-month").first()
    oldest = told.order_by("year", "month").first()
    return list(range(newest, (oldest or newest) - 1, -1)) if newest else []


def _told(months: Iterable[Month], count: str) -> list[Month]:
    """The months that enough schools told: one that half of them did would look like a loss."""
    listed = [month for month in months if getattr(month, count)]
    most = max((getattr(month, count) for month in listed), default=0)
    return [month for month in listed if getattr(month, count) >= TOLD * most]


def _sum(rows: Iterable[Any], name: str) -> int | None:
    known = [value for row in rows if (value := getattr(row, name)) is not None]
    return sum(known) if known else None


# Schools -----------------------------------------------------------------------------------------


def schools_of(
    schools: QuerySet[School], newest: Month | None, second: Month | None
) -> QuerySet[SchoolMonth]:
    """The schools with their attendance of the newest month (`now`, in percent) and how many
    points it rose since the month with classes before (`rise`)."""
    rows = of(schools).filter(possible_days__gt=0)
    rows = rows.filter(year=newest.year, month=newest.month) if newest else rows.none()
    before: Any = Value(None, output_field=FloatField())
    if second is not None:
        # A join, not a subquery: the percent and the rise, shown, filtered and ordered by, would
        # each ask for it anew.
        then = {"year": second.year, "month": second.month, "possible_days__gt": 0}
        month = Q(**{f"school__months__{name}": value for name, value in then.items()})
        rows = rows.annotate(earlier=FilteredRelation("school__months", condition=month))
        before = _percent("earlier__")
    return rows.annotate(now=_percent(), before=before).annotate(rise=F("now") - F("before"))


def _percent(of: str = "") -> ExpressionWrapper[Any]:
    share = 100.0 * F(f"{of}attended_days") / F(f"{of}possible_days")
    return ExpressionWrapper(share, output_field=FloatField())
