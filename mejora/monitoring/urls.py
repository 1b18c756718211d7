"""Addresses of the monitoring: /escuelas/<code>/monitoreo/<year>/<period>/…"""

from django.urls import URLPattern, URLResolver, path, register_converter

from mejora.monitoring import periods
from mejora.monitoring.models import Period
from mejora.monitoring.views import evidence, mine, month, plan, row, several


class PeriodConverter:
    """A period by its month or its number; an address is made of the Period itself."""

    regex = periods.SLUG_PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str | Period) -> str:
        return value if isinstance(value, str) else periods.slug(value)


register_converter(PeriodConverter, "period")

app_name = "monitoring"
_YEAR = "escuelas/<str:code>/monitoreo/<int:year>/"
_PERIOD = f"{_YEAR}<period:slug>/"
_ROW = f"{_PERIOD}<uuid:uid>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("escuelas/<str:code>/monitoreo/", month.home, name="home"),
    path(_YEAR, month.home, name="grid"),
    path(_PERIOD, month.month, name="grid"),
    path(f"{_PERIOD}varias/", several.mark, name="several"),
    path(f"{_PERIOD}varias/deshacer/", several.undo, name="undo_several"),
    path(f"{_YEAR}frecuencia/", plan.frequency, name="frequency"),
    path(f"{_YEAR}acciones/<uuid:uid>/", month.action, name="action"),
    path(f"{_YEAR}evidencias/<uuid:uid>/", evidence.of_action, name="evidence"),
    path(_ROW, row.row, name="row"),
    path(f"{_ROW}deshacer/", row.undo, name="undo"),
    path(f"{_ROW}aceptar/", row.accept, name="accept"),
    path(f"{_ROW}pedir-cambios/", row.ask_changes, name="ask_changes"),
    path("escuelas/<str:code>/evaluacion/<int:year>/", plan.evaluation, name="evaluation"),
    path("evidencias/<uuid:uid>/quitar/", evidence.remove, name="evidence_remove"),
    path("evidencias/<uuid:uid>/recuperar/", evidence.restore, name="evidence_restore"),
    path("evidencias/<uuid:uid>/<str:name>", evidence.file, name="file"),
    path("mis-acciones/", mine.listed, name="my_actions"),
    path("mis-acciones/<uuid:uid>/", mine.report, name="report"),
    path("mis-acciones/<uuid:uid>/<period:slug>/", mine.report, name="report"),
    path("mis-acciones/<uuid:uid>/<period:slug>/recibo/", mine.receipt, name="receipt"),
    path("mis-acciones/<uuid:uid>/<period:slug>/deshacer/", mine.undo, name="undo_mine"),
]
