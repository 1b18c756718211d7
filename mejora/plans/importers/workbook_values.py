"""What a cell means: a day, an amount, a word of the catalogue, another row of the workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError

from mejora.core.folding import fold
from mejora.core.forms import CommaDecimalField
from mejora.frameworks.catalogue import AreaItem, Catalogue
from mejora.plans.enums import Direction
from mejora.plans.importers import values, workbook_shape
from mejora.plans.importers.labels import Labels, Words, yes_or_no
from mejora.plans.importers.standing import number
from mejora.plans.importers.workbook_cells import small, text
from mejora.plans.importers.workbook_shape import Column, Holds, Part
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
    Goal,
    Indicator,
    Milestone,
    Objective,
    Seal,
    Strategy,
)

MODELS: dict[Part, Any] = {
    Part.SEAL: Seal,
    Part.OBJECTIVE: Objective,
    Part.GOAL: Goal,
    Part.STRATEGY: Strategy,
    Part.INDICATOR: Indicator,
    Part.ACTION: Action,
    Part.MILESTONE: Milestone,
    Part.REQUIREMENT: EvidenceRequirement,
}
_MOST = Decimal(10) ** 10
_MOST_MONEY = 10**12
_YEARS = range(1990, 2101)
_DIRECTIONS = {
    **{fold(str(d.label)): d.value for d in Direction},
    "sube": "up",
    "aumentar": "up",
    "baja": "down",
    "disminuir": "down",
}


class Wrong(Exception):  # noqa: N818 - an answer for a person
    """A cell that cannot be taken; the text says what was expected. Without a code it is told as
    the column's usual mistake."""


@dataclass(slots=True)
class Targets:
    """The rows of a sheet that others may name: by code, and by their own words."""

    noun: str = ""
    by_code: dict[str, str] = field(default_factory=dict)
    by_text: dict[str, list[str]] = field(default_factory=dict)

    def find(self, said: str) -> str | None:
        """By the code before the "·", by all its words, or by the words that a long one begins
        with."""
        code, _, rest = said.partition(" · ")
        if found := self.by_code.get(fold(code)):
            return found
        words = rest if rest else said
        exact = self.by_text.get(fold(words), [])
        if len(exact) == 1:
            return exact[0]
        if words.endswith("…"):
            start = fold(words.removesuffix("…"))
            close = [uids for key, uids in self.by_text.items() if key.startswith(start)]
            if len(close) == 1 and len(close[0]) == 1:
                return close[0][0]
        return None

    def nearest(self, said: str) -> str:
        known = {**{k: k.upper() for k in self.by_code}, **{k: k for k in self.by_text}}
        close = get_close_matches(fold(said)[:200], known, n=1, cutoff=0.6)
        return known[close[0]] if close else ""


