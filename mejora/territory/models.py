"""The territory's figures (what each school had in a month and in a year) and the alerts that
they raise."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from mejora.network import access
from mejora.network.models import ImportBatch, School
from mejora.people.models import User
from mejora.plans.models import Action, ChangeRecord
from mejora.support.models import Commitment, Session
from mejora.territory import rates
from mejora.territory.enums import AlertRule, Step

if TYPE_CHECKING:
    from mejora.network.access import Actor, Deed


class SchoolMonth(models.Model):
    """What a school had in a month. NULL is unknown, 0 is zero.

    Attendance is `attended_days` of `possible_days`: the days that pupils came, of those that they
    could have come, all pupils together. `records` are the rows of the pupil-level file that were
    summed: a pupil who changed course has two, so they are no enrolment. No pupil stands here.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="months")
    year = models.PositiveSmallIntegerField("año")
    month = models.PositiveSmallIntegerField("mes")
    enrolled = models.PositiveIntegerField("matrícula", null=True)
    withdrawals = models.PositiveIntegerField("retiros", null=True)
    attended_days = models.PositiveIntegerField("días asistidos", null=True)
    possible_days = models.PositiveIntegerField("días trabajados", null=True)
    records = models.PositiveIntegerField("registros", null=True)
    # The file that said the attendance, and the one that said enrolment and withdrawals.
    attendance_batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="+"
    )
    figures_batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["school", "year", "month"]
        constraints = [
            models.UniqueConstraint(fields=["school", "year", "month"], name="school_month_unique"),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12), name="school_month_is_a_month"
            ),
            models.CheckConstraint(
                condition=Q(attended_days__isnull=True, possible_days__isnull=True)
                | Q(
                    attended_days__isnull=False,
                    possible_days__isnull=False,
                    attended_days__lte=F("possible_days"),
                ),
                name="school_month_attends_what_is_possible",
            ),
        ]
        indexes = [
            # All that a country's page sums, in the order in which it does.
            models.Index(
                fields=[
                    *("year", "month", "school", "attended_days", "possible_days"),
                    *("enrolled", "withdrawals"),
                ],
                name="school_month_sums",
            )
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.month:02}-{self.year}"

    @property
    def attendance(self) -> Decimal | None:
        """In percent."""
        return rates.rate(self.attended_days, self.possible_days)


class Capacity(models.Model):
    """The seats that a school offers in a year."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="capacities")
    year = models.PositiveSmallIntegerField("año")
    seats = models.PositiveIntegerField("cupos")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["school", "year"], name="capacity_school_year_unique")
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.year}: {self.seats}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> AlertQuerySet:
        """The alerts of schools whose figures the person may read (or do `deed` with)."""
        found = School.objects.filter(access.schools(actor, deed or access.Deed.READ_FIGURES))
        return self.filter(school__in=found)

    def waiting(self, on: dt.date) -> AlertQuerySet:
        """Open, and not set aside beyond that day."""
        aside = Q(set_aside_until__isnull=False, set_aside_until__gt=on)
        return self.filter(closed_at__isnull=True).exclude(aside)

    def with_school(self) -> AlertQuerySet:
        return self.select_related("school__commune", "school__owner", "closed_by")


class Alert(models.Model):
    """A school's figures ask for somebody: raised by an import, open until somebody closes it.

    From (`since_year`, `since_month`) to (`until_year`, `until_month`) the school was under `band`
    (in percent; criterio de Mejora, kept as it stood on the day). While open and set aside, it
    waits until that day and says why.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="alerts")
    rule = models.CharField("regla", max_length=12, choices=AlertRule)
    band = models.DecimalField("franja", max_digits=4, decimal_places=1)
    since_year = models.PositiveSmallIntegerField("desde el año")
    since_month = models.PositiveSmallIntegerField("desde el mes")
    until_year = models.PositiveSmallIntegerField("hasta el año")
    until_month = models.PositiveSmallIntegerField("hasta el mes")
    raised_at = models.DateTimeField("levantada")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")
    set_aside_until = models.DateField("en espera hasta", null=True, blank=True)
    set_aside_reason = models.CharField("por qué espera", max_length=200, blank=True)
    closed_at = models.DateTimeField("cerrada", null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closing_note = models.CharField("qué resultó", max_length=400, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "rule"],
                condition=Q(closed_at__isnull=True),
                name="alert_open_once_per_school_and_rule",
            ),
            models.CheckConstraint(
                # Nobody's name where the file that raised it was taken back.
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closing_note="")
                | (Q(closed_at__isnull=False) & ~Q(closing_note="")),
                name="alert_closing_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_until__isnull=True, set_aside_reason="")
                | (Q(set_aside_until__isnull=False) & ~Q(set_aside_reason="")),
                name="alert_waits_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()}: {self.school}"


def _points() -> Q:
    """A step points at the one thing that its kind names, or at nothing."""
    fits = Q()
    names = (Step.ACTION, Step.COMMITMENT, Step.SESSION)
    for kind in Step:
        fits |= Q(kind=kind, **{f"{name}__isnull": name != kind for name in names})
    return fits


class AlertStep(models.Model):
    """Something that was done about an alert. It stays; what it led to is pointed at."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("qué", max_length=10, choices=Step)
    text = models.CharField("qué se hizo", max_length=400)
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="alert_steps"
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="alert_steps"
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="alert_steps"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("cuándo")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=_points(), name="alert_step_points_at_its_kind")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


class AlertChange(ChangeRecord):
    """A change of an alert or of a step that was taken about it."""

    class Entity(models.TextChoices):
        ALERT = "alert", "Alerta"
        STEP = "step", "Gestión"

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="changes")
    entity = models.CharField("qué", max_length=8, choices=Entity)

    class Meta(ChangeRecord.Meta):
        indexes = [models.Index(fields=["alert", "-at"], name="alert_change_of_alert")]

    def __str__(self) -> str:
        return f"{self.get_entity_display()} {self.label}"


from mejora.territory import service as service  # noqa: E402 - its models belong to this app
from mejora.territory import works as works  # noqa: E402 - its models belong to this app
