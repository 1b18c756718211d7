"""A school's workbook of forty actions: out, and in until it is reviewed.

The floors write and read the same cells with XlsxWriter and calamine alone.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import Result


def main(folder: Path) -> None:
    measure.setup()
    from mejora.network import operations
    from mejora.network.importers import staging
    from mejora.plans.importers import workbook_out
    from mejora.plans.models import PlanYear

    plan_year = PlanYear.objects.with_place().get(school__code="90012", year=2026)
    path = folder.parent / "planilla.xlsx"

    def out() -> None:
        with path.open("wb") as file:
            workbook_out.write(file, plan_year)

    out()
    took_out = measure.seconds(out)
    rows = _cells(path)
    floor_out = measure.seconds(lambda: _written(rows))
    batch = _received(path, plan_year)

    def check() -> None:
        operations.check(batch)

    took_in = measure.seconds(check)
    if batch.rows_same != batch.rows_read or not batch.rows_read:
        raise SystemExit(f"{batch.message} {batch.rows_same} of {batch.rows_read} rows the same")
    floor_in = measure.seconds(lambda: _cells(path))
    staging.clear(batch)
    measure.tell(
        Result("Planilla de 40 acciones: bajarla", took_out, "s", 1.0, floor_out),
        Result("Planilla de 40 acciones: revisarla", took_in, "s", 1.0, floor_in),
    )


def _received(path: Path, plan_year: object) -> object:
    from django.core.files import File

    from mejora.network import operations
    from mejora.network.enums import BatchKind

    with path.open("rb") as file:
        upload = File(file, name=path.name)
        return operations.receive(
            upload, kind=BatchKind.WORKBOOK, year=None, by=None, school=plan_year.school
        )


def _cells(path: Path) -> dict[str, list[list[object]]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _written(sheets: dict[str, list[list[object]]]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True, "default_date_format": "d-m-yy"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell != "":
                    page.write(line, place, cell)
    book.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
