"""Workbooks looked through before they are opened: what they hold unpacked, and how far they reach.

An .xlsx is a ZIP of XML. Twenty megabytes can hold gigabytes, can lie about their size, and two
cells at opposite corners make a reader set aside room for all between them. Everything here is
read in blocks and ends at the first bound that is passed, before any parser sees the file.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

# The official table of plans, 129,726 rows of 49 columns, unpacks to some 400 MB.
MAX_UNPACKED = 600 * 1024 * 1024
MAX_PARTS = 2000
# What a sheet spans, empty cells included: 16 bytes or more of memory each.
MAX_SPAN = 12_000_000
_BLOCK = 1 << 18
_LOCAL = struct.Struct("<4s5H3I2H")  # the header before each part
_REACH = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,4})([0-9]{1,9})["']""")
_ROWS = re.compile(rb'<row r="([0-9]{1,9})"')
# Ways of writing an address that spreadsheet programs do not use: then each is looked at.
_STRANGE = (b"'", b"\t", b"\n", b"\r", b" =", b"= ")
_PATIENCE = 80
_TAIL = 64  # more than a cell's address, kept from block to block
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


class TooBig(Exception):  # noqa: N818 - an answer, like Refused
    """It would take too much room; the text says of what."""


class NoWorkbook(Exception):  # noqa: N818 - an answer, like Refused
    """It is packed in a way that no spreadsheet program packs a workbook."""


@dataclass(slots=True)
class Span:
    """The rectangle that a sheet's cells reach over.

    Looking at each of six million addresses takes longer than reading the sheet. So a block is
    searched for an address beyond the rectangle so far; only strange ones are taken one by one.
    """

    columns: int = 0
    rows: int = 0

    def widen(self, text: bytes) -> None:
        if any(mark in text for mark in _STRANGE):
            self._take_all(text)
            return
        numbers = _ROWS.findall(text)
        if numbers:
            self.rows = max(self.rows, int(max(numbers, key=_size)))
        place = 0
        for _ in range(_PATIENCE):
            found = _beyond(self.columns, self.rows).search(text, place)
            if found is None:
                return
            self._take(found[1], found[2])
            place = found.end()
        self._take_all(text)

    def _take_all(self, text: bytes) -> None:
        for letters, digits in set(_REACH.findall(text)):
            self._take(letters, digits)

    def _take(self, letters: bytes, digits: bytes) -> None:
        self.columns = max(self.columns, _number(letters))
        self.rows = max(self.rows, int(digits))

    @property
    def cells(self) -> int:
        return max(self.columns, 1) * self.rows


def _size(digits: bytes) -> tuple[int, bytes]:
    """For comparing numbers as they are written."""
    bare = digits.lstrip(b"0")
    return len(bare), bare


@lru_cache(maxsize=64)
def _beyond(columns: int, rows: int) -> re.Pattern[bytes]:
    """An address in a column or a row beyond these, or one written in another way."""
    column = _greater(_letters(columns), "A-Z")
    row = _greater(str(rows), "0-9")
    beyond = rf"(?:{column})[0-9]|[A-Z]*[a-z]|[A-Z]*0|[A-Z]*(?:{row})\""
    return re.compile(rf' r="(?={beyond})([A-Za-z]{{0,4}})([0-9]{{1,9}})"'.encode())


def _greater(text: str, alphabet: str) -> str:
    """What is longer than `text`, or as long and behind it: 24 is `[0-9]{3,}|[3-9][0-9]|2[5-9]`."""
    last = alphabet[-1]
    ways = [f"[{alphabet}]{{{len(text) + 1},}}"]
    for place, sign in enumerate(text):
        if sign != last:
            rest = f"[{alphabet}]{{{len(text) - place - 1}}}"
            ways.append(f"{text[:place]}[{chr(ord(sign) + 1)}-{last}]{rest}")
    return "|".join(ways)


def _letters(number: int) -> str:
    """16,384 is "XFD"; 0 is ""."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _number(letters: bytes) -> int:
    """ "A" is 1, "XFD" is 16,384."""
    total = 0
    for letter in letters.upper():
        total = total * 26 + letter - 64
    return total


def inspect(path: Path) -> None:
    """Look through an .xlsx. Raises `TooBig` or `NoWorkbook`."""
    parts = _parts(path)
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise NoWorkbook
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise TooBig
    left = MAX_UNPACKED
    with path.open("rb") as file:
        end = 0
        for part in sorted(parts, key=lambda part: part.header_offset):
            if part.header_offset < end:
                raise NoWorkbook  # two parts share their bytes
            start = _start(file, part)
            end = start + part.compress_size
            left -= _look(file, start, part, left)


def _parts(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise NoWorkbook from error


def _start(file: IO[bytes], part: zipfile.ZipInfo) -> int:
    """Where the part's bytes begin, behind its own header."""
    file.seek(part.header_offset)
    raw = file.read(_LOCAL.size)
    if len(raw) < _LOCAL.size or not raw.startswith(b"PK\x03\x04"):
        raise NoWorkbook
    *_, name, extra = _LOCAL.unpack(raw)
    return part.header_offset + _LOCAL.size + int(name) + int(extra)


def _look(file: IO[bytes], start: int, part: zipfile.ZipInfo, left: int) -> int:
    """How much a part really unpacks to. What it says of itself is not believed."""
    name = part.filename.lower()
    is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
    span, tail, size = Span(), b"", 0
    for block in _unpacked(file, start, part):
        if size == 0 and any(mark in block[:4096] for mark in _DECLARATIONS):
            raise NoWorkbook  # its own entities, which can grow without end
        size += len(block)
        if size > min(left, part.file_size):
            raise TooBig
        if is_sheet:
            span.widen(tail + block)
            tail = (tail + block)[-_TAIL:]
            if span.cells > MAX_SPAN:
                raise TooBig
    return size


def _unpacked(file: IO[bytes], start: int, part: zipfile.ZipInfo) -> Iterator[bytes]:
    if part.flag_bits & 1 or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NoWorkbook  # with a password, or in a way that workbooks do not use
    file.seek(start)
    left = part.compress_size
    inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (raw := file.read(min(_BLOCK, left))):
        left -= len(raw)
        if inflate is None:
            yield raw
            continue
        while raw:
            try:
                block = inflate.decompress(raw, _BLOCK)
            except zlib.error as error:
                raise NoWorkbook from error
            raw = inflate.unconsumed_tail
            if block:
                yield block
