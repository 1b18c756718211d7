"""The Service's report: read on the screen, written part by part, issued, its editions kept."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mejora.core import clock, notices
from mejora.core.decisions import Refused, require
from mejora.network.access import Actor, Deed
from mejora.network.middleware import SignedInRequest
from mejora.network.models import Owner
from mejora.plans.views.writing import FormPage, run
from mejora.territory import service_history, service_reading
from mejora.territory import service_rules as rules
from mejora.territory.forms.service import ChooseForm, ContextForm, ObjectiveForm, ServiceActionForm
from mejora.territory.operations import service as operations
from mejora.territory.operations.service import Drawn
from mejora.territory.service import (
    IssuedReport,
    ServiceAction,
    ServiceChange,
    ServiceObjective,
    ServiceReport,
)
from mejora.territory.service_sources import SOURCES
from mejora.territory.words import HOW
from mejora.territory.works_rules import owner_for

form_methods = require_http_methods(["GET", "HEAD", "POST"])
FIRST_YEAR, LAST_YEAR = 2000, 2100
CHANGES_SHOWN = 30
PER_PAGE = 30
FORM = "territory/service_form.html"


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    owner = _owner(request.actor)
    return redirect("service:report", clock.today(owner.country.tz).year)


@require_safe
def page(request: SignedInRequest, year: int) -> HttpResponse:
    """The report of a year as it is now: what may be written, its editions, its history."""
    owner = _owner(request.actor)
    report = _find(request.actor, owner, year)
    years = ServiceReport.objects.visible_to(request.actor).filter(owner=owner)
    context = {
        "owner": owner,
        "year": year,
        "report": report,
        "years": years.values_list("year", flat=True),
        "may_write": rules.can_write(request.actor, owner),
    }
    if report is None:
        return render(request, "territory/service_none.html", context)
    objectives = service_reading.objectives_of(report)
    changes = ServiceChange.objects.filter(report=report).select_related("by")
    context |= {
        "reading": service_reading.read(report, objectives),
        "lacking": rules.missing_to_issue(objectives),
        "may_issue": rules.can_issue(request.actor, report),
        "editions": report.editions.select_related("by").defer("content"),
        "entries": service_history.told(changes[:CHANGES_SHOWN]),
        "how_words": HOW,
    }
    return render(request, "territory/service.html", context)


@require_POST
def start(request: SignedInRequest, year: int) -> HttpResponse:
    owner = _owner(request.actor)
    require(rules.can_write(request.actor, owner))
    if _find(request.actor, owner, year) is None:
        operations.start(owner, year, by=request.actor)
        notices.done(request, f"El informe {year} está abierto.")
    return redirect("service:report", year)


@form_methods
def context(request: SignedInRequest, year: int) -> HttpResponse:
    report = _report(request.actor, year)
    require(rules.can_write(request.actor, report.owner))
    form = ContextForm(request.POST or None, instance=report)
    words = FormPage("Presentación del informe", _address(report), "Presentación guardada.")
    return run(
        request,
        form,
        words,
        lambda: operations.change_context(report, by=request.actor, **form.said()),
        context={"report": report},
        thing=report,
        template=FORM,
        changes=ServiceChange,
    )


@form_methods
def objective_new(request: SignedInRequest, year: int) -> HttpResponse:
    report = _report(request.actor, year)
    require(rules.can_write(request.actor, report.owner))
    form = ObjectiveForm(request.POST or None)
    words = FormPage("Nuevo objetivo estratégico", _address(report), "Objetivo agregado.")
    return run(
        request,
        form,
        words,
        lambda: operations.add_objective(report, by=request.actor, **form.said()),
        context={"report": report},
        template=FORM,
    )


@form_methods
def objective(request: SignedInRequest, uid: UUID) -> HttpResponse:
    thing = _objective(request.actor, uid)
    require(rules.can_write(request.actor, thing.report.owner))
    form = ObjectiveForm(request.POST or None, instance=thing)
    words = FormPage(
        "Objetivo estratégico", f"{_address(thing.report)}#{uid}", "Objetivo guardado."
    )
    return run(
        request,
        form,
        words,
        lambda: operations.change_objective(thing, by=request.actor, **form.said()),
        context={
            "report": thing.report,
            "remove_url": reverse("service:objective_remove", args=[uid]),
        },
        thing=thing,
        template=FORM,
        changes=ServiceChange,
    )


@require_safe
def choose(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """What the new action is drawn from; or nothing, when the words are the Service's own."""
    thing = _objective(request.actor, uid)
    require(rules.can_write(request.actor, thing.report.owner))
    form = ChooseForm(request.GET, sources=[(key, each.label) for key, each in SOURCES.items()])
    form.full_clean()
    key = form.cleaned_data.get("de") or "pme"
    source, text = SOURCES[key], form.cleaned_data.get("q", "")
    rows = source.rows(request.actor, thing.report)
    found = rows.filter(source.named(text)) if text else rows
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "objective": thing,
        "form": form,
        "key": key,
        "sources": [(each, SOURCES[each].label, each == key) for each in SOURCES],
        "text": text,
        "page": page,
        "rows": [source.told(each) for each in page],
    }
    return render(request, "territory/service_choose.html", context)


@form_methods
def action_new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """A new action, its words begun with those of what it is drawn from."""
    thing = _objective(request.actor, uid)
    require(rules.can_write(request.actor, thing.report.owner))
    drawn, initial, over = _drawn(request, thing.report)
    form = ServiceActionForm(request.POST or None, initial=initial)
    words = FormPage(
        "Nueva acción priorizada", f"{_address(thing.report)}#{uid}", "Acción agregada.", over=over
    )
    return run(
        request,
        form,
        words,
        lambda: operations.add_action(thing, by=request.actor, drawn=drawn, **form.said()),
        context={"report": thing.report},
        template=FORM,
    )


