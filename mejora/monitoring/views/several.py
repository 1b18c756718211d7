"""The page that says one thing of several actions of a month, and takes it back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from mejora.core import notices, wording
from mejora.core.decisions import refused, require
from mejora.monitoring import grid, several
from mejora.monitoring.forms import SeveralForm
from mejora.monitoring.grid import Month
from mejora.monitoring.views import lookup
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans.rules import can_implement

COUNTED = "acción,acciones"


def _month(request: SignedInRequest, code: str, year: int, slug: str) -> Month:
    """The month, for who monitors all its actions while they can be reported."""
    plan_year = lookup.year_of(request.actor, code, year)
    listed = lookup.periods_of(plan_year)
    found = grid.read(plan_year, lookup.period_of(listed, slug), listed, request.actor)
    if not request.actor.may(Deed.REPORT_ALL, plan_year.school):
        require(refused("Marca varias acciones a la vez quien monitorea todo el plan."))
    require(can_implement(found.at))
    return found


@require_http_methods(["GET", "POST"])
def mark(request: SignedInRequest, code: str, year: int, slug: str) -> HttpResponse:
    """Choose actions and what to say of them; POST says it."""
    month = _month(request, code, year, slug)
    month.shown = request.GET.get("ver", "")
    form = SeveralForm(request.POST or None, month=month)
    if request.method == "POST" and form.is_valid():
        done = several.apply(
            month,
            form.keys,
            form.mark,
            by=request.actor,
            revisions=form.revisions,
            level=form.term,
        )
        _tell(request, month, done, "marcada,marcadas")
        return redirect(month.url)
    context = {"month": month, "form": form}
    return render(request, "monitoring/several.html", context, status=422 if form.errors else 200)


@require_POST
def undo(request: SignedInRequest, code: str, year: int, slug: str) -> HttpResponse:
    """Take back what was just said of several actions."""
    month = _month(request, code, year, slug)
    keys = set(request.GET.get("filas", "").split("-"))
    done = several.take_back(month, keys, by=request.actor)
    _tell(request, month, done, "quedó como estaba,quedaron como estaban", may_undo=False)
    return redirect(month.url)


def _tell(
    request: SignedInRequest, month: Month, done: several.Done, words: str, *, may_undo: bool = True
) -> None:
    if done.rows:
        args = (month.school.code, month.plan_year.year, month.period)
        keys = urlencode({"filas": "-".join(row.key for row in done.rows)})
        back = f"{reverse('monitoring:undo_several', args=args)}?{keys}" if may_undo else ""
        count = len(done.rows)
        title = f"{wording.counted(count, COUNTED)} {wording.plural(count, words)}."
        notices.done(request, title, undo=back)
    if done.left:
        why = "; ".join(f"{row.action.number}, {reason.rstrip('.')}" for row, reason in done.left)
        left = wording.counted(len(done.left), "acción no cambió,acciones no cambiaron")
        notices.soon(request, f"{left}.", f"Por número: {why}.")
