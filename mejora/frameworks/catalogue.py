"""An edition's areas, terms and words, read once per process and asked without a query.

Rows of plans keep only keys (`action.area_id`, `report.level_id`); a page asks here for their
words in the year that it shows: `catalogue.label(action.area_id, year)` needs no join.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from mejora.core import speech
from mejora.frameworks.models import Area, Certainty, Edition, Label, Term, TermKind


@dataclass(frozen=True, slots=True)
class DatedLabel:
    from_year: int
    text: str
    plural: str
    source: str
    certainty: Certainty

    @property
    def is_confirmed(self) -> bool:
        """Seen in the source itself; everything else says "no confirmado" wherever it stands."""
        return self.certainty is Certainty.SEEN


@dataclass(frozen=True, slots=True)
class Item:
    """What areas and terms share: a code, dated words, a source and how sure it is."""

    pk: int
    code: str
    order: int
    source: str
    certainty: Certainty
    labels: tuple[DatedLabel, ...]

    def dated(self, year: int) -> DatedLabel:
        """The words in force in `year`; the first ones for the years before them."""
        in_force = [label for label in self.labels if label.from_year <= year]
        return in_force[-1] if in_force else self.labels[0]

    def label(self, year: int) -> str:
        return self.dated(year).text

    @property
    def current(self) -> DatedLabel:
        """The newest words, for the catalogue's own page."""
        return self.labels[-1]

    @property
    def is_confirmed(self) -> bool:
        return self.certainty is Certainty.SEEN

    def word_is_confirmed(self, year: int) -> bool:
        return self.dated(year).is_confirmed


@dataclass(frozen=True, slots=True)
class AreaItem(Item):
    depth: int
    parent_id: int | None
    for_actions: bool
    children: tuple[AreaItem, ...] = ()


@dataclass(frozen=True, slots=True)
class TermItem(Item):
    kind: TermKind
    min: int | None
    max: int | None
    column: str
    note: str

    @property
    def range_text(self) -> str:
        """ "50–74 %", or "100 %" where the range is a point; empty without a range."""
        if self.min is None:
            return ""
        span = str(self.min) if self.min == self.max else f"{self.min}–{self.max}"
        return f"{span}\N{NARROW NO-BREAK SPACE}%"

    def short_label(self, year: int) -> str:
        """The word of a level without its first noun: "Implementación avanzada" → "Avanzada"."""
        word = self.label(year).removeprefix("Implementación ")
        return word[:1].upper() + word[1:]

    def level_text(self, year: int) -> str:
        """ "50–74 % Intermedia": the range first, then the year's word."""
        return f"{self.range_text} {self.short_label(year)}".strip()


@dataclass(frozen=True)
class Catalogue:
    """One edition, whole. `areas` are the top ones, each with what hangs from it."""

    edition: Edition
    areas: tuple[AreaItem, ...]
    terms: tuple[TermItem, ...]
    _areas: dict[int, AreaItem] = field(repr=False)
    _terms: dict[int, TermItem] = field(repr=False)
    _kinds: dict[TermKind, dict[str, TermItem]] = field(repr=False)

    @property
    def areas_for_actions(self) -> tuple[AreaItem, ...]:
        return tuple(area for area in self.areas if area.for_actions)

    @property
    def levels(self) -> tuple[TermItem, ...]:
        return self.of(TermKind.LEVEL)

    @property
    def justifications(self) -> tuple[TermItem, ...]:
        return self.of(TermKind.JUSTIFICATION)

    @property
    def funding_sources(self) -> tuple[TermItem, ...]:
        return self.of(TermKind.FUNDING)

    @property
    def normative_plans(self) -> tuple[TermItem, ...]:
        return self.of(TermKind.NORMATIVE_PLAN)

    def of(self, kind: TermKind) -> tuple[TermItem, ...]:
        return tuple(self._kinds.get(kind, {}).values())

    def area(self, area: Area | int) -> AreaItem:
        return self._areas[area if isinstance(area, int) else area.pk]

    def area_by_code(self, code: str) -> AreaItem:
        return next(area for area in self._areas.values() if area.code == code)

    def term(self, term: Term | int) -> TermItem:
        return self._terms[term if isinstance(term, int) else term.pk]

    def term_by_code(self, kind: TermKind, code: str) -> TermItem:
        return self._kinds[kind][code]

    def level_for_pct(self, pct: int) -> TermItem:
        """The level whose range holds a whole percentage from 0 to 100."""
        for level in self.levels:
            if level.min is not None and level.max is not None and level.min <= pct <= level.max:
                return level
        raise ValueError(f"Ningún nivel de {self.edition.code} contiene {pct} %.")

    def label(self, thing: Area | Term | Item, year: int) -> str:
        """The words for an area or a term in a year."""
        if isinstance(thing, Item):
            return thing.label(year)
        found = self.area(thing) if isinstance(thing, Area) else self.term(thing)
        return found.label(year)

    def word(self, code: str, year: int, *, plural: bool = False) -> str:
        """What this country calls a thing that Mejora knows: `word("action", 2026)` = "acción"."""
        found = self.term_by_code(TermKind.WORD, code).dated(year)
        return found.plural if plural else found.text

    def words(self, year: int) -> dict[str, str]:
        """The words of a year for a template: `words.action`, `words.action_plural`."""
        found = {}
        for term in self.of(TermKind.WORD):
            dated = term.dated(year)
            found[term.code] = dated.text
            found[f"{term.code}_plural"] = dated.plural
        return found


