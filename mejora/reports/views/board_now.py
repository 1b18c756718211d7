"""The board: whom to call, what waits, and how each school does by month."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mejora.core import clock
from mejora.core.decisions import require
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.network.models import School
from mejora.reports import approvals, board, board_alerts, board_page, calls, roster
from mejora.reports.board_page import SORTINGS, Board
from mejora.reports.documents import monitoring_bundle as bundle
from mejora.reports.views.board import listing

WAITING = 6  # approvals that the board shows
ALERTS_PER_PAGE = 50


@require_safe
def page(request: SignedInRequest, year: int | None = None) -> HttpResponse:
    """Months and calls for those who may read plans; for the others the schools by level."""
    require(roster.can_see_territory(request.actor))
    if not request.actor.may_somewhere(Deed.READ_PLAN):
        return listing(request, year)
    today, year = clock.today(), roster.known_year(year)
    cuts = board.cuts(request.actor, year, today)
    cut = next((c for c in cuts if c.slug == request.GET.get("mostrar", "")), cuts[0])
    commune = request.GET.get("comuna", "")
    counts = [c.schools.count() for c in cuts]
    context = {
        "year": year,
        "today": today,
        "cuts": [(c.slug, c.name, count) for c, count in zip(cuts, counts, strict=True)],
        "cut": cut,
        "commune": commune,
        "may_bundle": bundle.can(request.actor, {}),
        "report_months": bundle.months(year, today),
        "report_month": bundle.month_due(year, today),
    }
    if not commune and counts[0] > board_page.FOLD_OVER:
        context |= {"communes": board_page.communes(cuts), "named": cuts[1:]}
        return render(request, "reports/board_communes.html", context)
    place = cuts[0].schools.filter(commune__code=commune) if commune else cuts[0].schools
    found = board_page.read(request.actor, year, today, place)
    context |= _months(request, found, cut, commune) | _waiting(request)
    return render(request, "reports/board_months.html", context)


def _months(request: SignedInRequest, found: Board, cut: board.Cut, commune: str) -> dict[str, Any]:
    """What to call about is asked of the whole place; the table shows the chosen cut of it."""
    shown = found
    if cut.slug:
        within = cut.schools.filter(commune__code=commune) if commune else cut.schools
        shown = found.only(within.values_list("pk", flat=True))
    sorting = SORTINGS.get(request.GET.get("por", ""), SORTINGS[""])
    page = board_page.page(shown, sorting, request.GET.get("pagina"))
    return {
        "board": found,
        "page": page,
        "groups": board_page.groups(shown, sorting, page, found.called),
        "sorting": sorting,
        "sortings": SORTINGS.values(),
        "rules": calls.RULES,
        "rests": calls.RESTS,
        "long_ago": board_page.LONG_AGO,
    }


def _waiting(request: SignedInRequest) -> dict[str, Any]:
    """The oldest approvals, for those who decide them."""
    if not approvals.can_see(request.actor):
        return {"approves": False}
    pending = approvals.pending(request.actor)
    today = clock.today()
    return {
        "approves": True,
        "approval_count": pending.count(),
        "waiting": [approvals.told(stage, today) for stage in pending[:WAITING]],
        "long_wait": approvals.LONG_WAIT,
    }


@require_safe
def alerts(request: SignedInRequest, year: int) -> HttpResponse:
    """The list behind each figure of alerts: of the place, or of one of its schools."""
    require(roster.can_see_alerts(request.actor))
    today, year = clock.today(), roster.known_year(year)
    schools = board.schools_of(request.actor, year)
    code = request.GET.get("escuela", "")
    school: School | None = get_object_or_404(schools, code=code) if code else None
    plan_years = board.readable(request.actor, year).filter(school__in=schools.values("pk"))
    if school:
        plan_years = plan_years.filter(school=school)
    tallies = board_alerts.tallies(plan_years, today)
    fullest = next((t.kind.slug for t in tallies if t.count), board_alerts.OVERDUE)
    slug = request.GET.get("tipo", "")
    kind = board_alerts.KINDS.get(slug) or board_alerts.KINDS[fullest]
    page = Paginator(board_alerts.listed(kind, plan_years, today), ALERTS_PER_PAGE).get_page(
        request.GET.get("pagina")
    )
    context = {
        "year": year,
        "school": school,
        "kind": kind,
        "tallies": tallies,
        "page": page,
        "rows": board_alerts.told(kind, list(page)),
    }
    return render(request, "reports/board_alerts.html", context)
