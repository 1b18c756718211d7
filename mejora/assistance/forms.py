"""What is typed of a cycle. Who may, and what the guards ask, is the operations' business."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from mejora.assistance.enums import Met, NeedState, Outcome, Target
from mejora.assistance.models import (
    Assistance,
    Cycle,
    CycleInput,
    Improvement,
    Inclusion,
    Need,
    PamAction,
    RatingReview,
    Task,
)
from mejora.assistance.reporting import (
    Irregularity,
    RecordPolicy,
    Report,
)
from mejora.assistance.verifying import (
    Case,
    Requirement,
)
from mejora.core import clock, wording
from mejora.core.forms import CommaDecimalField, DayField, offer_rows
from mejora.network.models import School
from mejora.plans.forms.chain import Revised

THREE = forms.Textarea(attrs={"rows": 3})
NO_PUPILS = "No escriba nombres ni datos de salud de estudiantes."
FUTURE = "La fecha no puede ser posterior a hoy."


def past(on: dt.date | None) -> dt.date | None:
    if on and on > clock.today():
        raise forms.ValidationError(FUTURE)
    return on


class CycleForm(Revised):
    """Dates and settings of a cycle."""

    starts_on = DayField(label="Inicio")
    ends_on = DayField(
        label="Fin del período de evaluación", help_text="Ese día todavía cuenta (guarda G6)."
    )
    ratings_due_on = DayField(
        label="Plazo de los establecimientos para evaluar",
        help_text="Ese día todavía se recibe (guarda G7).",
    )

    class Meta:
        model = Cycle
        fields = [
            *("year", "starts_on", "ends_on", "ratings_due_on", "low_from", "needs_integral"),
        ]
        labels = {
            "low_from": "Bajo desempeño en SABER desde la categoría",
            "needs_integral": "Quienes deben incluirse van a acompañamiento integral",
        }
        help_texts = {
            "low_from": "D02.03 no fija el umbral: lo decide la Secretaría.",
            "needs_integral": "D02.03 solo pide incluirlos; esta exigencia es de la Secretaría.",
        }


class SettingsForm(CycleForm):
    """The same of a cycle that runs: its year stays."""

    class Meta(CycleForm.Meta):
        fields = CycleForm.Meta.fields[1:]


class RowForm(Revised):
    """A row of one cycle: only its Secretaría's schools are offered."""

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = cycle
        if "school" in self.fields:
            schools = School.objects.filter(inclusions__cycle=cycle)
            offer_rows(self, "school", schools.order_by("name"))

    def said(self) -> dict[str, Any]:
        return {k: v for k, v in super().said().items() if k != "revision"}


class InputForm(RowForm):
    on = DayField(label="Fecha del documento", required=False)

    class Meta:
        model = CycleInput
        fields = ["source", "document", "on", "school", "finding"]
        labels = {"school": "Establecimiento"}
        help_texts = {"school": "Vacío si es de toda la entidad territorial."}
        widgets = {"finding": THREE}


