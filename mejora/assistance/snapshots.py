"""What a CycleChange keeps of a row: every column that people write, by the uid of what it names.

The columns come from the model itself, so none can be forgotten; what hangs from a row (the
checks of a verification) is told with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models

from mejora.assistance.enums import Entity
from mejora.assistance.models import (
    AlignmentReview,
    Assistance,
    Closing,
    Cycle,
    CycleInput,
    CycleRow,
    FollowUp,
    Improvement,
    Inclusion,
    Need,
    PamAction,
    Rating,
    RatingReview,
    Task,
)
from mejora.assistance.reporting import (
    Delivery,
    Filing,
    Irregularity,
    RecordPolicy,
    Report,
)
from mejora.assistance.verifying import (
    Case,
    Requirement,
    Verification,
)

Snapshot = dict[str, Any]
Row = Cycle | CycleRow
ENTITY: dict[type[Row], Entity] = {
    Cycle: Entity.CYCLE,
    Closing: Entity.CLOSING,
    CycleInput: Entity.INPUT,
    Need: Entity.NEED,
    Inclusion: Entity.INCLUSION,
    PamAction: Entity.PAM_ACTION,
    Assistance: Entity.ASSISTANCE,
    Task: Entity.TASK,
    AlignmentReview: Entity.REVIEW,
    Improvement: Entity.IMPROVEMENT,
    FollowUp: Entity.FOLLOW_UP,
    Rating: Entity.RATING,
    RatingReview: Entity.RATINGS,
    Requirement: Entity.REQUIREMENT,
    Verification: Entity.VERIFICATION,
    Case: Entity.CASE,
    Report: Entity.REPORT,
    Delivery: Entity.DELIVERY,
    Irregularity: Entity.IRREGULARITY,
    Filing: Entity.FILING,
    RecordPolicy: Entity.POLICY,
}
# Keys, and what says who put it in the bin: the Change itself says that.
_SILENT = frozenset({"id", "uid", "revision", "cycle", "removed_at", "removed_by"})


def of(thing: Row) -> Snapshot:
    """The row as JSON: dates in ISO, decimals as plain text, other rows by their uid."""
    said = {
        field.name: _plain(field, thing)
        for field in thing._meta.concrete_fields
        if field.name not in _SILENT and field.name != "removed_reason"
    }
    if getattr(thing, "removed_at", None):
        said["removed"] = getattr(thing, "removed_reason", "") or True
    if parts := _PARTS.get(type(thing)):
        said |= parts(thing)
    return said


def _plain(field: models.Field[Any, Any], thing: Row) -> Any:
    value = getattr(thing, field.name if field.is_relation else field.attname)
    if isinstance(value, models.Model):
        return str(getattr(value, "uid", value.pk))
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()  # as the database gives it back
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(field, models.DecimalField) and value is not None:
        return format(Decimal(value).normalize(), "f")
    return value


def _checks(thing: Any) -> Snapshot:
    checks = thing.checks.select_related("requirement")
    return {
        "checks": [[str(c.requirement.uid), c.conforms, c.evidence] for c in checks],
    }


def _readings(thing: Any) -> Snapshot:
    readings = thing.readings.select_related("pam_action").order_by("pam_action__number")
    said = [[str(r.pam_action.uid), format(r.value.normalize(), "f")] for r in readings]
    return {"readings": said}


def _lines(thing: Any) -> Snapshot:
    lines = thing.lines.select_related("assistance", "pam_action").order_by("assistance")
    return {
        "lines": [
            [str(line.assistance.uid), str(line.pam_action.uid) if line.pam_action else None]
            for line in lines
        ]
    }


_PARTS: dict[type[Row], Callable[[Any], Snapshot]] = {
    Verification: _checks,
    FollowUp: _readings,
    AlignmentReview: _lines,
}
