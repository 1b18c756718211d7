"""What Mejora itself can make for a product of an advisory. The documents' app registers it here,
because imports go one way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mejora.network.access import Actor
from mejora.network.models import School


@dataclass(frozen=True, slots=True)
class Made:
    """A document as it stands today: its file and what it was made of, in words."""

    name: str
    content: bytes
    made_of: str


@dataclass(frozen=True, slots=True)
class Producer:
    """`make` takes the school, the year and who asks; it refuses, saying why, what that person may
    not read or what does not exist yet."""

    label: str
    make: Callable[[School, int, Actor], Made]


PRODUCERS: dict[str, Producer] = {}
