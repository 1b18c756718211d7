"""Every row of a support plan against the last SupportChange that was recorded of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Max

from mejora.keeping.checks import SLICE
from mejora.plans.models import ChangeRecord
from mejora.plans.snapshots import Snapshot
from mejora.support import snapshots
from mejora.support.enums import SupportEntity
from mejora.support.models import SupportChange
from mejora.support.recording import ENTITY


def support_matches_its_changes() -> Iterator[str]:
    for model, entity in ENTITY.items():
        last = 0
        rows: Any = snapshots.with_parts(entity, model._default_manager.order_by("pk"))  # type: ignore[attr-defined]  # models, all of them
        while found := list(rows.filter(pk__gt=last)[:SLICE]):
            changes = _last_changes(entity, [row.uid for row in found])
            for row in found:
                problem = compare(snapshots.OF[entity](row), changes.get(row.uid))
                if problem:
                    yield f"{entity.label} «{row}» ({row.uid}): {problem}."
            last = found[-1].pk


def _last_changes(entity: SupportEntity, uids: list[Any]) -> dict[Any, SupportChange]:
    of_these = SupportChange.objects.filter(entity=entity, entity_uid__in=uids).order_by()
    newest = of_these.values("entity_uid").annotate(newest=Max("pk")).values("newest")
    rows = SupportChange.objects.filter(pk__in=newest).defer("before", "reason")
    return {change.entity_uid: change for change in rows}


def compare(now: Snapshot, change: ChangeRecord | None) -> str:
    """What is wrong between a row and its last change; "" where they say the same."""
    if change is None:
        return "no tiene registro de cambios"
    said = change.after or {}
    if now == said:
        return ""
    names = sorted(k for k in {*now, *said} if now.get(k) != said.get(k))
    return f"no dice lo mismo que su último cambio ({', '.join(names)})"


def deleted_without_record() -> Iterator[str]:
    """A Change that says that something is there, and it is not."""
    for model, entity in ENTITY.items():
        rows: Any = model
        living = rows._default_manager.values("uid")
        lost = SupportChange.objects.filter(entity=entity).exclude(entity_uid__in=living)
        for uid, label in lost.order_by().values_list("entity_uid", "label").distinct():
            yield f"{entity.label} «{label}» ({uid}): fue borrado de la base sin registro."


CHECKS = (support_matches_its_changes, deleted_without_record)
