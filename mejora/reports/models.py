"""Files that take long to write: asked for, made by a job, kept for their author for a while."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q

from mejora.files.models import StoredFile
from mejora.network.access import Actor
from mejora.network.models import Membership
from mejora.people.models import User
from mejora.reports.enums import ExportState


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, actor: Actor) -> ExportQuerySet:
        """A prepared file is its author's alone, whatever place others have."""
        return self.filter(by=actor.user)

    def listed(self) -> ExportQuerySet:
        return self.exclude(state=ExportState.DELETED)

    def under_way(self) -> ExportQuerySet:
        return self.filter(state__in=(ExportState.WAITING, ExportState.RUNNING))


class Export(models.Model):
    """One file that a person asked for. The row stays when its file is gone: it tells who took
    what out, and when."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("clase", max_length=40, help_text="A name in reports.prepared.KINDS.")
    params = models.JSONField("parámetros", default=dict)
    title = models.CharField("título", max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exports")
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The participation in which it was asked for.",
    )
    at = models.DateTimeField("pedido")
    state = models.CharField(
        "estado", max_length=10, choices=ExportState, default=ExportState.WAITING
    )
    # Which try this is: a job that was taken for dead and still lives finds another number here.
    attempt = models.PositiveSmallIntegerField("intento", default=0)
    done = models.PositiveIntegerField("hechos", default=0)
    total = models.PositiveIntegerField("de", default=0)
    message = models.CharField("mensaje", max_length=400, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField("comenzado", null=True)
    heartbeat_at = models.DateTimeField("último latido", null=True)
    finished_at = models.DateTimeField("terminado", null=True)
    expires_at = models.DateTimeField("vence", null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "-at"], name="export_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state=ExportState.READY,
                    file__isnull=False,
                    finished_at__isnull=False,
                    expires_at__isnull=False,
                )
                | (~Q(state=ExportState.READY) & Q(file__isnull=True)),
                name="export_ready_has_its_file",
                violation_error_message="Un archivo listo está guardado; los demás no tienen.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_expired(self, now: dt.datetime) -> bool:
        """Past its day, though nobody has cleared it away yet."""
        return self.expires_at is not None and self.expires_at <= now
