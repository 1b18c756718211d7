"""All the schools of a place in one list."""

from itertools import groupby

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mejora.core import clock
from mejora.core.decisions import require
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.reports import board, roster

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
    }
    return render(request, "reports/board.html", context)
