"""The cycle D02.03 of a Secretaría and year: what it analyses, whom it helps, what it promises in
its PAM, what was done of it, how schools rate it, what deviated and what is reported.

Every row belongs to one cycle and is written by an operation that leaves a `CycleChange`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, TypeVar

from django.db import models
from django.db.models import F, Q

from mejora.assistance.enums import (
    Activity,
    AssistanceState,
    Entity,
    Klass,
    Met,
    Modality,
    NeedState,
    Origin,
    Outcome,
    Sector,
    Source,
)
from mejora.network.access import Deed
from mejora.network.colombia import SaberCategory
from mejora.network.enums import Regime
from mejora.network.models import Owner, School
from mejora.participation.models import Response
from mejora.people.models import User
from mejora.plans.models import ChangeRecord, LiveQuerySet, Removable
from mejora.support.models import SupportPlan

if TYPE_CHECKING:
    from mejora.network.access import Actor

_M = TypeVar("_M", bound=models.Model)


class CycleQuerySet(models.QuerySet["Cycle"]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> CycleQuerySet:
        """The cycles of the Secretarías where the person works."""
        members = actor.with_reach(deed or Deed.READ_CYCLE)
        return self.filter(owner__in=sorted({m.owner_id for m, _ in members if m.owner_id}))


class Cycle(models.Model):
    """One turn of D02.03. The period of evaluation ends with `ends_on`, and schools rate what they
    received until `ratings_due_on`, both days included. What counts as a low SABER result and
    whether such schools need integral support is not in the source: the Secretaría says."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="cycles")
    year = models.PositiveSmallIntegerField("vigencia")
    starts_on = models.DateField("inicio")
    ends_on = models.DateField("fin del período de evaluación")
    ratings_due_on = models.DateField("plazo de los EE para evaluar")
    low_from = models.CharField(
        "bajo desempeño en SABER", max_length=2, choices=SaberCategory, default=SaberCategory.C
    )
    needs_integral = models.BooleanField("exige acompañamiento integral", default=False)
    revision = models.PositiveIntegerField(default=0)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "year"],
                name="cycle_one_per_year",
                violation_error_message="Ya hay un ciclo de esa vigencia.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), ratings_due_on__gte=F("starts_on")),
                name="cycle_ends_after_it_starts",
                violation_error_message="Las fechas deben ser iguales o posteriores al inicio.",
            ),
        ]

    def __str__(self) -> str:
        return f"Ciclo {self.year}"


class CycleRowQuerySet(LiveQuerySet[_M]):
    def visible_to(self, actor: Actor, deed: Deed | None = None) -> CycleRowQuerySet[_M]:
        """The rows of the cycles that the person sees."""
        return self.filter(cycle__in=Cycle.objects.visible_to(actor, deed))


class CycleRow(models.Model):
    """What every row of a cycle has."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="%(class)s_rows")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class Closing(CycleRow):
    """An activity of the whole cycle that was closed: by whom, when, with what note."""

    activity = models.PositiveSmallIntegerField("actividad", choices=Activity)
    at = models.DateTimeField("cuándo")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.TextField("nota", blank=True)

    class Meta:
        ordering = ["activity"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "activity"], name="closing_once_per_activity")
        ]

    def __str__(self) -> str:
        return f"{self.activity}. {self.get_activity_display()}"


class CycleInput(CycleRow, Removable):
    """A source that the analysis consulted and what it found, of one school or of all."""

    source = models.CharField("fuente", max_length=6, choices=Source)
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    document = models.CharField("documento", max_length=160)
    on = models.DateField("fecha del documento", null=True, blank=True)
    finding = models.TextField("qué se encontró")

    objects = CycleRowQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["source", "pk"]

    def __str__(self) -> str:
        return f"{self.source} {self.document}"


class Need(CycleRow, Removable):
    """A need of a school, from the analysis or because the school asked for it."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="needs")
    origin = models.CharField("origen", max_length=8, choices=Origin)
    theme = models.CharField("tema", max_length=120)
    text = models.TextField("qué se necesita")
    asked_on = models.DateField("fecha")
    state = models.CharField("estado", max_length=8, choices=NeedState, default=NeedState.OPEN)
    assistance = models.ForeignKey(
        "Assistance", on_delete=models.PROTECT, null=True, blank=True, related_name="needs"
    )
    answer = models.TextField("respuesta", blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["asked_on", "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state=NeedState.INCLUDED, assistance__isnull=False)
                | Q(~Q(state=NeedState.INCLUDED), assistance__isnull=True),
                name="need_included_names_its_assistance",
            ),
        ]

    def __str__(self) -> str:
        return self.theme


