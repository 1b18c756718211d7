"""Taking back what a file wrote in plans, told by its Changes: what nobody touched since goes back
to what it said before, what was added goes to the bin, and the rest stays and is named.

It is written by the ordinary operations, so that a stage that was sent or approved since stays as
it is, and the history tells the way back as any other change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from mejora.core import wording
from mejora.core.decisions import Conflict, Refused
from mejora.frameworks.models import Area, Term, TermKind
from mejora.network.access import Actor, actor_for
from mejora.network.models import ImportBatch, Membership
from mejora.people.models import User
from mejora.plans import snapshots, workflow
from mejora.plans.drafts import ActionDraft, MilestoneDraft, RequirementDraft
from mejora.plans.enums import Entity
from mejora.plans.models import (
    Action,
    Change,
    Goal,
    Indicator,
    Objective,
    PlanYear,
    Seal,
    Strategy,
)
from mejora.plans.operations import actions, annual, strategic
from mejora.plans.operations import bin as bins
from mejora.plans.recording import importing
from mejora.plans.snapshots import Snapshot

# From what others hang on to what hangs: back in this order, to the bin in the opposite one.
_MODELS: dict[Entity, Any] = {
    Entity.SEAL: Seal,
    Entity.OBJECTIVE: Objective,
    Entity.GOAL: Goal,
    Entity.STRATEGY: Strategy,
    Entity.INDICATOR: Indicator,
    Entity.ACTION: Action,
}
_ORDER = list(_MODELS)


@dataclass(slots=True)
class Written:
    """One thing as the batch found it and left it. `before` is None for what it added."""

    entity: Entity
    uid: str
    label: str
    before: Snapshot | None
    after: Snapshot | None


def undo(batch: ImportBatch, *, by: User | None) -> list[str]:
    """Take the batch's writing back, inside the caller's transaction. Gives a sentence for each
    thing that stays; raises `Refused` when nothing at all can be taken back."""
    actor = actor_for(by) if by else importing(batch, None)
    found = _written(batch)
    for plan_year in _years(batch):
        workflow.locked(plan_year)
    why = {thing.uid: _touched(thing) for thing in found}
    kept = [reason for reason in why.values() if reason]
    free = [thing for thing in found if not why[thing.uid]]
    reason = f"Se deshizo la carga {batch.file_name}"[:200]
    changed = [thing for thing in free if thing.before is not None]
    for thing in sorted(changed, key=lambda t: _ORDER.index(t.entity)):
        kept += _tried(thing, lambda t: _put_back(t, actor, reason))
    added = [thing for thing in free if thing.before is None]
    for thing in sorted(added, key=lambda t: -_ORDER.index(t.entity)):
        kept += _tried(thing, lambda t: _remove(t, actor, reason))
    if found and len(kept) == len(found):
        raise Refused(f"No se puede deshacer nada de esta carga. {kept[0]}")
    return kept


def _written(batch: ImportBatch) -> list[Written]:
    """Each thing once: its first `before` and its last `after`."""
    found: dict[tuple[str, str], Written] = {}
    changes = Change.objects.filter(batch=batch, entity__in=_ORDER).order_by("pk")
    for change in changes:
        key = (change.entity, str(change.entity_uid))
        if key in found:
            found[key].after = change.after
            continue
        found[key] = Written(
            Entity(change.entity), key[1], change.label, change.before, change.after
        )
    return list(found.values())


def _years(batch: ImportBatch) -> Iterable[PlanYear]:
    """The years of the plans that the batch wrote in, locked in one order."""
    plans = Change.objects.filter(batch=batch).values("plan")
    return PlanYear.objects.filter(plan__in=plans).order_by("pk")


def _thing(written: Written) -> Any:
    """Re-read, with its parts: what was done to other things may have changed it."""
    rows = _MODELS[written.entity].objects.filter(uid=written.uid)
    if written.entity is Entity.ACTION:
        rows = snapshots.actions_with_parts(rows)
    return rows.get()


def _touched(written: Written) -> str:
    """Why the thing must stay, or nothing."""
    if snapshots.OF[written.entity](_thing(written)) == written.after:
        return ""
    return f"{_named(written)}: alguien lo cambió después de esta carga, así que queda como está."


def _named(written: Written) -> str:
    return f"{written.entity.label} «{written.label[:90]}»"


def _tried(written: Written, write: Callable[[Written], None]) -> list[str]:
    try:
        write(written)
    except Conflict:
        return [f"{_named(written)}: otra persona lo está cambiando, así que queda como está."]
    except Refused as refusal:
        return [f"{_named(written)}: {refusal.reason}"]
    except ValidationError as error:
        return [f"{_named(written)}: {wording.sentence(error.messages)}"]
    return []


def _remove(written: Written, actor: Actor, reason: str) -> None:
    if actor.user.pk is None:
        raise Refused("quitar pide saber quién lo hace: deshaga la carga desde la pantalla.")
    thing = _thing(written)
    bins.remove(thing, by=actor, revision=thing.revision, reason=reason)


def _put_back(written: Written, actor: Actor, reason: str) -> None:
    before = written.before or {}
    thing = _thing(written)
    if thing.removed_at and not before.get("removed"):
        thing = bins.restore(thing, by=actor, revision=thing.revision)
        thing = _thing(written)
    now = snapshots.OF[written.entity](thing)
    if {k: v for k, v in now.items() if k != "number"} != before:
        _WRITERS[written.entity](thing, before, actor, reason)


def _one(model: Any, uid: str | None) -> Any:
    return model.objects.get(uid=uid) if uid else None


def _seal(thing: Seal, said: Snapshot, by: Actor, reason: str) -> None:
    strategic.change_seal(
        thing, by=by, revision=thing.revision, name=said["name"], text=said["text"]
    )


def _objective(thing: Objective, said: Snapshot, by: Actor, reason: str) -> None:
    edition = thing.plan.edition_id
    strategic.change_objective(
        thing,
        by=by,
        revision=thing.revision,
        text=said["text"],
        area=Area.objects.get(edition=edition, code=said["area"]) if said["area"] else None,
        seals=Seal.objects.filter(uid__in=said["seals"]),
    )


def _figures(said: Snapshot) -> dict[str, Decimal | None]:
    names = ("baseline", "target")
    return {name: Decimal(said[name]) if said[name] is not None else None for name in names}


def _goal(thing: Goal, said: Snapshot, by: Actor, reason: str) -> None:
    strategic.change_goal(
        thing,
        by=by,
        revision=thing.revision,
        text=said["text"],
        unit=said["unit"],
        due_year=said["due_year"],
        **_figures(said),
    )


def _strategy(thing: Strategy, said: Snapshot, by: Actor, reason: str) -> None:
    annual.change_strategy(
        thing,
        by=by,
        revision=thing.revision,
        objective=_one(Objective, said["objective"]),
        goal=_one(Goal, said["goal"]),
        text=said["text"],
    )


def _indicator(thing: Indicator, said: Snapshot, by: Actor, reason: str) -> None:
    annual.change_indicator(
        thing,
        by=by,
        revision=thing.revision,
        name=said["name"],
        description=said["description"],
        unit=said["unit"],
        direction=said["direction"],
        **_figures(said),
    )


def _action(thing: Action, said: Snapshot, by: Actor, reason: str) -> None:
    actions.change(
        thing, draft_of(said, thing.plan_year), by=by, revision=thing.revision, reason=reason
    )


_WRITERS: dict[Entity, Callable[[Any, Snapshot, Actor, str], None]] = {
    Entity.SEAL: _seal,
    Entity.OBJECTIVE: _objective,
    Entity.GOAL: _goal,
    Entity.STRATEGY: _strategy,
    Entity.INDICATOR: _indicator,
    Entity.ACTION: _action,
}
_PLAIN = (
    "name", "description", "responsible_text", "resources_needed", "program_text", "ate_provider",
    "ate_service", "is_disabled",
)  # fmt: skip


def draft_of(said: Snapshot, plan_year: PlanYear) -> ActionDraft:
    """The action that a snapshot tells, as its form would send it."""
    edition = plan_year.plan.edition_id
    areas = {a.code: a for a in Area.objects.filter(edition=edition)}
    terms = {(t.kind, t.code): t for t in Term.objects.filter(edition=edition)}
    people = {m.pk: m for m in Membership.objects.filter(school=plan_year.school_id)}
    milestones = [m for m in said["milestones"] if not m.get("removed")]
    places = {m["uid"]: place for place, m in enumerate(milestones)}
    return ActionDraft(
        **{name: said[name] for name in _PLAIN},
        area=areas[said["area"]],
        starts_on=dt.date.fromisoformat(said["starts_on"]),
        ends_on=dt.date.fromisoformat(said["ends_on"]),
        strategy=_one(Strategy, said["strategy"]),
        objective=None if said["strategy"] else _one(Objective, said["objective"]),
        subareas=[areas[code] for code in said["subareas"]],
        normative_plans=[terms[TermKind.NORMATIVE_PLAN, c] for c in said["normative_plans"]],
        responsible=people.get(said["responsible"]),
        funding={terms[TermKind.FUNDING, code]: n for code, n in said["funding"].items()},
        milestones=[_milestone(part, people) for part in milestones],
        requirements=[
            RequirementDraft(
                r["text"],
                UUID(r["uid"]),
                places.get(r["milestone"]),
            )
            for r in said["requirements"]
            if not r.get("removed")
        ],
        says_total=True,
        imported_total=said["imported_total"],
    )


def _milestone(said: Snapshot, people: dict[int, Membership]) -> MilestoneDraft:
    return MilestoneDraft(
        said["name"],
        UUID(said["uid"]),
        dt.date.fromisoformat(said["due_on"]) if said["due_on"] else None,
        said["weight"],
        [people[pk] for pk in said["people"] if pk in people],
    )
