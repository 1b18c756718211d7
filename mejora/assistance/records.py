"""Section 6 of D02.03, REGISTROS: the records that prove the activities, in its own words."""

from __future__ import annotations

from dataclasses import dataclass

SIGCE = "Reporte del sistema de información SIGCE o sistema equivalente"
BY_CENTRAL = "Definido por administrador CENTRAL SIGCE"
BY_F01 = "Según F01.03 Realizar control al servicio educativo"


@dataclass(frozen=True, slots=True)
class Record:
    """`holds` says which rows of Mejora are this record."""

    code: str
    name: str
    holds: str
    activity: int
    responsible: str = "Técnico operativo de calidad educativa"
    how: str = SIGCE
    place: str = "Data Center SIGCE"
    retention: str = BY_CENTRAL
    afterwards: str = BY_CENTRAL

    def as_policy(self) -> dict[str, str]:
        return {
            "responsible": self.responsible,
            "place": self.place,
            "retention": self.retention,
            "afterwards": self.afterwards,
        }


RECORDS = (
    Record("programacion", "Programación de la Asistencia Técnica", "asistencias programadas", 3),
    Record("revision-pmi", "Revisión de los PMI", "fuentes consultadas", 3),
    Record("seguimiento-pmi", "Seguimiento de los PMI", "seguimientos", 5),
    Record("evaluacion", "Evaluación de asesoría", "evaluaciones de los EE", 7),
    Record(
        "F01.03.F02",
        "F01.03.F02 Reporte de indicios de irregularidades",
        "reporte presentado",
        10,
        responsible=BY_F01,
        how=BY_F01,
        place=BY_F01,
        retention=BY_F01,
        afterwards=BY_F01,
    ),
)
BY_CODE = {record.code: record for record in RECORDS}
