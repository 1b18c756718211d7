"""What a WorkChange keeps of a work and of its photographs, and how that is read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from mejora.core import wording
from mejora.network.access import Actor
from mejora.network.models import ImportBatch
from mejora.plans import history
from mejora.plans.recording import facts
from mejora.plans.snapshots import Snapshot
from mejora.territory.enums import WorkKind, WorkState
from mejora.territory.works import Work, WorkChange, WorkPhoto

Entity = WorkChange.Entity


def snapshot(thing: Work | WorkPhoto) -> Snapshot:
    return work(thing) if isinstance(thing, Work) else photo(thing)


def work(thing: Work) -> Snapshot:
    return {
        "owner": thing.owner.key,
        "school": str(thing.school.uid),
        "name": thing.name,
        "kind": thing.kind,
        "funding": thing.funding,
        "planned": thing.planned,
        "spent": thing.spent,
        "state": thing.state,
        "starts_on": thing.starts_on.isoformat() if thing.starts_on else None,
        "ends_on": thing.ends_on.isoformat() if thing.ends_on else None,
        "description": thing.description,
        **_removal(thing),
    }


def photo(thing: WorkPhoto) -> Snapshot:
    return {"file": str(thing.file.uid), "alt": thing.alt, **_removal(thing)}


def _removal(thing: Work | WorkPhoto) -> Snapshot:
    return {"removed": thing.removed_reason or True} if thing.removed_at else {}


def change_of(
    thing: Work | WorkPhoto,
    before: Snapshot | None,
    *,
    by: Actor | ImportBatch,
    at: dt.datetime | None = None,
) -> WorkChange:
    """The change that this write is, not yet saved."""
    is_work = isinstance(thing, Work)
    told = facts(thing.uid, str(thing), before=before, after=snapshot(thing), by=by, at=at)
    return WorkChange(
        work=thing if isinstance(thing, Work) else thing.work,
        entity=Entity.WORK if is_work else Entity.PHOTO,
        **told,
    )


def recorded(thing: Work | WorkPhoto, before: Snapshot | None, *, by: Actor) -> None:
    """Keep what the thing said `before` and says now; nothing when both are the same."""
    if before != snapshot(thing):
        change_of(thing, before, by=by).save()


WORDS = {
    "kind": "Tipo",
    "funding": "Fuente de financiamiento",
    "planned": "Monto planificado",
    "spent": "Monto gastado",
    "state": "Estado",
    "alt": "Qué se ve",
}
SAYERS: dict[str, history.Say] = {
    "kind": lambda value: str(WorkKind(value).label),
    "state": lambda value: str(WorkState(value).label),
    "planned": wording.money,
    "spent": wording.money,
    "starts_on": lambda value: wording.number_date(dt.date.fromisoformat(value)),
    "ends_on": lambda value: wording.number_date(dt.date.fromisoformat(value)),
}
SILENT = ("owner", "school")


def told(changes: Iterable[WorkChange]) -> list[history.Entry]:
    """The changes as people read them, in the order given."""
    return history.told_of(changes, WORDS, SAYERS)
