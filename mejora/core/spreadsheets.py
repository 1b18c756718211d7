"""Reading the spreadsheets that people have, and writing CSV that opens safely.

Reading never fails with anything but `Unreadable`, whose text tells a person what to do. Rows come
one by one: a directory of 17,000 rows and 56 columns is never whole in memory.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from mejora.core import packed
from mejora.core.folding import fold

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

DELIMITERS = {
    ";": "punto y coma",
    ",": "coma",
    "\t": "tabulador",
    "|": "barra vertical",
    "¬": "signo ¬",
}
ENCODINGS = {
    "utf-8-sig": "UTF-8 con BOM",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
MAX_LINES_IN_CELL = 50
MAX_COLUMNS = 500
# A byte order mark, once or encoded again as text: the directory of 2016 begins with "ïagno".
_MARKS = re.compile("^(?:\ufeff|ï»¿|ï(?=[a-zA-Z]))+")
_TANGLED = re.compile("[ÃÂâ][\u0080-\u00bf\u0152-\u2122]")
# What Excel, LibreOffice and Google Sheets would take for a formula or a command.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


_DAMAGED = (
    "No se pudo abrir el libro de Excel: está dañado o tiene contraseña, o es de otro programa. "
    "Ábralo en Excel y guárdelo otra vez como .xlsx sin contraseña, o como CSV."
)


class Unreadable(Exception):  # noqa: N818 - it is an answer for a person, like Refused
    """The file as a whole cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the row's number as a spreadsheet shows it, the header being 1."""

    line: int
    cells: Sequence[str]


class CsvReader(Protocol):
    """What `csv.reader` gives."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Table:
    """The header as it stands in the file, how it was read, and the rows, once."""

    header: tuple[str, ...]
    dialect: str
    rows: Iterator[Row]
    # About how many rows follow, for a progress bar.
    total: int
    # What is read otherwise than the file says: by column and what stands there.
    mended: Mapping[tuple[str, str], str] = field(default_factory=dict)
    # The rows of a CSV as the parser gives them, for files of millions of rows: whoever takes
    # these leaves `rows` alone.
    plain: CsvReader | None = None

    def find(self, *names: str) -> int | None:
        """The column called by one of these names, without regard to case, accents or marks.
        "Categoría*" is any that begins so."""
        folded = [fold(title) for title in self.header]
        for name in names:
            if name.endswith("*"):
                begins = [title.startswith(fold(name[:-1])) for title in folded]
                if any(begins):
                    return begins.index(True)
            elif fold(name) in folded:
                return folded.index(fold(name))
        return None


@contextmanager
def open_table(path: Path, *, wanted: Sequence[str] = ()) -> Iterator[Table]:
    """Open a CSV or a workbook. Of a workbook, the sheet with most of the `wanted` headings."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise Unreadable("El archivo está vacío.")
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        yield _workbook(path, wanted)
        return
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"\x1f\x8b")):
        raise Unreadable("Ese archivo no es una planilla. Se espera un CSV o un Excel (.xlsx).")
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="", errors="strict") as text:
        yield _csv(text, encoding, _line_count(path))


