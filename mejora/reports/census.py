"""The progress table of whoever asks: the country's by region, a place's by commune; and as a
workbook in the shape of the ministry's report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mejora.core import clock
from mejora.core.decisions import require
from mejora.core.sheets_out import Book
from mejora.network.access import Actor, Deed
from mejora.plans.enums import StageKind
from mejora.reports import progress, roster
from mejora.reports.progress import Block, By, Line, Progress
from mejora.reports.roster import Filters

COUNTED = (
    "Criterio de Mejora. Cada establecimiento se cuenta una vez: en la primera etapa sin aprobar "
    "de su año de PME abierto más antiguo. Una etapa devuelta se cuenta como «Registro parcial»."
)
_BY_TABLE = (
    "Un año anterior que entró por la tabla oficial no cuenta como abierto mientras nadie empiece "
    "su Evaluación en Mejora: la tabla no dice si se evaluó."
)
_AT_REST = (
    "Quien tiene aprobadas todas las etapas hasta {year} está en «Evaluación, Aprobado». Quien no "
    "ha abierto el año {year} está en «Planificación Anual, No iniciado» si un plan lo cubre, y "
    "si no, en «Fase Estratégica, No iniciado»."
)
_WORDS = (
    "Las etapas y los estados «No iniciado», «Registro parcial» y «Enviado al sostenedor» son los "
    "del reporte del Mineduc del 28 de julio de 2025, que no publica sus fórmulas. El nombre "
    "oficial del estado aprobado no está confirmado."
)


def find(actor: Actor, year: int, filters: Filters) -> Progress:
    """The table of the person's place. Refused to who sees one school alone."""
    require(roster.can_see_territory(actor))
    schools = roster.of_year(year, actor, filters)
    today = clock.today()
    if is_of_a_country(actor):
        return progress.progress(schools, year, on=today, every_region=not filters.region)
    by = progress.columns_for(roster.of_year(year, actor))
    return progress.progress(schools, year, on=today, by=by, every_region=False)


def is_of_a_country(actor: Actor) -> bool:
    there = roster.at_current_place(actor, Deed.SEE_TERRITORY)
    return any(m.country_id for m, _ in there.with_reach(Deed.SEE_TERRITORY))


def place_word(found: Progress) -> str:
    """What its columns are."""
    return "región" if found.by is By.REGION else "comuna"


def explained(found: Progress) -> list[tuple[str, str]]:
    """How the table is counted, each rule with its name."""
    return [
        ("Cada establecimiento", COUNTED),
        ("Años que entraron por la tabla", _BY_TABLE),
        ("Sin nada abierto", _AT_REST.format(year=found.year)),
        *((share.name, f"Criterio de Mejora: {share.formula}") for share in found.shares),
        ("Etapas y estados", _WORDS),
    ]


def write_xlsx(target: Path | IO[bytes], found: Progress, about: Sequence[tuple[str, str]]) -> None:
    """Two blocks of a PME year, stages × states; regions from north to south and the total; the
    percentages below. The second sheet says how it is counted."""
    with TemporaryDirectory() as folder, Book(target, Path(folder)) as book:
        _Sheet(book, found).write()
        book.about([*about, *explained(found)], "Cómo se cuenta")


class _Sheet:
    """The table's cells, row by row from above, as constant memory asks."""

    def __init__(self, book: Book, found: Progress) -> None:
        self.found = found
        self.sheet: Worksheet = book.sheet(f"Avance PME {found.year}")
        self.width = len(found.columns)
        self.head = book.head
        self.words = book.format(valign="top")
        self.count = book.format(num_format="#,##0")
        self.year = book.format(bold=True, bg_color="#F1F5F5")
        self.year_count = book.format(bold=True, bg_color="#F1F5F5", num_format="#,##0")
        self.total = book.format(bold=True, top=1)
        self.total_count = book.format(bold=True, top=1, num_format="#,##0")
        self.share = book.format(num_format="0.0%")
        self.row = 0

    def write(self) -> None:
        self._heads()
        for block in self.found.blocks:
            self._block(block)
        self._line(("Total general", ""), self.found.sum, self.total, self.total_count)
        for share in self.found.shares:
            self._texts((share.name, share.note), self.words)
            values = [*share.values, share.total]
            for number, value in enumerate(values, 2):
                if value is not None:
                    self.sheet.write_number(self.row, number, float(value) / 100, self.share)
            self.row += 1

    def _heads(self) -> None:
        self.sheet.set_column(0, 0, 24)
        self.sheet.set_column(1, 1, 26)
        self.sheet.set_column(2, 2 + self.width, 9 if self.found.by is By.REGION else 14)
        self.sheet.freeze_panes(1, 2)
        self.sheet.repeat_rows(0)
        names = [column.head for column in self.found.columns]
        first = f"Etapa, por {place_word(self.found)}"
        for number, text in enumerate([first, "Estado", *names, "Total"]):
            self.sheet.write_string(0, number, text, self.head)
        self.row = 1

    def _block(self, block: Block) -> None:
        self._line((f"PME {block.year}", ""), block.sum, self.year, self.year_count)
        shown: StageKind | None = None
        for line in block.lines:
            if line.standing:
                stage = line.standing.stage
                texts = ("" if stage is shown else stage.label, line.standing.state.label)
                self._line(texts, line, self.words, self.count)
                shown = stage

    def _line(self, texts: Sequence[str], line: Line, words: Format, count: Format) -> None:
        self._texts(texts, words)
        for number, value in enumerate([*line.counts, line.total], 2):
            self.sheet.write_number(self.row, number, value, count)
        self.row += 1

    def _texts(self, texts: Sequence[str], form: Format) -> None:
        for number, text in enumerate(texts):
            if text:
                self.sheet.write_string(self.row, number, text, form)
            else:
                self.sheet.write_blank(self.row, number, None, form)
