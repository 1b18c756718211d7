"""The school's workbook as it goes out: full, or empty to begin with.

A sheet per kind of thing with its ids protected, drop-downs from the plan's own edition, an example
row, notes on the headings. Everything that people wrote is written as text: nothing runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from mejora.core import wording
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import Catalogue
from mejora.plans.enums import Direction
from mejora.plans.importers import workbook_shape as shape
from mejora.plans.importers.standing import Said, Standing, fingerprint
from mejora.plans.importers.workbook_shape import Column, Holds, Part, Sheet
from mejora.plans.models import PlanYear

SPARE_LINES = 400  # that the drop-downs reach below the last row
_INK, _TEAL, _GREY, _PALE = "#1D2B33", "#0F5257", "#EEF1F2", "#FFF8E5"
_FORMULA = ("=", "+", "-", "@", "'")

INSTRUCTIONS = (
    (
        "Qué es",
        "El PME de un año de la escuela, para leerlo y cambiarlo en Excel, LibreOffice "
        "o Google Sheets, y volver a subirlo a Mejora.",
    ),
    (
        "Cómo se cambia",
        "Escriba en las celdas blancas de cada hoja. La fila de ejemplo, en amarillo, no se lee.",
    ),
    (
        "Para agregar",
        "Escriba en la primera fila libre y deje vacía la «Clave de Mejora». El código "
        "(S1, O1, M1, E1, A1, H1…) sirve para nombrar la fila desde otra hoja: póngale "
        "uno que no se repita.",
    ),
    (
        "Para quitar",
        "Escriba «sí» en «Quitar». Borrar la fila no quita nada. Lo que se quita va a "
        "la papelera del plan y se puede recuperar.",
    ),
    (
        "Motivo",
        "Si la Planificación Anual ya está aprobada, cada cambio de una acción pide su motivo.",
    ),
    (
        "Referencias",
        "Donde una fila sirve a otra (la acción a su estrategia, el hito a su acción), "
        "elija de la lista o escriba solo el código.",
    ),
    ("Varios en una celda", "Sepárelos con punto y coma."),
    (
        "Fechas y montos",
        "Fechas con día, mes y año (15-06-2026). Montos en pesos enteros, con o sin "
        "puntos. Decimales con coma.",
    ),
    (
        "Qué no se toca",
        "La primera columna, los encabezados y los nombres de las hojas. Las columnas "
        "con * son obligatorias.",
    ),
    (
        "Al subirla",
        "Mejora muestra qué cambia antes de guardar. Lo que otra persona cambió en "
        "Mejora después de esta descarga no se pisa: se le avisa. Lo guardado se puede "
        "deshacer.",
    ),
    (
        "Qué no va aquí",
        "La visión y la misión, las mediciones de los indicadores, el monitoreo y las "
        "evidencias: se escriben en Mejora.",
    ),
)


@dataclass(frozen=True, slots=True)
class Formats:
    """How cells look. Only what is `open` can be edited once the sheet is protected."""

    head: Format
    key: Format
    example: Format
    open: dict[Holds, Format]
    guarded: Format
    title: Format
    label: Format
    body: Format


def file_name(plan_year: PlanYear, *, is_empty: bool = False) -> str:
    ending = "-vacia" if is_empty else ""
    return f"PME-{plan_year.school.code}-{plan_year.year}{ending}.xlsx"


def write(target: IO[bytes], plan_year: PlanYear, *, is_empty: bool = False) -> None:
    """Write the workbook of a year. Empty, it keeps the sheets, the lists and the instructions."""
    book = catalogue.of_edition(plan_year.plan.edition_id)
    sheets = shape.sheets(book, plan_year.year)
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    formats = _formats(workbook)
    _readme(workbook.add_worksheet(shape.README), plan_year, formats, is_empty=is_empty)
    names = Names(Standing(plan_year), book, plan_year.year, is_empty=is_empty)
    made = [(sheet, workbook.add_worksheet(sheet.name)) for sheet in sheets]
    lists = _lists(workbook.add_worksheet(shape.LISTS), names, sheets)
    for sheet, page in made:
        _sheet(page, sheet, names, formats, lists)
    workbook.get_worksheet_by_name(shape.README).activate()
    workbook.close()


def _formats(workbook: xlsxwriter.Workbook) -> Formats:
    def made(**more: Any) -> Format:
        return workbook.add_format(
            {"font_name": "Calibri", "font_size": 11, "valign": "top", **more}
        )

    numbers = {Holds.MONEY: "#,##0", Holds.DAY: "dd-mm-yyyy", Holds.WHOLE: "0"}
    return Formats(
        head=made(bold=True, font_color="white", bg_color=_TEAL, text_wrap=True, border=1),
        key=made(font_color="#6B7A82", bg_color=_GREY, font_size=9),
        example=made(italic=True, font_color="#6B5A1E", bg_color=_PALE, text_wrap=True),
        open={
            holds: made(locked=False, text_wrap=True, num_format=numbers.get(holds, "General"))
            for holds in Holds
        },
        guarded=made(locked=False, text_wrap=True, quote_prefix=True),
        title=made(bold=True, font_size=16, font_color=_TEAL),
        label=made(bold=True, font_color=_INK),
        body=made(text_wrap=True, font_color=_INK),
    )


def _readme(page: Worksheet, plan_year: PlanYear, formats: Formats, *, is_empty: bool) -> None:
    school = plan_year.school
    facts: list[tuple[str, str | int]] = [
        ("Establecimiento", school.name),
        ("RBD", int(school.code) if school.code.isdigit() else school.code),
        ("Año", plan_year.year),
        ("Descargada", wording.number_date(timezone.now())),
        ("Contenido", "Vacía, para empezar" if is_empty else "El plan como está en Mejora"),
        ("Formato", shape.FORMAT),
    ]
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 96)
    page.hide_gridlines(2)
    page.write_string(0, 0, f"Planilla del PME {plan_year.year}", formats.title)
    line = 2
    for label, value in facts:
        page.write_string(line, 0, label, formats.label)
        if isinstance(value, int):
            page.write_number(line, 1, value, formats.body)
        else:
            page.write_string(line, 1, _in_cell(value), formats.body)
        line += 1
    for label, text in INSTRUCTIONS:
        line += 1
        page.write_string(line, 0, label, formats.label)
        page.write_string(line, 1, text, formats.body)
    page.protect()


class Names:
    """What cells say: codes and short texts for references, the catalogue's words of the year."""

    def __init__(self, standing: Standing, book: Catalogue, year: int, *, is_empty: bool) -> None:
        self.standing, self.book, self.year, self.is_empty = standing, book, year, is_empty
        self.codes: dict[str, str] = {}
        for part, letter in shape.LETTERS.items():
            for place, (uid, thing) in enumerate(self.things(part), start=1):
                mark = thing.number if part is Part.ACTION else place
                self.codes[uid] = f"{letter}{mark}"
        areas = [item for area in book.areas for item in (area, *area.children)]
        self.areas = {item.code: item.label(year) for item in areas}
        self._choices = {**self.areas, **{d.value: str(d.label) for d in Direction}}
        self.plans = {term.code: term.label(year) for term in book.normative_plans}

    def things(self, part: Part) -> Iterator[tuple[str, Any]]:
        if not self.is_empty:
            yield from self.standing.things[part].items()

    def named(self, part: Part, uid: str) -> str:
        """ "O1 · Fortalecer la comprensión…": the code is what is read, the rest is for people."""
        said = self.standing.said[part][uid]
        text = " ".join(str(said.get("name") or said.get("text")).split())
        if len(text) > shape.REFERENCE_LETTERS:
            text = text[: shape.REFERENCE_LETTERS - 1].rstrip() + "…"
        return f"{self.codes[uid]} · {text}"

    def options(self, name: str, sheets: Sequence[Sheet]) -> list[str]:
        match name:
            case shape.DIMENSIONS:
                return [area.label(self.year) for area in self.book.areas_for_actions]
            case shape.SUBDIMENSIONS:
                found = self.book.areas_for_actions
                return [child.label(self.year) for area in found for child in area.children]
            case shape.PLANS:
                return list(self.plans.values())
            case shape.DIRECTIONS:
                return [str(label) for label in Direction.labels]
            case shape.YES:
                return ["sí", "no"]
        part = next(sheet.part for sheet in sheets if sheet.letter == name)
        return [self.named(part, uid) for uid, _ in self.things(part)]

    def cell(self, column: Column, said: Said) -> str | float | dt.date | None:
        """What a cell shows of what a thing says; None leaves it empty."""
        value = said.get(column.field)
        if value in (None, "", [], False):
            return None
        if column.holds is Holds.REFERENCE and column.to:
            return self.named(column.to, value)
        if column.holds is Holds.CHOICE:
            return self._choices[value]
        if column.holds is Holds.SEVERAL:
            words = self.areas if column.options == shape.SUBDIMENSIONS else self.plans
            return "; ".join(words[code] for code in value)
        say = _SAYERS.get(column.holds)
        return say(self, value) if say else value if isinstance(value, int) else str(value)


