"""The report that the ministry's platform gives of one school: a table with a row per action.

Its columns are those seen in public importers of that report (docs of the framework, "platform's
report"); the official layout is not published. Each row is turned into what the school's workbook
would say, so that it is compared, landed and taken back in the same way. A row has no key: it is
the action of the same dimension, name and dates. What the report leaves empty erases nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mejora.core.folding import fold
from mejora.core.spreadsheets import Row, Table, Unreadable, open_table
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import Catalogue
from mejora.network.importers.kinds import Opened
from mejora.network.importers.records import Checked, Issue, Outcome
from mejora.network.models import ImportBatch, School
from mejora.plans.importers import values, workbook
from mejora.plans.importers import workbook_shape as shape
from mejora.plans.importers.labels import Labels, yes_or_no
from mejora.plans.importers.workbook_cells import MAX_ROWS, Book, Facts, Filled, Page, small
from mejora.plans.importers.workbook_shape import (
    MONEY,
    PARTS_OF_ACTION,
    Column,
    Holds,
    Part,
    Sheet,
)
from mejora.plans.models import Action, PlanYear
from mejora.plans.recording import Importing, importing

TITLE, _ACTIONS = "Reporte", "Acciones"
TOTAL = Column("imported_total", "Monto Total", Holds.MONEY)
# The names that a column has been seen with; case, accents and marks do not matter.
NAMES: dict[str, tuple[str, ...]] = {
    "area": ("Dimensión", "Dimension PME"),
    "name": ("Nombre Acción", "Nombre de la Acción", "Acción", "NOM_ACTIVIDAD", "Nombre Actividad"),
    "starts_on": ("Fecha Inicio", "FECHA_INICIO", "Fecha de Inicio", "Inicio"),
    "ends_on": ("Fecha Término", "FECHA_TERMINO", "Fecha de Término", "Término"),
    "subareas": ("Subdimensión", "Subdimensiones"),
    "description": ("Descripción", "Descripción Acción", "DESC_ACTIVIDAD"),
    "responsible_text": ("Responsable", "Responsables"),
    "program_text": ("Programa Asociado", "PROG_ASOCIADO", "Programa"),
    "normative_plans": ("Planes", "Planes por normativa", "Plan"),
}
OBJECTIVE = ("Objetivo Estratégico", "Objetivo")
STRATEGY = ("Estrategia",)
RESOURCES = ("Recursos Necesarios Ejecución", "Recursos Necesarios", "Recursos")
TIC = ("Tic", "TIC´s", "Tecnología")
ATE = ("ATE", "Asistencia Técnica Educativa")
MEANS = ("Medios de Verificación", "Medio de Verificación")
LEVEL = ("Nivel de ejecución", "Nivel de implementación", "NIV_IMPLEM")
WHY = ("Justificación de nivel", "JUST_NIV_IMPLEM")
TOTALS = ("Monto Total", "ESTIM_TOTAL", "Total")
SCHOOL, YEAR = ("RBD",), ("Año", "ANIO", "AGNO")
AMOUNTS = {"SUBV_GRAL": ("Monto Subvención General",), "SEP": ("Monto SEP",)}
WANTED = ("Dimensión", "Nombre Acción", "Recursos Necesarios Ejecución", "Tic",
          "Medios de Verificación", "Monto SEP", "Nivel de ejecución")  # fmt: skip
_NEEDED = ("area", "name", "starts_on", "ends_on")
_STRONG = re.compile(r"\s*[;|•\n]\s*|(?:^|\s)[-–]\s+")
_SOME_ATE = "Sí (el reporte no dice cuál)"


@contextmanager
def read(path: Path, batch: ImportBatch) -> Iterator[Opened]:
    """Open the report of the batch's school. Refuses rows of another one."""
    with open_table(path, wanted=WANTED) as table:
        _check_columns(table)
        rows = []
        for row in table.rows:
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise Unreadable(
                    f"El archivo tiene más de {MAX_ROWS} filas: no es el reporte de una escuela. "
                    "Si es la tabla del PME de muchas escuelas, la importa quien las sostiene."
                )
        plan_year = _year_of(table, rows, batch)
        book = catalogue.of_edition(plan_year.plan.edition_id)
        turned = _Turned(table, rows, book, plan_year.year, _reason(batch))
        reader = Reader(turned, plan_year, importing(batch, batch.by))
        yield Opened(reader, table.dialect, len(rows), plan_year.school)


