"""A made-up table of actions of the whole country, in the official layout of 2024: 129,726 rows of
8,240 schools, with texts, amounts and levels of the sizes and shares of the real one."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

YEAR = 2024
ROWS, SCHOOLS = 129_726, 8_240
COLUMNS = (
    *("AGNO", "RBD", "DGV_RBD", "NOM_RBD", "COD_REG_RBD", "NOM_REG_RBD_A", "COD_PRO_RBD"),
    *("COD_COM_RBD", "NOM_COM_RBD", "COD_DEPROV_RBD", "NOM_DEPROV_RBD", "COD_DEPE", "COD_DEPE2"),
    *("SLEP", "NOMBRE_SLEP", "RURAL_RBD", "CONVENIO_SEP", "CLASIFICACION_SEP", "PORC_BEN"),
    *("DIMENSION", "SUBDIMENSION", "OBJETIVO", "ESTRATEGIA", "NOM_ACTIVIDAD", "DESC_ACTIVIDAD"),
    *("FECHA_INICIO", "FECHA_TERMINO", "PROG_ASOCIADO", "RESPONSABLE", "NIV_IMPLEM"),
    *("JUST_NIV_IMPLEM", "ATE", "PLAN_CONVIV", "PLAN_CIUDAD", "PLAN_PISE", "PLAN_PLFDPD"),
    *("PLAN_PSAG", "PLAN_INCLUS", "PLAN_OTRO", "ESTIM_SUBV_GRAL", "ESTIM_SEP", "ESTIM_PIE"),
    *("ESTIM_MANTEN", "ESTIM_PRO_RET", "ESTIM_INTERNADO", "ESTIM_REFORZ", "ESTIM_FAEP"),
    *("ESTIM_APORT_MUN", "ESTIM_TOTAL"),
)
NUMBERS = frozenset(("AGNO", "RBD", "COD_DEPE", "PORC_BEN", *COLUMNS[-10:]))
AREAS = {
    "Gestión Pedagógica": ("Gestión curricular", "Enseñanza y aprendizaje en el aula"),
    "Convivencia Escolar": ("Formación", "Convivencia", "Participación y vida democrática"),
    "Gestión de Recursos": ("Gestión del personal", "Gestión de recursos educativos"),
    "Liderazgo": ("Liderazgo del director", "Planificación y gestión de resultados"),
}
LEVELS = (
    ("Implementación completa: 100%", 64.6),
    ("Implementación avanzada: 75% a 99%", 22.7),
    ("Implementación adecuada: 50% a 74%", 8.0),
    ("Implementación parcial: 25% a 49%", 2.3),
    ("Implementación no efectuada: 0%", 1.3),
    ("Implementación inicial: 1% a 24%", 1.1),
)
WORDS = [
    *("acompañamiento", "al", "aula", "retroalimentación", "de", "prácticas", "lectura"),
    *("comprensiva", "evaluación", "formativa", "convivencia", "participación", "de", "la"),
    *("comunidad", "educativa", "estudiantes", "docentes", "asistentes", "recursos"),
    *("pedagógicos", "planificación", "seguimiento", "de", "los", "aprendizajes", "jornadas"),
    *("de", "reflexión", "talleres", "monitoreo", "trimestral", "cobertura", "curricular"),
    *("equipo", "directivo", "apoderados", "inclusión", "bienestar"),
]


def rows() -> Iterator[dict[str, str]]:
    """Row by row, of the schools that the database holds, in the order of their RBD."""
    from mejora.network.models import SchoolYear

    chance = random.Random("pme")
    schools = SchoolYear.objects.newest().select_related("school", "commune")
    left = ROWS
    for number, school in enumerate(schools.order_by("school__code")[:SCHOOLS]):
        count = left // (SCHOOLS - number)
        left -= count
        yield from _school(chance, school, count)


def _school(chance, year, count: int) -> Iterator[dict[str, str]]:
    head = {
        "AGNO": str(YEAR),
        "RBD": year.school.code,
        "DGV_RBD": year.school.check_digit,
        "NOM_RBD": year.name.upper(),
        "COD_COM_RBD": str(int(year.commune.code)),
        "NOM_COM_RBD": year.commune.name.upper(),
        "COD_DEPE": year.dependency,
    }
    areas = list(AREAS)
    above = {area: [(_text(chance, 240), _text(chance, 200)) for _ in range(2)] for area in areas}
    for number in range(count):
        area = areas[number % len(areas)]
        objective, strategy = chance.choice(above[area])
        yield {
            **head,
            "DIMENSION": area,
            "SUBDIMENSION": chance.choice(AREAS[area]),
            "OBJETIVO": objective,
            "ESTRATEGIA": strategy,
            "NOM_ACTIVIDAD": _text(chance, 45) + f" {number + 1}",
            "DESC_ACTIVIDAD": _text(chance, 340),
            **_rest(chance),
        }


def _rest(chance) -> dict[str, str]:
    sep = 0 if chance.random() < 0.3 else 50_000 * chance.randint(1, 200)
    general = 0 if chance.random() < 0.7 else 100_000 * chance.randint(1, 50)
    return {
        "FECHA_INICIO": f"{chance.randint(1, 28):02d}/03/{YEAR}",
        "FECHA_TERMINO": f"{chance.randint(1, 28):02d}/{chance.choice(('11', '12'))}/{YEAR}",
        "PROG_ASOCIADO": chance.choice(("SEP", "PIE", " ")),
        "RESPONSABLE": chance.choice(("Jefe Técnico", "Director", "Encargado de convivencia")),
        "NIV_IMPLEM": chance.choices(*zip(*LEVELS, strict=True))[0],
        "ATE": chance.choice(("No", "No", "No", "Sí")),
        "PLAN_CONVIV": str(int(chance.random() < 0.3)),
        "PLAN_PLFDPD": str(int(chance.random() < 0.2)),
        "PLAN_INCLUS": str(int(chance.random() < 0.2)),
        "ESTIM_SUBV_GRAL": str(general),
        "ESTIM_SEP": f"{sep}.0",
        "ESTIM_TOTAL": str(sep + general),
    }


def _text(chance, size: int) -> str:
    found = " ".join(chance.choices(WORDS, k=size // 7)).capitalize()
    return found[: round(size * chance.uniform(0.6, 1.2))]


def _cells(row: dict[str, str]) -> list[str]:
    return [row.get(name, "0" if name in NUMBERS else " ") for name in COLUMNS]


def as_csv(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter=",", lineterminator="\n")
        lines.writerow(COLUMNS)
        lines.writerows(_cells(row) for row in rows())
    return path


def as_xlsx(path: Path) -> Path:
    """Numbers as numbers, as the ministry's file has them."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Implementación 2024")
        sheet.write_row(0, 0, COLUMNS)
        for line, row in enumerate(rows(), 1):
            for place, (name, cell) in enumerate(zip(COLUMNS, _cells(row), strict=True)):
                sheet.write(line, place, float(cell) if name in NUMBERS else cell)
    return path
