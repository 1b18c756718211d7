"""Bringing a file of one school in: which, of what year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from mejora.network.enums import BatchKind
from mejora.network.forms import MAX_FILE

KINDS = (BatchKind.WORKBOOK, BatchKind.SCHOOL_REPORT)


class SchoolFileForm(forms.Form):
    """Whose the file is, the page says and not the file."""

    kind = forms.ChoiceField(
        label="Qué archivo es",
        choices=[(kind.value, kind.label) for kind in KINDS],
        widget=forms.RadioSelect,
        initial=BatchKind.WORKBOOK.value,
        help_text="La planilla es la que se descarga aquí. El reporte es el que entrega la "
        "plataforma del Ministerio, con las acciones de la escuela.",
        error_messages={"required": "Elija qué archivo es."},
    )
    file = forms.FileField(
        label="Archivo",
        error_messages={
            "required": "Elija el archivo.",
            "empty": "El archivo está vacío. Elija otro.",
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.xls"}),
    )
    year = forms.TypedChoiceField(label="Año del PME", coerce=int)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["year"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(year, str(year)) for year in years]

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size and file.size > MAX_FILE:
            raise forms.ValidationError(
                f"El archivo pesa {file.size // 1_000_000} MB; el máximo es 20 MB."
            )
        return file
