"""What files with a row per school and year have in common: which school, which year, once each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Max

from mejora.core.identifiers import parse_rbd, rbd_digit_agrees
from mejora.core.spreadsheets import Row, Table, Unreadable
from mejora.network.importers.records import (
    Cells,
    Checked,
    Issue,
    Outcome,
    columns_of,
    whole_number,
)
from mejora.network.models import School, SchoolYear

NEEDED = {"RBD": ("RBD",)}
YEAR = {"AÑO": ("AÑO", "AGNO", "ANO")}
# What a year that no file has told yet takes from the school's newest one.
CARRIED = (
    "name", "commune", "office", "owner", "dependency", "operating", "is_rural", "enrolment",
    "has_sep", "sep_class",
)  # fmt: skip


class SchoolReader(ABC):
    """Checks each row's school and year, then hands it to `facts`."""

    needed: Mapping[str, tuple[str, ...]] = NEEDED
    optional: Mapping[str, tuple[str, ...]] = YEAR

    def __init__(self, table: Table, year: int | None) -> None:
        self.table = table
        self.year = self.year_of(table) if year is None else year
        self.columns = columns_of(table, self.needed, self.optional)
        if self.year is None and "AÑO" not in self.columns:
            raise Unreadable("El archivo no trae la columna AÑO. Indique el año al importarlo.")
        self.schools = dict(School.objects.values_list("code", "name"))
        self.seen: dict[str, int] = {}

    def year_of(self, table: Table) -> int | None:
        """The year of the whole file, where something but a column says it."""
        return None

    @abstractmethod
    def facts(self, cells: Cells, code: str, year: int) -> Checked:
        """Read the rest of a row and compare it with what is stored."""

    @abstractmethod
    def absent(self) -> Iterator[Issue]: ...

    def __iter__(self) -> Iterator[Checked]:
        for row in self.table.rows:
            yield self._check(Cells(row, self.columns, len(self.table.header)), row)

    def _check(self, cells: Cells, row: Row) -> Checked:
        cells.check_width()
        code = self._code(cells)
        self._check_year(cells)
        if code is None or self.year is None or cells.failed:
            return cells.refused(cells.get("RBD"))
        checked = self.facts(cells, code, self.year)
        if checked.outcome != Outcome.REFUSED:
            self.seen[self.once(cells, code)] = row.line
        return checked

    def once(self, cells: Cells, code: str) -> str:
        """What may stand in the file a single time: by default the school."""
        return code

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
        if first := self.seen.get(self.once(cells, code)):
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


def missing(
    codes: Iterable[str], column: str, sentence: str, names: Mapping[str, str]
) -> Iterator[Issue]:
    """What Mejora has and the file does not; `sentence` speaks of «{name}»."""
    for code in sorted(codes):
        message = sentence.format(name=names.get(code, code))[:400]
        yield Issue(0, column, code, "absent", message, is_error=False)


def newest_years() -> dict[str, int]:
    """The newest year that is known of each school, by RBD."""
    return dict(SchoolYear.objects.values_list("school__code").annotate(newest=Max("year")))


def carried(codes: Iterable[str]) -> Iterator[Sequence[Any]]:
    """For each school its RBD, its key and what a year without facts of its own takes (CARRIED)."""
    wanted = set(codes)
    newest = SchoolYear.objects.newest().values_list("school__code", "school_id", *CARRIED)
    for row in newest.iterator():
        if row[0] in wanted:
            yield row
