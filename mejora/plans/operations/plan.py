"""The plan itself: starting one, opening its years, what it is built on."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from mejora.core import clock
from mejora.core.decisions import require
from mejora.frameworks import catalogue
from mejora.frameworks.models import Edition
from mejora.network.access import Actor
from mejora.network.models import School
from mejora.plans import rules, snapshots, workflow
from mejora.plans.enums import Entity, StageKind, StageStatus
from mejora.plans.models import Plan, PlanYear
from mejora.plans.operations import writing
from mejora.plans.recording import record


@transaction.atomic
def start(
    school: School,
    *,
    by: Actor,
    start_year: int,
    vision: str = "",
    mission: str = "",
    edition: Edition | None = None,
    years: int | None = None,
) -> PlanYear:
    """Begin a plan with its first year, bound to an edition of the framework: by default the one
    then in force, for as long as that one says.

    Refuses where a plan already covers the year, and a length that the edition does not have.
    """
    school = School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    require(rules.can_start(by, school, start_year))
    edition = (
        edition or catalogue.in_force(school.country.code, dt.date(start_year, 12, 31)).edition
    )
    require(rules.can_last(school, edition, years or edition.cycle_years))
    plan = writing.create(
        Plan(
            school=school,
            edition=edition,
            start_year=start_year,
            end_year=start_year + (years or edition.cycle_years) - 1,
            vision=vision,
            mission=mission,
        ),
        by=by,
    )
    plan_year = _add_year(plan, start_year, by=by)
    workflow.begin(plan_year, StageKind.STRATEGIC, by=by)
    return PlanYear.objects.with_place().get(pk=plan_year.pk)


@transaction.atomic
def open_year(plan: Plan, year: int, *, by: Actor) -> PlanYear:
    """Open the next year of a plan, empty. Refuses gaps and years outside the plan."""
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    require(rules.can_open_year(by, plan, year, today=clock.today(plan.school.country.tz)))
    return PlanYear.objects.with_place().get(pk=_add_year(plan, year, by=by).pk)


def _add_year(plan: Plan, year: int, *, by: Actor) -> PlanYear:
    is_first = year == plan.start_year
    plan_year = PlanYear.objects.create(
        plan=plan,
        school=plan.school,
        year=year,
        stage_now=StageKind.STRATEGIC if is_first else StageKind.PLANNING,
        status_now=StageStatus.NOT_STARTED,
    )
    workflow.open_year(plan_year)
    record(
        plan,
        Entity.PLAN_YEAR,
        plan_year.uid,
        str(plan_year),
        before=None,
        after=snapshots.plan_year(plan_year),
        by=by,
        plan_year=plan_year,
    )
    return plan_year


@transaction.atomic
def change_basis(plan: Plan, *, by: Actor, revision: int, vision: str, mission: str) -> Plan:
    """Write the vision and the mission."""
    first = workflow.locked(workflow.strategic_year(plan))
    require(rules.can_write_strategy(by, rules.stages_of(first)))
    workflow.begin(first, StageKind.STRATEGIC, by=by)
    return writing.change(plan, revision, {"vision": vision, "mission": mission}, by=by)
