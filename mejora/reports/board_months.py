"""How many actions of each school were up to date in each month of the year.

What "al día" means stands in monitoring/progress.py, which the school's own pages ask too. Here it
is asked of a whole place at once: seven queries, however many schools.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db.models import Min, QuerySet

from mejora.core import wording
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import TermItem
from mejora.frameworks.models import Edition
from mejora.monitoring import periods, progress
from mejora.monitoring.models import Period, ProgressReport
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Action, Milestone, PlanYear, Stage

# What a cell says where it has no figure, in the words of the component.
OVERDUE, WAITING, NOTHING = "overdue", "waiting", "future"
CLOSED = (StageStatus.SENT, StageStatus.APPROVED)
USUAL = (3, 12)  # the months of a school year where no plan says which

Said = tuple[TermItem, int | None]


class Weight(NamedTuple):
    """A milestone, as far as the plan's percentage asks."""

    weight: int
    due_on: dt.date | None


@dataclass(slots=True)
class Timed:
    """An action, as far as the plan's percentage asks; `said` by period, the newest in `now`."""

    starts_on: dt.date
    ends_on: dt.date
    milestones: list[Weight] = field(default_factory=list)
    said: dict[int, Said] = field(default_factory=dict)
    now: Said | None = None

    def is_up_to_date(self, until: dt.date) -> bool:
        planned = progress.planned_percent(self, self.milestones, until)
        level, pct = self.now or (None, None)
        return progress.is_up_to_date(level, pct, planned)


class Span(NamedTuple):
    """A period, and the day of its first report."""

    pk: int
    number: int
    starts_on: dt.date
    ends_on: dt.date
    due_on: dt.date
    first_on: dt.date | None

    @property
    def month(self) -> dt.date:
        return self.ends_on.replace(day=1)


@dataclass(slots=True)
class Course:
    """A school's year: its actions and periods, and from when to when it is implemented."""

    school: int
    actions: list[Timed] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None

    def must_report(self, span: Span) -> bool:
        """Whether the implementation was open when the period was to be reported."""
        if self.opened_on is None or span.due_on < self.opened_on:
            return False
        return self.closed_on is None or span.ends_on <= self.closed_on


@dataclass(frozen=True, slots=True)
class Cell:
    """A school's month. `done` of `due` actions were up to date; without a report, `state` says
    why there is no figure."""

    month: dt.date
    slug: str = ""  # of its period, for addresses
    state: str = NOTHING
    done: int = 0
    due: int = 0
    reported: int = 0
    is_late: bool = False
    is_closed: bool = False  # the time to report has passed, or every action was reported

    @property
    def pct(self) -> int | None:
        """Rounded down, so that 100 means all; None where nothing was reported or expected."""
        return None if self.state or not self.due else 100 * self.done // self.due

    @property
    def mark(self) -> str:
        return self.state or NOTHING

    @property
    def is_expected(self) -> bool:
        return self.state != NOTHING

    @property
    def words(self) -> str:
        """What the figure stands for, for those who listen and for a long look."""
        if self.state == OVERDUE:
            return "sin informe"
        if self.state == WAITING:
            return "por informar"
        if self.state == NOTHING:
            return ""
        text = f"{self.done} de {wording.counted(self.due, 'acción,acciones')} al día"
        if self.reported < self.due:
            text += f", {self.reported} con informe de este mes"
        return f"{text}, informó tarde" if self.is_late else text


@dataclass(frozen=True)
class Line:
    """A school's months, each by its first day."""

    cells: Mapping[dt.date, Cell]
    milestone_count: int = 0

    @cached_property
    def missing(self) -> list[dt.date]:
        return [month for month, cell in self.cells.items() if cell.state == OVERDUE]

    @cached_property
    def told(self) -> list[Cell]:
        """The months that can be compared: reported, and not still being reported."""
        return [c for c in self.cells.values() if c.pct is not None and c.is_closed]

    def at(self, month: dt.date) -> Cell:
        return self.cells.get(month) or Cell(month)


NO_LINE = Line({})


def read(plan_years: QuerySet[PlanYear], on: dt.date) -> dict[int, Line]:
    """The months of each school, as far as they have begun, by the school's key."""
    rows = plan_years.order_by().values_list("pk", "school_id", "plan__edition_id")
    editions, courses = {}, {}
    for pk, school, edition in rows:
        courses[pk], editions[pk] = Course(school), edition
    _read_stages(courses)
    _read_spans(courses, on)
    _read_actions(courses, editions)
    return {course.school: _line(course, on) for course in courses.values()}


