"""Importing the directory of all schools, as the command does it; alone, and while others save.

The floor reads the same file with `csv` and puts the same two tables in with `executemany`.
"""

from __future__ import annotations

import csv
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import data, environment, measure
from benchmarks.measure import Result

if TYPE_CHECKING:
    from mejora.network.models import ImportBatch


def main(folder: Path) -> None:
    measure.setup()
    path = data.directory(folder.parent / "directorio.csv")
    floor = measure.seconds(lambda: _floor(path, folder.parent / "floor.sqlite3"))
    other = data.copy(folder, folder.parent / "import-others")
    took = measure.seconds(lambda: _import(path))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    waited = _others_waited(path, other)
    measure.tell(
        Result("Directorio, 16.768 filas: importarlo entero", took, "s", 6.0, floor),
        Result("Directorio: memoria", megabytes, "MB", 300),
        Result("Directorio: lo que otro espera para guardar", waited, "s", 1.0),
    )


def bring(path: Path, kind: str) -> ImportBatch:
    """A file received, checked and landed, as the command does it."""
    from django.core.files import File

    from mejora.network import operations
    from mejora.network.enums import BatchKind

    with path.open("rb") as file:
        upload = File(file, name=path.name)
        batch = operations.receive(upload, kind=BatchKind(kind), year=None, by=None)
    operations.check(batch)
    operations.land(batch)
    return batch


def _import(path: Path) -> None:
    from mejora.network.models import SchoolYear

    bring(path, "directory")
    landed = SchoolYear.objects.filter(year=2025, school__is_sample=False).count()
    if landed != data.ROWS:
        raise SystemExit(f"{landed} rows landed, {data.ROWS} expected")


def _floor(path: Path, database: Path) -> None:
    database.unlink(missing_ok=True)
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE school (code UNIQUE, name, commune, office, lat, lon)")
        connection.execute("CREATE TABLE year (code, year, name, commune, depe, state, pupils)")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        connection.executemany(
            "INSERT INTO school VALUES (?, ?, ?, ?, ?, ?)",
            [
                tuple(r[n] for n in ("RBD", "NOM_RBD", "COD_COM_RBD", "COD_DEPROV_RBD", "LATITUD",
                                     "LONGITUD"))
                for r in rows
            ],
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO year VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                tuple(r[n] for n in ("RBD", "AGNO", "NOM_RBD", "COD_COM_RBD", "COD_DEPE",
                                     "ESTADO_ESTAB", "MAT_TOTAL"))
                for r in rows
            ],
        )  # fmt: skip


def _others_waited(path: Path, folder: Path) -> float:
    """The longest that a person's report took to save while the same import ran beside."""
    command = [sys.executable, "-m", "benchmarks.saver", str(folder)]
    with subprocess.Popen(
        command, env=environment(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as saver:
        if saver.stdout is None or saver.stdin is None:
            raise SystemExit("no pipes")
        saver.stdout.readline()  # it has begun
        alone = [sys.executable, "-m", "benchmarks.directory_import", str(folder), str(path)]
        subprocess.run(alone, check=True, env=environment(folder))
        time.sleep(0.2)
        saver.stdin.close()
        return float(saver.stdout.readline())


if __name__ == "__main__":
    if len(sys.argv) == 3:  # only the import, beside the saver
        measure.setup()
        _import(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]))
