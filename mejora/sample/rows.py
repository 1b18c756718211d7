"""Rows kept in memory until they are written together, in an order that keys allow."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVar

from django.db import models

from mejora.files.models import StoredFile
from mejora.monitoring.models import EvidenceUse, MonitoringPlan, Period, ProgressReport
from mejora.network.colombia import SaberResult, Site
from mejora.network.models import Membership, School, SchoolCode, SchoolYear, SlepTerritory
from mejora.people.models import User
from mejora.plans.assessment import CriticalFactor, Judgement, SelfAssessment
from mejora.plans.models import (
    Action,
    Change,
    EvidenceRequirement,
    Funding,
    Goal,
    Indicator,
    Milestone,
    Objective,
    Plan,
    PlanYear,
    Reading,
    Seal,
    Stage,
    StageEvent,
    Strategy,
    Version,
)

M = TypeVar("M", bound=models.Model)

ORDER: tuple[type[models.Model], ...] = (
    User,
    StoredFile,
    SlepTerritory,
    School,
    SchoolCode,
    SchoolYear,
    Site,
    SaberResult,
    Membership,
    Plan,
    PlanYear,
    Seal,
    SelfAssessment,
    Judgement,
    CriticalFactor,
    Objective,
    Objective.seals.through,
    Objective.factors.through,
    Goal,
    Strategy,
    Indicator,
    Reading,
    Action,
    Action.subareas.through,
    Action.normative_plans.through,
    Funding,
    Milestone,
    Milestone.people.through,
    EvidenceRequirement,
    MonitoringPlan,
    Period,
    ProgressReport,
    EvidenceUse,
    Stage,
    StageEvent,
    Version,
    Change,
)


class Rows:
    """`add` while building, `write` at the end; what was written is counted."""

    def __init__(self) -> None:
        self._waiting: dict[type[models.Model], list[Any]] = {}
        self.written: Counter[type[models.Model]] = Counter()

    def add(self, row: M) -> M:
        self._waiting.setdefault(type(row), []).append(row)
        return row

    def write(self) -> None:
        """Those that point at others come after them; Django copies the keys just given."""
        for model in ORDER:
            waiting = self._waiting.pop(model, [])
            model._default_manager.bulk_create(waiting)
            self.written[model] += len(waiting)
        if self._waiting:
            raise ValueError(f"No order for {sorted(m.__name__ for m in self._waiting)}")


def figure(count: int) -> str:
    """8920 as people write it here: 8.920."""
    return f"{count:,}".replace(",", ".")


def attach(thing: models.Model, **parts: list[Any]) -> None:
    """Let `thing.parts.all()` answer from memory, as after `prefetch_related`, so that snapshots
    of rows just written need no reading."""
    vars(thing).setdefault("_prefetched_objects_cache", {}).update(parts)
