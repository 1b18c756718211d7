"""Which sections each role goes through, as data.

Apps above this one say how much waits in a section (`counter`) and which years a school's plan
has (`YEARS`), because imports go one way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse

from mejora.network.access import Actor
from mejora.network.enums import Role
from mejora.network.models import Membership

Counter = Callable[[Actor, int], int]
COUNTERS: dict[str, Counter] = {}
YEARS: list[Callable[[Actor, str], Iterable[int]]] = []


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is where it leads; `covers` are the addresses, by the start of their names, in which
    it is the current one."""

    label: str
    name: str
    covers: tuple[str, ...] = ()


HOME = Section("Inicio", "home")
PLAN = Section("Plan", "plans:detail", ("plans:",))
MONITORING = Section("Monitoreo", "monitoring:grid", ("monitoring:", "files:"))
MINE = Section("Mis acciones", "monitoring:my_actions", ("monitoring:",))
EVALUATION = Section("Evaluación", "monitoring:evaluation", ("monitoring:evaluation",))
OUR_SCHOOL = Section(
    "Nuestra escuela",
    "network:school",
    ("network:school", "reports:figures", "reports:record", "territory:", "works:"),
)
BOARD = Section("Tablero", "reports:board", ("reports:board", "network:contact"))
SCHOOLS = Section(
    "Escuelas",
    "network:school_list",
    ("network:school", "plans:", "monitoring:", "reports:figures", "reports:record"),
)
MY_SCHOOLS = Section("Mis escuelas", "network:school_list", SCHOOLS.covers)
TERRITORY = Section("Territorio", "territory:figures", ("territory:", "works:", "service:"))
SUPPORT = Section("Apoyo", "support:home", ("support:",))
SUPPORT_HERE = Section("Apoyo", "support:school", ("support:",))
OWNERS = Section("Sostenedores", "network:owner_list", ("network:owner",))
APPROVALS = Section("Aprobaciones", "reports:approvals", ("reports:approval",))
PROGRESS = Section("Avance", "reports:progress", ("reports:progress",))
NATIONAL = Section("Avance nacional", "reports:progress", ("reports:progress",))
IMPORTS = Section(
    "Importar", "network:import_list", ("network:import", "network:batch", "reports:record_import")
)
CATALOGUES = Section("Catálogos", "frameworks:catalogue_list", ("frameworks:",))
PEOPLE = Section("Personas", "network:members", ("network:member", "network:invit"))
FILES = Section("Mis archivos", "reports:files", ("reports:file",))
ADVISERS = Section("Asesorías registradas", "network:ate_list", ("network:ate",))
WHO_SEES = Section("Quién ve qué", "network:who_sees_what", ("network:who_sees_what",))

ASSISTANCE = Section(
    "Asistencia técnica",
    "assistance:home",
    ("assistance:", "support:", "reports:assistance", "reports:irregularities"),
)

_SCHOOL = (HOME, PLAN, MONITORING, EVALUATION, SUPPORT_HERE, OUR_SCHOOL)
_SUPPORT = (HOME, BOARD, MY_SCHOOLS, PROGRESS)
_COUNTRY = (NATIONAL, SCHOOLS, OWNERS, TERRITORY, IMPORTS, CATALOGUES)
_OF_TERRITORY = (HOME, SUPPORT, BOARD, MY_SCHOOLS, TERRITORY, PROGRESS)
SECTIONS: dict[Role, tuple[Section, ...]] = {
    Role.DIRECTOR: _SCHOOL,
    Role.PLANNER: _SCHOOL,
    Role.RESPONSIBLE: (MINE, PLAN, SUPPORT_HERE, OUR_SCHOOL),
    Role.OWNER: (HOME, BOARD, SCHOOLS, SUPPORT, TERRITORY, APPROVALS, PROGRESS, IMPORTS),
    Role.SUPERVISOR: _OF_TERRITORY,
    Role.ADVISER: _OF_TERRITORY,
    Role.DISTRICT_LEAD: (*_OF_TERRITORY, IMPORTS),
    Role.QUALITY_LEAD: (HOME, ASSISTANCE, BOARD, SCHOOLS, APPROVALS, PROGRESS),
    Role.PROFESSIONAL: (HOME, ASSISTANCE, *_SUPPORT[1:]),
    Role.OPERATIVE: (HOME, ASSISTANCE, *_SUPPORT[1:]),
    Role.ANALYST: _COUNTRY,  # whose home is the national progress
    Role.ADMINISTRATOR: (HOME, *_COUNTRY, PEOPLE),
}
# Behind the person's name: seldom needed, and the same for all.
MORE = (FILES, PEOPLE, ADVISERS, WHO_SEES, CATALOGUES)


def counter(name: str) -> Callable[[Counter], Counter]:
    """Register how many things wait behind the section of this name."""

    def register(count: Counter) -> Counter:
        COUNTERS[name] = count
        return count

    return register


def sections(membership: Membership) -> tuple[Section, ...]:
    return SECTIONS[Role(membership.role)]


@lru_cache(maxsize=4096)
def address(name: str, code: str = "", year: int = 0) -> str:
    """Where a name leads for this school and year; empty where the page does not exist."""
    ways: list[dict[str, str | int]] = [{"code": code, "year": year}, {"code": code}, {}]
    for kwargs in ways if code else ways[2:]:
        try:
            return reverse(name, kwargs=kwargs)
        except NoReverseMatch:
            continue
    return ""


def address_for(section: Section, membership: Membership, year: int) -> str:
    school = membership.school
    return address(section.name, school.code if school else "", year)


def current(sections: Iterable[Section], view_name: str) -> Section | None:
    """The section that a page belongs to: the one that says most of its name."""
    best: tuple[int, Section] | None = None
    for section in sections:
        for start in (section.name, *section.covers):
            longer = best is None or len(start) > best[0]
            if view_name.startswith(start) and longer:
                best = (len(start), section)
    return best[1] if best else None
