"""Mejora's own template of seats: how many pupils a school can take in a year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mejora.core import wording
from mejora.core.spreadsheets import Table
from mejora.network.importers import bulk, of_schools
from mejora.network.importers.parts import Staged, Write
from mejora.network.importers.records import Cells, Checked, Issue, Outcome, whole_number
from mejora.network.models import ImportBatch, ImportRow, School
from mejora.people.models import User
from mejora.territory.importers.chilean import RowReader
from mejora.territory.models import Capacity

WANTED = ("RBD", "AÑO", "CUPOS")
TEMPLATE = (WANTED, (("90012", "2026", "360"), ("90013", "2026", "180")))
Was = list[int] | None  # seats and the batch that said them


class Reader(RowReader):
    needed = {**of_schools.NEEDED, "CUPOS": ("CUPOS", "CAPACIDAD")}

    def __init__(self, table: Table, batch: ImportBatch) -> None:
        super().__init__(table, batch)
        self.stored: dict[int, dict[str, list[int]]] = {}

    def once(self, cells: Cells, code: str) -> str:
        return f"{code} {cells.get('AÑO')}"

    def facts(self, cells: Cells, code: str, year: int) -> Checked:
        seats = whole_number(cells.get("CUPOS"))
        if seats is None:
            cells.fail("CUPOS", "number-unknown", "Se espera un número entero, como 210.")
            return cells.refused(code)
        if year not in self.stored:
            rows = Capacity.objects.filter(year=year).values_list("school__code", "seats", "batch")
            self.stored[year] = {c: [seats, batch] for c, seats, batch in rows.iterator()}
        was: Was = self.stored[year].get(code)
        line, issues = cells.row.line, tuple(cells.issues)
        if was and was[0] == seats:
            return Checked(line, code, Outcome.SAME, issues=issues)
        name = f"{self.schools[code]} · {year}"
        payload: dict[str, Any] = {"name": name, "year": year, "seats": seats, "was": was}
        if was:
            payload["shown"] = [
                ["Cupos", wording.thousands(was[0]), wording.thousands(seats)],
            ]
        outcome = Outcome.CHANGED if was else Outcome.NEW
        return Checked(line, code, outcome, payload, None, issues)

    def absent(self) -> Iterator[Issue]:
        seen = {key.split(" ")[0] for key in self.seen}
        known = {c for by_code in self.stored.values() for c in by_code}
        missing = (c for c in known - seen if not self.chile.is_foreign(c))
        sentence = "Los cupos de «{name}» no están en este archivo. Se conservan."
        return of_schools.missing(missing, "RBD", sentence, self.schools)


def _standing(codes: Sequence[str]) -> dict[tuple[str, int], tuple[int, list[int]]]:
    rows = Capacity.objects.filter(school__code__in=set(codes))
    found = rows.values_list("school__code", "year", "pk", "seats", "batch_id")
    return {(code, year): (pk, [seats, batch]) for code, year, pk, seats, batch in found}


def prepare(batch: ImportBatch, rows: Sequence[Staged]) -> Write:
    return lambda: _write(batch, rows)


def _write(batch: ImportBatch, rows: Sequence[Staged]) -> list[Issue]:
    codes = [row.key for row in rows]
    pks = dict(School.objects.filter(code__in=codes).values_list("code", "pk"))
    now = _standing(codes)
    added, changed, left_out = [], [], []
    for row in rows:
        year, seats = row.payload["year"], row.payload["seats"]
        pk, was = now.get((row.key, year), (None, None))
        if row.key not in pks or was != row.payload["was"]:
            text = "Estos cupos cambiaron después de revisar el archivo. Impórtelo otra vez."
            left_out.append(Issue(row.line, "RBD", row.key, "seats-moved", text, is_error=True))
        elif pk is None:
            added.append((pks[row.key], year, seats, batch.pk))
        else:
            changed.append((seats, batch.pk, pk))
    bulk.insert(Capacity, ("school", "year", "seats", "batch"), added)
    bulk.update(Capacity, ("seats", "batch"), changed)
    return left_out


def undo(batch: ImportBatch, codes: Sequence[str], by: User | None) -> list[str]:
    """Seats go back, school by school, where they still are the batch's."""
    now = _standing(codes)
    rows = list(ImportRow.objects.filter(batch=batch, key__in=codes).values_list("key", "payload"))
    kept: dict[str, str] = {}
    for code, payload in rows:
        _, stands = now.get((code, payload["year"]), (0, None))
        if stands not in (None, [payload["seats"], batch.pk]):
            name = payload["name"].partition(" · ")[0]
            kept[code] = f"«{name}»: se conserva, porque otra carga escribió después."
    backs = [
        (payload["was"], now[code, payload["year"]][0])
        for code, payload in rows
        if code not in kept and (code, payload["year"]) in now
    ]
    bulk.update(Capacity, ("seats", "batch"), [(*was, pk) for was, pk in backs if was])
    bulk.delete(Capacity, "id", [pk for was, pk in backs if not was])
    return list(kept.values())
