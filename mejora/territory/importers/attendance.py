"""The monthly attendance of the Ministry, a row per pupil: summed while it is read.

Source of the columns: the catalogue's F016, "Asistencia declarada mensual" of SIGE. Of each row
five cells are looked at (year, month, school, days attended, days worked); who the pupil is, never.
What is kept of the file is its sum by school and month, which this reads as well.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from mejora.core.identifiers import parse_rbd
from mejora.core.spreadsheets import Table, Unreadable, open_table
from mejora.network.enums import BatchKind
from mejora.network.importers import staging
from mejora.network.importers.kinds import Opened, refuse_other
from mejora.network.importers.records import (
    Checked,
    Issue,
    Outcome,
    columns_of,
    whole_number,
)
from mejora.network.models import ImportBatch
from mejora.territory.importers import months
from mejora.territory.importers.months import Schools, Stored

NEEDED = {
    "RBD": ("RBD",),
    "MES": ("MES_ESCOLAR", "MES"),
    "DIAS_ASISTIDOS": ("DIAS_ASISTIDOS", "DIAS_ASISTIDOS12"),
    "DIAS_TRABAJADOS": ("DIAS_TRABAJADOS",),
}
YEAR = {"AÑO": ("AGNO", "AÑO", "ANO")}
SUMMED = {"REGISTROS": ("REGISTROS",), "FILAS_CON_ERROR": ("FILAS_CON_ERROR",)}
WANTED = ("AGNO", "MES_ESCOLAR", "RBD", "MRUN", "DIAS_ASISTIDOS*", "DIAS_TRABAJADOS")
HEADER = (
    *("RBD", "AÑO", "MES", "REGISTROS", "DIAS_ASISTIDOS", "DIAS_TRABAJADOS", "FILAS_CON_ERROR"),
)
SHEET = "suma por escuela y mes"
CHUNK = 50_000  # rows between two signs of life
# So many bad rows are told one by one; the months that they spoil are told all.
TOLD = 100
# A country has 11,000 schools and a year 12 months; more pairs of both are other columns.
MOST = 200_000
Text = tuple[str, str, str]  # RBD, year and month, as they are written
_DAYS = {f"{day:0{width}}": day for day in range(32) for width in (1, 2)}


@dataclass(slots=True)
class Sum:
    """Of a school's month: how many rows, their days, and how many rows could not be counted."""

    records: int = 0
    attended: int = 0
    possible: int = 0
    bad: int = 0

    def add(self, other: Sum) -> None:
        self.records += other.records
        self.attended += other.attended
        self.possible += other.possible
        self.bad += other.bad


