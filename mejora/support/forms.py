"""What is typed of a support plan, its sessions and its commitments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from mejora.core import clock
from mejora.core.forms import CommaDecimalField, DayField, offer, offer_rows
from mejora.network.enums import Role
from mejora.network.models import Membership, Owner, School
from mejora.plans.forms.chain import Revised
from mejora.plans.models import Objective
from mejora.support.enums import Approach, CommitmentStatus, Effect, OwnTermKind, SupportKind
from mejora.support.models import (
    Commitment,
    OwnTerm,
    Session,
    SessionSchool,
    SupportAction,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportReading,
)
from mejora.support.snapshots import ESTAMENTOS

TWO_LINES = forms.Textarea(attrs={"rows": 2})
FOUR_LINES = forms.Textarea(attrs={"rows": 4})
NO_PUPILS = "No escriba nombres ni datos de salud de estudiantes."
_SUPPORTERS = (Role.ADVISER, Role.DISTRICT_LEAD, Role.OWNER, Role.PROFESSIONAL, Role.QUALITY_LEAD)
_SCHOOL_TEAM = (Role.DIRECTOR, Role.PLANNER, Role.RESPONSIBLE)


class PeopleField(forms.ModelChoiceField[Membership]):
    """Somebody who works at a place, by name and role."""

    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user} · {obj.get_role_display()}"


def supporters(owner: Owner) -> QuerySet[Membership]:
    found = Membership.objects.filter(owner=owner, role__in=_SUPPORTERS).in_force(clock.today())
    return found.select_related("user").order_by("user__name", "pk")


def people_of(plan: SupportPlan) -> QuerySet[Membership]:
    """Who may answer for something of a plan: its schools' teams and the supporters."""
    at_schools = Q(school__support_places__plan=plan, role__in=_SCHOOL_TEAM)
    at_owner = Q(owner=plan.owner_id, role__in=_SUPPORTERS)
    found = Membership.objects.filter(at_schools | at_owner).in_force(clock.today())
    return found.select_related("user").distinct().order_by("user__name", "pk")


def _with(offered: QuerySet[Membership], now: int) -> QuerySet[Membership]:
    """What is offered, and who already stands there though their time ended."""
    found = Membership.objects.filter(Q(pk=now) | Q(pk__in=offered.order_by().values("pk")))
    return found.select_related("user").order_by("user__name", "pk")


def own_terms(owner_id: int, kind: OwnTermKind, now: int | None = None) -> QuerySet[OwnTerm]:
    """What the Service's catalogue offers, and what already stands here though it was removed."""
    offered = Q(removed_at__isnull=True) | Q(pk=now)
    return OwnTerm.objects.filter(offered, owner=owner_id, kind=kind)


class SupportPlanForm(Revised):
    starts_on = DayField(label="Inicio")
    ends_on = DayField(label="Término", help_text="Quien asesora lo ve y lo escribe hasta ese día.")
    lead = PeopleField(
        label="Profesional a cargo", queryset=Membership.objects.none(), required=False
    )
    schools = forms.ModelMultipleChoiceField(
        label="Escuelas",
        queryset=School.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Una escuela, o varias si trabajan en red.",
        error_messages={"required": "Elija al menos una escuela."},
    )

    class Meta:
        model = SupportPlan
        fields = ["name", "year", "approach", "stage", "starts_on", "ends_on", "lead"]
        labels = {"approach": "Estrategia", "stage": "Etapa en que está"}
        widgets = {"approach": forms.RadioSelect, "stage": forms.RadioSelect}
        help_texts = {"name": "Por ejemplo «Apoyo 2026 a la Escuela Los Maitenes»."}

    def __init__(self, *args: Any, owner: Owner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "approach", Approach.choices)
        lead = supporters(owner)
        if self.instance.lead_id:
            lead = _with(lead, self.instance.lead_id)
        offer_rows(self, "lead", lead)
        schools = School.objects.filter(owner=owner)
        if self.instance.pk:
            schools = School.objects.filter(
                Q(owner=owner) | Q(support_places__plan=self.instance)
            ).distinct()
            there = self.instance.places.values_list("school", flat=True)
            self.fields["schools"].initial = list(there)
        offer_rows(self, "schools", schools.order_by("name"))

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not clock.today().year - 5 <= year <= clock.today().year + 1:
            raise forms.ValidationError("Escriba el año del plan, por ejemplo 2026.")
        return year

    def said(self) -> dict[str, Any]:
        found = super().said()
        found.pop("revision", None)
        found.pop("schools", None)
        return found


class _OfPlan(Revised):
    """Fields for the operation, without the revision and what is passed on its own."""

    APART: tuple[str, ...] = ()

    def said(self) -> dict[str, Any]:
        return {k: v for k, v in super().said().items() if k not in {"revision", *self.APART}}


