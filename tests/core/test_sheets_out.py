"""Tables for people: typed, safe to open, and the same again when they come back in."""

import datetime as dt
import io
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from mejora.core import sheets_out
from mejora.core.sheets_out import Column, Kind, Table, csv_blocks, write_csv, write_xlsx
from mejora.core.spreadsheets import open_table

COLUMNS = (
    Column("RBD", Kind.CODE),
    Column("Nombre"),
    Column("Acciones", Kind.WHOLE),
    Column("Monto", Kind.MONEY),
    Column("Valor", Kind.FIGURE),
    Column("Avance", Kind.SHARE),
    Column("Fecha", Kind.DATE),
    Column("Cuándo", Kind.MOMENT),
    Column("Vigente"),
)
MOMENT = dt.datetime(2026, 7, 1, 16, 30, tzinfo=dt.UTC)  # 12:30 in Chile's winter
ROW = (
    "90012", "Los Maitenes", 40, 12_500_000, Decimal("3.50"), Decimal("52.34"),
    dt.date(2026, 3, 2), MOMENT, True,
)  # fmt: skip
NOTHING = (None,) * 9


def table(*rows, columns=COLUMNS, about=()):
    return Table("Lista", "lista", columns, lambda: iter(rows), len(rows), about)


def csv_text(made):
    return "".join(csv_blocks(made))


def workbook(made):
    memory = io.BytesIO()
    write_xlsx(memory, made)
    memory.seek(0)
    return memory


def test_a_csv_is_as_excel_opens_it_in_chile():
    text = csv_text(table(ROW, NOTHING))

    assert text.startswith("\ufeffRBD;Nombre;Acciones;")
    assert text.split("\r\n")[1:] == [
        "90012;Los Maitenes;40;12500000;3,5;52,3%;02-03-2026;01-07-2026 12:30;sí",
        ";;;;;;;;",
        "",
    ]


def test_a_workbook_has_numbers_as_numbers_and_dates_as_dates():
    book = CalamineWorkbook.from_filelike(workbook(table(ROW, NOTHING)))

    header, first = book.get_sheet_by_name("Datos").to_python()[:2]
    assert header == [column.title for column in COLUMNS]
    assert first == [
        90012.0, "Los Maitenes", 40.0, 12_500_000.0, 3.5, pytest.approx(0.5234),
        dt.date(2026, 3, 2), dt.datetime(2026, 7, 1, 12, 30), "sí",
    ]  # fmt: skip


def test_the_header_stays_and_filters_and_the_second_sheet_says_what_it_is():
    made = workbook(table(ROW, about=[("Fecha", "20 de noviembre"), ("Nota", "=1+1")]))
    with zipfile.ZipFile(made) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    space = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    assert sheet.find(".//s:pane", space).get("state") == "frozen"
    assert sheet.find("s:autoFilter", space).get("ref") == "A1:I2"
    made.seek(0)
    about = CalamineWorkbook.from_filelike(made).get_sheet_by_name("Acerca de").to_python()
    assert about == [["Contenido", "Lista"], ["Fecha", "20 de noviembre"], ["Nota", "=1+1"]]


