"""The board of a place: whom to call, what waits, and every school by month, in groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Sum
from django.urls import reverse

from mejora.core import speech
from mejora.frameworks import catalogue
from mejora.frameworks.models import Edition
from mejora.network.access import Actor
from mejora.network.models import School, SchoolYear
from mejora.plans.enums import StageKind
from mejora.plans.models import Funding, PlanYear
from mejora.reports import board, board_alerts, board_months, calls
from mejora.reports.board import SchoolRow
from mejora.reports.board_alerts import Tally
from mejora.reports.board_months import NO_LINE, Cell, Line
from mejora.reports.calls import Needs

PAGE_SIZE = 100
FOLD_OVER = 400  # schools from which a commune is chosen first
_SHORT = {
    StageKind.STRATEGIC: "Estrat.",
    StageKind.PLANNING: "Planif.",
    StageKind.IMPLEMENTATION: "Impl.",
    StageKind.EVALUATION: "Eval.",
}
LONG_AGO = 60  # days without a call from which its date is marked (criterio de Mejora)


@dataclass(frozen=True, slots=True)
class Sorting:
    """A way to put schools in groups: where a school stands, and how its group is called."""

    slug: str
    name: str
    key: Callable[[Board, School], tuple[Any, ...]]
    label: Callable[[Board, School], str]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A school's line: `number` is its place among those to call."""

    facts: SchoolRow
    cells: Sequence[tuple[Cell, str]]
    alerts: int
    number: int | None
    called_on: dt.date | None
    is_long_ago: bool
    year: int

    @property
    def school(self) -> School:
        return self.facts.school

    @property
    def state(self) -> str:
        """ "Enviada": in a narrow column to whom needs no word."""
        return self.facts.place.status.of_stage.removesuffix(" al sostenedor")

    @property
    def stage(self) -> str:
        """The stage and the year of that state, where they are not the ones to expect."""
        standing = self.facts.place.standing
        if standing.stage == StageKind.IMPLEMENTATION and standing.year == self.year:
            return ""
        return f"{standing.stage.label} {standing.year}"

    @property
    def stage_short(self) -> str:
        standing = self.facts.place.standing
        year = "" if standing.year == self.year else f" {standing.year}"
        return f"{_SHORT[standing.stage]}{year}"


@dataclass(frozen=True, slots=True)
class Group:
    """Schools of a kind: all of them counted, those of the page listed."""

    name: str
    school_count: int
    informed: int
    spans: Sequence[str]
    rows: Sequence[MonthRow]


@dataclass(frozen=True, slots=True)
class Source:
    """Planned money of a funding source, in pesos; `share` of the largest, in percent."""

    name: str
    planned: int
    share: int


