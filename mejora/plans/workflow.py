"""The stages of a plan year: one transition table, one place that locks, one that moves.

Sources: the stages and states are those of MINEDUC's progress report of 28-07-2025; returning and
withdrawing are Mejora's own (criterio de Mejora), because the official platform's way back deletes
the planning and ours never deletes anything.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from mejora.core.decisions import Refused
from mejora.network.access import Actor
from mejora.network.models import ImportBatch
from mejora.plans import snapshots
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Plan, PlanYear, Stage, StageEvent, Version
from mejora.plans.recording import signature

ORDER = (
    StageKind.STRATEGIC,
    StageKind.PLANNING,
    StageKind.IMPLEMENTATION,
    StageKind.EVALUATION,
)


@dataclass(frozen=True, slots=True)
class Transition:
    """A move from any of `sources` to `target`; `takes_version` freezes the year as it is."""

    name: str
    verb: str
    sources: frozenset[StageStatus]
    target: StageStatus
    takes_version: bool


def _transition(name: str, verb: str, sources: set[StageStatus], target: StageStatus) -> Transition:
    return Transition(name, verb, frozenset(sources), target, name != "begin")


_S = StageStatus
BEGIN = _transition("begin", "empezar", {_S.NOT_STARTED}, _S.PARTIAL)
SEND = _transition("send", "enviar", {_S.PARTIAL, _S.RETURNED}, _S.SENT)
WITHDRAW = _transition("withdraw", "retirar el envío", {_S.SENT}, _S.PARTIAL)
RETURN = _transition("return", "devolver", {_S.SENT}, _S.RETURNED)
APPROVE = _transition("approve", "aprobar", {_S.SENT}, _S.APPROVED)
IMPORT = _transition(
    "import",
    "aprobar por carga",
    # A later file may approve again what an earlier one approved, corrected.
    {_S.NOT_STARTED, _S.PARTIAL, _S.SENT, _S.RETURNED, _S.APPROVED},
    _S.APPROVED,
)
TRANSITIONS = (BEGIN, SEND, WITHDRAW, RETURN, APPROVE, IMPORT)
OPEN = frozenset({_S.NOT_STARTED, _S.PARTIAL, _S.RETURNED})


def locked(plan_year: PlanYear) -> PlanYear:
    """Re-read the year for writing, so that rules judge what is stored now.

    PostgreSQL locks the row. SQLite ignores the lock but starts our write transactions with
    BEGIN IMMEDIATE, so nobody else can be writing either. Call it inside `atomic`.
    """
    PlanYear.objects.select_for_update(of=("self",)).get(pk=plan_year.pk)
    return PlanYear.objects.with_place().get(pk=plan_year.pk)


def strategic_year(plan: Plan) -> PlanYear:
    """The plan's first year: the one that carries the strategic stage."""
    return PlanYear.objects.with_place().get(plan=plan, year=plan.start_year)


def stage_kinds(plan_year: PlanYear) -> tuple[StageKind, ...]:
    """The stages of this year: the strategic one only in the plan's first."""
    return ORDER if plan_year.year == plan_year.plan.start_year else ORDER[1:]


def open_year(plan_year: PlanYear) -> None:
    """Create the stages of a new plan year, none begun. The caller has just created the year."""
    Stage.objects.bulk_create(
        Stage(plan_year=plan_year, kind=kind) for kind in stage_kinds(plan_year)
    )


def begin(plan_year: PlanYear, kind: StageKind, *, by: Actor) -> None:
    """Mark that a stage has content. The first content operation of a stage calls it."""
    stage = Stage.objects.get(plan_year=plan_year, kind=kind)
    if stage.status == StageStatus.NOT_STARTED:
        move(stage, BEGIN, by=by)


def move(
    stage: Stage,
    transition: Transition,
    *,
    by: Actor | ImportBatch,
    at: dt.datetime | None = None,
    comment: str = "",
    extra: snapshots.Snapshot | None = None,
) -> StageEvent:
    """Change the status of a stage whose year is locked, record it, freeze a Version.

    `extra` is content of later apps that the Version keeps too. A decision keeps the extra of the
    sending that it decides.
    """
    if stage.status not in transition.sources:
        raise Refused(
            f"No se puede {transition.verb}: {stage.get_kind_display()} está en estado "
            f"«{stage.state}»."
        )
    at = at or timezone.now()
    event = StageEvent.objects.create(
        stage=stage,
        transition=transition.name,
        from_status=stage.status,
        to_status=transition.target,
        **signature(by),
        at=at,
        comment=comment,
    )
    stage.status = transition.target
    _date(stage, transition, by=by, at=at)
    stage.save()
    plan_year = _place(stage)
    if transition.takes_version:
        freeze(plan_year, event, extra=extra if extra is not None else _last_extra(stage))
    return event


def _date(
    stage: Stage, transition: Transition, *, by: Actor | ImportBatch, at: dt.datetime
) -> None:
    """Keep dates and persons in step with the status, as the table's constraint asks."""
    if transition is SEND and isinstance(by, Actor):
        stage.sent_at, stage.sent_by = at, by.user
        stage.decided_at = stage.decided_by = stage.decided_in = None
    elif transition is WITHDRAW:
        stage.sent_at = stage.sent_by = None
    elif isinstance(by, ImportBatch):
        stage.decided_at, stage.decided_by, stage.decided_in = at, None, by
    elif transition in (RETURN, APPROVE):
        stage.decided_at, stage.decided_by = at, by.user


def _place(stage: Stage) -> PlanYear:
    """Write where the year stands now: its first stage not yet approved."""
    plan_year = PlanYear.objects.select_related("plan").get(pk=stage.plan_year_id)
    kind, status = standing(dict(plan_year.stages.values_list("kind", "status")))
    PlanYear.objects.filter(pk=plan_year.pk).update(
        stage_now=kind, status_now=status, is_begun=True
    )
    plan_year.stage_now, plan_year.status_now, plan_year.is_begun = kind, status, True
    return plan_year


def standing(statuses: dict[str, str]) -> tuple[StageKind, StageStatus]:
    """The first stage not yet approved and its status; Evaluación approved when all are."""
    for kind in ORDER:
        if kind in statuses and statuses[kind] != StageStatus.APPROVED:
            return kind, StageStatus(statuses[kind])
    return StageKind.EVALUATION, StageStatus.APPROVED


def freeze(
    plan_year: PlanYear, event: StageEvent, *, extra: snapshots.Snapshot | None = None
) -> Version:
    """Keep the year's tree as it is at this event, for ever."""
    text, sha256 = snapshots.canonical(snapshots.year_tree(plan_year, extra))
    PlanYear.objects.filter(pk=plan_year.pk).update(version_no=F("version_no") + 1)
    plan_year.refresh_from_db(fields=["version_no"])
    return Version.objects.create(
        plan_year=plan_year,
        event=event,
        number=plan_year.version_no,
        content=text,
        sha256=sha256,
        schema_no=snapshots.SCHEMA_NO,
        taken_at=event.at,
    )


def _last_extra(stage: Stage) -> snapshots.Snapshot:
    sending = (
        Version.objects.filter(event__stage=stage, event__transition=SEND.name)
        .order_by("-number")
        .first()
    )
    content = json.loads(sending.content) if sending else {}
    return {key: content[key] for key in ("reports", "evidence") if key in content}
