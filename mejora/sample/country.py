"""The made-up country's schools and owners, in the real communes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
from mejora.sample.places import FIRST_RBD, IN_ROSTER
from mejora.sample.rows import Rows

COMMUNES_PER_SLEP = 5
FIRST_SLEP = 9801  # above every real one
PUBLIC = 0.575  # of the schools that must have a plan
DEPENDENCY = {
    OwnerKind.SLEP: Dependency.SLEP,
    OwnerKind.DAEM: Dependency.DAEM,
    OwnerKind.CORPORATION: Dependency.CORPORATION,
    OwnerKind.PRIVATE: Dependency.SUBSIDISED,
}


@dataclass(frozen=True)
class Standing:
    """A school and where its plan is to stand: 0 this year, -1 the former one."""

    school: School
    pupils: int
    offset: int
    position: str


class Nation:
    """Makes the schools region by region; owners are written at once, they are few."""

    def __init__(self, rows: Rows, batch: ImportBatch, year: int) -> None:
        self.rows = rows
        self.batch = batch
        self.year = year
        self.country = Country.objects.get(code="CL")
        self.rbd = FIRST_RBD - 1
        self.private: list[Owner] = []
        self.slep_count = 0

    def standings(self) -> Iterator[tuple[Region, list[Standing]]]:
        """Each region with its schools, in a shuffled order."""
        told = bank.read("pais")["rows"]
        for place, region in enumerate(Region.objects.filter(country=self.country)):
            chance = Chance(f"region {region.code}")
            wanted = [
                (line["year"], line["position"])
                for line in told
                for _ in range(line["schools"][place])
            ]
            chance.shuffle(wanted)
            towns = list(Commune.objects.filter(region=region).order_by("code"))
            offices = list(SupervisionOffice.objects.filter(region=region).order_by("code"))
            owners = self._public_owners(towns, chance)
            yield (
                region,
                [
                    self._standing(chance, towns, offices, owners, offset, position)
                    for offset, position in wanted
                ],
            )

    def _public_owners(self, towns: Sequence[Commune], chance: Chance) -> dict[int, Owner]:
        """Five communes in three share a SLEP; the others have a municipality or corporation."""
        found: dict[int, Owner] = {}
        for first in range(0, len(towns), COMMUNES_PER_SLEP):
            group = towns[first : first + COMMUNES_PER_SLEP]
            if chance.likely(0.38):
                owner = self._slep(group)
                found |= {town.pk: owner for town in group}
                continue
            for town in group:
                kind = OwnerKind.CORPORATION if chance.likely(0.12) else OwnerKind.DAEM
                name = naming.municipal_owner_name(kind, town.name)
                found[town.pk] = self._owner(
                    kind, naming.municipal_owner_key(kind, town.code), name
                )
        return found

    def _slep(self, towns: Sequence[Commune]) -> Owner:
        key = naming.slep_key(FIRST_SLEP + self.slep_count)
        self.slep_count += 1
        owner = self._owner(OwnerKind.SLEP, key, f"SLEP de ejemplo {self.slep_count}")
        for town in towns:
            self.rows.add(
                SlepTerritory(
                    owner=owner,
                    commune=town,
                    starts_year=self.year - 3,
                    transfer_year=self.year - 2,
                )
            )
        return owner

    def _owner(self, kind: OwnerKind, key: str, name: str) -> Owner:
        return Owner.objects.create(
            country=self.country, kind=kind, key=key, name=name, name_folded=fold(name)
        )

    def _private_owner(self, chance: Chance, name: str) -> Owner:
        """Half of the private schools share their owner with others."""
        if self.private and chance.likely(0.5):
            return chance.choice(self.private)
        number = len(self.private) + 1
        owner = self._owner(
            OwnerKind.PRIVATE, f"rut:ejemplo-{number}", f"Fundación Educacional {name}"
        )
        self.private.append(owner)
        return owner

    def _standing(
        self,
        chance: Chance,
        towns: Sequence[Commune],
        offices: Sequence[SupervisionOffice],
        owners: dict[int, Owner],
        offset: int,
        position: str,
    ) -> Standing:
        self.rbd += 1
        place = int(len(towns) * chance.random() ** 1.6)
        town = towns[place]
        pupils = max(8, min(3200, round(chance.lognormvariate(5.3, 0.95))))
        is_rural = pupils < 130 and chance.likely(0.8)
        name = _name(chance, pupils, is_rural=is_rural)
        is_public = chance.likely(PUBLIC)
        owner = owners[town.pk] if is_public else self._private_owner(chance, name)
        school = self._school(chance, name, town, offices[place % len(offices)], owner)
        has_sep = chance.likely(0.914)
        for year in (self.year - 1, self.year):
            self._year(school, year, pupils, is_rural=is_rural, has_sep=has_sep)
        return Standing(school, pupils, offset, position)

    def _school(
        self,
        chance: Chance,
        name: str,
        town: Commune,
        office: SupervisionOffice,
        owner: Owner,
    ) -> School:
        code = str(self.rbd)
        school = self.rows.add(
            School(
                uid=chance.uid(),
                country=self.country,
                code=code,
                check_digit=check_digit(self.rbd),
                name=name,
                search_text=naming.search_text(code, name, town.name, owner.name),
                commune=town,
                office=office,
                owner=owner,
                current_year=self.year,
                is_sample=True,
            )
        )
        self.rows.add(SchoolCode(school=school, scheme=CodeScheme.RBD, code=code))
        return school

    def _year(
        self, school: School, year: int, pupils: int, *, is_rural: bool, has_sep: bool
    ) -> None:
        owner = school.owner
        kind = OwnerKind(owner.kind) if owner else OwnerKind.PRIVATE
        self.rows.add(
            SchoolYear(
                school=school,
                year=year,
                name=school.name,
                commune=school.commune,
                office=school.office,
                owner=owner,
                dependency=DEPENDENCY[kind],
                operating=Operating.OPEN,
                is_rural=is_rural,
                enrolment=pupils,
                has_sep=has_sep,
                sep_class="Emergente"
                if has_sep and self.rbd % 2
                else "Autónomo"
                if has_sep
                else "",
                in_roster=True,
                roster_reason=IN_ROSTER,
                batch=self.batch,
            )
        )


def _name(chance: Chance, pupils: int, *, is_rural: bool) -> str:
    told = bank.read("pais")
    if is_rural:
        kind = "Escuela Rural"
    elif pupils > 700:
        kind = chance.choice(("Liceo", "Colegio", "Escuela Básica"))
    else:
        kind = chance.choice(("Escuela", "Escuela Básica", "Colegio", "Liceo"))
    return f"{kind} {chance.choice(told['names'])}{chance.choice(told['endings'])}"
