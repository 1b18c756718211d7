"""The period that people are asked for, and how many actions of the year are missing in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from mejora.core import clock
from mejora.monitoring import periods
from mejora.monitoring.models import Period, ProgressReport
from mejora.network import navigation
from mejora.network.access import Actor, Deed
from mejora.plans.enums import StageKind
from mejora.plans.models import Action, PlanYear
from mejora.plans.workflow import OPEN


@dataclass(frozen=True, slots=True)
class Month:
    """A period with how many of the living actions were reported in it."""

    period: Period
    total: int
    reported: int

    @property
    def missing(self) -> int:
        return self.total - self.reported


def actions(plan_year: PlanYear) -> QuerySet[Action]:
    """The actions that are monitored: neither in the bin nor disabled."""
    return Action.objects.live().filter(plan_year=plan_year, is_disabled=False)


def monitored(plan_year: PlanYear, today: dt.date) -> Month | None:
    """The period that people are asked for, None without one. Three queries."""
    period = periods.to_report(list(Period.objects.filter(plan_year=plan_year)), today)
    if period is None:
        return None
    found = actions(plan_year)
    reported = ProgressReport.objects.filter(
        period=period, action__in=found, level__isnull=False
    ).count()
    return Month(period, found.count(), reported)


@navigation.counter("monitoring:grid")
def missing_count(actor: Actor, year: int) -> int:
    """The figure beside "Monitoreo", for who monitors a school whole, while its implementation is
    the school's to write. Two queries."""
    school = actor.current.school if actor.current else None
    if school is None or not actor.may(Deed.REPORT_ALL, school):
        return 0
    listed = list(
        Period.objects.filter(
            plan_year__school=school,
            plan_year__year=year,
            plan_year__stage_now=StageKind.IMPLEMENTATION,
            plan_year__status_now__in=OPEN,
        )
    )
    period = periods.to_report(listed, clock.today())
    if period is None:
        return 0
    reported = ProgressReport.objects.filter(
        period=period, action=OuterRef("pk"), level__isnull=False
    )
    living = Action.objects.live().filter(plan_year=period.plan_year_id, is_disabled=False)
    return living.filter(~Exists(reported)).count()