def _check_columns(table: Table) -> None:
    lacking = [NAMES[name][0] for name in _NEEDED if table.find(*NAMES[name]) is None]
    if lacking:
        raise Unreadable(
            f"Falta la columna {', '.join(lacking)}: no parece el reporte de la plataforma. El "
            f"archivo tiene: {', '.join(title for title in table.header[:10] if title)}."
        )


def _reason(batch: ImportBatch) -> str:
    return f"Reporte de la plataforma: {batch.file_name}"[:200]


def _year_of(table: Table, rows: list[Row], batch: ImportBatch) -> PlanYear:
    """The year that the report is of: the batch's, and no other that the file may name."""
    code = batch.school.code if batch.school else _only(table, rows, SCHOOL, "RBD", "")
    for where, name, wanted in ((SCHOOL, "RBD", code), (YEAR, "año", str(batch.year or ""))):
        _only(table, rows, where, name, wanted)
    school = batch.school or School.objects.filter(code=code).first()
    if school is None:
        raise Unreadable("El reporte no dice de qué escuela es: súbalo desde la escuela.")
    year = batch.year or small(_only(table, rows, YEAR, "año", "")) or 0
    found = PlanYear.objects.with_place().filter(school=school, year=year).first()
    if found is None:
        raise Unreadable(
            f"{school} no tiene un PME {year or 'de ese año'} en Mejora. Ábralo antes."
        )
    return found


def _only(table: Table, rows: list[Row], names: tuple[str, ...], what: str, wanted: str) -> str:
    """The one value of a column; refuses a file where it is another, or several."""
    place = table.find(*names)
    said = {_at(row, place).replace(".", "").split("-")[0].strip() for row in rows} - {""}
    other = sorted(said - {wanted}) if wanted else sorted(said)[1:]
    if other:
        aim = f" y es para {wanted}" if wanted else ""
        raise Unreadable(
            f"El reporte trae filas del {what} {other[0][:20]}{aim}. Suba el de una sola escuela "
            "y año."
        )
    return next(iter(said), "")


