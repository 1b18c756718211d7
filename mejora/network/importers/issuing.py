"""What is wrong or odd in a file, kept with its batch."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from mejora.network.importers import bulk
from mejora.network.importers.records import Issue
from mejora.network.models import ImportBatch, ImportIssue

KEPT = "kept"


def write(batch: ImportBatch, issues: Iterable[Issue]) -> None:
    names = ("batch", "sheet", "line", "column", "value", "code", "message", "is_error", "fix")
    rows = (
        (batch.pk, i.sheet, i.line, i.column, i.value, i.code, i.message, i.is_error, i.fix)
        for i in issues
    )
    with transaction.atomic():
        bulk.insert(ImportIssue, names, rows)


def forget_kept(batch: ImportBatch) -> None:
    """Before another try: what an earlier one could not take back."""
    ImportIssue.objects.filter(batch=batch, code=KEPT).delete()


def tell_kept(batch: ImportBatch, sentences: Iterable[str]) -> None:
    """Keep, with the batch, what undoing it could not take back."""
    write(batch, (Issue(0, "", "", KEPT, text[:400], is_error=False) for text in sentences))
