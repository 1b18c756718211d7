"""What is typed of a Service's report."""

from __future__ import annotations

from typing import Any

from django import forms

from mejora.core.forms import offer
from mejora.plans.forms.chain import THREE_LINES, Revised
from mejora.territory.enums import FigureKind
from mejora.territory.service import ServiceAction, ServiceObjective, ServiceReport

_LONG = forms.Textarea(attrs={"rows": 8})


class ContextForm(Revised):
    class Meta:
        model = ServiceReport
        fields = ["context"]
        widgets = {"context": _LONG}
        help_texts = {"context": "Abre el documento. Puede quedar vacía."}


class ObjectiveForm(Revised):
    class Meta:
        model = ServiceObjective
        fields = ["text", "justification"]
        widgets = {"text": THREE_LINES, "justification": _LONG}
        help_texts = {
            "text": "Como está en los instrumentos de gestión del Servicio.",
            "justification": "Por qué estas acciones y qué lograron en conjunto. De ella y de las "
            "acciones sale la nube de palabras.",
        }
        error_messages = {"text": {"required": "Escriba el objetivo estratégico."}}


class ServiceActionForm(Revised):
    figures = forms.MultipleChoiceField(
        label="Cifras que muestra",
        choices=FigureKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Se cuentan solas al abrir el informe y quedan fijas al emitirlo.",
    )

    class Meta:
        model = ServiceAction
        fields = ["title", "text"]
        widgets = {"title": forms.Textarea(attrs={"rows": 2}), "text": _LONG}
        help_texts = {
            "text": "Qué se hizo, dónde y qué mejoró. Solo lo que el Servicio puede mostrar."
        }
        error_messages = {"title": {"required": "Escriba el nombre de la acción."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["figures"].initial = [each.kind for each in self.instance.figures.all()]


class ChooseForm(forms.Form):
    """Among what an action may be drawn from. The address is the state."""

    de = forms.ChoiceField(label="De dónde", required=False)
    q = forms.CharField(label="Nombre o escuela", required=False, max_length=100)

    def __init__(self, data: Any, *, sources: list[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "de", sources)
