"""One row of the grid, for htmx: opened, saved, accepted, taken back. Each answers with the parts
that the page itself is made of; without htmx it leads back to the page."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from mejora.core import notices
from mejora.core.decisions import Conflict, Refused, require
from mejora.monitoring import grid, rows
from mejora.monitoring.cells import SAVED, UNTOUCHED, Outcome
from mejora.monitoring.grid import Month, Row
from mejora.monitoring.models import ProgressReport
from mejora.monitoring.operations import reviews
from mejora.monitoring.operations import undo as undoing
from mejora.monitoring.views import lookup
from mejora.network.middleware import SignedInRequest


def _find(request: SignedInRequest, code: str, year: int, slug: str, uid: UUID) -> Row:
    plan_year = lookup.year_of(request.actor, code, year)
    action = lookup.action_of(plan_year, uid)
    listed = lookup.periods_of(plan_year)
    period = lookup.period_of(listed, slug)
    month = grid.read(plan_year, period, listed, request.actor, of=Q(pk=action.pk))
    return _row(month, uid)


def _row(month: Month, uid: UUID) -> Row:
    found = next((row for row in month.rows if row.action.uid == uid), None)
    if found is None:
        raise Http404("Esa acción no está en el monitoreo del año.")
    return found


def _back(row: Row, query: str = "") -> HttpResponse:
    month = row.month
    args = (month.school.code, month.plan_year.year, month.period)
    return redirect(f"{reverse('monitoring:grid', args=args)}{query}#fila-{row.action.pk}")


@require_http_methods(["GET", "POST"])
def row(request: SignedInRequest, code: str, year: int, slug: str, uid: UUID) -> HttpResponse:
    """GET opens the row; POST saves it."""
    found = _find(request, code, year, slug, uid)
    if request.method == "GET":
        if not request.htmx:
            return _back(found, f"?abierta={found.action.pk}")
        context = {"detail": rows.detail(found), "row": found, "month": found.month}
        return render(request, "monitoring/detail.html", context)
    try:
        outcome = rows.save(found, request.POST, by=request.actor)
    except Conflict:
        outcome = rows.conflict(_again(found), request.POST)
    except Refused as error:
        outcome = rows.failed(found, request.POST, error.reason)
    wants_fields = f"{found.prefix}-decide" in request.POST or "same" in request.POST
    return _answer(request, found, outcome, with_fields=wants_fields)


def _again(row: Row) -> Row:
    """The row as it stands now: somebody wrote it since it was read."""
    month = row.month
    return _row(
        grid.read(month.plan_year, month.period, month.periods, month.actor), row.action.uid
    )


def _answer(
    request: SignedInRequest,
    row: Row,
    outcome: Outcome,
    *,
    with_fields: bool = False,
    problem: str = "",
) -> HttpResponse:
    """The parts of the row that may have changed. Fields under the person's hands stay, unless
    something else than typing changed them. `problem`: why a report could not be reviewed."""
    if not request.htmx:
        return _back(row)
    found = _again(row)
    found.keep(outcome)
    context = {
        "row": found,
        "month": found.month,
        "group": found.month.group_of(found),
        "with_fields": with_fields and not outcome.is_unsaved,
        "is_open": f"{found.prefix}-resources" in request.POST or "open" in request.POST,
        "review": rows.review(found),
        "problem": problem,
        "oob": True,
    }
    return render(request, "monitoring/saved.html", context)


@require_POST
def undo(request: SignedInRequest, code: str, year: int, slug: str, uid: UUID) -> HttpResponse:
    """Take back one's own last saving of the row."""
    found = _find(request, code, year, slug, uid)
    require(found.may_report)
    try:
        undoing.undo_report(found.action, found.month.period, by=request.actor)
    except Refused as error:
        outcome = rows.failed(found, request.POST, error.reason)
    else:
        outcome = Outcome(SAVED)
    return _answer(request, found, outcome, with_fields=True)


@require_POST
def accept(request: SignedInRequest, code: str, year: int, slug: str, uid: UUID) -> HttpResponse:
    """The team accepts what a responsible reported."""
    return _review(request, _find(request, code, year, slug, uid), reviews.accept_report)


@require_POST
def ask_changes(
    request: SignedInRequest, code: str, year: int, slug: str, uid: UUID
) -> HttpResponse:
    """The team says what has to be changed in what a responsible reported."""
    text = request.POST.get("changes_asked", "")
    return _review(
        request,
        _find(request, code, year, slug, uid),
        lambda report, **seen: reviews.ask_changes(report, text, **seen),
    )


def _review(
    request: SignedInRequest, row: Row, answer: Callable[..., ProgressReport]
) -> HttpResponse:
    """Answer a report as it was read. Who may not answer at all gets the 403 page; what can be
    mended (no reason written, a newer report) is said beside the form."""
    report = get_object_or_404(ProgressReport, action=row.action, period=row.month.period)
    require(row.may_review)
    seen, problem = request.POST.get("revision", ""), ""
    try:
        answer(report, by=request.actor, revision=int(seen) if seen.isdecimal() else None)
    except Refused as error:
        problem = error.reason
        if not request.htmx:
            notices.failed(request, "No se guardó la revisión.", problem)
            return _back(row, f"?abierta={row.key}")
    return _answer(request, row, Outcome(UNTOUCHED if problem else SAVED), problem=problem)
