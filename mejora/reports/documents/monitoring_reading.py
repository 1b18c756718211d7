"""What a school said of its actions in a period, and how they stood when the period closed.

The close is the period's last day, or today while it runs: a report printed later says the same,
but for what was written since. Six queries, whatever the size.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from mejora.core import clock
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import AreaItem, Catalogue
from mejora.monitoring import periods, progress
from mejora.monitoring.cells import Standing
from mejora.monitoring.models import EvidenceUse, Period, ProgressReport
from mejora.plans.models import Action, EvidenceRequirement, Milestone, PlanYear

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Earlier:
    """The newest level that was reported before the period, and in which one."""

    standing: Standing
    period: Period


@dataclass(frozen=True, slots=True)
class ActionThen:
    """An action at the close. `lacking`: its means of verification without a file today."""

    action: Action
    close: dt.date
    milestones: tuple[Milestone, ...]
    report: ProgressReport | None
    now: Standing
    known: Standing
    earlier: Earlier | None
    lacking: tuple[EvidenceRequirement, ...]
    evidence_count: int

    @property
    def is_reported(self) -> bool:
        return self.now.level is not None

    @property
    def responsible(self) -> str:
        action = self.action
        return action.responsible_text or (
            action.responsible.user.name if action.responsible else ""
        )

    def is_met(self, milestone: Milestone) -> bool:
        return progress.is_met(milestone, self.close)

    @property
    def overdue(self) -> list[Milestone]:
        """Milestones whose day had passed at the close without being met."""
        return [
            m for m in self.milestones if m.due_on and m.due_on < self.close and not self.is_met(m)
        ]

    @property
    def is_past_end(self) -> bool:
        """Its last day had passed and nothing says that it was whole."""
        return self.action.ends_on < self.close and self.known.height < WHOLE

    @property
    def is_late(self) -> bool:
        return self.is_past_end or bool(self.overdue)

    @property
    def unproved(self) -> list[EvidenceRequirement]:
        """Means of verification of what was said to be done (criterio de Mejora)."""
        met = {m.pk for m in self.milestones if self.is_met(m)}
        is_whole = self.now.height == WHOLE
        return [
            r
            for r in self.lacking
            if (is_whole if r.milestone_id is None else r.milestone_id in met)
        ]

    @property
    def lacks_reason(self) -> bool:
        """A level under 100 % asks for its justification (criterio de Mejora)."""
        return (
            self.report is not None
            and self.is_reported
            and self.now.height < WHOLE
            and self.report.justification_id is None
        )

    @property
    def waits_for_review(self) -> bool:
        return self.report is not None and self.is_reported and self.report.reviewed_at is None


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """Every living action of the year in one period; disabled ones are only counted."""

    plan_year: PlanYear
    period: Period
    before: Period | None
    today: dt.date
    catalogue: Catalogue
    actions: tuple[ActionThen, ...]
    disabled_count: int

    @property
    def close(self) -> dt.date:
        return close_of(self.period, self.today)

    @property
    def reported(self) -> list[ActionThen]:
        return [a for a in self.actions if a.is_reported]

    @property
    def whole(self) -> list[ActionThen]:
        return [a for a in self.actions if a.now.height == WHOLE]

    @property
    def late(self) -> list[ActionThen]:
        return [a for a in self.actions if a.is_late]

    @property
    def name(self) -> str:
        """ "agosto de 2026", "semana del 3 de agosto de 2026"."""
        return f"{periods.name(self.period)} de {self.period.ends_on.year}"

    def by_area(self) -> list[tuple[AreaItem, list[ActionThen]]]:
        """The top areas that have actions, in their order."""
        found: dict[int, list[ActionThen]] = {}
        for each in self.actions:
            found.setdefault(self._top(each.action.area_id), []).append(each)
        return [(area, found[area.pk]) for area in self.catalogue.areas if area.pk in found]

    def _top(self, area_id: int) -> int:
        area = self.catalogue.area(area_id)
        while area.parent_id is not None:
            area = self.catalogue.area(area.parent_id)
        return area.pk


def close_of(period: Period, today: dt.date) -> dt.date:
    return min(period.ends_on, today)


def read(plan_year: PlanYear, period: Period, listed: Sequence[Period]) -> PeriodReading:
    """`listed`: all periods of the year, in order; the year comes `with_place()`."""
    earlier = [p for p in listed if p.starts_on < period.starts_on]
    today = clock.today(plan_year.school.country.tz)
    book = catalogue.of_edition(plan_year.plan.edition_id)
    living = list(_actions(plan_year))
    reports = {
        r.action_id: r
        for r in ProgressReport.objects.filter(period=period).select_related("reported_by")
    }
    said_before = _said_before(earlier, book)
    close = close_of(period, today)
    return PeriodReading(
        plan_year=plan_year,
        period=period,
        before=earlier[-1] if earlier else None,
        today=today,
        catalogue=book,
        actions=tuple(
            _then(action, reports.get(action.pk), said_before.get(action.pk), close, book)
            for action in living
            if not action.is_disabled
        ),
        disabled_count=sum(action.is_disabled for action in living),
    )


def _actions(plan_year: PlanYear) -> Iterable[Action]:
    has_file = Exists(EvidenceUse.objects.live().filter(requirement=OuterRef("pk")))
    lacking = EvidenceRequirement.objects.live().filter(~has_file)
    return (
        Action.objects.live()
        .filter(plan_year=plan_year)
        .select_related("responsible__user")
        .annotate(files=Count("evidence", filter=Q(evidence__removed_at__isnull=True)))
        .prefetch_related(Prefetch("milestones", Milestone.objects.live()))
        .prefetch_related(Prefetch("requirements", lacking, to_attr="lacking"))
        .order_by("number", "pk")  # counting in groups drops the model's own order
    )


def _said_before(earlier: Sequence[Period], book: Catalogue) -> dict[int, Earlier]:
    by_key = {period.pk: period for period in earlier}
    found = (
        ProgressReport.objects.filter(period__in=by_key, level__isnull=False)
        .order_by("period__starts_on")
        .values_list("action", "level", "pct", "period")
    )
    return {
        action: Earlier(Standing(book.term(level or 0), pct), by_key[period])
        for action, level, pct, period in found
    }


def _then(
    action: Action,
    report: ProgressReport | None,
    earlier: Earlier | None,
    close: dt.date,
    book: Catalogue,
) -> ActionThen:
    milestones = tuple(action.milestones.all())
    now = Standing()
    if report is not None and report.level_id is not None:
        now = Standing(book.term(report.level_id), report.pct)
    return ActionThen(
        action=action,
        close=close,
        milestones=milestones,
        report=report,
        now=now,
        known=_known(now, milestones, earlier, close, book),
        earlier=earlier,
        lacking=tuple(getattr(action, "lacking")),  # noqa: B009 - prefetched above
        evidence_count=getattr(action, "files"),  # noqa: B009 - annotated above
    )


def _known(
    now: Standing,
    milestones: Sequence[Milestone],
    earlier: Earlier | None,
    close: dt.date,
    book: Catalogue,
) -> Standing:
    """This period's level, or what the milestones say, or the newest one before."""
    if now.level is not None:
        return now
    if milestones:
        pct = progress.percent(milestones, close)
        return Standing(book.level_for_pct(pct), pct)
    return earlier.standing if earlier else Standing()
