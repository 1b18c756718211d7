"""Assistances: programmed, changed, aligned with the PAM, carried out or cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mejora.assistance import rules
from mejora.assistance.enums import Activity, AssistanceState, NeedState
from mejora.assistance.models import (
    AlignmentLine,
    AlignmentReview,
    Assistance,
    Cycle,
    Improvement,
    Inclusion,
    Need,
    PamAction,
)
from mejora.assistance.operations.cycles import closed
from mejora.assistance.reading import Whole
from mejora.assistance.recording import added, changed, locked, recorded
from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.network.models import School
from mejora.support import recording as support
from mejora.support.enums import Approach, SupportKind, SupportStage, SupportStatus
from mejora.support.models import SupportPlan, SupportPlanSchool
from mejora.support.operations.writing import change as change_plan

Fields = Mapping[str, Any]
# What the support plan under an assistance says; the rest is the assistance's own.
OF_PLAN = ("name", "starts_on", "ends_on")


@dataclass(frozen=True, slots=True)
class Programme:
    """What one form says of an assistance: its own fields, its schools, the needs it serves."""

    fields: Fields
    schools: Iterable[School]
    needs: Iterable[Need] = ()


@transaction.atomic
def programme(cycle: Cycle, said: Programme, *, by: Actor) -> Assistance:
    """A new assistance. Once the strategy is aligned, only one that names its PAM action and
    lacks nothing, so that G3 and G4 go on holding."""
    whole = Whole(locked(cycle))
    require(rules.can_write(by, whole, Assistance))
    schools = _included(whole, said.schools)
    plan = SupportPlan(
        kind=SupportKind.AT,
        owner=whole.cycle.owner,
        year=cycle.year,
        approach=Approach.NETWORK if len(schools) > 1 else Approach.DIRECT,
        stage=SupportStage.PLANNING,
        **_part(said.fields, of_plan=True),
    )
    plan.full_clean(exclude=["uid"])
    plan.save()
    _place(plan, whole, schools)
    support.recorded(plan, None, by=by)
    assistance = added(
        Assistance(cycle=whole.cycle, plan=plan, **_part(said.fields, of_plan=False)), by=by
    )
    _serve(assistance, said.needs, by=by)
    _still_aligned(whole, assistance)
    return assistance


@transaction.atomic
def change(assistance: Assistance, revision: int, said: Programme, *, by: Actor) -> Assistance:
    """Other dates are a reprogramming: what it said before stays in the history."""
    whole = Whole(locked(assistance.cycle))
    require(rules.can_write(by, whole, Assistance))
    if assistance.is_over:
        raise Refused("Esta asistencia ya terminó.")
    schools = _included(whole, said.schools)
    assistance = changed(assistance, revision, _part(said.fields, of_plan=False), by=by)
    plan = assistance.plan
    before = support.snapshot(plan)
    for name, value in _part(said.fields, of_plan=True).items():
        setattr(plan, name, value)
    plan.revision += 1
    plan.full_clean(exclude=["uid"])
    plan.save()
    _place(plan, whole, schools)
    support.recorded(plan, before, by=by)
    _serve(assistance, said.needs, by=by)
    _still_aligned(whole, assistance)
    return assistance


def _part(fields: Fields, *, of_plan: bool) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if (name in OF_PLAN) is of_plan}


def _included(whole: Whole, schools: Iterable[School]) -> list[School]:
    """Only schools that the strategy includes receive an assistance."""
    wanted = list(schools)
    classes = {i.school_id: i for i in whole.inclusions}
    for school in wanted:
        inclusion = classes.get(school.pk)
        if inclusion is None or not inclusion.klass:
            raise Refused(f"{school} no está incluido: clasifíquelo antes.")
    if not wanted:
        raise Refused("Elija al menos un establecimiento.")
    return wanted


def _place(plan: SupportPlan, whole: Whole, schools: list[School]) -> None:
    classes: dict[int, Inclusion] = {i.school_id: i for i in whole.inclusions}
    met = plan.sessions.filter(removed_at__isnull=True, places__isnull=False)
    gone = plan.places.exclude(school__in=schools)
    if met.filter(places__school__in=gone.values("school")).exists():
        raise Refused("No se puede quitar un establecimiento que ya tuvo sesiones.")
    gone.delete()
    there = set(plan.places.values_list("school", flat=True))
    SupportPlanSchool.objects.bulk_create(
        SupportPlanSchool(
            plan=plan,
            school=school,
            coverage=classes[school.pk].klass,
            reason=classes[school.pk].reason,
        )
        for school in schools
        if school.pk not in there
    )


def _serve(assistance: Assistance, needs: Iterable[Need], *, by: Actor) -> None:
    """The needs that this assistance serves; one that it no longer serves is open again."""
    wanted = {need.pk for need in needs}
    for need in Need.objects.live().filter(assistance=assistance).exclude(pk__in=wanted):
        changed(need, need.revision, {"state": NeedState.OPEN, "assistance": None}, by=by)
    rows = Need.objects.live().filter(cycle=assistance.cycle, pk__in=wanted)
    for need in rows.exclude(assistance=assistance):
        said = {"state": NeedState.INCLUDED, "assistance": assistance}
        changed(need, need.revision, said, by=by)


def _still_aligned(whole: Whole, assistance: Assistance) -> None:
    if Activity.ALIGNMENT not in whole.closings:
        return
    if assistance.pam_action is None:
        raise Refused("G4: diga con qué acción del PAM está alineada.")
    lacking = [
        name for name in ("responsible", "method", "resources") if not getattr(assistance, name)
    ]
    if lacking:
        raise Refused("G3: faltan responsable, método de trabajo o recursos.")


@transaction.atomic
def align(
    assistance: Assistance, revision: int, pam_action: PamAction | None, *, by: Actor
) -> Assistance:
    """Say which PAM action contains the assistance."""
    whole = Whole(locked(assistance.cycle))
    require(rules.can_write(by, whole, Assistance))
    assistance = changed(assistance, revision, {"pam_action": pam_action}, by=by)
    _still_aligned(whole, assistance)
    return assistance


@transaction.atomic
def review_alignment(
    cycle: Cycle, *, on: dt.date, note: str, improvement: Fields, by: Actor
) -> AlignmentReview:
    """Record G4. All aligned closes activity 4; otherwise an acción de mejoramiento is opened,
    with the responsible and the date that `improvement` says, and the cycle stays."""
    whole = Whole(locked(cycle))
    require(rules.can_review_alignment(by, whole))
    unaligned = [a for a in whole.in_force if a.pam_action_id is None]
    number = (whole.review.number if whole.review else 0) + 1
    review = AlignmentReview(
        cycle=whole.cycle, number=number, on=on, by=by.user, is_aligned=not unaligned, note=note
    )
    review.full_clean(exclude=["uid"])
    review.save()
    AlignmentLine.objects.bulk_create(
        AlignmentLine(review=review, assistance=a, pam_action=a.pam_action) for a in whole.in_force
    )
    recorded(review, None, by=by)
    if unaligned:
        names = "; ".join(str(a) for a in unaligned)
        text = improvement.get("text") or f"Alinear con el PAM: {names}"
        responsible, due_on = improvement.get("responsible"), improvement.get("due_on")
        if not responsible or not due_on:
            raise Refused(
                "No todo está en el PAM: diga quién responde por la acción de mejoramiento y para "
                "cuándo."
            )
        row = Improvement(
            cycle=whole.cycle, review=review, text=text, responsible=responsible, due_on=due_on
        )
        added(row, by=by)
    else:
        closed(whole.cycle, Activity.ALIGNMENT, by=by)
    return review


@transaction.atomic
def finish_improvement(
    improvement: Improvement, revision: int, *, done_on: dt.date, result: str, by: Actor
) -> Improvement:
    whole = Whole(locked(improvement.cycle))
    require(rules.can_write(by, whole, Improvement))
    return changed(improvement, revision, {"done_on": done_on, "result": result}, by=by)


@transaction.atomic
def begin(assistance: Assistance, *, by: Actor) -> Assistance:
    whole = Whole(locked(assistance.cycle))
    require(rules.can_carry(by, whole, assistance))
    if assistance.state == AssistanceState.RUNNING:
        return assistance
    return changed(assistance, assistance.revision, {"state": AssistanceState.RUNNING}, by=by)


@transaction.atomic
def finish(
    assistance: Assistance, revision: int, *, on: dt.date, note: str = "", by: Actor
) -> Assistance:
    """Carried out. Its support plan closes with it."""
    whole = Whole(locked(assistance.cycle))
    require(rules.can_carry(by, whole, assistance))
    said = {"state": AssistanceState.DONE, "finished_on": on, "reason": note}
    return _over(assistance, revision, said, by=by)


@transaction.atomic
def cancel(
    assistance: Assistance, revision: int, *, on: dt.date, reason: str, by: Actor
) -> Assistance:
    """Not carried out, and why; its needs are open again. The leader decides it."""
    whole = Whole(locked(assistance.cycle))
    require(rules.can_write(by, whole, Assistance))
    if assistance.is_over:
        raise Refused("Esta asistencia ya terminó.")
    if not reason.strip():
        raise Refused("Escriba por qué se cancela.")
    _serve(assistance, (), by=by)
    said = {"state": AssistanceState.CANCELLED, "finished_on": on, "reason": reason.strip()}
    return _over(assistance, revision, said, by=by)


def _over(assistance: Assistance, revision: int, said: Fields, *, by: Actor) -> Assistance:
    assistance = changed(assistance, revision, said, by=by)
    plan = assistance.plan
    change_plan(plan, plan.revision, {"status": SupportStatus.CLOSED}, by=by)
    return assistance
