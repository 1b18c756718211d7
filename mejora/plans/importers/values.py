"""Days and amounts of money as spreadsheets write them."""

from __future__ import annotations

import datetime as dt
import re

_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?")
_LOCAL = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_AMOUNT = re.compile(r"(-?)(\d{1,3}(?:\.\d{3})+|\d+)(?:[.,](\d{1,2}))?")
_SIGNS = re.compile(r"[$\s\u00a0]")
_LONGEST = 60  # letters of a cell that holds an amount
MOST = 10**15  # no amount of a school; beyond it digits were glued together


def day(text: str) -> dt.date | None:
    """ "2024-03-01", "01-03-2024", "1/3/2024" or "20240301", with or without an hour."""
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, number = found[1], found[2], found[3]
    elif found := _LOCAL.fullmatch(text):
        number, month, year = found[1], found[2], found[3]
    else:
        return None
    try:
        return dt.date(int(year), int(month), int(number))
    except ValueError:
        return None


def pesos(text: str) -> int | None:
    """ "8000000", "8000000.0", "8.000.000", "$ 8.000.000" are the same; cents are rounded. None
    for what is no amount."""
    found = _AMOUNT.fullmatch(_SIGNS.sub("", text[:_LONGEST]))
    if found is None or len(text) > _LONGEST:
        return None
    whole = int(found[2].replace(".", ""))
    cents = found[3] or "0"
    amount: int = whole + (int(cents) * 2 >= 10 ** len(cents))
    if amount > MOST:
        return None
    return -amount if found[1] else amount