class SupportObjectiveForm(_OfPlan):
    APART = ("serves",)
    eje = forms.ModelChoiceField(
        label="Eje de trabajo",
        queryset=OwnTerm.objects.none(),
        required=False,
        empty_label="Ninguno",
    )
    serves = forms.ModelMultipleChoiceField(
        label="Objetivos del PME a los que sirve",
        queryset=Objective.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = SupportObjective
        fields = ["text", "capacity", "practice", "eje", "serves"]
        widgets = {"text": FOUR_LINES, "capacity": TWO_LINES, "practice": TWO_LINES}
        help_texts = {
            "capacity": "Lo que el equipo directivo o docente sabrá hacer por sí mismo.",
            "practice": "Lo que se verá distinto en la escuela o en el aula.",
        }

    def __init__(self, *args: Any, plan: SupportPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ejes = own_terms(plan.owner_id, OwnTermKind.EJE, self.instance.eje_id)
        offer_rows(self, "eje", ejes)
        if not ejes.exists():
            self.fields["eje"].help_text = "El Servicio todavía no ha escrito sus ejes."
        served = Objective.objects.live().filter(
            plan__school__support_places__plan=plan,
            plan__start_year__lte=plan.year,
            plan__end_year__gte=plan.year,
        )
        offer_rows(self, "serves", served.distinct().order_by("plan", "order"))


class SupportIndicatorForm(_OfPlan):
    baseline = CommaDecimalField(label="Línea base", required=False)
    target = CommaDecimalField(label="Meta", required=False)

    class Meta:
        model = SupportIndicator
        fields = ["name", "unit", "direction", "baseline", "target"]
        widgets = {"direction": forms.RadioSelect}
        labels = {"direction": "Se espera que el valor vaya a"}
        help_texts = {"unit": "Por ejemplo %, docentes, visitas."}


class SupportReadingForm(_OfPlan):
    on = DayField(label="Fecha de la medición")
    value = CommaDecimalField(label="Valor", required=False)

    class Meta:
        model = SupportReading
        fields = ["on", "value", "note"]
        help_texts = {"note": "Si no se pudo medir, escriba por qué."}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("value") is None and not said.get("note") and not self.errors:
            self.add_error("value", "Escriba el valor, o en la nota por qué no lo hay.")
        return said


class SupportActionForm(_OfPlan):
    starts_on = DayField(label="Inicio")
    ends_on = DayField(label="Término")
    responsible = PeopleField(
        label="Persona responsable", queryset=Membership.objects.none(), required=False
    )
    done_on = DayField(
        label="Hecha el", required=False, help_text="Déjelo vacío mientras esté por hacer."
    )

    class Meta:
        model = SupportAction
        fields = [
            "name",
            "description",
            "starts_on",
            "ends_on",
            "responsible",
            "responsible_text",
            "done_on",
        ]
        labels = {"responsible_text": "Responsable, si no está en la lista"}
        widgets = {"description": TWO_LINES}

    def __init__(self, *args: Any, plan: SupportPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_of(plan)
        if self.instance.responsible_id:
            people = _with(people, self.instance.responsible_id)
        offer_rows(self, "responsible", people)
        if not self.instance.pk:
            del self.fields["done_on"]


class AdjustmentForm(forms.Form):
    """Force majeure. What is asked depends on the effect; nothing is hidden without JavaScript."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    cause = forms.ModelChoiceField(
        label="Razón",
        queryset=OwnTerm.objects.none(),
        empty_label="Elija una",
        error_messages={"required": "Elija la razón."},
    )
    text = forms.CharField(
        label="Qué pasó",
        widget=TWO_LINES,
        max_length=1000,
        help_text=NO_PUPILS,
        error_messages={"required": "Escriba qué pasó."},
    )
    effect = forms.ChoiceField(
        label="Qué se hace con la acción",
        choices=Effect.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Elija qué se hace con la acción."},
    )
    name = forms.CharField(
        label="La acción, desde ahora",
        max_length=200,
        required=False,
        help_text="Si se modifica, su nuevo texto. Si se reemplaza, la acción que viene en su "
        "lugar.",
    )
    starts_on = DayField(label="Nuevo inicio", required=False)
    ends_on = DayField(label="Nuevo término", required=False)
    document = forms.FileField(
        label="Documento que lo muestra",
        required=False,
        help_text="Una licencia, un aviso, un acta. PDF, imagen o documento.",
    )
    shows_people = forms.BooleanField(
        label="El documento muestra personas o nombres", required=False
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        action: SupportAction,
    ) -> None:
        initial = {
            "revision": action.revision,
            "name": action.name,
            "starts_on": action.starts_on,
            "ends_on": action.ends_on,
        }
        super().__init__(data, files, initial=initial)
        owner = action.objective.plan.owner_id
        offer_rows(self, "cause", own_terms(owner, OwnTermKind.CAUSE))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        starts, ends = said.get("starts_on"), said.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error(
                "ends_on", f"La fecha de término debe ser igual o posterior al {starts:%d-%m-%Y}."
            )
        return said


class SessionForm(_OfPlan):
    on = DayField(label="Fecha")
    starts_at = forms.TimeField(
        label="Hora",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5"}),
        help_text="Por ejemplo 10:30.",
        error_messages={"invalid": "Escriba la hora, por ejemplo 10:30."},
    )
    eje = forms.ModelChoiceField(
        label="Eje de trabajo",
        queryset=OwnTerm.objects.none(),
        required=False,
        empty_label="Ninguno",
    )

    class Meta:
        model = Session
        fields = ["on", "starts_at", "where", "stage", "eje", "agenda"]
        widgets = {"stage": forms.RadioSelect, "agenda": FOUR_LINES}
        labels = {"stage": "Etapa del apoyo", "agenda": "Tabla: qué se tratará"}
        help_texts = {"agenda": "Un punto por línea."}

    def __init__(self, *args: Any, plan: SupportPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        if plan.kind == SupportKind.AT:  # its cycle is told by the Secretaría's activities
            del self.fields["stage"], self.fields["eje"]
            return
        offer_rows(self, "eje", own_terms(plan.owner_id, OwnTermKind.EJE, self.instance.eje_id))

    def said(self) -> dict[str, Any]:
        return {"stage": self.plan.stage, **super().said()}


class HoldForm(_OfPlan):
    hours = CommaDecimalField(
        label="Horas que duró", required=False, min_value=0, max_value=Decimal(24)
    )

    class Meta:
        model = Session
        fields = ["minutes", "hours"]
        labels = {"minutes": "Acta: qué se trató y qué se acordó"}
        widgets = {"minutes": forms.Textarea(attrs={"rows": 8})}
        help_texts = {"minutes": NO_PUPILS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.hours is not None:
            self.initial["hours"] = self.instance.hours.normalize()
        self.fields["minutes"].required = True
        self.fields["minutes"].error_messages["required"] = "Escriba el acta."


class AttendanceForm(forms.Form):
    """How many of each estamento came from one school; empty is unknown."""

    def __init__(self, data: QueryDict | None = None, *, place: SessionSchool) -> None:
        super().__init__(data, prefix=f"e{place.school_id}")
        self.place = place
        for name in ESTAMENTOS:
            words = str(SessionSchool._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a plain field
            self.fields[name] = forms.IntegerField(
                label=words.capitalize(),
                required=False,
                min_value=0,
                max_value=9999,
                initial=getattr(place, name),
                widget=forms.TextInput(
                    attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}
                ),
                error_messages={"invalid": "Escriba un número entero, por ejemplo 12."},
            )


class CancelForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Por qué se suspende",
        max_length=200,
        error_messages={"required": "Escriba por qué se suspende."},
    )


class CloseForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Por qué se cierra", max_length=200, required=False)


class RemoveForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Por qué", max_length=200, required=False)


class CommitmentForm(_OfPlan):
    school = forms.ModelChoiceField(
        label="Escuela", queryset=School.objects.none(), empty_label=None
    )
    due_on = DayField(label="Plazo")
    responsible = PeopleField(
        label="Responsable",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="Otra persona",
    )

    class Meta:
        model = Commitment
        fields = ["school", "text", "responsible", "responsible_text", "due_on"]
        labels = {"text": "Compromiso", "responsible_text": "Responsable, si es otra persona"}
        help_texts = {"text": f"Qué se hará. {NO_PUPILS}"}

    def __init__(self, *args: Any, plan: SupportPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = School.objects.filter(support_places__plan=plan).order_by("name")
        offer_rows(self, "school", schools)
        offer_rows(self, "responsible", people_of(plan))
        found = list(schools[:2])
        if self.instance.pk or len(found) == 1:
            self.fields["school"].initial = self.instance.school_id or found[0].pk
            self.fields["school"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("responsible") and not said.get("responsible_text"):
            self.add_error("responsible", "Elija o escriba quién responde.")
        return said


class AnswerForm(forms.Form):
    """What came of a commitment."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label="¿Se cumplió?",
        choices=[(s.value, s.label) for s in CommitmentStatus if s != CommitmentStatus.OPEN],
        widget=forms.RadioSelect,
        error_messages={"required": "Elija si se cumplió, en parte o no."},
    )
    why = forms.CharField(
        label="Si no se cumplió del todo, por qué",
        max_length=300,
        required=False,
    )

    def __init__(self, data: QueryDict | None = None, *, commitment: Commitment) -> None:
        is_open = commitment.status == CommitmentStatus.OPEN
        initial = {
            "revision": commitment.revision,
            "status": "" if is_open else commitment.status,
            "why": commitment.why,
        }
        super().__init__(data, initial=initial, auto_id=f"c{commitment.pk}-%s")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        needs_why = said.get("status") in (CommitmentStatus.PARTLY, CommitmentStatus.NOT)
        if needs_why and not said.get("why"):
            self.add_error("why", "Escriba por qué no se cumplió del todo.")
        return said


class OwnTermForm(_OfPlan):
    class Meta:
        model = OwnTerm
        fields = ["text"]
