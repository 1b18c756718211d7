"""What the grid and its rows are made of: filters, milestones, levels, what became of a saving."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mejora.frameworks.catalogue import TermItem
from mejora.plans.models import Milestone


@dataclass(frozen=True, slots=True)
class Tick:
    """A milestone as it stands at the end of the period."""

    milestone: Milestone
    number: int
    is_met: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an action was at the end of a period; empty when nobody said."""

    level: TermItem | None = None
    pct: int | None = None

    def text(self, year: int) -> str:
        if self.pct is not None:
            return f"{self.pct}\N{NARROW NO-BREAK SPACE}%"
        return self.level.level_text(year) if self.level else ""

    @property
    def range_text(self) -> str:
        if self.pct is not None:
            return f"{self.pct}\N{NARROW NO-BREAK SPACE}%"
        return self.level.range_text if self.level else ""

    @property
    def height(self) -> int:
        """For the order of a group's glasses: fullest first."""
        if self.pct is not None:
            return self.pct
        return self.level.min or 0 if self.level else -1


@dataclass(frozen=True, slots=True)
class Choice:
    pk: int
    range_text: str
    word: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """One of the usual filters, with how many rows it would show."""

    key: str
    label: str
    count: int
    is_current: bool

    @property
    def count_id(self) -> str:
        """What a saved row replaces on the page, so that the numbers stay true."""
        return f"cuenta-{self.key}"


SAVED, UNTOUCHED, CONFLICT, FAILED = "saved", "untouched", "conflict", "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row that was sent: `reason` when it failed, both texts at a conflict; what
    was written in it, when it could not be saved, so that nothing typed is lost."""

    state: str
    reason: str = ""
    mine: str = ""
    theirs: str = ""
    other: str = ""
    against: int | None = None
    revision: int | None = None
    note: str = ""
    level: int | None = None
    met: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_unsaved(self) -> bool:
        return self.state in {CONFLICT, FAILED}


def fingerprint(level: int | None, met: Iterable[int], note: str) -> str:
    said = repr((level, sorted(met), " ".join(note.split())))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@lru_cache(maxsize=64)
def options(choices: tuple[tuple[int, str], ...], chosen: int | None, empty: str) -> SafeString:
    """The options of a select, drawn once per choice and not forty times per page."""
    first = format_html('<option value="">{}</option>', empty)
    rest = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((pk, SafeString(" selected") if pk == chosen else "", text) for pk, text in choices),
    )
    return first + rest
