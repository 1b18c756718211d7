"""Which words a text is made of: counted for the word cloud and for the table beside it.

Criterio de Mejora: letters only and at least three of them, without the Spanish words that say
nothing of a subject (`data/palabras_vacias.txt`); a plural counts with its singular, under the
form that is written more often.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from mejora.core.folding import fold

STOP_WORDS = Path(__file__).resolve().parent / "data" / "palabras_vacias.txt"
SHORTEST = 3
MOST = 40
HOW = (
    "Se cuentan las palabras de la justificación y de las acciones, sin las que no dicen nada del "
    "tema; el plural va con su singular. Criterio de Mejora."
)
_WORD = re.compile(r"[^\W\d_]+")
Ranked = tuple[tuple[str, int], ...]


@cache
def stop_words() -> frozenset[str]:
    """Without accents, as they are compared."""
    lines = STOP_WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(fold(line) for line in lines if line and not line.startswith("#"))


def ranked(text: str, most: int = MOST) -> Ranked:
    """The words most often written and how often, those of one count by the alphabet."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for word in _WORD.findall(text.lower()):
        key = fold(word)
        if len(word) >= SHORTEST and key not in stop_words():
            forms[key][word] += 1
    _join_plurals(forms)
    counted = [(_usual(each), sum(each.values())) for each in forms.values()]
    return tuple(sorted(counted, key=lambda item: (-item[1], fold(item[0])))[:most])


def _join_plurals(forms: dict[str, Counter[str]]) -> None:
    for plural in sorted(forms):
        for ending in ("s", "es"):
            single = plural.removesuffix(ending)
            if single != plural and single in forms and plural in forms:
                forms[single].update(forms.pop(plural))


def _usual(forms: Counter[str]) -> str:
    """The form that is written most; of two alike, the shorter one."""
    return min(forms, key=lambda form: (-forms[form], len(form), form))
