"""What is typed of an advisory and its products."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from mejora.core import clock
from mejora.core.forms import CommaDecimalField, DayField, offer_rows
from mejora.network.enums import Role
from mejora.network.models import Membership, Owner, School
from mejora.support.deliverables import Deliverable
from mejora.support.enums import Approach, SupportStage
from mejora.support.forms import FOUR_LINES, PeopleField
from mejora.support.program import month_of, program

MOST_HOURS = 2000


class AdvisoryForm(forms.Form):
    """A new advisory: to which school, by whom, from when and for how many hours."""

    school = forms.ModelChoiceField(
        label="Escuela",
        queryset=School.objects.none(),
        empty_label="Elija una",
        error_messages={"required": "Elija la escuela que recibe la asesoría."},
    )
    provider = forms.CharField(
        label="ATE",
        max_length=100,
        help_text="El nombre con que figura en el registro de asesorías.",
        error_messages={"required": "Escriba el nombre de la ATE."},
    )
    lead = PeopleField(
        label="Quién asesora",
        queryset=Membership.objects.none(),
        required=False,
        help_text="Alguien con rol de asesoría en la escuela. Invítele desde Personas.",
    )
    starts_on = DayField(label="Inicio")
    ends_on = DayField(label="Término", required=False, help_text="Vacío, a los ocho meses.")
    hours = CommaDecimalField(label="Horas contratadas")

    def __init__(self, *args: Any, owner: Owner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "school", School.objects.filter(owner=owner).order_by("name"))
        people = Membership.objects.filter(role=Role.ADVISER, school__owner=owner)
        people = people.in_force(clock.today()).select_related("user", "school")
        offer_rows(self, "lead", people.order_by("user__name", "pk"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts_on: dt.date | None = cleaned.get("starts_on")
        if (hours := cleaned.get("hours")) is not None and not 0 < hours <= MOST_HOURS:
            self.add_error("hours", f"Escriba entre 1 y {MOST_HOURS} horas.")
        lead, school = cleaned.get("lead"), cleaned.get("school")
        if starts_on and not cleaned.get("ends_on"):
            cleaned["ends_on"] = month_of(starts_on, len(program().months))[1]
        if lead and school and lead.school_id != school.pk:
            self.add_error("lead", f"{lead.user} no tiene rol de asesoría en {school}.")
        return cleaned

    def said(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {
            "name": f"Asesoría PME, {told['provider']}",
            "year": told["starts_on"].year,
            "approach": Approach.DIRECT,
            "stage": SupportStage.INVOLVEMENT,
            "starts_on": told["starts_on"],
            "ends_on": told["ends_on"],
            "lead": told["lead"],
            "hours": told["hours"],
        }


class DeliverableForm(forms.ModelForm[Deliverable]):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    due_on = DayField(label="Plazo")

    class Meta:
        model = Deliverable
        fields = ["title", "due_on"]

    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class DeliverableFileForm(forms.Form):
    file = forms.FileField(
        label="Archivo", error_messages={"required": "Elija el archivo del producto."}
    )
    shows_people = forms.BooleanField(label="Muestra personas o nombres", required=False)


class ReturnForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Qué falta",
        widget=FOUR_LINES,
        max_length=500,
        error_messages={"required": "Escriba qué falta."},
    )
