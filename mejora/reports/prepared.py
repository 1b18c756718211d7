"""What can be prepared as a job: kinds by name, and what one is given while it writes.

A kind registers itself when the apps are ready (`ReportsConfig.ready`), so that the page that asks,
the worker that writes and the page that downloads know the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mejora.core.decisions import Decision
from mejora.network.access import Actor

Plain = str | int | bool | None
Params = Mapping[str, Plain]


class Cancelled(Exception):  # noqa: N818 - somebody asked for it; no error
    """The file is no longer wanted, or another job is writing it: stop and leave nothing."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a kind is given to write one file.

    `path` does not exist yet: write the file there. `folder` is empty, for whatever else is needed
    on the way; both are gone afterwards. `tell(done, total)` costs nothing and may be called for
    every item; it raises `Cancelled`, which is left to pass.
    """

    actor: Actor
    params: Params
    path: Path
    folder: Path
    tell: Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """How the file is called when downloaded, and what it is. `message` stands on its page."""

    name: str
    mime: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`noun` says what is counted ("escuela,escuelas"). `can` is asked when the file is asked for,
    when its job begins and at each download; the place from which it was asked for must still be
    the person's then (`actor.current`). `write` raises `Refused` with the reason where it cannot.
    """

    noun: str
    can: Callable[[Actor, Params], Decision]
    write: Callable[[Work], Written]


KINDS: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    if KINDS.setdefault(name, kind) != kind:
        raise ValueError(f"Hay dos clases de archivo «{name}».")
