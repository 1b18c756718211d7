"""What a row of the official table says, once understood: words to codes, texts to days and pesos.

The same few words, days and amounts stand in the table hundreds of thousands of times, so each is
read once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from mejora.core import wording
from mejora.frameworks.catalogue import AreaItem, Catalogue, TermItem
from mejora.monitoring.importers.pme_columns import AMOUNTS, PLANS, TOTAL
from mejora.network.importers.records import Cells, Payload
from mejora.plans.importers.labels import Labels, yes_or_no
from mejora.plans.importers.values import day, pesos

# As the tables of plans hold them.
NAME, RESPONSIBLE, PROGRAM, ATE, NOTE = 200, 160, 120, 160, 1000
NAMELESS = "Acción sin nombre en el archivo"
ATE_UNNAMED = "ATE (el archivo no dice cuál)"


@dataclass(slots=True)
class Reading:
    """Reads rows of one year in the words of one edition."""

    book: Catalogue
    year: int
    labels: Labels = field(init=False)
    plans: dict[str, TermItem] = field(init=False)
    sources: dict[str, TermItem] = field(init=False)
    _days: dict[str, dt.date | None] = field(default_factory=dict)
    _amounts: dict[str, int | None] = field(default_factory=dict)
    _areas: dict[str, AreaItem | None] = field(default_factory=dict)
    _levels: dict[str, TermItem | None] = field(default_factory=dict)
    _whys: dict[str, TermItem | None] = field(default_factory=dict)
    _parts: dict[tuple[str, str], tuple[list[AreaItem], list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.labels = Labels(self.book, self.year)
        self.plans = {t.column: t for t in self.book.normative_plans if t.column}
        self.sources = {t.column: t for t in self.book.funding_sources if t.column}

    def read(self, cells: Cells) -> Payload | None:
        """The row's content, or None where its place or days are not understood. What fails is
        among the issues of `cells`."""
        area = self._area(cells)
        starts, ends = self._day(cells, "FECHA_INICIO"), self._day(cells, "FECHA_TERMINO")
        objective = _squeezed(cells.get("OBJETIVO"))
        if not objective:
            cells.fail("OBJETIVO", "objective-missing", "Falta el objetivo estratégico.")
        if starts and ends and ends < starts:
            cells.fail("FECHA_TERMINO", "days-crossed", "El término es anterior al inicio.")
        if area is None or starts is None or ends is None or cells.failed:
            return None
        self._check_year(cells, starts, ends)
        funding, total = self._money(cells)
        level = self._level(cells)
        return {
            "area": area.code,
            "subareas": self._subareas(cells, area),
            "objective": objective,
            "strategy": self._strategy(cells),
            "name": _name(cells),
            "description": cells.get("DESC_ACTIVIDAD"),
            "starts": starts.isoformat(),
            "ends": ends.isoformat(),
            "program": _cut(cells, "PROG_ASOCIADO", PROGRAM),
            "responsible": _cut(cells, "RESPONSABLE", RESPONSIBLE),
            "ate": _ate(cells),
            "plans": self._plans(cells),
            "funding": funding,
            "total": total,
            "level": level,
            **self._why(cells, level),
        }

    def _area(self, cells: Cells) -> AreaItem | None:
        text = cells.get("DIMENSION")
        if text not in self._areas:
            self._areas[text] = self.labels.areas.find(text)
        found = self._areas[text]
        if found is None:
            fix = self.labels.areas.nearest(text)
            expected = self.labels.areas.expected(text)
            cells.fail("DIMENSION", "area-unknown", f"No es una dimensión. {expected}", fix=fix)
        return found

    def _subareas(self, cells: Cells, area: AreaItem) -> list[str]:
        key = area.code, cells.get("SUBDIMENSION")
        if key not in self._parts:
            self._parts[key] = self.labels.subareas_of(key[1], area)
        found, unknown = self._parts[key]
        if unknown:
            near = self.labels.subareas.expected(unknown[0])
            cells.warn(
                "SUBDIMENSION",
                "subarea-unknown",
                f"«{unknown[0]}» no es una subdimensión de {area.label(self.year)}. {near} La "
                "acción entra sin ella.",
            )
        return sorted(item.code for item in found)

    def _day(self, cells: Cells, column: str) -> dt.date | None:
        text = cells.get(column)
        if text not in self._days:
            self._days[text] = day(text)
        found = self._days[text]
        if found is None:
            cells.fail(column, "day-unknown", "No es una fecha. Se espera una como 01-03-2024.")
        return found

    def _check_year(self, cells: Cells, starts: dt.date, ends: dt.date) -> None:
        """A school year may reach into the summer after it, no further."""
        if not (self.year - 1 <= starts.year <= self.year + 1 and ends.year <= self.year + 1):
            cells.warn(
                "FECHA_INICIO",
                "days-far",
                f"Las fechas se alejan de {self.year}. Se guardan como vienen.",
            )

    def _strategy(self, cells: Cells) -> str:
        text = _squeezed(cells.get("ESTRATEGIA"))
        if not text and "ESTRATEGIA" in cells.columns:
            cells.warn("ESTRATEGIA", "strategy-missing", "Sin estrategia. Queda bajo su objetivo.")
        return text

    def _level(self, cells: Cells) -> str | None:
        text = cells.get("NIV_IMPLEM")
        if not text:
            return None
        if text not in self._levels:
            self._levels[text] = self.labels.level(text)
        found = self._levels[text]
        if found is None:
            expected = self.labels.levels.expected(text)
            fix = self.labels.levels.nearest(text)
            cells.fail("NIV_IMPLEM", "level-unknown", f"No es un nivel. {expected}", fix=fix)
        return found.code if found else None

    def _why(self, cells: Cells, level: str | None) -> Payload:
        """The justification's code; what is none of the catalogue stays as the report's note."""
        text = cells.get("JUST_NIV_IMPLEM")
        if not text or level is None:
            return {"why": None, "note": ""}
        if text not in self._whys:
            self._whys[text] = self.labels.justification(text)
        if found := self._whys[text]:
            return {"why": found.code, "note": ""}
        cells.warn(
            "JUST_NIV_IMPLEM",
            "why-unknown",
            f"No es una justificación del catálogo. {self.labels.justifications.expected(text)} "
            "Se guarda como nota del informe.",
        )
        return {"why": None, "note": _cut(cells, "JUST_NIV_IMPLEM", NOTE)}

    def _plans(self, cells: Cells) -> list[str]:
        found = []
        for column in PLANS:
            text = cells.get(column)
            if not text or text == "0":
                continue
            term = self.plans[column]
            said = yes_or_no(text)
            if said is None:
                said = self.labels.plans.find(text) is term
                if not said:
                    cells.warn(
                        column,
                        "plan-unknown",
                        f"Se espera Sí o No. {term.label(self.year)} queda sin marcar.",
                    )
            if said:
                found.append(term.code)
        return sorted(found)

    # --- Money ---

    def _money(self, cells: Cells) -> tuple[dict[str, int], int | None]:
        """Per source, zeros left out; and the file's total where it is not their sum."""
        funding = {}
        for column in AMOUNTS:
            text = cells.get(column)
            if text == "0":
                continue
            amount = self._amount(cells, column, text)
            if amount:
                funding[self.sources[column].code] = amount
        return funding, self._total(cells, sum(funding.values()))

    def _amount(self, cells: Cells, column: str, text: str) -> int:
        if text not in self._amounts:
            self._amounts[text] = pesos(text)
        amount = self._amounts[text]
        if not text:
            if column in cells.columns:
                cells.warn(column, "amount-missing", "Sin monto: no se sabe si es cero.")
        elif amount is None:
            cells.fail(column, "amount-unknown", "No es un monto. Se espera uno como 8000000.")
        elif amount < 0:
            cells.fail(column, "amount-negative", "Es un monto negativo.")
        return amount or 0

    def _total(self, cells: Cells, summed: int) -> int | None:
        text = cells.get(TOTAL)
        if not text:
            return None
        if text not in self._amounts:
            self._amounts[text] = pesos(text)
        told = self._amounts[text]
        if told is None or told < 0:
            cells.warn(TOTAL, "total-unknown", "No es un monto. Queda la suma de las fuentes.")
            return None
        if told == summed:
            return None
        cells.warn(
            TOTAL,
            "total-differs",
            f"Sus fuentes suman {wording.money(summed)}. Se guardan las fuentes y, al lado, el "
            "total que dice el archivo.",
        )
        return told


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _name(cells: Cells) -> str:
    name = _squeezed(_cut(cells, "NOM_ACTIVIDAD", NAME))
    if not name:
        cells.warn("NOM_ACTIVIDAD", "name-missing", f"Sin nombre. Queda «{NAMELESS}».")
    return name or NAMELESS


def _cut(cells: Cells, column: str, most: int) -> str:
    text = cells.get(column)
    if len(text) > most:
        cells.warn(column, "text-long", f"Pasa de {most} letras. Se guarda lo que cabe.")
    return text[:most].rstrip()


def _ate(cells: Cells) -> str:
    """Whether somebody outside helps, or who. The official values are not published."""
    text = cells.get("ATE")
    said = yes_or_no(text)
    if said is None:
        cells.warn("ATE", "ate-named", "No es Sí ni No. Se toma como el nombre de la ATE.")
        return _cut(cells, "ATE", ATE)
    return ATE_UNNAMED if said else ""
