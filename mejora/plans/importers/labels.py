"""The catalogue's words as files write them: any year's label, the code, the range of a level.

What no label matches is answered with the nearest one, to be named to a person; it is never taken
for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Generic, TypeVar

from mejora.core.folding import fold
from mejora.frameworks.catalogue import AreaItem, Catalogue, Item, TermItem

I = TypeVar("I", bound=Item)  # noqa: E741 - an item of the catalogue

# The transcription of 2026 has a second word for 0 %, which the catalogue keeps as a note.
_OTHER_WORDS = {"no_efectuada": ("No corresponde",)}
_RANGE = re.compile(r"(\d{1,3})\s*%?(?:\s*(?:a|al|-|–|—)\s*(\d{1,3}))?\s*%")
_NUMBER = re.compile(r"\s*(\d{1,2})\s*(?:[.):\-–]|$)")
_BETWEEN = re.compile(r"\s*[;|•\n]\s*|\s+/\s+")
_YES = frozenset({"si", "s", "1", "1,0", "x", "verdadero", "true"})
_NO = frozenset({"", "no", "n", "0", "0,0", "falso", "false", "no aplica"})


class Words(Generic[I]):
    """Items by every word they ever had, without regard to case and accents."""

    def __init__(self, items: Iterable[I], year: int) -> None:
        self.year = year
        self._items: dict[str, I] = {}
        listed = list(items)
        for item in listed:
            for label in item.labels:
                self._items.setdefault(fold(label.text), item)
        for item in listed:
            for word in (item.code, *_OTHER_WORDS.get(item.code, ())):
                self._items.setdefault(fold(word), item)

    def find(self, text: str) -> I | None:
        return self._items.get(fold(text))

    def nearest(self, text: str) -> str:
        """The word of the year most like `text`; "" when none is."""
        close = get_close_matches(fold(text)[:200], self._items, n=1, cutoff=0.6)
        return self._items[close[0]].label(self.year) if close else ""

    def expected(self, text: str) -> str:
        """What to write instead, for a message: the nearest word, or all when they are few."""
        if near := self.nearest(text):
            return f"¿Quiso decir «{near}»?"
        known = list(dict.fromkeys(item.label(self.year) for item in self._items.values()))
        return f"Se espera {', '.join(known)}." if len(known) <= 8 else "No es del catálogo."


class Labels:
    """The words of one edition, as they are read in files of `year`."""

    def __init__(self, book: Catalogue, year: int) -> None:
        self.areas = Words[AreaItem](book.areas_for_actions, year)
        self.subareas = Words[AreaItem]((s for a in book.areas for s in a.children), year)
        self.levels = Words[TermItem](book.levels, year)
        self.justifications = Words[TermItem](book.justifications, year)
        self.plans = Words[TermItem](book.normative_plans, year)
        self.sources = Words[TermItem](book.funding_sources, year)
        self._ranges = {(t.min, t.max): t for t in book.levels}
        self._numbered = {t.code: t for t in book.justifications}

    def level(self, text: str) -> TermItem | None:
        """By its range where it is written ("Implementación avanzada: 75% a 99%"), because words
        change from year to year and ranges do not; else by its word."""
        if written := _RANGE.search(text):
            low = int(written[1])
            found = self._ranges.get((low, int(written[2] or low)))
            if found:
                return found
        word = text.split(":")[0]
        return self.levels.find(word) or self.levels.find(f"Implementación {word}")

    def justification(self, text: str) -> TermItem | None:
        """By its words, or by the number that stands alone or before them."""
        if found := self.justifications.find(text):
            return found
        number = _NUMBER.match(text)
        return self._numbered.get(number[1]) if number else None

    def subareas_of(self, text: str, area: AreaItem) -> tuple[list[AreaItem], list[str]]:
        """The subdimensions that a cell names, and what it says that is none of this dimension."""
        found, unknown = [], []
        for part in _parts(text, self.subareas):
            item = self.subareas.find(part)
            if item and item.parent_id == area.pk:
                found.append(item)
            else:
                unknown.append(part)
        return list(dict.fromkeys(found)), unknown

    def plans_in(self, text: str) -> tuple[list[TermItem], list[str]]:
        """The normative plans that a cell names, and what it says that is none."""
        found, unknown = [], []
        for part in _parts(text, self.plans):
            item = self.plans.find(part)
            if item:
                found.append(item)
            else:
                unknown.append(part)
        return list(dict.fromkeys(found)), unknown


def _parts(text: str, words: Words[I]) -> list[str]:
    """The words of a cell with several: between strong marks, else between commas where each part
    is a known word ("Convivencia, Formación")."""
    parts = [part.strip(" -–•") for part in _BETWEEN.split(text)]
    found = []
    for part in parts:
        pieces = [piece.strip() for piece in part.split(",")]
        found += pieces if len(pieces) > 1 and words.find(pieces[0]) else [part]
    return [part for part in found if part]


@lru_cache(maxsize=200)
def yes_or_no(text: str) -> bool | None:
    """Sí, No, 1, 0, X or nothing; None for anything else. The official values of these columns
    are not published."""
    word = fold(text) if text not in {"1,0", "0,0"} else text
    if word in _YES:
        return True
    return False if word in _NO else None
