"""An assistance: programmed, its page, carried out, cancelled, verified."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mejora.assistance import forms as shapes
from mejora.assistance import guards, rules
from mejora.assistance.enums import SHORT, Activity
from mejora.assistance.models import (
    Assistance,
    CycleChange,
    Need,
    Rating,
    Task,
)
from mejora.assistance.operations import following
from mejora.assistance.operations import programming as operations
from mejora.assistance.operations.programming import Programme
from mejora.assistance.reading import Whole
from mejora.assistance.verifying import (
    Case,
    Requirement,
    Verification,
)
from mejora.assistance.views.cycles import FORM
from mejora.assistance.views.pages import form_methods, opened
from mejora.assistance.views.rows import visible
from mejora.core import notices
from mejora.core.decisions import require
from mejora.network.middleware import SignedInRequest
from mejora.plans.views.writing import FormPage, run
from mejora.support.models import Commitment, Session


def _programme(form: shapes.AssistanceForm) -> Programme:
    said = form.cleaned_data
    return Programme(form.fields_said(), said["schools"], said["serves"])


@form_methods
def new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_write(request.actor, whole, Assistance))
    form = shapes.AssistanceForm(
        request.POST or None, instance=Assistance(cycle=whole.cycle), cycle=whole.cycle
    )
    return run(
        request,
        form,
        FormPage(
            "Programar una asistencia",
            reverse("assistance:cycle", args=[uid]),
            "Asistencia programada.",
            save="Programar",
            over="Actividad 3. Antes de cerrar la estrategia, cada asistencia dice responsable, "
            "método, recursos y sus tareas con fecha.",
        ),
        lambda: operations.programme(whole.cycle, _programme(form), by=request.actor),
        context={"cycle": whole.cycle},
        template=FORM,
    )


@form_methods
def edit(request: SignedInRequest, uid: UUID) -> HttpResponse:
    row = visible(request, Assistance, uid)
    whole = Whole(row.cycle)
    require(rules.can_write(request.actor, whole, Assistance))
    form = shapes.AssistanceForm(request.POST or None, instance=row, cycle=whole.cycle)

    def write() -> Any:
        return operations.change(
            row, form.cleaned_data["revision"], _programme(form), by=request.actor
        )

    back = reverse("assistance:assistance", args=[uid])
    return run(
        request,
        form,
        FormPage(f"Cambiar {row}", back, "Asistencia guardada."),
        write,
        context={"cycle": whole.cycle},
        thing=row,
        form_kwargs={"cycle": whole.cycle},
        template=FORM,
        changes=CycleChange,
    )


@require_safe
def page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """All of an assistance: what was programmed, done, rated, verified, and what deviated."""
    found = visible(request, Assistance, uid)
    whole = Whole(found.cycle)
    row = next(a for a in whole.assistances if a.pk == found.pk)
    at = whole.activity_of(row)
    sessions = Session.objects.live().filter(plan=row.plan).order_by("on")
    promised = Commitment.objects.live().filter(session__plan=row.plan)
    context = {
        "cycle": whole.cycle,
        "whole": whole,
        "assistance": row,
        "at": (at, SHORT[Activity(at)]) if at else None,
        "missing": guards.missing_of(row),
        "places": row.plan.places.select_related("school__commune"),
        "needs": Need.objects.live().filter(assistance=row).select_related("school"),
        "tasks": Task.objects.live().filter(assistance=row),
        "sessions": sessions,
        "commitments": promised.select_related("school"),
        "ratings": Rating.objects.filter(assistance=row).select_related("school", "response"),
        "verifications": Verification.objects.filter(assistance=row)
        .select_related("by")
        .prefetch_related("checks__requirement"),
        "cases": Case.objects.filter(assistance=row).select_related("requirement"),
        "may_edit": rules.can_write(request.actor, whole, Assistance),
        "may_task": rules.can_write(request.actor, whole, Task),
        "may_carry": rules.can_carry(request.actor, whole, row),
        "may_verify": rules.can_verify(request.actor, whole, row),
    }
    return render(request, "assistance/assistance.html", context)


@require_POST
def begin(request: SignedInRequest, uid: UUID) -> HttpResponse:
    row = operations.begin(visible(request, Assistance, uid), by=request.actor)
    notices.done(request, f"{row} está en ejecución.")
    return redirect("assistance:assistance", uid)


@form_methods
def finish(request: SignedInRequest, uid: UUID) -> HttpResponse:
    row = visible(request, Assistance, uid)
    require(rules.can_carry(request.actor, Whole(row.cycle), row))
    form = shapes.DayForm(request.POST or None)
    return run(
        request,
        form,
        FormPage(
            f"Terminar {row}",
            reverse("assistance:assistance", args=[uid]),
            "Asistencia ejecutada. Los establecimientos ya pueden evaluarla.",
            save="Registrar que se ejecutó",
        ),
        lambda: operations.finish(
            row,
            row.revision,
            on=form.cleaned_data["on"],
            note=form.cleaned_data["note"],
            by=request.actor,
        ),
        context={"cycle": row.cycle},
        template=FORM,
    )


@form_methods
def cancel(request: SignedInRequest, uid: UUID) -> HttpResponse:
    row = visible(request, Assistance, uid)
    require(rules.can_write(request.actor, Whole(row.cycle), Assistance))
    form = shapes.CancelForm(request.POST or None)
    return run(
        request,
        form,
        FormPage(
            f"Cancelar {row}",
            reverse("assistance:assistance", args=[uid]),
            "Asistencia cancelada. Sus necesidades quedan por atender.",
            save="Cancelar la asistencia",
        ),
        lambda: operations.cancel(
            row,
            row.revision,
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["note"],
            by=request.actor,
        ),
        context={"cycle": row.cycle},
        template=FORM,
    )


@form_methods
def verify(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Against each requirement of N01.05.F01 and against its programme."""
    row = visible(request, Assistance, uid)
    whole = Whole(row.cycle)
    require(rules.can_verify(request.actor, whole, row))
    requirements = list(Requirement.objects.live().filter(cycle=whole.cycle))
    form = shapes.VerifyForm(request.POST or None, requirements=requirements)
    return run(
        request,
        form,
        FormPage(
            f"Verificar {row}",
            reverse("assistance:assistance", args=[uid]),
            "Verificación registrada.",
            save="Registrar la verificación",
            over="Actividad 8. Un requisito que no se cumple abre un caso N01.04; lo que no se "
            "ejecutó como se programó, una acción N01.02. Cierran con una nueva verificación.",
        ),
        lambda: following.verify(
            row,
            on=form.cleaned_data["on"],
            is_fulfilled=form.cleaned_data["fulfilled"] == "si",
            conforms=form.conforms,
            note=form.cleaned_data["said"],
            by=request.actor,
        ),
        context={"cycle": whole.cycle},
        template=FORM,
    )