def _at(row: Row, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""


# Told already by the row's own error.
_ECHOES = frozenset({"needs-row", "not-whole"})


class Reader(workbook.Reader):
    """As the workbook's, a row of the report at a time: its action with its means. Objectives and
    strategies that the plan lacks stand before them, because several rows may need one.

    A level is compared and told, not saved: the report says neither of which period it is nor of
    which day, and in Mejora a level is what somebody informed of a period (criterio de Mejora)."""

    def __init__(self, turned: _Turned, plan_year: PlanYear, by: Importing) -> None:
        self.levels = turned.levels
        super().__init__(turned.book, plan_year, by)

    def __iter__(self) -> Iterator[Checked]:
        words = self._words()
        by_line: dict[int, list[Checked]] = {}
        for entry in self.entries:
            checked = entry.checked(words)
            if entry.part in PARTS_OF_ACTION:
                by_line.setdefault(entry.row.line, []).append(checked)
            elif checked.outcome is not Outcome.SAME:
                issues = tuple(replace(issue, sheet="") for issue in checked.issues)
                yield replace(checked, sheet="", issues=issues)
        for line, parts in by_line.items():
            yield _joined(line, parts)

    def absent(self) -> Iterator[Issue]:
        for note in self.book.notes:
            yield Issue(0, "", "", "sheet", note[:400], is_error=False)
        yield from self._other_levels()
        for uid, said in self.standing.said[Part.ACTION].items():
            if uid not in self._known:
                message = "La acción está en Mejora y no en el reporte. Se conserva."
                yield Issue(0, "", said["name"][:200], "absent", message, is_error=False)

    def _other_levels(self) -> Iterator[Issue]:
        """Where the report's level is not the one that Mejora has."""
        labels = Labels(self.catalogue, self.plan_year.year)
        found = Action.objects.filter(plan_year=self.plan_year, level_now__isnull=False)
        now = dict(found.values_list("uid", "level_now__code"))
        by_code = {term.code: term.label(self.plan_year.year) for term in self.catalogue.levels}
        for entry in self.entries:
            said = self.levels.get(entry.row.line, "")
            if entry.part is not Part.ACTION or not said:
                continue
            level = labels.level(said)
            stands = now.get(entry.thing.uid) if entry.thing else None
            if level is None:
                text = f"No es un nivel. {labels.levels.expected(said)} No se guarda."
            elif level.code == stands:
                continue
            else:
                has = f"En Mejora está en «{by_code[stands]}»" if stands else "Queda sin nivel"
                text = f"{has}. Infórmelo en Monitoreo, en su período."
            yield Issue(entry.row.line, LEVEL[0], said[:200], "level-told", text, is_error=False)


def _joined(line: int, parts: list[Checked]) -> Checked:
    """What a row of the report would do: its parts come in together or not at all."""
    outcomes = [part.outcome for part in parts]
    action = next((part for part in parts if part.sheet == _ACTIONS), parts[0])
    issues = [replace(issue, sheet="") for part in parts for issue in part.issues]
    own = [issue for issue in issues if issue.code not in _ECHOES]
    if Outcome.REFUSED in outcomes:
        why = own or [replace(issue, sheet="") for issue in action.issues]
        return Checked(line, action.key, Outcome.REFUSED, issues=tuple(why))
    written = [part.payload for part in parts if part.payload]
    if not written:
        return Checked(line, action.key, Outcome.SAME, issues=tuple(own))
    payload = {
        "rows": [{k: v for k, v in row.items() if k != "shown"} for row in written],
        "name": action.key,
        "shown": [words for row in written for words in row["shown"]],
    }
    is_new = action.outcome is Outcome.NEW
    outcome = Outcome.NEW if is_new else Outcome.CHANGED
    return Checked(line, action.key, outcome, payload, action.before, tuple(own))


class _Turned:
    """The table as the pages of a workbook: its objectives, strategies, actions and means."""

    def __init__(
        self, table: Table, rows: list[Row], book: Catalogue, year: int, reason: str
    ) -> None:
        self.table, self.reason = table, reason
        self.places = {name: place for name, names in NAMES.items()
                       if (place := table.find(*names)) is not None}  # fmt: skip
        self.amounts = _amounts(table, book)
        self.filled: dict[Part, list[Filled]] = {part: [] for part in Part}
        self._codes: dict[tuple[str, ...], str] = {}
        self._totals: list[str] = []
        self.levels: dict[int, str] = {}
        for row in rows:
            self._action(row)
        self.book = Book(Facts("", year, None), self._pages(shape.sheets(book, year)))
        self.book.notes += self._notes()

    def _pages(self, sheets: tuple[Sheet, ...]) -> list[Page]:
        pages = []
        for sheet in sheets:
            rows = self.filled[sheet.part]
            if not rows:
                continue
            columns = (*sheet.columns, TOTAL) if sheet.part is Part.ACTION else sheet.columns
            own = replace(sheet, columns=columns)
            pages.append(Page(own, TITLE, self._places_of(own), rows, ()))
        return pages

    def _places_of(self, sheet: Sheet) -> dict[str, int]:
        """Every column can be filled, but only those of the table have a place to point to."""
        where = {**self.places, **{f"{MONEY}{c}": p for c, p in self.amounts.items()}}
        where |= {
            "text": self._place(MEANS if sheet.part is Part.REQUIREMENT else STRATEGY),
            "strategy": self._place(STRATEGY),
            "objective": self._place(OBJECTIVE),
            "resources_needed": self._place(RESOURCES),
            "ate_provider": self._place(ATE),
            "imported_total": self._place(TOTALS),
        }
        if sheet.part is Part.OBJECTIVE:
            where["text"] = self._place(OBJECTIVE)
        return {column.field: where.get(column.field, 0) for column in sheet.columns}

    def _place(self, names: tuple[str, ...]) -> int:
        return self.table.find(*names) or 0

    def _said(self, row: Row, names: tuple[str, ...]) -> str:
        return _at(row, self.table.find(*names))

    def _action(self, row: Row) -> None:
        said = {name: _at(row, place) for name, place in self.places.items()}
        said["strategy"] = self._strategy(row)
        self.levels[row.line] = self._said(row, LEVEL)
        tic = self._said(row, TIC)
        parts = [self._said(row, RESOURCES), f"TIC: {tic}" if tic else ""]
        said["resources_needed"] = "\n".join(part for part in parts if part)
        ate = self._said(row, ATE)
        named = {True: _SOME_ATE, False: ""}
        said["ate_provider"] = ate if (yes := yes_or_no(ate)) is None else named[yes]
        for code, place in self.amounts.items():
            said[f"{MONEY}{code}"] = _at(row, place)
        said["imported_total"] = self._total(row)
        code = f"A{row.line}"
        self._add(Part.ACTION, row, code, {name: value for name, value in said.items() if value})
        for text in means_in(self._said(row, MEANS)):
            self._add(Part.REQUIREMENT, row, "", {"action": code, "text": text})

    def _total(self, row: Row) -> str:
        """What the file says in total, where its sources do not say the same."""
        said = values.pesos(self._said(row, TOTALS))
        summed = sum(values.pesos(_at(row, place)) or 0 for place in self.amounts.values())
        if said is None or said == summed:
            return ""
        self._totals.append(str(row.line))
        return str(said)

    def _strategy(self, row: Row) -> str:
        """The code of its strategy among the rows of this file, or its words to look it up."""
        objective, strategy = self._said(row, OBJECTIVE), self._said(row, STRATEGY)
        if not objective or not strategy:
            return strategy
        above = self._once(Part.OBJECTIVE, row, "O", (objective,), {"text": objective})
        said = {"objective": above, "text": strategy}
        return self._once(Part.STRATEGY, row, "E", (objective, strategy), said)

    def _once(
        self, part: Part, row: Row, letter: str, words: tuple[str, ...], said: dict[str, str]
    ) -> str:
        key = (part.value, *(fold(word) for word in words))
        if key not in self._codes:
            self._codes[key] = f"{letter}{len(self.filled[part]) + 1}"
            self._add(part, row, self._codes[key], said)
        return self._codes[key]

    def _add(self, part: Part, row: Row, code: str, said: dict[str, str]) -> None:
        self.filled[part].append(Filled(row.line, "", code, dict(said), "", self.reason))

    def _notes(self) -> list[str]:
        notes = []
        if any(self.table.find(name) is not None for name in (*LEVEL, *WHY)):
            notes.append(
                "El nivel de ejecución y su justificación no se importan: el reporte no dice de "
                "qué período son. Donde el nivel es otro que en Mejora, se avisa."
            )
        if self._totals:
            notes.append(
                f"En {len(self._totals)} filas el total no es la suma de sus montos (fila "
                f"{self._totals[0]}). Se guarda lo que dice el archivo, al lado de la suma."
            )
        return notes


def _amounts(table: Table, book: Catalogue) -> dict[str, int]:
    """Where the money of each source stands, by the report's names or the official ones."""
    found = {}
    for source in book.funding_sources:
        labels = [label.text for label in source.labels]
        names = [*AMOUNTS.get(source.code, ()), source.column, *labels, f"Monto {source.code}"]
        place = table.find(*[name for name in names if name])
        if place is not None:
            found[source.code] = place
    return found


def means_in(text: str) -> list[str]:
    """The means of verification of a cell: between semicolons, lines, bullets or dashes; between
    commas where there is none of these (criterio de Mejora)."""
    parts = _STRONG.split(text)
    if len([part for part in parts if part.strip()]) < 2:
        parts = text.split(",")
    found = [part.strip(" -–•.\t\n") for part in parts]
    return list({fold(part): part for part in reversed(found) if part}.values())[::-1]
