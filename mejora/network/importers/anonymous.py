"""Files that name people: what was summed is kept in their place, and they go.

A file that came twice is one stored file; it goes as soon as one of its batches was read. What a
crash leaves behind is read again when the batch is taken up, and goes then.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.core.files.storage import default_storage
from django.db import transaction

from mejora.core.spreadsheets import write_csv
from mejora.files import checking, storing
from mejora.files.checking import Checked
from mejora.files.kinds import Family, Kind
from mejora.files.models import StoredFile
from mejora.network.models import ImportBatch

SUMMED = Kind(Family.OFFICE, "text/csv", "csv")


def keep_instead(batch: ImportBatch, rows: Iterable[Sequence[str | int]]) -> None:
    """From now on the batch's file is the table of `rows`, the headings first; what came is gone
    from the disk."""
    came = batch.file
    with TemporaryFile("w+b") as content:
        text = io.TextIOWrapper(content, encoding="utf-8", newline="", write_through=True)
        left = iter(rows)
        write_csv(text, [str(title) for title in next(left)], left)
        text.detach()
        name = f"{Path(batch.file_name or 'archivo').stem[:180]} (sumado).csv"
        checked = _checked(content, name)
        with storing.keeping(checked, space="import") as kept, transaction.atomic():
            summed = storing.enter(kept, by=batch.by)
            batch.file = summed
            batch.save(update_fields=["file"])
    if came is not None and came != summed:
        _drop(came, keep=summed)


def _checked(content: IO[bytes], name: str) -> Checked:
    found = checking.digest(content)
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    return Checked(content, SUMMED, name, found, found, size)


def forget(batch: ImportBatch) -> None:
    """The file of a refused or discarded batch goes from the disk; the batch's line stays."""
    if batch.file is not None:
        _drop(batch.file, keep=None)
        batch.file = None


def _drop(file: StoredFile, *, keep: StoredFile | None) -> None:
    """First the row, then its bytes. Called outside any transaction, as checks are."""
    path = file.path
    with transaction.atomic():
        ImportBatch.objects.filter(file=file).update(file=keep)
        file.delete()
    default_storage.delete(path)
