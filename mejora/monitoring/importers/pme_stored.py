"""What Mejora holds already of the schools and years that a table of plans speaks of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import F, Max, Prefetch, Q, QuerySet

from mejora.core.folding import fold
from mejora.monitoring.models import ProgressReport
from mejora.network.enums import BatchKind
from mejora.network.importers.records import Payload
from mejora.network.models import ImportBatch, School, SchoolYear
from mejora.plans import snapshots
from mejora.plans.models import Action, Change, Plan, PlanYear, StageEvent

# By which an action is known again: the table has no number for it.
Identity = tuple[str, str, str, str, str]


def identity(code: str, content: Payload) -> Identity:
    """School, dimension, folded name, first and last day."""
    name = fold(content["name"])
    return code, content["area"], name, content["starts"], content["ends"]


def essence(content: Payload) -> Payload:
    """What is compared: objectives and strategies are the same where their folded texts are."""
    objective, strategy = fold(content["objective"]), fold(content["strategy"])
    return {**content, "objective": objective, "strategy": strategy}


@dataclass(slots=True)
class Held:
    """An action as it stands, in the shape of a row of the table."""

    pk: int
    content: Payload


@dataclass(frozen=True, slots=True)
class Year:
    """A school's plan year. `is_open`: it came by such a table and nobody touched it since, so
    another table may correct it. `last_change`: how far its record goes."""

    pk: int
    is_open: bool
    last_change: int | None

    @property
    def mark(self) -> list[int | None]:
        """What a row was compared with, kept with it until it lands."""
        return [self.pk, self.last_change]


@dataclass(slots=True)
class Country:
    """The schools of Mejora, those that this file may speak of, and their plan years."""

    names: dict[str, str]
    own: Collection[str] | None
    years: dict[str, Year]
    other_edition: Collection[str]
    pupils: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, batch: ImportBatch, year: int, edition_id: int) -> Country:
        other = Plan.objects.filter(start_year__lte=year, end_year__gte=year)
        of_year = PlanYear.objects.filter(year=year)
        codes = dict(of_year.values_list("school", "school__code").iterator())
        return cls(
            names=dict(School.objects.values_list("code", "name").iterator()),
            own=_own(batch, year),
            years={codes[school]: y for school, y in years(of_year).items()},
            other_edition=set(
                other.exclude(edition=edition_id).values_list("school__code", flat=True)
            ),
            pupils=_pupils(year),
        )


def _own(batch: ImportBatch, year: int) -> Collection[str] | None:
    """The schools that an owner's or a school's file may speak of; None: all. An owner's are
    those that it had in that year, and those that it has now where that year is not known."""
    if batch.school_id:
        return set(School.objects.filter(pk=batch.school_id).values_list("code", flat=True))
    if not batch.owner_id:
        return None
    that_year = SchoolYear.objects.filter(year=year, owner__isnull=False)
    had = that_year.filter(owner=batch.owner_id).values("school")
    has = School.objects.filter(owner=batch.owner_id).exclude(pk__in=that_year.values("school"))
    codes = School.objects.filter(Q(pk__in=had) | Q(pk__in=has.values("pk")))
    return set(codes.values_list("code", flat=True))


def years(found: QuerySet[PlanYear]) -> dict[int, Year]:
    """How some plan years stand, by school."""
    rows = list(found.values_list("pk", "school"))
    if not rows:
        return {}
    touched = touched_years(found)
    written = Change.objects.filter(plan_year__in=found).order_by()
    last = dict(written.values_list("plan_year").annotate(Max("pk")))
    return {school: Year(pk, pk not in touched, last.get(pk)) for pk, school in rows}


def touched_years(years: QuerySet[PlanYear]) -> set[int]:
    """The plan years in which anything was written, or moved, otherwise than by such a table."""
    otherwise = Q(batch__isnull=True) | ~Q(batch__kind=BatchKind.PME)
    written = Change.objects.filter(otherwise, plan_year__in=years)
    moved = StageEvent.objects.filter(otherwise, stage__plan_year__in=years)
    return {
        *written.order_by().values_list("plan_year", flat=True).distinct(),
        *moved.order_by().values_list("stage__plan_year", flat=True).distinct(),
    }


def _pupils(year: int) -> dict[str, int]:
    """The enrolment of that year, or of the newest one known before it."""
    rows = SchoolYear.objects.filter(year__lte=year, enrolment__isnull=False).order_by("year")
    told = rows.values_list("school__code", "enrolment")
    return {code: pupils for code, pupils in told.iterator() if pupils is not None}


def actions_of(years: Collection[int]) -> dict[Identity, list[Held]]:
    """Every living action of some plan years, by identity, in the order of their numbers."""
    newest = ProgressReport.objects.filter(level__isnull=False).order_by("-period__starts_on")
    found = snapshots.actions_with_parts(Action.objects.live().filter(plan_year__in=years))
    listed = found.select_related("level_now", "plan_year__school").prefetch_related(
        Prefetch("reports", newest.select_related("justification"))
    )
    held: dict[Identity, list[Held]] = {}
    for action in listed.order_by("plan_year", "number"):
        content = _content(action)
        code = action.plan_year.school.code
        held.setdefault(identity(code, content), []).append(Held(action.pk, content))
    return held


def _content(action: Action) -> Payload:
    said = snapshots.action(action)
    report = next(iter(action.reports.all()), None)
    return {
        "area": said["area"],
        "subareas": said["subareas"],
        "objective": action.objective.text,
        "strategy": action.strategy.text if action.strategy else "",
        "name": action.name,
        "description": action.description,
        "starts": said["starts_on"],
        "ends": said["ends_on"],
        "program": action.program_text,
        "responsible": action.responsible_text,
        "ate": action.ate_provider,
        "plans": said["normative_plans"],
        "funding": said["funding"],
        "total": action.imported_total,
        "level": action.level_now.code if action.level_now else None,
        "why": report.justification.code if report and report.justification else None,
        "note": report.note if report else "",
    }


def counted(codes: Collection[str], year: int) -> dict[str, int]:
    """How many living actions the year of each of these schools has."""
    rows = (
        Action.objects.live()
        .filter(plan_year__year=year)
        .values_list(F("plan_year__school__code"), flat=True)
    )
    found: dict[str, int] = {}
    for code in rows.iterator():
        if code in codes:
            found[code] = found.get(code, 0) + 1
    return found