class Inclusion(CycleRow):
    """A school of the jurisdiction in the cycle: what is known of it, how it is classified and
    why, and how its PMI stands after the support. Without a class it is not included."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="inclusions")
    sector = models.CharField("sector", max_length=1, choices=Sector, blank=True)
    saber = models.CharField("categoría SABER 11", max_length=2, choices=SaberCategory, blank=True)
    regime = models.CharField("régimen", max_length=2, choices=Regime, blank=True)
    klass = models.CharField("clasificación", max_length=8, choices=Klass, blank=True)
    reason = models.CharField("motivo", max_length=200, blank=True)
    other_support = models.CharField("capacitación u otro apoyo", max_length=200, blank=True)
    outcome = models.CharField("su PMI tras el apoyo", max_length=8, choices=Outcome, blank=True)
    is_systematic = models.BooleanField("la irregularidad es sistemática", default=False)
    outcome_note = models.TextField("en qué se basa", blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "school"], name="inclusion_once_per_school"),
            models.CheckConstraint(
                condition=Q(is_systematic=False) | Q(outcome=Outcome.FAILS),
                name="inclusion_systematic_fails",
                violation_error_message="Solo es sistemática si el EE todavía no cumple.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.school)


class PamAction(CycleRow, Removable):
    """An action of the Plan de Apoyo al Mejoramiento, with its goal and indicator."""

    number = models.PositiveSmallIntegerField("número")
    text = models.CharField("acción", max_length=300)
    component = models.CharField("componente del PAM", max_length=120, blank=True)
    goal = models.CharField("meta", max_length=300)
    indicator = models.CharField("indicador", max_length=200)
    unit = models.CharField("unidad", max_length=40, blank=True)
    target = models.DecimalField("valor esperado", max_digits=12, decimal_places=2)
    responsible = models.CharField("responsable", max_length=120)

    objects = CycleRowQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["number"]
        constraints = [
            *Removable.Meta.constraints,
            models.UniqueConstraint(fields=["cycle", "number"], name="pam_action_number_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class Assistance(CycleRow):
    """A programmed technical assistance. Its dates, schools, sessions and commitments are those of
    its support plan; here stands what D02.03 adds. `finished_on` is the day when it was carried
    out or cancelled."""

    plan = models.OneToOneField(SupportPlan, on_delete=models.PROTECT, related_name="assistance")
    modality = models.CharField("modalidad", max_length=9, choices=Modality)
    objectives = models.TextField("objetivos")
    responsible = models.CharField("responsable", max_length=120, blank=True)
    method = models.TextField("método de trabajo", blank=True)
    resources = models.TextField("recursos", blank=True)
    pam_action = models.ForeignKey(
        PamAction, on_delete=models.PROTECT, null=True, blank=True, related_name="assistances"
    )
    state = models.CharField(
        "estado", max_length=10, choices=AssistanceState, default=AssistanceState.PROGRAMMED
    )
    finished_on = models.DateField("terminada", null=True, blank=True)
    reason = models.CharField("por qué", max_length=200, blank=True)

    # What `reading.assistances` counts beside each.
    school_count: int
    task_count: int
    task_done: int
    session_count: int
    last_session: dt.date | None
    rating_count: int
    verified: bool
    open_cases: int

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        ordering = ["plan__starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[AssistanceState.DONE, AssistanceState.CANCELLED],
                    finished_on__isnull=False,
                )
                | Q(
                    state__in=[AssistanceState.PROGRAMMED, AssistanceState.RUNNING],
                    finished_on__isnull=True,
                ),
                name="assistance_end_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=AssistanceState.CANCELLED) | ~Q(reason=""),
                name="assistance_cancelled_says_why",
                violation_error_message="Escriba por qué se cancela.",
            ),
        ]

    def __str__(self) -> str:
        return self.plan.name

    @property
    def is_over(self) -> bool:
        return self.finished_on is not None


class Task(CycleRow, Removable):
    assistance = models.ForeignKey(Assistance, on_delete=models.PROTECT, related_name="tasks")
    name = models.CharField("tarea", max_length=200)
    responsible = models.CharField("responsable", max_length=120)
    due_on = models.DateField("fecha")
    done_on = models.DateField("hecha", null=True, blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.name


class AlignmentReview(CycleRow):
    """The leader's review of activity 4: is each programmed assistance in the PAM? A line per
    assistance keeps what it said that day."""

    number = models.PositiveSmallIntegerField("revisión")
    on = models.DateField("fecha")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_aligned = models.BooleanField("todo está en el PAM")
    note = models.TextField("nota", blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="alignment_number_unique")
        ]

    def __str__(self) -> str:
        return f"Revisión {self.number}"


class AlignmentLine(models.Model):
    review = models.ForeignKey(AlignmentReview, on_delete=models.PROTECT, related_name="lines")
    assistance = models.ForeignKey(Assistance, on_delete=models.PROTECT, related_name="+")
    pam_action = models.ForeignKey(PamAction, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "assistance"], name="alignment_line_unique")
        ]

    def __str__(self) -> str:
        return str(self.assistance)


class Improvement(CycleRow):
    """The acción de mejoramiento that a review without alignment opens; done, the leader reviews
    again."""

    review = models.OneToOneField(
        AlignmentReview, on_delete=models.PROTECT, related_name="improvement"
    )
    text = models.TextField("qué se hará")
    responsible = models.CharField("responsable", max_length=120)
    due_on = models.DateField("fecha")
    done_on = models.DateField("hecha", null=True, blank=True)
    result = models.TextField("resultado", blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | ~Q(result=""),
                name="improvement_done_says_its_result",
            )
        ]

    def __str__(self) -> str:
        return self.text


class FollowUp(CycleRow):
    """A follow-up of activity 6, and where guard G6 led that day: back to 5 or on to 7."""

    on = models.DateField("fecha")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    strengths = models.TextField("fortalezas")
    opportunities = models.TextField("oportunidades de mejora")
    objectives_met = models.CharField("¿se cumplen los objetivos?", max_length=6, choices=Met)
    leads_to = models.PositiveSmallIntegerField("sigue la actividad", choices=[(5, "5"), (7, "7")])

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"Seguimiento del {self.on:%d-%m-%Y}"


class PamReading(models.Model):
    """The value of a PAM action's indicator in a follow-up."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="readings")
    pam_action = models.ForeignKey(PamAction, on_delete=models.PROTECT, related_name="readings")
    value = models.DecimalField("valor", max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "pam_action"], name="pam_reading_unique")
        ]

    def __str__(self) -> str:
        return str(self.value)


