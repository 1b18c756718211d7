"""Made-up figures of the made-up Service: its schools' months of this year and the former one.

They sum to what the Service of seed 002 told of itself: 32,309 seats, 28,530 pupils in May and
28,168 in the last month, 323 withdrawals, attendance from 90 % down to 86 %.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from mejora.network.models import ImportBatch
from mejora.sample.chance import Chance
from mejora.sample.places import Place
from mejora.territory.models import Capacity, SchoolMonth
from mejora.territory.operations import raising

SEATS, PEAK_EXTRA, WITHDRAWALS = 32_309, 362, 323
FORMER = 1.012  # pupils of the former year, for one of this
FIRST_MONTH, PEAK_MONTH, LAST_MONTH = 3, 5, 12
# Days with classes; July has two weeks of holidays.
DAYS = {3: 20, 4: 20, 5: 20, 6: 19, 7: 12, 8: 20, 9: 17, 10: 21, 11: 20, 12: 10}
# Percent of the days that are attended, in the territory: winter and the year's end are low.
COURSE = {3: 91, 4: 90.5, 5: 90, 6: 88.5, 7: 87.5, 8: 88, 9: 88.5, 10: 87.5, 11: 87, 12: 86}
FORMERLY = 0.9  # points more in the former year
# Points that a school lies under the course in its last two months: these raise alerts.
FALLING = {"90007": 5.5, "90021": 6.2, "90044": 4.6}
# Those that are low one month only, or rise.
LOW_NOW = {"90003": 4.4, "90018": 4.1, "90030": 5.0, "90052": 4.2}
RISING = {"90009": 4.4, "90026": 3.9, "90037": 4.1, "90048": 3.6}


def write(places: Sequence[Place], batch: ImportBatch, year: int, on: dt.date) -> int:
    """Write months and seats, then raise what they raise. Returns how many months."""
    last = min(on.month - 1, LAST_MONTH) if on.year == year else LAST_MONTH
    rows = []
    if last >= FIRST_MONTH:
        rows += _year(places, batch, year, last)
    rows += _year(places, batch, year - 1, LAST_MONTH, FORMER)
    SchoolMonth.objects.bulk_create(rows)
    weights = [(place.pupils + 8) * _roominess(place) for place in places]
    seats = shared(SEATS - sum(place.pupils for place in places), weights)
    Capacity.objects.bulk_create(
        Capacity(school=place.school, year=of_year, seats=place.pupils + free, batch=batch)
        for place, free in zip(places, seats, strict=True)
        for of_year in (year - 1, year)
    )
    raising.look([place.school.pk for place in places], batch)
    return len(rows)


def shared(total: int, weights: Sequence[float]) -> list[int]:
    """A total among all by their weights, in whole numbers that add up to it."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_rest = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for index in by_rest[: total - sum(parts)]:
        parts[index] += 1
    return parts


def _year(
    places: Sequence[Place], batch: ImportBatch, year: int, last: int, more: float = 1
) -> list[SchoolMonth]:
    pupils = [round(place.pupils * more) for place in places]
    weights = [float(count) for count in pupils]
    extra = {month: shared(_extra(month, last), weights) for month in range(FIRST_MONTH, last + 1)}
    chance = Chance(f"withdrawals {year}")
    left = shared(WITHDRAWALS, [w * chance.uniform(0.3, 1.7) for w in weights])
    rows = []
    for index, place in enumerate(places):
        school_chance = Chance(f"figures {place.school.code} {year}")
        months = range(FIRST_MONTH, last + 1)
        left_in = shared(left[index], [school_chance.uniform(0.2, 1) for _ in months])
        for position, month in enumerate(months):
            enrolled = pupils[index] + extra[month][index]
            possible = enrolled * DAYS[month]
            percent = _percent(place.school.code, month, last, school_chance)
            if more > 1:
                percent = COURSE[month] + _own(place.school.code) + FORMERLY
            rows.append(
                SchoolMonth(
                    school=place.school,
                    year=year,
                    month=month,
                    enrolled=enrolled,
                    withdrawals=left_in[position],
                    attended_days=round(possible * percent / 100),
                    possible_days=possible,
                    attendance_batch=batch,
                    figures_batch=batch,
                )
            )
    return rows


def _extra(month: int, last: int) -> int:
    """Pupils more than in the last month: 362 in May, fewer on both sides."""
    if month == last:
        return 0
    if month < PEAK_MONTH:
        return round(PEAK_EXTRA * (0.55, 0.85)[month - FIRST_MONTH])
    return round(PEAK_EXTRA * (last - month) / max(1, last - PEAK_MONTH))


def _percent(code: str, month: int, last: int, chance: Chance) -> float:
    """What a school's pupils attend of a month's days."""
    own = _own(code)
    percent = COURSE[month] + own + chance.uniform(-0.35, 0.35)
    for shifts, first in ((FALLING, last - 1), (LOW_NOW, last)):
        if code in shifts and month >= first:
            percent = COURSE[month] - shifts[code] + chance.uniform(-0.2, 0.2)
    if code in RISING and month == last:
        percent += RISING[code]
    return min(percent, 99.0)


def _roominess(place: Place) -> float:
    """How many seats a commune's schools have free, next to the others'."""
    return Chance(f"seats {place.school.commune.name}").uniform(0.3, 2.2)


def _own(code: str) -> float:
    """How far a school lies from the course, year in, year out: never far below."""
    return Chance(f"attendance {code}").uniform(-0.9, 1.9)
