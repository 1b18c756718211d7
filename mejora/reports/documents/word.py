"""The one builder of Word documents (DOCX): what people go on writing in after Mejora.

All that is written enters as text, never as markup; characters that XML cannot hold or that turn
the direction of what follows are dropped. The same calls give the same bytes, so that a document
that was issued can be made again and compared.

    paper = Paper("Informe de gestión 2026", at=moment, foot="SLEP Los Maitenes")
    paper.facts([("Emitido", "20-11-2026")])
    paper.heading("Objetivo estratégico")
    paper.paragraph("Mejorar los niveles de aprendizaje.")
    paper.table(Grid(["Comuna", "Ocupación"], rows, widths=[3, 1], right={1}, name="Ocupación"))
    return paper.content()

Headings go one level down at a time, as in the PDF. Whoever reads with a screen reader finds the
language, the title, the first row of each table as its heads and the words of each picture.
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

WORD_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LETTERS = "Calibri"
INK, INK_2, PETROL = (RGBColor.from_string(code) for code in ("1F2A2E", "55646A", "155E63"))
SAND, LINE = "EEF3F2", "B9C4C4"
A4 = (Mm(210), Mm(297))
MARGIN = Mm(20)
LEVELS = {1: 15, 2: 12.5, 3: 11}  # heading level → points
NOTE = "Nota de Mejora"
# What turns the direction of the text around it, and what is no character at all.
_DROPPED = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its heads, its rows as text, the shares of the width, the columns of numbers
    (`right`) and `name`, which says to a screen reader what the table is about. `is_total` makes
    the last row strong."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    name: str
    right: frozenset[int] | set[int] = frozenset()
    is_total: bool = False


class Body:
    """A place to write in, one thing under the other: the document itself, or a cell of it."""

    def __init__(self, document: Document, place: Document | _Cell, width: int) -> None:
        self._document, self._place, self.width = document, place, width
        # A new cell comes with an empty paragraph, which the first text takes.
        first: Paragraph | None = place.paragraphs[0] if isinstance(place, _Cell) else None
        self._unused = first

    def heading(self, text: str, level: int = 1) -> None:
        self._add(text, f"Heading {level}")

    def paragraph(self, text: str, *, lead: str = "") -> None:
        """Each line of `text` is a paragraph of its own; `lead` stands before the first, strong."""
        lines = [line for line in clean(text).split("\n") if line.strip()]
        for number, line in enumerate(lines or [""]):
            added = self._add("", "Normal")
            if lead and number == 0:
                added.add_run(f"{clean(lead)} ").bold = True
            added.add_run(line)

    def note(self, text: str) -> None:
        """Small words: how a figure is counted, where a word comes from."""
        self._add(text, NOTE)

    def bullets(self, items: Iterable[str]) -> None:
        for item in items:
            self._add(item, "List Bullet")

    def numbered(self, items: Iterable[str]) -> None:
        """Counts from 1 in each list."""
        number_id = self._new_count()
        for item in items:
            added = self._add(item, "List Number")
            properties = added._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = 0
            properties.get_or_add_numId().val = number_id

    def picture(self, png: bytes, *, alt: str, width: int = 0) -> None:
        """`alt` says in words what the picture shows; `width` in EMU (`docx.shared.Mm`)."""
        run = self._add("", "Normal").add_run()
        shape = run.add_picture(io.BytesIO(png), width=min(width or self.width, self.width))
        named = shape._inline.docPr
        named.set("descr", clean(alt))
        named.set("title", "")

    def _add(self, text: str, style: str) -> Paragraph:
        added: Paragraph = self._unused or self._place.add_paragraph()
        self._unused = None
        added.style = self._document.styles[style]
        if text:
            added.add_run(clean(text))
        return added

    def _new_count(self) -> int:
        style = self._document.styles["List Number"]
        numbering = self._document.part.numbering_part.element
        used = style.element.pPr.numPr.numId.val
        kind = numbering.num_having_numId(used).abstractNumId.val
        added = numbering.add_num(kind)
        added.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(added.numId)


class Paper(Body):
    """A document of A4 pages with its title, a foot and the number of each page."""

    def __init__(
        self,
        title: str,
        *,
        at: dt.datetime,
        foot: str = "",
        language: str = "es-CL",
        is_landscape: bool = False,
    ) -> None:
        document = docx.Document()
        width, height = reversed(A4) if is_landscape else A4
        super().__init__(document, document, width - 2 * MARGIN)
        self._at = at
        _page(document, width, height, is_landscape=is_landscape)
        _letters(document, language)
        _about(document, clean(title), at, language)
        _foot(document, clean(foot), self.width)
        self._add(title, "Title")

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """What belongs to the head of a document: "Comuna: Los Maitenes", one per line."""
        for label, value in pairs:
            self.paragraph(value, lead=f"{label}:")

    def table(self, grid: Grid) -> None:
        """The head repeats on each page and no row breaks over two."""
        made = self._table(grid.heads, grid.widths, grid.name)
        rows = [made.rows[0]]
        for number, texts in enumerate(grid.rows, 1):
            rows.append(_new_row(made))
            _unbroken(rows[-1])
            is_strong = grid.is_total and number == len(grid.rows)
            for cell, text in zip(rows[-1].cells, texts, strict=True):
                _fill(cell, text, strong=is_strong)
        for row in rows:
            cells = row.cells
            for column in grid.right:
                cells[column].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._set_widths(made, rows, grid.widths)
        self._after_table()

    def columns(self, heads: Sequence[str], widths: Sequence[float], name: str) -> list[Body]:
        """Things side by side under their heads, each a body to write in."""
        made = self._table(heads, widths, name)
        row = _new_row(made)
        self._set_widths(made, [made.rows[0], row], widths)
        self._after_table()
        inside = Mm(4)  # what Word keeps free at the two sides of a cell
        return [Body(self._document, cell, int(cell.width or 0) - inside) for cell in row.cells]

    def new_page(self) -> None:
        self._add("", "Normal").add_run().add_break(WD_BREAK.PAGE)

    def content(self) -> bytes:
        """The file. Parts are dated 1980, so that the same document is the same bytes."""
        written, out = io.BytesIO(), io.BytesIO()
        self._document.save(written)
        with (
            zipfile.ZipFile(written) as parts,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for part in parts.infolist():
                dated = zipfile.ZipInfo(part.filename, _ZIP_EPOCH)
                dated.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(dated, parts.read(part))
        return out.getvalue()

    def _table(self, heads: Sequence[str], widths: Sequence[float], name: str) -> Table:
        made = cast(Table, self._document.add_table(rows=1, cols=len(widths)))
        made.style = self._document.styles["Table Grid"]
        made.alignment = WD_TABLE_ALIGNMENT.LEFT
        made.autofit = False
        _lines(made._tbl.tblPr)
        _element(made._tbl.tblPr, "w:tblCaption", val=clean(name))
        head = made.rows[0]
        _unbroken(head)
        _element(head._tr.get_or_add_trPr(), "w:tblHeader")
        for cell, text in zip(head.cells, heads, strict=True):
            _fill(cell, text, strong=True)
            _element(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=SAND)
        return made

    def _set_widths(self, table: Table, rows: Sequence[_Row], shares: Sequence[float]) -> None:
        """Word reads the width of the cells, LibreOffice that of the columns: both get it."""
        widths = [Emu(int(self.width * share / sum(shares))) for share in shares]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row in rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = width

    def _after_table(self) -> None:
        """Word joins two tables that touch."""
        self._add("", NOTE)


def clean(text: str) -> str:
    """The text as a document can hold it: whole characters, new lines, nothing that steers."""
    return "".join(
        " " if character == "\t" else character
        for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        if character in "\n\t" or _is_kept(character)
    )


def _is_kept(character: str) -> bool:
    return character not in _DROPPED and unicodedata.category(character) not in {"Cc", "Cs"}


def _page(document: Document, width: int, height: int, *, is_landscape: bool) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Emu(width), Emu(height)
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN


def _letters(document: Document, language: str) -> None:
    """One family, dark letters, and the language for spelling, hyphens and reading aloud."""
    styles = document.styles
    note = styles.add_style(NOTE, WD_STYLE_TYPE.PARAGRAPH)
    note.base_style = styles["Normal"]
    _style(styles["Normal"], 10.5, INK, after=5)
    _style(note, 9, INK_2, after=4)
    _style(styles["Title"], 22, INK, after=8, strong=True)
    for level, size in LEVELS.items():
        _style(styles[f"Heading {level}"], size, PETROL if level == 1 else INK, strong=True)
        styles[f"Heading {level}"].paragraph_format.space_before = Pt(size)
    border = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        styles["Title"].element.pPr.remove(border)
    defaults = styles.element.find(qn("w:docDefaults"))
    for lang in defaults.iter(qn("w:lang")):
        lang.set(qn("w:val"), language)
    for lang in document.settings.element.iter(qn("w:themeFontLang")):
        lang.set(qn("w:val"), language)


def _style(
    style: Any, size: float, ink: RGBColor, *, after: float = 4, strong: bool = False
) -> None:
    assert isinstance(style, ParagraphStyle)  # noqa: S101  # of docx's own template, by its name
    style.font.name, style.font.size = LETTERS, Pt(size)
    style.font.bold, style.font.color.rgb = strong, ink
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:cs"), LETTERS)
    style.paragraph_format.space_after = Pt(after)
    style.paragraph_format.line_spacing = 1.1


def _about(document: Document, title: str, at: dt.datetime, language: str) -> None:
    about, moment = document.core_properties, at.astimezone(dt.UTC).replace(microsecond=0)
    about.title, about.language = title[:255], language
    about.author = about.last_modified_by = "Mejora"
    about.created = about.modified = moment.replace(tzinfo=None)
    about.comments, about.revision = "", 1


def _foot(document: Document, text: str, width: int) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles[NOTE]
    paragraph.paragraph_format.tab_stops.add_tab_stop(Emu(width), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{text}\tPágina ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" de ")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Paragraph, name: str) -> None:
    """A figure that Word itself fills in."""
    for kind in ("begin", "code", "separate", "shown", "end"):
        run = paragraph.add_run("1" if kind == "shown" else "")
        if kind == "code":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {name} "
            run._r.append(code)
        elif kind != "shown":
            _element(run._r, "w:fldChar", fldCharType=kind)


def _fill(cell: _Cell, text: str, *, strong: bool = False) -> None:
    lines = clean(text).split("\n")
    for number, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        run = paragraph.add_run(line)
        run.bold, run.font.size = strong or None, Pt(9.5)


def _new_row(table: Table) -> _Row:
    return cast(_Row, table.add_row())  # type: ignore[no-untyped-call]  # python-docx gives no types here


def _unbroken(row: _Row) -> None:
    _element(row._tr.get_or_add_trPr(), "w:cantSplit")


def _lines(properties: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        _element(borders, f"w:{side}", val="single", sz="4", space="0", color=LINE)
    for side in ("left", "right", "insideV"):
        _element(borders, f"w:{side}", val="nil")
    # The order of what stands in a table's properties is fixed: Word calls any other damaged.
    properties.find(qn("w:tblLayout")).addprevious(borders)


def _element(parent: Any, name: str, **attributes: str) -> None:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    parent.append(made)
