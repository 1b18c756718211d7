"""What Colombia's files have in common: municipalities by DIVIPOLA, the Secretaría of each, and
schools that a file names for the first time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mejora.core.folding import fold
from mejora.core.identifiers import parse_dane
from mejora.network import naming
from mejora.network.colombia import Jurisdiction
from mejora.network.enums import COLOMBIA, CodeScheme, Dependency, Operating
from mejora.network.importers import bulk
from mejora.network.importers.records import Cells, Payload
from mejora.network.importers.undoing import USED, Thing, Undoing, current, hanging
from mejora.network.models import Commune, Country, ImportBatch, School, SchoolCode, SchoolYear

SECTORS = {"oficial": Dependency.OFFICIAL, "no oficial": Dependency.NON_OFFICIAL}
LONGEST = 160
_DIVIPOLA = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality and the Secretaría that administers its schools, where that is known."""

    pk: int
    name: str
    owner: int | None
    owner_name: str


def places() -> dict[str, Place]:
    """By DIVIPOLA code, five digits."""
    found = {
        code: Place(pk, name, None, "")
        for pk, code, name in Commune.objects.of(COLOMBIA).values_list("pk", "code", "name")
    }
    known = Jurisdiction.objects.values_list("commune__code", "owner_id", "owner__name")
    for code, owner, name in known:
        found[code] = Place(found[code].pk, found[code].name, owner, name)
    return found


def dane_of(cells: Cells, column: str = "DANE") -> str | None:
    """The school's code. A destroyed one ("2.0579E+11") refuses the whole file."""
    found = parse_dane(cells.get(column))
    if found is None:
        cells.fail(
            column,
            "dane-unknown",
            "No es un código DANE. Se esperan 12 cifras, como 168990006900.",
        )
    return found


def place_of(cells: Cells, known: dict[str, Place], column: str = "MUNICIPIO") -> str | None:
    """The municipality's code, its leading zero given back where it was lost."""
    code = cells.get(column).zfill(_DIVIPOLA)
    if code not in known:
        cells.fail(
            column,
            "commune-unknown",
            "No está en la lista de municipios (Divipola) que trae Mejora.",
        )
        return None
    return code


def sector_of(cells: Cells, column: str = "SECTOR") -> Dependency | None:
    found = SECTORS.get(fold(cells.get(column)))
    if found is None:
        cells.fail(column, "sector-unknown", "Se espera OFICIAL o NO OFICIAL.")
    return found


def name_of(cells: Cells, column: str = "NOMBRE") -> str:
    name = " ".join(cells.get(column).split())
    if not name:
        cells.fail(column, "name-missing", "Falta el nombre del establecimiento.")
    return name[:LONGEST]


def add_schools(batch: ImportBatch, year: int, new: Iterable[tuple[str, Payload]]) -> None:
    """Schools that Mejora did not have, each with its code and its year. Those of a Secretaría's
    jurisdiction make its roster: all of them owe a plan while they function."""
    known, country = places(), Country.objects.get(code=COLOMBIA)
    rows = [(code, payload, known[payload["commune"]]) for code, payload in new]
    bulk.insert(
        School,
        (
            *("uid", "country", "code", "check_digit", "name", "search_text", "commune", "owner"),
            *("current_year", "phone", "is_sample"),
        ),
        (
            (
                *(uuid.uuid4(), country.pk, code, "", payload["name"]),
                naming.search_text(code, payload["name"], place.name, place.owner_name),
                *(place.pk, place.owner, year, "", False),
            )
            for code, payload, place in rows
        ),
    )
    pks = dict(School.objects.filter(country=country).values_list("code", "pk"))
    bulk.insert(
        SchoolCode,
        ("school", "scheme", "code"),
        ((pks[code], CodeScheme.DANE, code) for code, _, _ in rows),
    )
    add_years(batch, year, ((pks[code], payload) for code, payload, _ in rows))


YEAR = (
    *("school", "year", "name", "commune", "owner", "dependency", "operating", "is_rural"),
    *("enrolment", "regime", "in_roster", "roster_reason", "sep_class", "batch"),
)
ROSTER_REASON = "Establecimiento de la jurisdicción"


def add_years(batch: ImportBatch, year: int, rows: Iterable[tuple[int, Payload]]) -> None:
    known = places()
    bulk.insert(SchoolYear, YEAR, (_year(batch, year, pk, payload, known) for pk, payload in rows))


def _year(
    batch: ImportBatch, year: int, school: int, payload: Payload, known: dict[str, Place]
) -> Sequence[Any]:
    place, operating = known[payload["commune"]], payload.get("operating", Operating.OPEN.value)
    is_open = operating == Operating.OPEN
    return (
        *(school, year, payload["name"], place.pk, place.owner, payload["sector"], operating),
        *(payload.get("rural"), payload.get("enrolment"), payload.get("regime", "")),
        *(is_open, ROSTER_REASON if is_open else "", "", batch.pk),
    )


def take_schools_back(undoing: Undoing, codes: Iterable[str]) -> None:
    """Schools that came with the file go with their code and their year, whole or not at all."""
    pks = dict(School.objects.filter(code__in=set(codes)).values_list("code", "pk"))
    used = hanging(School, besides=(SchoolYear, SchoolCode))
    others = set(
        SchoolYear.objects.filter(school__in=pks.values())
        .exclude(batch=undoing.batch)
        .values_list("school_id", flat=True)
    )
    going = {code: pk for code, pk in pks.items() if pk not in used | others}
    for code in pks.keys() - going.keys():
        undoing.keep(f"«{code}»", USED)
    for model in (SchoolYear, SchoolCode):
        rows = model._default_manager.filter(school__in=going.values())
        bulk.delete(model, "id", list(rows.values_list("pk", flat=True)))
    names = {"name": "el nombre"}
    now = current(School, tuple(names), going.values())
    undoing.put_back(
        School, names, [Thing(pk, f"«{code}»", now[pk], None) for code, pk in going.items()]
    )