class NeedForm(RowForm):
    asked_on = DayField(label="Fecha")

    class Meta:
        model = Need
        fields = ["school", "origin", "theme", "text", "asked_on"]
        labels = {"school": "Establecimiento"}
        widgets = {"text": THREE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["asked_on"].initial = clock.today()

    def clean_asked_on(self) -> dt.date | None:
        return past(self.cleaned_data["asked_on"])


class AnswerNeedForm(RowForm):
    """Say that a need is not served, or open it again."""

    declined = forms.BooleanField(label="No se atiende en este ciclo", required=False)

    class Meta:
        model = Need
        fields = ["answer"]
        widgets = {"answer": THREE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["declined"].initial = self.instance.state == NeedState.DECLINED


class AskForm(RowForm):
    """What a school asks its Secretaría for."""

    class Meta:
        model = Need
        fields = ["theme", "text"]
        labels = {"theme": "Tema", "text": "¿Qué apoyo necesita?"}
        help_texts = {
            "theme": "Por ejemplo: seguimiento de las actividades del PMI.",
            "text": NO_PUPILS,
        }
        widgets = {"text": THREE}


class ClassForm(RowForm):
    class Meta:
        model = Inclusion
        fields = ["sector", "saber", "regime", "klass", "reason", "other_support"]
        help_texts = {
            "regime": "Solo de los establecimientos no oficiales.",
            "klass": "Vacío: no se incluye en la asistencia.",
        }


class OutcomeForm(RowForm):
    class Meta:
        model = Inclusion
        fields = ["outcome", "is_systematic", "outcome_note"]
        labels = {"outcome": "Tras el apoyo, ¿cumple las normas y orientaciones sobre su PMI?"}
        widgets = {"outcome": forms.RadioSelect(choices=Outcome), "outcome_note": THREE}


class PamActionForm(RowForm):
    target = CommaDecimalField(label="Valor esperado", min_value=0)

    class Meta:
        model = PamAction
        fields = ["text", "component", "goal", "indicator", "target", "unit", "responsible"]


class RequirementForm(RowForm):
    class Meta:
        model = Requirement
        fields = ["text", "source", "criterion"]


class TaskForm(RowForm):
    due_on = DayField(label="Fecha")
    done_on = DayField(label="Hecha el", required=False)

    class Meta:
        model = Task
        fields = ["name", "responsible", "due_on", "done_on"]

    def clean_done_on(self) -> dt.date | None:
        return past(self.cleaned_data["done_on"])


class ImprovementForm(RowForm):
    """How the acción de mejoramiento ended."""

    done_on = DayField(label="Hecha el")

    class Meta:
        model = Improvement
        fields = ["done_on", "result"]
        widgets = {"result": THREE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].required = True

    def clean_done_on(self) -> dt.date | None:
        return past(self.cleaned_data["done_on"])


class CaseForm(RowForm):
    due_on = DayField(label="Para cuándo")
    done_on = DayField(
        label="Ejecutado el",
        required=False,
        help_text="Con la fecha, la desviación espera una nueva verificación.",
    )

    class Meta:
        model = Case
        fields = ["cause", "treatment", "responsible", "due_on", "done_on"]
        widgets = {"cause": THREE, "treatment": THREE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("cause", "treatment", "responsible"):
            self.fields[name].required = True

    def clean_done_on(self) -> dt.date | None:
        return past(self.cleaned_data["done_on"])


class ReportForm(RowForm):
    class Meta:
        model = Report
        fields = ["results", "analysis", "proposals"]
        widgets = {
            name: forms.Textarea(attrs={"rows": 6}) for name in ("results", "analysis", "proposals")
        }


class IrregularityForm(RowForm):
    class Meta:
        model = Irregularity
        fields = ["norm", "evidence", "proposal"]
        widgets = {"norm": THREE, "evidence": THREE, "proposal": THREE}


class PolicyForm(RowForm):
    class Meta:
        model = RecordPolicy
        fields = ["responsible", "place", "retention", "afterwards"]


class RatingReviewForm(RowForm):
    sent_on = DayField(
        label="Enviado a E02.01 Medir la satisfacción del cliente el", required=False
    )

    class Meta:
        model = RatingReview
        fields = ["review", "sent_on"]
        labels = {"review": "Revisión del consolidado"}
        widgets = {"review": THREE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review"].required = True

    def clean_sent_on(self) -> dt.date | None:
        return past(self.cleaned_data["sent_on"])


class NeedsField(forms.ModelMultipleChoiceField[Need]):
    def label_from_instance(self, obj: Need) -> str:
        return f"{obj.theme} · {obj.school}"


class AssistanceForm(RowForm):
    """An assistance with its schools, its needs and its place in the PAM."""

    name = forms.CharField(label="Nombre", max_length=160)
    starts_on = DayField(label="Inicio")
    ends_on = DayField(label="Término")
    schools = forms.ModelMultipleChoiceField(
        label="Establecimientos",
        queryset=School.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Los que la estrategia incluye.",
        error_messages={"required": "Elija al menos un establecimiento."},
    )
    serves = NeedsField(
        label="Necesidades que atiende",
        queryset=Need.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Assistance
        fields = ["modality", "objectives", "responsible", "method", "resources", "pam_action"]
        labels = {"pam_action": "Acción del PAM que la contiene"}
        widgets = {"objectives": THREE, "method": THREE, "resources": THREE}

    field_order = ["revision", "name", "modality", "objectives", "starts_on", "ends_on", "schools"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        included = School.objects.filter(
            inclusions__in=Inclusion.objects.filter(cycle=self.cycle).exclude(klass="")
        )
        offer_rows(self, "schools", included.order_by("name"))
        offer_rows(self, "pam_action", PamAction.objects.live().filter(cycle=self.cycle))
        open_needs = Need.objects.live().filter(cycle=self.cycle, state=NeedState.OPEN)
        if self.instance.pk:
            open_needs = open_needs | Need.objects.live().filter(assistance=self.instance)
            plan = self.instance.plan
            for name in ("name", "starts_on", "ends_on"):
                self.fields[name].initial = getattr(plan, name)
            there = plan.places.values_list("school", flat=True)
            self.fields["schools"].initial = list(there)
            served = self.instance.needs.values_list("pk", flat=True)
            self.fields["serves"].initial = list(served)
        offer_rows(self, "serves", open_needs.select_related("school"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = found.get("starts_on"), found.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "El término debe ser igual o posterior al inicio.")
        return found

    def fields_said(self) -> dict[str, Any]:
        return {k: v for k, v in self.said().items() if k not in {"schools", "serves"}}


class DayForm(forms.Form):
    """A day that has come, and a note."""

    on = DayField(label="Fecha")
    note = forms.CharField(label="Nota", required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "on" in self.fields:
            self.fields["on"].initial = clock.today()

    def clean_on(self) -> dt.date | None:
        return past(self.cleaned_data["on"])


class CloseForm(forms.Form):
    note = forms.CharField(label="Nota", required=False, widget=THREE, max_length=1000)


class EmptyForm(forms.Form):
    """A deed that asks nothing more than to be confirmed."""


class CancelForm(DayForm):
    note = forms.CharField(label="Por qué se cancela", max_length=200)


class ReceivedForm(DayForm):
    note = None  # type: ignore[assignment]  # Django's way to leave a field out


class DeliverForm(DayForm):
    target = forms.ChoiceField(label="A quién se entrega", choices=Target)
    note = forms.CharField(label="Por qué medio", required=False, max_length=200)
    field_order = ["target", "on", "note"]


class AlignForm(DayForm):
    """The leader's review; what is not in the PAM needs an acción de mejoramiento."""

    note = forms.CharField(label="Nota", required=False, widget=THREE, max_length=1000)
    text = forms.CharField(label="Acción de mejoramiento", widget=THREE, required=False)
    responsible = forms.CharField(label="Responsable", max_length=120, required=False)
    due_on = DayField(label="Para cuándo", required=False)

    def __init__(self, *args: Any, needs_improvement: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_improvement:
            for name in ("text", "responsible", "due_on"):
                del self.fields[name]
            return
        self.fields["text"].help_text = "Vacío: «Alinear con el PAM» y sus nombres."
        for name in ("responsible", "due_on"):
            self.fields[name].required = True

    @property
    def improvement(self) -> dict[str, Any]:
        return {k: self.cleaned_data.get(k) for k in ("text", "responsible", "due_on")}


class FollowUpForm(DayForm):
    """What was seen, and the value of each indicator of the PAM."""

    note = None  # type: ignore[assignment]  # Django's way to leave a field out
    strengths = forms.CharField(label="Fortalezas", widget=THREE)
    opportunities = forms.CharField(label="Oportunidades de mejora", widget=THREE)
    objectives_met = forms.ChoiceField(
        label="¿Se cumplen los objetivos propuestos?", choices=Met, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, actions: list[PamAction], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actions = actions
        for action in actions:
            unit = f", en {action.unit}" if action.unit else ""
            self.fields[f"valor-{action.pk}"] = CommaDecimalField(
                label=f"{action.indicator}{unit}",
                help_text=f"PAM {action.number}. Se espera {wording.thousands(action.target)}.",
                required=False,
                min_value=0,
            )

    @property
    def values(self) -> Mapping[PamAction, Decimal]:
        found = {a: self.cleaned_data.get(f"valor-{a.pk}") for a in self.actions}
        return {action: value for action, value in found.items() if value is not None}


class VerifyForm(DayForm):
    """Each requirement met or not, with what shows it; and whether it was done as programmed."""

    note = None  # type: ignore[assignment]  # Django's way to leave a field out
    ANSWERS = [("si", "Cumple"), ("no", "No cumple")]

    def __init__(self, *args: Any, requirements: list[Requirement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requirements = requirements
        for each in requirements:
            self.fields[f"cumple-{each.pk}"] = forms.ChoiceField(
                label=each.text,
                help_text=each.criterion,
                choices=self.ANSWERS,
                widget=forms.RadioSelect,
                error_messages={"required": f"Diga si se cumple: {each.text}."},
            )
            self.fields[f"evidencia-{each.pk}"] = forms.CharField(
                label="Evidencia", required=False, max_length=200
            )
        self.fields["fulfilled"] = forms.ChoiceField(
            label="¿Se ejecutó como se programó?",
            choices=[("si", "Sí"), ("no", "No")],
            widget=forms.RadioSelect,
            error_messages={"required": "Diga si se ejecutó como se programó."},
        )
        self.fields["said"] = forms.CharField(
            label="Qué pasó", required=False, widget=THREE, max_length=1000
        )

    @property
    def conforms(self) -> dict[Requirement, tuple[bool, str]]:
        said = self.cleaned_data
        return {
            each: (said[f"cumple-{each.pk}"] == "si", said[f"evidencia-{each.pk}"])
            for each in self.requirements
        }
