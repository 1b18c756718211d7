"""A Version read back: the year as it stood, from its own content and not from today's rows."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from mejora.frameworks import catalogue
from mejora.frameworks.models import TermKind
from mejora.network.models import Membership
from mejora.plans.models import Version


@dataclass(slots=True)
class Old:
    """One thing of the tree: what was written, and what hung from it."""

    uid: str
    said: dict[str, Any]
    goals: list[Old] = field(default_factory=list)
    strategies: list[Old] = field(default_factory=list)
    indicators: list[Old] = field(default_factory=list)
    actions: list[Old] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """`is_intact`: the content still has the hash that it had when it was taken."""

    plan: dict[str, Any]
    seals: list[Old]
    objectives: list[Old]
    action_count: int
    total: int
    is_intact: bool


def read(version: Version) -> Reading:
    tree = json.loads(version.content)
    words = _Words(version)
    kinds = {
        kind: {uid: Old(uid, said) for uid, said in _in_order(tree.get(kind, {}))}
        for kind in ("seals", "objectives", "goals", "strategies", "indicators", "actions")
    }
    for goal in kinds["goals"].values():
        _under(kinds["objectives"], goal.said["objective"], "goals", goal)
    for strategy in kinds["strategies"].values():
        _under(kinds["objectives"], strategy.said["objective"], "strategies", strategy)
    for indicator in kinds["indicators"].values():
        _under(kinds["strategies"], indicator.said["strategy"], "indicators", indicator)
    total = 0
    for action in kinds["actions"].values():
        action.said = words.told(action.said)
        total += action.said["total"]
        above = action.said["strategy"]
        place = kinds["strategies"] if above else kinds["objectives"]
        _under(place, above or action.said["objective"], "actions", action)
    for objective in kinds["objectives"].values():
        uids = objective.said.get("seals", [])
        objective.said["seal_names"] = [
            kinds["seals"][u].said["name"] for u in uids if u in kinds["seals"]
        ]
    return Reading(
        plan=tree["plan"],
        seals=list(kinds["seals"].values()),
        objectives=list(kinds["objectives"].values()),
        action_count=len(kinds["actions"]),
        total=total,
        is_intact=hashlib.sha256(version.content.encode()).hexdigest() == version.sha256,
    )


def _in_order(things: dict[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return sorted(things.items(), key=lambda item: item[1].get("number") or item[1]["order"])


def _under(places: dict[str, Old], uid: str | None, name: str, thing: Old) -> None:
    if uid in places:
        getattr(places[uid], name).append(thing)


class _Words:
    """Codes, keys and ISO dates of an action as people read them."""

    def __init__(self, version: Version) -> None:
        self.year = version.plan_year.year
        self.book = catalogue.of_edition(version.plan_year.plan.edition_id)
        self.people = self._named(version)

    @staticmethod
    def _named(version: Version) -> dict[int, str]:
        """A version from another installation brings its names: its keys are not those of here."""
        if version.people is not None:
            return {int(key): name for key, name in version.people.items()}
        people = Membership.objects.filter(school=version.plan_year.school_id)
        return dict(people.values_list("pk", "user__name"))

    def told(self, said: dict[str, Any]) -> dict[str, Any]:
        return {
            **said,
            "area": self.book.area_by_code(said["area"]).label(self.year),
            "subareas": [self.book.area_by_code(c).label(self.year) for c in said["subareas"]],
            "normative_plans": [
                self.book.term_by_code(TermKind.NORMATIVE_PLAN, c).label(self.year)
                for c in said["normative_plans"]
            ],
            "starts_on": dt.date.fromisoformat(said["starts_on"]),
            "ends_on": dt.date.fromisoformat(said["ends_on"]),
            "who": said["responsible_text"] or self.people.get(said["responsible"] or 0, ""),
            "funding": [
                (self.book.term_by_code(TermKind.FUNDING, code).label(self.year), planned)
                for code, planned in said["funding"].items()
            ],
            "total": sum(said["funding"].values()),
            "milestones": [self._milestone(m) for m in said["milestones"] if not m.get("removed")],
            "requirements": [r for r in said["requirements"] if not r.get("removed")],
        }

    def _milestone(self, said: dict[str, Any]) -> dict[str, Any]:
        due = said["due_on"]
        return {
            **said,
            "due_on": dt.date.fromisoformat(due) if due else None,
            "people": [self.people.get(pk, "") for pk in said["people"]],
        }
