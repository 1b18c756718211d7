"""The programme of an ATE's advisory as its source has it: contents, months, what it hands over."""

from __future__ import annotations

import calendar
import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "cl_asesoria_ate.toml"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A deliverable of the programme. `produced` names what Mejora itself can make for it."""

    code: str
    title: str
    month: int
    note: str = ""
    produced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    source: str
    goal: str
    hours: int
    duration: str
    contents: tuple[str, ...]
    months: tuple[str, ...]
    deliverables: tuple[Wanted, ...]

    def wanted(self, code: str) -> Wanted | None:
        return next((each for each in self.deliverables if each.code == code), None)


@lru_cache(maxsize=1)
def program() -> Program:
    told: Mapping[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
    wanted = [
        Wanted(**{**each, "produced": tuple(each.get("produced", ()))})
        for each in told["deliverable"]
    ]
    return Program(
        name=told["name"],
        source=told["source"],
        goal=told["goal"],
        hours=told["hours"],
        duration=told["duration"],
        contents=tuple(told["contents"]),
        months=tuple(told["months"]),
        deliverables=tuple(wanted),
    )


def month_of(starts_on: dt.date, number: int) -> tuple[dt.date, dt.date]:
    """First and last day of the `number`-th month of an advisory that begins on `starts_on`."""
    return _later(starts_on, number - 1), _later(starts_on, number) - dt.timedelta(days=1)


def _later(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
