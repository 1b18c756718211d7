"""The official directory of schools, in any of its yearly layouts.

Columns go by name, because their number and order change every year (32 in 2017, 56 in 2025).
A school is its RBD. A file of an older year than what is known adds that year and changes nothing
of the present.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import F, FilteredRelation, Q

from mejora.core.folding import fold
from mejora.core.identifiers import parse_rbd, rbd_digit_agrees
from mejora.core.spreadsheets import Row, Table, Unreadable, untangled
from mejora.network import naming
from mejora.network.enums import Dependency, Operating
from mejora.network.importers import coordinates
from mejora.network.importers.places import Places
from mejora.network.importers.records import (
    Cells,
    Checked,
    Issue,
    Outcome,
    Payload,
    columns_of,
    whole_number,
)
from mejora.network.models import Commune, Owner, School, SchoolYear

NEEDED = {
    "RBD": ("RBD",),
    "NOM_RBD": ("NOM_RBD", "NOMBRE_RBD"),
    "COD_COM_RBD": ("COD_COM_RBD",),
    "COD_DEPE": ("COD_DEPE",),
    "ESTADO_ESTAB": ("ESTADO_ESTAB",),
}
OPTIONAL = {
    "AGNO": ("AGNO", "AÑO", "ANO"),
    "DGV_RBD": ("DGV_RBD", "DV_RBD"),
    "NOM_COM_RBD": ("NOM_COM_RBD",),
    "COD_DEPROV_RBD": ("COD_DEPROV_RBD",),
    "RURAL_RBD": ("RURAL_RBD",),
    "LATITUD": ("LATITUD",),
    "LONGITUD": ("LONGITUD",),
    "MAT_TOTAL": ("MAT_TOTAL",),
}
WANTED = tuple(NEEDED)
# What a SchoolYear holds from this file; the rest of it (roster, SEP) comes from elsewhere.
YEARLY = ("name", "commune", "office", "owner", "dependency", "operating", "rural", "enrolment")
PRESENT = ("digit", "lat", "lon")
# What lists are sorted and found by: where it stays, landing has no index to rewrite.
INDEXED = ("name", "commune", "office", "owner")
_CHOICES = {
    Dependency: "1 Corporación, 2 Municipal, 3 Subvencionado, 4 Pagado, 5 Delegada, 6 SLEP",
    Operating: "1 Funcionando, 2 En receso, 3 Cerrado, 4 Autorizado sin matrícula",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A school as it stands now."""

    year: int
    facts: Payload
    is_sample: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """A school's year as it stands, and the batch that said it."""

    facts: Payload
    batch: int | None


