"""Forms of everything in the chain but the action."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from mejora.core.forms import AnyModelForm, CommaDecimalField, DayField, offer, offer_rows
from mejora.frameworks.catalogue import Catalogue
from mejora.frameworks.models import Area, Edition, Term
from mejora.plans.assessment import CriticalFactor
from mejora.plans.models import (
    Goal,
    Indicator,
    Objective,
    Plan,
    PlanYear,
    Reading,
    Seal,
    Strategy,
)

TWO_LINES = forms.Textarea(attrs={"rows": 2})
NO_OBJECTIVE = "El plan todavía no tiene objetivos: agregue antes uno, en la cadena del plan."
THREE_LINES = forms.Textarea(attrs={"rows": 3})


@dataclass(frozen=True, slots=True)
class Words:
    """What the catalogue calls its items in a year."""

    book: Catalogue
    year: int

    def __call__(self, thing: Area | Term) -> str:
        return self.book.label(thing, self.year)


class LabelledChoiceField(forms.ModelChoiceField[Any]):
    """Rows of the catalogue, told by its words."""

    def __init__(self, *, words: Words, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    def label_from_instance(self, obj: Any) -> str:
        return self.words(obj)


class LabelledMultipleField(forms.ModelMultipleChoiceField[Any]):
    def __init__(self, *, words: Words, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    def label_from_instance(self, obj: Any) -> str:
        return self.words(obj)


class Revised(AnyModelForm):
    """A form that remembers which writing of the row it was opened on."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["revision"].initial = self.instance.revision
        else:
            del self.fields["revision"]

    def said(self) -> dict[str, Any]:
        """What the operation takes; the revision too where there is one."""
        return dict(self.cleaned_data)


