"""The month of a school on one screen: a typed row per action, grouped by area.

Seven queries of its own whatever the size: year, stages, periods, actions, milestones, reports and
means of verification (and the milestones' people, for who is not of the team).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.safestring import SafeString

from mejora.core import clock
from mejora.core.decisions import Decision, refused
from mejora.frameworks import catalogue
from mejora.frameworks.catalogue import Catalogue, TermItem
from mejora.monitoring import periods, progress, rules
from mejora.monitoring.cells import (
    CONFLICT,
    Choice,
    Cut,
    Outcome,
    Standing,
    Tick,
    fingerprint,
    options,
)
from mejora.monitoring.models import EvidenceUse, Period, ProgressReport
from mejora.network.access import Actor, Deed
from mejora.network.models import Membership, School
from mejora.plans.models import Action, EvidenceRequirement, Milestone, PlanYear
from mejora.plans.rules import Stages, sees_evidence, stages_of


@dataclass(slots=True)
class Row:
    """An action in the period; `lacking` are the means of verification without a file."""

    action: Action
    month: Month
    report: ProgressReport | None
    now: Standing
    before: Standing
    ticks: list[Tick]
    evidence_count: int
    lacking: list[EvidenceRequirement]
    may_report: Decision
    key: str  # the action's primary key as text: templates need it a dozen times per row
    prefix: str
    outcome: Outcome | None = None

    def keep(self, outcome: Outcome) -> None:
        """Show the row as it was written, not as it is stored: it could not be saved."""
        self.outcome = outcome
        if outcome.is_unsaved:
            self.ticks = [
                replace(tick, is_met=tick.milestone.pk in outcome.met) for tick in self.ticks
            ]

    @property
    def is_reported(self) -> bool:
        return self.report is not None and self.report.level_id is not None

    @property
    def current(self) -> Standing:
        """Where the action stands today: this period's report, or what was known before it."""
        if self.is_reported:
            return self.now
        if self.ticks:
            until = self.month.period.ends_on
            pct = progress.percent([tick.milestone for tick in self.ticks], until)
            return Standing(self.month.catalogue.level_for_pct(pct), pct)
        return self.before

    @property
    def current_range(self) -> str:
        return self.current.range_text

    @property
    def since(self) -> str:
        """ "igual que en julio", "sube de 50 % a 75 %, Avanzada": against the period before."""
        was, now = self.before, self.current
        if was.level is None or now.level is None or self.month.earlier is None:
            return ""
        name = periods.name(self.month.earlier)
        if (was.level, was.pct) == (now.level, now.pct):
            return f"igual que en {name}"
        verb = "sube" if now.height > was.height else "baja"
        word = now.level.short_label(self.month.plan_year.year)
        return f"{verb} de {was.range_text} a {now.range_text}, {word}"

    @property
    def level_choices(self) -> list[Choice]:
        chosen = self.report.level_id if self.report else None
        if self.outcome and self.outcome.is_unsaved:
            chosen = self.outcome.level
        year = self.month.plan_year.year
        return [
            Choice(t.pk, t.range_text, t.short_label(year), t.pk == chosen)
            for t in self.month.levels
        ]

    @property
    def next_milestone(self) -> Milestone | None:
        return next((tick.milestone for tick in self.ticks if not tick.is_met), None)

    @property
    def overdue(self) -> list[Milestone]:
        return [tick.milestone for tick in self.ticks if tick.is_overdue]

    @property
    def area_label(self) -> str:
        area = self.month.catalogue.area(self.action.area_id)
        return area.label(self.month.plan_year.year)

    @property
    def waits_for_review(self) -> bool:
        return self.report is not None and self.is_reported and self.report.reviewed_at is None

    @property
    def is_asked(self) -> bool:
        return self.report is not None and self.report.is_asked

    @property
    def may_review(self) -> Decision:
        return self._asked_of(rules.can_review)

    @property
    def may_ask(self) -> Decision:
        return self._asked_of(rules.can_ask_changes)

    def _asked_of(self, rule: Callable[[Actor, Stages, ProgressReport], Decision]) -> Decision:
        if self.report is None or not self.is_reported:
            return refused("La acción todavía no se informa.")
        return rule(self.month.actor, self.month.at, self.report)

    @property
    def met_count(self) -> int:
        return sum(tick.is_met for tick in self.ticks)

    @property
    def planned(self) -> int:
        milestones = [tick.milestone for tick in self.ticks]
        return progress.planned_percent(self.action, milestones, self.month.period.ends_on)

    @property
    def is_behind(self) -> bool:
        return progress.is_behind(self.now.level, self.now.pct, self.planned)

    @property
    def is_late(self) -> bool:
        """As `Action.objects.late`, of the milestones and the level at hand."""
        level = (
            self.month.catalogue.term(self.action.level_now_id or 0)
            if (self.action.level_now_id)
            else None
        )
        unfinished = level is None or level.max is None or level.max < 100
        if self.action.is_disabled:
            return False
        return (self.action.ends_on < self.month.today and unfinished) or any(
            tick.is_overdue for tick in self.ticks
        )

    @property
    def lacks_proof(self) -> bool:
        """Something was said to be done and nothing proves it (criterio de Mejora)."""
        met = {tick.milestone.pk for tick in self.ticks if tick.is_met}
        done = self.now.height == 100
        return any(done if r.milestone_id is None else r.milestone_id in met for r in self.lacking)

    @property
    def has_alert(self) -> bool:
        return self.is_late or self.lacks_proof

    @property
    def revision(self) -> int | None:
        """What the person saw; at an open conflict still the older one, so that saving without
        deciding is a conflict again."""
        if self.outcome and self.outcome.state == CONFLICT:
            return self.outcome.revision
        return self.report.revision if self.report else None

    @property
    def note(self) -> str:
        if self.outcome and self.outcome.is_unsaved:
            return self.outcome.note
        return self.report.note if self.report else ""

    @property
    def now_text(self) -> str:
        return self.now.text(self.month.plan_year.year)

    @property
    def now_label(self) -> str:
        """ "Parcial (25–49 %)": the interval that an exact figure falls in."""
        level = self.now.level
        if level is None:
            return ""
        return f"{level.short_label(self.month.plan_year.year)} ({level.range_text})"

    @property
    def anchor(self) -> str:
        return f"#fila-{self.key}"

    @property
    def url(self) -> str:
        """Under the page's own address, as urls.py has it; reversing 160 of them would cost more
        than the queries."""
        return f"{self.month.url}{self.action.uid}/"

    @property
    def undo_url(self) -> str:
        return f"{self.url}deshacer/"

    @property
    def accept_url(self) -> str:
        return f"{self.url}aceptar/"

    @property
    def ask_url(self) -> str:
        return f"{self.url}pedir-cambios/"

    @property
    def evidence_url(self) -> str:
        return f"{self.month.evidence_url}{self.action.uid}/"

    @property
    def options(self) -> SafeString:
        levels = tuple((t.pk, t.level_text(self.month.plan_year.year)) for t in self.month.levels)
        chosen = self.report.level_id if self.report else None
        if self.outcome and self.outcome.is_unsaved:
            chosen = self.outcome.level
        return options(levels, chosen, "Elegir nivel")

    @property
    def was(self) -> str:
        """What the row said when it was drawn: who posts the same touched nothing."""
        return fingerprint(
            self.report.level_id if self.report and not self.ticks else None,
            [tick.milestone.pk for tick in self.ticks if tick.is_met],
            self.report.note if self.report else "",
        )


