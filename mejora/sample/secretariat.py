"""A made-up Secretaría of Colombia: three municipalities, twenty schools, SABER and PMI."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mejora.core import here
from mejora.core.folding import fold
from mejora.core.here import Here
from mejora.network import naming
from mejora.network.colombia import Jurisdiction, SaberResult, Site
from mejora.network.enums import (
    COLOMBIA,
    CodeScheme,
    Dependency,
    Operating,
    OwnerKind,
    Role,
)
from mejora.network.models import (
    Commune,
    Country,
    ImportBatch,
    Membership,
    Owner,
    Region,
    School,
    SchoolCode,
    SchoolYear,
)
from mejora.network.territory import etc_key
from mejora.people.models import User
from mejora.sample import (
    SAMANES,
    SECRETARIAT,
    SECRETARIAT_ACCOUNTS,
    bank,
    cycle,
    history,
    pmi,
    slep,
)
from mejora.sample.chance import Chance
from mejora.sample.rows import Rows, figure
from mejora.sample.staff import Hiring
from mejora.sample.stories import Story, Team

REGION = "68"
KEY = etc_key("9901")  # above every real one
FIRST = 690  # of the consecutive part of the made-up DANE codes
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """A school with what the data say of it."""

    school: School
    told: Mapping[str, Any]
    team: Team


@dataclass(frozen=True)
class Secretariat:
    """Everything that was made, for what is built upon it: the people by their key in
    `SECRETARIAT_ACCOUNTS`."""

    owner: Owner
    year: int
    on: dt.date
    places: tuple[Place, ...]
    people: Mapping[str, Membership]


def build(on: dt.date, tell: Tell) -> Secretariat:
    """Write everything; the caller holds the transaction."""
    country = Country.objects.get(code=COLOMBIA)
    with here.at(Here(country.code, country.tz, country.currency)):
        return _build(country, on, tell)


def _build(country: Country, on: dt.date, tell: Tell) -> Secretariat:
    year = on.year if on.month > 1 else on.year - 1
    batch = slep.new_batch("secretariat", year, on, COLOMBIA)
    rows = Rows()
    owner = Owner.objects.create(
        country=country,
        kind=OwnerKind.ETC,
        key=KEY,
        name=SECRETARIAT,
        name_folded=fold(SECRETARIAT),
    )
    hiring = Hiring(rows, year)
    people = _people(hiring, country, owner)
    maker = _Schools(rows, owner, batch, year, hiring, people)
    places = tuple(
        maker.place(number, told) for number, told in enumerate(bank.read("secretaria")["school"])
    )
    made = Secretariat(owner, year, on, places, people)
    stories = _plans(rows, made)
    rows.write()
    for story in stories:
        history.write(rows, story, _planner(story))
    rows.write()
    tell(f"{figure(len(places))} establecimientos de una Secretaría de Colombia, con su PMI")
    cycle.build(owner, cycle.People.of(people), year, on)
    return made


def _planner(story: Story) -> User:
    if story.team is None:
        raise ValueError("A school of the Secretaría has a team.")
    return story.team.planner.user


def _plans(rows: Rows, made: Secretariat) -> list[Story]:
    decider = made.people["leader"].user
    return [
        pmi.write(rows, place.school, place.told, place.team, decider, made.year, made.on)
        for place in made.places
        if "state" in place.told
    ]


def _people(hiring: Hiring, country: Country, owner: Owner) -> dict[str, Membership]:
    roles = {
        "leader": Role.QUALITY_LEAD,
        "professional": Role.PROFESSIONAL,
        "operative": Role.OPERATIVE,
    }
    people = {
        key: hiring.at(hiring.account(SECRETARIAT_ACCOUNTS[key]), role, owner=owner)
        for key, role in roles.items()
    }
    people["country"] = hiring.at(
        hiring.account(SECRETARIAT_ACCOUNTS["country"]), Role.ADMINISTRATOR, country=country
    )
    return people


class _Schools:
    def __init__(
        self,
        rows: Rows,
        owner: Owner,
        batch: ImportBatch,
        year: int,
        hiring: Hiring,
        people: dict[str, Membership],
    ) -> None:
        self.rows, self.owner, self.batch, self.year = rows, owner, batch, year
        self.hiring, self.people = hiring, people
        region = Region.objects.get(country=owner.country, code=REGION)
        self.communes = {}
        for item in bank.read("secretaria")["commune"]:
            commune = Commune.objects.create(
                region=region,
                code=item["code"],
                name=item["name"],
                name_folded=fold(item["name"]),
            )
            Jurisdiction.objects.create(owner=owner, commune=commune)
            self.communes[commune.code] = commune

    def place(self, number: int, told: Mapping[str, Any]) -> Place:
        commune = self.communes[told["commune"]]
        sector = Dependency(told.get("sector", Dependency.OFFICIAL))
        is_rural = told.get("is_rural", False)
        first = (3 if sector == Dependency.NON_OFFICIAL else 1) + is_rural
        code = f"{first}{commune.code}{FIRST + number:05}0"
        chance = Chance(f"secretariat school {code}")
        name = told["name"]
        school = self.rows.add(
            School(
                uid=chance.uid(),
                country=self.owner.country,
                code=code,
                name=name,
                search_text=naming.search_text(code, name, commune.name, self.owner.name),
                commune=commune,
                owner=self.owner,
                current_year=self.year,
                phone=f"607 555 {chance.randint(1000, 9999)}",
                is_sample=True,
            )
        )
        self.rows.add(SchoolCode(school=school, scheme=CodeScheme.DANE, code=code))
        self._sites(school, told, number)
        for year in (self.year - 1, self.year):
            self._year(school, told, sector, year)
        self._saber(school, told)
        return Place(school, told, self._team(school, chance))

    def _sites(self, school: School, told: Mapping[str, Any], number: int) -> None:
        names = [f"Sede principal {school.name}", *told.get("sites", ())]
        for place, name in enumerate(names):
            code = (
                school.code if place == 0 else f"2{school.commune.code}{FIRST + number:04}{place}0"
            )
            self.rows.add(
                Site(
                    school=school,
                    code=code,
                    name=name[:160],
                    commune=school.commune,
                    is_main=place == 0,
                    batch=self.batch,
                )
            )

    def _year(self, school: School, told: Mapping[str, Any], sector: Dependency, year: int) -> None:
        self.rows.add(
            SchoolYear(
                school=school,
                year=year,
                name=school.name,
                commune=school.commune,
                owner=self.owner,
                dependency=sector,
                operating=Operating.OPEN,
                is_rural=told.get("is_rural", False),
                enrolment=told["pupils"] + (0 if year == self.year else told["pupils"] // 40),
                regime=told.get("regime", ""),
                in_roster=year == self.year,
                roster_reason="Establecimiento de ejemplo",
                batch=self.batch,
            )
        )

    def _saber(self, school: School, told: Mapping[str, Any]) -> None:
        """The newest result; small rural schools without a grade 11 have none."""
        if "saber" not in told:
            return
        category, index = told["saber"]
        pupils = max(9, told["pupils"] // 14)
        self.rows.add(
            SaberResult(
                school=school,
                period=(self.year - 1) * 10 + 2,
                year=self.year - 1,
                grade=11,
                category=category,
                index=Decimal(index),
                enrolled=pupils * 3,
                evaluated=pupils * 3 - 2,
                batch=self.batch,
            )
        )

    def _team(self, school: School, chance: Chance) -> Team:
        decider = self.people["leader"].user
        if school.name == SAMANES:
            roles = {"head": Role.DIRECTOR, "planner": Role.PLANNER, "teacher": Role.RESPONSIBLE}
            for key, role in roles.items():
                account = self.hiring.account(SECRETARIAT_ACCOUNTS[key])
                self.people[key] = self.hiring.at(account, role, school=school)
            head, planner, teacher = (self.people[key] for key in roles)
            return Team(head, planner, (teacher,), decider)

        def one(position: str, role: Role) -> Membership:
            user = self.hiring.colleague(chance, school, position)
            return self.hiring.at(user, role, school=school)

        return Team(
            one("Rectoría", Role.DIRECTOR),
            one("Coordinación académica", Role.PLANNER),
            (one("Docencia", Role.RESPONSIBLE), one("Orientación escolar", Role.RESPONSIBLE)),
            decider,
        )