class Meanings:
    """Reads the cells of one plan year's workbook."""

    def __init__(self, book: Catalogue, year: int) -> None:
        self.book, self.year = book, year
        self.labels = Labels(book, year)
        self.all_areas = Words[AreaItem](book.areas, year)
        self.targets = {part: Targets() for part in Part}
        self._read: dict[Holds, Callable[[Column, Any], Any]] = {
            Holds.TEXT: self._text,
            Holds.NUMBER: self._number,
            Holds.WHOLE: self._whole,
            Holds.MONEY: self._money,
            Holds.DAY: self._day,
            Holds.FLAG: self._flag,
            Holds.CHOICE: self._choice,
            Holds.REFERENCE: self._reference,
            Holds.REFERENCES: self._references,
        }

    def value(self, part: Part, column: Column, raw: Any, area: str | None) -> Any:
        """What the cell says. Raises `Wrong`. `area` is the row's dimension, for what is of it."""
        if text(raw) == "":
            return _nothing(part, column)
        if column.holds is Holds.SEVERAL:
            return self._several(column, text(raw), area)
        if column.field == "area" and part is Part.OBJECTIVE:
            return self._area(text(raw), self.all_areas)
        found = self._read[column.holds](column, raw)
        most = getattr(_field(part, column), "max_length", None)
        if isinstance(found, str) and most and len(found) > most:
            raise Wrong(f"tiene {len(found)} letras y caben {most}.")
        return found

    def _text(self, column: Column, raw: Any) -> str:
        return text(raw)

    def _number(self, column: Column, raw: Any) -> str | None:
        try:
            found = CommaDecimalField().clean(text(raw) if isinstance(raw, str) else str(raw))
        except ValidationError as error:
            raise Wrong("se esperaba un número; los decimales van con coma, como 3,5.") from error
        if found is None or abs(found) >= _MOST:
            raise Wrong("es un número demasiado grande.")
        return number(found)

    def _whole(self, column: Column, raw: Any) -> int:
        is_weight = column.field == "weight"
        low, high = (0, 100) if is_weight else (_YEARS[0], _YEARS[-1])
        if is_weight and isinstance(raw, float) and 0 < raw < 1:
            raw = round(raw * 100, 6)  # a cell with the format of a percentage
        word = text(raw).removesuffix("%").strip()
        found = small(word)
        if found is None or not low <= found <= high:
            raise Wrong(f"se esperaba un número entero entre {low} y {high}.")
        return found

    def _money(self, column: Column, raw: Any) -> int | None:
        found = values.pesos(str(raw) if isinstance(raw, float) else text(raw))
        if found is None:
            raise Wrong("se esperaba un monto en pesos enteros, como 1500000 o 1.500.000.")
        if found < 0:
            raise Wrong("se esperaba un monto de 0 o más.")
        if found > _MOST_MONEY:
            raise Wrong("es un monto demasiado grande para una acción. Revise si sobran ceros.")
        return found or None

    def _day(self, column: Column, raw: Any) -> str:
        found = raw.date() if isinstance(raw, dt.datetime) else raw
        if not isinstance(found, dt.date):
            found = values.day(text(raw)) if isinstance(raw, str) else None
        if found is None or found.year not in _YEARS:
            raise Wrong("se esperaba una fecha con día, mes y año, como 15-06-2026.")
        return found.isoformat()

    def _flag(self, column: Column, raw: Any) -> bool:
        found = yes_or_no(text(raw))
        if found is None:
            raise Wrong("se esperaba sí o no.")
        return found

    def _choice(self, column: Column, raw: Any) -> str:
        said = text(raw)
        if column.options == workbook_shape.DIRECTIONS:
            if fold(said) in _DIRECTIONS:
                return _DIRECTIONS[fold(said)]
            raise Wrong("se esperaba subir o bajar.")
        return self._area(said, self.labels.areas)

    def _area(self, said: str, words: Words[AreaItem]) -> str:
        found = words.find(said)
        if found is None:
            raise Wrong(f"no es una dimensión. {words.expected(said)}")
        return found.code

    def _several(self, column: Column, said: str, area: str | None) -> list[str]:
        if column.options == workbook_shape.PLANS:
            plans, unknown = self.labels.plans_in(said)
            if unknown:
                expected = self.labels.plans.expected(unknown[0])
                raise Wrong(f"«{unknown[0][:60]}» no es un plan por normativa. {expected}")
            return sorted(term.code for term in plans)
        if area is None:
            return []  # without its dimension nothing can be said of them; that is told there
        item = self.book.area_by_code(area)
        found, strange = self.labels.subareas_of(said, item)
        if strange:
            own = ", ".join(child.label(self.year) for child in item.children)
            raise Wrong(
                f"«{strange[0][:60]}» no es una subdimensión de {item.label(self.year)}, que "
                f"tiene: {own}."
            )
        return sorted(child.code for child in found)

    def _reference(self, column: Column, raw: Any) -> str | None:
        if column.to is None:
            raise ValueError("A reference names a sheet.")
        targets = self.targets[column.to]
        if found := targets.find(text(raw)):
            return found
        near = targets.nearest(text(raw))
        hint = f" ¿Quiso decir «{near}»?" if near else ""
        raise Wrong(f"no hay una fila así en la hoja de {targets.noun}.{hint}")

    def _references(self, column: Column, raw: Any) -> list[str]:
        said = [piece.strip() for piece in text(raw).replace(",", ";").split(";")]
        found = {self._reference(column, piece) for piece in said if piece}
        return sorted(uid for uid in found if uid)


def _nothing(part: Part, column: Column) -> Any:
    match column.holds:
        case Holds.SEVERAL | Holds.REFERENCES:
            return []
        case Holds.FLAG:
            return False
        case Holds.TEXT:
            return ""
        case Holds.CHOICE if column.options == workbook_shape.DIRECTIONS:
            return Direction.UP.value
    return None


def _field(part: Part, column: Column) -> Any:
    names = {f.name: f for f in MODELS[part]._meta.get_fields()}
    return names.get(column.field)
