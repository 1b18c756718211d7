"""Files brought in: each batch, its rows as staged, what was wrong or odd in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from mejora.files.models import StoredFile
from mejora.network.enums import BatchKind, BatchState
from mejora.people.models import User

if TYPE_CHECKING:
    from mejora.network.access import Actor


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, actor: Actor) -> ImportBatchQuerySet:
        """What the person may bring in itself: the network's files, or those of its schools."""
        from mejora.network import access
        from mejora.network.importers.kinds import KINDS

        found = Q(pk__in=())
        for kind, made in KINDS.items():
            found |= Q(kind=kind) & access.batches(actor, made.deed)
        return self.filter(found)


class ImportBatch(models.Model):
    """One file brought in: who, when, what it said, what it changed. It stays.

    With `school` or `owner` it speaks of that school, or of that owner's, and of no other.
    """

    kind = models.CharField("tipo", max_length=16, choices=BatchKind)
    country = models.ForeignKey("network.Country", on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        "network.School", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(
        "network.Owner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField("archivo", max_length=200, blank=True)
    year = models.PositiveSmallIntegerField("año", null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("recibido")
    state = models.CharField("estado", max_length=10, choices=BatchState)
    dialect = models.CharField("cómo se leyó", max_length=200, blank=True)
    message = models.TextField("resultado", blank=True)
    progress = models.PositiveIntegerField("filas hechas", default=0)
    # Of a file that lands part by part: the last key that stands saved, in the keys' order.
    landed_to = models.CharField("guardado hasta", max_length=120, blank=True)
    rows_read = models.PositiveIntegerField("filas leídas", default=0)
    rows_new = models.PositiveIntegerField("nuevas", default=0)
    rows_changed = models.PositiveIntegerField("con cambios", default=0)
    rows_same = models.PositiveIntegerField("iguales", default=0)
    rows_warned = models.PositiveIntegerField("con aviso", default=0)
    rows_refused = models.PositiveIntegerField("con error", default=0)
    checked_at = models.DateTimeField("revisado", null=True, blank=True)
    applied_at = models.DateTimeField("importado", null=True, blank=True)
    applied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField("deshecho", null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # What the file seems to be, when it was taken for something else.
    looks_like = models.CharField("parece", max_length=16, choices=BatchKind, blank=True)
    # Cells mended on the review page: `[column, what the file says, what is read instead]` each.
    corrections = models.JSONField("arreglos", default=list)
    heartbeat_at = models.DateTimeField("última señal del trabajo", null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=BatchState.APPLIED) | Q(applied_at__isnull=False),
                name="batch_applied_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=BatchState.UNDONE) | Q(undone_at__isnull=False),
                name="batch_undone_says_when",
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=True) | Q(owner__isnull=True),
                name="batch_of_one_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.file_name}"


class ImportRow(models.Model):
    """A row as read and compared, outside any transaction; the final short write uses these."""

    class Outcome(models.TextChoices):
        NEW = "new", "nueva"
        CHANGED = "changed", "cambia"
        SAME = "same", "igual"
        REFUSED = "refused", "con error"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField("hoja", max_length=60, blank=True)
    line = models.PositiveIntegerField("línea")
    key = models.CharField("clave", max_length=120)
    outcome = models.CharField("resultado", max_length=8, choices=Outcome)
    payload = models.JSONField("lo que dice el archivo")
    before = models.JSONField("lo que había", null=True)

    class Meta:
        ordering = ["line"]
        indexes = [
            models.Index(fields=["batch", "outcome", "line"], name="import_row_outcome"),
            models.Index(fields=["batch", "key", "line"], name="import_row_key"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.key}"


class ImportIssue(models.Model):
    """What is wrong or odd in one cell: where, what it says, what was expected."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="issues")
    sheet = models.CharField("hoja", max_length=60, blank=True)
    line = models.PositiveIntegerField("línea")
    column = models.CharField("columna", max_length=60, blank=True)
    value = models.CharField("dice el archivo", max_length=200, blank=True)
    code = models.SlugField("causa", max_length=40)
    message = models.CharField("qué pasa y qué se esperaba", max_length=400)
    is_error = models.BooleanField("impide importar la fila")
    # The one sure answer, where there is one: offered on the review page.
    fix = models.CharField("se arregla con", max_length=200, blank=True)

    class Meta:
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["batch", "is_error", "line"], name="import_issue_line")]

    def __str__(self) -> str:
        return f"{self.line} {self.column}: {self.message}"
