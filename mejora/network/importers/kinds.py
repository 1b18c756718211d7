"""The kinds of file that can come in: how each is read, lands and is taken back, and whose it is.

The network's own kinds stand below; apps above add theirs when they are ready (`KINDS[…] = Kind(…)`
in their AppConfig).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from mejora.core.spreadsheets import Table, Unreadable, open_table
from mejora.network.access import Deed
from mejora.network.enums import CHILE, COLOMBIA, BatchKind, PlaceKind
from mejora.network.importers import (
    ate,
    directory,
    directory_landing,
    enrolment,
    establishments,
    performance,
    roster,
    saber,
    sep,
    sleps,
    undoing_lists,
    undoing_years,
)
from mejora.network.importers.parts import Parts
from mejora.network.importers.records import Payload, Reader
from mejora.network.models import ImportBatch, School
from mejora.people.models import User


class Stale(Exception):  # noqa: N818 - somebody else was first; no error
    """What the file was compared with has changed meanwhile: raised by `land`, which left nothing
    behind. The batch is checked again."""


class OtherKind(Unreadable):
    """The file is of another kind than was said, which can go on with the same upload."""

    def __init__(self, said: BatchKind, found: BatchKind) -> None:
        super().__init__(
            f"Usted eligió «{said.label}» y este archivo parece «{found.label}». "
            f"Siga con «{found.label}», o suba otro archivo."
        )
        self.found = found


@dataclass(frozen=True, slots=True)
class Opened:
    """A file being read: its rows compared one by one, how it was read, about how many rows.
    `school` is the one that a file of one school names, for a batch that came without it.
    `instead` is what Mejora keeps of a file that names people: rows, the headings first."""

    reader: Reader
    dialect: str
    total: int
    school: School | None = None
    instead: Iterable[Sequence[str | int]] | None = None


class NamesPeople(Unreadable):
    """The file has a row per pupil and is not of a kind that only sums them: nothing of it is
    kept, not even the file."""

    def __init__(self, column: str) -> None:
        super().__init__(
            f"La columna {column[:40]} identifica a estudiantes, y este tipo de carga no los "
            "necesita. Mejora no guardó el archivo. Quite esa columna; si es la asistencia mensual "
            "por estudiante, súbala como tal: solo se suma."
        )


Read = Callable[[Path, ImportBatch], AbstractContextManager[Opened]]


class Land(Protocol):
    """Write all accepted rows, inside the caller's transaction: outcome, key, payload of each."""

    def __call__(self, batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None: ...


class Undo(Protocol):
    """Take back what the batch wrote and nobody touched since, inside the caller's transaction.

    Gives a sentence for each thing that had to stay and why; raises `Refused` where nothing can
    be taken back.
    """

    def __call__(self, batch: ImportBatch, *, by: User | None) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """`place` is whose the file is: a school's, an owner's schools', or (None) the country's.
    `land` writes everything at once, or says how to write it part by part."""

    read: Read
    land: Land | Parts
    deed: Deed
    # What is counted, for sentences: "8.920 establecimientos".
    noun: tuple[str, str]
    # Headings by which a file of this kind is recognised when it was taken for another.
    wanted: tuple[str, ...] = ()
    place: PlaceKind | None = None
    undo: Undo | None = None
    # Its file names people: it is read once, and only what `Opened.instead` says is kept.
    names_people: bool = False
    # The countries whose files these are.
    countries: tuple[str, ...] = (CHILE,)

    @property
    def goes_back(self) -> bool:
        """Whether what landed can be taken back by itself."""
        return self.undo is not None or isinstance(self.land, Parts)


def tables(
    make: Callable[[Table, ImportBatch], Reader], wanted: Sequence[str]
) -> Callable[[Path, ImportBatch], AbstractContextManager[Opened]]:
    """Reading for kinds that are one table: a CSV, or the sheet with most of `wanted`."""

    @contextmanager
    def read(path: Path, batch: ImportBatch) -> Iterator[Opened]:
        with open_table(path, wanted=wanted) as table:
            refuse_other(table, BatchKind(batch.kind))
            mended = {(column, value): fix for column, value, fix in batch.corrections}
            yield Opened(make(replace(table, mended=mended), batch), table.dialect, table.total)

    return read


@contextmanager
def _sleps(path: Path, batch: ImportBatch) -> Iterator[Opened]:
    """The list of SLEP, with what another sheet of the workbook says in words."""
    plain = tables(lambda table, batch: sleps.Reader(table, batch.year, said), sleps.WANTED)
    said = sleps.considerations(path)
    with plain(path, batch) as opened:
        yield opened


# The columns by which official files tell one pupil from another.
PEOPLE = ("MRUN", "RUN", "RUN_ALU", "RUT_ALU", "RUN_ALUMNO", "RUT_ALUMNO", "MRUN_IPE")


def refuse_other(table: Table, said: BatchKind) -> None:
    """Raises `OtherKind` where the headings are those of another kind, `NamesPeople` where they
    name pupils and the kind does not sum them."""
    column = table.find(*PEOPLE)
    if column is not None:
        if not KINDS[said].names_people:
            raise NamesPeople(table.header[column])
        return
    found = recognised(table)
    if found is not None and found != said:
        raise OtherKind(said, found)


# So much of a kind's own headings has to be there: layouts change from year to year.
_ENOUGH = 0.8


def recognised(table: Table) -> BatchKind | None:
    """The kind that explains most of the headings; None when no kind's own are there."""
    scores = {
        kind: sum(table.find(title) is not None for title in made.wanted)
        for kind, made in KINDS.items()
    }
    likely = [k for k in KINDS if scores[k] and scores[k] >= _ENOUGH * len(KINDS[k].wanted)]
    return max(likely, key=scores.__getitem__, default=None)


_SCHOOLS = ("establecimiento", "establecimientos")

KINDS: dict[BatchKind, Kind] = {
    BatchKind.DIRECTORY: Kind(
        tables(lambda table, batch: directory.Reader(table, batch.year), directory.WANTED),
        directory_landing.land,
        Deed.IMPORT_NETWORK,
        _SCHOOLS,
        directory.WANTED,
        undo=undoing_years.undo_directory,
    ),
    BatchKind.SLEPS: Kind(
        _sleps,
        sleps.land,
        Deed.IMPORT_NETWORK,
        ("comuna", "comunas"),
        sleps.WANTED,
        undo=undoing_lists.undo_sleps,
    ),
    BatchKind.ROSTER: Kind(
        tables(lambda table, batch: roster.Reader(table, batch.year), roster.WANTED),
        roster.land,
        Deed.IMPORT_NETWORK,
        _SCHOOLS,
        roster.WANTED,
        undo=undoing_years.undo_roster,
    ),
    BatchKind.ENROLMENT: Kind(
        tables(lambda table, batch: enrolment.Reader(table, batch.year), enrolment.WANTED),
        enrolment.land,
        Deed.IMPORT_NETWORK,
        _SCHOOLS,
        enrolment.WANTED,
        undo=undoing_years.undo_enrolment,
    ),
    BatchKind.PERFORMANCE: Kind(
        tables(lambda table, batch: performance.Reader(table, batch.year), performance.WANTED),
        performance.land,
        Deed.IMPORT_NETWORK,
        ("categoría", "categorías"),
        performance.WANTED,
        undo=undoing_years.undo_performance,
    ),
    BatchKind.SEP: Kind(
        tables(lambda table, batch: sep.Reader(table, batch.year), sep.WANTED),
        sep.land,
        Deed.IMPORT_NETWORK,
        _SCHOOLS,
        sep.WANTED,
        undo=undoing_years.undo_sep,
    ),
    BatchKind.ATE: Kind(
        tables(lambda table, batch: ate.Reader(table, batch.year), ate.WANTED),
        ate.land,
        Deed.IMPORT_NETWORK,
        ("servicio", "servicios"),
        ate.WANTED,
        undo=undoing_lists.undo_ate,
    ),
    BatchKind.SCHOOLS: Kind(
        tables(
            lambda table, batch: establishments.Reader(table, batch.year), establishments.WANTED
        ),
        establishments.land,
        Deed.IMPORT_NETWORK,
        ("sede", "sedes"),
        establishments.WANTED,
        countries=(COLOMBIA,),
    ),
    BatchKind.SABER: Kind(
        tables(lambda table, batch: saber.Reader(table, batch.year), saber.WANTED),
        saber.land,
        Deed.IMPORT_NETWORK,
        ("resultado", "resultados"),
        saber.WANTED,
        undo=saber.undo,
        countries=(COLOMBIA,),
    ),
}
