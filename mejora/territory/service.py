"""The account that a Service gives of a year: strategic objectives, up to three prioritised
actions each, why these, and the editions that were issued.

The shape is that of the Informe de gestión of the Servicios Locales (by instruction of the
Dirección de Presupuestos, as its note 2 says): objective, action 1 to 3, justification. These
models stand apart from `models.py`, which imports this module so that Django finds them.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from mejora.network import access
from mejora.network.models import Owner
from mejora.people.models import User
from mejora.plans.models import Action, ChangeRecord, LiveQuerySet, Removable
from mejora.support.models import SupportAction
from mejora.territory.enums import FigureKind
from mejora.territory.works import Work

if TYPE_CHECKING:
    from mejora.network.access import Actor, Deed

MOST_ACTIONS = 3


class ServiceReportQuerySet(models.QuerySet["ServiceReport"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> Self:
        """The reports of the owners where the person may read them (or do `deed`)."""
        members = actor.with_reach(deed or access.Deed.READ_ACCOUNT)
        return self.filter(owner__in=sorted({m.owner_id for m, _ in members if m.owner_id}))


class ServiceReport(models.Model):
    """What an owner tells of a year. `context` opens the document, where the owner wants it."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="service_reports")
    year = models.PositiveSmallIntegerField("año")
    context = models.TextField("presentación", blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = ServiceReportQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "year"],
                name="service_report_owner_year_unique",
                violation_error_message="Ese año ya tiene su informe.",
            )
        ]

    def __str__(self) -> str:
        return f"Informe de gestión {self.year}"


class ServiceObjective(Removable):
    """A strategic objective of the Service; `justification` says why these actions."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(ServiceReport, on_delete=models.PROTECT, related_name="objectives")
    text = models.TextField("objetivo estratégico")
    justification = models.TextField("justificación de las acciones", blank=True)
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class ServiceAction(Removable):
    """One of up to three prioritised actions of an objective. It may be drawn from an action of a
    school's plan, from one of the support, or from a work; the words are the Service's own."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    objective = models.ForeignKey(
        ServiceObjective, on_delete=models.PROTECT, related_name="actions"
    )
    rank = models.PositiveSmallIntegerField("prioridad")
    title = models.CharField("acción", max_length=300)
    text = models.TextField("qué se hizo y qué se logró", blank=True)
    plan_action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    support_action = models.ForeignKey(
        SupportAction, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    work = models.ForeignKey(
        Work, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["rank", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(rank__gte=1, rank__lte=MOST_ACTIONS),
                name="service_action_up_to_three",
                violation_error_message="Cada objetivo lleva hasta tres acciones priorizadas.",
            ),
            models.UniqueConstraint(
                fields=["objective", "rank"],
                condition=Q(removed_at__isnull=True),
                name="service_action_rank_once",
                violation_error_message="Ya hay una acción con esa prioridad.",
            ),
            models.CheckConstraint(
                condition=Q(plan_action__isnull=True, support_action__isnull=True)
                | Q(plan_action__isnull=True, work__isnull=True)
                | Q(support_action__isnull=True, work__isnull=True),
                name="service_action_of_one_origin",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ServiceFigure(models.Model):
    """A figure that an action shows; its value is counted when the report is read, and frozen
    when it is issued."""

    action = models.ForeignKey(ServiceAction, on_delete=models.PROTECT, related_name="figures")
    kind = models.CharField("cifra", max_length=12, choices=FigureKind)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "kind"], name="service_figure_once")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class IssuedReport(models.Model):
    """An edition as it was issued: every word and figure of that moment, never changed. A later
    one adds to it. `content` is canonical JSON, `sha256` its hash."""

    report = models.ForeignKey(ServiceReport, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField("número")
    content = models.TextField("contenido")
    sha256 = models.CharField("huella", max_length=64)
    schema_no = models.PositiveSmallIntegerField()
    at = models.DateTimeField("emitido")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="issued_report_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.report}, edición {self.number}"

    @property
    def is_intact(self) -> bool:
        """Whether the content still has the hash that it had when it was issued."""
        return hashlib.sha256(self.content.encode()).hexdigest() == self.sha256


class ServiceChange(ChangeRecord):
    """A change of a report and of all that hangs from it."""

    class Entity(models.TextChoices):
        REPORT = "report", "Informe de gestión"
        OBJECTIVE = "objective", "Objetivo estratégico"
        ACTION = "action", "Acción priorizada"
        ISSUED = "issued", "Edición"

    report = models.ForeignKey(ServiceReport, on_delete=models.PROTECT, related_name="changes")
    entity = models.CharField("qué", max_length=9, choices=Entity)

    class Meta(ChangeRecord.Meta):
        indexes = [models.Index(fields=["report", "-at"], name="change_of_service_report")]

    def __str__(self) -> str:
        return f"{self.get_entity_display()} {self.label}"
