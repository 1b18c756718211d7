"""Writing tables for people: CSV as Excel opens it in Chile, and XLSX with typed cells.

Rows go through one by one, so that a country fits in constant memory. Nothing that a person wrote
ever runs as a formula: a CSV guards it with an apostrophe, which the importers take off again; in a
workbook it is written as text. What `export` writes for programs is `spreadsheets.write_csv`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mejora.core import wording
from mejora.core.spreadsheets import is_guarded, safe

Value = str | int | Decimal | bool | dt.date | dt.datetime | None
CSV_MIME = "text/csv; charset=utf-8"
XLSX_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1_048_575  # of a sheet, its header left out
BLOCK = 500  # rows between two words about how far it is
MAX_TEXT = 32_767  # UTF-16 units in a cell
_CUT = " […]"
_NO_XML = re.compile("[\ufffe\uffff]")
_ODD_STARTS = ("'", "<")
_CODE_DIGITS = 9  # longer codes, such as DANE's, would lose digits as numbers


class Kind(Enum):
    """What a column holds. In a workbook everything but TEXT is typed."""

    TEXT = "text"
    CODE = "code"  # an RBD: a number where it is one, so that it sorts and matches
    NUMBER = "number"  # a year, a yes or no as 1 or 0: whole, and not marked by thousands
    WHOLE = "whole"
    MONEY = "money"  # whole units of the country's currency
    FIGURE = "figure"  # with up to two decimals
    SHARE = "share"  # percent, with one decimal: 52.3 is 52,3 %
    DATE = "date"
    MOMENT = "moment"  # with its time zone; written as the local time


_WIDTHS = {
    Kind.TEXT: 28,
    Kind.CODE: 9,
    Kind.NUMBER: 9,
    Kind.WHOLE: 11,
    Kind.MONEY: 14,
    Kind.FIGURE: 11,
    Kind.SHARE: 9,
    Kind.DATE: 12,
    Kind.MOMENT: 17,
}
_NUMBER_FORMATS = {
    Kind.CODE: "0",
    Kind.NUMBER: "0",
    Kind.WHOLE: "#,##0",
    Kind.MONEY: "#,##0",
    Kind.FIGURE: "#,##0.##",
    Kind.SHARE: "0.0%",
    Kind.DATE: "dd-mm-yyyy",
    Kind.MOMENT: "dd-mm-yyyy hh:mm",
}


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    kind: Kind = Kind.TEXT
    width: int = 0  # characters; 0 leaves it to the kind

    @property
    def shown_width(self) -> int:
        return self.width or _WIDTHS[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """A list ready to be written. `rows` begins to read when it is called; `count` says how many
    there will be. `about` says what it is, whose, of which day and how it is counted."""

    title: str
    name: str  # of the file, without its ending
    columns: Sequence[Column]
    rows: Callable[[], Iterable[Sequence[Value]]]
    count: int
    about: Sequence[tuple[str, str]] = ()


Tell = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Nobody waits to hear how far it is."""


# CSV -------------------------------------------------------------------------------------------


def write_csv(target: IO[bytes], table: Table, tell: Tell = silent) -> None:
    for block in csv_blocks(table, tell):
        target.write(block.encode())


def csv_blocks(table: Table, tell: Tell = silent) -> Iterator[str]:
    """The file in pieces: semicolons, a mark that says UTF-8, decimal comma, dates dd-mm-aaaa."""
    memory = io.StringIO()
    writer = csv.writer(memory, delimiter=";", lineterminator="\r\n")
    memory.write("\ufeff")
    writer.writerow(column.title for column in table.columns)
    sayers = [_CSV[column.kind] for column in table.columns]
    rows, done = iter(table.rows()), 0
    while block := list(islice(rows, BLOCK)):
        writer.writerows(
            ["" if cell is None else say(cell) for say, cell in zip(sayers, row, strict=True)]
            for row in block
        )
        yield memory.getvalue()
        memory.seek(0)
        memory.truncate()
        done += len(block)
        tell(done, table.count)
    yield memory.getvalue()


