"""What a row of the table changes of an action, in the words of the review page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from mejora.core import wording
from mejora.frameworks.catalogue import Catalogue
from mejora.frameworks.models import TermKind
from mejora.monitoring.importers import pme_stored
from mejora.network.importers.records import Payload

UNKNOWN = "s/i"
_NOTHING: tuple[object, ...] = (None, "", [], {})
LABELS = {
    "name": "Nombre",
    "objective": "Objetivo",
    "strategy": "Estrategia",
    "description": "Descripción",
    "area": "Dimensión",
    "subareas": "Subdimensiones",
    "starts": "Inicio",
    "ends": "Término",
    "program": "Programa asociado",
    "responsible": "Responsable",
    "ate": "ATE",
    "plans": "Planes por normativa",
    "funding": "Montos",
    "total": "Total según el archivo",
    "level": "Nivel",
    "why": "Justificación",
    "note": "Nota",
}


def differences(
    before: Payload, after: Payload, book: Catalogue, year: int
) -> Iterator[tuple[str, str, str]]:
    """Label, what stands and what the file says, of each thing that parts."""
    was, says = pme_stored.essence(before), pme_stored.essence(after)
    tellers = _tellers(book, year)
    for name, label in LABELS.items():
        if was[name] != says[name]:
            tell = tellers.get(name, str)
            stands, wanted = (
                UNKNOWN if value in _NOTHING else tell(value)
                for value in (before[name], after[name])
            )
            yield label, stands, wanted


def _tellers(book: Catalogue, year: int) -> dict[str, Callable[[Any], str]]:
    """How the values that are no plain text are said."""

    def area(code: str) -> str:
        return book.area_by_code(code).label(year)

    def term(kind: TermKind, code: str) -> str:
        return book.term_by_code(kind, code).label(year)

    def money(funding: dict[str, int]) -> str:
        told = (f"{term(TermKind.FUNDING, c)} {wording.money(n)}" for c, n in funding.items())
        return ", ".join(told)

    def day(text: str) -> str:
        return f"{dt.date.fromisoformat(text):%d-%m-%Y}"

    return {
        "area": area,
        "subareas": lambda codes: ", ".join(map(area, codes)),
        "plans": lambda codes: ", ".join(term(TermKind.NORMATIVE_PLAN, code) for code in codes),
        "level": lambda code: term(TermKind.LEVEL, code),
        "why": lambda code: term(TermKind.JUSTIFICATION, code),
        "starts": day,
        "ends": day,
        "total": wording.money,
        "funding": money,
    }
