"""What is typed of a call to a school."""

from __future__ import annotations

import datetime as dt
import uuid

from django import forms
from django.http import QueryDict

from mejora.core import clock
from mejora.core.forms import DayField
from mejora.core.wording import number_date

OLDEST = dt.timedelta(days=366)


class ContactForm(forms.Form):
    """`uid` is made when the form is shown, so that a form sent twice is one call."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    on = DayField(
        label="Fecha de la llamada",
        error_messages={"required": "Escriba la fecha de la llamada."},
    )
    spoke_with = forms.CharField(label="Con quién habló", max_length=120, required=False)
    note = forms.CharField(
        label="Qué se habló",
        help_text="Lo leen quienes trabajan en su mismo lugar, no la escuela. "
        "No escriba datos de salud ni de estudiantes.",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Escriba 500 letras o menos."},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"on": clock.today(), "uid": uuid.uuid4()})

    def clean_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["on"]
        today = clock.today()
        if on > today:
            raise forms.ValidationError("La fecha de la llamada no puede ser posterior a hoy.")
        if on < today - OLDEST:
            first = number_date(today - OLDEST)
            raise forms.ValidationError(f"La fecha debe ser igual o posterior al {first}.")
        return on
