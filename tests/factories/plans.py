"""A plan's rows without their Changes: for rules and pages. Operations make the real ones."""

import datetime as dt

import factory

from mejora.frameworks.models import Area, Edition
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import (
    Action,
    Goal,
    Indicator,
    Milestone,
    Objective,
    Plan,
    PlanYear,
    Seal,
    Strategy,
)
from tests.factories.network import YEAR, SchoolFactory


class PlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Plan

    school = factory.SubFactory(SchoolFactory)
    edition = factory.LazyFunction(lambda: Edition.objects.get(country_code="CL"))
    start_year = YEAR
    end_year = factory.LazyAttribute(lambda o: o.start_year + 3)


class PlanYearFactory(factory.django.DjangoModelFactory):
    """The plan's first year with its four stages, none begun."""

    class Meta:
        model = PlanYear
        skip_postgeneration_save = True

    plan = factory.SubFactory(PlanFactory)
    school = factory.SelfAttribute("plan.school")
    year = factory.SelfAttribute("plan.start_year")
    stage_now = StageKind.STRATEGIC
    status_now = StageStatus.NOT_STARTED

    @factory.post_generation
    def stages(self, create, extracted, **kwargs):
        workflow.open_year(self)


class SealFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Seal

    plan = factory.SubFactory(PlanFactory)
    name = factory.Sequence(lambda n: f"Sello {n}")


class ObjectiveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Objective

    plan = factory.SubFactory(PlanFactory)
    area = factory.LazyAttribute(lambda o: Area.objects.get(edition=o.plan.edition, code="GP"))
    text = factory.Sequence(lambda n: f"Fortalecer el aprendizaje número {n}")


class GoalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Goal

    objective = factory.SubFactory(ObjectiveFactory)
    text = factory.Sequence(lambda n: f"A diciembre, el {n % 100} % logra el nivel adecuado")


class StrategyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Strategy

    plan_year = factory.SubFactory(PlanYearFactory)
    objective = factory.LazyAttribute(lambda o: ObjectiveFactory(plan=o.plan_year.plan))
    text = factory.Sequence(lambda n: f"Implementación del acompañamiento número {n}")


class IndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Indicator

    strategy = factory.SubFactory(StrategyFactory)
    name = factory.Sequence(lambda n: f"Indicador {n}")


class ActionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Action

    plan_year = factory.SubFactory(PlanYearFactory)
    strategy = factory.LazyAttribute(lambda o: StrategyFactory(plan_year=o.plan_year))
    objective = factory.LazyAttribute(lambda o: o.strategy.objective)
    area = factory.LazyAttribute(
        lambda o: Area.objects.get(edition=o.plan_year.plan.edition, code="GP")
    )
    number = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"Acción {n}")
    starts_on = factory.LazyAttribute(lambda o: dt.date(o.plan_year.year, 3, 9))
    ends_on = factory.LazyAttribute(lambda o: dt.date(o.plan_year.year, 11, 27))
    responsible_text = "Jefa de UTP"


class MilestoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Milestone

    action = factory.SubFactory(ActionFactory)
    name = factory.Sequence(lambda n: f"Hito {n}")
    weight = 25
    order = factory.Sequence(lambda n: n)
