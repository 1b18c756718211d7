"""What is typed about an alert: what was done, why it waits, what came of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet

from mejora.core import clock
from mejora.core.forms import DayField, offer_rows
from mejora.plans.models import Action
from mejora.support.models import SupportPlan

LONGEST_WAIT = 120  # days; a term is about as long (criterio de Mejora)


class StepForm(forms.Form):
    """`uid` is made when the form is shown, so that a form sent twice is one step."""

    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"uid": uuid.uuid4()})
        super().__init__(data, **kwargs)


class NoteForm(StepForm):
    text = forms.CharField(
        label="Qué se hizo",
        help_text="No escriba nombres ni datos de estudiantes.",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Escriba qué se hizo."},
    )


class ActionForm(StepForm):
    action = forms.ModelChoiceField(
        label="Acción del PME que responde a la alerta",
        queryset=Action.objects.none(),
        empty_label="Elija una",
        error_messages={"required": "Elija una acción."},
    )

    def __init__(self, data: Any = None, *, actions: QuerySet[Action], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer_rows(self, "action", actions)


class PromiseForm(StepForm):
    text = forms.CharField(
        label="A qué se compromete la escuela",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Escriba el compromiso."},
    )
    responsible_text = forms.CharField(
        label="Quién responde",
        max_length=120,
        error_messages={"required": "Escriba quién responde."},
    )
    due_on = DayField(label="Hasta cuándo", error_messages={"required": "Escriba la fecha."})

    def clean_due_on(self) -> dt.date:
        return _from_today(self.cleaned_data["due_on"])


class SessionForm(StepForm):
    plan = forms.ModelChoiceField(
        label="Plan de apoyo",
        queryset=SupportPlan.objects.none(),
        empty_label=None,
        error_messages={"required": "Elija el plan de apoyo."},
    )
    on = DayField(label="Fecha de la sesión", error_messages={"required": "Escriba la fecha."})
    agenda = forms.CharField(
        label="Tabla de la sesión",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=400,
        error_messages={"required": "Escriba qué se tratará."},
    )

    def __init__(self, data: Any = None, *, plans: QuerySet[SupportPlan], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer_rows(self, "plan", plans)

    def clean_on(self) -> dt.date:
        return _from_today(self.cleaned_data["on"])


class AsideForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    until = DayField(label="Hasta qué día", error_messages={"required": "Escriba la fecha."})
    reason = forms.CharField(
        label="Por qué espera",
        max_length=200,
        error_messages={"required": "Escriba por qué espera."},
    )

    def clean_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["until"]
        last = clock.today() + dt.timedelta(days=LONGEST_WAIT)
        if not clock.today() < until <= last:
            raise forms.ValidationError(
                f"Escriba un día entre mañana y el {last:%d-%m-%Y}: más tarde ya es otro período."
            )
        return until


class CloseForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Qué resultó",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Escriba qué resultó."},
    )


def _from_today(day: dt.date) -> dt.date:
    if day < clock.today():
        raise forms.ValidationError("Escriba una fecha desde hoy.")
    return day
