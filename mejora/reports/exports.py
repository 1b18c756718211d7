"""What `export` gives to programs: stable order, no moment of printing, codes and words.

`plan_rows` holds all that the progress table needs, so that anybody can recount it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from django.db.models import F, QuerySet
from django.db.models.functions import Length

from mejora.core import spreadsheets, wording
from mejora.core.sheets_out import Column, Kind, Table, Value
from mejora.network.enums import BatchKind, Dependency, Operating
from mejora.network.models import SchoolYear
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Plan, PlanYear, Stage
from mejora.plans.workflow import ORDER
from mejora.reports.lists import actions as action_list
from mejora.reports.lists.actions import Filters
from mejora.reports.lists.base import as_of

Row = list[Value]

SCHOOL_HEADER = [
    "RBD", "DV", "ESTABLECIMIENTO", "AÑO", "REGION", "SIGLA_REGION", "COMUNA", "NOMBRE_COMUNA",
    "CLAVE_SOSTENEDOR", "SOSTENEDOR", "DEPENDENCIA", "ESTADO", "RURAL", "MATRICULA",
    "CONVENIO_SEP", "DEBE_TENER_PME", "MOTIVO",
]  # fmt: skip
PLAN_HEADER = [
    "RBD", "ESTABLECIMIENTO", "AÑO", "REGION", "SIGLA_REGION", "COMUNA", "DEBE_TENER_PME",
    "PLAN_DESDE", "PLAN_HASTA", "ETAPA", "ESTADO", "ENVIADA", "DECIDIDA", "DECIDIDA_POR", "VERSION",
]  # fmt: skip
_KINDS = {
    "RBD": Kind.CODE,
    "ENVIADA": Kind.DATE,
    "DECIDIDA": Kind.DATE,
    **dict.fromkeys(
        ("AÑO", "RURAL", "CONVENIO_SEP", "DEBE_TENER_PME", "PLAN_DESDE", "PLAN_HASTA", "VERSION"),
        Kind.NUMBER,
    ),
    "MATRICULA": Kind.WHOLE,
}


def schools() -> Table:
    return _table("Establecimientos", "schools", SCHOOL_HEADER, school_rows)


def plans() -> Table:
    return _table("Planes por etapa", "plans", PLAN_HEADER, plan_rows)


def actions(filters: Filters) -> Table:
    """Every action, for whoever administers the machine."""
    keys = action_list.ordered(PlanYear.objects.filter(filters.as_q()))
    rows = action_list.Rows(keys, has_texts=True)
    about = [as_of(), ("Filtros", filters.words() or "ninguno"), *action_list.NOTES]
    return Table("Acciones del PME", "actions", rows.columns, rows.read, rows.count(), about)


def _table(
    title: str, name: str, header: Sequence[str], rows: Callable[[], Iterator[Row]]
) -> Table:
    """Not counted beforehand: at a terminal nobody is told how far it is."""
    columns = [Column(word, _KINDS.get(word, Kind.TEXT)) for word in header]
    return Table(title, name, columns, rows, count=0, about=[as_of()])


def write_stable(file: IO[str], table: Table) -> None:
    """CSV for programs: dates as 2026-11-20, numbers without marks, no moment of printing."""
    header = [column.title for column in table.columns]
    spreadsheets.write_csv(file, header, ([_stable(cell) for cell in row] for row in table.rows()))


def _stable(value: Value) -> str | int | None:
    return value if value is None or isinstance(value, str | int) else str(value)


def _by_code(found: QuerySet[SchoolYear]) -> QuerySet[SchoolYear]:
    """Codes are text of several lengths: this is the order of the numbers."""
    return found.order_by(Length("school__code"), "school__code", "year")


def school_rows() -> Iterator[Row]:
    """One row per school: the newest year that is known of it. One query."""
    found = _by_code(SchoolYear.objects.filter(year=F("school__current_year"))).select_related(
        "school", "commune__region", "owner"
    )
    for each in found.iterator(chunk_size=2000):
        region = each.commune.region
        yield [
            each.school.code,
            each.school.check_digit,
            each.name,
            each.year,
            region.code,
            region.abbr,
            each.commune.code,
            each.commune.name,
            each.owner.key if each.owner else None,
            each.owner.name if each.owner else None,
            Dependency(each.dependency).label,
            Operating(each.operating).label,
            _yes_no(each.is_rural),
            each.enrolment,
            _yes_no(each.has_sep),
            _yes_no(each.in_roster),
            each.roster_reason,
        ]


def plan_rows() -> Iterator[Row]:
    """One row per stage of each plan year, and one without stage for each school and year of the
    roster that has none. Region and roster are those of that year. Three queries."""
    stages, years = _stages()
    plans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for school, start, end in Plan.objects.order_by("start_year").values_list(
        "school", "start_year", "end_year"
    ):
        plans[school].append((start, end))
    for fact in _places(years):
        school, year = fact.school_id, fact.year
        cover = next(((s, e) for s, e in plans[school] if s <= year <= e), (None, None))
        place: Row = [
            fact.school.code,
            fact.name,
            year,
            fact.commune.region.code,
            fact.commune.region.abbr,
            fact.commune.name,
            _yes_no(fact.in_roster),
            *cover,
        ]
        for stage in stages.get((school, year), [[None] * 6] if fact.in_roster else []):
            yield [*place, *stage]


def _stages() -> tuple[dict[tuple[int, int], list[Row]], dict[int, list[int]]]:
    """The stages of each school and year, in the order of the year; the years of each school."""
    found: dict[tuple[int, int], list[Row]] = defaultdict(list)
    years: dict[int, list[int]] = defaultdict(list)
    rows = Stage.objects.values_list(
        "plan_year__school",
        "plan_year__year",
        "kind",
        "status",
        "sent_at",
        "decided_at",
        "decided_in__kind",
        "plan_year__version_no",
    ).order_by("plan_year__school", "plan_year__year")
    for school, year, kind, status, sent, decided, batch, version in sorted(
        rows, key=lambda row: (row[0], row[1], ORDER.index(StageKind(row[2])))
    ):
        if (school, year) not in found:
            years[school].append(year)
        found[school, year].append(
            [
                StageKind(kind).label,
                StageStatus(status).label,
                wording.day(sent) if sent else None,
                wording.day(decided) if decided else None,
                _decided_by(batch) if decided else None,
                version,
            ]
        )
    return found, years


def _decided_by(batch: str | None) -> str:
    """A person, or the kind of file that approved the stage."""
    return BatchKind(batch).label if batch else "Persona"


def _places(years: dict[int, list[int]]) -> Iterator[SchoolYear]:
    """The facts of every school in the years of its plans or of the roster; where a plan has a
    year that no directory tells, those of the school's newest year, off the roster."""
    facts = _by_code(SchoolYear.objects.all()).select_related("school", "commune__region")
    group: list[SchoolYear] = []
    for fact in facts.iterator(chunk_size=2000):
        if group and group[-1].school_id != fact.school_id:
            yield from _with_missing(group, years.get(group[-1].school_id, []))
            group = []
        group.append(fact)
    if group:
        yield from _with_missing(group, years.get(group[-1].school_id, []))


def _with_missing(group: list[SchoolYear], years: list[int]) -> list[SchoolYear]:
    newest = group[-1]
    told = {fact.year for fact in group}
    untold = [
        SchoolYear(school=newest.school, year=year, name=newest.name, commune=newest.commune)
        for year in years
        if year not in told
    ]
    return sorted([*group, *untold], key=lambda fact: fact.year)


def _yes_no(value: bool | None) -> int | None:
    return None if value is None else int(value)
