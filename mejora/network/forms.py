"""What the pages of the network ask for: filters of lists, a file, a roster by owner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from mejora.core import clock, here, speech
from mejora.core.forms import offer, offer_rows
from mejora.network import listing
from mejora.network.enums import BatchKind, Dependency, OwnerKind, dependencies
from mejora.network.importers.owned import Selection
from mejora.network.listing import Filters
from mejora.network.models import Owner, Region, School

MAX_FILE = 20_000_000
# Tables of a whole country: of its plans, and of a month's attendance pupil by pupil.
LARGE = {BatchKind.PME: 200_000_000, BatchKind.ATTENDANCE: 200_000_000}
FIRST_YEAR, LAST_YEAR = 1990, 2100
ANY = ("", "Todas")
STATES = (
    ("funcionando", "Funcionando"),
    ("receso", "En receso"),
    ("cerrado", "Cerrado"),
    ("sin-matricula", "Autorizado sin matrícula"),
    ("todos", "Todos los estados"),
)


def stage_choices() -> list[tuple[str, str]]:
    """The plan's stages, read from the app above this one by way of its relation."""
    plan_year: Any = School._meta.get_field("plan_years").related_model
    choices = plan_year._meta.get_field("stage_now").flatchoices
    return [(str(value), str(label)) for value, label in choices]


class SchoolFilterForm(forms.Form):
    """The address is the state; what it says wrongly counts as not said."""

    q = forms.CharField(label="Nombre, RBD, comuna o sostenedor", required=False, max_length=100)
    region = forms.ChoiceField(label="Región", required=False)
    comuna = forms.ChoiceField(label="Comuna", required=False)
    sostenedor = forms.ChoiceField(label="Sostenedor", required=False)
    dependencia = forms.ChoiceField(label="Dependencia", required=False)
    estado = forms.ChoiceField(label="Funcionamiento", required=False, choices=STATES)
    etapa = forms.ChoiceField(label="Etapa del PME", required=False)

    def __init__(self, data: Any, *, is_territory: bool) -> None:
        filled = data.copy()
        filled.setdefault("estado", "funcionando")
        super().__init__(filled)
        region = (filled.get("comuna") or "")[:2] or filled.get("region") or ""
        self._choices("region", listing.regions().values_list("code", "name"))
        self._choices("dependencia", dependencies(here.now().country))
        self._choices("etapa", [*stage_choices(), ("sin-plan", speech.say("Sin PME en el año"))])
        if region:
            self._choices("comuna", listing.communes_of(region).values_list("code", "name"))
            owners = listing.owners_of(region, filled.get("comuna") or "")
            self._choices("sostenedor", [*owners.values_list("key", "name"), ("sin", "Sin dato")])
        else:
            del self.fields["comuna"]
            self._only_owner(filled.get("sostenedor") or "")
        if not is_territory:
            for name in ("region", "dependencia"):
                del self.fields[name]

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [ANY if name != "sostenedor" else ("", "Todos"), *choices]

    def _only_owner(self, key: str) -> None:
        """Without a region there are too many owners to choose from: only the one asked for."""
        own = Owner.objects.filter(country__code=here.now().country, key=key)
        known = list(own.values_list("key", "name")) if key else []
        if key == "sin":
            known = [("sin", "Sin dato")]
        if known:
            self._choices("sostenedor", known)
        else:
            del self.fields["sostenedor"]

    def filters(self, order: str) -> Filters:
        self.full_clean()
        said = {name: value for name, value in self.cleaned_data.items() if value}
        return Filters(**said, orden=order)


class OwnerFilterForm(forms.Form):
    q = forms.CharField(label="Nombre", required=False, max_length=100)
    tipo = forms.ChoiceField(
        label="Tipo", required=False, choices=[("", "Todos"), *OwnerKind.choices]
    )
    region = forms.ChoiceField(label="Región", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        region = self.fields["region"]
        if isinstance(region, forms.ChoiceField):
            region.choices = [ANY, *listing.regions().values_list("code", "name")]


class AteFilterForm(forms.Form):
    q = forms.CharField(label="Nombre, RUT o servicio", required=False, max_length=100)
    vigencia = forms.ChoiceField(
        label="Vigencia",
        required=False,
        choices=[("", "Vigentes hoy"), ("todas", "También los vencidos")],
    )


class ImportForm(forms.Form):
    """A file and what it is."""

    kind = forms.ChoiceField(
        label="Qué contiene el archivo",
        widget=forms.RadioSelect,
        error_messages={"required": "Elija qué contiene el archivo."},
    )
    year = forms.IntegerField(
        label="Año de los datos",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="Solo si el archivo no trae una columna con el año.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Escriba un año con cuatro cifras, por ejemplo 2025.",
            "min_value": "Escriba un año desde 1990.",
            "max_value": "Escriba un año hasta 2100.",
        },
    )
    file = forms.FileField(
        label="Archivo",
        error_messages={
            "required": "Elija el archivo.",
            "empty": "El archivo está vacío. Elija otro.",
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls"}),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = kinds
        if len(kinds) == 1:
            kind.widget = forms.HiddenInput()
            kind.initial = kinds[0][0]

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        limit = LARGE.get(self.cleaned_data.get("kind", ""), MAX_FILE)
        if file.size and file.size > limit:
            raise forms.ValidationError(
                f"El archivo pesa {file.size // 1_000_000} MB; el máximo es {limit // 1_000_000} "
                "MB. Deje en él solo las columnas que hacen falta, o importe por línea de órdenes."
            )
        return file


class RosterForm(forms.Form):
    """All functioning schools of some dependencies, region or owner."""

    year = forms.IntegerField(
        label="Año",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Escriba el año de la nómina.",
            "invalid": "Escriba un año con cuatro cifras, por ejemplo 2026.",
        },
    )
    dependencies = forms.MultipleChoiceField(
        label="Dependencia",
        choices=Dependency.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Elija al menos una dependencia."},
    )
    region = forms.ModelChoiceField(
        label="Región", queryset=Region.objects.none(), required=False, empty_label="Todas"
    )
    owner = forms.ModelChoiceField(
        label="Sostenedor",
        queryset=Owner.objects.none(),
        required=False,
        empty_label="Todos",
        help_text="Los particulares no tienen sostenedor conocido en los archivos oficiales.",
    )
    with_pupils = forms.BooleanField(
        label="Dejar fuera los que tienen matrícula 0", required=False, initial=True
    )
    reason = forms.CharField(
        label="Motivo",
        max_length=120,
        help_text="Queda junto a cada establecimiento, por ejemplo «Convenio SEP vigente».",
        error_messages={"required": "Escriba por qué deben tener PME."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"year": clock.today().year})
        offer(self, "dependencies", dependencies(here.now().country))
        offer_rows(self, "region", listing.regions())
        offer_rows(self, "owner", Owner.objects.filter(country__code=here.now().country))

    def selection(self) -> Selection:
        said = dict(self.cleaned_data)
        said["dependencies"] = tuple(Dependency(value) for value in said["dependencies"])
        return Selection(**said)
