"""The pairs of words by which one country's sentences become another's (core/speech.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from mejora.core import clock
from mejora.core.speech import SOURCE, Pair
from mejora.frameworks import catalogue
from mejora.frameworks.models import TermKind


def pairs(country: str) -> Iterator[Pair]:
    """What both vocabularies name, in the words of this year. A country without a framework
    speaks as Chile does."""
    year = clock.today().year
    try:
        theirs = catalogue.in_force(country, dt.date(year, 12, 31))
    except LookupError:
        return
    ours = catalogue.in_force(SOURCE, dt.date(year, 12, 31))
    known = {term.code: term.dated(year) for term in theirs.of(TermKind.WORD)}
    for term in ours.of(TermKind.WORD):
        now, was = known.get(term.code), term.dated(year)
        if now is not None:
            yield Pair(was.text, was.plural, now.text, now.plural)
