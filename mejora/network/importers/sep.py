"""SEP class per school, from a template of Mejora's own: no file with it per school is public.

RBD; AÑO; CLASIFICACION_SEP with the three classes of Ley 20.248, or "Sin convenio". A year newer
than what is known of a school takes the rest of its facts from the newest one, as the roster does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mejora.core.folding import fold
from mejora.core.spreadsheets import Table
from mejora.network.importers import bulk, of_schools
from mejora.network.importers.of_schools import CARRIED, SchoolReader
from mejora.network.importers.records import Cells, Checked, Issue, Outcome, Payload, nearest
from mejora.network.models import ImportBatch, SchoolYear

CLASSES = ("Autónomo", "Emergente", "En Recuperación")
NONE = "Sin convenio"
WANTED = ("RBD", "AÑO", "CLASIFICACION_SEP")
TEMPLATE = (
    WANTED,
    (("90012", "2026", "Autónomo"), ("90013", "2026", NONE)),
)
_WORDS = {fold(label): (True, label) for label in CLASSES} | {fold(NONE): (False, "")}


class Reader(SchoolReader):
    needed = {**of_schools.NEEDED, "CLASIFICACION_SEP": ("CLASIFICACION_SEP", "CLASIFICACION SEP")}

    def __init__(self, table: Table, year: int | None) -> None:
        super().__init__(table, year)
        self.stored: dict[str, Payload] | None = None
        self.newest = of_schools.newest_years()

    def facts(self, cells: Cells, code: str, year: int) -> Checked:
        if self.stored is None:
            self.stored = _stored(year)
        said, before = _WORDS.get(fold(cells.get("CLASIFICACION_SEP"))), self.stored.get(code)
        if said is None:
            _fail(cells)
        if before is None and self.newest[code] > year:
            cells.fail(
                "RBD",
                "year-missing",
                f"Mejora no tiene datos de {year} de este establecimiento y sí de "
                f"{self.newest[code]}. Importe antes el directorio o la matrícula de {year}.",
            )
        if said is None or cells.failed:
            return cells.refused(code)
        payload: Payload = {"has_sep": said[0], "sep_class": said[1]}
        issues, line = tuple(cells.issues), cells.row.line
        if before and {name: before[name] for name in payload} == payload:
            return Checked(line, code, Outcome.SAME, issues=issues)
        is_known = before is not None and before["has_sep"] is not None
        outcome = Outcome.CHANGED if is_known else Outcome.NEW
        return Checked(line, code, outcome, payload, before, issues)

    def absent(self) -> Iterator[Issue]:
        known = {c for c, p in (self.stored or {}).items() if p["has_sep"] is not None}
        sentence = f"La clase SEP {self.year} de «{{name}}» no está en este archivo. Se conserva."
        return of_schools.missing(known - set(self.seen), "RBD", sentence, self.schools)


def _fail(cells: Cells) -> None:
    labels = (*CLASSES, NONE)
    near = nearest(cells.get("CLASIFICACION_SEP"), labels)
    hint = f" La más parecida es «{near}»." if near else ""
    cells.fail(
        "CLASIFICACION_SEP",
        "class-unknown",
        f"Se espera Autónomo, Emergente, En Recuperación o Sin convenio.{hint}",
        fix=near,
    )


def _stored(year: int) -> dict[str, Payload]:
    """What is stored of a year, with the batch that said it, by RBD."""
    rows = SchoolYear.objects.filter(year=year).values_list(
        "school__code", "has_sep", "sep_class", "sep_batch_id"
    )
    return {
        code: {"has_sep": has_sep, "sep_class": sep_class, "sep_batch": batch}
        for code, has_sep, sep_class, batch in rows.iterator()
    }


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    year = int(batch.year or 0)  # no class is accepted without its year
    said = {code: (payload["has_sep"], payload["sep_class"]) for _, code, payload in rows}
    stored = dict(SchoolYear.objects.filter(year=year).values_list("school__code", "pk").iterator())
    names = ("has_sep", "sep_class", "sep_batch")
    changed = [(*values, batch.pk, stored[code]) for code, values in said.items() if code in stored]
    bulk.update(SchoolYear, names, changed)
    facts = CARRIED[:-2]  # without the class, which the file says
    made = of_schools.carried(code for code in said if code not in stored)
    bulk.insert(
        SchoolYear,
        (*names, "school", "year", "batch", "in_roster", "roster_reason", *facts),
        (
            (*said[code], batch.pk, school, year, batch.pk, False, "", *values[: len(facts)])
            for code, school, *values in made
        ),
    )