@pytest.mark.parametrize(
    ("code", "is_number"),
    [("90012", True), ("0", False), ("007", False), ("105001000001", False), ("12²", False)],
)
def test_a_code_is_a_number_only_where_it_loses_nothing(code, is_number):
    made = workbook(table((code,), columns=COLUMNS[:1]))

    [_, [cell]] = CalamineWorkbook.from_filelike(made).get_sheet_by_name("Datos").to_python()
    assert cell == (float(code) if is_number else code)
    assert code in csv_text(table((code,), columns=COLUMNS[:1]))


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=40,
).map(str.strip)
NASTY = st.builds(
    "{}{}".format, st.sampled_from(["=", "+", "-", "@", "'", "'=", "''=", "<r>", "_x0041_"]), WORDS
)
CELLS = st.one_of(WORDS, NASTY, NASTY.map(lambda text: f"<r>{text}</r>"))
TWO = (Column("uno"), Column("dos"))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=6))
@example(rows=[("=1+1", "+56 9"), ("-", "@SUM(A1)"), ("'=x", "''=x"), ("<r>x</r>", "<r></r>")])
@example(rows=[("<r><t>a</t></r>", "_x000D_"), ("a;b", 'c"d'), ("'70", "<b>&amp;</b>")])
def test_any_text_goes_out_and_comes_back_the_same(tmp_path, ending, rows):
    path = tmp_path / f"lista.{ending}"
    made = table(*rows, columns=TWO)
    if ending == "csv":
        with path.open("wb") as file:
            write_csv(file, made)
    else:
        write_xlsx(path, made)

    with open_table(path, wanted=("uno", "dos")) as found:
        back = [tuple((*row.cells, "", "")[:2]) for row in found.rows]
    assert back == [row for row in rows if any(row)]


@given(text=st.one_of(CELLS, st.text(max_size=20)))
def test_no_cell_of_a_csv_begins_as_a_formula(text):
    if "\0" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return
    body = csv_text(table((text,), columns=TWO[:1])).split("\r\n", 1)[1]

    assert not body.startswith(("=", "+", "-", "@", "\t", '"=', '"+', '"-', '"@', '"\t', '"\r'))


@given(text=CELLS)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(text):
    with zipfile.ZipFile(workbook(table((text,), columns=TWO[:1]))) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
        assert not [name for name in parts.namelist() if "hyperlink" in name.lower()]
    tags = {element.tag.split("}")[1] for element in sheet.iter()}
    assert not tags & {"f", "hyperlink", "r"}


@pytest.mark.parametrize("mark", ["\ufffe", "\uffff", "\x00", "\x0b", "\x1f"])
def test_what_xml_cannot_hold_does_not_break_the_workbook(mark):
    made = workbook(table((f"a{mark}b",), columns=TWO[:1]))

    [_, [cell]] = CalamineWorkbook.from_filelike(made).get_sheet_by_name("Datos").to_python()
    assert cell.startswith("a")
    assert cell.endswith("b")


@pytest.mark.parametrize("letter", ["a", "😀"])
def test_a_text_too_long_for_a_cell_says_that_it_was_cut(letter):
    made = workbook(table((letter * 40_000,), columns=TWO[:1]))

    [_, [cell]] = CalamineWorkbook.from_filelike(made).get_sheet_by_name("Datos").to_python()
    assert cell.startswith(letter * 1000)
    assert cell.endswith(" […]")
    assert len(cell.encode("utf-16-le")) // 2 <= sheets_out.MAX_TEXT


def test_rows_are_read_one_by_one_and_told():
    alive, told = [], []

    def rows():
        for n in range(1201):
            alive.append(n - len(told) * sheets_out.BLOCK)
            yield (str(n), "x")

    made = Table("Lista", "lista", TWO, rows, 1201)
    write_csv(io.BytesIO(), made, lambda done, total: told.append((done, total)))
    assert told == [(500, 1201), (1000, 1201), (1201, 1201)]
    assert max(alive) <= sheets_out.BLOCK

    told.clear()
    write_xlsx(io.BytesIO(), made, lambda done, total: told.append((done, total)))
    assert told == [(500, 1201), (1000, 1201), (1201, 1201)]


def test_an_empty_list_is_a_header_alone():
    assert csv_text(table(columns=TWO)) == "\ufeffuno;dos\r\n"
    found = CalamineWorkbook.from_filelike(workbook(table(columns=TWO)))
    assert found.get_sheet_by_name("Datos").to_python() == [["uno", "dos"]]


def test_a_workbook_that_failed_half_way_leaves_nothing_in_its_folder(tmp_path):
    def rows():
        yield ("a", "b")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_xlsx(tmp_path / "x.xlsx", Table("L", "l", TWO, rows, 2), within=tmp_path)

    assert list(tmp_path.iterdir()) == []