_SAYERS: dict[Holds, Callable[[Names, Any], str | float | dt.date]] = {
    Holds.DAY: lambda names, value: dt.date.fromisoformat(value),
    Holds.NUMBER: lambda names, value: float(Decimal(value)),
    Holds.FLAG: lambda names, value: "sí",
    Holds.REFERENCES: lambda names, value: "; ".join(names.codes[uid] for uid in value),
}


def _lists(page: Worksheet, names: Names, sheets: Sequence[Sheet]) -> dict[str, str]:
    """The hidden sheet of what drop-downs offer; gives where each list stands."""
    wanted = dict.fromkeys(
        column.options for sheet in sheets for column in sheet.columns if column.options
    )
    found = {}
    for place, name in enumerate((*wanted, shape.YES)):
        options = names.options(name, sheets)
        for line, text in enumerate(options):
            page.write_string(line, place, _in_cell(text))
        if options:
            letter = xl_col_to_name(place, True)
            found[name] = f"={shape.LISTS}!{letter}$1:{letter}${len(options)}"
    page.hide()
    page.protect()
    return found


def _sheet(
    page: Worksheet, sheet: Sheet, names: Names, formats: Formats, lists: dict[str, str]
) -> None:
    _headings(page, sheet, formats)
    _example(page, sheet, formats)
    line = shape.HEADER_LINE + 1
    for uid, _ in names.things(sheet.part):
        said = names.standing.said[sheet.part][uid]
        page.write_string(line, 0, f"{uid}/{fingerprint(said)}", formats.key)
        page.write_string(line, 1, names.codes[uid], formats.open[Holds.TEXT])
        for place, column in enumerate(sheet.columns, start=2):
            _write(page, line, place, names.cell(column, said), formats, column.holds)
        line += 1
    last = line + SPARE_LINES
    for place, column in enumerate(sheet.columns, start=2):
        _rule(page, (2, place, last, place), column, lists)
    quit_at = len(sheet.columns) + 2
    _rule(page, (2, quit_at, last, quit_at), _REMOVE, lists)
    page.freeze_panes(1, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.protect("", {"format_columns": True, "format_rows": True, "sort": True,
                      "autofilter": True, "insert_rows": True})  # fmt: skip


_REMOVE = Column(
    "remove",
    shape.REMOVE,
    Holds.FLAG,
    note="sí: va a la papelera del plan. Borrar la fila no quita nada.",
    width=9,
    options=shape.YES,
)
_REASON = Column(
    "reason",
    shape.REASON,
    note="Por qué se quita, o por qué cambia una acción ya aprobada.",
    width=34,
)
_KEY_NOTE = "La pone Mejora. Déjela vacía en las filas nuevas."
_CODE_NOTE = "Para nombrar esta fila desde otra hoja. No se repite."


def _headings(page: Worksheet, sheet: Sheet, formats: Formats) -> None:
    text = formats.open[Holds.TEXT]
    first = [(shape.KEY, _KEY_NOTE, 12, formats.key), (shape.CODE, _CODE_NOTE, 8, text)]
    rest = [
        (column.heading, column.note, column.width, formats.open[column.holds])
        for column in (*sheet.columns, _REMOVE, _REASON)
    ]
    for place, (title, note, width, form) in enumerate((*first, *rest)):
        page.set_column(place, place, width, form)
        page.write_string(0, place, title, formats.head)
        if note:
            page.write_comment(0, place, note, {"author": "Mejora", "x_scale": 1.6})


def _example(page: Worksheet, sheet: Sheet, formats: Formats) -> None:
    page.write_string(1, 0, shape.EXAMPLE, formats.example)
    page.write_string(1, 1, f"{sheet.letter}1", formats.example)
    for place, column in enumerate(sheet.columns, start=2):
        page.write_string(1, place, sheet.example.get(column.field, ""), formats.example)
    for place in (len(sheet.columns) + 2, len(sheet.columns) + 3):
        page.write_blank(1, place, None, formats.example)


def _write(
    page: Worksheet, line: int, place: int, value: Any, formats: Formats, holds: Holds
) -> None:
    form = formats.open[holds]
    match value:
        case None:
            pass
        case dt.date():
            page.write_datetime(line, place, value, form)
        case int() | float():
            page.write_number(line, place, value, form)
        case _:
            text = _in_cell(value)
            page.write_string(
                line, place, text, formats.guarded if text.startswith(_FORMULA) else form
            )


def _in_cell(text: str) -> str:
    """XlsxWriter takes <r>…</r> for its own markup; the space that prevents it is taken off."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _rule(
    page: Worksheet, where: tuple[int, int, int, int], column: Column, lists: dict[str, str]
) -> None:
    """What Excel offers or warns of while one writes. Reading checks all of it again."""
    if column.options in lists:
        # One may type what the list lacks: several codes, or a row that is not there yet.
        is_free = column.holds in {Holds.SEVERAL, Holds.REFERENCES, Holds.REFERENCE}
        words = {"error_title": "Elija de la lista", "error_message": "Elija de la lista."}
        rule = {"validate": "list", "source": lists[column.options], "show_error": not is_free}
        page.data_validation(*where, {**rule, **words})
    elif column.holds in _RULES:
        page.data_validation(*where, {"error_type": "warning", **_RULES[column.holds]})


_RULES: dict[Holds, dict[str, Any]] = {
    Holds.DAY: {
        "validate": "date",
        "criteria": "between",
        "minimum": dt.date(1990, 1, 1),
        "maximum": dt.date(2100, 12, 31),
        "error_title": "Fecha",
        "error_message": "Día, mes y año: 15-06-2026.",
    },
    Holds.MONEY: {
        "validate": "integer",
        "criteria": ">=",
        "value": 0,
        "error_title": "Monto",
        "error_message": "Pesos enteros, por ejemplo 1500000.",
    },
}
