"""Where an MP4, MOV, M4A or 3GP says where and with what it was recorded.

Phones write the position into `moov/udta` or `moov/meta` (and those of each track). Renaming such a
box to `free` leaves every offset as it was, so the recording plays the same and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

_HEADER = 8
_INTO = {b"moov", b"trak"}
_TELLING = {b"udta", b"meta"}
MAX_BOXES = 10_000


class UnreadableMediaError(ValueError):
    """The boxes do not fit in the file."""


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    start: int
    inner: int  # where its content begins
    end: int


def telling_boxes(source: IO[bytes], size: int) -> list[Box]:
    """The boxes to empty."""
    return [box for box in _boxes(source, 0, size, [0]) if box.kind in _TELLING]


def silence(target: IO[bytes], boxes: list[Box]) -> None:
    """Rename each box to `free` and overwrite what it held with zeros."""
    for box in boxes:
        target.seek(box.start + 4)
        target.write(b"free")
        target.seek(box.inner)
        target.write(bytes(box.end - box.inner))
    target.seek(0)


def _boxes(source: IO[bytes], start: int, end: int, count: list[int]) -> Iterator[Box]:
    while start + _HEADER <= end:
        count[0] += 1
        if count[0] > MAX_BOXES:
            raise UnreadableMediaError
        source.seek(start)
        header = source.read(_HEADER)
        length, kind, inner = int.from_bytes(header[:4], "big"), header[4:], start + _HEADER
        if length == 1:
            length, inner = int.from_bytes(source.read(8), "big"), inner + 8
        elif length == 0:
            length = end - start
        if length < inner - start or start + length > end:
            raise UnreadableMediaError
        yield Box(kind, start, inner, start + length)
        if kind in _INTO:
            yield from _boxes(source, inner, start + length, count)
        start += length
