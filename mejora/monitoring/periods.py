"""The periods of a school year: how they are cut, what they are called, which one is due."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from mejora.core.wording import MONTHS, month_name, month_short
from mejora.frameworks.models import Edition
from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import Period

# The part of an address that names a period: its month where it has one, else its number.
SLUG_PATTERN = rf"{'|'.join(MONTHS)}|\d{{1,3}}"
DAYS_TO_REPORT = 10  # after a period ends (criterio de Mejora)
_MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF: 6}
WEEK = 7


class Numbered(Protocol):
    """A span of a year in its place: a Period, or what was read of one."""

    @property
    def number(self) -> int: ...
    @property
    def starts_on(self) -> dt.date: ...
    @property
    def ends_on(self) -> dt.date: ...


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


def _is_week(period: Numbered) -> bool:
    return (period.ends_on - period.starts_on).days < WEEK


def _is_month(period: Numbered) -> bool:
    """Within one month and more than a week of it; no other period of the year is of that month,
    because a year that changes to months is cut at the end of what it had."""
    first, last = period.starts_on, period.ends_on
    return not _is_week(period) and (first.year, first.month) == (last.year, last.month)


def slug(period: Numbered) -> str:
    """How an address names it: ".../monitoreo/2026/noviembre/", ".../2026/3/" for a quarter."""
    return month_name(period.starts_on) if _is_month(period) else str(period.number)


def by_slug(periods: Iterable[Period], wanted: str) -> Period | None:
    return next((period for period in periods if slug(period) == wanted), None)


def name(period: Numbered) -> str:
    """ "agosto", "marzo a mayo", "semana del 3 de agosto": how people call it."""
    first, last = period.starts_on, period.ends_on
    if _is_week(period):
        return f"semana del {first.day} de {month_name(first)}"
    if _is_month(period):
        return month_name(first)
    return f"{month_name(first)} a {month_name(last)}"


def short_name(period: Numbered) -> str:
    """The same for a column's head: "agosto", "mar–may", "3 ago"."""
    first, last = period.starts_on, period.ends_on
    if _is_week(period):
        return f"{first.day} {month_short(first)}"
    if _is_month(period):
        return month_name(first)
    return f"{month_short(first)}–{month_short(last)}"
