"""New things in the place of the old, which go aside: all of it or, when cut, nothing.

Before the first move a note says what will be moved. Whoever finds the note of a swap that was
cut (a killed restore, a power cut) takes its moves back; where the database's own transaction had
already been committed, the new is in force and only the remains go (`settle`).
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from mejora.keeping import archive, locking

PREFIX = ".restaurando-"
ASIDE = "antes-de-restaurar-"
NOTE = "cambio.json"
OLD_KEY = "clave-anterior"
PATIENCE = 15.0  # seconds for another command that is settling the same


class UnsettledError(RuntimeError):
    """A restore was cut and cannot be settled from here; the text says what to do."""


@dataclass
class Swap:
    """`stamp` names the scratch folder, with everything new, and the one where the old goes.

    Paths are kept relative to the data folder, which may be moved as a whole.
    """

    stamp: str
    keep: bool
    engine: str = field(default_factory=lambda: connection.vendor)
    moves: list[tuple[str, str]] = field(default_factory=list)

    @property
    def scratch(self) -> Path:
        return _data() / f"{PREFIX}{self.stamp}"

    @property
    def aside(self) -> Path:
        return _data() / f"{ASIDE}{self.stamp}"

    def plan(self, places: list[tuple[Path, Path]]) -> None:
        """`places`: where something stands, and the new that takes its place (either may be
        missing). The key is not among them: it must never be missing, see `_put_key`."""
        for place, new in places:
            if place.exists():
                self.moves.append((_told(place), _told(self.aside / place.name)))
            if new.exists():
                self.moves.append((_told(new), _told(place)))

    def carry_out(self) -> None:
        """Undone when a step fails; an error then goes on."""
        shutil.copy2(_key(), self.scratch / OLD_KEY)
        self._write_note()
        os.sync()  # what takes the place of the old is on the disk before it does
        try:
            self.aside.mkdir(mode=0o700)
            shutil.copy2(_key(), self.aside / archive.KEY)
            _put_key(self.scratch / archive.KEY)
            for source, target in self.moves:
                _path(source).rename(_path(target))
        except OSError:
            self.take_back()
            raise

    def take_back(self) -> None:
        """Every move that was made, the last one first. Once more does no harm."""
        for source, target in reversed(self.moves):
            if not _path(source).exists() and _path(target).exists():
                _path(target).rename(_path(source))
        if (self.scratch / OLD_KEY).exists():
            _put_key(self.scratch / OLD_KEY)
        (self.scratch / NOTE).unlink(missing_ok=True)
        shutil.rmtree(self.aside, ignore_errors=True)

    def finish(self) -> None:
        """The new is in force: nobody takes it back any more."""
        os.sync()
        (self.scratch / NOTE).unlink()
        shutil.rmtree(self.scratch, ignore_errors=True)
        if not self.keep:
            shutil.rmtree(self.aside, ignore_errors=True)

    def _write_note(self) -> None:
        part = self.scratch / f"{NOTE}.part"
        part.write_text(json.dumps(asdict(self)), encoding="utf-8")
        part.rename(self.scratch / NOTE)

    @property
    def mark(self) -> str:
        """What PostgreSQL says of its schema once the transaction was committed."""
        return f"mejora {self.stamp}"

    def is_committed(self) -> bool:
        """SQLite's database is one of the moves; that of PostgreSQL is asked."""
        if self.engine == "sqlite":
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT obj_description('public'::regnamespace, 'pg_namespace')")
            return bool(cursor.fetchone()[0] == self.mark)


def _data() -> Path:
    return Path(settings.DATA)


def _told(path: Path) -> str:
    return os.path.relpath(path, _data())


def _path(told: str) -> Path:
    return _data() / told


def _key() -> Path:
    return _data() / archive.KEY


def _put_key(new: Path) -> None:
    """In one step: a command that starts without a key would make another one."""
    part = new.with_name(f"{new.name}.part")
    shutil.copy2(new, part)
    part.replace(_key())


@contextmanager
def scratch(swap: Swap) -> Iterator[Path]:
    """A folder for what is being made, which goes when the work ends; it stays while its note
    tells of moves that nobody could finish or take back."""
    swap.scratch.mkdir(mode=0o700)
    try:
        yield swap.scratch
    finally:
        if not (swap.scratch / NOTE).exists():
            shutil.rmtree(swap.scratch, ignore_errors=True)


def settle() -> None:
    """Put an end to restores that were cut; leaves one that is under way alone.

    Raises `InUseError` when others keep the folder, `UnsettledError` when it cannot be told here
    how the cut one ended.
    """
    deadline = time.monotonic() + PATIENCE
    while _remains():
        try:
            with locking.holding(alone=True):
                for folder in _remains():
                    _settle(folder)
        except locking.InUseError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _remains() -> list[Path]:
    return sorted(_data().glob(f"{PREFIX}*"))


def _settle(folder: Path) -> None:
    note = folder / NOTE
    if not note.exists():  # nothing had been moved, or all of it was in force
        shutil.rmtree(folder)
        return
    swap = Swap(**json.loads(note.read_text(encoding="utf-8")))
    if swap.engine != connection.vendor:
        raise UnsettledError(
            f"Una restauración en {swap.engine} se cortó el {swap.stamp}. Vuelva a indicar la "
            "misma DATABASE_URL y repita la orden: así se sabe cómo quedó."
        )
    if swap.is_committed():
        swap.finish()
        return
    swap.take_back()
    shutil.rmtree(folder)
