"""The schools of Colombian Secretarías, by a template of Mejora's own: a row per sede.

No public file names sedes and régimen together. The first row of an establishment gives its facts;
every row gives one sede, the main one being that whose code is the establishment's. An older year
imported later never changes the present.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mejora.core.folding import fold
from mejora.core.identifiers import parse_dane
from mejora.core.spreadsheets import Table, Unreadable
from mejora.network import naming
from mejora.network.colombia import Site
from mejora.network.enums import COLOMBIA, Dependency, Operating, Regime
from mejora.network.importers import bulk, colombian
from mejora.network.importers.records import (
    Cells,
    Checked,
    Issue,
    Outcome,
    Payload,
    columns_of,
    whole_number,
)
from mejora.network.models import ImportBatch, School, SchoolYear

NEEDED = {
    "DANE": ("DANE", "CODIGO_DANE"),
    "AÑO": ("AÑO", "ANO", "A_O"),
    "NOMBRE": ("NOMBRE", "NOMBRE_ESTABLECIMIENTO"),
    "MUNICIPIO": ("MUNICIPIO", "COD_DANE_MUNICIPIO"),
    "SECTOR": ("SECTOR",),
}
OPTIONAL = {
    "ESTADO": ("ESTADO",),
    "ZONA": ("ZONA",),
    "MATRICULA": ("MATRICULA", "TOTAL_MATRICULA"),
    "REGIMEN": ("REGIMEN",),
    "DANE_SEDE": ("DANE_SEDE",),
    "NOMBRE_SEDE": ("NOMBRE_SEDE",),
}
WANTED = ("DANE", "AÑO", "NOMBRE", "MUNICIPIO", "SECTOR", "REGIMEN", "DANE_SEDE", "NOMBRE_SEDE")
TEMPLATE = (
    (
        *("DANE", "AÑO", "NOMBRE", "MUNICIPIO", "SECTOR", "ESTADO", "ZONA", "MATRICULA"),
        *("REGIMEN", "DANE_SEDE", "NOMBRE_SEDE"),
    ),
    (
        (
            *("168990006900", "2026", "Institución Educativa Los Samanes", "68990", "OFICIAL"),
            *("Funcionando", "URBANA", "1240", "", "168990006900", "Sede principal"),
        ),
        (
            *("168990006900", "2026", "Institución Educativa Los Samanes", "68990", "OFICIAL"),
            *("Funcionando", "URBANA", "1240", "", "268990006910", "Sede Rural El Mirador"),
        ),
    ),
)
_REGIMES = {fold(r.label): r.value for r in Regime} | {r.value.lower(): r.value for r in Regime}
_STATES = {fold(o.label): o.value for o in Operating} | {"": Operating.OPEN.value}
_ZONES = {"urbana": False, "rural": True, "": None}
FACTS = (
    *("name", "commune", "owner", "dependency", "operating", "is_rural", "enrolment", "regime"),
    "batch",
)


class Reader:
    def __init__(self, table: Table, year: int | None) -> None:
        self.table, self.year = table, year
        self.columns = columns_of(table, NEEDED, OPTIONAL)
        if ("DANE_SEDE" in self.columns) != ("NOMBRE_SEDE" in self.columns):
            raise Unreadable("DANE_SEDE y NOMBRE_SEDE van juntas: falta una de las dos columnas.")
        self.places = colombian.places()
        schools = School.objects.filter(country__code=COLOMBIA)
        self.known = set(schools.values_list("code", flat=True))
        self.sites = {
            code: (school, name)
            for code, school, name in Site.objects.values_list("code", "school__code", "name")
        }
        self.facts: dict[str, Payload] = {}
        self.stored: dict[str, Payload] | None = None
        self.seen: dict[str, int] = {}

    def __iter__(self) -> Iterator[Checked]:
        for row in self.table.rows:
            yield self._check(Cells(row, self.columns, len(self.table.header)))

    def _check(self, cells: Cells) -> Checked:
        cells.check_width()
        code = colombian.dane_of(cells)
        self._check_year(cells)
        payload = self._payload(cells)
        site = self._site(cells)
        key = f"{code} {site[0] if site else ''}".strip()
        if first := self.seen.get(key):
            cells.fail("DANE", "row-repeated", f"Esa sede ya está en la fila {first}.")
        if code is None or cells.failed:
            return cells.refused(cells.get("DANE"))
        self.seen[key] = cells.row.line
        self._agree(cells, code, payload)
        return self._compare(cells, key, code, {**self.facts[code], "site": site})

    def _agree(self, cells: Cells, code: str, payload: Payload) -> None:
        """The first row of an establishment gives its facts."""
        if self.facts.setdefault(code, payload) != payload:
            cells.warn(
                "DANE", "facts-differ", "Dice otra cosa que la primera fila del establecimiento: "
                "se usa la primera."
            )  # fmt: skip

    def _check_year(self, cells: Cells) -> None:
        year = whole_number(cells.get("AÑO"))
        if year is None or not 1990 <= year <= 2100:
            cells.fail("AÑO", "year-unknown", "No es un año. Se espera uno como 2026.")
            return
        if self.year is None:
            self.year = year
        if year != self.year:
            cells.fail("AÑO", "year-other", f"Es otro año. Esta carga es de {self.year}.")

    def _payload(self, cells: Cells) -> Payload:
        sector = colombian.sector_of(cells)
        regime = _one_of(cells, "REGIMEN", _REGIMES, "Libertad Regulada, Libertad Vigilada o "
                         "Régimen Controlado") if cells.get("REGIMEN") else ""  # fmt: skip
        if regime and sector == Dependency.OFFICIAL:
            cells.fail("REGIMEN", "regime-official", "Un establecimiento oficial no tiene régimen.")
        return {
            "name": colombian.name_of(cells),
            "commune": colombian.place_of(cells, self.places),
            "sector": sector.value if sector else "",
            "operating": _one_of(cells, "ESTADO", _STATES, "Funcionando, En receso o Cerrado"),
            "rural": _one_of(cells, "ZONA", _ZONES, "URBANA o RURAL"),
            "enrolment": whole_number(cells.get("MATRICULA")),
            "regime": regime,
        }

    def _site(self, cells: Cells) -> list[str] | None:
        """The code and name of the row's sede; None where the row tells none."""
        if not cells.get("DANE_SEDE") and not cells.get("NOMBRE_SEDE"):
            return None
        code = parse_dane(cells.get("DANE_SEDE"))
        name = " ".join(cells.get("NOMBRE_SEDE").split())[: colombian.LONGEST]
        if code is None:
            colombian.dane_of(cells, "DANE_SEDE")
        if not name:
            cells.fail("NOMBRE_SEDE", "name-missing", "Falta el nombre de la sede.")
        taken = self.sites.get(code or "")
        if taken and taken[0] != cells.get("DANE"):
            cells.fail("DANE_SEDE", "site-taken", f"Esa sede es del establecimiento {taken[0]}.")
        return [code or "", name]

    def _compare(self, cells: Cells, key: str, code: str, payload: Payload) -> Checked:
        if self.stored is None:
            self.stored = stored(self.year or 0)
        site, line, issues = payload["site"], cells.row.line, tuple(cells.issues)
        has_site = site is None or self.sites.get(site[0]) == (code, site[1])
        before = self.stored.get(code)
        said = {name: value for name, value in payload.items() if name != "site"}
        if before == said and has_site:
            return Checked(line, key, Outcome.SAME, issues=issues)
        outcome = Outcome.CHANGED if code in self.known else Outcome.NEW
        return Checked(line, key, outcome, payload, before, issues)

    def absent(self) -> Iterator[Issue]:
        """A Secretaría may bring only some of its schools: nothing is removed nor missed."""
        return iter(())


