"""Works and the Service's report against what was recorded of them; editions against their hash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from mejora.keeping.checks import SLICE
from mejora.plans.models import ChangeRecord
from mejora.plans.snapshots import Snapshot
from mejora.territory import service_history, works_history
from mejora.territory.service import (
    IssuedReport,
    ServiceAction,
    ServiceChange,
    ServiceObjective,
    ServiceReport,
)
from mejora.territory.works import Work, WorkChange, WorkPhoto


@dataclass(frozen=True, slots=True)
class Recorded:
    """Rows of one kind, as they are read for their snapshot, and where their changes stand."""

    entity: WorkChange.Entity | ServiceChange.Entity
    rows: QuerySet[Any]
    snapshot: Callable[[Any], Snapshot]
    changes: type[WorkChange] | type[ServiceChange]


def _kinds() -> list[Recorded]:
    of_work, of_report = WorkChange.Entity, ServiceChange.Entity
    works = Work.objects.select_related("owner", "school")
    actions = ServiceAction.objects.select_related(
        "objective", "plan_action", "support_action", "work"
    )
    return [
        Recorded(of_work.WORK, works, works_history.snapshot, WorkChange),
        Recorded(
            of_work.PHOTO,
            WorkPhoto.objects.select_related("file"),
            works_history.snapshot,
            WorkChange,
        ),
        Recorded(
            of_report.REPORT,
            ServiceReport.objects.select_related("owner"),
            service_history.snapshot,
            ServiceChange,
        ),
        Recorded(
            of_report.OBJECTIVE,
            ServiceObjective.objects.all(),
            service_history.snapshot,
            ServiceChange,
        ),
        Recorded(
            of_report.ACTION,
            actions.prefetch_related("figures"),
            service_history.snapshot,
            ServiceChange,
        ),
    ]


def accounts_match_their_changes() -> Iterator[str]:
    for kind in _kinds():
        last, rows = 0, kind.rows.order_by("pk")
        while found := list(rows.filter(pk__gt=last)[:SLICE]):
            changes = _last_changes(kind, [row.uid for row in found])
            for row in found:
                if problem := _compare(kind.snapshot(row), changes.get(row.uid)):
                    yield f"{kind.entity.label} «{row}» ({row.uid}): {problem}."
            last = found[-1].pk


def accounts_deleted_without_record() -> Iterator[str]:
    """A Change that says that something is there, and it is not."""
    for kind in _kinds():
        told: QuerySet[Any] = _all(kind).filter(entity=kind.entity)
        lost = told.exclude(entity_uid__in=kind.rows.order_by().values("uid"))
        for uid, label in lost.order_by().values_list("entity_uid", "label").distinct():
            yield f"{kind.entity.label} «{label}» ({uid}): fue borrado de la base sin registro."


def _all(kind: Recorded) -> QuerySet[Any]:
    return kind.changes._default_manager.all()


def _last_changes(kind: Recorded, uids: list[Any]) -> dict[Any, ChangeRecord]:
    changes = _all(kind)
    newest = (
        changes.filter(entity=kind.entity, entity_uid__in=uids)
        .order_by()
        .values("entity_uid")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    return {change.entity_uid: change for change in changes.filter(pk__in=newest)}


def _compare(now: Snapshot, change: ChangeRecord | None) -> str:
    if change is None:
        return "no tiene registro de cambios"
    said = change.after or {}
    if now == said:
        return ""
    names = sorted(key for key in {*now, *said} if now.get(key) != said.get(key))
    return f"no dice lo mismo que su último cambio ({', '.join(names)})"


def editions_are_intact() -> Iterator[str]:
    """An edition of a report says what it said when it was issued."""
    for edition in IssuedReport.objects.select_related("report__owner").iterator(chunk_size=20):
        if not edition.is_intact:
            yield (
                f"{edition.report.owner}, {edition}: su contenido no coincide con la huella con "
                "que se emitió."
            )


CHECKS = (accounts_match_their_changes, accounts_deleted_without_record, editions_are_intact)
