"""Files of figures as they come, and a way to bring them in."""

import csv
import io

import pytest
from django.core.files.base import ContentFile

from mejora.network import operations
from mejora.network.enums import BatchKind, BatchState

# Source: the catalogue's F016.
_COLUMNS = (
    "AGNO;MES_ESCOLAR;RBD;DGV_RBD;NOM_RBD;COD_REG_RBD;NOM_REG_RBD_A;COD_PRO_RBD;COD_COM_RBD;"
    "NOM_COM_RBD;COD_DEPROV_RBD;NOM_DEPROV_RBD;RURAL_RBD;NOMBRE_SLEP;COD_DEPE;COD_DEPE2;COD_ENSE;"
    "COD_ENSE2;COD_GRADO;LET_CUR;MRUN;GEN_ALU;FEC_NAC_ALU;COD_COM_ALU;NOM_COM_ALU;DIAS_ASISTIDOS;"
    "DIAS_TRABAJADOS;ASIS_PROMEDIO"
)
PUPIL = _COLUMNS.split(";")
MRUN = 15_000_001


@pytest.fixture
def bring(settings, tmp_path):
    """`bring(content, kind)`: received, checked and, unless told otherwise, landed."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }

    def bring(content, kind=BatchKind.ATTENDANCE, *, land=True, by=None, owner=None, year=None):
        raw = content.encode("utf-8") if isinstance(content, str) else content
        file = ContentFile(raw, name="archivo.csv")
        batch = operations.receive(file, kind=kind, year=year, by=by, owner=owner)
        operations.check(batch)
        if land and batch.state == BatchState.CHECKED:
            operations.land(batch)
        return batch

    return bring


def pupils(*rows, delimiter=";", columns=PUPIL):
    """A pupil-level file: each row is what it says besides a school, a month and a made-up MRUN."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    for number, row in enumerate(rows):
        usual = {"AGNO": 2026, "MES_ESCOLAR": 5, "MRUN": MRUN + number, "NOM_COM_ALU": "Ñuñoa"}
        usual |= {"DIAS_ASISTIDOS": 18, "DIAS_TRABAJADOS": 20}
        writer.writerow(usual | row)
    return text.getvalue()


def figures(*rows):
    header = "RBD;AÑO;MES;MATRICULA;RETIROS;DIAS_ASISTIDOS;DIAS_TRABAJADOS\n"
    return header + "".join(";".join(str(cell) for cell in row) + "\n" for row in rows)


def seats(*rows):
    return "RBD;AÑO;CUPOS\n" + "".join(f"{code};{year};{count}\n" for code, year, count in rows)


def counts(batch):
    return (batch.rows_new, batch.rows_changed, batch.rows_same, batch.rows_refused)
