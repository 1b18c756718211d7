"""Landing a file that is too long for one short write, and taking it back: part by part.

A part is a group of whole keys (for plans: of whole schools), each written in a short transaction
of its own, in the order of the keys. The batch says up to which key it stands saved
(`landed_to`), written with the part itself: whatever cuts the job, a key is whole or not there at
all, and the job goes on behind the last one. See ADR 8.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from mejora.core import carrying
from mejora.core.memory import seldom_walked
from mejora.network.enums import BatchState
from mejora.network.importers import issuing
from mejora.network.importers.records import Issue, Outcome, Payload
from mejora.network.models import Country, ImportBatch, ImportIssue, ImportRow
from mejora.people.models import User

# Between two parts of an undoing, which has nothing to prepare: others get their turn.
PAUSE = 0.05


class Staged(NamedTuple):
    """An accepted row of the file."""

    key: str
    line: int
    outcome: str
    payload: Payload


# What a part does inside its transaction; it tells the rows that had to be left out, because
# somebody changed their key's things after the file was checked.
Write = Callable[[], list[Issue]]


@dataclass(frozen=True, slots=True)
class Parts:
    """How a kind of file lands and goes back by groups of whole keys.

    `prepare` does all that needs no lock; what it gives is called inside a short transaction.
    `undo` takes back what the batch wrote for some keys, inside one, and tells what had to stay.
    """

    prepare: Callable[[ImportBatch, Sequence[Staged]], Write]
    undo: Callable[[ImportBatch, Sequence[str], User | None], list[str]]
    # What a key is, for sentences: "escuela,escuelas".
    noun: tuple[str, str]
    # About how many rows are written together. Whoever waits on SQLite looks again after 1 to 100
    # ms: with short parts and something to do between them, a look soon meets a free moment.
    rows: int = 600


@contextmanager
def alone(batch: ImportBatch, state: BatchState) -> Iterator[ImportBatch | None]:
    """In one transaction, while no other import lands: the batch as stored, or None when it is no
    longer in `state`. PostgreSQL locks the country's row; SQLite has the lock already."""
    with transaction.atomic():
        Country.objects.select_for_update().get(pk=batch.country_id)
        stored = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        yield stored if stored.state == state else None


def total(batch: ImportBatch) -> int:
    """How many keys there are to land, or to take back."""
    return batch.rows.values("key").distinct().count()


def land(batch: ImportBatch, parts: Parts) -> bool:
    """Write part after part; False when the batch ceased to be saved meanwhile."""
    with seldom_walked(), carrying.beside():
        return _land(batch, parts)


def _land(batch: ImportBatch, parts: Parts) -> bool:
    while rows := _next(batch, parts.rows):
        write = parts.prepare(batch, rows)
        with alone(batch, BatchState.APPLYING) as stored:
            if stored is None or stored.landed_to != batch.landed_to:
                return False  # taken back, or another process lands it and stands further on
            _leave_out(stored, rows, write())
            stored.landed_to = rows[-1].key
            stored.progress += len({row.key for row in rows})
            _keep(stored)
        batch.landed_to = stored.landed_to
    return True


def _next(batch: ImportBatch, size: int) -> list[Staged]:
    """The rows of the next keys: about `size` of them, every key whole."""
    left = ImportRow.objects.filter(batch=batch, key__gt=batch.landed_to).order_by("key", "line")
    last = left.values_list("key", flat=True)[size : size + 1]
    if bound := list(last):
        left = left.filter(key__lte=bound[0])
    return [Staged(*row) for row in left.values_list("key", "line", "outcome", "payload")]


def _leave_out(batch: ImportBatch, rows: Sequence[Staged], issues: list[Issue]) -> None:
    """Rows that could not be written any more count as refused, with the reason."""
    if not issues:
        return
    lines = {issue.line for issue in issues}
    out = [row.outcome for row in rows if row.line in lines]
    batch.rows_new -= out.count(Outcome.NEW)
    batch.rows_changed -= out.count(Outcome.CHANGED)
    batch.rows_refused += len(out)
    issuing.write(batch, issues)


def _keep(batch: ImportBatch) -> None:
    batch.heartbeat_at = timezone.now()
    batch.save(
        update_fields=[
            *("landed_to", "progress", "heartbeat_at"),
            *("rows_new", "rows_changed", "rows_refused"),
        ]
    )


def take_back(batch: ImportBatch, parts: Parts) -> bool:
    """Undo part after part, from the last key that stands saved to the first; False when the
    batch ceased to be undone meanwhile."""
    while keys := _last(batch, parts.rows):
        with alone(batch, BatchState.UNDOING) as stored:
            if stored is None:
                return False
            issuing.tell_kept(stored, parts.undo(stored, keys, stored.undone_by))
            stored.landed_to = _before(batch, keys[0])
            stored.progress += len(keys)
            _keep(stored)
        batch.landed_to = stored.landed_to
        time.sleep(PAUSE)
    return True


def _last(batch: ImportBatch, size: int) -> list[str]:
    """The last keys that stand saved, with about `size` rows."""
    if not batch.landed_to:
        return []
    saved = ImportRow.objects.filter(batch=batch, key__lte=batch.landed_to).order_by("-key")
    keys = saved.values_list("key", flat=True)[:size]
    return sorted(set(keys))


def _before(batch: ImportBatch, key: str) -> str:
    earlier = ImportRow.objects.filter(batch=batch, key__lt=key).order_by("-key")
    return earlier.values_list("key", flat=True).first() or ""


def last(batch: ImportBatch) -> str:
    """The last key of the file."""
    return batch.rows.order_by("-key").values_list("key", flat=True).first() or ""


def kept_everything(batch: ImportBatch) -> bool:
    """Whether an undo had to leave every single key as it was."""
    kept = ImportIssue.objects.filter(batch=batch, code=issuing.KEPT).count()
    return kept > 0 and kept >= total(batch)
