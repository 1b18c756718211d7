"""The year's monitoring: periods, one report per action and period, and the files that prove it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from mejora.files.models import StoredFile
from mejora.frameworks.models import Term
from mejora.monitoring.enums import Frequency, Resources
from mejora.people.models import User
from mejora.plans.models import (
    Action,
    EvidenceRequirement,
    LiveQuerySet,
    Milestone,
    PlanYear,
    Removable,
)


class MonitoringPlan(models.Model):
    """How often the year is monitored; one per plan year."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan_year = models.OneToOneField(
        PlanYear, on_delete=models.PROTECT, related_name="monitoring_plan"
    )
    frequency = models.CharField(
        "frecuencia", max_length=8, choices=Frequency, default=Frequency.MONTH
    )
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.get_frequency_display()


class Period(models.Model):
    """A span of the year to report on. `due_on`: until when, ten days after it ends
    (criterio de Mejora)."""

    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="periods")
    number = models.PositiveSmallIntegerField("número")
    starts_on = models.DateField("desde")
    ends_on = models.DateField("hasta")
    due_on = models.DateField("informar hasta")

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["plan_year", "starts_on"], name="period_unique"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), due_on__gte=F("ends_on")),
                name="period_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}–{self.ends_on}"


class ProgressReport(models.Model):
    """What was said of an action in a period. `pct` is exact when it comes from milestones.

    A report waits for its review until somebody accepts it or asks for changes; what was asked
    stays beside the next report, and is emptied when that one is accepted.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="reports")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="reports")
    level = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pct = models.PositiveSmallIntegerField("avance", null=True, blank=True)
    justification = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField("nota", blank=True, max_length=1000)
    real_start = models.DateField("inicio real", null=True, blank=True)
    real_end = models.DateField("término real", null=True, blank=True)
    resources = models.CharField(
        "recursos disponibles", max_length=6, choices=Resources, blank=True
    )
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("guardado")
    reviewed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField("revisado", null=True, blank=True)
    changes_asked = models.CharField("cambios pedidos", max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "period"], name="report_once_per_period"),
            models.CheckConstraint(
                condition=Q(pct__isnull=True) | Q(pct__lte=100, level__isnull=False),
                name="report_pct_has_level",
            ),
            models.CheckConstraint(
                condition=Q(real_start__isnull=True)
                | Q(real_end__isnull=True)
                | Q(real_end__gte=F("real_start")),
                name="report_real_dates_in_order",
                violation_error_message="El término real debe ser igual o posterior al inicio "
                "real.",
            ),
            models.CheckConstraint(
                # What a file reported was accepted with the file, by nobody in person.
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                | Q(reviewed_by__isnull=True, reviewed_at__isnull=False, reported_by__isnull=True),
                name="report_review_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["period", "action"], name="report_of_period")]

    def __str__(self) -> str:
        return f"{self.action} {self.period}"

    @property
    def is_accepted(self) -> bool:
        return self.reviewed_at is not None and not self.changes_asked

    @property
    def is_asked(self) -> bool:
        """Somebody asked for changes, and nothing was reported since."""
        return self.reviewed_at is not None and bool(self.changes_asked)


class EvidenceUse(Removable):
    """A stored file as evidence of an action, a milestone, a means of verification."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="uses")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="evidence")
    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    requirement = models.ForeignKey(
        EvidenceRequirement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("agregada")

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["at", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.UniqueConstraint(
                fields=["file", "action"],
                condition=Q(removed_at__isnull=True),
                name="evidence_file_once_per_action",
                violation_error_message="Ese archivo ya es evidencia de esta acción.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.file)
