"""The official enrolment summary, a row per school, in its layouts of 2016 to 2025.

It says of a school's year what the directory says, and the pupils by level and sex. A year that
Mejora does not have is made from it; of one that it has, only the enrolment changes. It never
touches the present: that is the directory's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mejora.core.spreadsheets import Table
from mejora.network.enums import CHILE
from mejora.network.facts import LEVELS, Enrolment
from mejora.network.importers import bulk, directory, of_schools
from mejora.network.importers.directory_landing import Keys, add_owners, add_years, facts
from mejora.network.importers.records import Cells, Checked, Issue, Outcome, Payload, whole_number
from mejora.network.models import Country, ImportBatch, School, SchoolYear

_LEVELS = {f"level_{n}": f"MAT_ENS_{n}" for n in range(1, len(LEVELS) + 1)}
# Field to column.
COUNTS = {"men": "MAT_HOM_TOT", "women": "MAT_MUJ_TOT", **_LEVELS}
NUMBERS = ("total", *COUNTS)
# The directory of 2025 has the levels too; only the summary counts by sex and courses.
WANTED = (*directory.NEEDED, "MAT_TOTAL", "MAT_HOM_TOT", "MAT_MUJ_TOT", "MAT_ENS_1", "CUR_SIM_TOT")


class Reader(directory.Reader):
    needed: Mapping[str, tuple[str, ...]] = {
        **directory.NEEDED,
        "MAT_TOTAL": ("MAT_TOTAL",),
        "MAT_HOM_TOT": ("MAT_HOM_TOT",),
        "MAT_MUJ_TOT": ("MAT_MUJ_TOT",),
    }
    optional: Mapping[str, tuple[str, ...]] = {
        **{
            name: names
            for name, names in directory.OPTIONAL.items()
            if name[:3] not in {"LAT", "LON"}
        },
        **{column: (column,) for column in _LEVELS.values()},
    }

    def __init__(self, table: Table, year: int | None) -> None:
        super().__init__(table, year)
        self.counted: dict[str, Payload] | None = None

    def payload(self, cells: Cells, code: str) -> Payload | None:
        if code not in self.known:
            cells.fail(
                "RBD",
                "school-unknown",
                f"El RBD {code} no está en Mejora. Importe antes un directorio que lo tenga.",
            )
        total = whole_number(cells.get("MAT_TOTAL"))
        if total is None:
            cells.fail("MAT_TOTAL", "number-unknown", "Se espera un número entero, como 210.")
        year = super().payload(cells, code)
        if year is None or cells.failed:
            return None
        counts = {name: _count(cells, column) for name, column in COUNTS.items()}
        _check_sum(cells, total, [counts[name] for name in _LEVELS])
        return {"total": total, **counts, "year": year}

    def compare(
        self, line: int, code: str, year: int, payload: Payload, issues: tuple[Issue, ...]
    ) -> Checked:
        if self.stored is None or self.counted is None:
            self.stored, self.counted = directory.stored_years(year), _counted(year)
        facts_of_year, stored = payload.pop("year"), self.stored.get(code)
        counted = self.counted.get(code)
        numbers = {name: payload[name] for name in NUMBERS}
        says = None if stored is None else stored.facts["enrolment"]
        is_counted = counted is not None and {name: counted[name] for name in NUMBERS} == numbers
        if is_counted and says == payload["total"]:
            return Checked(line, code, Outcome.SAME, issues=issues)
        if stored is None:
            self._mark_new_owner(facts_of_year)
            payload["makes_year"] = facts_of_year
        before = {**(counted or {}), "has_year": stored is not None, "says": says}
        outcome = Outcome.NEW if counted is None else Outcome.CHANGED
        return Checked(line, code, outcome, payload, before, issues)

    def absent(self) -> Iterator[Issue]:
        if self.year is None:
            return iter(())
        sentence = f"La matrícula {self.year} de «{{name}}» no está en este archivo. Se conserva."
        names = {code: known.facts["name"] for code, known in self.known.items()}
        return of_schools.missing(set(self.counted or ()) - set(self.seen), "RBD", sentence, names)


def _count(cells: Cells, column: str) -> int | None:
    text = cells.get(column)
    number = whole_number(text)
    if number is None and text:
        cells.warn(column, "number-unknown", "Se espera un número entero. Queda s/i.")
    return number


def _check_sum(cells: Cells, total: int | None, levels: Sequence[int | None]) -> None:
    known = [count for count in levels if count is not None]
    if known and sum(known) != total:
        cells.warn(
            "MAT_TOTAL",
            "total-other",
            f"Los niveles suman {sum(known)}. Se guarda el total que dice el archivo.",
        )


def _counted(year: int) -> dict[str, Payload]:
    """The enrolment of a year as stored, with the batch that said it, by RBD."""
    names = (*NUMBERS, "batch")
    rows = Enrolment.objects.filter(year=year).values_list("school__code", *NUMBERS, "batch_id")
    return {code: dict(zip(names, values, strict=True)) for code, *values in rows.iterator()}


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    """Make the years that are missing, then write the pupils of each school."""
    year = int(batch.year or 0)  # no summary is accepted without its year
    pks = dict(School.objects.values_list("code", "pk"))
    made = {code: p["makes_year"] for _, code, p in rows if "makes_year" in p}
    add_owners(Country.objects.get(code=CHILE), {f["owner"] for f in made.values() if f["owner"]})
    keys = Keys.load()
    add_years(batch, year, ((pks[code], facts(said, keys)) for code, said in made.items()))
    _write_totals(year, rows, pks)
    _write_counts(batch, year, rows, pks)


def _write_totals(year: int, rows: Sequence[tuple[str, str, Payload]], pks: dict[str, int]) -> None:
    stored = {
        school: (pk, enrolment)
        for school, pk, enrolment in SchoolYear.objects.filter(year=year).values_list(
            "school_id", "pk", "enrolment"
        )
    }
    totals = ((payload["total"], *stored[pks[code]]) for _, code, payload in rows)
    changed = [(total, pk) for total, pk, now in totals if total != now]
    bulk.update(SchoolYear, ("enrolment",), changed)


def _write_counts(
    batch: ImportBatch, year: int, rows: Sequence[tuple[str, str, Payload]], pks: dict[str, int]
) -> None:
    stored = dict(Enrolment.objects.filter(year=year).values_list("school_id", "pk"))
    added: list[tuple[Any, ...]] = []
    corrected: list[tuple[Any, ...]] = []
    for _, code, payload in rows:
        school = pks[code]
        values = (*(payload[name] for name in NUMBERS), batch.pk)
        if school in stored:
            corrected.append((*values, stored[school]))
        else:
            added.append((*values, school, year))
    names = (*NUMBERS, "batch")
    bulk.insert(Enrolment, (*names, "school", "year"), added)
    bulk.update(Enrolment, names, corrected)
