"""What the page of components shows: made-up things in every state."""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest

from mejora.core import clock
from mejora.core.components import Job, Range, Step, Way
from mejora.core.forms import CommaDecimalField, DayField, WholeNumberField

COLOURS = (
    ("ink", "Tinta", "#16282C", "14,3 sobre papel"),
    ("ink-2", "Tinta 2", "#46565A", "7,2 sobre papel"),
    ("ink-3", "Tinta 3", "#5A676A", "5,5 sobre papel"),
    ("control", "Control", "#6B777A", "4,3 sobre papel"),
    ("line", "Línea", "#DDD6C9", "solo separa"),
    ("sand", "Arena", "#F1ECE2", "13,0 con tinta"),
    ("paper", "Papel", "#FAF7F1", "14,3 con tinta"),
    ("white", "Blanco", "#FFFFFF", "15,3 con tinta"),
    ("petrol", "Petróleo", "#0A5360", "8,1 sobre papel"),
    ("petrol-dark", "Petróleo osc.", "#063C46", "11,3 sobre papel"),
    ("petrol-tint", "Petróleo claro", "#E4EFEE", "13,0 con tinta"),
    ("ochre", "Ocre", "#7A4A00", "7,0 sobre papel"),
    ("ochre-tint", "Ocre fondo", "#FFF1D2", "13,7 con tinta"),
    ("brick", "Ladrillo", "#A3261B", "6,9 sobre papel"),
    ("brick-tint", "Ladrillo fondo", "#FBEAE6", "13,1 con tinta"),
    ("focus", "Foco", "#FFCB3D", "10,1 con tinta"),
)
DOWNLOADS = (
    {"what": "Escuelas", "xlsx_url": "#descargar", "csv_url": "#descargar"},
    {"what": "Acciones de las escuelas", "xlsx_url": "#descargar", "csv_url": "#descargar"},
)
LEVELS = (
    (Range(0, 0), "No implementada"),
    (Range(1, 24), "Inicial"),
    (Range(25, 49), "Parcial"),
    (Range(50, 74), "Intermedia"),
    (Range(75, 99), "Avanzada"),
    (Range(100, 100), "Implementada"),
)


class ShowForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(
        label="Nombre de la acción", help_text="Diga qué se hará, no para qué.", max_length=120
    )
    ends_on = DayField(label="Fecha de término")
    amount = WholeNumberField(label="Monto SEP", help_text="En pesos enteros.", required=False)
    share = CommaDecimalField(label="Peso del hito", help_text="En porcentaje.", required=False)
    level = forms.ChoiceField(
        label="Nivel",
        choices=[("", "Elegir nivel"), ("1", "1–24 % Inicial"), ("2", "25–49 % Parcial")],
    )
    resources = forms.ChoiceField(
        label="Recursos disponibles",
        choices=[("ok", "Sí"), ("partly", "En parte"), ("no", "No")],
        widget=forms.RadioSelect,
    )
    plans = forms.MultipleChoiceField(
        label="Planes por normativa",
        choices=[("pie", "Plan de Apoyo a la Inclusión"), ("pise", "Plan Integral de Seguridad")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="Nota", widget=forms.Textarea, required=False)
    shows_pupils = forms.BooleanField(
        label="Se ven estudiantes o nombres", required=False, help_text="Queda privada."
    )

    def clean_ends_on(self) -> dt.date:
        ends_on: dt.date = self.cleaned_data["ends_on"]
        if ends_on < dt.date(ends_on.year, 6, 15):
            raise forms.ValidationError(
                f"La fecha de término debe ser igual o posterior al 15-06-{ends_on.year}."
            )
        return ends_on


class FileForm(forms.Form):
    chosen = forms.FileField(label="Archivo")


def _failed_form() -> ShowForm:
    written = {
        "name": "Aulas en terreno",
        "ends_on": f"10-06-{clock.today().year}",
        "amount": "4,5 millones",
        "level": "1",
        "resources": "ok",
    }
    return ShowForm({f"mal-{key}": value for key, value in written.items()}, prefix="mal")


def context(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    year = today.year
    pages = Paginator(range(8920), 30)
    return {
        "colours": COLOURS,
        "levels": LEVELS,
        "downloads": DOWNLOADS,
        "half": Range(50, 74),
        "first": Range(1, 24),
        "form": ShowForm(),
        "failed_form": _failed_form(),
        "file_form": FileForm(prefix="archivo"),
        "page": pages.get_page(request.GET.get("pagina", "2")),
        "today": today,
        "in_three_days": today + dt.timedelta(days=3),
        "five_days_ago": today - dt.timedelta(days=5),
        "next_month": today + dt.timedelta(days=40),
        "steps": [
            Step("Fase estratégica", "approved", "#etapas", facts=["30 de abril"]),
            Step("Planificación anual", "approved", "#etapas", facts=["14 de mayo · 40 acciones"]),
            Step(
                "Implementación",
                "partial",
                "#etapas",
                word="Registro parcial",
                facts=["Cierra el 27 de noviembre", "Quedan 80 días"],
                share=70,
                today=True,
            ),
            Step("Evaluación", "not_started", "#etapas", facts=["Del 30 de noviembre al 18 dic"]),
        ],
        "jobs": [
            Job("Importando 715 filas", 412, 715, "quedan unos 6 s", cancel_url="#trabajo"),
            Job("Directorio oficial", state="waiting", total=100),
            Job("60 informes en ZIP", state="done", result_url="#trabajo", result_text="Descargar"),
            Job(
                "Listado de SLEP",
                state="failed",
                text="El archivo no se pudo leer.",
                result_url="#trabajo",
                result_text="Ver qué pasó",
            ),
            Job("Directorio 2017", state="cancelled", text="No se guardó nada."),
        ],
        "ways": [
            Way(
                "list",
                f"Traer las acciones de {year}",
                "Elija cuáles siguen.",
                "#vacio",
                "Elegir acciones",
            ),
            Way(
                "upload",
                "Subir un Excel",
                "Primero se revisa fila por fila.",
                "#vacio",
                "Subir un archivo",
            ),
            Way(
                "plus",
                "Escribir la primera acción",
                "Desde la estrategia a la que sirve.",
                "#vacio",
                "Escribir una acción",
            ),
        ],
        "files": [
            {
                "name": "acta_jornada.pdf",
                "size": 1_100_000,
                "saved": "guardado 10:40",
                "href": "#archivos",
                "remove_url": "#archivos",
            },
            {"name": "foto_mural.jpg", "done": 60, "total": 100, "remove_url": "#archivos"},
            {
                "name": "video.mov",
                "error": "No es un tipo permitido. Use PDF, JPG, PNG, DOCX o XLSX.",
            },
        ],
    }
