"""Where the thing stands that a change is about: the page that a piece of news leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from mejora.monitoring.models import Period
from mejora.network.models import School
from mejora.plans.enums import Entity
from mejora.plans.models import Change, Milestone
from mejora.plans.snapshots import Snapshot


def year_of(change: Change) -> int:
    """The year on whose pages the change stands; what is of the whole plan, its first."""
    return change.plan_year.year if change.plan_year else change.plan.start_year


class Places:
    """The addresses of what some changes of a school are about: two queries for all of them."""

    def __init__(self, school: School, changes: Iterable[Change]) -> None:
        self.code = school.code
        found = list(changes)
        marked = [c.entity_uid for c in found if c.entity == Entity.MILESTONE_DONE]
        reported = {c.plan_year_id for c in found if c.entity == Entity.REPORT}
        self._actions: dict[UUID, UUID] = (
            dict(Milestone.objects.filter(uid__in=marked).values_list("uid", "action__uid"))
            if marked
            else {}
        )
        self._periods = {
            (period.plan_year_id, period.starts_on.isoformat()): period
            for period in (Period.objects.filter(plan_year__in=reported) if reported else ())
        }

    def of(self, change: Change) -> str:
        """The page of the thing; what was removed is in the bin."""
        said = change.after or change.before or {}
        if "removed" in said and change.entity != Entity.EVIDENCE:
            return self._at("plans:bin", change)
        ask = _PAGES.get(Entity(change.entity))
        return ask(self, change, said) if ask else self._at("plans:detail", change)

    def _at(self, name: str, change: Change, *more: object) -> str:
        return reverse(name, args=(self.code, year_of(change), *more))

    def _in_chain(self, change: Change, letter: str) -> str:
        return f"{self._at('plans:detail', change)}#{letter}-{change.entity_uid}"

    def _report(self, change: Change, said: Snapshot) -> str:
        period = self._periods.get((change.plan_year_id or 0, said["period"]))
        if period is None:
            return self._at("monitoring:action", change, said["action"])
        return self._at("monitoring:row", change, period, said["action"])

    def _milestone(self, change: Change, said: Snapshot) -> str:
        action = self._actions.get(change.entity_uid)
        name = "plans:action" if action else "plans:detail"
        return self._at(name, change, *([action] if action else []))


_PAGES: Mapping[Entity, Callable[[Places, Change, Any], str]] = {
    Entity.OBJECTIVE: lambda places, change, _: places._in_chain(change, "o"),
    Entity.GOAL: lambda places, change, _: places._in_chain(change, "g"),
    Entity.STRATEGY: lambda places, change, _: places._in_chain(change, "s"),
    Entity.INDICATOR: lambda places, change, _: places._at(
        "plans:indicator_edit", change, change.entity_uid
    ),
    Entity.READING: lambda places, change, said: places._at(
        "plans:indicator_edit", change, said["indicator"]
    ),
    Entity.ACTION: lambda places, change, _: places._at("plans:action", change, change.entity_uid),
    Entity.MILESTONE_DONE: Places._milestone,
    Entity.MONITORING_PLAN: lambda places, change, _: places._at("monitoring:frequency", change),
    Entity.REPORT: Places._report,
    Entity.EVIDENCE: lambda places, change, said: places._at(
        "monitoring:evidence", change, said["action"]
    ),
}
