"""How often a year is monitored, and the periods that follow from it."""

from __future__ import annotations

from django.db import transaction

from mejora.core.decisions import Conflict, require
from mejora.monitoring import periods, rules, snapshots
from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import MonitoringPlan, Period
from mejora.network.access import Actor
from mejora.plans import workflow
from mejora.plans.enums import Entity
from mejora.plans.models import PlanYear
from mejora.plans.recording import record
from mejora.plans.rules import stages_of


@transaction.atomic
def set_frequency(
    plan_year: PlanYear, frequency: Frequency, *, by: Actor, revision: int | None = None
) -> MonitoringPlan:
    """Choose how often the actions are reported and cut the year into periods.

    Periods up to the last one with a report stay as they were; those after it are cut anew.
    `revision` is what the person saw (None where nothing was chosen yet).
    """
    plan_year = workflow.locked(plan_year)
    require(rules.can_set_frequency(by, stages_of(plan_year)))
    plan = MonitoringPlan.objects.filter(plan_year=plan_year).first()
    if (plan.revision if plan else None) != revision:
        raise Conflict("Otra persona eligió la frecuencia mientras usted lo hacía.")
    before = snapshots.monitoring_plan(plan) if plan else None
    plan = plan or MonitoringPlan(plan_year=plan_year, revision=-1)
    plan.frequency = frequency
    plan.revision += 1
    plan.save()
    _cut(plan_year, frequency)
    record(
        plan_year.plan,
        Entity.MONITORING_PLAN,
        plan.uid,
        f"Monitoreo {plan_year.year}",
        before=before,
        after=snapshots.monitoring_plan(plan),
        by=by,
        plan_year=plan_year,
    )
    return plan


def _cut(plan_year: PlanYear, frequency: Frequency) -> None:
    listed = Period.objects.filter(plan_year=plan_year)
    last = listed.filter(reports__isnull=False).order_by("starts_on").last()
    kept = listed.filter(starts_on__lte=last.starts_on) if last else listed.none()
    listed.exclude(pk__in=kept.values("pk")).delete()
    until = periods.Span(last.starts_on, last.ends_on) if last else None
    whole = periods.school_year(plan_year.plan.edition, plan_year.year)
    first_number = kept.count() + 1
    Period.objects.bulk_create(
        Period(
            plan_year=plan_year,
            number=number,
            starts_on=span.starts_on,
            ends_on=span.ends_on,
            due_on=span.due_on,
        )
        for number, span in enumerate(periods.after(until, whole, frequency), first_number)
    )
