"""Force majeure on an action with its document; the bin of a support plan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mejora.core import notices
from mejora.core.decisions import Refused, require
from mejora.files.sending import sent
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans.views.writing import FormPage, saved
from mejora.support import rules
from mejora.support.enums import Effect
from mejora.support.forms import AdjustmentForm, RemoveForm
from mejora.support.models import (
    Adjustment,
    Commitment,
    Session,
    SupportAction,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportReading,
)
from mejora.support.operations import adjustments
from mejora.support.operations import bin as bin_operations
from mejora.support.operations.adjustments import Said
from mejora.support.views import pages
from mejora.support.views.plans import form_methods


@form_methods
def adjust(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """What force majeure does to an action, with the document that shows it."""
    rows = SupportAction.objects.live()
    action = pages.found(request, rows, uid, "objective__plan")
    plan = action.objective.plan
    require(rules.can_adjust(request.actor, action))
    form = AdjustmentForm(request.POST or None, request.FILES or None, action=action)
    back = reverse("support:plan", args=[plan.uid])

    def write() -> None:
        told = form.cleaned_data
        said = Said(
            cause=told["cause"],
            effect=Effect(told["effect"]),
            text=told["text"],
            name=told["name"],
            starts_on=told["starts_on"],
            ends_on=told["ends_on"],
        )
        adjustments.adjust(
            action,
            said,
            revision=told["revision"],
            by=request.actor,
            document=told["document"],
            shows_people=told["shows_people"],
        )

    if request.method == "POST" and form.is_valid() and saved(form, write):
        notices.done(request, "Fuerza mayor registrada.", "Lo que decía la acción se conserva.")
        return redirect(back)
    words = FormPage("Fuerza mayor", back, "", save="Registrar", over=action.name)
    context = pages.context(request, plan, form=form, words=words, is_multipart=True)
    return render(request, "support/form.html", context, status=422 if form.errors else 200)


@require_GET
def document(request: SignedInRequest, uid: UUID, name: str) -> FileResponse:
    """The document of a case of force majeure, to those who write the plan or work at its schools:
    it may tell of people."""
    rows = Adjustment.objects.filter(document__isnull=False).select_related("document")
    thing = pages.found(request, rows, uid, "action__objective__plan")
    plan = thing.action.objective.plan
    writes = SupportPlan.objects.visible_to(request.actor, Deed.WRITE_SUPPORT)
    answers = (request.actor.may(Deed.ANSWER_SUPPORT, s) for s in pages.schools_of(plan))
    if not (writes.filter(pk=plan.pk).exists() or any(answers)):
        raise Refused("El documento lo ven la dirección de la escuela y quienes la apoyan.")
    assert thing.document is not None  # noqa: S101 - asked of the database above
    return sent(thing.document)


# The word in the address → what it is called, its rows, the way to the plan.
KINDS: dict[str, tuple[str, QuerySet[Any], str]] = {
    "objetivo": ("Objetivo", SupportObjective.objects.all(), "plan"),
    "indicador": ("Indicador", SupportIndicator.objects.all(), "objective__plan"),
    "medicion": ("Medición", SupportReading.objects.all(), "indicator__objective__plan"),
    "accion": ("Acción", SupportAction.objects.all(), "objective__plan"),
    "sesion": ("Sesión", Session.objects.all(), "plan"),
    "compromiso": ("Compromiso", Commitment.objects.all(), "session__plan"),
}


def _thing(request: SignedInRequest, kind: str, uid: UUID, **wanted: Any) -> tuple[str, Any]:
    if kind not in KINDS:
        raise Http404
    noun, rows, way = KINDS[kind]
    return noun, pages.found(request, rows.filter(**wanted), uid, way)


def _plan_of(thing: Any) -> SupportPlan:
    way = next(way for _, rows, way in KINDS.values() if rows.model is type(thing))
    for name in way.split("__"):
        thing = getattr(thing, name)
    found: SupportPlan = thing
    return found


@form_methods
def remove(request: SignedInRequest, kind: str, uid: UUID) -> HttpResponse:
    """Ask why, then put it in the bin; the notice takes it back."""
    noun, thing = _thing(request, kind, uid, removed_at=None)
    plan = _plan_of(thing)
    require(rules.can_write(request.actor, plan))
    form = RemoveForm(request.POST or None, initial={"revision": thing.revision})

    def write() -> None:
        bin_operations.remove(thing, by=request.actor, **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and saved(form, write):
        undo = reverse("support:restore", args=[kind, uid])
        notices.done(request, f"{noun} en la papelera.", undo=undo)
        return redirect("support:plan", plan.uid)
    context = pages.context(
        request, plan, form=form, thing=thing, noun=noun, hanging=bin_operations.what_hangs(thing)
    )
    return render(request, "support/remove.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: SignedInRequest, kind: str, uid: UUID) -> HttpResponse:
    noun, thing = _thing(request, kind, uid, removed_at__isnull=False)
    plan = _plan_of(thing)
    require(rules.can_write(request.actor, plan))
    try:
        bin_operations.restore(thing, revision=thing.revision, by=request.actor)
    except Refused as error:
        notices.failed(request, "No se pudo recuperar.", error.reason)
    else:
        notices.done(request, f"{noun} de vuelta en el plan.")
    return redirect("support:plan", plan.uid)