class StartForm(forms.Form):
    start_year = forms.TypedChoiceField(
        label="Primer año del plan", coerce=int, widget=forms.RadioSelect
    )
    vision = forms.CharField(label="Visión", widget=THREE_LINES, required=False)
    mission = forms.CharField(label="Misión", widget=THREE_LINES, required=False)

    def __init__(
        self, *args: Any, today: dt.date, editions: Sequence[Edition] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        years = [today.year, today.year + 1]
        if any(edition.cycle_years_max for edition in editions):
            self._choose(editions)
        offer(self, "start_year", [(year, str(year)) for year in years])
        self.fields["start_year"].initial = today.year

    def _choose(self, editions: Sequence[Edition]) -> None:
        """Which of the country's guides, and for how many years, where the school chooses."""
        most = max(edition.cycle_years_max or edition.cycle_years for edition in editions)
        chosen = {
            "edition": forms.ModelChoiceField(
                label="Guía",
                queryset=Edition.objects.filter(pk__in=[edition.pk for edition in editions]),
                widget=forms.RadioSelect,
                empty_label=None,
                initial=editions[0].pk,
                help_text="No se confirmó desde cuándo es obligatoria la guía de 2026: pregunte a "
                "su Secretaría. El plan queda con la guía que elija.",
            ),
            "years": forms.TypedChoiceField(
                label="Cuántos años dura el plan",
                coerce=int,
                choices=[(n, "1 año" if n == 1 else f"{n} años") for n in range(1, most + 1)],
                widget=forms.RadioSelect,
                initial=editions[0].cycle_years,
                help_text=f"De uno a {most} (criterio de Mejora).",
            ),
        }
        self.fields = {"start_year": self.fields["start_year"], **chosen, **self.fields}


class BasisForm(Revised):
    class Meta:
        model = Plan
        fields = ["vision", "mission"]
        widgets = {"vision": THREE_LINES, "mission": THREE_LINES}


class SealForm(Revised):
    class Meta:
        model = Seal
        fields = ["name", "text"]
        widgets = {"text": THREE_LINES}
        help_texts = {"name": "Como está en el PEI, por ejemplo «Aprendemos juntos»."}


class ObjectiveForm(Revised):
    seals = forms.ModelMultipleChoiceField(
        label="Sellos a los que responde",
        queryset=Seal.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Objective
        fields = ["text", "seals"]
        labels = {"text": "Objetivo estratégico"}
        help_texts = {
            "text": "Verbo en infinitivo, qué y para qué. Dice dónde quiere estar la escuela al "
            "final del ciclo, no cómo llegar."
        }
        widgets = {"text": THREE_LINES}

    def __init__(self, *args: Any, plan: Plan, book: Catalogue, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if book.edition.has_critical_factors:
            self._answer_factors(plan)
        else:
            offer_rows(self, "seals", Seal.objects.live().filter(plan=plan))
        self.fields["area"] = LabelledChoiceField(
            label="Dimensión",
            queryset=Area.objects.filter(edition=book.edition, depth=1),
            required=False,
            empty_label="Varias o ninguna",
            initial=self.instance.area_id,
            words=Words(book, year),
        )

    def _answer_factors(self, plan: Plan) -> None:
        """In place of the seals, where the framework leads from factors to objectives."""
        del self.fields["seals"]
        own = CriticalFactor.objects.live().filter(assessment__plan=plan).in_order()
        self.fields["factors"] = LongMultipleField(
            label="Factores críticos a los que responde",
            queryset=own,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=list(self.instance.factors.all()) if self.instance.pk else (),
        )


class GoalForm(Revised):
    baseline = CommaDecimalField(label="Línea base", required=False)
    target = CommaDecimalField(label="Valor esperado", required=False)

    class Meta:
        model = Goal
        fields = ["text", "baseline", "target", "unit", "due_year"]
        labels = {"text": "Meta estratégica", "due_year": "Año en que se espera"}
        help_texts = {"text": "Qué se logrará, cuánto y cuándo, para saber que se cumplió."}
        widgets = {"text": THREE_LINES}


class LongChoiceField(forms.ModelChoiceField[Any]):
    """Long texts, cut so that a list of them can be read."""

    def label_from_instance(self, obj: Any) -> str:
        return _cut(str(obj))


class LongMultipleField(forms.ModelMultipleChoiceField[Any]):
    def label_from_instance(self, obj: Any) -> str:
        return _cut(str(obj))


def _cut(text: str, limit: int = 90) -> str:
    words = " ".join(text.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


class StrategyForm(Revised):
    objective = LongChoiceField(
        label="Objetivo estratégico", queryset=Objective.objects.none(), empty_label="Elija uno"
    )
    goal = LongChoiceField(
        label="Meta estratégica",
        queryset=Goal.objects.none(),
        required=False,
        empty_label="Sin una meta en particular",
    )

    class Meta:
        model = Strategy
        fields = ["objective", "goal", "text"]
        labels = {"text": "Estrategia"}
        help_texts = {
            "text": "Con sustantivos: implementación, diseño, pilotaje… No es una tarea, es el "
            "camino de este año."
        }
        widgets = {"text": THREE_LINES}

    def __init__(self, *args: Any, plan_year: PlanYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = plan_year.plan_id
        objectives = Objective.objects.live().filter(plan=plan)
        goals = Goal.objects.live().filter(objective__plan=plan, objective__removed_at=None)
        offer_rows(self, "objective", objectives)
        if not self.instance.pk and not objectives.exists():
            self.fields["objective"].help_text = NO_OBJECTIVE
        offer_rows(self, "goal", goals)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        goal, objective = said.get("goal"), said.get("objective")
        if goal and objective and goal.objective_id != objective.pk:
            self.add_error("goal", "Elija una meta del objetivo de arriba, o ninguna.")
        return said


class IndicatorForm(Revised):
    baseline = CommaDecimalField(label="Línea base", required=False)
    target = CommaDecimalField(label="Meta del año", required=False)

    class Meta:
        model = Indicator
        fields = ["name", "description", "unit", "direction", "baseline", "target"]
        widgets = {"description": TWO_LINES, "direction": forms.RadioSelect}
        labels = {"direction": "Se espera que el valor vaya a"}
        help_texts = {"unit": "Por ejemplo %, cursos, visitas."}


class ReadingForm(Revised):
    on = DayField(label="Fecha de la medición")
    value = CommaDecimalField(label="Valor", required=False)

    class Meta:
        model = Reading
        fields = ["on", "value", "note"]
        help_texts = {"note": "Si no se pudo medir, escriba por qué."}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("value") is None and not said.get("note") and not self.errors:
            self.add_error("value", "Escriba el valor, o en la nota por qué no lo hay.")
        return said


class ReasonForm(forms.Form):
    """Why something goes to the bin."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Por qué", max_length=200, required=False)

    def __init__(self, *args: Any, is_needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_needed
        self.fields["reason"].error_messages["required"] = "Escriba por qué se quita."


class DecisionForm(forms.Form):
    """The owner's answer to a stage that was sent."""

    comment = forms.CharField(
        label="Comentario para la escuela",
        widget=THREE_LINES,
        required=False,
        help_text="Para devolver es obligatorio: diga qué falta o qué hay que corregir. Para "
        "aprobar puede quedar vacío.",
    )
