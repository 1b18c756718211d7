"""The grid of a period, whole: read by all who read the plan, saved at once without JavaScript."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mejora.core import notices
from mejora.core.decisions import Conflict, Refused
from mejora.monitoring import grid, rows
from mejora.monitoring.cells import SAVED, Outcome
from mejora.monitoring.grid import Month
from mejora.monitoring.models import MonitoringPlan
from mejora.monitoring.rules import can_set_frequency
from mejora.monitoring.views import lookup
from mejora.network.middleware import SignedInRequest
from mejora.plans.models import PlanYear
from mejora.plans.rules import can_implement


@require_GET
def home(request: SignedInRequest, code: str, year: int | None = None) -> HttpResponse:
    """Leads to the period that people are asked for; where none is cut yet, to choosing."""
    years = PlanYear.objects.visible_to(request.actor).filter(school__code=code)
    if year is None:
        newest = years.order_by("-year").first()
        year = newest.year if newest else 0
    plan_year = lookup.year_of(request.actor, code, year)
    period = lookup.due_period(plan_year, lookup.periods_of(plan_year))
    if period is None:
        return redirect("monitoring:frequency", code, year)
    return redirect("monitoring:grid", code, year, period)


@require_GET
def action(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    """One action where it is reported: its row, open, in the period that is due."""
    plan_year = lookup.year_of(request.actor, code, year)
    found = lookup.action_of(plan_year, uid)
    period = lookup.due_period(plan_year, lookup.periods_of(plan_year))
    if period is None:
        return redirect("monitoring:frequency", code, year)
    address = reverse("monitoring:grid", args=(code, year, period))
    return redirect(f"{address}?abierta={found.pk}#fila-{found.pk}")


@require_http_methods(["GET", "POST"])
def month(request: SignedInRequest, code: str, year: int, slug: str) -> HttpResponse:
    """All actions of the year in one period."""
    plan_year = lookup.year_of(request.actor, code, year)
    listed = lookup.periods_of(plan_year)
    period = lookup.period_of(listed, slug)
    found = grid.read(plan_year, period, listed, request.actor)
    if request.method == "POST":
        return _save(request, found)
    found.shown = request.GET.get("ver", "")
    found.person = _number(request.GET.get("persona", ""))
    return _page(request, found)


def _page(
    request: SignedInRequest, found: Month, unsaved: dict[int, Outcome] | None = None
) -> HttpResponse:
    row = next((r for r in found.rows if r.key == request.GET.get("abierta")), None)
    for pk, outcome in (unsaved or {}).items():
        next(r for r in found.rows if r.action.pk == pk).keep(outcome)
    context = {
        "month": found,
        "open_key": row.key if row else None,
        "detail": rows.detail(row) if row else None,
        "unsaved": unsaved,
        "implementing": can_implement(found.at),
        "may_see_evidence": found.sees_evidence,
        "may_set_frequency": can_set_frequency(request.actor, found.at),
        "frequency": MonitoringPlan.get_frequency_display(found.plan_year.monitoring_plan)
        if hasattr(found.plan_year, "monitoring_plan")
        else "",
    }
    status = 409 if unsaved else 200
    return render(request, "monitoring/grid.html", context, status=status)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _save(request: SignedInRequest, found: Month) -> HttpResponse:
    """What the browser without JavaScript sends: every row that was touched, in one transaction.
    Rows that somebody else changed meanwhile, or that are not right, come back as written."""
    saved, unsaved = 0, {}
    with transaction.atomic():
        for row in found.rows:
            if not row.may_report:
                continue
            try:
                outcome = rows.save(row, request.POST, by=request.actor, only_touched=True)
            except Conflict:
                outcome = rows.conflict(row, request.POST)
            except Refused as error:
                outcome = rows.failed(row, request.POST, error.reason)
            saved += outcome.state == SAVED
            if outcome.is_unsaved:
                unsaved[row.action.pk] = outcome
    if unsaved:
        again = grid.read(found.plan_year, found.period, found.periods, request.actor)
        return _page(request, again, unsaved)
    word = "acción" if saved == 1 else "acciones"
    notices.done(request, f"Monitoreo de {found.name} guardado.", f"{saved} {word} con cambios.")
    return redirect(request.get_full_path())