def _drawn(request: SignedInRequest, report: ServiceReport) -> tuple[Drawn, dict[str, str], str]:
    """What the address names as the origin, the words to begin with, and what it is."""
    source = SOURCES.get(request.GET.get("de", ""))
    if source is None:
        return {}, {}, ""
    try:
        uid = UUID(request.GET.get("uid", ""))
    except ValueError as error:
        raise Http404 from error
    found = get_object_or_404(source.rows(request.actor, report), uid=uid)
    told = source.told(found)
    initial = {"title": told.name, "text": told.text}
    return source.drawn(found), initial, f"Tomada de {told.where}: {told.name}"


@form_methods
def action(request: SignedInRequest, uid: UUID) -> HttpResponse:
    thing = _action(request.actor, uid)
    report = thing.objective.report
    require(rules.can_write(request.actor, report.owner))
    form = ServiceActionForm(request.POST or None, instance=thing)
    words = FormPage(
        "Acción priorizada",
        f"{_address(report)}#{thing.objective.uid}",
        "Acción guardada.",
        over=service_reading.origin(thing),
    )
    return run(
        request,
        form,
        words,
        lambda: operations.change_action(thing, by=request.actor, **form.said()),
        context={"report": report, "remove_url": reverse("service:action_remove", args=[uid])},
        thing=thing,
        template=FORM,
        changes=ServiceChange,
    )


@require_POST
def action_raise(request: SignedInRequest, uid: UUID) -> HttpResponse:
    thing = _action(request.actor, uid)
    operations.raise_action(thing, by=request.actor)
    notices.done(request, "La acción subió una prioridad.")
    return redirect(f"{_address(thing.objective.report)}#{thing.objective.uid}")


@require_POST
def action_remove(request: SignedInRequest, uid: UUID) -> HttpResponse:
    thing = _action(request.actor, uid)
    operations.remove(thing, by=request.actor)
    undo = reverse("service:action_restore", args=[uid])
    notices.done(request, "Acción en la papelera.", thing.title, undo=undo)
    return redirect(_address(thing.objective.report))


@require_POST
def action_restore(request: SignedInRequest, uid: UUID) -> HttpResponse:
    thing = _action(request.actor, uid, is_removed=True)
    operations.restore(thing, by=request.actor)
    notices.done(request, "Acción de vuelta en el informe.")
    return redirect(_address(thing.objective.report))


@require_POST
def objective_remove(request: SignedInRequest, uid: UUID) -> HttpResponse:
    thing = _objective(request.actor, uid)
    operations.remove(thing, by=request.actor)
    undo = reverse("service:objective_restore", args=[uid])
    notices.done(request, "Objetivo en la papelera, con sus acciones.", undo=undo)
    return redirect(_address(thing.report))


@require_POST
def objective_restore(request: SignedInRequest, uid: UUID) -> HttpResponse:
    thing = _objective(request.actor, uid, is_removed=True)
    operations.restore(thing, by=request.actor)
    notices.done(request, "Objetivo de vuelta en el informe.")
    return redirect(_address(thing.report))


@require_POST
def issue(request: SignedInRequest, year: int) -> HttpResponse:
    report = _report(request.actor, year)
    require(rules.can_issue(request.actor, report))
    try:
        edition = operations.issue(report, by=request.actor)
    except Refused as error:
        notices.failed(request, "El informe no se emitió.", error.reason)
        return redirect(_address(report))
    notices.done(request, f"Edición {edition.number} emitida.", "Queda como está y no cambia.")
    return redirect("service:edition", year, edition.number)


@require_safe
def edition(request: SignedInRequest, year: int, number: int) -> HttpResponse:
    """An edition as it was issued, read from its own content."""
    report = _report(request.actor, year)
    editions = IssuedReport.objects.filter(report=report).select_related("by")
    found = get_object_or_404(editions, number=number)
    context = {
        "report": report,
        "edition": found,
        "reading": service_reading.read_back(found),
        "how_words": HOW,
    }
    return render(request, "territory/service_edition.html", context)


# What the address names ---------------------------------------------------------------------------


def _owner(actor: Actor) -> Owner:
    owner = owner_for(actor, Deed.READ_ACCOUNT)
    if owner is None:
        raise Refused(rules.NOT_YOURS)
    return owner


def _find(actor: Actor, owner: Owner, year: int) -> ServiceReport | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    found = ServiceReport.objects.visible_to(actor).filter(owner=owner, year=year)
    return found.select_related("owner__country").first()


def _report(actor: Actor, year: int) -> ServiceReport:
    report = _find(actor, _owner(actor), year)
    if report is None:
        raise Http404
    return report


def _objective(actor: Actor, uid: UUID, *, is_removed: bool = False) -> ServiceObjective:
    found = ServiceObjective.objects.filter(report__in=ServiceReport.objects.visible_to(actor))
    found = found.select_related("report__owner__country")
    return get_object_or_404(found, uid=uid, removed_at__isnull=not is_removed)


def _action(actor: Actor, uid: UUID, *, is_removed: bool = False) -> ServiceAction:
    reports = ServiceReport.objects.visible_to(actor)
    found = ServiceAction.objects.filter(
        objective__report__in=reports, objective__removed_at__isnull=True
    ).select_related("objective__report__owner__country")
    return get_object_or_404(found, uid=uid, removed_at__isnull=not is_removed)


def _address(report: ServiceReport) -> str:
    return reverse("service:report", args=[report.year])
