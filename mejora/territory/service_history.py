"""What a ServiceChange keeps of a Service's report and its parts, and how that is read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from mejora.core import wording
from mejora.network.access import Actor
from mejora.network.models import ImportBatch
from mejora.plans import history
from mejora.plans.recording import facts
from mejora.plans.snapshots import Snapshot
from mejora.territory.enums import FigureKind
from mejora.territory.service import (
    IssuedReport,
    ServiceAction,
    ServiceChange,
    ServiceObjective,
    ServiceReport,
)

Entity = ServiceChange.Entity
Thing = ServiceReport | ServiceObjective | ServiceAction


def report(thing: ServiceReport) -> Snapshot:
    return {"owner": thing.owner.key, "year": thing.year, "context": thing.context}


def objective(thing: ServiceObjective) -> Snapshot:
    return {
        "text": thing.text,
        "justification": thing.justification,
        "order": thing.order,
        **_removal(thing),
    }


def action(thing: ServiceAction) -> Snapshot:
    return {
        "objective": str(thing.objective.uid),
        "rank": thing.rank,
        "title": thing.title,
        "text": thing.text,
        "plan_action": str(thing.plan_action.uid) if thing.plan_action else None,
        "support_action": str(thing.support_action.uid) if thing.support_action else None,
        "work": str(thing.work.uid) if thing.work else None,
        "figures": sorted(figure.kind for figure in thing.figures.all()),
        **_removal(thing),
    }


def _removal(thing: ServiceObjective | ServiceAction) -> Snapshot:
    return {"removed": thing.removed_reason or True} if thing.removed_at else {}


def snapshot(thing: Thing) -> Snapshot:
    match thing:
        case ServiceReport():
            return report(thing)
        case ServiceObjective():
            return objective(thing)
        case _:
            return action(thing)


def report_of(thing: Thing) -> ServiceReport:
    match thing:
        case ServiceReport():
            return thing
        case ServiceObjective():
            return thing.report
        case _:
            return thing.objective.report


ENTITY: dict[type, ServiceChange.Entity] = {
    ServiceReport: Entity.REPORT,
    ServiceObjective: Entity.OBJECTIVE,
    ServiceAction: Entity.ACTION,
}


def change_of(
    thing: Thing,
    before: Snapshot | None,
    *,
    by: Actor | ImportBatch,
    at: dt.datetime | None = None,
) -> ServiceChange:
    """The change that this write is, not yet saved."""
    told = facts(thing.uid, str(thing), before=before, after=snapshot(thing), by=by, at=at)
    return ServiceChange(report=report_of(thing), entity=ENTITY[type(thing)], **told)


def recorded(thing: Thing, before: Snapshot | None, *, by: Actor) -> None:
    """Keep what the thing said `before` and says now; nothing when both are the same."""
    if before != snapshot(thing):
        change_of(thing, before, by=by).save()


def issued(edition: IssuedReport, *, by: Actor) -> ServiceChange:
    """That an edition was issued: its number and its hash, under the report's own name."""
    said = {"number": edition.number, "sha256": edition.sha256}
    told = facts(edition.report.uid, str(edition), before=None, after=said, by=by, at=edition.at)
    return ServiceChange(report=edition.report, entity=Entity.ISSUED, **told)


WORDS = {
    "context": "Presentación",
    "justification": "Justificación",
    "rank": "Prioridad",
    "title": "Acción",
    "figures": "Cifras",
    "number": "Número",
    "sha256": "Huella",
}
# Links are told by the name of what was drawn, which stands in the action itself.
_DRAWN = {"plan_action": "del PME", "support_action": "del apoyo", "work": "de obras"}
SAYERS: dict[str, Callable[[Any], str]] = {
    "figures": lambda kinds: wording.sentence(FigureKind(kind).label for kind in kinds),
    **dict.fromkeys(_DRAWN, lambda uid: "elegida"),
    "objective": lambda uid: "elegido",
}


def told(changes: Iterable[ServiceChange]) -> list[history.Entry]:
    """The changes as people read them, in the order given."""
    words = WORDS | {name: f"Tomada {whence}" for name, whence in _DRAWN.items()}
    return history.told_of(changes, words, SAYERS)
