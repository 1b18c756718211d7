"""Importing the official table of actions of the whole country, while five people save.

The country's sample has no plans of that year. The floor reads the same file and no more: `csv`
for the text, calamine for the workbook.
"""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import environment, measure, pme_table
from benchmarks.measure import Result

PEOPLE = 5
LIMITS = {"csv": (25.0, 450), "xlsx": (40.0, 900)}


def main(folder: Path, kind: str) -> None:
    measure.setup()
    path = _table(folder.parent, kind)
    floor = measure.seconds(lambda: _read(path, kind))
    savers = [_saver(folder, place) for place in range(PEOPLE)]
    took = measure.seconds(lambda: _import(path))
    waited = max(_longest(saver) for saver in savers)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds, most = LIMITS[kind]
    name = f"Tabla del PME, 129.726 filas, {kind.upper()}"
    measure.tell(
        Result(f"{name}: importarla entera", took, "s", seconds, floor),
        Result(f"{name}: memoria", megabytes, "MB", most),
        Result(f"{name}: lo que espera quien guarda", waited, "s", 1.0),
    )


def _table(where: Path, kind: str) -> Path:
    """Made once: the workbook takes a minute."""
    path = where / f"pme.{kind}"
    if not path.exists():
        make = {"csv": pme_table.as_csv, "xlsx": pme_table.as_xlsx}[kind]
        make(path.with_suffix(".part")).rename(path)
    return path


def _read(path: Path, kind: str) -> None:
    if kind == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = sum(1 for _ in csv.reader(file))
    else:
        from python_calamine import CalamineWorkbook

        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        rows = sum(1 for _ in sheet.iter_rows())
    if rows != pme_table.ROWS + 1:
        raise SystemExit(f"{rows} rows read")


def _import(path: Path) -> None:
    """As the command does it."""
    from django.core.files import File

    from mejora.network import operations
    from mejora.network.enums import BatchKind
    from mejora.plans.models import Action

    with path.open("rb") as file:
        upload = File(file, name=path.name)
        batch = operations.receive(upload, kind=BatchKind.PME, year=None, by=None)
    operations.check(batch)
    operations.land(batch)
    landed = Action.objects.filter(plan_year__year=pme_table.YEAR).count()
    if landed != pme_table.ROWS:
        raise SystemExit(f"{landed} actions landed, {pme_table.ROWS} expected: {batch.message}")


def _saver(folder: Path, place: int) -> subprocess.Popen[str]:
    """Somebody of the country who saves one report upon the other."""
    command = [sys.executable, "-m", "benchmarks.saver", "country", str(place)]
    saver = subprocess.Popen(
        command, env=environment(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if saver.stdout is None or saver.stdout.readline() != "begun\n":
        raise SystemExit("a saver did not begin")
    return saver


def _longest(saver: subprocess.Popen[str]) -> float:
    """The longest that one of the savings took; one that was refused ends the saver."""
    if saver.stdin is None or saver.stdout is None:
        raise SystemExit("no pipes")
    time.sleep(0.1)
    saver.stdin.close()
    told = saver.stdout.readline()
    if saver.wait() or not told:
        raise SystemExit("somebody could not save")
    return float(told)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
