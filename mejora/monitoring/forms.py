"""The shape of what people say of an action; fields that were not on the page stay as they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from mejora.core.forms import offer
from mejora.frameworks.models import Term
from mejora.monitoring import periods
from mejora.monitoring.cells import fingerprint
from mejora.monitoring.enums import Frequency, Resources
from mejora.monitoring.grid import Month, Row
from mejora.monitoring.operations.reports import Said
from mejora.monitoring.several import Mark


class ReportForm(forms.Form):
    """One action in one period, from the grid, the open row or the teacher's page."""

    level = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    milestones = forms.TypedMultipleChoiceField(coerce=int, required=False)
    justification = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    note = forms.CharField(
        label="Nota",
        max_length=1000,
        required=False,
        error_messages={"max_length": "La nota puede tener hasta 1.000 letras."},
    )
    real_start = forms.DateField(
        required=False, error_messages={"invalid": "Escriba la fecha de inicio real."}
    )
    real_end = forms.DateField(
        required=False, error_messages={"invalid": "Escriba la fecha de término real."}
    )
    resources = forms.ChoiceField(choices=[("", ""), *Resources.choices], required=False)
    revision = forms.IntegerField(required=False, min_value=0)

    def __init__(self, data: Mapping[str, Any], *, row: Row, prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix if prefix is not None else row.prefix)
        self.row = row
        of_catalogue = row.month.catalogue
        offer(self, "level", [(t.pk, t.code) for t in of_catalogue.levels])
        offer(self, "justification", [(t.pk, t.code) for t in of_catalogue.justifications])
        offer(self, "milestones", [(t.milestone.pk, t.number) for t in row.ticks])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("real_start"), cleaned.get("real_end")
        if start and end and end < start:
            self.add_error(
                "real_end",
                f"El término real debe ser igual o posterior al {start:%d-%m-%Y}.",
            )
        return cleaned

    def has(self, name: str) -> bool:
        """Whether the field was on the page; unticked boxes are told by their marker."""
        key = self.add_prefix(name)
        return key in self.data or (name == "milestones" and self.add_prefix("boxes") in self.data)

    def is_touched(self) -> bool:
        """Whether the row says something else than when the page was drawn."""
        cleaned = self.cleaned_data
        posted = fingerprint(
            None if self.row.ticks else cleaned["level"], cleaned["milestones"], cleaned["note"]
        )
        return bool(posted != self.data.get(self.add_prefix("was"), ""))

    def said(self) -> Said:
        """What the operation is told: only what was on the page."""
        cleaned = self.cleaned_data
        said: Said = {}
        if self.row.ticks and self.has("milestones"):
            said["milestones"] = cleaned["milestones"]
        if not self.row.ticks and self.has("level"):
            said["level"] = _term(cleaned["level"])
        if self.has("justification"):
            said["justification"] = _term(cleaned["justification"])
        if self.has("note"):
            said["note"] = cleaned["note"].replace("\r\n", "\n")
        if self.has("real_start"):
            said["real_start"] = cleaned["real_start"]
        if self.has("real_end"):
            said["real_end"] = cleaned["real_end"]
        if self.has("resources"):
            said["resources"] = cleaned["resources"]
        return said


class SeveralForm(forms.Form):
    """Which actions of a month, and what is said of them."""

    marked = forms.MultipleChoiceField(
        label="Acciones", error_messages={"required": "Marque al menos una acción."}
    )
    what = forms.ChoiceField(
        label="Qué hacer con las marcadas",
        choices=Mark.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Elija qué hacer con las acciones marcadas."},
    )
    level = forms.TypedChoiceField(
        label="Nivel, si les pone uno", coerce=int, empty_value=None, required=False
    )

    def __init__(self, data: Mapping[str, Any] | None, *, month: Month) -> None:
        super().__init__(data)
        self.month = month
        earlier = month.earlier
        same = f"Dejar igual que en {periods.name(earlier)}" if earlier else Mark.SAME.label
        offer(
            self,
            "what",
            [(m.value, same if m == Mark.SAME else m.label) for m in Mark],
        )
        year = month.plan_year.year
        levels = [(t.pk, t.level_text(year)) for t in month.levels]
        offer(self, "level", [("", "Elegir nivel"), *levels])
        offer(self, "marked", [(row.key, row.action.name) for row in month.rows])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("what") == Mark.LEVEL and not cleaned.get("level"):
            self.add_error("level", "Elija el nivel que tendrán.")
        return cleaned

    @property
    def keys(self) -> set[str]:
        return set(self.cleaned_data["marked"])

    @property
    def mark(self) -> Mark:
        return Mark(self.cleaned_data["what"])

    @property
    def term(self) -> Term | None:
        return _term(self.cleaned_data["level"])

    @property
    def revisions(self) -> dict[str, int | None]:
        """What each row was when the page was drawn; a row without a report has none."""
        seen = {key: self.data.get(f"seen-{key}", "") for key in self.keys}
        return {key: int(text) if text.isdecimal() else None for key, text in seen.items()}


def _term(pk: int | None) -> Term | None:
    return Term.objects.get(pk=pk) if pk is not None else None


class FrequencyForm(forms.Form):
    frequency = forms.ChoiceField(
        label="¿Cada cuánto se informan las acciones?",
        choices=Frequency.choices,
        widget=forms.RadioSelect,
        help_text="El Ministerio sugiere una vez al mes.",
        error_messages={"required": "Elija cada cuánto se informan las acciones."},
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


class EvaluationForm(forms.Form):
    summary = forms.CharField(
        label="Síntesis de la evaluación del año",
        widget=forms.Textarea(attrs={"rows": 12}),
        required=False,
        max_length=20_000,
        help_text="Qué se logró, qué no y por qué, y qué conviene mantener, ajustar o dejar.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files from one choice, in the order in which they were chosen."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        listed = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not listed and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        # Whether each may be kept is asked of its content, one by one, so that one refusal does
        # not take the others along.
        return listed


class EvidenceForm(forms.Form):
    """Files and what they prove. Whoever files one says whether it shows people."""

    uploads = FilesField(
        label="Archivos",
        error_messages={"required": "Elija un archivo o tome una foto."},
    )
    proves = forms.ChoiceField(label="¿Qué prueba?", required=False)
    shows_people = forms.TypedChoiceField(
        label="¿Muestra personas o nombres?",
        choices=[("no", "No"), ("si", "Sí, muestra estudiantes, docentes o nombres")],
        coerce=lambda value: value == "si",
        widget=forms.RadioSelect,
        error_messages={"required": "Diga si muestra personas o nombres."},
        help_text="Si los muestra, no la ve nadie de fuera de la escuela y su sostenedor, y se "
        "conserva 5 años (criterio de Mejora).",
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "proves", choices)