class Rating(CycleRow):
    """A school's evaluation of an assistance that it received; what it answered is the response."""

    assistance = models.ForeignKey(Assistance, on_delete=models.PROTECT, related_name="ratings")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="ratings")
    response = models.OneToOneField(Response, on_delete=models.PROTECT, related_name="rating")

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assistance", "school"], name="rating_once_per_school")
        ]

    def __str__(self) -> str:
        return f"{self.school} · {self.assistance}"


class RatingReview(CycleRow):
    """The evaluations put together after the deadline, the leader's review of them, and the day
    when they went to E02.01 Medir la satisfacción del cliente."""

    expected = models.PositiveIntegerField("evaluaciones esperadas")
    received = models.PositiveIntegerField("evaluaciones recibidas")
    consolidated_at = models.DateTimeField("consolidado")
    consolidated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField("revisado", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    review = models.TextField("revisión de la líder o del líder", blank=True)
    sent_on = models.DateField("enviado a E02.01", null=True, blank=True)

    objects = CycleRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle"], name="ratings_consolidated_once"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, review="")
                | Q(Q(reviewed_at__isnull=False, reviewed_by__isnull=False), ~Q(review="")),
                name="ratings_review_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return "Consolidado de evaluaciones"


class CycleChange(ChangeRecord):
    """A change of a cycle."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="changes")
    entity = models.CharField("qué", max_length=12, choices=Entity)

    class Meta(ChangeRecord.Meta):
        indexes = [
            models.Index(fields=["cycle", "-at"], name="cycle_change_of_cycle"),
            models.Index(fields=["entity_uid", "entity", "-id"], name="cycle_change_of_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.get_entity_display()} {self.label}"


from mejora.assistance import reporting as reporting  # noqa: E402 - its models belong to this app
from mejora.assistance import verifying as verifying  # noqa: E402 - its models belong to this app
