"""Forms of the self-assessment: a component's judgement, a critical factor."""

from __future__ import annotations

from typing import Any

from django import forms

from mejora.core.forms import offer, offer_rows
from mejora.frameworks.catalogue import Catalogue
from mejora.frameworks.models import Area, Term, TermKind
from mejora.plans.assessment import SCORES, CriticalFactor
from mejora.plans.forms.chain import THREE_LINES, LabelledChoiceField, Revised, Words
from mejora.plans.operations.assessment import COMPONENT, Said

LONGEST = 2000


class JudgementForm(forms.Form):
    """One component, as it comes from the page of its area: an empty level is pending."""

    level = forms.ModelChoiceField(queryset=Term.objects.none(), required=False)
    evidence = forms.CharField(label="Evidencias", required=False, max_length=LONGEST)
    strengths = forms.CharField(label="Fortalezas", required=False, max_length=LONGEST)
    opportunities = forms.CharField(label="Oportunidades", required=False, max_length=LONGEST)
    revision = forms.IntegerField(required=False)

    def __init__(self, data: Any, *, book: Catalogue) -> None:
        super().__init__(data)
        own = Term.objects.filter(edition=book.edition, kind=TermKind.SCALE)
        offer_rows(self, "level", own)

    def said(self) -> Said:
        found = dict(self.cleaned_data)
        del found["revision"]
        return Said(**found)


class FactorForm(Revised):
    """A critical factor of one component, with its three scores from 1 to 5."""

    class Meta:
        model = CriticalFactor
        fields = ["text", "urgency", "tendency", "impact"]
        widgets = {"text": THREE_LINES}
        help_texts = {
            "text": "Qué impide que el componente mejore, dicho de modo que se pueda actuar.",
        }

    def __init__(self, *args: Any, book: Catalogue, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = LabelledChoiceField(
            label="Componente",
            queryset=Area.objects.filter(edition=book.edition, depth=COMPONENT),
            empty_label="Elija uno",
            initial=self.instance.area_id,
            words=Words(book, year),
            error_messages={"required": "Elija el componente."},
        )
        self.fields = {"area": area, **self.fields}
        for name, question in QUESTIONS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=LABELS[name],
                help_text=question,
                coerce=int,
                widget=forms.RadioSelect,
                initial=getattr(self.instance, name, None),
                error_messages={"required": "Elija un valor de 1 a 5."},
            )
            offer(self, name, [(n, str(n)) for n in range(SCORES[0], SCORES[1] + 1)])


LABELS = {"urgency": "Urgencia", "tendency": "Tendencia", "impact": "Impacto"}
# Mejora's own wording: the guide's questions were not seen.
QUESTIONS = {
    "urgency": "¿Qué tan urgente es superar este factor? 1 es poco, 5 es mucho.",
    "tendency": "Si no se actúa, ¿tiende a empeorar? 1 es poco, 5 es mucho.",
    "impact": "¿Cuánto afecta los resultados de la institución? 1 es poco, 5 es mucho.",
}
