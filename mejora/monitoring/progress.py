"""How far an action is and how far it should be: percentages from milestones, or an interval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from mejora.frameworks.catalogue import Catalogue, TermItem
from mejora.plans.models import Milestone


class Timed(Protocol):
    """An action, or what was read of it for a page of many schools."""

    @property
    def starts_on(self) -> dt.date: ...
    @property
    def ends_on(self) -> dt.date: ...


class Weighed(Protocol):
    """A milestone, or what was read of it."""

    @property
    def weight(self) -> int: ...
    @property
    def due_on(self) -> dt.date | None: ...


def is_met(milestone: Milestone, until: dt.date) -> bool:
    return milestone.done_on is not None and milestone.done_on <= until


def percent(milestones: Iterable[Milestone], until: dt.date) -> int:
    """The weights of the milestones met by a day, added up and never over 100."""
    return min(100, sum(m.weight for m in milestones if is_met(m, until)))


def planned_percent(action: Timed, milestones: Iterable[Weighed], until: dt.date) -> int:
    """What the plan expected by a day (criterio de Mejora): the weights of the milestones due by
    then; without milestones, the share of the action's time that has gone by."""
    listed = list(milestones)
    if listed:
        return min(100, sum(m.weight for m in listed if m.due_on and m.due_on <= until))
    days = (action.ends_on - action.starts_on).days + 1
    gone = (until - action.starts_on).days + 1
    return max(0, min(100, 100 * gone // days))


def is_behind(level: TermItem | None, pct: int | None, planned: int) -> bool:
    """Surely below what was planned: an interval counts by its upper end."""
    if pct is not None:
        return pct < planned
    return level is not None and level.max is not None and level.max < planned


def is_up_to_date(level: TermItem | None, pct: int | None, planned: int) -> bool:
    """Not surely behind; an action that nobody reported is so only while nothing was expected."""
    if level is None and pct is None:
        return planned == 0
    return not is_behind(level, pct, planned)


def level_of(catalogue: Catalogue, pct: int) -> TermItem:
    return catalogue.level_for_pct(pct)
