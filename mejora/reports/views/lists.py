"""The button "Descargar" of every list: CSV and Excel, with the list's own filters."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from mejora.core.sheets_out import XLSX_MIME
from mejora.network.middleware import SignedInRequest
from mejora.reports import census, roster
from mejora.reports.lists import LISTS, taking, territory
from mejora.reports.lists.base import CODE, YEAR, Query, about, stem
from mejora.reports.roster import Filters


@require_http_methods(["GET", "POST"])
def of_place(request: SignedInRequest, listed: str, ending: str) -> HttpResponseBase:
    if listed not in LISTS or LISTS[listed].of_year:
        raise Http404
    return _taken(request, listed, ending, request.GET.dict())


@require_http_methods(["GET", "POST"])
def of_year(
    request: SignedInRequest, code: str, year: int, listed: str, ending: str
) -> HttpResponseBase:
    if listed not in LISTS or not LISTS[listed].of_year:
        raise Http404
    query = {**request.GET.dict(), CODE: code, YEAR: str(year)}
    return _taken(request, listed, ending, query)


def _taken(request: SignedInRequest, listed: str, ending: str, query: Query) -> HttpResponseBase:
    """A short list at once. A long one is asked for by POST, on a page that says how long."""
    if ending not in taking.ENDINGS:
        raise Http404
    table = taking.find(request.actor, listed, query)
    if table.count <= taking.AT_ONCE:
        content = taking.at_once(table, ending)
        mime = taking.ENDINGS[ending]
        name = f"{table.name}.{ending}"
        return FileResponse(content, as_attachment=True, filename=name, content_type=mime)
    if request.method == "POST":
        export = taking.ask(table, listed, ending, query, by=request.actor)
        return redirect("reports:file", export.uid)
    context = {"table": table, "word": taking.WORDS[ending]}
    return render(request, "reports/list_long.html", context)


@require_safe
def progress_workbook(request: SignedInRequest, year: int) -> FileResponse:
    """The progress table in the shape of the ministry's report."""
    filters = Filters.of(request.GET.dict())
    found = census.find(request.actor, roster.known_year(year), filters)
    lines = about(
        request.actor,
        ("Contenido", f"Avance del PME {found.year}, por etapa y {census.place_word(found)}"),
        ("Filtros", territory.filter_words(filters)),
    )
    target = BytesIO()
    census.write_xlsx(target, found, lines)
    target.seek(0)
    name = f"{stem('avance-pme', found.year)}.xlsx"
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX_MIME)
