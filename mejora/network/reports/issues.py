"""What was wrong or odd in a file, by cause: never a list that is cut without saying its total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet

from mejora.core.sheets_out import Column, Kind, Table, Value
from mejora.network.importers import issuing
from mejora.network.models import ImportBatch, ImportIssue


@dataclass(frozen=True, slots=True)
class Cause:
    """All issues of one kind in one column; `example` is the first of them."""

    code: str
    column: str
    count: int
    example: ImportIssue

    @property
    def others(self) -> int:
        return self.count - 1


def causes(batch: ImportBatch, *, is_error: bool) -> list[Cause]:
    """The most frequent first; where there is one sure answer, each value by itself. Three
    queries."""
    found = ImportIssue.objects.filter(batch=batch, is_error=is_error).exclude(code__in=_APART)
    alike = [
        *_groups(found.filter(fix=""), "code", "column"),
        *_groups(found.exclude(fix=""), "code", "column", "value", "fix"),
    ]
    examples = ImportIssue.objects.in_bulk([group["first"] for group in alike])
    made = [Cause(g["code"], g["column"], g["count"], examples[g["first"]]) for g in alike]
    return sorted(made, key=lambda cause: (-cause.count, cause.code, cause.column))


def _groups(found: QuerySet[ImportIssue], *names: str) -> list[dict[str, Any]]:
    counted = found.values(*names).annotate(count=Count("pk"), first=Min("pk"))
    return list(counted.order_by(*names))


# Told apart from the warnings: what the file lacks, and what an undoing had to leave.
_APART = ("absent", issuing.KEPT)
SOME = 10


def warnings(batch: ImportBatch) -> list[Cause]:
    return causes(batch, is_error=False)


def kept(batch: ImportBatch) -> list[ImportIssue]:
    """The first sentences about what an undoing had to leave."""
    return list(_kept(batch).order_by("pk")[:SOME])


def kept_count(batch: ImportBatch) -> int:
    return _kept(batch).count()


def _kept(batch: ImportBatch) -> QuerySet[ImportIssue]:
    return ImportIssue.objects.filter(batch=batch, code=issuing.KEPT)


def has_sheets(batch: ImportBatch) -> bool:
    """Whether the file has several sheets that are read, so that each place names its own."""
    return ImportIssue.objects.filter(batch=batch).exclude(sheet="").exists()


def sentence(issue: ImportIssue) -> str:
    """ "Fila 48, columna RBD: «x». No es un RBD." for a terminal."""
    where = f"Fila {issue.line}" if issue.line else "Archivo"
    if issue.sheet:
        where = f"Hoja {issue.sheet}, {where.lower()}"
    column = f", columna {issue.column}" if issue.column else ""
    value = f" «{issue.value}»." if issue.value else ""
    return f"{where}{column}:{value} {issue.message}"


def summary(cause: Cause) -> str:
    times = "1 vez" if cause.count == 1 else f"{cause.count} veces"
    return f"Aviso, {times}. {sentence(cause.example)}"


HEADER = ("Fila", "Columna", "Dice el archivo", "Qué pasa y qué se esperaba", "Tipo", "Hoja")
_WIDTHS = (9, 24, 36, 80, 9, 20)


def listed(
    batch: ImportBatch, *, is_error: bool, code: str = "", column: str = ""
) -> QuerySet[ImportIssue]:
    """One by one, in the order of the file; with a code, only equal ones."""
    found = ImportIssue.objects.filter(batch=batch, is_error=is_error)
    if code:
        return found.filter(code=code, column=column).order_by("line", "pk")
    return found.exclude(code__in=_APART).order_by("line", "pk")


def absent_count(batch: ImportBatch) -> int:
    """How many of Mejora's the file does not have."""
    return ImportIssue.objects.filter(batch=batch, is_error=False, code="absent").count()


def table(batch: ImportBatch) -> Table:
    """As a list to take along, in whatever form."""
    kinds = {"Fila": Kind.NUMBER}
    columns = [
        Column(title, kinds.get(title, Kind.TEXT), width)
        for title, width in zip(HEADER, _WIDTHS, strict=True)
    ]
    count = ImportIssue.objects.filter(batch=batch).count()
    name = f"revision-{batch.pk}"
    return Table(f"Revisión de {batch.file_name}", name, columns, lambda: rows(batch), count)


def rows(batch: ImportBatch) -> Iterator[tuple[Value, ...]]:
    """Rows for `HEADER`: errors first, then warnings, each in the order of the file."""
    found = ImportIssue.objects.filter(batch=batch).order_by("-is_error", "line", "pk")
    for issue in found.iterator():
        kind = "Error" if issue.is_error else "Aviso"
        line = issue.line or None
        yield line, issue.column, issue.value, issue.message, kind, issue.sheet
