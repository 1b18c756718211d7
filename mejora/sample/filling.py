"""Filling an empty installation with a sample, whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack

from django.db import transaction

from mejora.core.decisions import Refused
from mejora.network.models import School
from mejora.people.models import User
from mejora.sample import national, secretariat, slep


def _both_countries(on: dt.date, tell: Callable[[str], None], kept: ExitStack) -> None:
    """Chile's SLEP, and a Secretaría of Colombia beside it."""
    slep.build(on, tell, kept)
    secretariat.build(on, tell)


KINDS = {"slep": _both_countries, "national": national.build}
NOT_EMPTY = (
    "La instalación ya tiene datos: los de ejemplo se cargan solo en una vacía. "
    "Indique otra carpeta con MEJORA_DATA."
)


def is_empty() -> bool:
    return not (School.objects.exists() or User.objects.exists())


def fill(kind: str, *, on: dt.date, tell: Callable[[str], None]) -> None:
    """Refuses an installation that has schools or people. Same kind and day, same rows."""
    if not is_empty():
        raise Refused(NOT_EMPTY)
    with ExitStack() as kept, transaction.atomic():
        KINDS[kind](on, tell, kept)
