"""Workbooks made to harm whoever opens them, refused before any parser sees them."""

import io
import resource
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mejora.core import packed
from mejora.core.spreadsheets import Unreadable, open_table
from tests.factories.files import workbook

SHEET = '<worksheet xmlns="x"><sheetData>{}</sheetData></worksheet>'


@pytest.fixture
def inspect(tmp_path):
    def inspect(content):
        path = tmp_path / "libro.xlsx"
        path.write_bytes(content)
        packed.inspect(path)

    return inspect


def packing(parts, how=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", how) as book:
        for name, text in {"xl/workbook.xml": "<workbook/>", **parts}.items():
            book.writestr(name, text)
    return content.getvalue()


def test_a_workbook_as_excel_writes_it_passes(inspect):
    inspect(workbook({"Hoja": [["RBD", "AÑO"], *([str(n), "2026"] for n in range(2000))]}))


def test_gigabytes_in_kilobytes_are_refused_by_what_they_say(inspect):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(packed.MAX_UNPACKED // (1 << 20) + 1):
                sheet.write(b"0" * (1 << 20))

    with pytest.raises(packed.TooBig):
        inspect(content.getvalue())


def test_a_size_that_lies_is_found_out_in_one_block(inspect):
    """The part says 10 bytes and holds 50 MB; reading ends where the lie is plain."""
    content = bytearray(packing({"xl/worksheets/sheet1.xml": b" " * 50_000_000}))
    true, lie = struct.pack("<I", 50_000_000), struct.pack("<I", 10)
    assert content.count(true) == 2
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(packed.TooBig):
        inspect(bytes(content.replace(true, lie)))

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 20_000  # kB


def test_parts_that_share_their_bytes_are_refused(inspect):
    """Many entries of the index that point at the same bytes: each would be unpacked again."""
    content = packing({"xl/worksheets/sheet1.xml": b" " * 1_000_000})
    start = content.rindex(b"PK\x01\x02")
    entry_end = content.rindex(b"PK\x05\x06")
    entry, end = content[start:entry_end], bytearray(content[entry_end:])
    count = struct.unpack_from("<H", end, 10)[0] + 50
    struct.pack_into("<HH", end, 8, count, count)
    struct.pack_into("<I", end, 12, struct.unpack_from("<I", end, 12)[0] + 50 * len(entry))
    spread = content[:entry_end] + entry * 50 + bytes(end)

    with pytest.raises(packed.NoWorkbook):
        inspect(spread)


def test_a_workbook_of_thousands_of_parts_is_refused(inspect):
    with pytest.raises(packed.TooBig):
        inspect(packing({f"xl/x{n}.xml": "" for n in range(packed.MAX_PARTS + 1)}))


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>',
        "<row><c r='A1'/><c  r = 'xfd900000'/></row>",
        '<x:row><x:c s="1" r="ZZ100000"/></x:row>',
    ],
)
def test_two_cells_at_the_ends_of_a_sheet_do_not_make_room_for_all_between(inspect, cells):
    with pytest.raises(packed.TooBig):
        inspect(packing({"xl/worksheets/sheet1.xml": SHEET.format(cells)}))


def test_an_address_cut_between_two_blocks_is_seen(inspect, monkeypatch):
    monkeypatch.setattr(packed, "_BLOCK", 7)

    with pytest.raises(packed.TooBig):
        inspect(packing({"xl/worksheets/sheet1.xml": SHEET.format('<c r="XFD1048576"/>')}))


def test_a_sheet_that_claims_a_billion_rows_and_has_two_is_read(tmp_path):
    """What it claims costs nothing; only its cells do."""
    whole = workbook({"Hoja": [["RBD", "AÑO"], ["91001", "2026"]]})
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(content, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            claim = text.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
            new.writestr(part.filename, claim)
    assert b"XFD1048576" in content.getvalue()
    path = tmp_path / "libro.xlsx"
    path.write_bytes(content.getvalue())

    with open_table(path) as table:
        assert [list(row.cells) for row in table.rows] == [["91001", "2026"]]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    ],
)
def test_entities_of_its_own_are_refused(inspect, text):
    with pytest.raises(packed.NoWorkbook):
        inspect(packing({"xl/sharedStrings.xml": text}))


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(inspect, how):
    with pytest.raises(packed.NoWorkbook):
        inspect(packing({}, how))


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.bin", "word/document.xml"])
def test_what_is_packed_and_no_xlsx_is_refused_with_words(tmp_path, name):
    """A sheet of LibreOffice may repeat a row a million times in ten bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as book:
        book.writestr(name, "<x/>")
    path = tmp_path / "libro.ods"
    path.write_bytes(content.getvalue())

    with pytest.raises(Unreadable, match="guárdelo otra vez"), open_table(path):
        pass


@given(st.lists(st.tuples(st.integers(1, 16384), st.integers(1, 1_048_576)), max_size=30))
def test_the_rectangle_is_the_one_that_looking_at_each_address_gives(cells):
    span = packed.Span()
    for start in range(0, len(cells), 7):
        block = "".join(f'<c r="{packed._letters(c)}{r}"/>' for c, r in cells[start : start + 7])
        span.widen(block.encode())

    assert span.columns == max((c for c, _ in cells), default=0)
    assert span.rows == max((r for _, r in cells), default=0)


@pytest.mark.parametrize("number", [1, 26, 27, 702, 703, 16384])
def test_columns_have_letters_and_back(number):
    assert packed._number(packed._letters(number).encode()) == number
