"""Stored files: checked by content, hashed, private, immutable.

What they prove is told where they are used."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from mejora.people.models import User


class StoredFile(models.Model):
    """One content, kept once per space.

    `space` names whose it is ("school:<uid>", "import"), so that the same photo is recognised
    within a school and never across schools. The stored name says nothing about the content.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    space = models.CharField("espacio", max_length=60)
    sha256 = models.CharField("huella de lo recibido", max_length=64)
    stored_sha256 = models.CharField("huella de lo guardado", max_length=64)
    size = models.PositiveBigIntegerField("tamaño", help_text="bytes, as stored")
    mime = models.CharField("tipo", max_length=100)
    original_name = models.CharField("nombre", max_length=200)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("subido")
    may_hold_personal_data = models.BooleanField("muestra personas o nombres", default=False)
    retain_until = models.DateField("conservar hasta", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "sha256"],
                name="file_once_per_space",
                violation_error_message="Ese archivo ya está guardado.",
            ),
            models.CheckConstraint(
                condition=Q(may_hold_personal_data=False) | Q(retain_until__isnull=False),
                name="file_personal_data_has_retention",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def path(self) -> str:
        """Where it lies in the private storage."""
        name = self.uid.hex
        return f"{name[:2]}/{name}"

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")
