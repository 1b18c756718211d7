"""The data that is measured: both samples, and a directory of schools in the official layout."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import random
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks import ROOT, environment

ON = dt.date(2026, 9, 8)
ROWS = 16_768  # of the official directory of 2025
# The columns of 2025 that say something; the importer finds them by name among the others.
COLUMNS = (
    *("AGNO", "RBD", "DGV_RBD", "NOM_RBD", "P_JURIDICA", "COD_REG_RBD", "NOM_REG_RBD_A"),
    *("COD_PRO_RBD", "COD_COM_RBD", "NOM_COM_RBD", "COD_DEPROV_RBD", "NOM_DEPROV_RBD"),
    *("COD_DEPE", "COD_DEPE2", "RURAL_RBD", "LATITUD", "LONGITUD", "CONVENIO_PIE", "PACE"),
    *(f"ENS_{number:02}" for number in range(1, 12)),
    *(f"MAT_ENS_{number}" for number in range(1, 9)),
    *("MAT_TOTAL", "MATRICULA", "ESTADO_ESTAB", "ORI_RELIGIOSA", "ORI_OTRO_GLOSA"),
    *("PAGO_MATRICULA", "PAGO_MENSUAL"),
    *(f"ESPE_{number:02}" for number in range(1, 12)),
)


def sample(kind: str, where: Path) -> Path:
    """A data folder with a sample, kept for the next run while its making stays the same."""
    folder, stamp = where / kind, where / f"{kind}.stamp"
    version = _version()
    if not stamp.exists() or stamp.read_text() != version:
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "mejora", "sample", kind, "--on", ON.isoformat()]
        subprocess.run(command, check=True, cwd=ROOT, env=environment(folder))
        stamp.write_text(version)
    return folder


def copy(folder: Path, to: Path) -> Path:
    """A folder that may be written in."""
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(folder, to))


def _version() -> str:
    """What the samples are made of: their code and texts, and every migration."""
    told = hashlib.sha256()
    package = ROOT / "mejora"
    for path in sorted((*package.glob("sample/**/*"), *package.glob("*/migrations/*.py"))):
        if path.suffix in {".py", ".toml"}:
            told.update(path.read_bytes())
    return told.hexdigest()


def directory(path: Path) -> Path:
    """A made-up directory in the layout of 2025: RBD, digit and communes as they come."""
    from mejora.core.identifiers import check_digit
    from mejora.network.models import Commune, SupervisionOffice

    chance = random.Random("directory")
    offices: dict[str, list[SupervisionOffice]] = {}
    for office in SupervisionOffice.objects.select_related("region").order_by("code"):
        offices.setdefault(office.region.code, []).append(office)
    communes = list(Commune.objects.select_related("region").filter(code__lt="99").order_by("code"))
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter=";", lineterminator="\n")
        lines.writerow(COLUMNS)
        for rbd in range(1, ROWS + 1):
            commune = chance.choice(communes)
            office = chance.choice(offices[commune.region.code])
            told = _school(chance, rbd, check_digit(rbd), commune, office)
            lines.writerow([told.get(name, "0") for name in COLUMNS])
    return path


def _school(chance, rbd, digit, commune, office) -> dict[str, str]:
    is_open = chance.random() < 0.72
    pupils = round(chance.lognormvariate(5.2, 1.0)) if is_open else 0
    return {
        "AGNO": "2025",
        "RBD": str(rbd),
        "DGV_RBD": "0" if digit == "K" else digit,
        "NOM_RBD": f"ESCUELA DE PRUEBA NÚMERO {rbd}",
        "P_JURIDICA": "1",
        "COD_REG_RBD": str(int(commune.region.code)),
        "NOM_REG_RBD_A": commune.region.abbr,
        "COD_COM_RBD": str(int(commune.code)),
        "NOM_COM_RBD": commune.name.upper(),
        "COD_DEPROV_RBD": office.code,
        "NOM_DEPROV_RBD": office.name.upper(),
        "COD_DEPE": chance.choice("1223333356"),
        "RURAL_RBD": str(int(chance.random() < 0.3)),
        "LATITUD": f"-{chance.uniform(18, 55):.6f}".replace(".", ","),
        "LONGITUD": f"-{chance.uniform(67, 75):.6f}".replace(".", ","),
        "MAT_TOTAL": str(pupils) if pupils else " ",
        "MATRICULA": str(int(pupils > 0)),
        "ESTADO_ESTAB": "1" if is_open else chance.choice("234"),
        "ORI_OTRO_GLOSA": " ",
        "PAGO_MATRICULA": "GRATUITO",
        "PAGO_MENSUAL": "GRATUITO",
    }
