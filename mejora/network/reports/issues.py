"""What was wrong or odd in a file, by cause: never a list that is cut without saying its total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet

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
    """The most frequent first. Two queries."""
    groups = list(
        ImportIssue.objects.filter(batch=batch, is_error=is_error)
        .values("code", "column")
        .annotate(count=Count("pk"), first=Min("pk"))
        .order_by("-count", "code", "column")
    )
    examples = ImportIssue.objects.in_bulk([group["first"] for group in groups])
    return [
        Cause(group["code"], group["column"], group["count"], examples[group["first"]])
        for group in groups
    ]


def sentence(issue: ImportIssue) -> str:
    """ "Fila 48, columna RBD: «x». No es un RBD." for a terminal."""
    where = f"Fila {issue.line}" if issue.line else "Archivo"
    column = f", columna {issue.column}" if issue.column else ""
    value = f" «{issue.value}»." if issue.value else ""
    return f"{where}{column}:{value} {issue.message}"


def summary(cause: Cause) -> str:
    times = "1 vez" if cause.count == 1 else f"{cause.count} veces"
    return f"Aviso, {times}. {sentence(cause.example)}"


HEADER = ("Fila", "Columna", "Dice el archivo", "Qué pasa y qué se esperaba", "Tipo")


def listed(
    batch: ImportBatch, *, is_error: bool, code: str = "", column: str = ""
) -> QuerySet[ImportIssue]:
    """One by one, in the order of the file; with a code, only equal ones."""
    found = ImportIssue.objects.filter(batch=batch, is_error=is_error)
    if code:
        return found.filter(code=code, column=column).order_by("line", "pk")
    return found.exclude(code="absent").order_by("line", "pk")


def absent_count(batch: ImportBatch) -> int:
    """How many of Mejora's the file does not have."""
    return ImportIssue.objects.filter(batch=batch, is_error=False, code="absent").count()


def table(batch: ImportBatch) -> Iterator[tuple[str, str, str, str, str]]:
    """Rows for `HEADER`: errors first, then warnings, each in the order of the file."""
    found = ImportIssue.objects.filter(batch=batch).order_by("-is_error", "line", "pk")
    for issue in found.iterator():
        kind = "Error" if issue.is_error else "Aviso"
        line = str(issue.line) if issue.line else ""
        yield line, issue.column, issue.value, issue.message, kind
