"""What an ATE hands over in its advisory, and what the school says of it.

These models stand apart from `models.py`, which imports this module so that Django finds them.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from mejora.files.models import StoredFile
from mejora.people.models import User
from mejora.plans.models import LiveQuerySet, Removable
from mejora.support.enums import DeliverableStatus
from mejora.support.models import SupportPlan

if TYPE_CHECKING:
    from mejora.network.access import Actor, Deed

_S = DeliverableStatus


class DeliverableQuerySet(LiveQuerySet["Deliverable"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> Self:
        plans = SupportPlan.objects.live().visible_to(actor, deed)
        return self.live().filter(plan__in=plans.values("pk"))

    def with_parts(self) -> Self:
        return self.select_related("plan__owner", "plan__lead__user", "delivered_by", "decided_by")


class Deliverable(Removable):
    """A product of an advisory: handed over with its files, then accepted by the school or
    returned with a reason. `code` is that of the programme, or empty for one of its own."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="deliverables")
    code = models.CharField("código", max_length=20, blank=True)
    title = models.CharField("producto", max_length=160)
    month = models.PositiveSmallIntegerField("mes")
    due_on = models.DateField("plazo")
    status = models.CharField(
        "estado", max_length=9, choices=DeliverableStatus, default=DeliverableStatus.PENDING
    )
    delivered_at = models.DateTimeField("entregado", null=True, blank=True)
    delivered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("respondido", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField("qué falta", max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = DeliverableQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["month", "due_on", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12), name="deliverable_month_of_the_year"
            ),
            models.CheckConstraint(
                condition=Q(status=_S.PENDING, delivered_at__isnull=True, delivered_by__isnull=True)
                | (
                    ~Q(status=_S.PENDING)
                    & Q(delivered_at__isnull=False, delivered_by__isnull=False)
                ),
                name="deliverable_handing_over_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[_S.PENDING, _S.DELIVERED],
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                )
                | Q(
                    status__in=[_S.ACCEPTED, _S.RETURNED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="deliverable_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status=_S.RETURNED) | ~Q(reason=""),
                name="deliverable_returned_says_why",
                violation_error_message="Escriba qué falta.",
            ),
            models.UniqueConstraint(
                fields=["plan", "code"],
                condition=Q(removed_at__isnull=True) & ~Q(code=""),
                name="deliverable_once_per_programme",
            ),
        ]
        indexes = [models.Index(fields=["plan", "status", "due_on"], name="deliverable_due")]

    def __str__(self) -> str:
        return self.title


class DeliverableFile(Removable):
    """A file of a product. `made_of` says what Mejora made it from ("Plan 2026"); empty when
    somebody brought it."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    deliverable = models.ForeignKey(Deliverable, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    made_of = models.CharField("hecho por Mejora", max_length=120, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("cuándo")
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.made_of or self.file.original_name
