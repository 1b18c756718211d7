"""Clasificación de planteles SABER 11, as the ICFES publishes it: a row per school and grade.

Three dialects were seen: `¬` with decimal comma (2021), a bar between tabs in Latin-1 with decimal
point (2018), and commas (2017), whose file has every DANE code destroyed by a spreadsheet: that
one is refused whole. A school that Mejora does not have comes in with its municipality, its sector
and the Secretaría of its municipality.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from mejora.core.spreadsheets import Table
from mejora.network.colombia import SaberCategory, SaberResult
from mejora.network.enums import COLOMBIA
from mejora.network.importers import bulk, colombian
from mejora.network.importers.records import (
    Cells,
    Checked,
    Issue,
    Outcome,
    Payload,
    columns_of,
    whole_number,
)
from mejora.network.importers.undoing import Thing, Undoing
from mejora.network.models import ImportBatch, ImportRow, School
from mejora.people.models import User

NEEDED = {
    "PERIODO": ("PERIODO",),
    "DANE": ("COLE_COD_DANE",),
    "NOMBRE": ("COLE_INST_NOMBRE",),
    "MUNICIPIO": ("COLE_CODMPIO_COLEGIO",),
    "SECTOR": ("COLE_NATURALEZA",),
    "GRADO": ("COLE_GRADO",),
    "INDICE_TOTAL": ("INDICE_TOTAL",),
    "CATEGORIA": ("COLE_CATEGORIA",),
}
OPTIONAL = {
    "MATRICULADOS": ("MATRICULADOS_ULTIMOS_3",),
    "EVALUADOS": ("EVALUADOS_ULTIMOS_3",),
}
WANTED = tuple(names[0] for names in NEEDED.values())
GRADES = (11, 26)
RESULT = ("category", "index", "enrolled", "evaluated", "batch")
_NAMES = {
    "category": "la categoría",
    "index": "el índice",
    "enrolled": "los matriculados",
    "evaluated": "los evaluados",
    "batch": "",
}


class Reader:
    def __init__(self, table: Table, year: int | None) -> None:
        self.table, self.asked, self.year = table, year, year
        self.columns = columns_of(table, NEEDED, OPTIONAL)
        self.places = colombian.places()
        self.known = set(
            School.objects.filter(country__code=COLOMBIA).values_list("code", flat=True)
        )
        self.stored = _stored()
        self.seen: dict[str, int] = {}

    def __iter__(self) -> Iterator[Checked]:
        for row in self.table.rows:
            yield self._check(Cells(row, self.columns, len(self.table.header)))

    def _check(self, cells: Cells) -> Checked:
        cells.check_width()
        code = colombian.dane_of(cells)
        period = self._period(cells)
        grade = whole_number(cells.get("GRADO"))
        if grade not in GRADES:
            cells.fail("GRADO", "grade-unknown", "Se espera 11, o 26 para el ciclo de adultos.")
        key = f"{code} {period} {grade}"
        if first := self.seen.get(key):
            cells.fail("DANE", "row-repeated", f"Ese colegio y grado ya está en la fila {first}.")
        payload = self._payload(cells)
        if code is None or cells.failed:
            return cells.refused(cells.get("DANE"))
        self.seen[key] = cells.row.line
        return self._compare(cells, key, code, {**payload, "period": period, "grade": grade})

    def _period(self, cells: Cells) -> int | None:
        """ "20211": the year and which of its two periods. The file speaks of one year."""
        period = whole_number(cells.get("PERIODO"))
        if period is None or not 19901 <= period <= 21002:
            cells.fail("PERIODO", "period-unknown", "Se espera el año y el período, como 20211.")
            return None
        year = period // 10
        if self.year is None:
            self.year = year
        if year != self.year:
            cells.fail("PERIODO", "year-other", f"Es otro año. Esta carga es de {self.year}.")
        return period

    def _payload(self, cells: Cells) -> Payload:
        sector = colombian.sector_of(cells)
        category = cells.get("CATEGORIA").upper()
        if category not in SaberCategory.values:
            cells.fail("CATEGORIA", "category-unknown", "Se espera A+, A, B, C o D.")
        return {
            "name": colombian.name_of(cells),
            "commune": colombian.place_of(cells, self.places),
            "sector": sector.value if sector else "",
            "category": category,
            "index": _index(cells),
            "enrolled": whole_number(cells.get("MATRICULADOS")),
            "evaluated": whole_number(cells.get("EVALUADOS")),
        }

    def _compare(self, cells: Cells, key: str, code: str, payload: Payload) -> Checked:
        before, issues = self.stored.get(key), tuple(cells.issues)
        line = cells.row.line
        if code not in self.known:
            payload["makes_school"] = True
            self.known.add(code)
        if before is None:
            return Checked(line, key, Outcome.NEW, payload, issues=issues)
        said = {name: payload[name] for name in RESULT[:-1]}
        if said == {name: before[name] for name in said}:
            return Checked(line, key, Outcome.SAME, issues=issues)
        return Checked(line, key, Outcome.CHANGED, payload, before, issues)

    def absent(self) -> Iterator[Issue]:
        """A school without enough pupils has no category in a period: nothing is odd in that."""
        return iter(())


def _index(cells: Cells) -> str | None:
    """From 0 to 1 with comma or point, as text of four decimals; None where the file has none."""
    text = cells.get("INDICE_TOTAL").replace(",", ".")
    if not text:
        return None
    try:
        index = Decimal(text)
    except InvalidOperation:
        index = Decimal(-1)
    if not 0 <= index <= 1:
        cells.fail("INDICE_TOTAL", "index-unknown", "Se espera un índice de 0 a 1, como 0,6372.")
        return None
    return str(index.quantize(Decimal("0.0001")))


def _stored() -> dict[str, Payload]:
    rows = SaberResult.objects.values_list("school__code", "period", "grade", *RESULT)
    return {
        f"{code} {period} {grade}": {
            "category": category,
            "index": None if index is None else str(index),
            "enrolled": enrolled,
            "evaluated": evaluated,
            "batch": batch,
        }
        for code, period, grade, category, index, enrolled, evaluated, batch in rows
    }


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    year = int(batch.year or 0)  # no result is accepted without its period
    known = set(School.objects.filter(country=batch.country_id).values_list("code", flat=True))
    new: dict[str, Payload] = {}
    for _, key, payload in rows:
        code = key.split(" ")[0]
        if code not in known:
            new.setdefault(code, payload)
    colombian.add_schools(batch, year, new.items())
    pks = dict(School.objects.filter(country=batch.country_id).values_list("code", "pk"))
    found = SaberResult.objects.values_list("school_id", "period", "grade", "pk")
    stored = {(school, period, grade): pk for school, period, grade, pk in found}
    added, corrected = [], []
    for _, key, payload in rows:
        at = (pks[key.split(" ")[0]], payload["period"], payload["grade"])
        values = _written(payload, batch.pk)
        if at in stored:
            corrected.append((*values, stored[at]))
        else:
            added.append((*values, *at, payload["period"] // 10))
    bulk.insert(SaberResult, (*RESULT, "school", "period", "grade", "year"), added)
    bulk.update(SaberResult, RESULT, corrected)


def _written(said: Payload, batch: int | None) -> tuple[Any, ...]:
    index = None if said["index"] is None else Decimal(said["index"])
    return (said["category"], index, said["enrolled"], said["evaluated"], batch)


def undo(batch: ImportBatch, *, by: User | None) -> list[str]:
    """The results go back, then the schools that came with them."""
    undoing = Undoing(batch)
    rows = ImportRow.objects.filter(batch=batch).values_list("key", "payload", "before")
    found = SaberResult.objects.filter(school__country=batch.country_id)
    pks = {
        f"{code} {period} {grade}": pk
        for pk, code, period, grade in found.values_list("pk", "school__code", "period", "grade")
    }
    things, made = [], []
    for key, payload, before in rows.iterator():
        if payload.get("makes_school"):
            made.append(key.split(" ")[0])
        if key in pks:
            was = _written(before, before["batch"]) if before else None
            label = f"SABER de «{payload['name']}»"
            things.append(Thing(pks[key], label, _written(payload, batch.pk), was))
    undoing.put_back(SaberResult, _NAMES, things)
    colombian.take_schools_back(undoing, made)
    return undoing.finish()
