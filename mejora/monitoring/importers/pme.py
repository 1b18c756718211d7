"""The official table of actions, "Implementación PME": 49 columns, a row per action and no id.

A row is known again by its school, dimension, folded name and days. Source of the layout: the open
data of 2024; of what the words mean: the catalogue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice

from mejora.core.identifiers import parse_rbd, rbd_digit_agrees
from mejora.core.spreadsheets import Row, Table, Unreadable
from mejora.frameworks import catalogue
from mejora.monitoring.importers import pme_stored, pme_words
from mejora.monitoring.importers.pme_columns import NEEDED, OPTIONAL
from mejora.monitoring.importers.pme_rows import Reading
from mejora.monitoring.importers.pme_stored import Country, Held, Identity
from mejora.network.importers.records import (
    Cells,
    Checked,
    Issue,
    Outcome,
    Payload,
    columns_of,
    whole_number,
)
from mejora.network.models import ImportBatch
from mejora.plans import money

CHUNK = 2000  # rows whose schools are looked up together
FIRST_YEAR, LAST_YEAR = 2008, 2100  # the SEP law is of 2008


class Reader:
    """Compares row by row with what is stored of the chunk's schools."""

    def __init__(self, table: Table, batch: ImportBatch) -> None:
        self.table, self.batch, self.year = table, batch, batch.year
        self.columns = columns_of(table, NEEDED, OPTIONAL)
        if batch.year is None and "AGNO" not in self.columns:
            raise Unreadable("El archivo no trae la columna AGNO. Indique el año al importarlo.")
        self.width = len(table.header)
        self.country: Country | None = None
        self.reading: Reading | None = None
        # The first row of each identity, with what all its cells say.
        self.seen: dict[int, tuple[int, int]] = {}
        self.totals: dict[str, list[tuple[int, int]]] = {}
        self.held: dict[Identity, list[Held]] = {}
        self.matched: set[int] = set()
        self.matched_in: dict[str, int] = {}

    def __iter__(self) -> Iterator[Checked]:
        while rows := list(islice(self.table.rows, CHUNK)):
            self._look_up(rows)
            for row in rows:
                yield self._check(Cells(row, self.columns, self.width))

    def _look_up(self, rows: list[Row]) -> None:
        """Read what is stored of the schools of some rows: a few queries, whatever their number."""
        if self.year is None:
            self.year = self._first_year(rows)
        if self.country is None or self.reading is None:
            self.reading = Reading(_book(self.year), self.year)
            edition = self.reading.book.edition.pk
            self.country = Country.load(self.batch, self.year, edition)
        if self.country.years:
            place = self.columns["RBD"]
            cells = {row.cells[place] for row in rows if place < len(row.cells)}
            codes = {found[0] for text in cells if (found := parse_rbd(text))}
            years = [self.country.years[c].pk for c in codes if c in self.country.years]
            self.held = pme_stored.actions_of(years)

    def _first_year(self, rows: list[Row]) -> int:
        """The year of the table: of its first row that tells one."""
        for row in rows:
            found = _year(Cells(row, self.columns, self.width).get("AGNO"))
            if found:
                return found
        raise Unreadable("La columna AGNO no dice ningún año. Indíquelo al importar el archivo.")

    def _check(self, cells: Cells) -> Checked:
        cells.check_width()
        code = self._code(cells)
        self._check_year(cells)
        payload = self.reading.read(cells) if self.reading and code else None
        if code is None or payload is None or cells.failed:
            return cells.refused(code or cells.get("RBD"))
        known_as = pme_stored.identity(code, payload)
        self._tell_repeated(cells, known_as)
        found = self._compare(cells, known_as, payload)
        if found.outcome != Outcome.REFUSED:
            total = sum(payload["funding"].values())
            self.totals.setdefault(code, []).append((cells.row.line, total))
        return found

    # --- Whose row it is ---

    def _code(self, cells: Cells) -> str | None:
        found, country = parse_rbd(cells.get("RBD")), self.country
        if found is None or country is None:
            cells.fail("RBD", "rbd-unknown", "No es un RBD. Se espera un número, como 90072.")
            return None
        code = found[0]
        if code not in country.names:
            cells.fail(
                "RBD",
                "school-unknown",
                f"El RBD {code} no está en Mejora. Revise el número o importe antes el directorio.",
            )
        elif country.own is not None and code not in country.own:
            cells.fail(
                "RBD",
                "school-foreign",
                f"El RBD {code} no es de {self.batch.owner or self.batch.school} en {self.year}.",
            )
        elif code in country.other_edition:
            cells.fail("RBD", "other-edition", "El plan de esta escuela sigue otro marco.")
        digit = cells.get("DGV_RBD")
        if digit and not rbd_digit_agrees(code, digit):
            cells.warn("DGV_RBD", "rbd-digit", "El dígito no coincide. Se usa el número.")
        return None if cells.failed else code

    def _check_year(self, cells: Cells) -> None:
        text = cells.get("AGNO")
        if "AGNO" not in self.columns or text == str(self.year):
            return
        year = _year(text)
        if year is None:
            cells.fail("AGNO", "year-unknown", "No es un año. Se espera uno como 2024.")
        elif year != self.year:
            cells.fail("AGNO", "year-other", f"Es otro año. Esta carga es de {self.year}.")

    # --- Which action it is ---

    def _tell_repeated(self, cells: Cells, known_as: Identity) -> None:
        """Rows that cannot be told apart are kept, each as an action of its own."""
        key, content = hash(known_as), hash(tuple(cells.row.cells))
        first = self.seen.setdefault(key, (cells.row.line, content))
        if first[0] == cells.row.line:
            return
        if first[1] == content:
            text = f"Es idéntica a la fila {first[0]}. Se conservan las dos."
            cells.warn("NOM_ACTIVIDAD", "row-repeated", text)
        else:
            cells.warn(
                "NOM_ACTIVIDAD",
                "row-alike",
                f"La fila {first[0]} es de la misma escuela, dimensión, nombre y fechas. Quedan "
                "como dos acciones.",
            )

    def _compare(self, cells: Cells, known_as: Identity, payload: Payload) -> Checked:
        code = known_as[0]
        year = self.country.years.get(code) if self.country else None
        if year is None:
            return self._answer(cells, code, Outcome.NEW, payload)
        held = [h for h in self.held.get(known_as, ()) if h.pk not in self.matched]
        said = pme_stored.essence(payload)
        same = next((h for h in held if pme_stored.essence(h.content) == said), None)
        match = same or next(iter(held), None)
        if match:
            self.matched.add(match.pk)
            self.matched_in[code] = self.matched_in.get(code, 0) + 1
        if same:
            return self._answer(cells, code, Outcome.SAME)
        if not year.is_open:
            cells.fail(
                "RBD",
                "year-written",
                f"Esta escuela ya lleva su PME {self.year} en Mejora y esta fila es distinta. Un "
                "archivo no cambia lo que escribieron personas.",
            )
            return cells.refused(code)
        payload["year"] = year.mark
        if match:
            payload["action"] = match.pk
            payload["shown"] = self._shown(match.content, payload)
            return self._answer(cells, code, Outcome.CHANGED, payload, match.content)
        return self._answer(cells, code, Outcome.NEW, payload)

    def _shown(self, before: Payload, after: Payload) -> list[tuple[str, str, str]]:
        if self.reading is None:
            return []
        return list(pme_words.differences(before, after, self.reading.book, self.reading.year))

    def _answer(
        self,
        cells: Cells,
        code: str,
        outcome: Outcome,
        payload: Payload | None = None,
        before: Payload | None = None,
    ) -> Checked:
        issues = tuple(cells.issues)
        return Checked(cells.row.line, code, outcome, payload or {}, before, issues)

    # --- After the last row ---

    def absent(self) -> Iterator[Issue]:
        yield from self._odd_amounts()
        yield from self._left_over()

    def _odd_amounts(self) -> Iterator[Issue]:
        """As the school's own page of money tells them."""
        pupils = self.country.pupils if self.country else {}
        for code, listed in self.totals.items():
            middle = money.typical(total for _, total in listed)
            for line, total in listed:
                text = money.out_of_proportion(total, middle, pupils.get(code))
                if text:
                    yield Issue(line, "ESTIM_TOTAL", str(total), "amount-odd", text, is_error=False)

    def _left_over(self) -> Iterator[Issue]:
        """Actions that Mejora has of these schools and the table does not."""
        if self.country is None or self.year is None or not self.country.years:
            return
        codes = {code for code in self.matched_in if code in self.country.years}
        for code, count in sorted(pme_stored.counted(codes, self.year).items()):
            more = count - self.matched_in.get(code, 0)
            if more > 0:
                what = "1 acción" if more == 1 else f"{more} acciones"
                text = f"{self.country.names[code]}: Mejora tiene {what} más. Nada se quita."
                yield Issue(0, "RBD", code, "absent", text[:400], is_error=False)


def _year(text: str) -> int | None:
    year = whole_number(text)
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def _book(year: int) -> catalogue.Catalogue:
    try:
        return catalogue.in_force("CL", dt.date(year, 12, 31))
    except LookupError as error:
        raise Unreadable(
            f"Mejora no tiene el marco que regía en {year}, así que no puede leer esa tabla."
        ) from error