@dataclass(slots=True)
class Group:
    """The actions of one area, and how many of all of them were reported."""

    code: str
    label: str
    rows: list[Row]
    all_rows: list[Row]

    @property
    def reported_count(self) -> int:
        return sum(row.is_reported for row in self.all_rows)

    @property
    def fullest_first(self) -> list[Row]:
        return sorted(self.all_rows, key=lambda row: -(row.now.height if row.is_reported else -1))


FILTERS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "sin-informar": ("Sin informar", lambda row: not row.is_reported),
    "por-revisar": ("Por revisar", lambda row: row.waits_for_review),
    "con-alerta": ("Con alerta", lambda row: row.has_alert),
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass
class Month:
    """Everything the grid shows of one period, read once."""

    plan_year: PlanYear
    period: Period
    periods: Sequence[Period]
    at: Stages
    actor: Actor
    catalogue: Catalogue
    today: dt.date
    rows: list[Row] = field(default_factory=list)
    shown: str = ""
    person: int | None = None

    @property
    def school(self) -> School:
        return self.plan_year.school

    @property
    def name(self) -> str:
        return periods.name(self.period)

    @cached_property
    def url(self) -> str:
        args = (self.school.code, self.plan_year.year, self.period)
        return reverse("monitoring:grid", args=args)

    @cached_property
    def evidence_url(self) -> str:
        return (
            f"{reverse('monitoring:grid', args=(self.school.code, self.plan_year.year))}evidencias/"
        )

    @cached_property
    def earlier(self) -> Period | None:
        return next((p for p in reversed(self.periods) if p.number < self.period.number), None)

    @cached_property
    def later(self) -> Period | None:
        return next((p for p in self.periods if p.number > self.period.number), None)

    @cached_property
    def levels(self) -> tuple[TermItem, ...]:
        return self.catalogue.levels

    @cached_property
    def is_team(self) -> bool:
        return self.actor.may(Deed.REPORT_ALL, self.plan_year.school)

    @cached_property
    def sees_evidence(self) -> bool:
        return sees_evidence(self.actor, self.school)

    @cached_property
    def may_report_some(self) -> bool:
        return any(row.may_report for row in self.rows)

    @cached_property
    def reported_count(self) -> int:
        return sum(row.is_reported for row in self.rows)

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def unreported(self) -> Row | None:
        return next((row for row in self.rows if not row.is_reported), None)

    @property
    def short_name(self) -> str:
        return _capital(periods.short_name(self.period))

    @property
    def earlier_name(self) -> str:
        return _capital(periods.short_name(self.earlier)) if self.earlier else ""

    @property
    def later_name(self) -> str:
        return _capital(periods.short_name(self.later)) if self.later else ""

    @property
    def cuts(self) -> list[Cut]:
        return [
            Cut(key, label, sum(test(row) for row in self.rows), self.shown == key)
            for key, (label, test) in FILTERS.items()
        ]

    @property
    def shows_all(self) -> bool:
        return self.shown not in FILTERS

    @cached_property
    def people(self) -> list[Membership]:
        found = {
            row.action.responsible.pk: row.action.responsible
            for row in self.rows
            if row.action.responsible
        }
        return sorted(found.values(), key=lambda m: m.user.name)

    @cached_property
    def groups(self) -> list[Group]:
        year = self.plan_year.year
        found = []
        for area in self.catalogue.areas:
            of_area = [row for row in self.rows if self._top(row.action.area_id) == area.pk]
            shown = [row for row in of_area if self._is_shown(row)]
            if shown:
                found.append(Group(area.code, area.label(year), shown, of_area))
        return found

    def group_of(self, row: Row) -> Group | None:
        return next((g for g in self.groups if row in g.all_rows), None)

    def _top(self, area_id: int) -> int:
        area = self.catalogue.area(area_id)
        while area.parent_id is not None:
            area = self.catalogue.area(area.parent_id)
        return area.pk

    def _is_shown(self, row: Row) -> bool:
        if self.person is not None and row.action.responsible_id != self.person:
            return False
        return self.shown not in FILTERS or bool(FILTERS[self.shown][1](row))


