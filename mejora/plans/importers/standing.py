"""What Mejora has of a plan year, in the terms of files: what each thing says, by its uid.

`said` is JSON: other things by their uid, days in ISO, decimals as plain text, money per source.
Two equal `said` are the same to whoever edits a file, so it is what is compared and what a
fingerprint is made of.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from mejora.plans import snapshots
from mejora.plans.importers.workbook_shape import MAX_TEXT, MONEY, Part
from mejora.plans.models import Action, Goal, Indicator, Objective, PlanYear, Seal, Strategy

Said = dict[str, Any]
# What has no place in a cell: control characters, halves of pairs, the two non-characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RETURNS = re.compile("\r\n?")


def plain(text: str) -> str:
    """Text as a cell gives it back: no spaces around it, one kind of line break."""
    return _UNWRITABLE.sub("", _RETURNS.sub("\n", text)).strip()[:MAX_TEXT].strip()


def number(value: Decimal | float | None) -> str | None:
    """ "3.5" for 3.50; None stays None."""
    if value is None:
        return None
    exact = Decimal(str(value)).quantize(Decimal("0.01")).normalize()
    return format(exact + 0 if exact else Decimal(0), "f")


def _day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


def _uid(thing: Any) -> str | None:
    return str(thing.uid) if thing else None


def seal(thing: Seal) -> Said:
    return {"name": plain(thing.name), "text": plain(thing.text)}


def objective(thing: Objective) -> Said:
    return {
        "text": plain(thing.text),
        "area": thing.area.code if thing.area else None,
        "seals": sorted(str(s.uid) for s in thing.seals.all() if not s.removed_at),
    }


def goal(thing: Goal) -> Said:
    return {
        "objective": _uid(thing.objective),
        "text": plain(thing.text),
        "baseline": number(thing.baseline),
        "target": number(thing.target),
        "unit": plain(thing.unit),
        "due_year": thing.due_year,
    }


def strategy(thing: Strategy) -> Said:
    return {
        "objective": _uid(thing.objective),
        "goal": _uid(thing.goal),
        "text": plain(thing.text),
    }


def indicator(thing: Indicator) -> Said:
    return {
        "strategy": _uid(thing.strategy),
        "name": plain(thing.name),
        "description": plain(thing.description),
        "unit": plain(thing.unit),
        "direction": thing.direction,
        "baseline": number(thing.baseline),
        "target": number(thing.target),
    }


_ACTION_TEXTS = (
    "name", "description", "responsible_text", "resources_needed", "program_text", "ate_provider",
    "ate_service",
)  # fmt: skip


def action(thing: Action) -> Said:
    return {
        "strategy": _uid(thing.strategy),
        **{name: plain(getattr(thing, name)) for name in _ACTION_TEXTS},
        "area": thing.area.code,
        "subareas": sorted(a.code for a in thing.subareas.all()),
        "starts_on": _day(thing.starts_on),
        "ends_on": _day(thing.ends_on),
        "normative_plans": sorted(t.code for t in thing.normative_plans.all()),
        "is_disabled": thing.is_disabled,
        "imported_total": thing.imported_total,
        **{f"{MONEY}{f.source.code}": f.planned for f in thing.fundings.all() if f.planned},
    }


def milestone(thing: Any) -> Said:
    return {
        "action": _uid(thing.action),
        "name": plain(thing.name),
        "due_on": _day(thing.due_on),
        "weight": thing.weight,
    }


def requirement(thing: Any) -> Said:
    place = thing.milestone
    return {
        "action": _uid(thing.action),
        "milestone": _uid(place) if place and not place.removed_at else None,
        "text": plain(thing.text),
    }


_SAY: dict[Part, Callable[[Any], Said]] = {
    Part.SEAL: seal,
    Part.OBJECTIVE: objective,
    Part.GOAL: goal,
    Part.STRATEGY: strategy,
    Part.INDICATOR: indicator,
    Part.ACTION: action,
    Part.MILESTONE: milestone,
    Part.REQUIREMENT: requirement,
}


def revision_of(thing: Any) -> int | None:
    """The writing at which a thing stands; milestones and means of verification stand at their
    action's. None for what there is not yet."""
    if thing is None:
        return None
    found: int = thing.revision if hasattr(thing, "revision") else thing.action.revision
    return found


def fingerprint(said: Mapping[str, Any]) -> str:
    """Ten digits that differ when what is said differs. What is empty says nothing."""
    full = {name: value for name, value in said.items() if value not in (None, "", [], False)}
    text = json.dumps(full, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


class Standing:
    """The living things of a plan and of one of its years, each kind in its order. Ten queries."""

    def __init__(self, plan_year: PlanYear) -> None:
        self.plan_year = plan_year
        plan = plan_year.plan_id
        things: dict[Part, Iterable[Any]] = {
            Part.SEAL: Seal.objects.live().filter(plan=plan),
            Part.OBJECTIVE: Objective.objects.live()
            .filter(plan=plan)
            .select_related("area", "plan")
            .prefetch_related("seals"),
            Part.GOAL: Goal.objects.live().filter(objective__plan=plan).select_related("objective"),
            Part.STRATEGY: Strategy.objects.live()
            .filter(plan_year=plan_year)
            .select_related("objective", "goal"),
            Part.INDICATOR: Indicator.objects.live()
            .filter(strategy__plan_year=plan_year)
            .select_related("strategy"),
            Part.ACTION: snapshots.actions_with_parts(
                Action.objects.live().filter(plan_year=plan_year)
            ),
        }
        self.things: dict[Part, dict[str, Any]] = {
            part: {str(thing.uid): thing for thing in rows} for part, rows in things.items()
        }
        actions = self.things[Part.ACTION].values()
        self.things[Part.MILESTONE] = _parts(actions, "milestones")
        self.things[Part.REQUIREMENT] = _parts(actions, "requirements")
        self.said: dict[Part, dict[str, Said]] = {
            part: {uid: _SAY[part](thing) for uid, thing in found.items()}
            for part, found in self.things.items()
        }

    def thing(self, part: Part, uid: str) -> Any:
        return self.things[part].get(uid)


def _parts(actions: Iterable[Action], name: str) -> dict[str, Any]:
    """The living milestones or requirements, in the order of their actions. They know the action
    without a query."""
    found = {}
    for action_ in actions:
        rows = [part for part in getattr(action_, name).all() if not part.removed_at]
        for part in sorted(rows, key=lambda part: (part.order, part.pk)):
            part.action = action_
            found[str(part.uid)] = part
    return found