def _read_stages(courses: Mapping[int, Course]) -> None:
    kinds = (StageKind.PLANNING, StageKind.IMPLEMENTATION)
    found = Stage.objects.filter(plan_year__in=list(courses), kind__in=kinds)
    rows = found.values_list("plan_year", "kind", "status", "sent_at", "decided_at")
    for plan_year, kind, status, sent_at, decided_at in rows:
        course = courses[plan_year]
        if kind == StageKind.IMPLEMENTATION:
            moment = (sent_at or decided_at) if status in CLOSED else None
            course.closed_on = wording.day(moment) if moment else None
        elif decided_at and status == StageStatus.APPROVED:
            course.opened_on = wording.day(decided_at)


def _read_spans(courses: Mapping[int, Course], on: dt.date) -> None:
    begun = Period.objects.filter(plan_year__in=list(courses), starts_on__lte=on)
    reported = ProgressReport.objects.filter(period__in=begun.values("pk"), level__isnull=False)
    firsts = dict(reported.order_by().values_list("period").annotate(first=Min("at")))
    rows = begun.values_list("plan_year", "pk", "number", "starts_on", "ends_on", "due_on")
    for plan_year, pk, number, starts_on, ends_on, due_on in rows.order_by("starts_on"):
        first = firsts.get(pk)
        first_on = wording.day(first) if first else None
        span = Span(pk, number, starts_on, ends_on, due_on, first_on)
        courses[plan_year].spans.append(span)


def _read_actions(courses: Mapping[int, Course], editions: Mapping[int, int]) -> None:
    live = Action.objects.live().filter(plan_year__in=list(courses), is_disabled=False)
    actions = {}
    rows = live.order_by().values_list("pk", "plan_year", "starts_on", "ends_on")
    for pk, plan_year, starts_on, ends_on in rows:
        actions[pk] = Timed(starts_on, ends_on)
        courses[plan_year].actions.append(actions[pk])
    within = live.order_by().values("pk")
    milestones = Milestone.objects.live().filter(action__in=within).order_by()
    for action, weight, due_on in milestones.values_list("action", "weight", "due_on"):
        actions[action].milestones.append(Weight(weight, due_on))
    levels = _levels(set(editions.values()))
    reports = ProgressReport.objects.filter(action__in=within, level__isnull=False).order_by()
    for action, period, level, pct in reports.values_list("action", "period", "level", "pct"):
        actions[action].said[period] = (levels[level], pct)


def _levels(editions: Iterable[int]) -> dict[int, TermItem]:
    return {
        level.pk: level for edition in editions for level in catalogue.of_edition(edition).levels
    }


def _line(course: Course, on: dt.date) -> Line:
    """The months in order; of several periods that end in one month, the last one counts."""
    cells: dict[dt.date, Cell] = {}
    for span in course.spans:
        for action in course.actions:
            action.now = action.said.get(span.pk, action.now)
        cell = _cell(course, span, on)
        before = cells.get(span.month)
        if before is None or cell.is_expected or not before.is_expected:
            cells[span.month] = cell
    return Line(cells, sum(len(action.milestones) for action in course.actions))


def _cell(course: Course, span: Span, on: dt.date) -> Cell:
    if span.first_on is None:
        return Cell(span.month, periods.slug(span), _why_empty(course, span, on))
    due = [action for action in course.actions if action.starts_on <= span.ends_on]
    reported = sum(span.pk in action.said for action in due)
    return Cell(
        month=span.month,
        slug=periods.slug(span),
        state="",
        done=sum(action.is_up_to_date(span.ends_on) for action in due),
        due=len(due),
        reported=reported,
        is_late=span.first_on > span.due_on,
        is_closed=span.due_on < on or reported == len(due),
    )


def _why_empty(course: Course, span: Span, on: dt.date) -> str:
    if span.ends_on >= on or not course.must_report(span):
        return NOTHING
    return OVERDUE if span.due_on < on else WAITING


def months_of(editions: Iterable[Edition], year: int) -> list[dt.date]:
    """The months of the school year, each by its first day; it may end in the next year."""
    spans = [periods.school_year(edition, year) for edition in editions]
    first = min((span.starts_on for span in spans), default=dt.date(year, USUAL[0], 1))
    last = max((span.ends_on for span in spans), default=dt.date(year, USUAL[1], 1))
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    ahead = (first.month - 1 + step for step in range(count))
    return [dt.date(first.year + months // 12, months % 12 + 1, 1) for months in ahead]
