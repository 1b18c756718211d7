"""Bringing a file of one school in: which, of what year."""

from __future__ import annotations

from typing import Any

from django import forms

from mejora.network.enums import BatchKind
from mejora.network.forms import ImportForm

KINDS = (BatchKind.WORKBOOK, BatchKind.SCHOOL_REPORT)


class SchoolFileForm(ImportForm):
    """The file decides nothing about whose it is: the page's school does."""

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label="Qué archivo es",
            choices=[(kind.value, kind.label) for kind in KINDS],
            widget=forms.RadioSelect,
            initial=BatchKind.WORKBOOK.value,
            help_text="La planilla es la que se descarga aquí. El reporte es el que entrega la "
            "plataforma del Ministerio, con las acciones de la escuela.",
            error_messages={"required": "Elija qué archivo es."},
        )
        self.fields["year"] = forms.TypedChoiceField(
            label="Año del PME", coerce=int, choices=[(year, str(year)) for year in years]
        )
        self.order_fields(["kind", "file", "year"])
