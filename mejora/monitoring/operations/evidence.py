"""Filing evidence, taking it away, bringing it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from mejora.core.decisions import Decision, Refused, require
from mejora.files import checking, storing
from mejora.files.models import StoredFile
from mejora.monitoring import rules, snapshots
from mejora.monitoring.models import EvidenceUse
from mejora.network.access import Actor
from mejora.network.models import School
from mejora.plans import workflow
from mejora.plans.enums import Entity, StageKind
from mejora.plans.models import Action, EvidenceRequirement, Milestone
from mejora.plans.recording import record
from mejora.plans.rules import Stages, stages_of
from mejora.plans.snapshots import Snapshot


def space_of(school: School) -> str:
    """The same file is recognised within a school and never across schools."""
    return f"school:{school.uid}"


def add_evidence(
    action: Action,
    upload: File[Any],
    *,
    by: Actor,
    shows_people: bool,
    milestone: Milestone | None = None,
    requirement: EvidenceRequirement | None = None,
    uid: UUID | None = None,
) -> tuple[EvidenceUse, bool]:
    """File `upload` as evidence of an action; also whether the action already had that very file.

    Refuses what the file check refuses (NotAccepted) and parts of another action. Filing the same
    content again, or again under the same `uid` (a phone that tries twice), changes nothing.
    Not atomic as a whole: the file is looked at and stored before the transaction begins, so that
    nobody waits for it; without its row it cannot be reached and is removed.
    """
    school = action.plan_year.school
    require(rules.can_report(by, stages_of(action.plan_year), action))
    checked = checking.check(upload)
    with storing.keeping(checked, space=space_of(school)) as kept, transaction.atomic():
        at = stages_of(workflow.locked(action.plan_year))
        require(rules.can_report(by, at, action))
        file = storing.enter(kept, by=by.user, may_hold_personal_data=shows_people)
        use = EvidenceUse.objects.live().filter(file=file, action=action).first()
        if use:
            return use, True
        workflow.begin(at.plan_year, StageKind.IMPLEMENTATION, by=by)
        return _use(action, file, milestone, requirement, at, by=by, uid=uid), False


def _use(
    action: Action,
    file: StoredFile,
    milestone: Milestone | None,
    requirement: EvidenceRequirement | None,
    at: Stages,
    *,
    by: Actor,
    uid: UUID | None,
) -> EvidenceUse:
    milestone = milestone or (requirement.milestone if requirement else None)
    if any(part and part.action_id != action.pk for part in (milestone, requirement)):
        raise Refused("Ese hito o medio de verificación es de otra acción.")
    use = EvidenceUse(
        file=file,
        action=action,
        milestone=milestone,
        requirement=requirement,
        by=by.user,
        at=timezone.now(),
        **({"uid": uid} if uid else {}),
    )
    use.full_clean(exclude=["uid"])
    use.save()
    _record(use, None, at, by=by)
    return use


def _record(use: EvidenceUse, before: Snapshot | None, at: Stages, *, by: Actor) -> None:
    record(
        at.plan_year.plan,
        Entity.EVIDENCE,
        use.uid,
        use.file.original_name,
        before=before,
        after=snapshots.evidence(use),
        by=by,
        plan_year=at.plan_year,
    )


@transaction.atomic
def link_evidence(
    use: EvidenceUse,
    *,
    by: Actor,
    milestone: Milestone | None,
    requirement: EvidenceRequirement | None,
    shows_people: bool,
) -> EvidenceUse:
    """Say what a filed evidence proves, or that it shows people (which is never taken back)."""
    at, use, before = _opened(use, by, rules.can_remove_evidence)
    if any(part and part.action_id != use.action_id for part in (milestone, requirement)):
        raise Refused("Ese hito o medio de verificación es de otra acción.")
    use.milestone = milestone or (requirement.milestone if requirement else None)
    use.requirement = requirement
    use.save()
    if shows_people:
        storing.say_it_shows_people(use.file)
    _record(use, before, at, by=by)
    return use


@transaction.atomic
def remove_evidence(use: EvidenceUse, *, by: Actor, reason: str = "") -> EvidenceUse:
    """Into the bin; the file stays stored and `restore_evidence` brings it back."""
    at, use, before = _opened(use, by, rules.can_remove_evidence)
    if use.removed_at:
        raise Refused("La evidencia ya está en la papelera.")
    use.removed_at, use.removed_by = timezone.now(), by.user
    use.removed_reason = reason.strip()[:200]
    use.save()
    _record(use, before, at, by=by)
    return use


@transaction.atomic
def restore_evidence(use: EvidenceUse, *, by: Actor) -> EvidenceUse:
    """Refuses where the same file was filed again meanwhile."""
    at, use, before = _opened(use, by, rules.can_remove_evidence)
    if not use.removed_at:
        raise Refused("La evidencia no está en la papelera.")
    if EvidenceUse.objects.live().filter(file=use.file_id, action=use.action_id).exists():
        raise Refused("Ese archivo ya es de nuevo evidencia de esta acción.")
    use.removed_at = use.removed_by = None
    use.removed_reason = ""
    use.save()
    _record(use, before, at, by=by)
    return use


def _opened(
    use: EvidenceUse, by: Actor, rule: Callable[[Actor, Stages, EvidenceUse], Decision]
) -> tuple[Stages, EvidenceUse, Snapshot]:
    at = stages_of(workflow.locked(use.action.plan_year))
    found = snapshots.evidence_with_parts(EvidenceUse.objects.all()).get(pk=use.pk)
    require(rule(by, at, found))
    return at, found, snapshots.evidence(found)
