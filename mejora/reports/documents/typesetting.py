"""Turns data into a PDF by a Typst template.

People's text enters as data (JSON in `sys.inputs`), never into the template's source, so nothing
that anybody writes can be read as markup. The result claims PDF/UA-1: Typst refuses what has no
title, no language or headings out of order.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import typst

from mejora.core import here, speech

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
TEMPLATES = HERE / "templates"
# Stands for a character that no letter of the document can draw: PDF/UA allows no empty box
# without a meaning, so people see that something stood there.
UNSHOWN = "\N{WHITE SQUARE}"
JOINERS = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff")
# Controls break the layout or turn the direction of what follows; new lines are the exception.
CONTROL, FORMAT = "Cc", "Cf"


def typeset(template: str, data: dict[str, Any], *, at: dt.datetime) -> bytes:
    """The PDF of `template` filled with `data`, dated `at`. The same input gives the same bytes."""
    templates = _templates(here.now().country)
    compiler = typst.Compiler(
        input=str(templates / template),
        root=str(templates),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(printable(data), ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(at.timestamp()),
    )
    return bytes(pdf)  # type: ignore[arg-type]  # typst's stub allows None, for output to a file


@cache
def _templates(country: str) -> Path:
    """Our templates in the words of a country: made once per process, beside the originals."""
    if country == speech.SOURCE:
        return TEMPLATES
    spoken = Path(mkdtemp(prefix="mejora-templates-"))
    for source in TEMPLATES.glob("*.typ"):
        text = speech.say(source.read_text(encoding="utf-8"))
        (spoken / source.name).write_text(text, encoding="utf-8")
    return spoken


def printable(value: Any) -> Any:
    """The same data with every text made of characters that the letters can draw."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else _printable(value)
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value


def _printable(text: str) -> str:
    known = coverage()
    shown = []
    for character in unicodedata.normalize("NFC", text):
        if character in known or character == "\n":
            shown.append(character)
        elif character == "\t":
            shown.append(" ")
        elif character in JOINERS or unicodedata.category(character) in {CONTROL, FORMAT}:
            continue
        else:
            shown.append(UNSHOWN)
    return "".join(shown)


@cache
def coverage() -> frozenset[str]:
    """What the letters can draw: written by tools/pdf_font.py, proved by a test."""
    found: set[str] = set()
    for line in (FONTS / "coverage.txt").read_text(encoding="ascii").splitlines():
        first, _, last = line.partition("-")
        found.update(map(chr, range(int(first, 16), int(last, 16) + 1)))
    return frozenset(found)
