"""The plan chain: seals, objectives, goals, strategies, indicators, actions and what proves them;
the stages of each year, their events, the frozen versions and the record of every change."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from mejora.frameworks.models import Area, Edition, Term
from mejora.network import access
from mejora.network.models import ImportBatch, Membership, School
from mejora.people.models import User
from mejora.plans.enums import Direction, Entity, StageKind, StageStatus

if TYPE_CHECKING:
    from mejora.network.access import Actor, Deed


class Removable(models.Model):
    """Goes to the bin instead of being deleted; `live()` leaves the bin out."""

    removed_at = models.DateTimeField("en la papelera desde", null=True, blank=True)
    removed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_reason = models.CharField("por qué", max_length=200, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removed_reason="")
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="%(class)s_removal_is_whole",
            )
        ]


_M = TypeVar("_M", bound=models.Model)


class LiveQuerySet(models.QuerySet[_M]):
    def live(self) -> Self:
        """Without what is in the bin."""
        return self.filter(removed_at__isnull=True)


class Plan(models.Model):
    """The school's plan for a cycle (Chile: four years), bound to the edition it was made with."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="plans")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="plans")
    start_year = models.PositiveSmallIntegerField("primer año")
    end_year = models.PositiveSmallIntegerField("último año")
    vision = models.TextField("visión", blank=True)
    mission = models.TextField("misión", blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-start_year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_year__gte=F("start_year")),
                name="plan_ends_after_it_starts",
                violation_error_message="El último año debe ser igual o posterior al primero.",
            ),
            models.UniqueConstraint(fields=["school", "start_year"], name="plan_start_unique"),
        ]

    def __str__(self) -> str:
        return f"Plan {self.start_year}–{self.end_year}"


