"""A year by months as a drawn line, beside last year's: points in the units of the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

from mejora.core import wording

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 38, 36
Number = Decimal | int | float


@dataclass(frozen=True, slots=True)
class Point:
    month: int
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """`now` and `former` are runs of points: a month that nobody told parts the line."""

    label: str
    ticks: tuple[tuple[float, str], ...]
    months: tuple[tuple[float, str], ...]
    now: tuple[tuple[Point, ...], ...]
    former: tuple[tuple[Point, ...], ...]
    band_y: float | None = None

    width, height, left, right = WIDTH, HEIGHT, LEFT, WIDTH - RIGHT

    @property
    def points(self) -> list[Point]:
        return [point for run in self.now for point in run]


def lines(
    now: Mapping[int, Number],
    former: Mapping[int, Number],
    *,
    label: str,
    say: Callable[[Number], str],
    band: Number | None = None,
    floor_at: Number | None = None,
) -> Lines | None:
    """Drawn where at least one month of the year is known. The axis may start above zero: what
    counts in a line is its course, and every value is written."""
    if not now:
        return None
    values = [*now.values(), *former.values(), *([band] if band is not None else [])]
    low, high, step = _axis(float(min(values)), float(max(values)), floor_at)
    span = (high - low) or 1

    def y(value: Number) -> float:
        return round(TOP + (high - float(value)) / span * (HEIGHT - TOP - BOTTOM), 1)

    return Lines(
        label=label,
        ticks=tuple((y(tick), say(tick)) for tick in _ticks(low, high, step)),
        months=tuple((_x(month), wording.month_short(month)) for month in range(1, 13)),
        now=_runs(now, y, say),
        former=_runs(former, y, say),
        band_y=None if band is None else y(band),
    )


def _x(month: int) -> float:
    return round(LEFT + (month - 0.5) * (WIDTH - LEFT - RIGHT) / 12, 1)


def _runs(
    values: Mapping[int, Number], y: Callable[[Number], float], say: Callable[[Number], str]
) -> tuple[tuple[Point, ...], ...]:
    runs: list[list[Point]] = []
    for month in sorted(values):
        if not runs or runs[-1][-1].month != month - 1:
            runs.append([])
        value = values[month]
        runs[-1].append(Point(month, _x(month), y(value), say(value)))
    return tuple(tuple(run) for run in runs)


def _axis(low: float, high: float, floor_at: Number | None) -> tuple[float, float, float]:
    """Round ends and a step of 1, 2 or 5 times a power of ten: three to six lines."""
    spread = max(high - low, abs(high) * 0.02, 1)
    step = next(
        base * 10**power
        for power in range(-1, 12)
        for base in (1, 2, 5)
        if spread / (base * 10**power) <= 5
    )
    start = floor(low / step) * step
    if floor_at is not None:
        start = max(start, float(floor_at))
    return start, ceil(high / step) * step, step


def _ticks(low: float, high: float, step: float) -> Sequence[float]:
    return [low + step * index for index in range(round((high - low) / step) + 1)]
