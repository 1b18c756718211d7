"""All the schools of a place in one list."""

from itertools import groupby

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mejora.core import clock, notices
from mejora.core.decisions import Refused, require
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.reports import board, operations, roster
from mejora.reports.documents import monitoring_bundle as bundle

PAGE_SIZE = 60


@require_safe
def listing(request: SignedInRequest, year: int | None = None) -> HttpResponse:
    require(roster.can_see_territory(request.actor))
    today = clock.today()
    year = roster.known_year(year)
    cuts = board.cuts(request.actor, year, today)
    cut = next((c for c in cuts if c.slug == request.GET.get("mostrar", "")), cuts[0])
    communes = {
        code: (name, count)
        for code, name, count in cuts[0]
        .schools.order_by("commune__name_folded")
        .values_list("commune__code", "commune__name")
        .annotate(school_count=Count("pk"))
    }
    commune = request.GET.get("comuna", "")
    schools = cut.schools.filter(commune__code=commune) if commune in communes else cut.schools
    page = Paginator(
        schools.select_related("commune").order_by("commune__name_folded", "name", "pk"), PAGE_SIZE
    ).get_page(request.GET.get("pagina"))
    rows = board.rows(list(page), request.actor, year, today)
    context = {
        "year": year,
        "today": today,
        "chips": [(c.slug, c.name, c.schools.count()) for c in cuts],
        "cut": cut,
        "communes": communes,
        "commune": commune,
        "page": page,
        "groups": [
            (name, communes[code][1], list(group))
            for (code, name), group in groupby(
                rows, key=lambda row: (row.school.commune.code, row.school.commune.name)
            )
        ],
        "reads_plans": request.actor.may_somewhere(Deed.READ_PLAN),
        "stale_after": board.STALE_AFTER,
        "may_bundle": bundle.can(request.actor, {}),
        "report_months": bundle.months(year, today),
        "report_month": bundle.month_due(year, today),
    }
    return render(request, "reports/board.html", context)


@require_POST
def reports(request: SignedInRequest, year: int) -> HttpResponse:
    """Ask for the monitoring reports of a month, of all schools of the place, as one file."""
    require(bundle.can(request.actor, {}))
    year = roster.known_year(year)
    asked = request.POST.get("mes", "")
    month = next((m for m in bundle.months(year, clock.today()) if str(m.number) == asked), None)
    if month is None:
        notices.failed(request, "Elija de qué mes quiere los informes.")
        return redirect("reports:board", year)
    params = {"year": month.year, "month": month.number}
    title = f"Informes de monitoreo de {month}"
    try:
        export = operations.ask(bundle.NAME, params, title=title, by=request.actor)
    except Refused as refusal:
        notices.failed(request, refusal.reason)
        return redirect("reports:board", year)
    return redirect("reports:file", export.uid)
