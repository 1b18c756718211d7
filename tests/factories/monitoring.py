"""Years in implementation, monthly periods, reports. Operations make the real ones."""

import datetime as dt

import factory
from django.utils import timezone

from mejora.frameworks.models import Term
from mejora.monitoring import periods
from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import MonitoringPlan, Period, ProgressReport
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import PlanYear, Stage
from tests.factories.people import UserFactory
from tests.factories.plans import ActionFactory, MilestoneFactory, PlanYearFactory


def level(code):
    return Term.objects.get(edition__country_code="CL", kind="level", code=code)


def justification(code):
    return Term.objects.get(edition__country_code="CL", kind="justification", code=code)


def implementing_year(monthly=True, **fields):
    """A year whose planning is approved and whose implementation nobody has begun."""
    plan_year = PlanYearFactory(**fields)
    decider, now = UserFactory(), timezone.now()
    Stage.objects.filter(
        plan_year=plan_year, kind__in=[StageKind.STRATEGIC, StageKind.PLANNING]
    ).update(
        status=StageStatus.APPROVED,
        sent_at=now,
        sent_by=decider,
        decided_at=now,
        decided_by=decider,
    )
    PlanYear.objects.filter(pk=plan_year.pk).update(
        stage_now=StageKind.IMPLEMENTATION, is_begun=True, version_no=1
    )
    plan_year = PlanYear.objects.with_place().get(pk=plan_year.pk)
    if monthly:
        give_periods(plan_year)
    return plan_year


def give_periods(plan_year, frequency=Frequency.MONTH):
    MonitoringPlan.objects.create(plan_year=plan_year, frequency=frequency)
    whole = periods.school_year(plan_year.plan.edition, plan_year.year)
    for number, span in enumerate(periods.spans(frequency, whole), 1):
        Period.objects.create(
            plan_year=plan_year,
            number=number,
            starts_on=span.starts_on,
            ends_on=span.ends_on,
            due_on=span.due_on,
        )


def month(plan_year, number):
    """The period of a calendar month."""
    return Period.objects.get(plan_year=plan_year, starts_on__month=number)


def action_with_milestones(plan_year, weights=(25, 25, 25, 25), **fields):
    action = ActionFactory(plan_year=plan_year, **fields)
    for place, weight in enumerate(weights):
        MilestoneFactory(
            action=action,
            weight=weight,
            order=place,
            due_on=dt.date(plan_year.year, 4 + 2 * place, 15) if place < 4 else None,
        )
    return action


class ReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProgressReport

    action = factory.SubFactory(ActionFactory)
    period = factory.LazyAttribute(lambda o: month(o.action.plan_year, 8))
    level = factory.LazyFunction(lambda: level("parcial"))
    reported_by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
