"""The cycle: begin one, its drawn process, its settings, closing an activity, its history."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mejora.assistance import drawing, history, rules
from mejora.assistance.enums import SHORT, Activity, Entity
from mejora.assistance.forms import CloseForm, CycleForm, SettingsForm
from mejora.assistance.models import (
    Assistance,
    Cycle,
    CycleChange,
)
from mejora.assistance.operations import cycles as operations
from mejora.assistance.views.pages import form_methods, opened, shown
from mejora.core import clock
from mejora.core.decisions import require
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.network.models import Owner
from mejora.plans.views.writing import FormPage, run

PER_PAGE = 30
FORM = "assistance/form.html"


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The newest cycle of the person's Secretaría; without one, the form that begins it."""
    if not request.actor.may_somewhere(Deed.READ_CYCLE):
        raise Http404
    visible = Cycle.objects.visible_to(request.actor)
    current = request.actor.current.owner_id if request.actor.current else None
    found = visible.filter(owner=current).first() or visible.first()
    if found:
        return redirect("assistance:cycle", found.uid)
    if not request.actor.may_somewhere(Deed.PREPARE_CYCLE):
        return render(request, "assistance/none.html")
    return redirect("assistance:start")


@form_methods
def start(request: SignedInRequest) -> HttpResponse:
    """Open the cycle of a year at the Secretaría of the person's place."""
    here = [m.owner_id for m, _ in request.actor.with_reach(Deed.PREPARE_CYCLE) if m.owner_id]
    current = request.actor.current.owner_id if request.actor.current else None
    if not here:
        require(rules.can_do(request.actor, Deed.PREPARE_CYCLE, Cycle(owner=Owner())))
    owner = get_object_or_404(Owner, pk=current if current in here else here[0])
    form = CycleForm(request.POST or None, initial={"year": clock.today().year})
    words = FormPage(
        f"Iniciar el ciclo de asistencia técnica de {owner}",
        reverse("assistance:home"),
        "El ciclo está abierto.",
        save="Iniciar el ciclo",
        over="D02.03 Apoyar la gestión de los PMI: un ciclo por vigencia, con sus diez "
        "actividades. Entran todos los establecimientos de la jurisdicción, sin clasificar.",
    )
    return run(
        request,
        form,
        words,
        lambda: operations.start(owner, form.said(), by=request.actor),
        context={},
        template=FORM,
    )


@require_safe
def cycle(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Where the cycle and each assistance stands."""
    whole = opened(request, uid)
    rows = [(a, whole.activity_of(a)) for a in whole.assistances]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("pagina"))
    others = Cycle.objects.visible_to(request.actor).filter(owner=whole.cycle.owner)
    return shown(
        request,
        whole,
        "assistance/cycle.html",
        "assistance:cycle",
        wide=drawing.wide(whole),
        tall=drawing.tall(whole),
        page=page,
        rows=[(a, at, SHORT[Activity(at)] if at else "") for a, at in page],
        may_program=rules.can_write(request.actor, whole, Assistance),
        may_lead=rules.can_do(request.actor, Deed.LEAD_CYCLE, whole.cycle),
        may_start=rules.can_start(request.actor, whole.cycle.owner),
        others=others.exclude(pk=whole.cycle.pk),
    )


@form_methods
def settings(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_do(request.actor, Deed.LEAD_CYCLE, whole.cycle))
    form = SettingsForm(request.POST or None, instance=whole.cycle)

    def write() -> None:
        said = {k: v for k, v in form.said().items() if k != "revision"}
        revision = form.cleaned_data["revision"]
        operations.change(whole.cycle, revision, said, by=request.actor)

    back = reverse("assistance:cycle", args=[uid])
    return run(
        request,
        form,
        FormPage("Fechas y criterios del ciclo", back, "Fechas y criterios guardados."),
        write,
        context={"cycle": whole.cycle},
        thing=whole.cycle,
        template=FORM,
        changes=CycleChange,
    )


@form_methods
def close(request: SignedInRequest, uid: UUID, number: int) -> HttpResponse:
    """Close an activity of the cycle; what its guard lacks is the reason of a refusal."""
    whole = opened(request, uid)
    if number not in rules.CLOSES:
        raise Http404
    require(rules.can_do(request.actor, rules.CLOSES[number], whole.cycle))
    form = CloseForm(request.POST or None)
    activity = Activity(number)
    return run(
        request,
        form,
        FormPage(
            f"Cerrar la actividad {number}: {SHORT[activity].lower()}",
            reverse("assistance:cycle", args=[uid]),
            f"Actividad {number} cerrada.",
            save=f"Cerrar la actividad {number}",
            over=str(activity.label),
        ),
        lambda: operations.close(
            whole.cycle, number, note=form.cleaned_data["note"], by=request.actor
        ),
        context={"cycle": whole.cycle},
        template=FORM,
    )


@require_safe
def changes(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Who wrote what in the cycle, newest first."""
    whole = opened(request, uid)
    found = CycleChange.objects.filter(cycle=whole.cycle).select_related("by")
    entity = request.GET.get("que", "")
    if entity in Entity.values:
        found = found.filter(entity=entity)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    return shown(
        request,
        whole,
        "assistance/history.html",
        "assistance:history",
        page=page,
        entries=history.told(page, whole.cycle),
        entities=Entity.choices,
        entity=entity,
    )
