"""Actions, each written whole: its funding, milestones and means of verification with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.network.models import Membership
from mejora.plans import rules, workflow
from mejora.plans.drafts import ActionDraft, MilestoneDraft, RequirementDraft, shared_weights
from mejora.plans.enums import StageKind
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
    Funding,
    Milestone,
    Objective,
    PlanYear,
    Strategy,
)
from mejora.plans.operations import writing

PLAIN = (
    "name",
    "description",
    "area",
    "starts_on",
    "ends_on",
    "responsible_text",
    "responsible",
    "resources_needed",
    "program_text",
    "ate_provider",
    "ate_service",
    "is_disabled",
)


@transaction.atomic
def add(plan_year: PlanYear, draft: ActionDraft, *, by: Actor, reason: str = "") -> Action:
    """Add an action with its parts. Refuses what belongs to another plan, school or dimension;
    asks for a reason once the planning is approved."""
    plan_year = _opened(plan_year, by, reason)
    action = Action(plan_year=plan_year, number=next_number(plan_year))
    _write(action, draft, by=by)
    writing.recorded(action, None, by=by, reason=reason)
    return action


@transaction.atomic
def change(
    action: Action, draft: ActionDraft, *, by: Actor, revision: int, reason: str = ""
) -> Action:
    """Write the whole action again. What the draft leaves out of its parts goes to the bin."""
    plan_year = _opened(action.plan_year, by, reason)
    action = writing.living(writing.claim(action, revision))
    before = writing.snapshot(action)
    action.plan_year = plan_year
    _write(action, draft, by=by)
    writing.recorded(action, before, by=by, reason=reason)
    return action


def next_number(plan_year: PlanYear) -> int:
    last = Action.objects.live().filter(plan_year=plan_year).aggregate(n=Max("number"))["n"]
    return int(last or 0) + 1


def _opened(plan_year: PlanYear, by: Actor, reason: str) -> PlanYear:
    plan_year = workflow.locked(plan_year)
    at = rules.stages_of(plan_year)
    require(rules.can_write_action(by, at))
    if rules.is_changing_approved(at):
        if not reason.strip():
            raise Refused("La planificación ya está aprobada: escriba por qué cambia la acción.")
    else:
        workflow.begin(plan_year, StageKind.PLANNING, by=by)
    return plan_year


def _write(action: Action, draft: ActionDraft, *, by: Actor) -> None:
    _check_fit(action.plan_year, draft)
    for name in PLAIN:
        setattr(action, name, getattr(draft, name))
    action.strategy = draft.strategy
    action.objective = _objective(draft)
    if draft.says_total:
        action.imported_total = draft.imported_total
    if draft.responsible and not draft.responsible_text:
        action.responsible_text = draft.responsible.user.name
    action.full_clean(exclude=["uid"])
    action.save()
    action.subareas.set(draft.subareas)
    action.normative_plans.set(draft.normative_plans)
    _write_funding(action, draft)
    milestones = _write_milestones(action, draft.milestones, by)
    _write_requirements(action, draft.requirements, milestones, by)


def _objective(draft: ActionDraft) -> Objective:
    if draft.strategy:
        return draft.strategy.objective
    if draft.objective is None:
        raise Refused("Elija la estrategia a la que sirve la acción.")
    return draft.objective


def _check_fit(plan_year: PlanYear, draft: ActionDraft) -> None:
    """What no constraint of one row can hold: everything is of this plan, year and school."""
    if plan_year.plan.edition.has_strategies and draft.strategy is None:
        raise Refused("Elija la estrategia a la que sirve la acción.")
    strategies = Strategy.objects.live().filter(plan_year=plan_year)
    if draft.strategy and not strategies.filter(pk=draft.strategy.pk).exists():
        raise Refused("Esa estrategia es de otro año o está en la papelera.")
    objectives = Objective.objects.live().filter(plan=plan_year.plan_id)
    if draft.objective and not objectives.filter(pk=draft.objective.pk).exists():
        raise Refused("Ese objetivo es de otro plan o está en la papelera.")
    _check_catalogue(plan_year, draft)
    _check_people(plan_year, draft)


def _check_catalogue(plan_year: PlanYear, draft: ActionDraft) -> None:
    edition = plan_year.plan.edition
    if draft.area.edition_id != edition.pk or not draft.area.for_actions or draft.area.depth != 1:
        raise Refused("Elija una dimensión que admita acciones.")
    if any(sub.parent_id != draft.area.pk for sub in draft.subareas):
        raise Refused("Las subdimensiones deben ser de la dimensión elegida.")
    if any(t.edition_id != edition.pk for t in (*draft.normative_plans, *draft.funding)):
        raise Refused("Esa opción no es del marco de este plan.")


def _check_people(plan_year: PlanYear, draft: ActionDraft) -> None:
    people: list[Membership] = [p for m in draft.milestones for p in m.people]
    if draft.responsible:
        people.append(draft.responsible)
    if any(person.school_id != plan_year.school_id for person in people):
        raise Refused("Las personas a cargo deben ser de la escuela.")


def _write_funding(action: Action, draft: ActionDraft) -> None:
    Funding.objects.filter(action=action).exclude(source__in=list(draft.funding)).delete()
    for source, planned in draft.funding.items():
        Funding.objects.update_or_create(
            action=action, source=source, defaults={"planned": planned}
        )


def _write_milestones(
    action: Action, drafts: Iterable[MilestoneDraft], by: Actor
) -> list[Milestone]:
    """The milestones in the draft's order; those it leaves out go to the bin with their past."""
    drafts = list(drafts)
    weights = shared_weights([d.weight for d in drafts])
    known = {m.uid: m for m in Milestone.objects.filter(action=action)}
    written = []
    for order, (draft, weight) in enumerate(zip(drafts, weights, strict=True), start=1):
        milestone = _known(known, draft.uid) or Milestone(action=action)
        milestone.name, milestone.due_on = draft.name, draft.due_on
        milestone.weight, milestone.order = weight, order
        milestone.full_clean(exclude=["uid"])
        milestone.save()
        milestone.people.set(draft.people)
        written.append(milestone)
    _drop(known.values(), by)
    return written


def _write_requirements(
    action: Action,
    drafts: Iterable[RequirementDraft],
    milestones: list[Milestone],
    by: Actor,
) -> None:
    known = {r.uid: r for r in EvidenceRequirement.objects.filter(action=action)}
    for order, draft in enumerate(drafts, start=1):
        requirement = _known(known, draft.uid) or EvidenceRequirement(action=action)
        requirement.text, requirement.order = draft.text, order
        place = draft.milestone
        requirement.milestone = (
            milestones[place] if place is not None and place < len(milestones) else None
        )
        requirement.full_clean(exclude=["uid"])
        requirement.save()
    _drop(known.values(), by)


def _known(known: dict[UUID, Any], uid: UUID | None) -> Any:
    """Take the existing part out of `known`: what stays there was left out of the draft. One that
    somebody put in the bin meanwhile comes back, because this draft still has it."""
    if uid is None:
        return None
    if uid not in known:
        raise Refused("Una de las filas no es de esta acción. Vuelva a abrirla.")
    part = known.pop(uid)
    part.removed_at, part.removed_by, part.removed_reason = None, None, ""
    return part


def _drop(parts: Iterable[Milestone | EvidenceRequirement], by: Actor) -> None:
    for part in parts:
        if part.removed_at:
            continue
        part.removed_at, part.removed_by = timezone.now(), by.user
        part.removed_reason = "Quitado al modificar la acción"
        part.save()
