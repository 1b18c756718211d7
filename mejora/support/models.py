"""Support to schools: a plan with its objectives, actions and sessions, and what was promised.

One engine for the Service's support (Chile), the advisory of an ATE and the technical assistance
of a Secretaría (Colombia); `SupportPlan.kind` tells them apart.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from mejora.files.models import StoredFile
from mejora.network.models import Membership, Owner, School
from mejora.people.models import User
from mejora.plans.enums import Direction
from mejora.plans.models import ChangeRecord, LiveQuerySet, Objective, Removable
from mejora.support import access
from mejora.support.enums import (
    ActionStatus,
    Approach,
    CommitmentStatus,
    Coverage,
    Effect,
    OwnTermKind,
    SessionStatus,
    SupportEntity,
    SupportKind,
    SupportStage,
    SupportStatus,
)

if TYPE_CHECKING:
    from mejora.network.access import Actor, Deed


class OwnTerm(Removable):
    """A word of a Service's own catalogue: an eje of work, or a cause of force majeure. The
    sources name no ejes, so each Service writes its own."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="own_terms")
    kind = models.CharField("catálogo", max_length=5, choices=OwnTermKind)
    text = models.CharField("nombre", max_length=120)
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.UniqueConstraint(
                fields=["owner", "kind", "text"],
                condition=Q(removed_at__isnull=True),
                name="own_term_unique",
                violation_error_message="Ya está en la lista.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class SupportPlanQuerySet(LiveQuerySet["SupportPlan"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> Self:
        """The support plans that the person may read (or do `deed` with)."""
        return self.filter(access.support_plans(actor, deed))


class SupportPlan(Removable):
    """The support that an owner's professionals, or an ATE, give to one school or to a network of
    schools in a year. `stage` is where its cycle stands; `hours` are the contracted ones."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("tipo", max_length=3, choices=SupportKind, default=SupportKind.DEP)
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="support_plans")
    name = models.CharField("nombre", max_length=160)
    year = models.PositiveSmallIntegerField("año")
    approach = models.CharField("estrategia", max_length=13, choices=Approach)
    stage = models.CharField(
        "etapa", max_length=11, choices=SupportStage, default=SupportStage.INVOLVEMENT
    )
    starts_on = models.DateField("inicio")
    ends_on = models.DateField("término")
    lead = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="support_plans",
        verbose_name="profesional a cargo",
    )
    hours = models.DecimalField("horas", max_digits=7, decimal_places=2, null=True, blank=True)
    status = models.CharField(
        "estado", max_length=7, choices=SupportStatus, default=SupportStatus.RUNNING
    )
    schools = models.ManyToManyField(School, through="SupportPlanSchool", related_name="+")
    revision = models.PositiveIntegerField(default=0)

    objects = SupportPlanQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["-year", "name", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="support_plan_ends_after_it_starts",
                violation_error_message="La fecha de término debe ser igual o posterior a la de "
                "inicio.",
            ),
        ]
        indexes = [models.Index(fields=["owner", "year", "status"], name="support_plan_of_owner")]

    def __str__(self) -> str:
        return self.name


class SupportPlanSchool(models.Model):
    """A school of a support plan; `coverage` and its reason where the procedure asks for them."""

    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="places")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="support_places")
    coverage = models.CharField("cobertura", max_length=8, choices=Coverage, blank=True)
    reason = models.CharField("por qué", max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "school"], name="support_school_once")
        ]

    def __str__(self) -> str:
        return str(self.school)


class SupportObjective(Removable):
    """What capacity the support develops, seen in which practice; it serves objectives of the
    schools' PME."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="objectives")
    eje = models.ForeignKey(
        OwnTerm, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.TextField("objetivo")
    capacity = models.CharField("capacidad que se desarrolla", max_length=300, blank=True)
    practice = models.CharField("práctica en que se ve", max_length=300, blank=True)
    serves = models.ManyToManyField(Objective, blank=True, related_name="support_objectives")
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class SupportIndicator(Removable):
    """By what one sees that an objective of the support is reached."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    objective = models.ForeignKey(
        SupportObjective, on_delete=models.PROTECT, related_name="indicators"
    )
    name = models.CharField("nombre", max_length=200)
    unit = models.CharField("unidad", max_length=40, blank=True)
    direction = models.CharField("se espera", max_length=4, choices=Direction, default=Direction.UP)
    baseline = models.DecimalField(
        "línea base", max_digits=12, decimal_places=2, null=True, blank=True
    )
    target = models.DecimalField("meta", max_digits=12, decimal_places=2, null=True, blank=True)
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class SupportReading(Removable):
    """The value of an indicator on a day, or why there is none."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    indicator = models.ForeignKey(
        SupportIndicator, on_delete=models.PROTECT, related_name="readings"
    )
    on = models.DateField("fecha")
    value = models.DecimalField("valor", max_digits=12, decimal_places=2, null=True, blank=True)
    note = models.CharField("nota", max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["on", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(note=""),
                name="support_reading_value_or_note",
                violation_error_message="Escriba el valor, o en la nota por qué no lo hay.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on:%d-%m-%Y}: {self.note if self.value is None else self.value}"


class SupportAction(Removable):
    """What is done to reach an objective of the support, when and by whom."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    objective = models.ForeignKey(
        SupportObjective, on_delete=models.PROTECT, related_name="actions"
    )
    name = models.CharField("nombre", max_length=200)
    description = models.TextField("descripción", blank=True)
    starts_on = models.DateField("inicio")
    ends_on = models.DateField("término")
    responsible_text = models.CharField("responsable", max_length=160, blank=True)
    responsible = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="support_actions"
    )
    status = models.CharField(
        "estado", max_length=10, choices=ActionStatus, default=ActionStatus.TO_DO
    )
    done_on = models.DateField("hecha el", null=True, blank=True)
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="support_action_ends_after_it_starts",
                violation_error_message="La fecha de término debe ser igual o posterior a la de "
                "inicio.",
            ),
            models.CheckConstraint(
                condition=Q(status=ActionStatus.DONE, done_on__isnull=False)
                | (~Q(status=ActionStatus.DONE) & Q(done_on__isnull=True)),
                name="support_action_done_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Adjustment(models.Model):
    """What force majeure did to an action: why, what it said before, the document that shows it.
    Never changed and never removed; a later one adds to it."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(SupportAction, on_delete=models.PROTECT, related_name="adjustments")
    cause = models.ForeignKey(OwnTerm, on_delete=models.PROTECT, related_name="+")
    effect = models.CharField("efecto", max_length=10, choices=Effect)
    text = models.TextField("qué pasó")
    document = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name_before = models.CharField("decía", max_length=200)
    starts_before = models.DateField("iniciaba")
    ends_before = models.DateField("terminaba")
    replacement = models.ForeignKey(
        SupportAction, on_delete=models.PROTECT, null=True, blank=True, related_name="replaces"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("cuándo")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(effect=Effect.REPLACED, replacement__isnull=False)
                | (~Q(effect=Effect.REPLACED) & Q(replacement__isnull=True)),
                name="adjustment_replaced_by_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_effect_display()}: {self.name_before}"


class SessionQuerySet(LiveQuerySet["Session"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> Self:
        """The sessions of the support plans that the person may read (or do `deed` with)."""
        plans = SupportPlan.objects.live().visible_to(actor, deed)
        return self.live().filter(plan__in=plans.values("pk"))


class Session(Removable):
    """A meeting of the support: first what will be treated, then what was. `hours` are those
    worked, once it was held."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="sessions")
    on = models.DateField("fecha")
    starts_at = models.TimeField("hora", null=True, blank=True)
    where = models.CharField("lugar", max_length=120, blank=True)
    stage = models.CharField("etapa", max_length=11, choices=SupportStage)
    eje = models.ForeignKey(
        OwnTerm, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agenda = models.TextField("tabla de la sesión")
    minutes = models.TextField("acta", blank=True)
    hours = models.DecimalField("horas", max_digits=5, decimal_places=2, null=True, blank=True)
    status = models.CharField(
        "estado", max_length=9, choices=SessionStatus, default=SessionStatus.PLANNED
    )
    status_reason = models.CharField("por qué se suspendió", max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = SessionQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["on", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(status=SessionStatus.HELD) | ~Q(minutes=""),
                name="session_held_has_minutes",
                violation_error_message="Escriba el acta.",
            ),
            models.CheckConstraint(
                condition=Q(status=SessionStatus.CANCELLED) | Q(status_reason=""),
                name="session_reason_when_cancelled",
            ),
        ]
        indexes = [models.Index(fields=["plan", "on"], name="session_of_plan")]

    def __str__(self) -> str:
        return f"Sesión del {self.on:%d-%m-%Y}"


class SessionSchool(models.Model):
    """A school at a session: how many of each estamento came. Numbers, never names; NULL is
    unknown."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="places")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    leaders = models.PositiveSmallIntegerField("equipo directivo", null=True, blank=True)
    teachers = models.PositiveSmallIntegerField("docentes", null=True, blank=True)
    assistants = models.PositiveSmallIntegerField(
        "asistentes de la educación", null=True, blank=True
    )
    families = models.PositiveSmallIntegerField("familias", null=True, blank=True)
    pupils = models.PositiveSmallIntegerField("estudiantes", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "school"], name="session_school_once")
        ]

    def __str__(self) -> str:
        return str(self.school)


class CommitmentQuerySet(LiveQuerySet["Commitment"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> Self:
        """Those of the sessions that the person may read; those of elsewhere by their school."""
        return self.live().filter(access.commitments(actor, deed))


class Commitment(Removable):
    """What somebody of a school promised, by when, and what came of it. One that was born in a
    session names it; one that was born elsewhere (an alert, a nonconformity) is named from there.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="commitments")
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    text = models.CharField("compromiso", max_length=300)
    responsible_text = models.CharField("responsable", max_length=160, blank=True)
    responsible = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    due_on = models.DateField("plazo")
    status = models.CharField(
        "estado", max_length=6, choices=CommitmentStatus, default=CommitmentStatus.OPEN
    )
    why = models.CharField("por qué", max_length=300, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField("respondido", null=True, blank=True)
    answered_in = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="answered"
    )
    revision = models.PositiveIntegerField(default=0)

    objects = CommitmentQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["due_on", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    status=CommitmentStatus.OPEN,
                    answered_by__isnull=True,
                    answered_at__isnull=True,
                    answered_in__isnull=True,
                )
                | (
                    ~Q(status=CommitmentStatus.OPEN)
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                name="commitment_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[CommitmentStatus.OPEN, CommitmentStatus.KEPT]) | ~Q(why=""),
                name="commitment_unkept_says_why",
                violation_error_message="Escriba por qué no se cumplió del todo.",
            ),
            models.CheckConstraint(
                condition=Q(responsible__isnull=False) | ~Q(responsible_text=""),
                name="commitment_has_a_responsible",
                violation_error_message="Escriba quién responde por el compromiso.",
            ),
        ]
        indexes = [models.Index(fields=["school", "status", "due_on"], name="commitment_due")]

    def __str__(self) -> str:
        return self.text


class SupportChange(ChangeRecord):
    """A change of a support plan and all that hangs from it; of a commitment born elsewhere (its
    school); or of an owner's own catalogue."""

    plan = models.ForeignKey(
        SupportPlan, on_delete=models.PROTECT, null=True, related_name="changes"
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, null=True, related_name="+")
    entity = models.CharField("qué", max_length=16, choices=SupportEntity)

    class Meta(ChangeRecord.Meta):
        constraints = [
            *ChangeRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(plan__isnull=False, school__isnull=True, owner__isnull=True)
                | Q(plan__isnull=True, school__isnull=False, owner__isnull=True)
                | Q(plan__isnull=True, school__isnull=True, owner__isnull=False),
                name="support_change_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "-at"], name="change_of_support_plan"),
            models.Index(fields=["entity_uid", "entity", "-id"], name="change_of_support_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.get_entity_display()} {self.label}"


from mejora.support import deliverables as deliverables  # noqa: E402 - its models belong here
from mejora.support import feedback as feedback  # noqa: E402 - its models belong to this app