def _encoding(path: Path) -> str:
    """UTF-8 when every byte agrees, UTF-16 by its mark, else what old Windows programs write."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return _decodes(path, "utf-16")
        utf8 = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"
    for encoding in (utf8, "cp1252"):
        try:
            return _decodes(path, encoding)
        except Unreadable:
            continue
    return "latin-1"


def _decodes(path: Path, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 16):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Unreadable(
            "El texto del archivo está dañado. Guárdelo otra vez como CSV UTF-8."
        ) from error
    return encoding


def _line_count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def _csv(text: IO[str], encoding: str, lines: int) -> Table:
    first = text.readline(1 << 20)
    if "\0" in first or first.lstrip("\ufeff \t").startswith(("{", "[{")):
        raise Unreadable("Ese archivo no es una planilla. Se espera un CSV o un Excel (.xlsx).")
    if fold(first).startswith(("<html", "<!doctype", "<?xml", "<table")):
        raise Unreadable(
            "El archivo es una página web con nombre de planilla. Ábralo en Excel y guárdelo como "
            "libro de Excel (.xlsx) o como CSV."
        )
    delimiter = _delimiter(first)
    text.seek(0)
    plain = csv.reader(text, delimiter=delimiter)
    records = _records(plain)
    header = next((row for row in records if any(row.cells)), None)
    if header is None:
        raise Unreadable("El archivo no tiene filas.")
    dialect = f"CSV con {DELIMITERS[delimiter]}, {ENCODINGS[encoding]}"
    rows = (row for row in records if any(row.cells))
    return Table(_header(header.cells), dialect, rows, max(lines - 1, 0), plain=plain)


def _delimiter(line: str) -> str:
    """The most frequent one outside quotes; ";" for a file of one column. A bar between two tabs
    (the SABER file of 2018) is a bar: the tabs are space around it."""
    bare = re.sub(r'"[^"]*"', "", line)
    if "\t|\t" in bare:
        return "|"
    found = Counter({mark: bare.count(mark) for mark in DELIMITERS})
    mark, count = found.most_common(1)[0]
    return mark if count else ";"


def _records(reader: Any) -> Iterator[Row]:
    before = 0
    for line in _counted():
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeError) as error:
            raise Unreadable(
                f"No se pudo leer la fila {line}: el texto está dañado o le faltan comillas."
            ) from error
        if reader.line_num - before > MAX_LINES_IN_CELL:
            raise Unreadable(
                f"En la fila {line} se abren unas comillas que no se cierran. Revise esa fila."
            )
        before = reader.line_num
        yield Row(line, _cells(cells))


def _counted() -> Iterator[int]:
    line = 0
    while True:
        line += 1
        yield line


def untangled(text: str) -> str:
    """Text whose UTF-8 was taken for Latin-1 or Windows-1252 and encoded again, up to three times
    over: "JosÃ©" is José. The enrolment summary of 2016 has 951 such names."""
    for _ in range(3):
        once = _untangled_once(text) if _TANGLED.search(text) else None
        if once is None:
            break
        text = once
    return text


def _untangled_once(text: str) -> str | None:
    for encoding in ("latin-1", "cp1252"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return None


def _cells(row: list[str]) -> list[str]:
    """As `_cell` for each; most rows have neither an apostrophe nor a zero byte anywhere."""
    whole = "".join(row)
    if "'" in whole or "\0" in whole:
        return [_cell(cell) for cell in row]
    return [cell.strip() for cell in row]


def _cell(text: str) -> str:
    """Without the spaces around it; an apostrophe that guards a formula is taken off again."""
    text = text.replace("\0", "").strip()
    return text[1:] if is_guarded(text) else text


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    if len(cells) > MAX_COLUMNS:
        raise Unreadable(
            "La primera fila no parece un encabezado: se espera una planilla con los nombres de "
            "las columnas arriba."
        )
    titles = tuple(_MARKS.sub("", cell).strip() for cell in cells)
    known = Counter(fold(title) for title in titles if title)
    repeated = next((title for title in titles if title and known[fold(title)] > 1), None)
    if repeated:
        raise Unreadable(f"La columna {repeated[:60]} está dos veces. Deje una sola.")
    return titles


_TOO_BIG = (
    "El libro de Excel ocupa demasiado al abrirlo. Deje solo la hoja y las columnas que hacen "
    "falta y guárdela como CSV."
)


def open_book(path: Path) -> CalamineWorkbook:
    """A workbook to read sheet by sheet, after it was looked through. Raises `Unreadable`."""
    from python_calamine import CalamineError, CalamineWorkbook

    with path.open("rb") as file:
        is_packed = file.read(4) == b"PK\x03\x04"
    try:
        if is_packed:
            packed.inspect(path)
        return CalamineWorkbook.from_path(str(path))
    except packed.TooBig as error:
        raise Unreadable(_TOO_BIG) from error
    except (packed.NoWorkbook, CalamineError, ValueError, OSError) as error:
        raise Unreadable(_DAMAGED) from error


def open_sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    """A sheet of it, whole in memory. Raises `Unreadable`: only now its cells are looked at."""
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(
            f"La hoja «{name[:60]}» está dañada. Guarde el libro otra vez como .xlsx."
        ) from error


def _workbook(path: Path, wanted: Sequence[str]) -> Table:
    """The sheet with most of the wanted headings, the first of equals. Besides the best so far
    only one more is in memory."""
    book = open_book(path)
    best, score = None, -1
    for name in book.sheet_names:
        sheet = open_sheet(book, name)
        found = _headings(sheet, wanted)
        if found > score:
            best, score = (name, sheet), found
    table = _sheet(*best) if best else None
    if table is None:
        raise Unreadable("El libro de Excel no tiene filas.")
    return table


def _headings(sheet: Any, wanted: Sequence[str]) -> int:
    """How many of the wanted headings a sheet has; -1 for one without a row."""
    rows = ([_value(cell) for cell in cells] for cells in sheet.iter_rows())
    found = next((row for row in rows if any(row)), None)
    if found is None:
        return -1
    table = Table(tuple(_MARKS.sub("", cell).strip() for cell in found), "", iter(()), 0)
    return sum(table.find(title) is not None for title in wanted)


def _sheet(name: str, sheet: Any) -> Table | None:
    records = (
        Row(line, [_value(cell) for cell in cells])
        for line, cells in enumerate(sheet.iter_rows(), start=1 + (sheet.start or (0, 0))[0])
    )
    header = next((row for row in records if any(row.cells)), None)
    if header is None:
        return None
    rows = (row for row in records if any(row.cells))
    total = max(int(sheet.total_height) - 1, 0)
    return Table(_header(header.cells), f"Excel, hoja «{name}»", rows, total)


def _value(cell: Any) -> str:
    """A cell of a workbook as the text that a CSV would have."""
    if isinstance(cell, str):
        return _cell(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return _cell(str(cell))


_SPOILED = re.compile(r"\d(?:[.,]\d+)?[eE][+]?\d{1,2}")


def is_spoiled(text: str) -> bool:
    """A code that Excel took for a number and rounded: "2.0579E+11", "9,00E+04"."""
    return _SPOILED.fullmatch(text) is not None


def spoiled(line: int, column: str, text: str) -> Unreadable:
    """What to do about it: the digits are lost, no reading brings them back."""
    return Unreadable(
        f"En la fila {line}, {column or 'una columna'} dice «{text[:40]}»: Excel tomó los códigos "
        "por números y perdió sus cifras. Vuelva al archivo original y no lo guarde desde Excel: "
        "súbalo tal como se descargó. Si necesita abrirlo, en Excel use Datos › Desde texto/CSV y "
        "marque la columna como Texto."
    )


class Target(Protocol):
    """A text file, or the answer to a request."""

    def write(self, text: str, /) -> object: ...


def write_csv(
    file: Target, header: Sequence[str], rows: Iterable[Sequence[str | int | None]]
) -> None:
    """A CSV as Excel opens it in Spanish: semicolons and a mark that says UTF-8.

    Text that a spreadsheet would run as a formula gets an apostrophe, which reading takes off.
    """
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)


def safe(cell: str | int | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str) and (cell.startswith(_FORMULA) or is_guarded(cell)):
        return "'" + cell
    return str(cell)


def is_guarded(cell: str) -> bool:
    """Begins as a guarded formula does: writing gives it one apostrophe more, reading takes one
    off, so that what was written comes back."""
    return cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA)
