"""How a school's year is going: its stages in order, and this period's actions by level."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from mejora.core import wording
from mejora.core.components import Step
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import AreaItem, TermItem
from mejora.monitoring import periods
from mejora.monitoring.models import Period, ProgressReport
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Action, PlanYear, Stage
from mejora.plans.rules import Stages


@dataclass(frozen=True, slots=True)
class Glass:
    name: str
    number: int
    level: TermItem | None
    pct: int | None
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class AreaMonth:
    """A dimension's actions, fullest first; those without report last."""

    area: AreaItem
    label: str
    glasses: Sequence[Glass]
    reported: int

    @property
    def missing(self) -> int:
        return len(self.glasses) - self.reported

    @property
    def missing_words(self) -> str:
        return f"{wording.plural(self.missing, 'Falta,Faltan')} {self.missing}"


@dataclass(frozen=True, slots=True)
class LevelCount:
    level: TermItem | None
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class MonthView:
    period: Period
    name: str
    areas: Sequence[AreaMonth]
    legend: Sequence[LevelCount]
    href: str
    before: str  # how it stood as long before the end of the period before; may be empty

    @property
    def total(self) -> int:
        return sum(len(area.glasses) for area in self.areas)

    @property
    def reported(self) -> int:
        return sum(area.reported for area in self.areas)


def month(plan_year: PlanYear, today: dt.date) -> MonthView | None:
    """The period being reported, action by action. Four queries besides the catalogue's."""
    listed = list(Period.objects.filter(plan_year=plan_year).order_by("number"))
    period = periods.to_report(listed, today)
    if period is None:
        return None
    book = catalogue.of_edition(plan_year.plan.edition_id)
    href = reverse("monitoring:grid", args=[plan_year.school.code, plan_year.year, period])
    reports = {
        action: (level, pct)
        for action, level, pct in ProgressReport.objects.filter(
            period=period, level__isnull=False
        ).values_list("action", "level", "pct")
    }
    glasses: dict[int, list[Glass]] = {}
    actions = Action.objects.live().filter(plan_year=plan_year, is_disabled=False)
    for pk, area, number, name in actions.values_list("pk", "area", "number", "name"):
        level_id, pct = reports.get(pk, (None, None))
        level = book.term(level_id) if level_id else None
        label = level.short_label(plan_year.year) if level else ""
        glass = Glass(name, number, level, pct, label, f"{href}?abierta={pk}#fila-{pk}")
        glasses.setdefault(area, []).append(glass)
    return MonthView(
        period=period,
        name=periods.name(period),
        areas=[
            _area(area, glasses[area.pk], plan_year.year)
            for area in book.areas_for_actions
            if area.pk in glasses
        ],
        legend=_legend(book.levels, glasses.values(), plan_year.year),
        href=href,
        before=_before(listed, period, today),
    )


def _before(listed: Sequence[Period], period: Period, today: dt.date) -> str:
    """ "A esta altura de julio eran 36.": what was reported of the period before when as many days
    were left; empty where nothing was."""
    earlier = next((p for p in reversed(listed) if p.number < period.number), None)
    if earlier is None:
        return ""
    on = earlier.due_on - (period.due_on - today)
    found = ProgressReport.objects.filter(
        period=earlier, level__isnull=False, action__removed_at=None, at__date__lte=on
    ).count()
    verb = wording.plural(found, "era,eran")
    return f"A esta altura de {periods.name(earlier)} {verb} {found}." if found else ""


def _area(area: AreaItem, glasses: list[Glass], year: int) -> AreaMonth:
    fullest = sorted(glasses, key=lambda g: (-_height(g), g.number))
    return AreaMonth(area, area.label(year), fullest, sum(g.level is not None for g in glasses))


def _height(glass: Glass) -> int:
    if glass.level is None:
        return -1
    return glass.pct if glass.pct is not None else glass.level.min or 0


def _legend(
    levels: Sequence[TermItem], glasses: Iterable[Sequence[Glass]], year: int
) -> list[LevelCount]:
    counts = Counter(glass.level.pk if glass.level else None for row in glasses for glass in row)
    falling = sorted(levels, key=lambda level: -(level.min or 0))
    return [
        *(LevelCount(level, level.level_text(year), counts[level.pk]) for level in falling),
        LevelCount(None, "Sin informar", counts[None]),
    ]


def steps(at: Stages, today: dt.date) -> list[Step]:
    """The stages in the order of the year, each with its state and one fact. One query."""
    plan_year = at.plan_year
    living = Q(actions__removed_at__isnull=True, actions__is_disabled=False)
    actions = (
        PlanYear.objects.filter(pk=plan_year.pk)
        .annotate(action_count=Count("actions", filter=living))
        .values_list("action_count", flat=True)[0]
    )
    return [_step(at, stage, actions, today) for stage in at.by_kind.values()]


def _step(at: Stages, stage: Stage, actions: int, today: dt.date) -> Step:
    plan, year, kind = at.plan_year.plan, at.plan_year.year, StageKind(stage.kind)
    years = f"{plan.start_year}–{plan.end_year}" if kind == StageKind.STRATEGIC else year
    facts = [_moment(stage)] if stage.status not in _UNSENT else []
    if kind in (StageKind.PLANNING, StageKind.IMPLEMENTATION) and actions:
        facts.append(wording.counted(actions, "acción,acciones"))
    is_running = kind == StageKind.IMPLEMENTATION and stage.status == StageStatus.PARTIAL
    year_of_stage = plan.start_year if kind == StageKind.STRATEGIC else year
    return Step(
        name=f"{kind.label} {years}",
        state=stage.status,
        href=reverse("plans:stage", args=[at.school.code, year_of_stage, stage.kind]),
        word=stage.state,
        facts=facts,
        share=_time_gone(at.plan_year, today) if is_running else None,
        today=is_running,
    )


_UNSENT = (StageStatus.NOT_STARTED, StageStatus.PARTIAL)


def _moment(stage: Stage) -> str:
    return wording.full_date(stage.decided_at or stage.sent_at)


def _time_gone(plan_year: PlanYear, today: dt.date) -> int:
    """The share of the school year that has gone by, never of the work done."""
    whole = periods.school_year(plan_year.plan.edition, plan_year.year)
    days = (whole.ends_on - whole.starts_on).days
    return max(0, min(100, 100 * (today - whole.starts_on).days // days))
