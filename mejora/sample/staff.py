"""Made-up people: those of the sample's accounts, and a team for every school."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from mejora.core.folding import fold
from mejora.network.enums import Role
from mejora.network.models import Country, Membership, Owner, School, SupervisionOffice
from mejora.people.models import User
from mejora.sample import ACCOUNTS, PASSWORD, Account
from mejora.sample.chance import Chance
from mejora.sample.places import Place, Territory
from mejora.sample.rows import Rows
from mejora.sample.stories import Team

FORTY = "90012"  # the school with forty actions, whose people have names in the drawings
WOMEN = (
    *("Ana", "Carolina", "Elena", "Francisca", "Gloria", "Isabel", "Javiera", "Lorena"),
    *("Macarena", "Natalia", "Paola", "Rosa", "Sandra", "Valentina", "Verónica", "Yasna"),
)
MEN = (
    *("Alejandro", "Bastián", "Cristián", "Eduardo", "Fabián", "Gonzalo", "Hernán", "Jorge"),
    *("Juan", "Mauricio", "Nelson", "Óscar", "Pablo", "Ricardo", "Sergio", "Víctor"),
)
SURNAMES = (
    *("Aguayo", "Alarcón", "Bustamante", "Caniupán", "Carrasco", "Catrileo", "Cifuentes"),
    *("Curihuinca", "Escobar", "Figueroa", "Gallardo", "Huenul", "Jara", "Lagos", "Llanquileo"),
    *("Maldonado", "Marileo", "Montecinos", "Navarrete", "Ñanco", "Opazo", "Paillal", "Poblete"),
    *("Quezada", "Riffo", "Sandoval", "Soto", "Toledo", "Urrutia", "Valdebenito", "Vidal"),
)
# Those of the school with forty actions, by the initials of the drawings.
FORTY_TEACHERS = {
    "XB": ("Ximena Barrientos Luna", "Coordinadora PIE"),
    "TQ": ("Teresa Quilodrán Ávila", "Coordinadora de ciclo"),
    "DH": (ACCOUNTS[2].name, "Docente de lenguaje"),
    "LA": ("Luis Aravena Pino", "Docente de educación física"),
    "HP": ("Héctor Pizarro Godoy", "Encargado de convivencia"),
    "CT": ("Carla Troncoso Leiva", "Coordinadora SEP"),
}


@dataclass(frozen=True)
class Staff:
    """Who stands where; `forty` by their initials; `supporters` are the Service's own, the adviser
    first; the consultant is of an ATE, at the school of the accounts."""

    teams: dict[str, Team]
    forty: dict[str, Membership]
    decider: User
    supporters: tuple[Membership, ...]
    consultant: Membership


class Hiring:
    """Makes users and memberships since the start of the former school year."""

    def __init__(self, rows: Rows, year: int) -> None:
        self.rows = rows
        self.since = dt.date(year - 1, 3, 1)
        self.joined = timezone.make_aware(dt.datetime.combine(self.since, dt.time(9)))
        self.password = make_password(PASSWORD)
        self.closed = make_password(None)
        self.emails: set[str] = set()

    def account(self, account: Account) -> User:
        return self.user(account.email, account.name, account.role, self.password)

    def user(self, email: str, name: str, position: str, password: str = "") -> User:
        """Without a password nobody signs in as them."""
        self.emails.add(email)
        return self.rows.add(
            User(
                email=email,
                name=name,
                position=position[:80],
                password=password or self.closed,
                is_sample=True,
                date_joined=self.joined,
            )
        )

    def colleague(self, chance: Chance, school: School, position: str) -> User:
        name = ""
        while not name or self.email(name, school) in self.emails:
            first = chance.choice((*WOMEN, *MEN))
            name = f"{first} {' '.join(chance.sample(SURNAMES, 2))}"
        return self.user(self.email(name, school), name, position)

    @staticmethod
    def email(name: str, school: School) -> str:
        first, last = fold(name).split()[:2]
        return f"{first}.{last}@rbd{school.code}.example"

    def at(
        self,
        user: User,
        role: Role,
        *,
        school: School | None = None,
        owner: Owner | None = None,
        office: SupervisionOffice | None = None,
        country: Country | None = None,
    ) -> Membership:
        return self.rows.add(
            Membership(
                user=user,
                role=role,
                school=school,
                owner=owner,
                office=office,
                country=country,
                from_on=self.since,
            )
        )


def build(rows: Rows, territory: Territory, year: int) -> Staff:
    hiring = Hiring(rows, year)
    people = [hiring.account(account) for account in ACCOUNTS]
    director, planner, teacher, decider, supervisor, adviser, consultant, *country = people
    head = hiring.at(decider, Role.OWNER, owner=territory.owner)
    hiring.at(supervisor, Role.SUPERVISOR, office=territory.office)
    in_support = hiring.at(adviser, Role.ADVISER, owner=territory.owner)
    for user, role in zip(country, (Role.ANALYST, Role.ADMINISTRATOR), strict=True):
        hiring.at(user, role, country=territory.country)
    teams, forty = {}, {}
    for place in territory.places:
        if place.school.code == FORTY:
            forty = _forty(hiring, place.school, director, planner, teacher)
            teachers = tuple(forty[key] for key in FORTY_TEACHERS)
            teams[FORTY] = Team(forty["MF"], forty["RC"], teachers, decider)
        else:
            teams[place.school.code] = _team(hiring, place, decider)
    own = next(place.school for place in territory.places if place.school.code == FORTY)
    advises = hiring.at(consultant, Role.ADVISER, school=own)
    return Staff(teams, forty, decider, (in_support, head), advises)


def _team(hiring: Hiring, place: Place, decider: User) -> Team:
    """A small school has one person for the plan and one teacher; a big one has four teachers."""
    school, chance = place.school, Chance(f"staff {place.school.code}")
    small = place.pupils < 120
    director = "Dirección y docencia" if small else "Dirección"
    planner = "Docencia y plan" if small else "Jefatura UTP"
    jobs = ("Docencia",) if small else ("Docencia", "Convivencia escolar", "Coordinación PIE")
    return Team(
        hiring.at(hiring.colleague(chance, school, director), Role.DIRECTOR, school=school),
        hiring.at(hiring.colleague(chance, school, planner), Role.PLANNER, school=school),
        tuple(
            hiring.at(hiring.colleague(chance, school, job), Role.RESPONSIBLE, school=school)
            for job in jobs
        ),
        decider,
    )


def _forty(
    hiring: Hiring, school: School, director: User, planner: User, teacher: User
) -> dict[str, Membership]:
    found = {
        "MF": hiring.at(director, Role.DIRECTOR, school=school),
        "RC": hiring.at(planner, Role.PLANNER, school=school),
    }
    for initials, (name, position) in FORTY_TEACHERS.items():
        if name == teacher.name:
            user = teacher
        else:
            user = hiring.user(hiring.email(name, school), name, position)
        found[initials] = hiring.at(user, Role.RESPONSIBLE, school=school)
    return found


def country(rows: Rows, place: Country, year: int, accounts: tuple[Account, ...]) -> None:
    """The analyst and the administrator, for the country alone."""
    hiring = Hiring(rows, year)
    analyst, administrator = (hiring.account(account) for account in accounts)
    hiring.at(analyst, Role.ANALYST, country=place)
    hiring.at(administrator, Role.ADMINISTRATOR, country=place)
