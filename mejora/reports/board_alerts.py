"""What needs somebody, by kind: how many things, in which schools, and the list of them.

An alert is not stored: it is what the plans say today. Each kind is one query; the figures of the
board, of a school's row and the list behind them are the same one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from mejora.core import wording
from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.network.models import School
from mejora.plans.models import Action, EvidenceRequirement, Milestone, PlanYear
from mejora.reports import board

OVERDUE = "hito-atrasado"
START_GRACE = 30  # days after its start in which an action may still stand at 0 %
Found = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Alert:
    """A line of the list: what, where, since when, and where it is mended."""

    school: School
    what: str
    detail: str
    since: dt.date | None
    href: str


@dataclass(frozen=True, slots=True)
class Kind:
    """`school` is the path to it from what is found, `since` the field that says since when."""

    slug: str
    name: str
    rule: str
    find: Callable[[QuerySet[PlanYear], dt.date], Found]
    tell: Callable[[Any], Alert]
    school: str
    since: str
    is_late: bool = False

    def of_school(self, found: Found, code: str) -> Found:
        return found.filter(**{f"{self.school}__code": code})


def _live(plan_years: QuerySet[PlanYear]) -> QuerySet[Action]:
    found = Action.objects.live().filter(plan_year__in=plan_years.values("pk"), is_disabled=False)
    return found.select_related("plan_year__school__commune")


def _overdue(plan_years: QuerySet[PlanYear], on: dt.date) -> QuerySet[Milestone]:
    found = board.overdue(on).filter(action__plan_year__in=plan_years.values("pk"))
    return found.select_related("action__plan_year__school__commune")


def _unproved(plan_years: QuerySet[PlanYear], on: dt.date) -> QuerySet[EvidenceRequirement]:
    """As the month's page marks it: what was said to be done, and nothing proves it."""
    has_file = EvidenceUse.objects.live().filter(requirement=OuterRef("pk"))
    done = Q(milestone__isnull=True, action__level_now__min=100) | Q(
        milestone__done_on__isnull=False, milestone__removed_at__isnull=True
    )
    found = EvidenceRequirement.objects.live().filter(
        done,
        ~Exists(has_file),
        action__plan_year__in=plan_years.values("pk"),
        action__removed_at__isnull=True,
        action__is_disabled=False,
    )
    return found.select_related("action__plan_year__school__commune", "milestone")


def _silent(plan_years: QuerySet[PlanYear], on: dt.date) -> QuerySet[PlanYear]:
    newest = (
        Action.objects.live()
        .filter(plan_year=OuterRef("pk"))
        .order_by(F("reported_on").desc(nulls_last=True))
    )
    found = board.stale(plan_years, on).annotate(last=Subquery(newest.values("reported_on")[:1]))
    return found.select_related("school__commune")


def _unbegun(plan_years: QuerySet[PlanYear], on: dt.date) -> QuerySet[Action]:
    met = Milestone.objects.live().filter(action=OuterRef("pk"), done_on__isnull=False)
    return _live(board.implementing(plan_years)).filter(
        Q(level_now__isnull=True) | Q(level_now__max=0),
        ~Exists(met),
        starts_on__lt=on - dt.timedelta(days=START_GRACE),
    )


def _fallen(plan_years: QuerySet[PlanYear], on: dt.date) -> QuerySet[Action]:
    """The newest report is surely below the one before: an interval by its upper end, and the
    earlier one by its lower."""
    told = ProgressReport.objects.filter(action=OuterRef("pk"), level__isnull=False)
    told = told.order_by("-period__starts_on")
    high, low = Coalesce("pct", "level__max"), Coalesce("pct", "level__min")
    found = _live(plan_years).filter(level_now__isnull=False, level_now__max__lt=100)
    return found.annotate(
        now=Subquery(told.values(figure=high)[:1]), before=Subquery(told.values(figure=low)[1:2])
    ).filter(now__lt=F("before"))


# How a line of each kind reads ----------------------------------------------------------------


