"""A place's schools in one list: where each stands, its actions by level, what is late.

No ranking and no averages: counts, and the lowest and highest level. Stage and levels are shown of
every school within reach; what is late only where the person may read the plan.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import TermItem
from mejora.network.access import Actor, Deed
from mejora.network.models import School, SchoolYear
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Action, Milestone, PlanYear
from mejora.reports import roster, standing
from mejora.reports.standing import SchoolStanding

STALE_AFTER = 45  # days without a report of any action (criterio de Mejora)


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many actions at a level; `level` is None for those not reported yet."""

    level: TermItem | None
    count: int


@dataclass(frozen=True, slots=True)
class Levels:
    """The actions of a school's year by level, unreported first, then upwards."""

    counts: tuple[LevelCount, ...] = ()
    reported_on: dt.date | None = None

    @property
    def total(self) -> int:
        return sum(each.count for each in self.counts)

    @property
    def reported(self) -> int:
        return sum(each.count for each in self.counts if each.level)

    @property
    def present(self) -> list[TermItem]:
        return [each.level for each in self.counts if each.level and each.count]

    @property
    def lowest(self) -> TermItem | None:
        return min(self.present, key=_low, default=None)

    @property
    def highest(self) -> TermItem | None:
        return max(self.present, key=_low, default=None)

    @property
    def span(self) -> str:
        """ "de 25–49 % a 100 %"; one range where all are alike."""
        if self.lowest is None or self.highest is None:
            return ""
        if self.lowest == self.highest:
            return f"todas en {self.lowest.range_text}"
        return f"de {self.lowest.range_text} a {self.highest.range_text}"


def _low(level: TermItem) -> int:
    return level.min or 0


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """`late_actions` and `late_milestones` are None where the person may not read the plan."""

    school: School
    enrolment: int | None
    is_in_roster: bool
    place: SchoolStanding
    levels: Levels
    is_readable: bool
    has_plan: bool
    late_actions: int | None
    late_milestones: int | None


@dataclass(frozen=True, slots=True)
class Cut:
    """A usual question about the list: a chip with its count."""

    slug: str
    name: str
    schools: QuerySet[School]


def schools_of(actor: Actor, year: int) -> QuerySet[School]:
    """Within the person's place: those that must have a plan in `year`, and those that have."""
    there = roster.at_current_place(actor, Deed.SEE_TERRITORY)
    here = SchoolYear.objects.filter(school=OuterRef("pk"), year=year, in_roster=True)
    planned = PlanYear.objects.filter(school=OuterRef("pk"), year=year)
    return School.objects.visible_to(there, Deed.SEE_TERRITORY).filter(
        Exists(here) | Exists(planned)
    )


def readable(actor: Actor, year: int) -> QuerySet[PlanYear]:
    """The plans of the year whose content the person may read in the place where they are."""
    there = roster.at_current_place(actor, Deed.SEE_TERRITORY)
    return PlanYear.objects.visible_to(there, Deed.READ_PLAN).filter(year=year)


def cuts(actor: Actor, year: int, on: dt.date) -> list[Cut]:
    """The chips of the list; what is late is asked only by those who may read plans."""
    schools = schools_of(actor, year)
    oldest = standing.oldest_open(year)

    def at(plan_years: QuerySet[PlanYear]) -> QuerySet[School]:
        return schools.filter(pk__in=plan_years.values("school"))

    found = [
        Cut("", "Todas", schools),
        Cut("por-aprobar", "Por aprobar", at(oldest.filter(status_now=StageStatus.SENT))),
        Cut("devueltas", "Devueltas", at(oldest.filter(status_now=StageStatus.RETURNED))),
        Cut(
            "sin-monitoreo",
            f"Sin informes en {STALE_AFTER} días",
            at(stale(PlanYear.objects.filter(year=year), on)),
        ),
        Cut("anterior", "Con un año anterior abierto", at(oldest.filter(year__lt=year))),
    ]
    if actor.may_somewhere(Deed.READ_PLAN):
        plans = readable(actor, year).filter(Exists(_late(on).filter(plan_year=OuterRef("pk"))))
        found.insert(1, Cut("con-atraso", "Con algo atrasado", at(plans)))
    return found


