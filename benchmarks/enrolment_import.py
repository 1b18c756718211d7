"""Importing the enrolment summary of all schools, and taking it back.

The floor reads the same file with `csv`, every cell of it, and no more.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from benchmarks import data, directory_import, measure
from benchmarks.measure import Result

SCHOOLS = 16_601
COLUMNS = (
    *("AGNO", "RBD", "DGV_RBD", "NOM_RBD", "COD_DEPE", "COD_DEPE2", "RURAL_RBD", "COD_REG_RBD"),
    *("NOM_REG_RBD_A", "COD_PRO_RBD", "COD_COM_RBD", "NOM_COM_RBD", "COD_DEPROV_RBD"),
    *("NOM_DEPROV_RBD", "ESTADO_ESTAB"),
    *(f"MAT_{sex}_{level}" for level in range(1, 9) for sex in ("HOM", "MUJ", "ENS")),
    *("MAT_HOM_TOT", "MAT_MUJ_TOT", "MAT_SI_TOT", "MAT_TOTAL"),
    *(f"CUR_SIM_{level:02d}" for level in range(1, 9)),
    *("CUR_SIM_TOT", "CUR_COMB_01", "CUR_COMB_02", "CUR_COMB_TOT"),
)


def main(folder: Path) -> None:
    measure.setup()
    schools = data.directory(folder.parent / "directorio.csv")
    directory_import.bring(schools, "directory")
    path = _summary(schools, folder.parent / "matricula.csv")
    floor = measure.seconds(lambda: _read(path))
    batches = []
    took = measure.seconds(lambda: batches.append(directory_import.bring(path, "enrolment")))
    _check()
    back = measure.seconds(lambda: _take_back(batches[0]))
    measure.tell(
        Result("Resumen de matrícula, 16.601 filas", took, "s", 5.0, floor),
        Result("Resumen de matrícula: deshacerlo", back, "s", 5.0),
    )


def _summary(schools: Path, path: Path) -> Path:
    """The schools of a made-up directory in the layout of 2022, 2 pupils in 3 in básica."""
    with schools.open(encoding="utf-8", newline="") as source, path.open("w", newline="") as file:
        lines = csv.writer(file, delimiter=";", lineterminator="\n")
        lines.writerow(COLUMNS)
        for number, row in enumerate(csv.DictReader(source, delimiter=";")):
            if number == SCHOOLS:
                break
            pupils = int(row["MAT_TOTAL"].strip() or 0)
            basic, men = pupils * 2 // 3, pupils // 2
            told = {
                **row,
                "AGNO": "2022",
                "MAT_TOTAL": pupils,
                "MAT_ENS_2": basic,
                "MAT_ENS_5": pupils - basic,
            }
            told |= {"MAT_HOM_TOT": men, "MAT_MUJ_TOT": pupils - men}
            lines.writerow([told.get(name, "0") for name in COLUMNS])
    return path


def _read(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(len(row) for row in csv.reader(file, delimiter=";"))


def _check() -> None:
    from mejora.network.facts import Enrolment

    if (found := Enrolment.objects.count()) != SCHOOLS:
        raise SystemExit(f"{found} rows landed, {SCHOOLS} expected")


def _take_back(batch: object) -> None:
    from mejora.network import operations
    from mejora.network.enums import BatchState
    from mejora.network.models import ImportBatch

    found = ImportBatch.objects.get(pk=getattr(batch, "pk", 0))
    operations.undo(found, by=None)
    operations.take_back(found)
    if found.state != BatchState.UNDONE:
        raise SystemExit(found.message)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