def _one_of(cells: Cells, column: str, words: dict[str, Any], expected: str) -> Any:
    text = fold(cells.get(column))
    if text not in words:
        cells.fail(column, "word-unknown", f"Se espera {expected}.")
        return None
    return words[text]


def stored(year: int) -> dict[str, Payload]:
    """What is stored of a year, by code, in the words of a payload."""
    rows = SchoolYear.objects.filter(year=year, school__country__code=COLOMBIA).values_list(
        *("school__code", "name", "commune__code", "dependency", "operating", "is_rural"),
        *("enrolment", "regime"),
    )
    names = ("name", "commune", "sector", "operating", "rural", "enrolment", "regime")
    return {code: dict(zip(names, facts, strict=True)) for code, *facts in rows}


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    year = int(batch.year or 0)  # no row is accepted without its year
    facts = {key.split(" ")[0]: payload for _, key, payload in rows}
    schools = School.objects.filter(country=batch.country_id)
    known = set(schools.values_list("code", flat=True))
    colombian.add_schools(batch, year, ((c, p) for c, p in facts.items() if c not in known))
    pks = dict(schools.values_list("code", "pk"))
    here = {code: payload for code, payload in facts.items() if code in known}
    _write_years(batch, year, here, pks)
    _refresh(year, here, pks)
    _write_sites(batch, rows, pks)


def _write_years(
    batch: ImportBatch, year: int, facts: dict[str, Payload], pks: dict[str, int]
) -> None:
    places = colombian.places()
    found = dict(SchoolYear.objects.filter(year=year).values_list("school_id", "pk"))
    corrected, added = [], []
    for code, said in facts.items():
        if pks[code] not in found:
            added.append((pks[code], said))
            continue
        place = places[said["commune"]]
        values = (
            *(said["name"], place.pk, place.owner, said["sector"], said["operating"]),
            *(said["rural"], said["enrolment"], said["regime"], batch.pk),
        )
        corrected.append((*values, found[pks[code]]))
    bulk.update(SchoolYear, FACTS, corrected)
    colombian.add_years(batch, year, added)


def _refresh(year: int, facts: dict[str, Payload], pks: dict[str, int]) -> None:
    """Bring the present up to date where this year is the newest that is known."""
    places = colombian.places()
    newest = dict(School.objects.values_list("pk", "current_year"))
    rows = []
    for code, said in facts.items():
        if newest[pks[code]] <= year:
            place = places[said["commune"]]
            text = naming.search_text(code, said["name"], place.name, place.owner_name)
            rows.append((said["name"], text, place.pk, place.owner, year, pks[code]))
    bulk.update(School, ("name", "search_text", "commune", "owner", "current_year"), rows)


def _write_sites(
    batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]], pks: dict[str, int]
) -> None:
    places = colombian.places()
    found = dict(Site.objects.values_list("code", "pk"))
    added, corrected = [], []
    for _, key, payload in rows:
        if payload["site"] is None:
            continue
        code, name = payload["site"]
        school = key.split(" ")[0]
        if code in found:
            corrected.append((name, batch.pk, found[code]))
        else:
            commune = places[payload["commune"]].pk
            added.append((pks[school], code, name, commune, code == school, batch.pk))
    bulk.insert(Site, ("school", "code", "name", "commune", "is_main", "batch"), added)
    bulk.update(Site, ("name", "batch"), corrected)
