"""Files as people have them: read, or refused with words; never a crash."""

import datetime as dt
import io

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.core import packed, spreadsheets
from mejora.core.spreadsheets import Unreadable, open_table, untangled, write_csv


@pytest.fixture
def read(tmp_path):
    def read(content, wanted=()):
        path = tmp_path / "archivo"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with open_table(path, wanted=wanted) as table:
            return table.header, table.dialect, [(row.line, list(row.cells)) for row in table.rows]

    return read


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|", "¬"])
def test_the_delimiter_is_found(read, delimiter):
    header, _, rows = read(f"RBD{delimiter}NOMBRE\n1{delimiter}Uno\n")

    assert header == ("RBD", "NOMBRE")
    assert rows == [(2, ["1", "Uno"])]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("año;rbd\n1;2\n".encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + "año;rbd\n1;2\n".encode(), "UTF-8 con BOM"),
        ("año;rbd\n1;2\n".encode("cp1252"), "Windows-1252"),
        ("año;rbd\n1;2\n".encode("utf-16"), "UTF-16"),
        (b"a\xf1o;rbd\n1\x81;2\n", "Latin-1"),
    ],
)
def test_the_encoding_is_found(read, content, told):
    header, dialect, rows = read(content)

    assert header == ("año", "rbd")
    assert dialect == f"CSV con punto y coma, {told}"
    assert len(rows) == 1


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff", "ï»¿", "\ufeffï", "\ufeffï»¿"])
def test_a_mark_written_twice_over_does_not_hide_the_first_column(read, mark):
    header, _, _ = read(f"{mark}agno;rbd\n2016;1\n")

    assert header == ("agno", "rbd")


def test_columns_are_found_without_regard_to_case_accents_and_underscores(read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Año;cod_COM_rbd\n1;2\n")

    with open_table(path) as table:
        assert table.find("AGNO", "AÑO") == 0
        assert table.find("COD_COM_RBD") == 1
        assert table.find("OTRA") is None


def test_a_space_is_an_empty_cell_and_empty_rows_are_left_out(read):
    _, _, rows = read("a;b\n ; x \n;\n\n1;2\n")

    assert rows == [(2, ["", "x"]), (5, ["1", "2"])]


def test_a_line_break_within_quotes_keeps_the_numbers_of_a_spreadsheet(read):
    _, _, rows = read('a;b\n1;"dos\nlíneas"\n3;4\n')

    assert rows == [(2, ["1", "dos\nlíneas"]), (3, ["3", "4"])]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "vacío"),
        (b"\n\n;;\n", "no tiene filas"),
        (b"%PDF-1.7 ...", "no es una planilla"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "página web"),
        (b"PK\x03\x04 not really a workbook", "dañado o tiene contraseña"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "dañado o tiene contraseña"),
        (b"a;b;A\n1;2;3\n", "está dos veces"),
        (b"a\0b;c\n1;2\n", "no es una planilla"),
        (";".join(f"c{n}" for n in range(600)).encode(), "no parece un encabezado"),
        (b'a;b\n"' + b"x\n" * 200, "comillas que no se cierran"),
        (b"a;b\n" + b"x" * 200_000 + b";1\n", "No se pudo leer la fila 2"),
        (b"\xff\xfea\x00;\x00\xd8", "texto del archivo está dañado"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words(read, content, told):
    with pytest.raises(Unreadable, match=told):
        read(content)


def _workbook(sheets):
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"default_date_format": "dd-mm-yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return memory.getvalue()


def test_a_workbook_gives_the_texts_that_a_csv_would(read):
    content = _workbook({"Hoja": [["RBD", "A", "B", "C"], [12.0, 1.5, True, dt.date(2026, 3, 1)]]})

    header, dialect, rows = read(content)

    assert header == ("RBD", "A", "B", "C")
    assert dialect == "Excel, hoja «Hoja»"
    assert rows == [(2, ["12", "1,5", "1", "2026-03-01"])]


def test_of_several_sheets_the_one_with_the_headings_is_read(read):
    content = _workbook({"Notas": [["Texto"], ["x"]], "Datos": [["RBD", "AÑO"], ["1", "2026"]]})

    _, dialect, _ = read(content, wanted=("RBD", "AÑO"))

    assert dialect == "Excel, hoja «Datos»"


def test_a_workbook_that_would_fill_the_memory_is_refused(read, monkeypatch):
    monkeypatch.setattr(packed, "MAX_UNPACKED", 100)

    with pytest.raises(Unreadable, match="demasiado"):
        read(_workbook({"Hoja": [["a"], ["b"]]}))


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("JosÃ©", "José"),
        ("ESPA" + "Ñ".encode().decode("latin-1").encode().decode("latin-1") + "A", "ESPAÑA"),
        ("NIÃ‘O", "NIÑO"),
        ("Ãfrica", "Ãfrica"),
        ("Ñandú", "Ñandú"),
    ],
)
def test_text_encoded_over_and_over_is_untangled(broken, whole):
    assert untangled(broken) == whole


CELL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=30
).map(str.strip)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=8))
def test_what_is_written_opens_safely_and_comes_back_the_same(read, rows):
    memory = io.StringIO()
    write_csv(memory, ("uno", "dos"), rows)

    _, _, found = read(memory.getvalue())

    assert [cells for _, cells in found] == [row for row in rows if any(row)]
    for line in memory.getvalue().splitlines()[1:]:
        assert not line.startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("cell", ["=1+1", "+56 2", "-1", "@SUM(A1)", "'=x", "''=x", "\t=x"])
def test_a_formula_is_guarded(cell):
    assert spreadsheets.safe(cell) == "'" + cell


def test_a_number_stays_a_number_and_nothing_is_empty():
    assert (spreadsheets.safe(-3), spreadsheets.safe(None), spreadsheets.safe("'70")) == (
        "-3",
        "",
        "'70",
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.text(alphabet='RBD;,\t|¬"\n\r\0ñÃ=\ufeff 1', max_size=200).map(str.encode),
        st.binary(max_size=60).map(lambda b: b"PK\x03\x04" + b),
        st.binary(max_size=60).map(lambda b: b"\xff\xfe" + b),
    )
)
def test_no_content_whatever_makes_reading_crash(read, content):
    try:
        header, _, rows = read(content)
    except Unreadable as refusal:
        told = str(refusal)
    else:
        told = "."
        assert header
        assert all(line > 1 and any(cells) for line, cells in rows)
    assert told.endswith(".")


@pytest.mark.parametrize("text", ["2.0579E+11", "2,0579E+11", "9,00E+04", "1e11", "9E+4"])
def test_a_code_that_excel_destroyed_is_known(text):
    assert spreadsheets.is_spoiled(text)
    assert "Desde texto/CSV" in str(spreadsheets.spoiled(3, "la columna RBD", text))


@pytest.mark.parametrize("text", ["205790000000", "E+11", "2.057", "10E", "", "1E+111", "Eje 1E2"])
def test_other_texts_are_no_destroyed_codes(text):
    assert not spreadsheets.is_spoiled(text)


def test_a_map_is_no_spreadsheet(read):
    with pytest.raises(Unreadable, match="no es una planilla"):
        read(b'{"type": "FeatureCollection", "features": []}')
