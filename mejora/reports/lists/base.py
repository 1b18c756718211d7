"""What every list shares when it is taken as a file: how it is found and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.text import slugify

from mejora.core import clock, speech, wording
from mejora.core.sheets_out import Table
from mejora.network.access import Actor

Query = Mapping[str, str]
CODE, YEAR = "escuela", "anio"  # how a list of one school's year is told which


@dataclass(frozen=True, slots=True)
class Listing:
    """A list by its name in an address. `find` asks what the page of the list asks: it raises
    `Refused` or `Http404` where the page would, and reads the same filters of the address."""

    find: Callable[[Actor, Query], Table]
    of_year: bool = False

    def table(self, actor: Actor, query: Query) -> Table:
        """What `find` gives, with its heads in the words of the reader's country."""
        found = self.find(actor, query)
        columns = [replace(each, title=speech.say(each.title)) for each in found.columns]
        return replace(found, title=speech.say(found.title), columns=columns)


def about(actor: Actor, *lines: tuple[str, str]) -> list[tuple[str, str]]:
    """Whose it is, of which day, and what else; empty lines are left out."""
    place = str(actor.current.place) if actor.current else ""
    told = [
        ("Lugar", place),
        as_of(),
        *lines,
        ("Fuente", "Mejora. Lo que falta en los datos queda vacío."),
    ]
    return [(label, text) for label, text in told if text]


def as_of() -> tuple[str, str]:
    now = timezone.now()
    return "Datos al", f"{wording.full_date(now)}, {wording.clock_time(now)}"


def stem(*words: object) -> str:
    """A file's name: "escuelas-slep-cordillera-azul-2026-11-20"."""
    return slugify(" ".join([*(str(word) for word in words), clock.today().isoformat()]))[:120]


def chosen(pairs: Mapping[str, object]) -> str:
    """The filters in words: "Región: La Araucanía · Zona: Rural"."""
    return " · ".join(f"{name}: {value}" for name, value in pairs.items() if value)


def number(query: Query, name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