def implementing(plan_years: QuerySet[PlanYear]) -> QuerySet[PlanYear]:
    """Those in which the school still reports its actions."""
    closed = [StageStatus.SENT, StageStatus.APPROVED]
    return plan_years.filter(stage_now=StageKind.IMPLEMENTATION).exclude(status_now__in=closed)


def stale(plan_years: QuerySet[PlanYear], on: dt.date) -> QuerySet[PlanYear]:
    """Years being implemented in which no action was reported for a while."""
    recent = Action.objects.live().filter(
        plan_year=OuterRef("pk"), reported_on__gte=on - dt.timedelta(days=STALE_AFTER)
    )
    return implementing(plan_years).filter(~Exists(recent))


def _live(year: int) -> QuerySet[Action]:
    return Action.objects.live().filter(plan_year__year=year, is_disabled=False)


def _late(on: dt.date) -> QuerySet[Action]:
    return Action.objects.live().filter(is_disabled=False).late(on)


def rows(schools: Sequence[School], actor: Actor, year: int, on: dt.date) -> list[SchoolRow]:
    """Everything about the schools of one page. Nine queries, however many they are."""
    keys = [school.pk for school in schools]
    facts = {
        school: (enrolment, in_roster)
        for school, enrolment, in_roster in SchoolYear.objects.filter(
            school__in=keys, year=year
        ).values_list("school", "enrolment", "in_roster")
    }
    places = standing.of_schools(keys, year)
    levels = levels_of(keys, year)
    planned = set(
        PlanYear.objects.filter(school__in=keys, year=year).values_list("school", flat=True)
    )
    may_read = set(readable(actor, year).filter(school__in=keys).values_list("school", flat=True))
    late_actions = _count_by_school(_late(on).filter(plan_year__year=year), "plan_year", may_read)
    late_milestones = _count_by_school(
        overdue(on).filter(action__plan_year__year=year), "action__plan_year", may_read
    )
    return [
        SchoolRow(
            school=school,
            enrolment=facts.get(school.pk, (None, False))[0],
            is_in_roster=facts.get(school.pk, (None, False))[1],
            place=places[school.pk],
            levels=levels.get(school.pk, Levels()),
            is_readable=school.pk in may_read,
            has_plan=school.pk in planned,
            late_actions=late_actions[school.pk] if school.pk in may_read else None,
            late_milestones=late_milestones[school.pk] if school.pk in may_read else None,
        )
        for school in schools
    ]


def overdue(on: dt.date) -> QuerySet[Milestone]:
    """Milestones of living actions whose day has passed and that nobody marked as done."""
    return Milestone.objects.live().filter(
        action__removed_at__isnull=True,
        action__is_disabled=False,
        done_on__isnull=True,
        due_on__lt=on,
    )


def _count_by_school(
    found: QuerySet[Action] | QuerySet[Milestone], plan_year: str, schools: set[int]
) -> Counter[int]:
    path = f"{plan_year}__school"
    counted = (
        found.filter(Q(**{f"{path}__in": sorted(schools)}))
        .order_by()
        .values_list(path)
        .annotate(found=Count("pk", distinct=True))
    )
    return Counter(dict(counted))


def levels_of(schools: Sequence[int], year: int) -> Mapping[int, Levels]:
    """The living actions of the year by level. One query besides the catalogue's."""
    counts: dict[int, Counter[int | None]] = defaultdict(Counter)
    newest: dict[int, dt.date] = {}
    editions: dict[int, int] = {}
    grouped = (
        _live(year)
        .filter(plan_year__school__in=schools)
        .order_by()
        .values_list("plan_year__school", "plan_year__plan__edition", "level_now")
        .annotate(action_count=Count("pk"), last=Max("reported_on"))
    )
    for school, edition, level, count, last in grouped:
        counts[school][level] += count
        editions[school] = edition
        if last:
            newest[school] = max(last, newest.get(school, last))
    return {
        school: Levels(_in_order(found, editions[school]), newest.get(school))
        for school, found in counts.items()
    }


def _in_order(found: Counter[int | None], edition: int) -> tuple[LevelCount, ...]:
    book = catalogue.of_edition(edition)
    rising = sorted(book.levels, key=_low)
    return (
        LevelCount(None, found[None]),
        *(LevelCount(level, found[level.pk]) for level in rising),
    )
