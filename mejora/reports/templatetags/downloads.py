"""The button "Descargar" that every list has at its head."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.template import Context
from django.urls import reverse

register = template.Library()
PAGE = "pagina"
OF_A_PLAN = {
    "acciones-del-plan": "Acciones",
    "hitos": "Hitos",
    "recursos": "Recursos",
    "indicadores": "Indicadores",
    "planes-normativos": "Planes por normativa",
    "historial": "Historial",
    "versiones": "Versiones",
}
EVIDENCE = {"evidencias": "Evidencias"}


def _query(context: Context, more: dict[str, Any]) -> str:
    """The filters of the page, which the file keeps; not the number of its page."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query.pop(PAGE, None)
    for name, value in more.items():
        query[name] = str(value)
    return f"?{query.urlencode()}" if query else ""


def _file(context: Context, name: str, what: str, more: dict[str, Any]) -> dict[str, str]:
    more = dict(more)
    place: dict[str, Any] = {key: more.pop(key) for key in ("code", "year") if key in more}
    view = "reports:year_list" if place else "reports:list"
    query = _query(context, more)

    def address(ending: str) -> str:
        return reverse(view, kwargs={**place, "listed": name, "ending": ending}) + query

    return {"what": what, "csv_url": address("csv"), "xlsx_url": address("xlsx")}


@register.inclusion_tag("components/download.html", takes_context=True)
def download(context: Context, name: str, what: str, **more: Any) -> dict[str, Any]:
    """A list by its name in `reports.lists.LISTS`, called `what`. `code` and `year` name a
    school's year; all else goes into the address."""
    return {"files": [_file(context, name, what, more)]}


@register.inclusion_tag("components/download.html", takes_context=True)
def download_plan(
    context: Context, code: str, year: int, *, evidence: bool = False
) -> dict[str, Any]:
    """Every list of a school's plan in a year."""
    names = OF_A_PLAN | (EVIDENCE if evidence else {})
    place: dict[str, Any] = {"code": code, "year": year}
    return {"files": [_file(context, name, what, place) for name, what in names.items()]}


@register.inclusion_tag("components/download.html", takes_context=True)
def download_month(
    context: Context, code: str, year: int, period: int, *, evidence: bool = False
) -> dict[str, Any]:
    """The monitoring of a period, and the year's evidence to whoever sees it."""
    place: dict[str, Any] = {"code": code, "year": year}
    files = [_file(context, "monitoreo", "Monitoreo", place | {"periodo": period})]
    if evidence:
        files += [_file(context, name, what, place) for name, what in EVIDENCE.items()]
    return {"files": files}


@register.inclusion_tag("components/download.html", takes_context=True)
def download_territory(context: Context, year: int) -> dict[str, Any]:
    """The board, and the actions of its schools."""
    more = {"anio": year}
    names = {"tablero": "Tablero", "acciones": "Acciones de las escuelas"}
    return {"files": [_file(context, name, what, more) for name, what in names.items()]}
