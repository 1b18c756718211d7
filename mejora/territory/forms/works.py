"""What is typed of a work, of its photographs, and what filters their list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from mejora.core.forms import DayField, WholeNumberField, offer, offer_rows
from mejora.network.models import Owner, School
from mejora.plans.forms.chain import Revised
from mejora.territory.enums import WorkKind, WorkState
from mejora.territory.works import Work

MOST_MONEY = 10**12


class FundingInput(forms.TextInput):
    """The owner's own words, with those that it used before offered as one types."""

    template_name = "territory/funding_input.html"

    def __init__(self) -> None:
        super().__init__(attrs={"list": "fuentes", "autocomplete": "off"})
        self.known: list[str] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "known": self.known}


class SchoolField(forms.ModelChoiceField[School]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.commune.name})"


class WorkForm(Revised):
    school = SchoolField(
        label="Establecimiento",
        queryset=School.objects.none(),
        empty_label="Elija uno",
        error_messages={"required": "Elija el establecimiento."},
    )
    planned = WholeNumberField(
        label="Monto planificado",
        help_text="En pesos enteros. Déjelo vacío si no se conoce.",
        min_value=0,
        max_value=MOST_MONEY,
        required=False,
    )
    spent = WholeNumberField(
        label="Monto gastado hasta hoy",
        help_text="Escriba 0 si todavía no se gasta nada.",
        min_value=0,
        max_value=MOST_MONEY,
        required=False,
    )
    starts_on = DayField(label="Fecha de inicio", required=False)
    ends_on = DayField(label="Fecha de término", required=False)

    class Meta:
        model = Work
        fields = [
            *("name", "school", "kind", "state", "funding", "planned", "spent"),
            *("starts_on", "ends_on", "description"),
        ]
        widgets = {
            "funding": FundingInput(),
            "description": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "name": "Como se conoce la iniciativa, por ejemplo «Conservación Escuela Los Boldos».",
            "funding": "Con las palabras del Servicio. Los totales se agrupan por ellas.",
            "ends_on": "La real si terminó; si no, la que se espera.",
            "description": "Qué se hizo o se hará, y qué mejora para la escuela.",
        }
        error_messages = {
            "name": {"required": "Escriba el nombre de la obra o inversión."},
            "funding": {"required": "Escriba de dónde viene el dinero."},
        }

    def __init__(self, *args: Any, owner: Owner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = School.objects.filter(owner=owner)
        if self.instance.pk:  # where it stands, even if the school passed to another owner
            schools = schools | School.objects.filter(pk=self.instance.school_id)
        offer_rows(self, "school", schools.select_related("commune").order_by("name"))
        funding = self.fields["funding"].widget
        if isinstance(funding, FundingInput):
            funding.known = fundings(Work.objects.live().filter(owner=owner))


class PhotoForm(forms.Form):
    upload = forms.FileField(
        label="Foto",
        help_text="JPG, PNG, WEBP o HEIC, hasta 20 MB.",
        error_messages={"required": "Elija una foto."},
    )
    alt = forms.CharField(
        label="Qué se ve en la foto",
        help_text="Para quien no puede verla, por ejemplo «Patio con el pavimento nuevo».",
        max_length=200,
        error_messages={"required": "Describa qué se ve en la foto."},
    )
    shows_people = forms.TypedChoiceField(
        label="¿Muestra personas o nombres?",
        choices=[("no", "No"), ("si", "Sí")],
        coerce=lambda value: value == "si",
        widget=forms.RadioSelect,
        help_text="Si los muestra, se conserva 5 años (criterio de Mejora).",
        error_messages={"required": "Diga si muestra personas o nombres."},
    )


class WorkFilterForm(forms.Form):
    """The address is the state; what it says wrongly counts as not said."""

    q = forms.CharField(label="Nombre o escuela", required=False, max_length=100)
    estado = forms.ChoiceField(
        label="Estado", required=False, choices=[("", "Todos"), *WorkState.choices]
    )
    tipo = forms.ChoiceField(
        label="Tipo", required=False, choices=[("", "Todos"), *WorkKind.choices]
    )
    fuente = forms.ChoiceField(label="Fuente", required=False)
    comuna = forms.ChoiceField(label="Comuna", required=False)

    def __init__(self, data: Any, *, works: QuerySet[Work]) -> None:
        """`works` are all that the person sees: their sources and communes are offered."""
        super().__init__(data)
        offer(self, "fuente", [("", "Todas"), *((each, each) for each in fundings(works))])
        communes = works.order_by("school__commune__name_folded").values_list(
            "school__commune__code", "school__commune__name"
        )
        offer(self, "comuna", [("", "Todas"), *communes.distinct()])

    def chosen(self) -> dict[str, str]:
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def word(self, name: str) -> str:
        """What was chosen, as the page says it."""
        value = self.cleaned_data[name]
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


def fundings(works: QuerySet[Work]) -> list[str]:
    """The words for where money comes from that stand in these works."""
    return list(works.order_by("funding").values_list("funding", flat=True).distinct())
