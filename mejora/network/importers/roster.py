"""The roster: which schools must have a plan in a year.

A template of Mejora's own (no official file is public): RBD; AÑO; MOTIVO. A school that has no
facts of that year yet gets those of its newest one, which the directory of the year replaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mejora.core.identifiers import parse_rbd, rbd_digit_agrees
from mejora.core.spreadsheets import Row, Table, Unreadable
from mejora.network.importers import bulk
from mejora.network.importers.records import (
    Cells,
    Checked,
    Issue,
    Outcome,
    Payload,
    columns_of,
    whole_number,
)
from mejora.network.models import ImportBatch, School, SchoolYear

NEEDED = {"RBD": ("RBD",)}
OPTIONAL = {"AÑO": ("AÑO", "AGNO", "ANO"), "MOTIVO": ("MOTIVO", "RAZON")}
WANTED = (*NEEDED, *OPTIONAL)
TEMPLATE = (("RBD", "AÑO", "MOTIVO"), (("90012", "2026", "Convenio SEP vigente"),))


class Reader:
    def __init__(self, table: Table, year: int | None) -> None:
        self.table, self.year = table, year
        self.columns = columns_of(table, NEEDED, OPTIONAL)
        if year is None and "AÑO" not in self.columns:
            raise Unreadable("El archivo no trae la columna AÑO. Indique el año al importarlo.")
        self.schools = dict(School.objects.values_list("code", "name"))
        self.stored: dict[str, str] | None = None
        self.seen: dict[str, int] = {}

    def __iter__(self) -> Iterator[Checked]:
        for row in self.table.rows:
            yield self._check(Cells(row, self.columns, len(self.table.header)), row)

    def _check(self, cells: Cells, row: Row) -> Checked:
        cells.check_width()
        code = self._code(cells)
        self._check_year(cells)
        if code is None or self.year is None or cells.failed:
            return cells.refused(cells.get("RBD"))
        self.seen[code] = row.line
        reason = cells.get("MOTIVO")
        if len(reason) > 120:
            cells.warn("MOTIVO", "text-long", "Pasa de 120 letras. Se guarda lo que cabe.")
        if self.stored is None:
            self.stored = stored(self.year)
        return compare(row.line, code, reason[:120], self.stored, tuple(cells.issues))

    def _code(self, cells: Cells) -> str | None:
        found = parse_rbd(cells.get("RBD"))
        if found is None:
            cells.fail("RBD", "rbd-unknown", "No es un RBD. Se espera un número, como 90072.")
            return None
        code, digit = found
        if code not in self.schools:
            cells.fail(
                "RBD",
                "school-unknown",
                f"El RBD {code} no está en Mejora. Revise el número o importe antes el directorio.",
            )
        if code in self.seen:
            first = self.seen[code]
            cells.fail("RBD", "rbd-repeated", f"El RBD {code} ya está en la fila {first}.")
        if digit and not rbd_digit_agrees(code, digit):
            cells.warn("RBD", "rbd-digit", "El dígito verificador no coincide. Se usa el número.")
        return code

    def _check_year(self, cells: Cells) -> None:
        if "AÑO" not in self.columns:
            return
        year = whole_number(cells.get("AÑO"))
        if year is None or not 1990 <= year <= 2100:
            cells.fail("AÑO", "year-unknown", "No es un año. Se espera uno como 2026.")
        elif self.year is None:
            self.year = year
        elif year != self.year:
            cells.fail("AÑO", "year-other", f"Es otro año. Esta carga es de {self.year}.")

    def absent(self) -> Iterator[Issue]:
        for code in sorted(set(self.stored or ()) - set(self.seen)):
            yield Issue(
                0,
                "RBD",
                code,
                "absent",
                f"«{self.schools[code]}» ya está en la nómina {self.year} y no en este archivo. "
                "Se conserva.",
                is_error=False,
            )


def compare(
    line: int, code: str, reason: str, stored: dict[str, str], issues: tuple[Issue, ...] = ()
) -> Checked:
    """Whether a school enters the roster, changes its reason, or stands there as it is."""
    before = stored.get(code)
    if before == reason:
        return Checked(line, code, Outcome.SAME, issues=issues)
    outcome = Outcome.NEW if before is None else Outcome.CHANGED
    was = None if before is None else {"reason": before}
    return Checked(line, code, outcome, {"reason": reason}, was, issues)


def stored(year: int) -> dict[str, str]:
    """The roster of a year: RBD to reason."""
    rows = SchoolYear.objects.filter(year=year, in_roster=True)
    return dict(rows.values_list("school__code", "roster_reason"))


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    """Mark the year of each school; make it from the newest one where it is not known yet."""
    year = int(batch.year or 0)  # no roster is accepted without its year
    reasons = {code: payload["reason"] for _, code, payload in rows}
    stored = dict(SchoolYear.objects.filter(year=year).values_list("school__code", "pk").iterator())
    marked = [(True, reason, stored[code]) for code, reason in reasons.items() if code in stored]
    bulk.update(SchoolYear, ("in_roster", "roster_reason"), marked)
    bulk.insert(
        SchoolYear,
        ("in_roster", "roster_reason", "school", "year", "batch", *_CARRIED),
        _carried(batch, {code: r for code, r in reasons.items() if code not in stored}),
    )


_CARRIED = (
    "name", "commune", "office", "owner", "dependency", "operating", "is_rural", "enrolment",
    "has_sep", "sep_class",
)  # fmt: skip


def _carried(batch: ImportBatch, reasons: dict[str, str]) -> Iterable[tuple[Any, ...]]:
    newest = SchoolYear.objects.newest().values_list("school__code", "school_id", *_CARRIED)
    for code, school, *facts in newest.iterator():
        if code in reasons:
            yield (True, reasons[code], school, batch.year, batch.pk, *facts)
