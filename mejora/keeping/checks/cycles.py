"""Every row of a cycle of technical assistance against the last CycleChange recorded of it, and
what was issued against its sum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Max

from mejora.assistance import snapshots
from mejora.assistance.enums import Entity
from mejora.assistance.models import CycleChange
from mejora.assistance.operations.reporting import seal
from mejora.assistance.reporting import (
    Filing,
    Report,
)
from mejora.keeping.checks import SLICE


def cycles_match_their_changes() -> Iterator[str]:
    for model, entity in snapshots.ENTITY.items():
        last = 0
        manager: Any = model._default_manager
        links = [f.name for f in model._meta.concrete_fields if f.is_relation]
        rows = manager.select_related(*links).order_by("pk")
        while found := list(rows.filter(pk__gt=last)[:SLICE]):
            changes = _last_changes(entity, [row.uid for row in found])
            for row in found:
                if problem := _compare(snapshots.of(row), changes.get(row.uid)):
                    yield f"{entity.label} «{row}» ({row.uid}): {problem}."
            last = found[-1].pk


def _last_changes(entity: Entity, uids: list[Any]) -> dict[Any, CycleChange]:
    of_these = CycleChange.objects.filter(entity=entity, entity_uid__in=uids).order_by()
    newest = of_these.values("entity_uid").annotate(newest=Max("pk")).values("newest")
    rows = CycleChange.objects.filter(pk__in=newest).defer("before", "reason")
    return {change.entity_uid: change for change in rows}


def _compare(now: snapshots.Snapshot, change: CycleChange | None) -> str:
    if change is None:
        return "no tiene registro de cambios"
    said = change.after or {}
    names = sorted(k for k in {*now, *said} if now.get(k) != said.get(k))
    return f"no dice lo mismo que su último cambio ({', '.join(names)})" if names else ""


def cycles_deleted_without_record() -> Iterator[str]:
    """A Change that says that something is there, and it is not."""
    for model, entity in snapshots.ENTITY.items():
        manager: Any = model._default_manager
        lost = CycleChange.objects.filter(entity=entity).exclude(
            entity_uid__in=manager.values("uid")
        )
        for uid, label in lost.order_by().values_list("entity_uid", "label").distinct():
            yield f"{entity.label} «{label}» ({uid}): fue borrado de la base sin registro."


def papers_are_sealed() -> Iterator[str]:
    """What was issued or filed still has the sum that it had then."""
    for model in (Report, Filing):
        rows: Any = model._default_manager
        for row in rows.exclude(sha256="").select_related("cycle__owner").iterator(SLICE):
            if seal(row.content) != row.sha256:
                yield f"{row} de {row.cycle.owner}, {row.cycle.year}: no es lo que se emitió."


CHECKS = (cycles_match_their_changes, cycles_deleted_without_record, papers_are_sealed)
