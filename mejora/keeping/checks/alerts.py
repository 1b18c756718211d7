"""Every alert and every step about one against its last AlertChange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Max

from mejora.keeping.checks import SLICE
from mejora.keeping.checks.support import compare
from mejora.plans.snapshots import Snapshot
from mejora.territory.models import Alert, AlertChange, AlertStep
from mejora.territory.operations import recording

Entity = AlertChange.Entity
ROWS: tuple[tuple[Entity, Any, Callable[[Any], Snapshot]], ...] = (
    (Entity.ALERT, Alert.objects.select_related("school"), recording.alert),
    (
        Entity.STEP,
        AlertStep.objects.select_related("action", "commitment", "session"),
        recording.step,
    ),
)


def alerts_match_their_changes() -> Iterator[str]:
    for entity, rows, snapshot in ROWS:
        last = 0
        while found := list(rows.filter(pk__gt=last).order_by("pk")[:SLICE]):
            changes = _last_changes(entity, [row.uid for row in found])
            for row in found:
                if problem := compare(snapshot(row), changes.get(row.uid)):
                    yield f"{entity.label} «{row}» ({row.uid}): {problem}."
            last = found[-1].pk


def _last_changes(entity: Entity, uids: list[Any]) -> dict[Any, AlertChange]:
    of_these = AlertChange.objects.filter(entity=entity, entity_uid__in=uids).order_by()
    newest = of_these.values("entity_uid").annotate(newest=Max("pk")).values("newest")
    return {change.entity_uid: change for change in AlertChange.objects.filter(pk__in=newest)}


CHECKS = (alerts_match_their_changes,)
