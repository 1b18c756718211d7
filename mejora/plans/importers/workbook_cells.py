"""The cells of a workbook that came back: its sheets, their rows, where each cell stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook
from xlsxwriter.utility import xl_col_to_name

from mejora.core.folding import fold
from mejora.core.spreadsheets import Unreadable, open_book, open_sheet
from mejora.plans.importers import workbook_shape as shape
from mejora.plans.importers.standing import plain
from mejora.plans.importers.workbook_shape import Sheet

MAX_ROWS, MAX_COLUMNS = 5_000, 200
NOT_OURS = (
    "No es la planilla de Mejora: no tiene ninguna de sus hojas (Sellos, Objetivos, Acciones…). "
    "Descargue la planilla de la escuela, complétela y suba esa."
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the first sheet says of the file."""

    code: str
    year: int | None
    form: int | None


@dataclass(slots=True)
class Filled:
    """A row with something in it. `values` has a field for each column that the sheet has."""

    line: int
    key: str
    code: str
    values: dict[str, Any]
    remove: str
    reason: str
    is_merged: bool = False

    @property
    def is_blank(self) -> bool:
        return all(text(value) == "" for value in self.values.values())


@dataclass(slots=True)
class Page:
    """A sheet of ours as it stands in the file. `missing` are its columns that the file lacks."""

    sheet: Sheet
    title: str
    places: Mapping[str, int]
    rows: Sequence[Filled]
    missing: tuple[str, ...]

    def cell(self, field_name: str, line: int) -> str:
        """ "Acciones!F12", as a spreadsheet names it."""
        place = self.places.get(field_name)
        return f"{self.title}!{xl_col_to_name(place)}{line}" if place is not None else self.title


@dataclass(slots=True)
class Book:
    facts: Facts
    pages: list[Page] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def text(value: Any) -> str:
    """What a cell says, as text: whole numbers without their ".0", days in ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return plain(str(value))


def read(path: Path, sheets_for: Callable[[Facts], Sequence[Sheet]]) -> Book:
    """Read the whole workbook. `sheets_for` says, from what the file says of itself, which sheets
    it should have; it may refuse the file. Raises `Unreadable`."""
    workbook = _opened(path)
    names = {fold(name): name for name in workbook.sheet_names}
    if fold(shape.README) not in names:
        raise Unreadable(
            f"El libro no tiene la hoja «{shape.README}», que dice de qué escuela y año es. "
            "Descargue la planilla de la escuela y complete esa."
        )
    book = Book(_facts(_rows(workbook, names.pop(fold(shape.README)))))
    names.pop(fold(shape.LISTS), None)
    for sheet in sheets_for(book.facts):
        title = names.pop(fold(sheet.name), None) or _renamed(workbook, names, sheet, book.notes)
        if title is None:
            book.notes.append(
                f"Falta la hoja «{sheet.name}»: lo que hay de eso en Mejora queda como está."
            )
            continue
        book.pages.append(_page(workbook, title, sheet))
    if not book.pages:
        raise Unreadable(NOT_OURS)
    book.notes += [f"La hoja «{title}» no es de la planilla y no se leyó." for title in
                   names.values() if _rows(workbook, title)]  # fmt: skip
    return book


def _opened(path: Path) -> CalamineWorkbook:
    with path.open("rb") as file:
        start = file.read(4)
    if not start.startswith(b"PK"):
        raise Unreadable(
            "Ese archivo no es un libro de Excel (.xlsx). Suba la planilla que descargó de Mejora."
        )
    return open_book(path)


def _rows(workbook: CalamineWorkbook, title: str) -> list[tuple[int, list[Any]]]:
    """The rows that have anything, with their numbers; blank ones, however many, are skipped."""
    sheet = open_sheet(workbook, title)
    if sheet.start is None:
        return []
    top, left = sheet.start
    if left >= MAX_COLUMNS:
        return []
    found = []
    for line, cells in enumerate(sheet.iter_rows(), start=top + 1):
        if any(cell not in ("", None) for cell in cells):
            found.append((line, ([None] * left + list(cells))[:MAX_COLUMNS]))
        if len(found) > MAX_ROWS:
            raise Unreadable(
                f"La hoja «{title}» tiene más de {MAX_ROWS} filas escritas: no puede ser el plan "
                "de una escuela."
            )
    return found


def _facts(rows: list[tuple[int, list[Any]]]) -> Facts:
    said = {
        fold(text(cells[0])): text(cells[1]) for _, cells in rows if len(cells) > 1 and cells[0]
    }
    code = said.get("rbd", "").replace(".", "").split("-")[0].strip()
    return Facts(code[:20], small(said.get("ano", "")), small(said.get("formato", "")))


def small(text: str) -> int | None:
    """A number of up to four digits, such as a year."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def _renamed(
    workbook: CalamineWorkbook, names: dict[str, str], sheet: Sheet, notes: list[str]
) -> str | None:
    """A sheet of another name whose headings are all those of `sheet`."""
    wanted = {_heading(column.title) for column in sheet.columns}
    for key, title in names.items():
        header = _header(_rows(workbook, title)[:1])
        if wanted and wanted <= header.keys():
            notes.append(f"La hoja «{title}» se leyó como «{sheet.name}», por sus columnas.")
            del names[key]
            return title
    return None


