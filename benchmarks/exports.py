"""The actions of the country as a workbook and as CSV, as the command writes them.

The floor writes the same cells, read beforehand, with XlsxWriter in constant memory, or with `csv`.
"""

from __future__ import annotations

import csv
import datetime as dt
import gc
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from benchmarks import measure
from benchmarks.measure import Result

ACTIONS = 129_726


def main(folder: Path) -> None:
    measure.setup()
    from mejora.__main__ import main as mejora
    from mejora.reports import exports
    from mejora.reports.lists.actions import Filters

    out = folder / "actions.xlsx"
    took = measure.seconds(lambda: mejora(["export", "actions", "--out", str(out)]))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    text = folder / "actions.csv"
    took_csv = measure.seconds(lambda: mejora(["export", "actions", "--out", str(text)]))
    table = exports.actions(Filters())
    rows = [list(row) for row in table.rows()]
    if len(rows) != ACTIONS:
        raise SystemExit(f"{len(rows)} actions, {ACTIONS} expected")
    gc.freeze()  # the rows in memory are the floor's own burden: the collector leaves them alone
    floor = measure.seconds(lambda: _floor(folder / "floor.xlsx", table.columns, rows))
    floor_csv = measure.seconds(lambda: _floor_csv(folder / "floor.csv", rows))
    what = f"Acciones del país, 129.726 × {len(table.columns)}"
    measure.tell(
        Result(f"{what}: XLSX", took, "s", 1.3 * floor, floor),
        Result("Acciones del país, XLSX: veces XlsxWriter solo", took / floor, "", 1.3),
        Result("Acciones del país, XLSX: memoria", megabytes, "MB", 150),
        Result("Acciones del país: CSV", took_csv, "s", 60, floor_csv),
    )
    for path in (out, text, folder / "floor.xlsx", folder / "floor.csv"):
        path.unlink()


def _floor(path: Path, columns: Sequence[object], rows: Sequence[Sequence[object]]) -> None:
    """The same cells: numbers, dates and texts by their type, nothing looked at."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        number = book.add_format({"num_format": "#,##0"})
        for y, row in enumerate(rows, 1):
            for x, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(y, x, cell)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(y, x, cell, day)
                elif cell is not None:
                    sheet.write_number(y, x, cell, number)


def _floor_csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
