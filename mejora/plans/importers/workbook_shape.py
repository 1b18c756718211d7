"""The school's workbook as data: its sheets, their columns, and what each cell may hold.

Out and in go by these same tables, so that what was written can be read. Fields are those of a
thing's `said` (see `standing`); money has a column per source, `money:SEP`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from mejora.frameworks.catalogue import Catalogue
from mejora.plans.enums import Entity

FORMAT = 1  # told in the file; another one is refused, because its columns meant something else
README, LISTS = "Léame", "Listas"
KEY, CODE, REMOVE, REASON = "Clave de Mejora", "Código", "Quitar", "Motivo"
EXAMPLE = "EJEMPLO"
HEADER_LINE = 1
MAX_TEXT = 16_000  # letters; a cell of Excel holds 32,767 halves of them
REFERENCE_LETTERS = 70
MONEY = "money:"


class Part(StrEnum):
    """What a sheet holds; the first words are those of `Entity` where it is a thing of its own."""

    SEAL = Entity.SEAL.value
    OBJECTIVE = Entity.OBJECTIVE.value
    GOAL = Entity.GOAL.value
    STRATEGY = Entity.STRATEGY.value
    INDICATOR = Entity.INDICATOR.value
    ACTION = Entity.ACTION.value
    MILESTONE = auto()
    REQUIREMENT = auto()


PARTS_OF_ACTION = frozenset({Part.ACTION, Part.MILESTONE, Part.REQUIREMENT})


class Holds(StrEnum):
    TEXT = auto()
    NUMBER = auto()  # with decimals
    WHOLE = auto()
    MONEY = auto()
    DAY = auto()
    FLAG = auto()  # sí or nothing
    CHOICE = auto()
    SEVERAL = auto()  # choices between ";"
    REFERENCE = auto()
    REFERENCES = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """`options` is a list of the hidden sheet; `to` the sheet that a reference names."""

    field: str
    title: str
    holds: Holds = Holds.TEXT
    is_needed: bool = False
    note: str = ""
    width: int = 16
    options: str = ""
    to: Part | None = None

    @property
    def heading(self) -> str:
        return f"{self.title} *" if self.is_needed else self.title


@dataclass(frozen=True, slots=True)
class Sheet:
    part: Part
    name: str
    letter: str
    noun: tuple[str, str]
    columns: tuple[Column, ...]
    example: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.field == name)


def _text(
    name: str, title: str, width: int = 40, note: str = "", *, needed: bool = False
) -> Column:
    return Column(name, title, Holds.TEXT, needed, note, width)


def _reference(to: Part, title: str, *, needed: bool = False) -> Column:
    note = f"Elija de la lista o escriba el código de la hoja ({LETTERS[to]}1, {LETTERS[to]}2…)."
    return Column(to.value, title, Holds.REFERENCE, needed, note, 34, LETTERS[to], to)


LETTERS = {
    Part.SEAL: "S",
    Part.OBJECTIVE: "O",
    Part.GOAL: "M",
    Part.STRATEGY: "E",
    Part.INDICATOR: "I",
    Part.ACTION: "A",
    Part.MILESTONE: "H",
    Part.REQUIREMENT: "V",
}
# Lists of the hidden sheet.
DIMENSIONS, SUBDIMENSIONS, PLANS, DIRECTIONS, YES = "dim", "sub", "plan", "dir", "sí"
_DECIMALS = "Un número; los decimales van con coma, por ejemplo 3,5."


def sheets(book: Catalogue, year: int) -> tuple[Sheet, ...]:
    """The sheets in the order in which their rows need each other."""
    return (
        Sheet(
            Part.SEAL, "Sellos", "S", ("sello", "sellos"),
            (
                _text("name", "Nombre", 40, "Como está en el PEI. Hasta 120 letras.", needed=True),
                _text("text", "Descripción", 60),
            ),
            {"name": "Aprendemos juntos", "text": "Altas expectativas con apoyo a tiempo."},
        ),
        Sheet(
            Part.OBJECTIVE, "Objetivos", "O", ("objetivo", "objetivos"),
            (
                _text("text", "Objetivo estratégico", 70, "Verbo en infinitivo, qué y para qué.",
                      needed=True),
                Column("area", "Dimensión", Holds.CHOICE, False, "", 24, DIMENSIONS),
                Column("seals", "Sellos", Holds.REFERENCES, False,
                       "Códigos de la hoja Sellos separados por punto y coma: S1; S2.", 24, "S",
                       Part.SEAL),
            ),
            {"text": "Fortalecer la comprensión lectora en todos los cursos.",
             "area": "Gestión Pedagógica", "seals": "S1; S2"},
        ),
        Sheet(
            Part.GOAL, "Metas", "M", ("meta", "metas"),
            (
                _reference(Part.OBJECTIVE, "Objetivo", needed=True),
                _text("text", "Meta estratégica", 60, "Qué se logrará, cuánto y cuándo.",
                      needed=True),
                Column("baseline", "Línea base", Holds.NUMBER, note=_DECIMALS),
                Column("target", "Valor esperado", Holds.NUMBER, note=_DECIMALS),
                _text("unit", "Unidad", 14, "Por ejemplo %, cursos, visitas."),
                Column("due_year", "Año", Holds.WHOLE, note="En que se espera: 2028.", width=10),
            ),
            {"objective": "O1", "text": "A diciembre de 2028, el 80 % logra nivel adecuado.",
             "baseline": "52", "target": "80", "unit": "%", "due_year": "2028"},
        ),
        Sheet(
            Part.STRATEGY, "Estrategias", "E", ("estrategia", "estrategias"),
            (
                _reference(Part.OBJECTIVE, "Objetivo", needed=True),
                _reference(Part.GOAL, "Meta"),
                _text("text", "Estrategia", 70, "Con sustantivos: implementación, diseño…",
                      needed=True),
            ),
            {"objective": "O1", "goal": "M1",
             "text": "Implementación de un acompañamiento al aula en todos los cursos."},
        ),
        Sheet(
            Part.INDICATOR, "Indicadores", "I", ("indicador", "indicadores"),
            (
                _reference(Part.STRATEGY, "Estrategia", needed=True),
                _text("name", "Nombre", 44, "Hasta 200 letras.", needed=True),
                _text("description", "Descripción", 50),
                _text("unit", "Unidad", 14, "Por ejemplo %, cursos, visitas."),
                Column("direction", "Se espera", Holds.CHOICE, False, "subir o bajar", 12,
                       DIRECTIONS),
                Column("baseline", "Línea base", Holds.NUMBER, note=_DECIMALS),
                Column("target", "Meta del año", Holds.NUMBER, note=_DECIMALS),
            ),
            {"strategy": "E1", "name": "Docentes con tres visitas", "unit": "docentes",
             "direction": "subir", "baseline": "4", "target": "18"},
        ),
        Sheet(
            Part.ACTION, "Acciones", "A", ("acción", "acciones"), _action_columns(book, year),
            {"strategy": "E1", "name": "Taller de lectura",
             "description": "Qué se hará, con quiénes y cómo.", "area": "Gestión Pedagógica",
             "subareas": "Gestión curricular", "starts_on": f"09-03-{year}",
             "ends_on": f"27-11-{year}", "responsible_text": "Jefa de UTP",
             "money:SEP": "1.500.000", "resources_needed": "Impresiones y horas no lectivas"},
        ),
        Sheet(
            Part.MILESTONE, "Hitos", "H", ("hito", "hitos"),
            (
                _reference(Part.ACTION, "Acción", needed=True),
                _text("name", "Hito", 50, "Hasta 160 letras.", needed=True),
                Column("due_on", "Fecha", Holds.DAY, note="Día, mes y año: 15-06-2026."),
                Column("weight", "Peso (%)", Holds.WHOLE, width=10,
                       note="Cuánto del avance da este hito. Los de una acción suman 100; los "
                            "vacíos se reparten lo que falta."),
            ),
            {"action": "A1", "name": "Diagnóstico de los cursos", "due_on": f"30-04-{year}",
             "weight": "25"},
        ),
        Sheet(
            Part.REQUIREMENT, "Medios de verificación", "V",
            ("medio de verificación", "medios de verificación"),
            (
                _reference(Part.ACTION, "Acción", needed=True),
                _reference(Part.MILESTONE, "Hito"),
                _text("text", "Medio de verificación", 60, "Hasta 200 letras.", needed=True),
            ),
            {"action": "A1", "milestone": "H1", "text": "Pauta de observación aplicada"},
        ),
    )  # fmt: skip


def _action_columns(book: Catalogue, year: int) -> tuple[Column, ...]:
    day = "Día, mes y año: 15-06-2026."
    return (
        _reference(Part.STRATEGY, "Estrategia", needed=True),
        _text("name", "Nombre de la acción", 44, "Hasta 200 letras.", needed=True),
        _text("description", "Descripción", 60, "El archivo oficial guarda hasta 400 letras."),
        Column("area", "Dimensión", Holds.CHOICE, True, "", 24, DIMENSIONS),
        Column("subareas", "Subdimensiones", Holds.SEVERAL, False,
               "De la dimensión elegida. Varias se separan con punto y coma.", 34, SUBDIMENSIONS),
        Column("starts_on", "Inicio", Holds.DAY, True, day, 12),
        Column("ends_on", "Término", Holds.DAY, True, day, 12),
        _text("responsible_text", "Responsable", 26, "Nombre o cargo. Hasta 160 letras."),
        _text("resources_needed", "Recursos necesarios", 34),
        _text("program_text", "Programa asociado", 24, "Hasta 120 letras."),
        _text("ate_provider", "ATE", 22, "Asesoría que la apoya, si la hay."),
        _text("ate_service", "Servicio de la ATE", 22),
        Column("normative_plans", "Planes por normativa", Holds.SEVERAL, False,
               "A los que aporta. Varios se separan con punto y coma.", 34, PLANS),
        Column("is_disabled", "Desactivada", Holds.FLAG, False,
               "sí: no se hará, pero queda en el plan.", 12, YES),
        *(
            Column(f"{MONEY}{source.code}", source.label(year), Holds.MONEY, False,
                   "Pesos enteros: 1.500.000.", 18)
            for source in book.funding_sources
            if source.code != "NINGUNA"  # what no amount says
        ),
    )  # fmt: skip
