"""Sending a stage to the owner, taking it back, approving it or returning it."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from mejora.core.decisions import Refused, require
from mejora.network import access, memberships
from mejora.network.access import Actor, Deed
from mejora.people import operations as notifying
from mejora.plans import missing, rules, workflow
from mejora.plans.enums import StageKind
from mejora.plans.models import PlanYear, StageEvent
from mejora.plans.sending import SENDERS, Sender
from mejora.plans.snapshots import Snapshot


@transaction.atomic
def send(
    plan_year: PlanYear,
    kind: StageKind,
    lacks: list[missing.Missing],
    *,
    by: Actor,
    extra: Snapshot | None = None,
) -> StageEvent:
    """Hand a stage to the owner and freeze a Version. The caller holds the year's lock and says
    what is missing; `extra` is its own content for the Version."""
    at = rules.stages_of(plan_year)
    require(rules.can_send(by, at, kind, lacks))
    event = workflow.move(at[kind], workflow.SEND, by=by, extra=extra)
    _tell_owner(event, at.plan_year)
    return event


@transaction.atomic
def send_strategic(plan_year: PlanYear, *, by: Actor) -> StageEvent:
    plan_year = workflow.locked(workflow.strategic_year(plan_year.plan))
    return send(plan_year, StageKind.STRATEGIC, missing.in_strategy(plan_year), by=by)


@transaction.atomic
def send_planning(plan_year: PlanYear, *, by: Actor) -> StageEvent:
    plan_year = workflow.locked(plan_year)
    return send(plan_year, StageKind.PLANNING, missing.in_planning(plan_year), by=by)


SENDERS[StageKind.STRATEGIC] = Sender(missing.in_strategy, send_strategic)
SENDERS[StageKind.PLANNING] = Sender(missing.in_planning, send_planning)


@transaction.atomic
def withdraw(plan_year: PlanYear, kind: StageKind, *, by: Actor) -> StageEvent:
    """Take back a sending that nobody has decided yet."""
    at = _locked(plan_year, kind)
    require(rules.can_withdraw(by, at, kind))
    return workflow.move(at[kind], workflow.WITHDRAW, by=by)


@transaction.atomic
def approve(plan_year: PlanYear, kind: StageKind, *, by: Actor, comment: str = "") -> StageEvent:
    at = _locked(plan_year, kind)
    require(rules.can_approve(by, at, kind))
    event = workflow.move(at[kind], workflow.APPROVE, by=by, comment=comment.strip())
    _tell_school(event, at.plan_year, "aprobada")
    return event


@transaction.atomic
def return_(plan_year: PlanYear, kind: StageKind, *, by: Actor, comment: str) -> StageEvent:
    """Send a stage back to the school. Refuses without saying why."""
    at = _locked(plan_year, kind)
    require(rules.can_return(by, at, kind))
    if not comment.strip():
        raise Refused("Escriba qué debe corregir la escuela.")
    event = workflow.move(at[kind], workflow.RETURN, by=by, comment=comment.strip())
    _tell_school(event, at.plan_year, "devuelta")
    return event


def _tell_owner(event: StageEvent, plan_year: PlanYear) -> None:
    """Whoever decides learns that something waits."""
    school = plan_year.school
    if school.owner:
        _tell(
            memberships.people_at(school.owner, access.TABLE[Deed.DECIDE_STAGE]),
            event,
            plan_year,
            f"{school.name} envió su {_name(event, plan_year)}",
        )


def _tell_school(event: StageEvent, plan_year: PlanYear, done: str) -> None:
    _tell(
        memberships.people_at(plan_year.school, access.TABLE[Deed.WRITE_PLAN]),
        event,
        plan_year,
        f"{_name(event, plan_year)}, {done} por {event.by}",
    )


def _name(event: StageEvent, plan_year: PlanYear) -> str:
    return f"{event.stage.get_kind_display()} {plan_year.year}"


def _tell(people: list[int], event: StageEvent, plan_year: PlanYear, title: str) -> None:
    href = reverse("plans:stage", args=[plan_year.school.code, plan_year.year, event.stage.kind])
    others = [key for key in people if key != event.by_id]
    notifying.tell(others, title, href=href, detail=event.comment, at=event.at)


def _locked(plan_year: PlanYear, kind: StageKind) -> rules.Stages:
    """The stages under the lock of the year that carries this stage."""
    if kind == StageKind.STRATEGIC:
        plan_year = workflow.strategic_year(plan_year.plan)
    return rules.stages_of(workflow.locked(plan_year))
