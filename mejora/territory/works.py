"""Works and investments of an owner at its schools, with their photographs.

These models stand apart from `models.py`, which imports this module so that Django finds them. No
source gives a list of kinds, states or sources of money: kinds and states are criterio de Mejora,
and where the money comes from stands in the owner's own words.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from mejora.files.models import StoredFile
from mejora.network import access
from mejora.network.models import Owner, School
from mejora.people.models import User
from mejora.plans.models import ChangeRecord, LiveQuerySet, Removable
from mejora.territory.enums import WorkKind, WorkState

if TYPE_CHECKING:
    from mejora.network.access import Actor, Deed


class WorkQuerySet(LiveQuerySet["Work"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> Self:
        """An owner's people see all that it registered and what stands at its schools today; a
        school's people see what stands at theirs, whoever registered it."""
        members = [m for m, _ in actor.with_reach(deed or access.Deed.SEE_WORKS)]
        owners = sorted({m.owner_id for m in members if m.owner_id})
        schools = sorted({m.school_id for m in members if m.school_id})
        at = Q(school__owner__in=owners) | Q(school__in=schools)
        return self.filter(Q(owner__in=owners) | at)

    def with_place(self) -> Self:
        return self.select_related("owner__country", "school__commune", "school__owner")


class Work(Removable):
    """A work or an investment: what is built, mended or bought, where, with whose money and how
    far it is. Amounts are whole units of the country's currency; NULL is unknown, 0 is zero."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="works")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="works")
    name = models.CharField("nombre", max_length=200)
    kind = models.CharField("tipo", max_length=12, choices=WorkKind)
    funding = models.CharField("fuente de financiamiento", max_length=120)
    planned = models.PositiveBigIntegerField("monto planificado", null=True, blank=True)
    spent = models.PositiveBigIntegerField("monto gastado", null=True, blank=True)
    state = models.CharField("estado", max_length=8, choices=WorkState, default=WorkState.DRAFT)
    starts_on = models.DateField("inicio", null=True, blank=True)
    ends_on = models.DateField("término", null=True, blank=True)
    description = models.TextField("descripción", blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = WorkQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["-starts_on", "name", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="work_ends_after_it_starts",
                violation_error_message="La fecha de término debe ser igual o posterior a la de "
                "inicio.",
            ),
            models.CheckConstraint(
                condition=~Q(state=WorkState.DONE) | Q(ends_on__isnull=False),
                name="work_done_has_its_day",
                violation_error_message="Escriba cuándo terminó.",
            ),
        ]
        indexes = [models.Index(fields=["owner", "state"], name="work_of_owner")]

    def __str__(self) -> str:
        return self.name


class WorkPhoto(Removable):
    """A photograph of a work. `alt` says in words what it shows, for who does not see it."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    alt = models.CharField("qué se ve", max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("agregada")

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["at", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.UniqueConstraint(
                fields=["work", "file"],
                condition=Q(removed_at__isnull=True),
                name="work_photo_once",
                violation_error_message="Esa foto ya está en la obra.",
            ),
            models.CheckConstraint(
                condition=~Q(alt=""),
                name="work_photo_has_words",
                violation_error_message="Describa qué se ve en la foto.",
            ),
        ]

    def __str__(self) -> str:
        return self.alt


class WorkChange(ChangeRecord):
    """A change of a work or of its photographs."""

    class Entity(models.TextChoices):
        WORK = "work", "Obra o inversión"
        PHOTO = "photo", "Foto"

    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="changes")
    entity = models.CharField("qué", max_length=5, choices=Entity)

    class Meta(ChangeRecord.Meta):
        indexes = [models.Index(fields=["work", "-at"], name="change_of_work")]

    def __str__(self) -> str:
        return f"{self.get_entity_display()} {self.label}"