def _text(value: Any) -> str:
    return safe(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "sí" if value else "no"
    return value if isinstance(value, str) else str(value)


def _figure(value: Any) -> str:
    """3.50 is 3,5."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


_CSV: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: _text,
    Kind.CODE: _text,
    Kind.NUMBER: str,
    Kind.WHOLE: str,
    Kind.MONEY: str,
    Kind.FIGURE: _figure,
    Kind.SHARE: lambda value: f"{value:.1f}%".replace(".", ","),
    Kind.DATE: lambda value: f"{value:%d-%m-%Y}",
    Kind.MOMENT: lambda value: f"{wording.local(value):%d-%m-%Y %H:%M}",
}


# XLSX ------------------------------------------------------------------------------------------


class Book:
    """A workbook being written, row after row, to `target`. `folder` holds what is on its way; the
    caller takes it away."""

    def __init__(self, target: Path | IO[bytes], folder: Path) -> None:
        # The options that would turn people's words into formulas, links or numbers stay off.
        options: dict[str, Any] = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": str(folder),
        }
        self._book = xlsxwriter.Workbook(
            str(target) if isinstance(target, Path) else target, options
        )
        self.head = self.format(
            bold=True, bg_color="#E7EFEF", bottom=1, text_wrap=True, valign="vcenter"
        )
        self.strong = self.format(bold=True)
        self.wrapped = self.format(text_wrap=True, valign="top")
        self.kinds = {
            kind: self.format(num_format=_NUMBER_FORMATS[kind]) for kind in _NUMBER_FORMATS
        }

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What failed half-way is not put together: its rows on their way are let go."""
        if error is None:
            self._book.close()
            return
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()

    def format(self, **properties: Any) -> Format:
        return self._book.add_format({"font_name": "Calibri", "font_size": 11, **properties})

    def sheet(self, name: str) -> Worksheet:
        made = self._book.add_worksheet(name)
        made.set_landscape()
        made.set_paper(9)  # A4
        made.fit_to_pages(1, 0)
        return made

    def table(self, table: Table, tell: Tell = silent) -> None:
        """The first sheet: a header that stays, columns that filter, a row per thing."""
        sheet = self.sheet("Datos")
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(table.columns):
            sheet.set_column(number, number, column.shown_width)
            sheet.write_string(0, number, column.title, self.head)
        writers = [self._writer(sheet, column.kind) for column in table.columns]
        done = 0
        for done, row in enumerate(table.rows(), 1):
            for number, cell in enumerate(row):
                if cell is not None and cell != "":
                    writers[number](done, number, cell)
            if done % BLOCK == 0:
                tell(done, table.count)
        sheet.autofilter(0, 0, max(done, 1), len(table.columns) - 1)
        tell(done, max(done, table.count))

    def about(self, lines: Sequence[tuple[str, str]], name: str = "Acerca de") -> None:
        """A sheet of words: what this is, and how it is counted."""
        sheet = self.sheet(name)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 90)
        bold = self.format(bold=True, valign="top")
        for number, (label, text) in enumerate(lines):
            sheet.write_string(number, 0, label, bold)
            sheet.write_string(number, 1, in_cell(text), self.wrapped)

    def _writer(self, sheet: Worksheet, kind: Kind) -> Callable[[int, int, Any], object]:
        form = self.kinds.get(kind)
        text, figure, day = sheet.write_string, sheet.write_number, sheet.write_datetime
        if kind in {Kind.NUMBER, Kind.WHOLE, Kind.MONEY, Kind.FIGURE}:
            return lambda row, column, value: figure(row, column, value, form)
        if kind is Kind.SHARE:
            return lambda row, column, value: figure(row, column, value / 100, form)
        if kind is Kind.DATE:
            return lambda row, column, value: day(row, column, value, form)
        if kind is Kind.MOMENT:
            return lambda row, column, value: day(row, column, _local(value), form)
        if kind is Kind.CODE:
            return lambda row, column, value: (
                figure(row, column, int(value), form)
                if is_number(value)
                else text(row, column, in_cell(value))
            )
        return lambda row, column, value: text(row, column, in_cell(value))


def write_xlsx(
    target: Path | IO[bytes], table: Table, tell: Tell = silent, *, within: Path | None = None
) -> None:
    """`within` is where a folder for what is on its way may be made; the system's, if not told."""
    with TemporaryDirectory(dir=within) as folder, Book(target, Path(folder)) as book:
        book.table(table, tell)
        book.about([("Contenido", table.title), *table.about])


def is_number(code: str) -> bool:
    """Whether a code keeps all its digits as a number: "90012" does, "007" and DANE's do not."""
    return (
        code.isascii() and code.isdigit() and len(code) <= _CODE_DIGITS and not code.startswith("0")
    )


def _local(value: dt.datetime) -> dt.datetime:
    return wording.local(value).replace(tzinfo=None)


def in_cell(value: Any) -> str:
    """Text as a cell takes it. What a workbook cannot hold is left out or said to be cut."""
    text = value if isinstance(value, str) else _plain(value)
    # Asked of every cell of a country: the rare ones are told apart as cheaply as can be.
    if text[:1] in _ODD_STARTS or len(text) > MAX_TEXT // 2 or "\ufffe" in text or "\uffff" in text:
        return _fitted(text)
    return text


def _fitted(text: str) -> str:
    text = _NO_XML.sub("", _shortened(text))
    if is_guarded(text):
        return "'" + text  # the importers take one off
    if text.startswith("<r>") and text.endswith("</r>"):
        return text + " "  # XlsxWriter would take it for rich text and write it as it stands
    return text


def _shortened(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_TEXT:
        return text
    room = 2 * (MAX_TEXT - len(_CUT) - 1)
    return units[:room].decode("utf-16-le", errors="ignore") + _CUT
