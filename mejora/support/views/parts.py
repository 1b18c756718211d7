"""Forms of what hangs from a support plan: objectives, indicators, readings, actions."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from mejora.core import clock
from mejora.network.middleware import SignedInRequest
from mejora.plans.views.writing import FormPage
from mejora.support.forms import (
    SupportActionForm,
    SupportIndicatorForm,
    SupportObjectiveForm,
    SupportReadingForm,
)
from mejora.support.models import (
    SupportAction,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportReading,
)
from mejora.support.operations import plans as operations
from mejora.support.views import pages
from mejora.support.views.plans import form_methods


def _back(plan: SupportPlan) -> str:
    return reverse("support:plan", args=[plan.uid])


@form_methods
def objective_new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    plan = pages.opened(request, uid)
    form = SupportObjectiveForm(request.POST or None, plan=plan)
    return pages.form_page(
        request,
        plan,
        form,
        FormPage("Nuevo objetivo de apoyo", _back(plan), "Objetivo guardado.", over=plan.name),
        lambda: operations.add_objective(
            plan, form.said(), form.cleaned_data["serves"], by=request.actor
        ),
    )


@form_methods
def objective(request: SignedInRequest, uid: UUID) -> HttpResponse:
    thing = pages.found(request, SupportObjective.objects.live(), uid)
    plan = thing.plan
    form = SupportObjectiveForm(request.POST or None, instance=thing, plan=plan)
    return pages.form_page(
        request,
        plan,
        form,
        FormPage("Objetivo de apoyo", _back(plan), "Objetivo guardado."),
        lambda: operations.change_objective(
            thing,
            form.said(),
            form.cleaned_data["serves"],
            revision=form.cleaned_data["revision"],
            by=request.actor,
        ),
        thing=thing,
        form_kwargs={"plan": plan},
        kind="objetivo",
    )


@form_methods
def indicator_new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """An indicator of the objective `uid`."""
    above = pages.found(request, SupportObjective.objects.live(), uid)
    form = SupportIndicatorForm(request.POST or None)
    return pages.form_page(
        request,
        above.plan,
        form,
        FormPage("Nuevo indicador", _back(above.plan), "Indicador guardado.", over=above.text),
        lambda: operations.add_indicator(above, form.said(), by=request.actor),
    )


@form_methods
def indicator(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """The indicator with its readings so far."""
    rows = SupportIndicator.objects.live()
    thing = pages.found(request, rows, uid, "objective__plan")
    plan = thing.objective.plan
    form = SupportIndicatorForm(request.POST or None, instance=thing)
    return pages.form_page(
        request,
        plan,
        form,
        FormPage(thing.name, _back(plan), "Indicador guardado.", over=thing.objective.text),
        lambda: operations.change_indicator(
            thing, form.said(), revision=form.cleaned_data["revision"], by=request.actor
        ),
        thing=thing,
        template="support/indicator.html",
        kind="indicador",
        readings=thing.readings.live(),
    )


@form_methods
def reading_new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """A reading of the indicator `uid`."""
    rows = SupportIndicator.objects.live()
    above = pages.found(request, rows, uid, "objective__plan")
    form = SupportReadingForm(request.POST or None, initial={"on": clock.today()})
    back = reverse("support:indicator", args=[above.uid])
    return pages.form_page(
        request,
        above.objective.plan,
        form,
        FormPage("Nueva medición", back, "Medición guardada.", over=above.name),
        lambda: operations.add_reading(above, form.said(), by=request.actor),
    )


@form_methods
def reading(request: SignedInRequest, uid: UUID) -> HttpResponse:
    rows = SupportReading.objects.live()
    thing = pages.found(request, rows, uid, "indicator__objective__plan")
    form = SupportReadingForm(request.POST or None, instance=thing)
    back = reverse("support:indicator", args=[thing.indicator.uid])
    return pages.form_page(
        request,
        thing.indicator.objective.plan,
        form,
        FormPage("Medición", back, "Medición guardada.", over=thing.indicator.name),
        lambda: operations.change_reading(
            thing, form.said(), revision=form.cleaned_data["revision"], by=request.actor
        ),
        thing=thing,
        kind="medicion",
    )


@form_methods
def action_new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """An action towards the objective `uid`."""
    above = pages.found(request, SupportObjective.objects.live(), uid)
    form = SupportActionForm(request.POST or None, plan=above.plan)
    return pages.form_page(
        request,
        above.plan,
        form,
        FormPage("Nueva acción de apoyo", _back(above.plan), "Acción guardada.", over=above.text),
        lambda: operations.add_action(above, form.said(), by=request.actor),
    )


@form_methods
def action(request: SignedInRequest, uid: UUID) -> HttpResponse:
    rows = SupportAction.objects.live()
    thing = pages.found(request, rows, uid, "objective__plan")
    plan = thing.objective.plan
    form = SupportActionForm(request.POST or None, instance=thing, plan=plan)
    return pages.form_page(
        request,
        plan,
        form,
        FormPage("Acción de apoyo", _back(plan), "Acción guardada.", over=thing.objective.text),
        lambda: operations.change_action(
            thing, form.said(), revision=form.cleaned_data["revision"], by=request.actor
        ),
        thing=thing,
        form_kwargs={"plan": plan},
        kind="accion",
        adjust_url=reverse("support:adjust", args=[thing.uid]),
    )