@dataclass
class Board:
    """What is read once for the whole place; rows are read for the page alone."""

    actor: Actor
    year: int
    on: dt.date
    schools: Mapping[int, School]
    plan_years: QuerySet[PlanYear]

    @cached_property
    def lines(self) -> dict[int, Line]:
        return board_months.read(self.plan_years, self.on)

    @cached_property
    def months(self) -> list[dt.date]:
        return board_months.months_of(self._editions, self.year)

    @cached_property
    def _editions(self) -> list[Edition]:
        used = Edition.objects.filter(plans__years__in=self.plan_years.values("pk"))
        return list(used.distinct())

    @cached_property
    def tallies(self) -> list[Tally]:
        return board_alerts.tallies(self.plan_years, self.on)

    @cached_property
    def alerts(self) -> Mapping[int, int]:
        return board_alerts.by_school(self.tallies)

    @cached_property
    def needs(self) -> Needs:
        overdue = next(t for t in self.tallies if t.kind.slug == board_alerts.OVERDUE)
        return calls.needs(self.actor, self.plan_years, self.lines, overdue.by_school, self.on)

    @cached_property
    def enrolments(self) -> dict[int, int | None]:
        known = SchoolYear.objects.filter(school__in=list(self.schools), year=self.year)
        return dict(known.values_list("school", "enrolment"))

    @cached_property
    def called(self) -> list[calls.Call]:
        return calls.calls(self.needs.first(self.schools), self.schools, self.enrolments, self.on)

    @property
    def by_rule(self) -> list[tuple[calls.Rule, list[int]]]:
        """What each rule gave to each school to call."""
        needs = [call.need for call in self.called]
        return [
            (rule, [reason.points if (reason := n.by_rule[at]) else 0 for n in needs])
            for at, rule in enumerate(calls.RULES)
        ]

    @cached_property
    def month_due(self) -> dt.date | None:
        """The newest month that some school had to report."""
        expected = (
            cell.month for line in self.lines.values() for cell in line.cells.values()
            if cell.is_expected
        )  # fmt: skip
        return max(expected, default=None)

    def informed(self, schools: Iterable[int]) -> int:
        """How many of these schools reported the newest month."""
        if self.month_due is None:
            return 0
        cells = (self.lines.get(school, NO_LINE).at(self.month_due) for school in schools)
        return sum(cell.state == "" for cell in cells)

    @property
    def informed_count(self) -> int:
        return self.informed(self.schools)

    @property
    def expected_count(self) -> int:
        if self.month_due is None:
            return 0
        return sum(line.at(self.month_due).is_expected for line in self.lines.values())

    @property
    def alert_count(self) -> int:
        return sum(tally.count for tally in self.tallies)

    @cached_property
    def sources(self) -> list[Source]:
        """Living actions that are not disabled, as the plan's own page of money counts them."""
        money = Funding.objects.filter(
            action__plan_year__in=self.plan_years.values("pk"),
            action__removed_at__isnull=True,
            action__is_disabled=False,
        )
        summed = dict(money.order_by().values_list("source").annotate(total=Sum("planned")))
        names = self._source_names()
        most = max(summed.values(), default=0)
        falling = sorted(summed.items(), key=lambda item: (-item[1], item[0]))
        return [
            Source(names[pk], planned, round(100 * planned / most))
            for pk, planned in falling
            if planned
        ]

    def _source_names(self) -> dict[int, str]:
        books = [catalogue.of_edition(edition.pk) for edition in self._editions]
        return {item.pk: item.label(self.year) for book in books for item in book.funding_sources}

    def only(self, schools: Iterable[int]) -> Board:
        """The same with fewer schools; what was read is not read again."""
        kept = {pk: self.schools[pk] for pk in schools if pk in self.schools}
        fewer = replace(self, schools=kept)
        fewer.lines, fewer.tallies = self.lines, self.tallies
        fewer.needs, fewer.months = self.needs, self.months
        return fewer

    @property
    def planned(self) -> int:
        return sum(source.planned for source in self.sources)


SIZES = (
    (1000, "Más de 1.000 estudiantes"),
    (500, "501 a 1.000 estudiantes"),
    (250, "251 a 500 estudiantes"),
    (50, "51 a 250 estudiantes"),
    (-1, "50 estudiantes o menos"),
)
NEEDS = (
    (8, "8 puntos o más"),
    (4, "4 a 7 puntos"),
    (1, "1 a 3 puntos"),
    (0, "Sin motivos"),
)


def _commune(at: Board, school: School) -> str:
    return school.commune.name


def _by_commune(at: Board, school: School) -> tuple[Any, ...]:
    return (school.commune.name_folded, school.commune_id)


def _size(at: Board, school: School) -> int | None:
    pupils = at.enrolments.get(school.pk)
    if pupils is None:
        return None
    return next(place for place, (over, _) in enumerate(SIZES) if pupils > over)


def _by_size(at: Board, school: School) -> tuple[Any, ...]:
    place = _size(at, school)
    return (len(SIZES) if place is None else place,)


def _size_name(at: Board, school: School) -> str:
    place = _size(at, school)
    return "Matrícula s/i" if place is None else SIZES[place][1]


def _need(at: Board, school: School) -> int:
    points = at.needs.points(school.pk)
    return next(place for place, (start, _) in enumerate(NEEDS) if points >= start)


def _by_need(at: Board, school: School) -> tuple[Any, ...]:
    return (_need(at, school),)


def _need_name(at: Board, school: School) -> str:
    return NEEDS[_need(at, school)][1]


SORTINGS: Mapping[str, Sorting] = {
    sorting.slug: sorting
    for sorting in (
        Sorting("", speech.said("Por comuna"), _by_commune, _commune),
        Sorting("necesidad", "Por necesidad", _by_need, _need_name),
        Sorting("tamano", "Por tamaño", _by_size, _size_name),
    )
}