def read(
    plan_year: PlanYear,
    period: Period,
    listed: Sequence[Period],
    actor: Actor,
    *,
    of: Q | None = None,
) -> Month:
    """The whole month, or the actions that `of` names."""
    month = Month(
        plan_year=plan_year,
        period=period,
        periods=listed,
        at=stages_of(plan_year),
        actor=actor,
        catalogue=catalogue.of_edition(plan_year.plan.edition_id),
        today=clock.today(plan_year.school.country.tz),
    )
    actions = _actions(month, of)
    said = _reports(month, actions)
    for action in actions:
        action.plan_year = plan_year
        month.rows.append(_row(month, action, said))
    return month


def _actions(month: Month, of: Q | None) -> list[Action]:
    milestones = Milestone.objects.live()
    if not month.is_team:
        milestones = milestones.prefetch_related("people")
    has_file = Exists(EvidenceUse.objects.live().filter(requirement=OuterRef("pk")))
    lacking = EvidenceRequirement.objects.live().filter(~has_file)
    found = Action.objects.live().filter(plan_year=month.plan_year, is_disabled=False)
    if of is not None:
        found = found.filter(of)
    return list(
        found.select_related("responsible__user")
        .annotate(files=Count("evidence", filter=Q(evidence__removed_at__isnull=True)))
        .prefetch_related(Prefetch("milestones", milestones))
        .prefetch_related(Prefetch("requirements", lacking, to_attr="lacking"))
        .order_by("number", "pk")  # counting in groups drops the model's own order
    )


def _reports(month: Month, actions: list[Action]) -> dict[tuple[int, int], ProgressReport]:
    """This period's reports and the newest ones before it, by action and period."""
    wanted = [p.pk for p in (month.period, month.earlier) if p]
    found = ProgressReport.objects.filter(period__in=wanted, action__in=actions)
    return {
        (report.action_id, report.period_id): report
        for report in found.select_related("reported_by")
    }


def _row(month: Month, action: Action, said: dict[tuple[int, int], ProgressReport]) -> Row:
    report = said.get((action.pk, month.period.pk))
    before = said.get((action.pk, month.earlier.pk)) if month.earlier else None
    until = month.period.ends_on
    listed = list(action.milestones.all())
    return Row(
        action=action,
        month=month,
        report=report,
        now=_standing(month, report),
        before=_standing(month, before),
        ticks=[
            Tick(
                milestone=milestone,
                number=number,
                is_met=progress.is_met(milestone, until),
                is_overdue=milestone.done_on is None
                and milestone.due_on is not None
                and milestone.due_on < month.today,
            )
            for number, milestone in enumerate(listed, 1)
        ],
        evidence_count=getattr(action, "files"),  # noqa: B009 - annotated above
        lacking=getattr(action, "lacking"),  # noqa: B009 - prefetched above
        may_report=rules.can_report(month.actor, month.at, action),
        key=str(action.pk),
        prefix=f"a{action.pk}",
    )


def _standing(month: Month, report: ProgressReport | None) -> Standing:
    if report is None or report.level_id is None:
        return Standing()
    return Standing(month.catalogue.term(report.level_id), report.pct)