class Reader:
    """Reads and compares row by row; holds what is stored, by RBD."""

    needed: Mapping[str, tuple[str, ...]] = NEEDED
    optional: Mapping[str, tuple[str, ...]] = OPTIONAL

    def __init__(self, table: Table, year: int | None) -> None:
        self.table, self.year = table, year
        self.columns = columns_of(table, self.needed, self.optional)
        if year is None and "AGNO" not in self.columns:
            raise Unreadable("El archivo no trae la columna AGNO. Indique el año al importarlo.")
        self.places = Places.load()
        self.known = _known()
        self.owners = set(Owner.objects.values_list("key", flat=True))
        self.stored: dict[str, Stored] | None = None
        self.seen: dict[str, int] = {}

    def __iter__(self) -> Iterator[Checked]:
        for row in self.table.rows:
            yield self._check(Cells(row, self.columns, len(self.table.header)), row)

    def _check(self, cells: Cells, row: Row) -> Checked:
        cells.check_width()
        code = self._code(cells)
        self._check_year(cells)
        if code is None or self.year is None:
            return cells.refused(cells.get("RBD"))
        payload = self.payload(cells, code)
        if payload is None or cells.failed:
            return cells.refused(code)
        self.seen[code] = row.line
        return self.compare(row.line, code, self.year, payload, tuple(cells.issues))

    def _code(self, cells: Cells) -> str | None:
        found = parse_rbd(cells.get("RBD"))
        if found is None:
            cells.fail("RBD", "rbd-unknown", "No es un RBD. Se espera un número, como 90072.")
            return None
        code = found[0]
        if code in self.seen:
            first = self.seen[code]
            cells.fail("RBD", "rbd-repeated", f"El RBD {code} ya está en la fila {first}.")
        digit = cells.get("DGV_RBD")
        if digit and not rbd_digit_agrees(code, digit):
            cells.warn(
                "DGV_RBD",
                "rbd-digit",
                "No es el dígito que da la regla (módulo 11). Se guarda como viene: el directorio "
                "oficial tiene casos así.",
            )
        return code

    def _check_year(self, cells: Cells) -> None:
        text = cells.get("AGNO")
        if "AGNO" not in self.columns:
            return
        year = whole_number(text)
        if year is None or not 1990 <= year <= 2100:
            cells.fail("AGNO", "year-unknown", "No es un año. Se espera uno como 2025.")
        elif self.year is None:
            self.year = year
        elif year != self.year:
            cells.fail("AGNO", "year-other", f"Es otro año. Esta carga es de {self.year}.")

    def payload(self, cells: Cells, code: str) -> Payload | None:
        commune = self._commune(cells)
        dependency = _choice(cells, "COD_DEPE", Dependency)
        operating = _choice(cells, "ESTADO_ESTAB", Operating)
        if commune is None or dependency is None or operating is None:
            return None
        point = coordinates.read(cells.get("LATITUD"), cells.get("LONGITUD"))
        if point.oddity:
            cells.warn("LATITUD", "coordinates", point.oddity)
        return {
            "name": _name(cells, code),
            "commune": commune.code,
            "office": self._office(cells),
            "owner": self._owner(cells, dependency, commune),
            "dependency": dependency,
            "operating": operating,
            "rural": _flag(cells, "RURAL_RBD"),
            "enrolment": _enrolment(cells),
            "digit": cells.get("DGV_RBD")[:1].upper(),
            "lat": point.latitude,
            "lon": point.longitude,
        }

    def _commune(self, cells: Cells) -> Commune | None:
        """By code (a lost leading zero is put back), by the code of before, or by a unique name."""
        number = whole_number(cells.get("COD_COM_RBD"))
        code = f"{number:05d}" if number is not None else ""
        name = fold(untangled(cells.get("NOM_COM_RBD")))
        if commune := self.places.communes.get(code):
            if name and name not in self.places.spellings[code]:
                cells.warn(
                    "NOM_COM_RBD",
                    "commune-name",
                    f"El código {code} es {commune.name}. Se usa el código.",
                )
            return commune
        if commune := self.places.old_codes.get(code):
            cells.warn(
                "COD_COM_RBD",
                "commune-old",
                f"Código anterior a la región de {commune.region.name}: hoy es {commune.name} "
                f"({commune.code}).",
            )
            return commune
        named = self.places.by_name.get(name, [])
        if len(named) == 1:
            cells.warn(
                "COD_COM_RBD",
                "commune-by-name",
                f"No hay comuna con ese código. Se usa {named[0].name}, por su nombre.",
            )
            return named[0]
        cells.fail(
            "COD_COM_RBD",
            "commune-unknown",
            "No hay comuna con ese código. Se espera uno de 5 cifras, como 13101.",
        )
        return None

    def _office(self, cells: Cells) -> str | None:
        number = whole_number(cells.get("COD_DEPROV_RBD"))
        code = str(number) if number is not None else ""
        if code in self.places.offices:
            return code
        if cells.get("COD_DEPROV_RBD") not in {"", "0"}:
            cells.warn("COD_DEPROV_RBD", "office-unknown", "No hay Deprov con ese código.")
        return None

    def _owner(self, cells: Cells, dependency: str, commune: Commune) -> str | None:
        key = self.places.owner_key(dependency, commune.code)
        if key is None and dependency == Dependency.SLEP:
            cells.warn(
                "COD_DEPE",
                "slep-unknown",
                f"Es de un Servicio Local y no se sabe de cuál: {commune.name} no está en el "
                "listado de SLEP. Impórtelo y el sostenedor se completa solo.",
            )
        return key

    def compare(
        self, line: int, code: str, year: int, payload: Payload, issues: tuple[Issue, ...]
    ) -> Checked:
        if self.stored is None:
            self.stored = stored_years(year)
        self._mark_new_owner(payload)
        known, stored = self.known.get(code), self.stored.get(code)
        if known is None:
            payload["search"] = self._search_text(code, payload)
            return Checked(line, code, Outcome.NEW, payload, None, issues)
        yearly = {name: payload[name] for name in YEARLY}
        is_present = year >= known.year
        if is_present:
            _keep_what_is_known(payload, known.facts)
        now = {name: known.facts[name] for name in (*YEARLY, *PRESENT)}
        changes_present = is_present and now != {name: payload[name] for name in now}
        same_year = stored is not None and stored.facts == yearly
        if same_year and not changes_present:
            return Checked(line, code, Outcome.SAME, issues=issues)
        payload["present"] = is_present
        if is_present:
            payload.update(_news(payload, now))
            if any(payload[name] != now[name] for name in INDEXED):
                payload["search"] = self._search_text(code, payload)
        before = _before(known, stored, now if is_present else None)
        return Checked(line, code, Outcome.CHANGED, payload, before, issues)

    def _mark_new_owner(self, payload: Payload) -> None:
        """The first row of an owner that landing will make, so that undoing knows it."""
        owner = payload["owner"]
        if owner is not None and owner not in self.owners:
            self.owners.add(owner)
            payload["makes_owner"] = True

    def _search_text(self, code: str, payload: Payload) -> str:
        commune = self.places.communes[payload["commune"]].name
        owner = self.places.owner_name(payload["owner"])
        return naming.search_text(code, payload["name"], commune, owner)

    def absent(self) -> Iterator[Issue]:
        if self.year is None:
            return
        for code, known in self.known.items():
            if code not in self.seen and not known.is_sample and known.year <= self.year:
                name = known.facts["name"]
                message = f"«{name}» está en Mejora y no en este archivo. Se conserva como está."
                yield Issue(0, "RBD", code, "absent", message[:400], is_error=False)


