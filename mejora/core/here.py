"""Where the reader is: the country whose words, time and money a page or a document speaks.

Set once per request from the place chosen in the header, and by each job for whom it works. What a
person may see never depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone


@dataclass(frozen=True, slots=True)
class Here:
    """A country by its ISO code, its time zone and its currency (ISO 4217)."""

    country: str
    tz: str
    currency: str


CHILE = Here("CL", "America/Santiago", "CLP")
_here: ContextVar[Here] = ContextVar("here", default=CHILE)


def now() -> Here:
    return _here.get()


@contextmanager
def at(place: Here) -> Iterator[None]:
    """Speak, until the end of the block, as in that country."""
    token = _here.set(place)
    try:
        with timezone.override(ZoneInfo(place.tz)):
            yield
    finally:
        _here.reset(token)
