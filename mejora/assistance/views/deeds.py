"""What is done once for the whole cycle: review the alignment, follow up, consolidate and review
the evaluations, issue and deliver the report, file the report of irregularities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse

from mejora.assistance import forms as shapes
from mejora.assistance import rules
from mejora.assistance.enums import Target
from mejora.assistance.models import (
    Cycle,
    CycleChange,
    PamAction,
)
from mejora.assistance.operations import following, programming, reporting
from mejora.assistance.views.cycles import FORM
from mejora.assistance.views.pages import form_methods, opened
from mejora.core.decisions import require
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans.views.writing import FormPage, run


def _asked(
    request: SignedInRequest,
    cycle: Cycle,
    form: Any,
    words: FormPage,
    write: Callable[[], Any],
) -> HttpResponse:
    return run(request, form, words, write, context={"cycle": cycle}, template=FORM)


def _page(cycle: Cycle, name: str) -> str:
    return reverse(f"assistance:{name}", args=[cycle.uid])


@form_methods
def align(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_review_alignment(request.actor, whole))
    unaligned = [str(a) for a in whole.in_force if a.pam_action_id is None]
    form = shapes.AlignForm(request.POST or None, needs_improvement=bool(unaligned))
    over = "Todas las asistencias dicen con qué acción del PAM están alineadas."
    if unaligned:
        over = f"No están en el PAM: {'; '.join(unaligned)}. La revisión abre una acción de "
        over += "mejoramiento, y después de cerrarla se revisa de nuevo."

    def write() -> Any:
        return programming.review_alignment(
            whole.cycle,
            on=form.cleaned_data["on"],
            note=form.cleaned_data["note"],
            improvement=form.improvement,
            by=request.actor,
        )

    words = FormPage(
        "Revisar la alineación con el PAM",
        _page(whole.cycle, "pam"),
        "Revisión registrada.",
        over=over,
    )
    return _asked(request, whole.cycle, form, words, write)


@form_methods
def follow_up(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_follow_up(request.actor, whole))
    actions = list(PamAction.objects.live().filter(cycle=whole.cycle))
    form = shapes.FollowUpForm(request.POST or None, actions=actions)

    def write() -> Any:
        said = form.cleaned_data
        names = ("on", "strengths", "opportunities", "objectives_met")
        fields = {name: said[name] for name in names}
        return following.follow_up(whole.cycle, **fields, values=form.values, by=request.actor)

    words = FormPage(
        "Registrar un seguimiento",
        _page(whole.cycle, "follow_ups"),
        "Seguimiento registrado.",
        over="Actividad 6. Si el período terminó o todo se ejecutó, sigue la evaluación de los "
        "establecimientos; si no, el apoyo continúa (guarda G6).",
    )
    return _asked(request, whole.cycle, form, words, write)


@form_methods
def consolidate(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_consolidate(request.actor, whole))
    form = shapes.EmptyForm(request.POST if request.method == "POST" else None)
    words = FormPage(
        "Consolidar las evaluaciones",
        _page(whole.cycle, "ratings"),
        "Evaluaciones consolidadas.",
        save="Consolidar",
        over=f"Se recibieron {whole.received_ratings} de {whole.expected_ratings}. Las que faltan "
        "quedan como no evaluadas y ya no se reciben.",
    )
    return _asked(
        request,
        whole.cycle,
        form,
        words,
        lambda: following.consolidate(whole.cycle, by=request.actor),
    )


@form_methods
def review_ratings(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_review_ratings(request.actor, whole))
    row = whole.ratings
    form = shapes.RatingReviewForm(request.POST or None, instance=row, cycle=whole.cycle)

    def write() -> Any:
        said = form.cleaned_data
        if row is None:
            raise Http404
        return following.review_ratings(
            row,
            said["revision"],
            text=said["review"],
            sent_on=said["sent_on"],
            by=request.actor,
        )

    words = FormPage(
        "Revisar el consolidado", _page(whole.cycle, "ratings"), "Revisión registrada."
    )
    return run(
        request,
        form,
        words,
        write,
        context={"cycle": whole.cycle},
        thing=row,
        form_kwargs={"cycle": whole.cycle},
        template=FORM,
        changes=CycleChange,
    )


@form_methods
def issue(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_issue(request.actor, whole))
    form = shapes.EmptyForm(request.POST if request.method == "POST" else None)
    words = FormPage(
        "Emitir el informe consolidado",
        _page(whole.cycle, "report"),
        "Informe emitido.",
        save="Emitir",
        over="Lo que dice hoy queda fijo, con su huella. Después ya no se cambia.",
    )
    return _asked(
        request, whole.cycle, form, words, lambda: reporting.issue(whole.cycle, by=request.actor)
    )


@form_methods
def deliver(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_deliver(request.actor, whole))
    left = [target for target in Target if target not in whole.deliveries]
    form = shapes.DeliverForm(request.POST or None, initial={"target": left[0] if left else ""})

    def write() -> Any:
        said = form.cleaned_data
        target = Target(said["target"])
        return reporting.deliver(
            whole.cycle, target, on=said["on"], note=said["note"], by=request.actor
        )

    words = FormPage("Registrar una entrega", _page(whole.cycle, "report"), "Entrega registrada.")
    return _asked(request, whole.cycle, form, words, write)


@form_methods
def file(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_file(request.actor, whole))
    form = shapes.EmptyForm(request.POST if request.method == "POST" else None)
    count = whole.cycle.irregularity_rows.filter(removed_at__isnull=True).count()
    names = f"Lleva {count} establecimientos." if count else "No hay establecimientos que reportar."
    words = FormPage(
        "Presentar el reporte F01.03.F02",
        _page(whole.cycle, "irregularities"),
        "Reporte presentado. El ciclo terminó.",
        save="Presentar",
        over=f"{names} Hay un reporte por Secretaría y año: con él termina el ciclo.",
    )
    return _asked(
        request, whole.cycle, form, words, lambda: reporting.file(whole.cycle, by=request.actor)
    )


@form_methods
def receive(request: SignedInRequest, uid: UUID) -> HttpResponse:
    whole = opened(request, uid)
    require(rules.can_do(request.actor, Deed.LEAD_CYCLE, whole.cycle))
    filing = whole.filing
    if filing is None:
        raise Http404
    form = shapes.ReceivedForm(request.POST or None)
    words = FormPage(
        "Registrar la recepción por Inspección y Vigilancia",
        _page(whole.cycle, "irregularities"),
        "Recepción registrada.",
    )
    return _asked(
        request,
        whole.cycle,
        form,
        words,
        lambda: reporting.receive(
            filing, filing.revision, on=form.cleaned_data["on"], by=request.actor
        ),
    )
