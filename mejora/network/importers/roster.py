"""The roster: which schools must have a plan in a year.

A template of Mejora's own (no official file is public): RBD; AÑO; MOTIVO. A school that has no
facts of that year yet gets those of its newest one, which the directory of the year replaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mejora.core.spreadsheets import Table
from mejora.network.importers import bulk, of_schools
from mejora.network.importers.of_schools import CARRIED, SchoolReader
from mejora.network.importers.records import Cells, Checked, Issue, Outcome, Payload
from mejora.network.models import ImportBatch, SchoolYear

WANTED = ("RBD", "AÑO", "MOTIVO")
TEMPLATE = (("RBD", "AÑO", "MOTIVO"), (("90012", "2026", "Convenio SEP vigente"),))


class Reader(SchoolReader):
    optional = {**of_schools.YEAR, "MOTIVO": ("MOTIVO", "RAZON")}

    def __init__(self, table: Table, year: int | None) -> None:
        super().__init__(table, year)
        self.stored: dict[str, str] | None = None

    def facts(self, cells: Cells, code: str, year: int) -> Checked:
        reason = cells.get("MOTIVO")
        if len(reason) > 120:
            cells.warn("MOTIVO", "text-long", "Pasa de 120 letras. Se guarda lo que cabe.")
        if self.stored is None:
            self.stored = stored(year)
        return compare(cells.row.line, code, reason[:120], self.stored, tuple(cells.issues))

    def absent(self) -> Iterator[Issue]:
        sentence = f"«{{name}}» ya está en la nómina {self.year} y no en este archivo. Se conserva."
        return of_schools.missing(
            set(self.stored or ()) - set(self.seen), "RBD", sentence, self.schools
        )


def compare(
    line: int, code: str, reason: str, stored: dict[str, str], issues: tuple[Issue, ...] = ()
) -> Checked:
    """Whether a school enters the roster, changes its reason, or stands there as it is."""
    before = stored.get(code)
    if before == reason:
        return Checked(line, code, Outcome.SAME, issues=issues)
    outcome = Outcome.NEW if before is None else Outcome.CHANGED
    was = None if before is None else {"reason": before}
    return Checked(line, code, outcome, {"reason": reason}, was, issues)


def stored(year: int) -> dict[str, str]:
    """The roster of a year: RBD to reason."""
    rows = SchoolYear.objects.filter(year=year, in_roster=True)
    return dict(rows.values_list("school__code", "roster_reason"))


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    """Mark the year of each school; make it from the newest one where it is not known yet."""
    year = int(batch.year or 0)  # no roster is accepted without its year
    reasons = {code: payload["reason"] for _, code, payload in rows}
    stored = dict(SchoolYear.objects.filter(year=year).values_list("school__code", "pk").iterator())
    marked = [(True, reason, stored[code]) for code, reason in reasons.items() if code in stored]
    bulk.update(SchoolYear, ("in_roster", "roster_reason"), marked)
    bulk.insert(
        SchoolYear,
        ("in_roster", "roster_reason", "school", "year", "batch", *CARRIED),
        _made(batch, {code: r for code, r in reasons.items() if code not in stored}),
    )


def _made(batch: ImportBatch, reasons: dict[str, str]) -> Iterable[tuple[Any, ...]]:
    for code, school, *facts in of_schools.carried(reasons):
        yield (True, reasons[code], school, batch.year, batch.pk, *facts)
