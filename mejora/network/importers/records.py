"""What reading a row gives: what it says once understood, and what was odd or wrong in it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import Any, Protocol

from mejora.core.folding import fold
from mejora.core.spreadsheets import Row, Table, Unreadable, is_spoiled, spoiled
from mejora.network.models import ImportRow

Outcome = ImportRow.Outcome
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Issue:
    """A cell: what it says, why that is odd or wrong, and what was expected or will be done.
    `sheet` where the file has several that are read. `fix` is what the cell should say where there
    is one sure answer: the review page offers to read it so."""

    line: int
    column: str
    value: str
    code: str
    message: str
    is_error: bool
    sheet: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A row compared with what is stored. A refused one has no payload."""

    line: int
    key: str
    outcome: Outcome
    payload: Payload = field(default_factory=dict)
    before: Payload | None = None
    issues: tuple[Issue, ...] = ()
    sheet: str = ""


class Reader(Protocol):
    """Reads one kind of file. Making it refuses a table that is not of that kind."""

    @property
    def year(self) -> int | None: ...

    def __iter__(self) -> Iterator[Checked]: ...

    def absent(self) -> Iterator[Issue]:
        """After the last row: what Mejora has and the file does not (told, never removed), and
        what is odd of a row among all the others. Warnings only."""


# How the columns begin that hold codes, not amounts.
_CODES = ("RBD", "COD_", "RUT", "DANE")


class Columns(dict[str, int]):
    """Where each column stands, and what is read otherwise than the file says."""

    def __init__(self, found: Mapping[str, int], mended: Mapping[tuple[str, str], str]) -> None:
        super().__init__(found)
        self.mended = mended


@dataclass(slots=True)
class Cells:
    """One row, its cells by the names that the importer gave the columns."""

    row: Row
    columns: Mapping[str, int]
    width: int
    issues: list[Issue] = field(default_factory=list)
    _texts: Sequence[str] = field(init=False, repr=False)
    _mended: Mapping[tuple[str, str], str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._texts = self.row.cells
        self._mended = getattr(self.columns, "mended", {})

    def get(self, name: str) -> str:
        """The text of a cell; "" when the file has no such column or leaves it empty. A country's
        table asks four million times."""
        try:
            text = self._texts[self.columns[name]]
        except (KeyError, IndexError):
            return ""
        return self._mended.get((name, text[:200]), text) if self._mended else text

    def warn(self, column: str, code: str, message: str) -> None:
        self._note(column, code, message, is_error=False)

    def fail(self, column: str, code: str, message: str, *, fix: str = "") -> None:
        """Raises `Unreadable` where the cell is a code that Excel destroyed: then all are."""
        if column.startswith(_CODES) and is_spoiled(self.get(column)):
            raise spoiled(self.row.line, f"la columna {column}", self.get(column))
        self._note(column, code, message, is_error=True, fix=fix)

    def _note(self, column: str, code: str, message: str, *, is_error: bool, fix: str = "") -> None:
        value = self.get(column)[:200]
        note = Issue(self.row.line, column, value, code, message[:400], is_error, fix=fix[:200])
        self.issues.append(note)

    @property
    def failed(self) -> bool:
        return any(issue.is_error for issue in self.issues)

    def check_width(self) -> None:
        """A row with more or fewer cells than the header has a stray or a missing separator."""
        extra = [cell for cell in self.row.cells[self.width :] if cell]
        if extra:
            self.fail(
                "",
                "too-wide",
                f"La fila tiene {len(self.row.cells)} valores y el encabezado {self.width}: sobra "
                "un separador.",
            )
        elif len(self.row.cells) < self.width:
            self.fail(
                "",
                "too-narrow",
                f"La fila tiene {len(self.row.cells)} valores y el encabezado {self.width}: está "
                "cortada.",
            )

    def refused(self, key: str) -> Checked:
        return Checked(self.row.line, key[:40], Outcome.REFUSED, issues=tuple(self.issues))


def columns_of(
    table: Table, needed: Mapping[str, tuple[str, ...]], optional: Mapping[str, tuple[str, ...]]
) -> Columns:
    """Where each column stands, by the first of its names that the header has."""
    found = {
        name: index
        for name, names in {**needed, **optional}.items()
        if (index := table.find(*names)) is not None
    }
    missing = [name for name in needed if name not in found]
    if missing:
        what = "Falta la columna" if len(missing) == 1 else "Faltan las columnas"
        refuse_spoiled(table)
        has = ", ".join(title for title in table.header[:12] if title)
        raise Unreadable(f"{what} {', '.join(missing)}. El archivo tiene: {has}.")
    return Columns(found, table.mended)


def refuse_spoiled(table: Table) -> None:
    """For a file that no kind takes: if its codes are destroyed, that is what to say first."""
    for row in islice(table.rows, 20):
        for title, text in zip(table.header, row.cells, strict=False):
            if is_spoiled(text):
                raise spoiled(row.line, f"la columna {title[:60]}", text)


def nearest(text: str, labels: Iterable[str]) -> str:
    """The one of `labels` that the text most likely means; "" when none is near enough."""
    by_fold = {fold(label): label for label in labels}
    found = get_close_matches(fold(text), by_fold, n=1, cutoff=0.75) if text else []
    return by_fold[found[0]] if found else ""


_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: 0?0:00(?::00)?)?")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")


def day(text: str) -> dt.date | None:
    """ "31-12-2026", "31/12/2026" and "2026-12-31"; None for anything else, as 31-11."""
    if found := _DAY.fullmatch(text):
        date, month, year = (int(part) for part in found.groups())
    elif found := _ISO_DAY.fullmatch(text):
        year, month, date = (int(part) for part in found.groups())
    else:
        return None
    try:
        return dt.date(year, month, date)
    except ValueError:
        return None


def whole_number(text: str) -> int | None:
    """ "1.234", "1234" and "1234,0" are 1234; anything else is None."""
    bare = text.replace(".", "") if text.count(".") and "," not in text else text
    bare = bare.removesuffix(",0").removesuffix(",00")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= 9 else None
