"""The lists of a territory: board, approvals, the schools behind a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import QuerySet

from mejora.core import clock
from mejora.core.decisions import require
from mejora.core.sheets_out import Column, Kind, Table, Value
from mejora.network.access import Actor, Deed
from mejora.network.enums import Dependency
from mejora.network.models import Region, School, SchoolYear
from mejora.plans.enums import StageStatus
from mejora.reports import approvals, board, census, roster, standing
from mejora.reports.lists.base import YEAR, Query, about, chosen, number, stem
from mejora.reports.roster import Filters
from mejora.reports.selection import Selection

PAGE = 500  # schools whose facts are read at once


def schools_of_board(actor: Actor, query: Query) -> Table:
    """The board's schools, with its cut and commune, in its order."""
    require(roster.can_see_territory(actor))
    today, year = clock.today(), roster.known_year(number(query, YEAR))
    cuts = board.cuts(actor, year, today)
    cut = next((each for each in cuts if each.slug == query.get("mostrar", "")), cuts[0])
    commune = query.get("comuna", "")
    found = cut.schools.filter(commune__code=commune) if commune else cut.schools
    found = found.select_related("commune", "owner").order_by("commune__name_folded", "name", "pk")
    reads_plans = actor.may_somewhere(Deed.READ_PLAN)

    def rows() -> Iterator[list[Value]]:
        for schools in _pages(found):
            for row in board.rows(schools, actor, year, today):
                yield [*_board_row(row), *(_late(row) if reads_plans else [])]

    columns = [
        Column("RBD", Kind.CODE),
        Column("Establecimiento", width=44),
        Column("Comuna", width=20),
        Column("Sostenedor", width=36),
        Column("Matrícula", Kind.WHOLE),
        Column("PME", Kind.NUMBER, 7),
        Column("Etapa", width=22),
        Column("Estado", width=22),
        Column("Acciones", Kind.WHOLE),
        Column("Acciones informadas", Kind.WHOLE, 12),
        Column("Nivel más bajo", width=14),
        Column("Nivel más alto", width=14),
        Column("Último informe", Kind.DATE),
        *(_LATE if reads_plans else []),
    ]
    lines = about(
        actor,
        ("Filtros", chosen({"Mostrar": cut.name if cut.slug else "", "Comuna": commune})),
        ("Atrasada", "Acción pasada de fecha sin llegar a 100 %, o con un hito vencido."),
    )
    name = stem("tablero", year)
    return Table(f"Tablero del PME {year}", name, columns, rows, found.count(), lines)


_LATE = (
    Column("Acciones atrasadas", Kind.WHOLE, 12),
    Column("Hitos atrasados", Kind.WHOLE, 12),
)


def _pages(found: QuerySet[School]) -> Iterator[list[School]]:
    """All of a list, some hundreds at a time, each with queries of its own."""
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), PAGE):
        part = {school.pk: school for school in found.filter(pk__in=keys[start : start + PAGE])}
        yield [part[pk] for pk in keys[start : start + PAGE] if pk in part]


def _board_row(row: board.SchoolRow) -> list[Value]:
    school, place, levels = row.school, row.place, row.levels
    return [
        school.code,
        school.name,
        school.commune.name,
        school.owner.name if school.owner else None,
        row.enrolment,
        place.standing.year,
        place.standing.stage.label,
        place.status.of_stage,
        levels.total,
        levels.reported,
        levels.lowest.range_text if levels.lowest else None,
        levels.highest.range_text if levels.highest else None,
        levels.reported_on,
    ]


def _late(row: board.SchoolRow) -> list[Value]:
    return [row.late_actions, row.late_milestones]


