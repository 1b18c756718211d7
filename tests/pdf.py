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
    return max(right - left for left, _, right, _ in _boxes(pdf))


def lowest_word(pdf: bytes, *, above: float) -> float:
    """How far down the text goes, in points from the top, the page's foot left out: `above` is
    where it begins. What runs into the foot or off the page is found there."""
    return max(bottom for _, top, _, bottom in _boxes(pdf) if top < above)


def _boxes(pdf: bytes) -> list[tuple[float, float, float, float]]:
    number = '"([\\d.]+)"'
    found = re.findall(
        f"<word xMin={number} yMin={number} xMax={number} yMax={number}", _pdftotext(pdf, "-bbox")
    )
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in found]


def _pdftotext(pdf: bytes, *flags: str) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) no está en esta máquina")
    command = ["pdftotext", *flags, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
