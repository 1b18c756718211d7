"""Chance that is the same on every machine and every run."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

T = TypeVar("T")


class Chance(random.Random):
    """Seeded by words, so that one school's story does not depend on how many came before it."""

    def uid(self) -> UUID:
        return UUID(int=self.getrandbits(128), version=4)

    def likely(self, share: float) -> bool:
        return self.random() < share

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """`count` of the things, in the order in which they stand."""
        chosen = sorted(self.sample(range(len(things)), min(count, len(things))))
        return [things[place] for place in chosen]

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        return first + dt.timedelta(days=self.randint(0, max(0, (last - first).days)))

    def moment(self, day: dt.date) -> dt.datetime:
        """A minute of that day's working hours, by the country's clock; nobody works on weekends,
        so that those are moved to the Friday before."""
        day -= dt.timedelta(days=max(0, day.weekday() - 4))
        minute = self.randint(10 * 60, 17 * 60 + 45)
        clock_time = dt.time(minute // 60, minute % 60, self.randint(0, 59))
        return dt.datetime.combine(day, clock_time, timezone.get_current_timezone())
