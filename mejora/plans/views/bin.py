"""The bin of a plan: what was removed, by whom and why, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mejora.core import notices
from mejora.core.decisions import Refused, require
from mejora.network.middleware import SignedInRequest
from mejora.plans import rules
from mejora.plans.assessment import CriticalFactor
from mejora.plans.forms.chain import ReasonForm
from mejora.plans.models import (
    Action,
    Goal,
    Indicator,
    Objective,
    Reading,
    Seal,
    Strategy,
)
from mejora.plans.operations import bin as bin_operations
from mejora.plans.views import pages
from mejora.plans.views.pages import Page
from mejora.plans.views.strategic import form_methods

# The word in the address → what it is, and what it is called.
KINDS = {
    "sello": "Sello",
    "objetivo": "Objetivo",
    "meta": "Meta",
    "estrategia": "Estrategia",
    "indicador": "Indicador",
    "medicion": "Medición",
    "accion": "Acción",
    "factor": "Factor crítico",
}


def _rows(page: Page, kind: str) -> QuerySet[Any]:
    plan, year = page.plan_year.plan_id, page.plan_year
    rows: dict[str, QuerySet[Any]] = {
        "sello": Seal.objects.filter(plan=plan).select_related("plan"),
        "objetivo": Objective.objects.filter(plan=plan).select_related("plan"),
        "meta": Goal.objects.filter(objective__plan=plan).select_related("objective__plan"),
        "estrategia": Strategy.objects.filter(plan_year=year),
        "indicador": Indicator.objects.filter(
            Q(strategy__plan_year=year) | Q(goal__objective__plan=plan)
        ),
        "medicion": Reading.objects.filter(
            Q(indicator__strategy__plan_year=year) | Q(indicator__goal__objective__plan=plan)
        ),
        "factor": CriticalFactor.objects.filter(assessment__plan=plan),
        "accion": Action.objects.filter(plan_year=year),
    }
    if kind not in rows:
        raise Http404
    return rows[kind]


@require_safe
def bin_page(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    page = pages.opened(request, code, year)
    removed = [
        (kind, noun, thing)
        for kind, noun in KINDS.items()
        for thing in _rows(page, kind).filter(removed_at__isnull=False).select_related("removed_by")
    ]
    removed.sort(key=lambda row: row[2].removed_at, reverse=True)
    return render(request, "plans/bin.html", page.context("", removed=removed))


@form_methods
def remove(request: SignedInRequest, code: str, year: int, kind: str, uid: UUID) -> HttpResponse:
    """Ask why, then put it in the bin; the notice takes it back."""
    page = pages.opened(request, code, year)
    thing = pages.found(_rows(page, kind), uid=uid, removed_at=None)
    require(rules.can_remove(request.actor, page.at, thing))
    needs_reason = kind == "accion" and rules.is_changing_approved(page.at)
    form = ReasonForm(
        request.POST or None, is_needed=needs_reason, initial={"revision": thing.revision}
    )
    if request.method == "POST" and form.is_valid():
        try:
            bin_operations.remove(thing, by=request.actor, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            undo = page.url("plans:restore", kind, uid)
            notices.done(request, f"{KINDS[kind]} en la papelera.", undo=undo)
            return redirect(page.url("plans:detail"))
    context = page.context(
        form=form, thing=thing, noun=KINDS[kind], hanging=bin_operations.what_hangs(thing)
    )
    return render(request, "plans/remove.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: SignedInRequest, code: str, year: int, kind: str, uid: UUID) -> HttpResponse:
    page = pages.opened(request, code, year)
    thing = pages.found(_rows(page, kind), uid=uid, removed_at__isnull=False)
    try:
        bin_operations.restore(thing, by=request.actor, revision=thing.revision)
    except Refused as error:
        notices.failed(request, "No se pudo recuperar.", error.reason)
        return redirect(page.url("plans:bin"))
    notices.done(request, f"{KINDS[kind]} de vuelta en el plan.")
    return redirect(page.url("plans:detail"))
