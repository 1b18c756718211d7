"""What is typed when an instrument is applied and a feedback report is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict

from mejora.core import clock
from mejora.core.forms import DayField, offer_rows
from mejora.network.models import School
from mejora.participation.models import Instrument
from mejora.plans.forms.chain import Revised
from mejora.support.feedback import FeedbackReport
from mejora.support.feedback_rules import ASPECTS
from mejora.support.models import SupportPlan

NO_PUPILS = "No escriba nombres ni datos de salud de estudiantes."
TWELVE_LINES = forms.Textarea(attrs={"rows": 12})


class _AtSchool(forms.Form):
    """Which school of the plan: asked only where there are several."""

    school = forms.ModelChoiceField(
        label="Escuela", queryset=School.objects.none(), empty_label=None
    )

    def __init__(
        self, data: QueryDict | None, *, plan: SupportPlan, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial)
        schools = School.objects.filter(support_places__plan=plan).order_by("name")
        offer_rows(self, "school", schools)
        first_two = list(schools[:2])
        if len(first_two) == 1:
            self.fields["school"].initial = first_two[0].pk
            self.fields["school"].widget = forms.HiddenInput()


class ApplicationForm(_AtSchool):
    instrument = forms.ModelChoiceField(
        label="Pauta",
        queryset=Instrument.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Elija la pauta."},
    )
    on = DayField(label="Fecha de aplicación", error_messages={"required": "Escriba la fecha."})
    field_order = ["school", "instrument", "on"]

    def __init__(self, data: QueryDict | None = None, *, plan: SupportPlan) -> None:
        super().__init__(data, plan=plan, initial={"on": clock.today()})
        country = plan.owner.country.code
        offer_rows(self, "instrument", Instrument.objects.filter(country_code=country))

    def clean_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError("La fecha no puede ser posterior a hoy.")
        return on


class PeriodForm(_AtSchool):
    """Of which days a feedback report tells."""

    from_on = DayField(label="Desde", error_messages={"required": "Escriba desde qué día."})
    to_on = DayField(label="Hasta", error_messages={"required": "Escriba hasta qué día."})

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        starts, ends = said.get("from_on"), said.get("to_on")
        if starts and ends and ends < starts:
            self.add_error("to_on", f"La fecha debe ser igual o posterior al {starts:%d-%m-%Y}.")
        if ends and ends > clock.today():
            self.add_error("to_on", "La fecha no puede ser posterior a hoy.")
        return said


class FeedbackForm(Revised):
    """The sections of a draft, in the order of the source's aspects."""

    class Meta:
        model = FeedbackReport
        fields = ["achievements", "participation", "emerging", "next_steps"]
        widgets = {
            "achievements": TWELVE_LINES,
            "participation": forms.Textarea(attrs={"rows": 5}),
            "emerging": forms.Textarea(attrs={"rows": 5}),
            "next_steps": forms.Textarea(attrs={"rows": 6}),
        }
        help_texts = {"achievements": NO_PUPILS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, aspect in ASPECTS.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = f"Escriba sobre {aspect}."

    def said(self) -> dict[str, Any]:
        return {k: v for k, v in super().said().items() if k != "revision"}


class FeedbackAnswerForm(forms.Form):
    answer = forms.CharField(
        label="Respuesta de la escuela",
        help_text=f"La lee quien envió el informe. {NO_PUPILS}",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Escriba la respuesta."},
    )
