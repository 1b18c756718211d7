"""Categoría de Desempeño, as the Agencia de Calidad publishes it: a row per school, RBD first.

The year stands in the heading ("Categoría Desempeño 2018"), the level in the sheet's name (`cdb_…`
is básica, `cdm_…` media) or in a column NIVEL of whoever puts one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mejora.core.folding import fold
from mejora.core.spreadsheets import Table, Unreadable
from mejora.network.enums import Category, SchoolLevel
from mejora.network.facts import Performance
from mejora.network.importers import bulk, of_schools
from mejora.network.importers.of_schools import SchoolReader
from mejora.network.importers.records import Cells, Checked, Issue, Outcome, Payload, nearest
from mejora.network.models import ImportBatch, School

CATEGORY = ("CATEGORIA_DESEMPENO", "Categoría Desempeño*", "Categoría de Desempeño*")
WANTED = ("RBD", "Nombre Establecimiento", "Dependencia", "Categoría Desempeño*")
TEMPLATE = (
    ("RBD", "AÑO", "NIVEL", "CATEGORIA_DESEMPENO"),
    (("90012", "2019", "Básica", "Medio"),),
)
# What the column of pupils is called in the file of básica, where it cannot be what it says.
_MISLABELLED = "Matrícula Media*"
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_LEVELS = {fold(level.label): level for level in SchoolLevel}
_SHEETS = {"cdb": SchoolLevel.BASIC, "cdm": SchoolLevel.SECONDARY}
_WORDS = {
    "alto": Category.HIGH,
    "medio": Category.MEDIUM,
    "medio bajo": Category.MEDIUM_LOW,
    "insuficiente": Category.LOW,
    "sin categoria baja matricula": Category.FEW_PUPILS,
    "sin categoria falta de informacion": Category.NO_DATA,
}
_NEW = " nuevo"


class Reader(SchoolReader):
    needed = {**of_schools.NEEDED, "CATEGORIA": CATEGORY}
    optional = {**of_schools.YEAR, "NIVEL": ("NIVEL",)}

    def __init__(self, table: Table, year: int | None) -> None:
        super().__init__(table, year)
        self.level = _level_of(table)
        if self.level is None and "NIVEL" not in self.columns:
            raise Unreadable(
                "El archivo no dice si las categorías son de básica o de media. Agregue una "
                "columna NIVEL con «Básica» o «Media»."
            )
        self.stored: dict[str, Payload] | None = None

    def year_of(self, table: Table) -> int | None:
        index = table.find(*CATEGORY)
        found = _YEAR.search(table.header[index]) if index is not None else None
        return int(found[0]) if found else None

    def once(self, cells: Cells, code: str) -> str:
        return f"{code} {cells.get('NIVEL')}"

    def facts(self, cells: Cells, code: str, year: int) -> Checked:
        level, said = self._level(cells), _category(cells)
        if level is None or said is None:
            return cells.refused(code)
        if self.stored is None:
            self.stored = _stored(year)
        category, is_new = said
        payload: Payload = {"level": level.value, "category": category.value, "is_new": is_new}
        before = self.stored.get(f"{code} {level.value}")
        issues = tuple(cells.issues)
        if before and (before["category"], before["is_new"]) == (category.value, is_new):
            return Checked(cells.row.line, code, Outcome.SAME, issues=issues)
        outcome = Outcome.CHANGED if before else Outcome.NEW
        return Checked(cells.row.line, code, outcome, payload, before, issues)

    def _level(self, cells: Cells) -> SchoolLevel | None:
        if "NIVEL" not in self.columns:
            return self.level
        level = _LEVELS.get(fold(cells.get("NIVEL")))
        if level is None:
            cells.fail("NIVEL", "level-unknown", "Se espera «Básica» o «Media».")
        return level

    def absent(self) -> Iterator[Issue]:
        index = self.table.find(_MISLABELLED)
        if index is not None and self.level == SchoolLevel.BASIC:
            title = self.table.header[index]
            message = (
                "No se importa: en un archivo de básica no puede ser la matrícula de media. La "
                "matrícula se toma del Resumen de matrícula."
            )
            yield Issue(1, title[:60], title, "column-mislabelled", message, is_error=False)
        seen = {key.split(" ")[0] for key in self.seen}
        codes = {key.split(" ")[0] for key in self.stored or ()} - seen
        sentence = f"La categoría {self.year} de «{{name}}» no está en este archivo. Se conserva."
        yield from of_schools.missing(codes, "RBD", sentence, self.schools)


def _level_of(table: Table) -> SchoolLevel | None:
    """By the name of the sheet, which the dialect tells."""
    _, _, sheet = table.dialect.partition("«")
    return _SHEETS.get(sheet[:3].lower())


def _category(cells: Cells) -> tuple[Category, bool] | None:
    text = fold(cells.get("CATEGORIA"))
    is_new = text.endswith(_NEW)
    category = _WORDS.get(text.removesuffix(_NEW))
    if category is not None:
        return category, is_new
    near = nearest(cells.get("CATEGORIA"), (c.label for c in Category))
    hint = f" La más parecida es «{near}»." if near else ""
    cells.fail(
        "CATEGORIA",
        "category-unknown",
        f"Se espera Alto, Medio, Medio-Bajo, Insuficiente o Sin categoría y por qué.{hint}",
        fix=near,
    )
    return None


def _stored(year: int) -> dict[str, Payload]:
    """What is stored of a year, with the batch that said it, by RBD and level."""
    rows = Performance.objects.filter(year=year).values_list(
        "school__code", "level", "category", "is_new", "batch_id"
    )
    return {
        f"{code} {level}": {"level": level, "category": category, "is_new": is_new, "batch": batch}
        for code, level, category, is_new, batch in rows.iterator()
    }


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    year = int(batch.year or 0)  # no category is accepted without its year
    pks = dict(School.objects.values_list("code", "pk"))
    found = Performance.objects.filter(year=year).values_list("school_id", "level", "pk")
    stored = {(school, level): pk for school, level, pk in found}
    added, corrected = [], []
    for _, code, payload in rows:
        key = (pks[code], payload["level"])
        values = (payload["category"], payload["is_new"], batch.pk)
        if key in stored:
            corrected.append((*values, stored[key]))
        else:
            added.append((*values, *key, year))
    names = ("category", "is_new", "batch")
    bulk.insert(Performance, (*names, "school", "level", "year"), added)
    bulk.update(Performance, names, corrected)
