"""Word documents as a reader opens them: what stands in them, in which order, and nothing else."""

import datetime as dt
import io
import time
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from mejora.reports.documents.word import Grid, Paper

AT = dt.datetime(2026, 11, 20, 15, 30, tzinfo=dt.UTC)
# The order that the standard (ECMA-376, CT_TblPr) fixes; Word calls any other a damaged file.
ORDER = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook", "tblCaption"]


def png():
    target = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(target, "PNG")
    return target.getvalue()


def written(title="Informe de gestión 2026"):
    paper = Paper(title, at=AT, foot="SLEP Los Maitenes")
    paper.facts([("Emitido", "20-11-2026")])
    paper.heading("Objetivo estratégico")
    paper.paragraph("Una línea.\nOtra línea.", lead="Acción 1.")
    paper.numbered(["primero", "segundo"])
    paper.numbered(["otra vez el primero"])
    paper.bullets(["punto"])
    rows = [["Calama", "90,5 %"], ["Total", "87,2 %"]]
    paper.table(Grid(["Comuna", "Ocupación"], rows, [3, 1], "Ocupación", {1}, is_total=True))
    left, right = paper.columns(["Acción 1", "Nube de palabras"], [1, 1], "Acción 1")
    left.paragraph("Asesorías permanentes")
    right.picture(png(), alt="Palabras: práctica 4, equipo 3")
    return paper


def opened(paper):
    return docx.Document(io.BytesIO(paper.content()))


def test_it_opens_with_its_title_author_date_and_language():
    document = opened(written())

    about = document.core_properties
    assert (about.title, about.author, about.language) == (
        "Informe de gestión 2026",
        "Mejora",
        "es-CL",
    )
    assert about.created.replace(tzinfo=dt.UTC) == AT
    assert about.comments == ""
    languages = {e.get(qn("w:val")) for e in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"es-CL"}


def test_words_stand_in_their_styles_and_in_order():
    found = [(p.style.name, p.text) for p in opened(written()).paragraphs if p.text]

    assert found == [
        ("Title", "Informe de gestión 2026"),
        ("Normal", "Emitido: 20-11-2026"),
        ("Heading 1", "Objetivo estratégico"),
        ("Normal", "Acción 1. Una línea."),
        ("Normal", "Otra línea."),
        ("List Number", "primero"),
        ("List Number", "segundo"),
        ("List Number", "otra vez el primero"),
        ("List Bullet", "punto"),
    ]


def test_each_numbered_list_begins_at_one():
    numbers = [
        p._p.pPr.numPr.numId.val
        for p in opened(written()).paragraphs
        if p.style.name == "List Number"
    ]

    assert numbers[0] == numbers[1] != numbers[2]


def test_a_table_repeats_its_head_keeps_its_rows_whole_and_says_what_it_is():
    document = opened(written())

    table = document.tables[0]
    assert [[c.text for c in row.cells] for row in table.rows] == [
        ["Comuna", "Ocupación"],
        ["Calama", "90,5 %"],
        ["Total", "87,2 %"],
    ]
    assert [len(row._tr.findall(f".//{qn('w:tblHeader')}")) for row in table.rows] == [1, 0, 0]
    assert all(row._tr.findall(f".//{qn('w:cantSplit')}") for row in table.rows)
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Ocupación"
    assert abs(table.columns[0].width - Mm(127.5)) < Mm(1)
    assert table.rows[2].cells[1].paragraphs[0].runs[0].bold


def test_the_properties_of_a_table_stand_in_the_order_of_the_standard():
    for table in opened(written()).tables:
        found = [child.tag.rpartition("}")[2] for child in table._tbl.tblPr]

        assert found == ORDER


def test_a_picture_says_in_words_what_it_shows_and_fits_its_cell():
    document = opened(written())

    shape = document.inline_shapes[0]
    assert shape._inline.docPr.get("descr") == "Palabras: práctica 4, equipo 3"
    assert shape.width < document.tables[1].columns[1].width


def test_what_people_write_is_text_and_never_steers_the_document():
    nasty = "a\x00b\x0bc\u202eD &lt;w:br/&gt; <w:p> \ufffe\ud800{{ x }}\tfin"

    document = opened(Paper(nasty, at=AT))

    assert document.paragraphs[0].text == "abcD &lt;w:br/&gt; <w:p> {{ x }} fin"


def test_the_same_document_is_the_same_bytes_later(monkeypatch):
    first = written().content()
    later = time.time() + 100_000
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(later))

    assert written().content() == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}


def test_another_country_has_its_own_spanish():
    paper = Paper("Informe", at=AT, language="es-CO", is_landscape=True)

    document = opened(paper)

    assert document.core_properties.language == "es-CO"
    assert document.sections[0].page_width > document.sections[0].page_height


def test_a_row_with_too_few_cells_is_refused():
    with pytest.raises(ValueError, match="zip"):
        Paper("Informe", at=AT).table(Grid(["A", "B"], [["1"]], [1, 1], "A"))