class PlanYearQuerySet(models.QuerySet["PlanYear"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> PlanYearQuerySet:
        """The years whose content the person may read (or do `deed` with)."""
        return self.filter(access.plan_years(actor, deed or access.Deed.READ_PLAN))

    def with_place(self) -> PlanYearQuerySet:
        return self.select_related(
            "plan__edition", "school__commune__region", "school__owner", "school__country"
        )


class PlanYear(models.Model):
    """One year of a plan. `stage_now`/`status_now` are written by the workflow alone: the first
    stage not yet approved, or Evaluación approved when all are."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="years")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="plan_years")
    year = models.PositiveSmallIntegerField("año")
    stage_now = models.CharField("etapa", max_length=14, choices=StageKind)
    status_now = models.CharField("estado", max_length=11, choices=StageStatus)
    is_begun = models.BooleanField("con registro", default=False)
    version_no = models.PositiveIntegerField("última versión", default=0)
    evaluation_summary = models.TextField("síntesis de la evaluación", blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = PlanYearQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["school", "year"], name="plan_year_unique")]
        indexes = [
            models.Index(
                fields=["school", "year", "stage_now", "status_now"], name="plan_year_progress"
            )
        ]

    def __str__(self) -> str:
        return f"PME {self.year}"


class Seal(Removable):
    """Sello of the PEI. Its official fields are not confirmed."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="seals")
    name = models.CharField("nombre", max_length=120)
    text = models.TextField("descripción", blank=True)
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Objective(Removable):
    """Objetivo estratégico: where the school wants to be at the end of the cycle."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="objectives")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True)
    seals = models.ManyToManyField(Seal, blank=True, related_name="objectives")
    factors = models.ManyToManyField("plans.CriticalFactor", blank=True, related_name="objectives")
    text = models.TextField("objetivo")
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class Goal(Removable):
    """Meta estratégica: how one knows that the objective was reached."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="goals")
    text = models.TextField("meta")
    baseline = models.DecimalField(
        "línea base", max_digits=12, decimal_places=2, null=True, blank=True
    )
    target = models.DecimalField(
        "valor esperado", max_digits=12, decimal_places=2, null=True, blank=True
    )
    unit = models.CharField("unidad", max_length=40, blank=True)
    due_year = models.PositiveSmallIntegerField("año", null=True, blank=True)
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class Strategy(Removable):
    """Estrategia of one year, towards an objective (and, where told, one of its goals)."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="strategies")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="strategies")
    goal = models.ForeignKey(
        Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="strategies"
    )
    text = models.TextField("estrategia")
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class Indicator(Removable):
    """Indicador de seguimiento of a strategy (Chile) or of a goal (Colombia)."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    strategy = models.ForeignKey(
        Strategy, on_delete=models.PROTECT, null=True, blank=True, related_name="indicators"
    )
    goal = models.ForeignKey(
        Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="indicators"
    )
    name = models.CharField("nombre", max_length=200)
    description = models.TextField("descripción", blank=True)
    unit = models.CharField("unidad", max_length=40, blank=True)
    direction = models.CharField("se espera", max_length=4, choices=Direction, default=Direction.UP)
    baseline = models.DecimalField(
        "línea base", max_digits=12, decimal_places=2, null=True, blank=True
    )
    target = models.DecimalField(
        "meta del año", max_digits=12, decimal_places=2, null=True, blank=True
    )
    order = models.PositiveSmallIntegerField("orden", default=0)
    revision = models.PositiveIntegerField(default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(strategy__isnull=True, goal__isnull=False)
                | Q(strategy__isnull=False, goal__isnull=True),
                name="indicator_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Reading(Removable):
    """Medición: the value of an indicator on a day, or why there is none."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="readings")
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
                name="reading_value_or_note",
                violation_error_message="Escriba el valor, o en la nota por qué no lo hay.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on:%d-%m-%Y}: {self.note if self.value is None else self.value}"


class ActionQuerySet(LiveQuerySet["Action"]):
    def late(self, on: dt.date) -> Self:
        """Past its end date and under 100 %, or with a milestone overdue; never a disabled one."""
        overdue = Milestone.objects.filter(
            action=models.OuterRef("pk"),
            removed_at__isnull=True,
            done_on__isnull=True,
            due_on__lt=on,
        )
        unfinished = Q(ends_on__lt=on) & (Q(level_now__isnull=True) | Q(level_now__max__lt=100))
        return self.filter(unfinished | Q(models.Exists(overdue)), is_disabled=False)


class Action(Removable):
    """Acción of one year: what is done, when, by whom, with what money, and how it is proved.

    `level_now`, `pct_now`, `reported_on` copy the newest report, in its transaction, so that no
    page ever counts reports. `pct_now` is exact (from milestones) or empty; the level always
    tells the interval.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="actions")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="actions")
    strategy = models.ForeignKey(
        Strategy, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    subareas = models.ManyToManyField(Area, blank=True, related_name="+")
    normative_plans = models.ManyToManyField(Term, blank=True, related_name="+")
    number = models.PositiveSmallIntegerField("número")
    name = models.CharField("nombre", max_length=200)
    description = models.TextField("descripción", blank=True)
    starts_on = models.DateField("inicio")
    ends_on = models.DateField("término")
    responsible_text = models.CharField("responsable", max_length=160, blank=True)
    responsible = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    resources_needed = models.TextField("recursos necesarios", blank=True)
    program_text = models.CharField("programa asociado", max_length=120, blank=True)
    ate_provider = models.CharField("ATE", max_length=160, blank=True)
    ate_service = models.CharField("servicio de la ATE", max_length=160, blank=True)
    is_disabled = models.BooleanField("desactivada", default=False)
    imported_total = models.BigIntegerField("total según el archivo", null=True, blank=True)
    level_now = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pct_now = models.PositiveSmallIntegerField("avance exacto", null=True, blank=True)
    reported_on = models.DateField("informada", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = ActionQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["number", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="action_ends_after_it_starts",
                violation_error_message="La fecha de término debe ser igual o posterior a la de "
                "inicio.",
            ),
            models.CheckConstraint(
                condition=Q(pct_now__isnull=True) | Q(pct_now__lte=100), name="action_pct_to_100"
            ),
            models.UniqueConstraint(
                fields=["plan_year", "number"],
                condition=Q(removed_at__isnull=True),
                name="action_number_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["plan_year", "removed_at", "level_now"], name="action_levels")
        ]

    def __str__(self) -> str:
        return self.name


class Funding(models.Model):
    """Money planned for an action from one source, in whole units of the country's currency."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="fundings")
    source = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    planned = models.PositiveBigIntegerField("monto")

    class Meta:
        ordering = ["source__order"]
        constraints = [
            models.UniqueConstraint(fields=["action", "source"], name="funding_once_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.planned}"


class Milestone(Removable):
    """Hito de progreso: a point of the action with its weight in the exact percentage."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="milestones")
    name = models.CharField("hito", max_length=160)
    due_on = models.DateField("fecha", null=True, blank=True)
    weight = models.PositiveSmallIntegerField("peso", help_text="%")
    people = models.ManyToManyField(Membership, blank=True, related_name="milestones")
    done_on = models.DateField("cumplido", null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    order = models.PositiveSmallIntegerField("orden", default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False),
                name="milestone_done_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(weight__lte=100),
                name="milestone_weight_to_100",
                violation_error_message="El peso va de 0 a 100.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EvidenceRequirement(Removable):
    """Medio de verificación asked for by an action, or by one of its milestones."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="requirements")
    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="requirements"
    )
    text = models.CharField("medio de verificación", max_length=200)
    order = models.PositiveSmallIntegerField("orden", default=0)

    objects = LiveQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class Stage(models.Model):
    """One stage of a plan year. The strategic one stands only in the plan's first year."""

    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="stages")
    kind = models.CharField("etapa", max_length=14, choices=StageKind)
    status = models.CharField(
        "estado", max_length=11, choices=StageStatus, default=StageStatus.NOT_STARTED
    )
    sent_at = models.DateTimeField("enviada", null=True, blank=True)
    sent_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("decidida", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_in = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan_year", "kind"], name="stage_unique"),
            models.CheckConstraint(
                name="stage_dates_fit_status",
                violation_error_message="El estado de la etapa no calza con sus fechas.",
                condition=Q(
                    status__in=[StageStatus.NOT_STARTED, StageStatus.PARTIAL],
                    sent_at__isnull=True,
                    sent_by__isnull=True,
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    decided_in__isnull=True,
                )
                | Q(
                    status=StageStatus.SENT,
                    sent_at__isnull=False,
                    sent_by__isnull=False,
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    decided_in__isnull=True,
                )
                | Q(
                    status__in=[StageStatus.RETURNED, StageStatus.APPROVED],
                    sent_at__isnull=False,
                    sent_by__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decided_in__isnull=True,
                )
                | Q(
                    status=StageStatus.APPROVED,
                    decided_at__isnull=False,
                    decided_by__isnull=True,
                    decided_in__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.state.lower()}"

    @property
    def state(self) -> str:
        """ "Aprobada": the state in the words that stages are spoken of."""
        return StageStatus(self.status).of_stage


def _user_xor_batch(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(by__isnull=False, batch__isnull=True) | Q(by__isnull=True, batch__isnull=False),
        name=name,
    )


class StageEvent(models.Model):
    """A move of a stage. Append only."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="events")
    transition = models.CharField("movimiento", max_length=10)
    from_status = models.CharField("desde", max_length=11, choices=StageStatus)
    to_status = models.CharField("hacia", max_length=11, choices=StageStatus)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("cuándo")
    comment = models.TextField("comentario", blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [_user_xor_batch("stage_event_by_someone")]

    def __str__(self) -> str:
        return f"{self.transition} {self.at:%Y-%m-%d}"


class Version(models.Model):
    """The year's whole tree as it stood at a sending or a decision. Immutable."""

    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="versions")
    event = models.OneToOneField(
        StageEvent, on_delete=models.PROTECT, null=True, related_name="version"
    )
    number = models.PositiveIntegerField("versión")
    content = models.TextField("contenido", help_text="canonical JSON")
    sha256 = models.CharField("huella", max_length=64)
    schema_no = models.PositiveSmallIntegerField("esquema", default=1)
    taken_at = models.DateTimeField("tomada")
    # The names behind the keys of people in `content`, where it was taken elsewhere.
    people = models.JSONField("personas", null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan_year", "number"], name="version_number_unique")
        ]

    def __str__(self) -> str:
        return f"versión {self.number}"


class ChangeRecord(models.Model):
    """Who wrote what, when, and what it said before. Append only: the history that people read,
    and what `check` compares every row against. Each aggregate (a plan, a support plan) has a
    table of its own with this shape, tied to the aggregate."""

    entity_uid = models.UUIDField("cuál")
    label = models.CharField("nombre", max_length=200)
    before = models.JSONField("antes", null=True)
    after = models.JSONField("después", null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("cuándo")
    reason = models.CharField("por qué", max_length=200, blank=True)
    request_id = models.UUIDField("petición", null=True)

    class Meta:
        abstract = True
        ordering = ["-at", "-pk"]
        constraints = [_user_xor_batch("%(class)s_by_someone")]


class Change(ChangeRecord):
    """A change of a plan."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="changes")
    plan_year = models.ForeignKey(
        PlanYear, on_delete=models.PROTECT, null=True, related_name="changes"
    )
    entity = models.CharField("qué", max_length=16, choices=Entity)

    class Meta(ChangeRecord.Meta):
        indexes = [
            models.Index(fields=["plan", "-at"], name="change_of_plan"),
            models.Index(fields=["entity_uid", "entity", "-id"], name="change_of_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.get_entity_display()} {self.label}"


from mejora.plans import assessment as assessment  # noqa: E402 - its models belong to this app