@dataclass(slots=True)
class Sums:
    """The sums of a file by RBD, year and month as they are written there, and its bad rows."""

    columns: dict[str, int]
    width: int
    year: int | None
    by_text: dict[Text, Sum] = field(default_factory=lambda: defaultdict(Sum))
    issues: list[tuple[Text, Issue]] = field(default_factory=list)
    rows: int = 0

    def read(self, rows: Iterator[Sequence[str]], *, first: int) -> None:
        """Add some rows, the first of them on line `first`. The inner loop of a country's file:
        what it does not know at a glance, `_odd` looks at."""
        rbd, month = self.columns["RBD"], self.columns["MES"]
        came, could = self.columns["DIAS_ASISTIDOS"], self.columns["DIAS_TRABAJADOS"]
        year, width, days, by_text = self.columns.get("AÑO"), self.width, _DAYS, self.by_text
        line = first - 1
        for row in rows:
            line += 1
            try:
                attended, possible = days[row[came]], days[row[could]]
            except (KeyError, IndexError):
                self._odd(row, line)
                continue
            if attended > possible or len(row) != width:
                self._odd(row, line)
                continue
            found = by_text[row[rbd], "" if year is None else row[year], row[month]]
            found.records += 1
            found.attended += attended
            found.possible += possible
        self.rows += line - first + 1

    def _odd(self, row: Sequence[str], line: int) -> None:
        """A row that is not plain: of another width, without days, or with days as "18,0"."""
        if not any(row):
            return
        if len(row) != self.width:
            self._spoil(row, line, "", "width", _WIDTH)
            return
        cells = {name: row[index].strip() for name, index in self.columns.items()}
        attended, possible = (_days(cells[n]) for n in ("DIAS_ASISTIDOS", "DIAS_TRABAJADOS"))
        if not cells["DIAS_ASISTIDOS"] and not cells["DIAS_TRABAJADOS"]:
            attended = possible = 0  # a pupil on the list of whom no day was declared
        if attended is None or possible is None:
            name = "DIAS_ASISTIDOS" if attended is None else "DIAS_TRABAJADOS"
            self._spoil(row, line, name, "days-unknown", _DAYS_UNKNOWN)
        elif attended > possible:
            self._spoil(row, line, "DIAS_ASISTIDOS", "days-more", _DAYS_MORE)
        else:
            self.by_text[self._text(row)].add(Sum(1, attended, possible))

    def _text(self, row: Sequence[str]) -> Text:
        places = (self.columns.get(name, len(row)) for name in ("RBD", "AÑO", "MES"))
        rbd, year, month = (row[place] if place < len(row) else "" for place in places)
        return rbd, year, month

    def _spoil(self, row: Sequence[str], line: int, column: str, code: str, text: str) -> None:
        """Told without what the cell says: in a row that is out of place it may be a pupil's."""
        where = self._text(row)
        self.by_text[where].bad += 1
        if len(self.issues) < TOLD:
            self.issues.append((where, Issue(line, column, "", code, text, is_error=True)))

    def key(self, text: Text) -> months.Key | None:
        """The school, year and month that a row names; None where it names none."""
        rbd, year, month = text
        return _key(rbd, year or str(self.year or ""), month)

    def by_month(self) -> dict[months.Key | None, Sum]:
        """The sums by school and month once understood; under None what names none."""
        found: dict[months.Key | None, Sum] = {}
        for text, total in self.by_text.items():
            found.setdefault(self.key(text), Sum()).add(total)
        return found


_WIDTH = "La fila no tiene tantos valores como el encabezado: le falta o le sobra un separador."
_DAYS_UNKNOWN = "Se espera un número de días entre 0 y 31."
_DAYS_MORE = "Hay más días asistidos que días trabajados."


def _days(text: str) -> int | None:
    number = whole_number(text.replace(".0", "") if text.endswith(".0") else text)
    return number if number is not None and number <= 31 else None


def _key(rbd: str, year: str, month: str) -> months.Key | None:
    code, y, m = parse_rbd(rbd), whole_number(year.strip()), whole_number(month.strip())
    if code is None or len(code[0]) > 5 or y is None or m is None:
        return None
    return (code[0], y, m) if 1990 <= y <= 2100 and 1 <= m <= 12 else None


# Reading ---------------------------------------------------------------------------------------


@contextmanager
def read(path: Path, batch: ImportBatch) -> Iterator[Opened]:
    with open_table(path, wanted=WANTED) as table:
        refuse_other(table, BatchKind.ATTENDANCE)
        if table.find("REGISTROS") is not None and table.find("FILAS_CON_ERROR") is not None:
            yield Opened(Reader(_summed(table), batch), table.dialect, table.total)
            return
        tell = partial(staging.tell, batch)
        reader = Reader(sum_up(table, batch.year, tell), batch)
        yield Opened(reader, table.dialect, table.total, instead=reader.summary())


def sum_up(table: Table, said_year: int | None, tell: Callable[..., None]) -> Sums:
    """All the rows of a pupil-level table, added up. `tell` hears that the reading lives."""
    columns = columns_of(table, NEEDED, YEAR)
    if said_year is None and "AÑO" not in columns:
        raise Unreadable("El archivo no trae la columna AGNO. Indique el año al importarlo.")
    sums = Sums(dict(columns), len(table.header), said_year)
    plain = table.plain
    rows = (row.cells for row in table.rows) if plain is None else iter(plain)
    try:
        while True:
            before = plain.line_num if plain else 0
            read_before = sums.rows
            sums.read(islice(rows, CHUNK), first=read_before + 2)
            count = sums.rows - read_before
            if plain and plain.line_num - before > count + 5:
                _refuse_quotes(read_before + 2, sums.rows + 1)
            if len(sums.by_text) > MOST:
                raise Unreadable(
                    "Las columnas RBD, AGNO y MES_ESCOLAR no dicen escuelas y meses. Revise que el "
                    "encabezado corresponda a las filas."
                )
            if count < CHUNK:
                return sums
            tell(rows_read=max(table.total, sums.rows), progress=sums.rows)
    except (csv.Error, UnicodeError) as error:
        raise Unreadable(
            f"No se pudo leer cerca de la fila {sums.rows + 2}: el texto está dañado o faltan "
            "comillas."
        ) from error