def waiting(actor: Actor, query: Query) -> Table:
    """The stages that were sent or returned, the oldest first, as the page of approvals."""
    require(approvals.can_see(actor))
    statuses = {"sostenedor": (StageStatus.SENT,), "escuela": (StageStatus.RETURNED,)}
    found = approvals.pending(actor).filter(
        status__in=statuses.get(query.get("turno", ""), approvals.PENDING)
    )
    today = clock.today()

    def rows() -> Iterator[list[Value]]:
        for stage in found.iterator(chunk_size=2000):
            row, year = approvals.told(stage, today), stage.plan_year
            yield [
                year.school.code,
                year.school.name,
                year.school.commune.name,
                year.year,
                stage.get_kind_display(),
                StageStatus(stage.status).of_stage,
                "El sostenedor" if row.is_owners_turn else "La escuela",
                row.since,
                row.days,
                str(stage.sent_by or ""),
                row.reason,
            ]

    columns = [
        Column("RBD", Kind.CODE),
        Column("Establecimiento", width=44),
        Column("Comuna", width=20),
        Column("PME", Kind.NUMBER, 7),
        Column("Etapa", width=22),
        Column("Estado", width=22),
        Column("La tiene", width=14),
        Column("Desde", Kind.DATE),
        Column("Días de espera", Kind.WHOLE, 10),
        Column("La envió"),
        Column("Por qué se devolvió", width=60),
    ]
    name = stem("aprobaciones")
    return Table("Aprobaciones", name, columns, rows, found.count(), about(actor))


def schools_behind(actor: Actor, query: Query) -> Table:
    """The schools that a number of the progress table counts; without one, the year's roster."""
    require(roster.can_see_territory(actor))
    year = roster.known_year(number(query, YEAR))
    filters, selection = Filters.of(query), Selection.of(query)
    found = census.find(actor, year, filters)
    listed = standing.standing_at(
        roster.of_year(year, actor, filters), year, selection.standings(found)
    )
    listed = listed.select_related("school", "commune__region", "owner").order_by("name", "pk")

    def rows() -> Iterator[list[Value]]:
        part: list[SchoolYear] = []
        for fact in listed.iterator(chunk_size=PAGE):
            part.append(fact)
            if len(part) == PAGE:
                yield from _standings(part, year)
                part = []
        yield from _standings(part, year)

    words = " · ".join(selection.words(found)) or "toda la nómina"
    lines = about(
        actor,
        ("Establecimientos", words),
        ("Filtros", filter_words(filters)),
        ("Cómo se cuenta", census.COUNTED),
    )
    title = f"Establecimientos que deben tener PME en {year}"
    name = stem("establecimientos-pme", year)
    return Table(title, name, _STANDING, rows, listed.count(), lines)


_STANDING = (
    Column("RBD", Kind.CODE),
    Column("Establecimiento", width=44),
    Column("Región"),
    Column("Comuna", width=20),
    Column("Sostenedor", width=36),
    Column("Dependencia", width=24),
    Column("Matrícula", Kind.WHOLE),
    Column("Debe tener PME por", width=30),
    Column("PME", Kind.NUMBER, 7),
    Column("Etapa", width=22),
    Column("Estado", width=22),
)


def _standings(facts: list[SchoolYear], year: int) -> Iterator[list[Value]]:
    places: Mapping[int, standing.SchoolStanding] = standing.of_schools(
        [fact.school_id for fact in facts], year
    )
    for fact in facts:
        place = places[fact.school_id]
        yield [
            fact.school.code,
            fact.name,
            fact.commune.region.name,
            fact.commune.name,
            fact.owner.name if fact.owner else None,
            Dependency(fact.dependency).label,
            fact.enrolment,
            fact.roster_reason,
            place.standing.year,
            place.standing.stage.label,
            place.status.of_stage,
        ]


def filter_words(filters: Filters) -> str:
    region = Region.objects.filter(code=filters.region).first() if filters.region else None
    return chosen(
        {
            "Región": str(region or filters.region),
            "Comuna": filters.comuna,
            "Dependencia": Dependency(filters.dependencia).label if filters.dependencia else "",
            "Zona": roster.ZONES.get(filters.zona, ""),
            "SEP": roster.SEP.get(filters.sep, ""),
            "Sostenedor": filters.sostenedor,
        }
    )