@cache
def of_edition(edition_id: int) -> Catalogue:
    """The catalogue of an edition: four queries the first time, none afterwards."""
    edition = Edition.objects.get(pk=edition_id)
    labels: dict[tuple[str, int], list[DatedLabel]] = {}
    rows = Label.objects.filter(area__edition=edition) | Label.objects.filter(term__edition=edition)
    for row in rows.order_by("from_year"):
        key = ("area", row.area_id) if row.area_id else ("term", row.term_id or 0)
        labels.setdefault(key, []).append(
            DatedLabel(row.from_year, row.text, row.plural, row.source, Certainty(row.certainty))
        )
    areas = _areas(edition.areas.all(), labels)
    terms = tuple(
        TermItem(
            pk=t.pk, code=t.code, order=t.order, source=t.source, certainty=Certainty(t.certainty),
            labels=tuple(labels[("term", t.pk)]), kind=TermKind(t.kind), min=t.min, max=t.max,
            column=t.column, note=t.note,
        )
        for t in edition.terms.all()
    )  # fmt: skip
    kinds: dict[TermKind, dict[str, TermItem]] = {}
    for term in terms:
        kinds.setdefault(term.kind, {})[term.code] = term
    return Catalogue(
        edition=edition,
        areas=tuple(a for a in areas.values() if a.parent_id is None),
        terms=terms,
        _areas=areas,
        _terms={t.pk: t for t in terms},
        _kinds=kinds,
    )


def _areas(
    rows: Iterable[Area], labels: dict[tuple[str, int], list[DatedLabel]]
) -> dict[int, AreaItem]:
    """The items by key, in reading order; deepest first, so that each knows its children."""
    in_order = list(rows)
    made: dict[int, AreaItem] = {}
    children: dict[int | None, list[AreaItem]] = {}
    for row in sorted(in_order, key=lambda a: (-a.depth, a.order)):
        made[row.pk] = item = AreaItem(
            pk=row.pk, code=row.code, order=row.order, source=row.source,
            certainty=Certainty(row.certainty), labels=tuple(labels[("area", row.pk)]),
            depth=row.depth, parent_id=row.parent_id, for_actions=row.for_actions,
            children=tuple(children.get(row.pk, ())),
        )  # fmt: skip
        children.setdefault(row.parent_id, []).append(item)
    return {row.pk: made[row.pk] for row in in_order}


@cache
def _editions(country_code: str) -> tuple[tuple[dt.date, int], ...]:
    rows = Edition.objects.filter(country_code=country_code).order_by("valid_from")
    return tuple(rows.values_list("valid_from", "pk"))


def in_force(country_code: str, on: dt.date) -> Catalogue:
    """The catalogue of the country's newest edition in force on a day."""
    found = [pk for valid_from, pk in _editions(country_code) if valid_from <= on]
    if not found:
        raise LookupError(f"No hay un marco de {country_code} vigente el {on}.")
    return of_edition(found[-1])


def forget() -> None:
    """Read the database again at the next question: after loading, and between tests."""
    of_edition.cache_clear()
    _editions.cache_clear()
    speech.forget()
