"""Starting a plan, opening its years, and the forms of what stands for the whole cycle."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mejora.core import clock, notices
from mejora.core.decisions import require
from mejora.frameworks.models import Edition
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.network.models import School
from mejora.plans import rules
from mejora.plans.forms.chain import (
    BasisForm,
    GoalForm,
    IndicatorForm,
    ObjectiveForm,
    SealForm,
    StartForm,
)
from mejora.plans.models import Goal, Objective, PlanYear, Seal
from mejora.plans.operations import plan as plan_operations
from mejora.plans.operations import strategic
from mejora.plans.views import pages
from mejora.plans.views.pages import Page
from mejora.plans.views.writing import FormPage, run, saved

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@form_methods
def start(request: SignedInRequest, code: str) -> HttpResponse:
    """A school without a plan for this year begins one; with one, its page."""
    schools = School.objects.visible_to(request.actor, Deed.READ_PLAN)
    school = get_object_or_404(
        schools.select_related("commune__region", "country", "owner"), code=code
    )
    today = clock.today(school.country.tz)
    years = PlanYear.objects.visible_to(request.actor).filter(school=school)
    newest = years.filter(year__lte=today.year).first() or years.first()
    if newest and request.method != "POST":
        return redirect("plans:detail", code=code, year=newest.year)
    may = rules.can_start(request.actor, school, today.year)
    editions = list(Edition.objects.filter(country_code=school.country.code, valid_from__lte=today))
    form = StartForm(request.POST or None, today=today, editions=editions)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        require(rules.can_start(request.actor, school, said["start_year"]))
        if saved(form, lambda: plan_operations.start(school, by=request.actor, **said)):
            notices.done(request, "El plan está abierto.", _first_step(editions))
            return redirect("plans:detail", code=code, year=said["start_year"])
    return render(request, "plans/start.html", {"school": school, "form": form, "may": may})


def _first_step(editions: list[Edition]) -> str:
    if editions and editions[0].has_critical_factors:
        return "Lo primero es la autoevaluación."
    return "Lo primero son los sellos."


@require_POST
def open_year(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """Open the year after the one on the page."""
    page = pages.opened(request, code, year)
    opened = plan_operations.open_year(page.plan_year.plan, year + 1, by=request.actor)
    notices.done(request, f"El año {opened.year} está abierto.", "La planificación está vacía.")
    return redirect("plans:detail", code=code, year=opened.year)


def _chain(page: Page, anchor: str = "") -> str:
    return page.url("plans:detail") + anchor


@form_methods
def basis(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    page = pages.opened(request, code, year)
    require(rules.can_write_strategy(request.actor, page.at))
    plan = page.plan_year.plan
    form = BasisForm(request.POST or None, instance=plan)
    return run(
        request,
        form,
        FormPage("Visión y misión", _chain(page), "Visión y misión guardadas."),
        lambda: plan_operations.change_basis(plan, by=request.actor, **form.said()),
        context=page.context(),
        thing=plan,
    )


@form_methods
def seal(request: SignedInRequest, code: str, year: int, uid: UUID | None = None) -> HttpResponse:
    page = pages.opened(request, code, year)
    require(rules.can_write_strategy(request.actor, page.at))
    plan = page.plan_year.plan
    own = Seal.objects.live().filter(plan=plan)
    thing = pages.found(own, uid=uid) if uid else None
    form = SealForm(request.POST or None, instance=thing)

    def write() -> None:
        if thing:
            strategic.change_seal(thing, by=request.actor, **form.said())
        else:
            strategic.add_seal(plan, by=request.actor, **form.said())

    words = FormPage("Sello del PEI" if thing else "Nuevo sello", _chain(page), "Sello guardado.")
    return run(request, form, words, write, context=page.context(), thing=thing)


@form_methods
def objective(
    request: SignedInRequest, code: str, year: int, uid: UUID | None = None
) -> HttpResponse:
    page = pages.opened(request, code, year)
    require(rules.can_write_strategy(request.actor, page.at))
    plan = page.plan_year.plan
    own = Objective.objects.live().filter(plan=plan)
    thing = pages.found(own, uid=uid) if uid else None
    more: dict[str, Any] = {"plan": plan, "book": page.book, "year": year}
    form = ObjectiveForm(request.POST or None, instance=thing, **more)

    def write() -> None:
        if thing:
            strategic.change_objective(thing, by=request.actor, **form.said())
        else:
            strategic.add_objective(plan, by=request.actor, **form.said())

    title = "Objetivo estratégico" if thing else "Nuevo objetivo estratégico"
    return run(
        request, form, FormPage(title, _chain(page), "Objetivo guardado."), write,
        context=page.context(), thing=thing, form_kwargs=more,
    )  # fmt: skip


@form_methods
def goal_new(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    """A goal of the objective `uid`."""
    page = pages.opened(request, code, year)
    require(rules.can_write_strategy(request.actor, page.at))
    above = pages.found(Objective.objects.live().filter(plan=page.plan_year.plan_id), uid=uid)
    initial = {"due_year": page.plan_year.plan.end_year}
    form = GoalForm(request.POST or None, initial=initial)
    return run(
        request,
        form,
        FormPage("Nueva meta", _chain(page), "Meta guardada.", over=above.text),
        lambda: strategic.add_goal(above, by=request.actor, **form.said()),
        context=page.context(),
    )


@form_methods
def goal_indicator(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    """An indicator of the goal `uid`, where the framework has no strategies."""
    page = pages.opened(request, code, year)
    require(rules.can_write_strategy(request.actor, page.at))
    if page.book.edition.has_strategies:
        raise Http404
    own = Goal.objects.live().filter(objective__plan=page.plan_year.plan_id)
    above = pages.found(own.select_related("objective__plan"), uid=uid)
    form = IndicatorForm(request.POST or None)
    return run(
        request,
        form,
        FormPage("Nuevo indicador", _chain(page), "Indicador guardado.", over=above.text),
        lambda: strategic.add_indicator(above, by=request.actor, **form.said()),
        context=page.context(),
    )


@form_methods
def goal_edit(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    page = pages.opened(request, code, year)
    require(rules.can_write_strategy(request.actor, page.at))
    own = Goal.objects.live().filter(objective__plan=page.plan_year.plan_id)
    thing = pages.found(own.select_related("objective__plan"), uid=uid)
    form = GoalForm(request.POST or None, instance=thing)
    return run(
        request,
        form,
        FormPage("Meta estratégica", _chain(page), "Meta guardada.", over=thing.objective.text),
        lambda: strategic.change_goal(thing, by=request.actor, **form.said()),
        context=page.context(),
        thing=thing,
    )
