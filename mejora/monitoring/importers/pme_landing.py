"""Writing the table of plans, some schools at a time: what is new in one go per table, what
corrects an earlier table action by action."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from mejora.frameworks import catalogue
from mejora.monitoring.importers import pme_building, pme_correcting, pme_places, pme_tables
from mejora.monitoring.importers.pme_building import Frame
from mejora.monitoring.importers.pme_places import NOTHING, Place
from mejora.monitoring.importers.pme_tables import Keys, Tables
from mejora.network.importers.parts import Staged, Write
from mejora.network.importers.records import Issue
from mejora.network.models import ImportBatch, School


@dataclass(slots=True)
class Ready:
    """A school with its rows: made for writing, or to be corrected (`tables` is None)."""

    place: Place
    rows: list[Staged]
    tables: Tables | None


def prepare(batch: ImportBatch, rows: Sequence[Staged]) -> Write:
    """Make the rows of a group of schools; what is given back writes them."""
    year = int(batch.year or 0)  # no table is accepted without its year
    book = catalogue.in_force("CL", dt.date(year, 12, 31))
    frame = Frame(batch, year, book, timezone.now())
    by_code: dict[str, list[Staged]] = {}
    for row in rows:
        by_code.setdefault(row.key, []).append(row)
    places = pme_places.load(by_code, year)
    left_out = [row for code in by_code.keys() - places.keys() for row in by_code[code]]
    ready = []
    keys = Keys(pme_building.counts(rows, len(by_code)))
    for code, place in places.items():
        listed = by_code[code]
        if any(row.payload.get("year") != _mark(place) for row in listed):
            left_out += listed
        elif place.year:
            ready.append(Ready(place, listed, None))
        else:
            made = pme_building.build(place, listed, keys, frame)
            ready.append(Ready(place, listed, made))
    return lambda: _write(ready, left_out, frame)


def _mark(place: Place) -> list[int | None] | None:
    """What the rows must have been compared with: this year as it stands, or none."""
    if place.year is None:
        return None
    return place.year.mark if place.year.is_open else []


def _write(ready: Sequence[Ready], left_out: list[Staged], frame: Frame) -> list[Issue]:
    """Inside the caller's transaction. A school where somebody wrote since is left out whole."""
    schools = [each.place.school for each in ready]
    locked = School.objects.select_for_update(of=("self",)).filter(pk__in=schools)
    list(locked.order_by("pk").values_list("pk"))
    now = pme_places.marks(schools, frame.year)
    untouched = []
    for each in ready:
        if now.get(each.place.school, NOTHING) == each.place.mark:
            untouched.append(each)
        else:
            left_out += each.rows
    pme_tables.write((each.tables for each in untouched if each.tables), frame.alike)
    for each in untouched:
        if each.tables is None:
            pme_correcting.correct(each.place, each.rows, frame)
    return [_left_out(row) for row in left_out]


def _left_out(row: Staged) -> Issue:
    text = (
        "El PME de esta escuela cambió después de revisar el archivo. Quedó fuera: importe el "
        "archivo otra vez."
    )
    return Issue(row.line, "RBD", row.key, "year-moved", text, is_error=True)
