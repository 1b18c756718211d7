"""What is asked in a support plan and what the school is told back.

These models stand apart from `models.py`, which imports this module so that Django finds them.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from mejora.network import access as network
from mejora.network.access import Deed
from mejora.network.models import School
from mejora.participation.enums import InstrumentKind, Side
from mejora.participation.models import Instrument, Response
from mejora.people.models import User
from mejora.plans.models import LiveQuerySet, Removable
from mejora.support.models import SupportPlan

if TYPE_CHECKING:
    from mejora.network.access import Actor


def of_schools(actor: Actor, deed: Deed) -> Q:
    """What is of one school within a plan: for those whose place covers the school, so that a
    school of a network never reads what another one answered."""
    members = [membership for membership, _ in actor.with_reach(deed)]
    plans = SupportPlan.objects.live().visible_to(actor, deed)
    if not members:
        return Q(pk__in=())
    return Q(plan__in=plans.values("pk")) & network.covered(members, "school__")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, actor: Actor, deed: Deed = Deed.READ_SUPPORT) -> Self:
        return self.filter(of_schools(actor, deed))

    def with_parts(self) -> Self:
        return self.select_related(
            "plan__owner",
            "plan__lead",
            "school__commune",
            "school__country",
            "instrument",
            "support_response__closed_by",
            "school_response__closed_by",
        )


class Application(models.Model):
    """An instrument applied at a school within its support plan. Guide questions are answered by
    whoever supports, with the school's team; a rubric by each side on its own."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="applications")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+")
    on = models.DateField("fecha")
    support_response = models.OneToOneField(
        Response, on_delete=models.PROTECT, null=True, blank=True, related_name="as_support"
    )
    school_response = models.OneToOneField(
        Response, on_delete=models.PROTECT, null=True, blank=True, related_name="as_school"
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "school", "instrument", "on"],
                name="application_once_a_day",
                violation_error_message="Ya hay una aplicación de esta pauta en esa fecha.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.on:%d-%m-%Y}"

    @property
    def is_rubric(self) -> bool:
        return self.instrument.kind == InstrumentKind.RUBRIC

    @property
    def sides(self) -> tuple[Side, ...]:
        """Who answers it."""
        return (Side.SUPPORT, Side.SCHOOL) if self.is_rubric else (Side.SUPPORT,)

    def response(self, side: Side) -> Response | None:
        return self.support_response if side == Side.SUPPORT else self.school_response

    def is_in(self, side: Side) -> bool:
        found = self.response(side)
        return found is not None and found.is_closed

    @property
    def is_whole(self) -> bool:
        """Every side handed in its own."""
        return all(self.is_in(side) for side in self.sides)


class FeedbackReportQuerySet(LiveQuerySet["FeedbackReport"]):
    def visible_to(self, actor: Actor, deed: Deed = Deed.READ_SUPPORT) -> Self:
        """Drafts are seen by those who write support; what was sent, by those who read it."""
        found = self.filter(of_schools(actor, deed))
        if deed != Deed.READ_SUPPORT:
            return found
        return found.filter(Q(sent_at__isnull=False) | of_schools(actor, Deed.WRITE_SUPPORT))

    def sent(self) -> Self:
        return self.live().filter(sent_at__isnull=False)

    def with_parts(self) -> Self:
        return self.select_related(
            "plan__owner",
            "plan__lead",
            "school__commune__region",
            "school__country",
            "sent_by",
            "read_by",
            "answered_by",
        )


class FeedbackReport(Removable):
    """Informe sintético de retroalimentación: what a school is told of a period of its support, in
    the aspects that the source names. It is a draft until it is sent; then `content` keeps what
    it said, with its digest, and the school says that it read it and answers."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="feedback_reports")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="feedback_reports")
    from_on = models.DateField("desde")
    to_on = models.DateField("hasta")
    achievements = models.TextField("cumplimiento de logros", blank=True)
    participation = models.TextField("participación de la comunidad", blank=True)
    emerging = models.TextField("situaciones emergentes", blank=True)
    next_steps = models.TextField("orientaciones y próximos pasos", blank=True)
    content = models.TextField("lo enviado", blank=True, help_text="canonical JSON")
    sha256 = models.CharField("huella", max_length=64, blank=True)
    sent_at = models.DateTimeField("enviado", null=True, blank=True)
    sent_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_at = models.DateTimeField("leído", null=True, blank=True)
    read_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.TextField("respuesta de la escuela", blank=True)
    answered_at = models.DateTimeField("respondido", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField(default=0)

    objects = FeedbackReportQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["-to_on", "-pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")),
                name="feedback_ends_after_it_starts",
                violation_error_message="La fecha de término debe ser igual o posterior a la de "
                "inicio.",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True, content="", sha256="")
                | (
                    Q(sent_at__isnull=False, sent_by__isnull=False) & ~Q(content="") & ~Q(sha256="")
                ),
                name="feedback_sending_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False, sent_at__isnull=False),
                name="feedback_read_once_sent",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (
                    Q(answered_at__isnull=False, answered_by__isnull=False, read_at__isnull=False)
                    & ~Q(answer="")
                ),
                name="feedback_answered_once_read",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(sent_at__isnull=True),
                name="feedback_sent_is_kept",
            ),
        ]
        indexes = [models.Index(fields=["plan", "school", "sent_at"], name="feedback_of_school")]

    def __str__(self) -> str:
        return f"Informe del {self.from_on:%d-%m-%Y} al {self.to_on:%d-%m-%Y}"