def read(actor: Actor, year: int, on: dt.date, schools: QuerySet[School]) -> Board:
    """Of these schools, those whose plan the person may read have months, alerts and needs."""
    listed = {school.pk: school for school in schools.select_related("commune")}
    # Asked once: the six questions that follow need only its keys.
    readable = board.readable(actor, year).filter(school__in=list(listed)).values_list("pk")
    plan_years = PlanYear.objects.filter(pk__in=[pk for (pk,) in readable])
    return Board(actor, year, on, listed, plan_years)


def page(at: Board, sorting: Sorting, number: str | None) -> Page[School]:
    """The schools in the order of their groups; by need those with more points come first."""

    def place(school: School) -> tuple[Any, ...]:
        points = -at.needs.points(school.pk) if sorting.slug == "necesidad" else 0
        return (*sorting.key(at, school), points, school.name, school.pk)

    ordered = sorted(at.schools.values(), key=place)
    return Paginator(ordered, PAGE_SIZE).get_page(number)


def groups(
    at: Board, sorting: Sorting, page: Page[School], called: Iterable[calls.Call]
) -> list[Group]:
    """The groups of a page. The figures of a group are of all its schools."""
    facts = {row.school.pk: row for row in board.rows(list(page), at.actor, at.year, at.on)}
    numbers = {call.school.pk: call.number for call in called}
    members: dict[tuple[Any, ...], list[int]] = {}
    for school in at.schools.values():
        members.setdefault(sorting.key(at, school), []).append(school.pk)
    found = []
    for key, part in groupby(page, lambda school: sorting.key(at, school)):
        listed = list(part)
        rows = [_row(at, facts[school.pk], numbers.get(school.pk)) for school in listed]
        name, all_of = sorting.label(at, listed[0]), members[key]
        found.append(Group(name, len(all_of), at.informed(all_of), _spans(at, all_of), rows))
    return found


def _row(at: Board, facts: SchoolRow, number: int | None) -> MonthRow:
    school = facts.school
    line = at.lines.get(school.pk, NO_LINE)
    # Under the page's own address, as urls.py has it: reversing 600 of them would cost more than
    # the queries.
    base = reverse("monitoring:grid", args=(school.code, at.year))
    cells = [line.at(month) for month in at.months]
    called_on = at.needs.contacts.get(school.pk)
    return MonthRow(
        facts=facts,
        cells=[(cell, f"{base}{cell.slug}/" if cell.is_expected else "") for cell in cells],
        alerts=at.alerts.get(school.pk, 0),
        number=number,
        called_on=called_on,
        is_long_ago=called_on is not None and (at.on - called_on).days > LONG_AGO,
        year=at.year,
    )


def _spans(at: Board, schools: Iterable[int]) -> list[str]:
    """ "65–100": the lowest and the highest figure of each month; never an average."""
    lines = [at.lines.get(school, NO_LINE) for school in schools]
    found = []
    for month in at.months:
        figures = [pct for line in lines if (pct := line.at(month).pct) is not None]
        low, high = min(figures, default=None), max(figures, default=None)
        found.append("" if low is None else str(low) if low == high else f"{low}–{high}")
    return found


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """A commune of a place with too many schools for one page."""

    code: str
    name: str
    school_count: int
    by_cut: Sequence[tuple[str, int]]


def communes(cuts: Sequence[board.Cut]) -> list[CommuneRow]:
    """How many schools of each commune are in each cut. A query per cut."""
    counts = [dict(_by_commune_code(cut.schools)) for cut in cuts]
    named = cuts[0].schools.order_by("commune__name_folded")
    return [
        CommuneRow(code, name, counts[0][code], _of(code, cuts[1:], counts[1:]))
        for code, name in named.values_list("commune__code", "commune__name").distinct()
    ]


def _of(
    code: str, cuts: Sequence[board.Cut], counts: Sequence[Mapping[str, int]]
) -> list[tuple[str, int]]:
    return [(cut.slug, count.get(code, 0)) for cut, count in zip(cuts, counts, strict=True)]


def _by_commune_code(schools: QuerySet[School]) -> QuerySet[School, tuple[str, int]]:
    return schools.order_by().values_list("commune__code").annotate(found=Count("pk"))
