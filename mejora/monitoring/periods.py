"""The periods of a school year: how they are cut, what they are called, which one is due."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mejora.frameworks.models import Edition
from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import Period

DAYS_TO_REPORT = 10  # after a period ends (criterio de Mejora)
_MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF: 6}
_NAMES = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


@dataclass(frozen=True, slots=True)
class Span:
    starts_on: dt.date
    ends_on: dt.date

    @property
    def due_on(self) -> dt.date:
        return self.ends_on + dt.timedelta(days=DAYS_TO_REPORT)


def school_year(edition: Edition, year: int) -> Span:
    """First and last day of the school year that starts in `year`; it may end in the next."""
    first, last = _day(year, edition.year_starts), _day(year, edition.year_ends)
    return Span(first, last if last > first else _day(year + 1, edition.year_ends))


def _day(year: int, month_day: str) -> dt.date:
    month, day = (int(part) for part in month_day.split("-"))
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def spans(frequency: Frequency, whole: Span) -> Iterator[Span]:
    """The year cut without gap or overlap; the last one ends with the year. Weeks begin on
    Monday, months on the first."""
    start = whole.starts_on
    while start <= whole.ends_on:
        after = _next_start(frequency, start)
        yield Span(start, min(after - dt.timedelta(days=1), whole.ends_on))
        start = after


def _next_start(frequency: Frequency, start: dt.date) -> dt.date:
    if frequency is Frequency.WEEK:
        return start + dt.timedelta(days=7 - start.weekday())
    months = start.year * 12 + start.month - 1 + _MONTHS[frequency]
    return dt.date(months // 12, months % 12 + 1, 1)


def after(kept: Span | None, whole: Span, frequency: Frequency) -> list[Span]:
    """The spans of the year that begin after `kept`; the first is cut to where it ended."""
    if kept is None:
        return list(spans(frequency, whole))
    rest = [span for span in spans(frequency, whole) if span.ends_on > kept.ends_on]
    first_day = kept.ends_on + dt.timedelta(days=1)
    return [Span(max(span.starts_on, first_day), span.ends_on) for span in rest]


def to_report(periods: Sequence[Period], on: dt.date) -> Period | None:
    """The one people are asked for: the first whose time to report has not passed; at the end of
    the year its last one."""
    in_time = (period for period in periods if period.due_on >= on)
    return next(in_time, periods[-1] if periods else None)


def name(period: Period) -> str:
    """ "agosto", "marzo a mayo", "semana del 3 de agosto": how people call it."""
    first, last = period.starts_on, period.ends_on
    if (last - first).days < 7:
        return f"semana del {first.day} de {_NAMES[first.month - 1]}"
    if (first.year, first.month) == (last.year, last.month):
        return _NAMES[first.month - 1]
    return f"{_NAMES[first.month - 1]} a {_NAMES[last.month - 1]}"


def short_name(period: Period) -> str:
    """The same for a column's head: "agosto", "mar–may", "3 ago"."""
    first, last = period.starts_on, period.ends_on
    if (last - first).days < 7:
        return f"{first.day} {_NAMES[first.month - 1][:3]}"
    if (first.year, first.month) == (last.year, last.month):
        return _NAMES[first.month - 1]
    return f"{_NAMES[first.month - 1][:3]}–{_NAMES[last.month - 1][:3]}"
