"""Reading a file into staging rows, outside any transaction, and counting what it would do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mejora.core.memory import seldom_walked
from mejora.core.spreadsheets import Unreadable
from mejora.network.enums import BatchKind, BatchState
from mejora.network.importers import anonymous, bulk, issuing
from mejora.network.importers.kinds import KINDS
from mejora.network.importers.records import Checked, Outcome, Payload, Reader
from mejora.network.models import ImportBatch, ImportIssue, ImportRow

CHUNK = 2000
# Letters as they are: shorter than Django would write them, and sooner.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Cancelled(Exception):  # noqa: N818 - somebody asked for it; no error
    """The batch is no longer being checked: it was discarded meanwhile."""


@dataclass(slots=True)
class Counts:
    """What a batch says about itself once read."""

    rows: Counter[str] = field(default_factory=Counter)
    warned: set[tuple[str, int]] = field(default_factory=set)

    def add(self, checked: Checked) -> None:
        self.rows[checked.outcome] += 1
        if checked.outcome != Outcome.REFUSED and checked.issues:
            self.warned.add((checked.sheet, checked.line))

    @property
    def read(self) -> int:
        return self.rows.total()


def check(batch: ImportBatch, path: Path) -> None:
    """Read the file of a batch that is being checked. Raises `Unreadable` or `Cancelled`.

    Rows and issues go in by chunks, each in a short write of its own: others save meanwhile, and
    a check that was cut leaves only staging rows, which the next one clears.
    """
    clear(batch)
    with KINDS[BatchKind(batch.kind)].read(path, batch) as opened:
        tell(batch, rows_read=opened.total, dialect=opened.dialect[:200])
        if batch.school is None and opened.school is not None:
            tell(batch, school=opened.school, country=opened.school.country)
        if opened.instead is not None:
            anonymous.keep_instead(batch, opened.instead)
        with seldom_walked():
            finish(batch, opened.reader)


def finish(batch: ImportBatch, reader: Reader) -> None:
    """Stage what a reader gives, then say what it amounts to."""
    counts = Counts()
    rows = iter(reader)
    while chunk := list(islice(rows, CHUNK)):
        for checked in chunk:
            counts.add(checked)
        _stage(batch, chunk)
        tell(batch, progress=counts.read)
    if not counts.read:
        raise Unreadable("El archivo solo tiene encabezado: no hay filas que importar.")
    _tell_last(batch, reader, counts)
    tell(
        batch,
        state=BatchState.CHECKED,
        year=reader.year,
        progress=counts.read,
        rows_read=counts.read,
        rows_new=counts.rows[Outcome.NEW],
        rows_changed=counts.rows[Outcome.CHANGED],
        rows_same=counts.rows[Outcome.SAME],
        rows_refused=counts.rows[Outcome.REFUSED],
        rows_warned=len(counts.warned),
        checked_at=timezone.now(),
    )


def _tell_last(batch: ImportBatch, reader: Reader, counts: Counts) -> None:
    """What only the whole file tells: of things that it lacks (no line), of rows among others."""
    issues = list(reader.absent())
    counts.warned |= {(issue.sheet, issue.line) for issue in issues if issue.line}
    issuing.write(batch, issues)


def clear(batch: ImportBatch) -> None:
    """Chunk by chunk: a country's table has 130,000 rows, and others save meanwhile."""
    for model in (ImportRow, ImportIssue):
        staged: QuerySet[Any] = model._default_manager.filter(batch=batch)
        while keys := list(staged.order_by("pk").values_list("pk", flat=True)[: 5 * CHUNK]):
            staged.filter(pk__lte=keys[-1]).delete()


def tell(batch: ImportBatch, **changes: Any) -> None:
    """That the check lives, and how far it is. Guarded: raises `Cancelled` for a batch that
    somebody discarded meanwhile."""
    changes["heartbeat_at"] = timezone.now()
    hit = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.CHECKING).update(**changes)
    if not hit:
        raise Cancelled
    for name, value in changes.items():
        setattr(batch, name, value)


def _stage(batch: ImportBatch, chunk: Sequence[Checked]) -> None:
    """Rows that change nothing are counted and not kept."""
    names = ("batch", "sheet", "line", "key", "outcome", "payload", "before")
    kept = [
        (
            *(batch.pk, row.sheet, row.line, row.key, row.outcome.value, _json(row.payload)),
            None if row.before is None else _json(row.before),
        )
        for row in chunk
        if row.outcome in {Outcome.NEW, Outcome.CHANGED}
    ]
    with transaction.atomic():
        bulk.insert_ready(ImportRow, names, kept)
        issuing.write(batch, (issue for row in chunk for issue in row.issues))


def staged(batch: ImportBatch) -> list[tuple[str, str, Payload]]:
    rows = ImportRow.objects.filter(batch=batch).order_by("line", "pk")
    return list(rows.values_list("outcome", "key", "payload"))