def _refuse_quotes(first: int, last: int) -> None:
    raise Unreadable(
        f"Entre las filas {first} y {last} se abren unas comillas que no se cierran. Revise el "
        "archivo: se perderían filas."
    )


def _summed(table: Table) -> Sums:
    """The table that Mejora kept of a file that it has summed already."""
    columns = columns_of(table, {**NEEDED, **YEAR, **SUMMED}, {})
    sums = Sums(dict(columns), len(table.header), None)
    for row in table.rows:
        cells = {name: row.cells[index] for name, index in columns.items()}
        numbers = [whole_number(cells[name]) or 0 for name in HEADER[3:]]
        sums.by_text[cells["RBD"], cells["AÑO"], cells["MES"]].add(Sum(*numbers))
        sums.rows += 1
    return sums


class Reader:
    """Compares each school's month with what is stored."""

    def __init__(self, sums: Sums, batch: ImportBatch) -> None:
        totals = sums.by_month()
        self.lost = totals.pop(None, None)
        self.totals = {key: total for key, total in totals.items() if key}
        self.told: dict[months.Key | None, list[Issue]] = {}
        for text, issue in sums.issues:
            self.told.setdefault(sums.key(text), []).append(issue)
        self.year = max((year for _, year, _ in self.totals), default=batch.year)
        self.schools, self.stored = Schools.of(batch), Stored()
        self.foreign: set[str] = set()

    def summary(self) -> Iterator[Sequence[str | int]]:
        """The table that is kept instead of the file."""
        yield HEADER
        for (code, year, month), s in sorted(self.totals.items()):
            yield (code, year, month, s.records, s.attended, s.possible, s.bad)
        if (lost := self.lost) is not None:
            yield ("", "", "", 0, 0, 0, lost.records + lost.bad)

    def __iter__(self) -> Iterator[Checked]:
        if self.lost is not None:
            count = self.lost.records + self.lost.bad
            text = f"{count} filas no dicen qué escuela, año o mes: no se suman en ninguna parte."
            yield self._refused(1, None, "RBD", "", "place-unknown", text)
        for line, key in enumerate(sorted(self.totals), start=2):
            if self.schools.is_foreign(key[0]) and key[0] in self.schools.names:
                self.foreign.add(key[0])
                continue
            yield self._check(line, key, self.totals[key])

    def _check(self, line: int, key: months.Key, total: Sum) -> Checked:
        code = key[0]
        if code not in self.schools.names:
            text = "Este RBD no está en Mejora. Importe antes el directorio que lo tenga."
            return self._refused(line, key, "RBD", code, "school-unknown", text)
        if total.bad:
            many = "1 fila con error" if total.bad == 1 else f"{total.bad} filas con error"
            text = f"RBD {code}, {months.month_label(*key[1:])}: {many}. No se suma a medias."
            return self._refused(line, key, "", "", "month-spoiled", text)
        says: months.Values = {
            "attended_days": total.attended,
            "possible_days": total.possible,
            "records": total.records,
        }
        return months.compare((line, SHEET), key, says, self.schools, self.stored)

    def _refused(
        self, line: int, key: months.Key | None, column: str, value: str, code: str, text: str
    ) -> Checked:
        issue = Issue(line, column, value, code, text, is_error=True, sheet=SHEET)
        told = self.told.get(key, ())
        name = key[0] if key else ""
        return Checked(line, name, Outcome.REFUSED, issues=(issue, *told), sheet=SHEET)

    def absent(self) -> Iterator[Issue]:
        if self.foreign:
            text = (
                f"El archivo trae además {len(self.foreign)} establecimientos de otros "
                "sostenedores: no se importan."
            )
            yield Issue(1, "RBD", "", "schools-foreign", text, is_error=False)
        yield from self.stored.missing(self.totals, self.schools)
