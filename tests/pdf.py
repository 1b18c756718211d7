"""What a reader finds in a PDF."""

import re
import shutil
import subprocess

import pytest


def text_of(pdf: bytes, *, in_drawing_order: bool = False) -> str:
    """The words with single spaces between them; cells whole where the drawing order is kept."""
    return re.sub(r"\s+", " ", "\f".join(pages_of(pdf, in_drawing_order=in_drawing_order)))


def pages_of(pdf: bytes, *, in_drawing_order: bool = False) -> list[str]:
    flags = ["-raw"] if in_drawing_order else []
    return _pdftotext(pdf, *flags).split("\f")[:-1]


def widest_word(pdf: bytes) -> float:
    """In points: what no line could break."""
    found = re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"', _pdftotext(pdf, "-bbox"))
    return max(float(right) - float(left) for left, right in found)


def _pdftotext(pdf: bytes, *flags: str) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) no está en esta máquina")
    command = ["pdftotext", *flags, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
