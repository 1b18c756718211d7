"""The rows of one school's year as the database takes them, table by table, in the order in which
keys allow to write them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from mejora.monitoring.models import Period, ProgressReport
from mejora.network.importers import bulk
from mejora.plans.models import (
    Action,
    Change,
    Funding,
    Objective,
    Plan,
    PlanYear,
    Stage,
    StageEvent,
    Strategy,
    Version,
)

Row = tuple[Any, ...]
Columns = tuple[str, ...]

# Who points at whom goes after it. What is not named here holds its default.
ORDER: tuple[tuple[type[models.Model], Columns], ...] = (
    (Plan, ("id", "uid", "school", "edition", "start_year", "end_year")),
    (
        PlanYear,
        ("id", "uid", "plan", "school", "year", "stage_now", "status_now", "version_no"),
    ),
    (Objective, ("id", "uid", "plan", "text", "order")),
    (Strategy, ("id", "uid", "plan_year", "objective", "text", "order")),
    (
        Action,
        (
            *("id", "uid", "plan_year", "objective", "strategy", "area", "number", "name"),
            *("description", "starts_on", "ends_on", "responsible_text", "program_text"),
            *("ate_provider", "imported_total", "level_now", "reported_on"),
        ),
    ),
    (Action.subareas.through, ("action", "area")),
    (Action.normative_plans.through, ("action", "term")),
    (Funding, ("action", "source", "planned")),
    (Period, ("id", "plan_year", "number", "starts_on", "ends_on", "due_on")),
    (ProgressReport, ("uid", "action", "period", "level", "justification", "note")),
    (Stage, ("id", "plan_year", "kind", "status", "decided_at", "decided_in")),
    (StageEvent, ("id", "stage", "transition", "from_status", "to_status")),
    (Version, ("plan_year", "event", "number", "content", "sha256")),
    (Change, ("plan", "plan_year", "entity", "entity_uid", "label", "after")),
)
POINTED_AT = tuple(model for model, columns in ORDER if "id" in columns)


@dataclass(slots=True)
class Tables:
    """`add` a row; several schools' tables are written together."""

    rows: defaultdict[type[models.Model], list[Row]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, model: type[models.Model], row: Row) -> None:
        self.rows[model].append(row)


def write(made: Iterable[Tables], alike: dict[type[models.Model], dict[str, Any]]) -> None:
    """One statement per table; `alike` is what all rows of a table hold."""
    listed = list(made)
    for model, columns in ORDER:
        rows = (row for tables in listed for row in tables.rows[model])
        bulk.insert_ready(model, columns, rows, **alike.get(model, {}))


class Keys:
    """Keys reserved for the rows of a part, taken one by one."""

    def __init__(self, counts: dict[type[models.Model], int]) -> None:
        with transaction.atomic():
            self._left = {m: iter(bulk.reserve(m, n)) for m, n in counts.items() if n}

    def take(self, model: type[models.Model]) -> int:
        return next(self._left[model])
