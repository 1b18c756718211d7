"""The made-up SLEP: five communes, its office, its sixty schools."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mejora.core.folding import fold
from mejora.core.identifiers import check_digit
from mejora.network import naming
from mejora.network.enums import CodeScheme, Dependency, Operating, OwnerKind
from mejora.network.models import (
    Commune,
    Country,
    ImportBatch,
    Owner,
    Region,
    School,
    SchoolCode,
    SchoolYear,
    SlepTerritory,
    SupervisionOffice,
)
from mejora.sample import bank
from mejora.sample.chance import Chance
from mejora.sample.rows import Rows

REGION = "09"
OFFICE_CODE = "990"
SLEP_KEY = naming.slep_key(9901)  # above every real one
FIRST_RBD = 90001  # above every real one
IN_ROSTER = "Establecimiento de ejemplo"
OUT_OF_ROSTER = "Su plan comienza el año siguiente"


@dataclass(frozen=True)
class Place:
    """A school with what its file says of it."""

    school: School
    kind: str
    pupils: int
    told: dict[str, Any]

    @property
    def now(self) -> str:
        """Where the current year stands, "stage status"; empty when it was not opened."""
        if "state" in self.told:
            return str(self.told["state"])
        unfinished = self.told.get("former", "evaluation approved")
        return "implementation partial" if unfinished.startswith("evaluation") else ""

    @property
    def former(self) -> str:
        """The same of the former year; empty for a plan that starts now."""
        starts_now = self.now.startswith("strategic")
        return "" if starts_now else str(self.told.get("former", "evaluation approved"))


@dataclass(frozen=True)
class Territory:
    country: Country
    owner: Owner
    office: SupervisionOffice
    places: tuple[Place, ...]


def build(rows: Rows, batch: ImportBatch, year: int) -> Territory:
    country = Country.objects.get(code="CL")
    region = Region.objects.get(country=country, code=REGION)
    office = SupervisionOffice.objects.create(region=region, code=OFFICE_CODE, name="Cordillera")
    name = "SLEP Cordillera Azul"
    owner = Owner.objects.create(
        country=country, kind=OwnerKind.SLEP, key=SLEP_KEY, name=name, name_folded=fold(name)
    )
    places = []
    for commune, told, rbd in _schools(region):
        if told is None:
            rows.add(
                SlepTerritory(
                    owner=owner, commune=commune, starts_year=year - 4, transfer_year=year - 3
                )
            )
            continue
        school = _school(rows, country, office, owner, commune, told["name"], rbd, year)
        place = Place(school, bank.kind_of(school.name), told["pupils"], told)
        _years(rows, place, batch, year)
        places.append(place)
    return Territory(country, owner, office, tuple(places))


def _schools(region: Region) -> Iterator[tuple[Commune, dict[str, Any] | None, int]]:
    """Each commune once without a school, then its schools; a told code is left free for it."""
    content = bank.read("escuelas")["commune"]
    taken = {told["code"] for item in content for told in item["schools"] if "code" in told}
    rbd = FIRST_RBD - 1
    for number, item in enumerate(content, 1):
        commune = Commune.objects.create(
            region=region,
            code=f"990{number:02}",
            name=item["name"],
            name_folded=fold(item["name"]),
            province="Cordillera",
        )
        yield commune, None, 0
        for told in item["schools"]:
            if "code" in told:
                yield commune, told, told["code"]
                continue
            rbd += 1
            while rbd in taken:
                rbd += 1
            yield commune, told, rbd


def _school(
    rows: Rows,
    country: Country,
    office: SupervisionOffice,
    owner: Owner,
    commune: Commune,
    name: str,
    rbd: int,
    year: int,
) -> School:
    chance = Chance(f"school {rbd}")
    school = rows.add(
        School(
            uid=chance.uid(),
            country=country,
            code=str(rbd),
            check_digit=check_digit(rbd),
            name=name,
            search_text=naming.search_text(str(rbd), name, commune.name, owner.name),
            commune=commune,
            office=office,
            owner=owner,
            current_year=year,
            phone=f"45 2 555 {chance.randint(100, 999)}",
            is_sample=True,
        )
    )
    rows.add(SchoolCode(school=school, scheme=CodeScheme.RBD, code=school.code))
    return school


def _years(rows: Rows, place: Place, batch: ImportBatch, year: int) -> None:
    """This year and the former one, whose enrolment was about the same."""
    school = place.school
    chance = Chance(f"years {school.code}")
    before = max(8, round(place.pupils * chance.uniform(0.97, 1.05)))
    sep_class = chance.choices(("Autónomo", "Emergente", "En Recuperación"), (55, 42, 3))[0]
    for of_year, pupils in ((year - 1, before), (year, place.pupils)):
        in_roster = of_year == year or bool(place.former)
        rows.add(
            SchoolYear(
                school=school,
                year=of_year,
                name=school.name,
                commune=school.commune,
                office=school.office,
                owner=school.owner,
                dependency=Dependency.SLEP,
                operating=Operating.OPEN,
                is_rural=place.kind == "rural",
                enrolment=pupils,
                has_sep=True,
                sep_class=sep_class,
                in_roster=in_roster,
                roster_reason=IN_ROSTER if in_roster else OUT_OF_ROSTER,
                batch=batch,
            )
        )


def school_year_of(on: dt.date) -> int:
    """The school year that people are in; from January to March still the former one."""
    return on.year if on.month > 3 else on.year - 1
