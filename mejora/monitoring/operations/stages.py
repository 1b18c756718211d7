"""Sending the implementation and the evaluation; writing the evaluation's summary."""

from __future__ import annotations

from django.db import transaction

from mejora.core.decisions import Conflict, require
from mejora.monitoring import rules, snapshots
from mejora.network.access import Actor
from mejora.plans import snapshots as plan_snapshots
from mejora.plans import workflow
from mejora.plans.enums import Entity, StageKind
from mejora.plans.models import PlanYear, StageEvent
from mejora.plans.operations.stages import send
from mejora.plans.recording import record
from mejora.plans.rules import stages_of


@transaction.atomic
def send_implementation(plan_year: PlanYear, *, by: Actor) -> StageEvent:
    """Hand the year's implementation to the owner: every living action must be reported."""
    plan_year = workflow.locked(plan_year)
    lacks = rules.missing_in_implementation(plan_year)
    extra = snapshots.year_extra(plan_year)
    return send(plan_year, StageKind.IMPLEMENTATION, lacks, by=by, extra=extra)


@transaction.atomic
def send_evaluation(plan_year: PlanYear, *, by: Actor) -> StageEvent:
    plan_year = workflow.locked(plan_year)
    lacks = rules.missing_in_evaluation(plan_year)
    extra = snapshots.year_extra(plan_year)
    return send(plan_year, StageKind.EVALUATION, lacks, by=by, extra=extra)


@transaction.atomic
def write_evaluation(plan_year: PlanYear, summary: str, *, by: Actor, revision: int) -> PlanYear:
    """Write the year's evaluation; Conflict when somebody wrote it since `revision`."""
    plan_year = workflow.locked(plan_year)
    require(rules.can_write_evaluation(by, stages_of(plan_year)))
    if plan_year.revision != revision:
        raise Conflict("Otra persona escribió la evaluación mientras usted lo hacía.")
    before = plan_snapshots.plan_year(plan_year)
    if summary.strip():
        workflow.begin(plan_year, StageKind.EVALUATION, by=by)
    plan_year = workflow.locked(plan_year)
    plan_year.evaluation_summary = summary.strip()
    plan_year.revision += 1
    plan_year.save(update_fields=["evaluation_summary", "revision"])
    record(
        plan_year.plan,
        Entity.PLAN_YEAR,
        plan_year.uid,
        str(plan_year),
        before=before,
        after=plan_snapshots.plan_year(plan_year),
        by=by,
        plan_year=plan_year,
    )
    return plan_year
