"""The year's bars as shares of its width, ready to be drawn."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mejora.core import wording

DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Axis:
    """Whole months from the first day that anything happens to the last."""

    starts_on: dt.date
    ends_on: dt.date

    @classmethod
    def around(cls, days: list[dt.date]) -> Axis:
        first, last = min(days), max(days)
        after = dt.date(last.year + last.month // DECEMBER, last.month % DECEMBER + 1, 1)
        return cls(first.replace(day=1), after - dt.timedelta(days=1))

    def start(self, day: dt.date) -> float:
        """Where a day begins, from 0 to 1."""
        length = (self.ends_on - self.starts_on).days + 1
        return round((day - self.starts_on).days / length, 4)

    def end(self, day: dt.date) -> float:
        return self.start(day + dt.timedelta(days=1))

    def has(self, day: dt.date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def months(self) -> list[dict[str, str | float]]:
        """Each month's short name and where it begins; years other than the first one told."""
        found: list[dict[str, str | float]] = []
        day = self.starts_on
        while day <= self.ends_on:
            name = wording.month_short(day)
            if found and day.month == 1:
                name = f"{name} {day.year}"
            found.append({"name": name, "at": self.start(day)})
            day = dt.date(day.year + day.month // DECEMBER, day.month % DECEMBER + 1, 1)
        return found