def _of_action(action: Action, detail: str, since: dt.date | None) -> Alert:
    plan_year = action.plan_year
    return Alert(
        school=plan_year.school,
        what=f"{action.number}. {action.name}",
        detail=detail,
        since=since,
        href=reverse("plans:action", args=(plan_year.school.code, plan_year.year, action.uid)),
    )


def _tell_milestone(milestone: Milestone) -> Alert:
    return _of_action(milestone.action, f"Hito «{milestone.name}»", milestone.due_on)


def _tell_requirement(requirement: EvidenceRequirement) -> Alert:
    since = requirement.milestone.done_on if requirement.milestone else None
    return _of_action(
        requirement.action, f"«{requirement.text}»", since or requirement.action.reported_on
    )


def _tell_silent(plan_year: Any) -> Alert:
    school = plan_year.school
    return Alert(
        school=school,
        what=f"PME {plan_year.year}",
        detail="Último informe de una acción" if plan_year.last else "Ningún informe este año",
        since=plan_year.last,
        href=reverse("monitoring:grid", args=(school.code, plan_year.year)),
    )


def _tell_unbegun(action: Action) -> Alert:
    said = "Sigue en 0 %" if action.level_now_id else "Nadie ha informado que empezó"
    return _of_action(action, said, action.starts_on)


def _tell_fallen(action: Any) -> Alert:
    before, now = wording.percent(action.before), wording.percent(action.now)
    return _of_action(action, f"Antes {before} o más; ahora {now} o menos", action.reported_on)


KINDS: Mapping[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind(
            OVERDUE,
            "Hito atrasado",
            "Hitos con su fecha vencida y sin cumplir.",
            _overdue,
            _tell_milestone,
            "action__plan_year__school",
            "due_on",
            is_late=True,
        ),
        Kind(
            "evidencia",
            "Evidencia que falta",
            "Medios de verificación sin archivo, de hitos ya cumplidos o de acciones al 100 %.",
            _unproved,
            _tell_requirement,
            "action__plan_year__school",
            "action__reported_on",
        ),
        Kind(
            "sin-informe",
            f"Sin informe hace más de {board.STALE_AFTER} días",
            f"Escuelas en Implementación sin informe de ninguna acción en {board.STALE_AFTER} "
            "días.",
            _silent,
            _tell_silent,
            "school",
            "last",
            is_late=True,
        ),
        Kind(
            "inicio-atrasado",
            "Inicio atrasado",
            f"Acciones en 0 % o sin informar, {START_GRACE} días después de su fecha de inicio.",
            _unbegun,
            _tell_unbegun,
            "plan_year__school",
            "starts_on",
        ),
        Kind(
            "nivel-que-baja",
            "Nivel que baja",
            "Acciones cuyo último informe dice menos que el anterior.",
            _fallen,
            _tell_fallen,
            "plan_year__school",
            "reported_on",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many alerts of a kind each school has."""

    kind: Kind
    by_school: Mapping[int, int]

    @property
    def count(self) -> int:
        return sum(self.by_school.values())

    @property
    def school_count(self) -> int:
        return len(self.by_school)


def tallies(plan_years: QuerySet[PlanYear], on: dt.date) -> list[Tally]:
    """One query per kind."""
    found = []
    for kind in KINDS.values():
        counted = kind.find(plan_years, on).order_by().values_list(kind.school)
        found.append(Tally(kind, dict(counted.annotate(things=Count("pk")))))
    return found


def by_school(tallied: Iterable[Tally]) -> Counter[int]:
    total: Counter[int] = Counter()
    for tally in tallied:
        total.update(tally.by_school)
    return total


def listed(kind: Kind, plan_years: QuerySet[PlanYear], on: dt.date, code: str = "") -> Found:
    """Everything of a kind, the oldest first; of one school where `code` names it."""
    found = kind.find(plan_years, on)
    found = kind.of_school(found, code) if code else found
    return found.order_by(F(kind.since).asc(nulls_first=True), f"{kind.school}__name", "pk")


def told(kind: Kind, page: Sequence[Any]) -> list[Alert]:
    return [kind.tell(thing) for thing in page]