def _name(cells: Cells, code: str) -> str:
    raw = " ".join(cells.get("NOM_RBD").split())
    name = untangled(raw)[:160]
    if name != raw[:160]:
        cells.warn("NOM_RBD", "name-tangled", f"Las tildes venían rotas. Se lee «{name}».")
    if fold(name) in naming.ABSENT_NAMES:
        cells.warn("NOM_RBD", "name-missing", f"Sin nombre. Queda «{naming.nameless(code)}».")
        return naming.nameless(code)
    if naming.is_damaged(name):
        cells.warn(
            "NOM_RBD",
            "name-damaged",
            f"Trae signos dañados. Se guarda como viene; se busca también «{naming.mended(name)}».",
        )
    return name


def _choice(cells: Cells, column: str, choices: type[Dependency] | type[Operating]) -> str | None:
    text = str(whole_number(cells.get(column)))
    if text in choices.values:
        return text
    cells.fail(column, "code-unknown", f"Se espera {_CHOICES[choices]}.")
    return None


def _flag(cells: Cells, column: str) -> bool | None:
    text = cells.get(column)
    if text in {"0", "1"}:
        return text == "1"
    if text:
        cells.warn(column, "flag-unknown", "Se espera 0 o 1. Queda sin información.")
    return None


def _enrolment(cells: Cells) -> int | None:
    """MAT_TOTAL. MATRICULA is no number of pupils but a mark of having any."""
    text = cells.get("MAT_TOTAL")
    number = whole_number(text)
    if number is None and text:
        cells.warn("MAT_TOTAL", "number-unknown", "Se espera un número entero. Queda s/i.")
    return number


def _keep_what_is_known(payload: Payload, now: Payload) -> None:
    """A newer file that does not know the place or the digit does not erase them."""
    if payload["lat"] is None:
        payload["lat"], payload["lon"] = now["lat"], now["lon"]
    payload["digit"] = payload["digit"] or now["digit"]


def _before(known: Known, stored: Stored | None, now: Payload | None) -> Payload:
    """What undoing needs: the present (of a year that is the newest), the year itself, and which
    year was the present one."""
    year = None if stored is None else {**stored.facts, "batch": stored.batch}
    return {**(now or {}), "year": year, "current": known.year}


def _news(payload: Payload, now: Payload) -> Payload:
    """What people ask of a new directory: who closed, who opened again, who changed owner."""
    was_open, is_open = (facts["operating"] == Operating.OPEN for facts in (now, payload))
    news = {
        "closed": was_open and not is_open,
        "reopened": is_open and not was_open,
        "moved": None not in (now["owner"], payload["owner"]) and now["owner"] != payload["owner"],
        "renamed": now["name"] != payload["name"],
    }
    return {name: True for name, is_so in news.items() if is_so}


def _known() -> dict[str, Known]:
    """Every school of the country with the facts of its newest year, in one query."""
    now = FilteredRelation("years", condition=Q(years__year=F("current_year")))
    rows = School.objects.annotate(now=now).values_list(
        "code",
        "current_year",
        "is_sample",
        "name",
        "commune__code",
        "office__code",
        "owner__key",
        "now__dependency",
        "now__operating",
        "now__is_rural",
        "now__enrolment",
        "check_digit",
        "latitude",
        "longitude",
    )
    names = (*YEARLY, *PRESENT)
    found = {}
    for code, year, is_sample, *facts in rows.iterator():
        payload = dict(zip(names, facts, strict=True))
        for name in ("lat", "lon"):
            payload[name] = None if payload[name] is None else f"{payload[name]:.6f}"
        found[code] = Known(year, payload, is_sample)
    return found


def stored_years(year: int) -> dict[str, Stored]:
    """The year of every school, by RBD. One query."""
    rows = SchoolYear.objects.filter(year=year).values_list(
        "school__code",
        "batch_id",
        "name",
        "commune__code",
        "office__code",
        "owner__key",
        "dependency",
        "operating",
        "is_rural",
        "enrolment",
    )
    return {
        code: Stored(dict(zip(YEARLY, facts, strict=True)), batch)
        for code, batch, *facts in rows.iterator()
    }
