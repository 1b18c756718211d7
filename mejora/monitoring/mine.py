"""What a person has to report, in every school where actions were given to them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from mejora.core import clock
from mejora.monitoring import grid, periods
from mejora.monitoring.grid import Month, Row
from mejora.monitoring.models import Period, ProgressReport
from mejora.network.access import Actor, Deed
from mejora.plans.models import Action, PlanYear
from mejora.plans.rules import can_implement


@dataclass(frozen=True, slots=True)
class Asked:
    """A report in which somebody asked for changes."""

    report: ProgressReport

    @property
    def period_name(self) -> str:
        return periods.name(self.report.period)


@dataclass(frozen=True, slots=True)
class School:
    """One's own actions of a school in the period that is due; `asked` are one's own reports of
    any period in which somebody asked for changes."""

    month: Month
    rows: list[Row]
    asked: list[Asked]

    @property
    def missing(self) -> list[Row]:
        return [row for row in self.rows if not row.is_reported]


def own_actions(actor: Actor) -> Q:
    keys = [membership.pk for membership in actor.memberships]
    return Q(responsible__in=keys) | Q(
        pk__in=Action.objects.filter(
            milestones__people__in=keys, milestones__removed_at__isnull=True
        ).values("pk")
    )


def schools(actor: Actor) -> list[School]:
    """The schools with actions of one's own this year, those to report first. The queries grow
    with the schools of the person, not with their actions."""
    years = (
        PlanYear.objects.visible_to(actor, Deed.REPORT_OWN)
        .filter(
            year=clock.today().year,
            pk__in=Action.objects.live().filter(own_actions(actor)).values("plan_year"),
        )
        .with_place()
    )
    found = []
    for plan_year in years:
        listed = list(Period.objects.filter(plan_year=plan_year).order_by("number"))
        period = periods.to_report(listed, clock.today(plan_year.school.country.tz))
        if period is None:
            continue
        month = grid.read(plan_year, period, listed, actor, of=own_actions(actor))
        rows = sorted(month.rows, key=lambda row: (row.is_reported, row.action.ends_on))
        if rows:
            asked = _asked(actor, plan_year) if can_implement(month.at) else []
            found.append(School(month, rows, asked))
    return found


def _asked(actor: Actor, plan_year: PlanYear) -> list[Asked]:
    """What has to be reported again, the oldest request first."""
    mine = Action.objects.live().filter(own_actions(actor), plan_year=plan_year, is_disabled=False)
    found = (
        ProgressReport.objects.filter(action__in=mine, reviewed_at__isnull=False)
        .exclude(changes_asked="")
        .select_related("action", "period", "reviewed_by")
    )
    return [Asked(report) for report in found.order_by("reviewed_at")]