def _heading(value: Any) -> str:
    return fold(text(value).removesuffix("*"))


def _header(rows: Sequence[tuple[int, list[Any]]]) -> dict[str, int]:
    if not rows:
        return {}
    return {_heading(cell): place for place, cell in enumerate(rows[0][1]) if text(cell)}


def _page(workbook: CalamineWorkbook, title: str, sheet: Sheet) -> Page:
    rows = _rows(workbook, title)
    header = _header(rows[:1])
    places = {
        column.field: header[fold(column.title)]
        for column in sheet.columns
        if fold(column.title) in header
    }
    needed = [c.title for c in sheet.columns if c.is_needed and c.field not in places]
    if fold(shape.KEY) not in header:
        needed.insert(0, shape.KEY)
    if needed:
        raise Unreadable(
            f"En la hoja «{title}» falta la columna {', '.join(f'«{name}»' for name in needed)}, "
            "o su encabezado cambió. Los encabezados están en la primera fila de la planilla."
        )
    own = {name: header.get(fold(heading)) for name, heading in _OWN.items()}
    merged = _merged_lines(open_sheet(workbook, title))
    filled = [_filled(line, cells, places, own, line in merged) for line, cells in rows[1:]]
    missing = tuple(c.field for c in sheet.columns if c.field not in places)
    kept = [row for row in filled if fold(row.key) != fold(shape.EXAMPLE) and _says(row)]
    places = {**places, **{name: place for name, place in own.items() if place is not None}}
    return Page(sheet, title, places, kept, missing)


_OWN = {"key": shape.KEY, "code": shape.CODE, "remove": shape.REMOVE, "reason": shape.REASON}


def _filled(
    line: int,
    cells: list[Any],
    places: Mapping[str, int],
    own: Mapping[str, int | None],
    is_merged: bool,
) -> Filled:
    def at(place: int | None) -> Any:
        return cells[place] if place is not None and place < len(cells) else None

    mine = {name: text(at(place)) for name, place in own.items()}
    values = {name: at(place) for name, place in places.items()}
    return Filled(line, values=values, is_merged=is_merged, **mine)


def _says(row: Filled) -> bool:
    """A code alone says nothing: people number rows that they have not written yet."""
    return bool(row.key or row.remove or not row.is_blank)


def _merged_lines(sheet: CalamineSheet) -> set[int]:
    """Rows below the heading with cells that were joined to others."""
    return set(_lines_of(sheet.merged_cell_ranges or ()))


def _lines_of(ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> Iterator[int]:
    for (top, _), (bottom, _) in ranges:
        yield from range(max(top, 1) + 1, min(bottom, top + MAX_ROWS) + 2)
