"""A workbook as people handle it: downloaded, edited cell by cell, uploaded, landed, undone."""

import io

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from mejora.network import operations
from mejora.network.enums import BatchKind
from mejora.plans.importers import workbook_out
from mejora.plans.models import PlanYear


class Edited:
    """The sheets as lists of rows; `sheet["Acciones"]` begins with its header and the example."""

    def __init__(self, data: bytes):
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        self.sheets = {
            name: [
                list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            for name in book.sheet_names
        }
        self.merged = []

    def column(self, sheet: str, title: str) -> int:
        names = [str(cell).removesuffix(" *") for cell in self.sheets[sheet][0]]
        return names.index(title)

    def row(self, sheet: str, code: str) -> list:
        return next(row for row in self.sheets[sheet][2:] if row[1] == code)

    def put(self, sheet: str, code: str, title: str, value) -> None:
        self.row(sheet, code)[self.column(sheet, title)] = value

    def get(self, sheet: str, code: str, title: str):
        return self.row(sheet, code)[self.column(sheet, title)]

    def add(self, sheet: str, **cells) -> list:
        """A row without a key; titles with underscores for spaces."""
        row = [""] * len(self.sheets[sheet][0])
        for title, value in cells.items():
            row[self.column(sheet, title.replace("_", " "))] = value
        self.sheets[sheet].append(row)
        return row

    def fact(self, label: str, value) -> None:
        next(row for row in self.sheets["Léame"] if row[0] == label)[1] = value

    def data(self) -> bytes:
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"in_memory": True})
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in self.sheets.items():
            page = book.add_worksheet(name)
            for line, row in enumerate(rows):
                for place, cell in enumerate(row):
                    write(page, line, place, cell, day)
            for where in [where for sheet, where in self.merged if sheet == name]:
                page.merge_range(where, "juntas")
        book.close()
        return target.getvalue()


def write(page, line, place, cell, day) -> None:
    if isinstance(cell, str) and cell.startswith("\0="):
        page.write_formula(line, place, cell[1:], None, 42)
    elif isinstance(cell, str):
        text = f"{cell} " if cell.startswith("<r>") and cell.endswith("</r>") else cell
        if text and len(text) <= 32_767:
            page.write_string(line, place, text)
    elif hasattr(cell, "isoformat"):
        page.write_datetime(line, place, cell, day)
    elif isinstance(cell, bool):
        page.write_boolean(line, place, cell)
    elif cell is not None:
        page.write_number(line, place, cell)


def downloaded(year: PlanYear, *, is_empty: bool = False) -> bytes:
    target = io.BytesIO()
    workbook_out.write(target, PlanYear.objects.with_place().get(pk=year.pk), is_empty=is_empty)
    return target.getvalue()


def edited(year: PlanYear, *, is_empty: bool = False) -> Edited:
    return Edited(downloaded(year, is_empty=is_empty))


def uploaded(book, *, by, school, year=None, kind=BatchKind.WORKBOOK):
    """Received and checked, not landed."""
    data = book.data() if isinstance(book, Edited) else book
    file = SimpleUploadedFile("planilla.xlsx", data)
    batch = operations.receive(file, kind=kind, year=year, by=by, school=school)
    operations.check(batch)
    return batch


def landed(batch, by):
    operations.approve(batch, by=by)
    operations.land(batch)
    return batch


def undone(batch, by):
    operations.undo(batch, by=by)
    operations.take_back(batch)
    return batch


def told(batch, *, errors=True) -> list[str]:
    return [i.message for i in batch.issues.filter(is_error=errors).exclude(code="absent")]
