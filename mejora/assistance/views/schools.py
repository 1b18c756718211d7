"""The school's side: what it asks for, what it receives, and how it rates it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mejora.assistance import rules
from mejora.assistance.forms import AskForm
from mejora.assistance.models import (
    Assistance,
    Cycle,
    Need,
    Rating,
)
from mejora.assistance.operations import following
from mejora.assistance.operations import rows as operations
from mejora.assistance.reading import Whole
from mejora.assistance.views.cycles import FORM
from mejora.assistance.views.pages import form_methods
from mejora.core import notices
from mejora.core.decisions import Refused, require
from mejora.network.access import Deed
from mejora.network.enums import OwnerKind
from mejora.network.middleware import SignedInRequest
from mejora.network.models import School
from mejora.participation import reading
from mejora.participation.forms import ResponseForm
from mejora.participation.models import Instrument
from mejora.plans.views.writing import FormPage, run
from mejora.support.enums import SessionStatus
from mejora.support.models import Commitment, Session


def _opened(request: SignedInRequest, code: str) -> tuple[School, Whole | None]:
    """The school, and the newest cycle of its Secretaría; a school whose owner runs none and
    never did has no such page."""
    visible = School.objects.visible_to(request.actor, Deed.SEE_ASSISTANCE)
    school = get_object_or_404(visible.select_related("commune__region", "owner"), code=code)
    cycle = Cycle.objects.filter(owner=school.owner).select_related("owner").first()
    if cycle is None and (school.owner is None or school.owner.kind != OwnerKind.ETC):
        raise Http404
    return school, Whole(cycle) if cycle else None


@require_safe
def school(request: SignedInRequest, code: str) -> HttpResponse:
    """Its requests with their answers, the assistances for it, what it promised, what it rated."""
    found, whole = _opened(request, code)
    here = Assistance.objects.filter(plan__places__school=found).select_related("plan", "cycle")
    rated = {
        rating.assistance_id: rating
        for rating in Rating.objects.filter(school=found).select_related("response")
    }
    rows = [
        (a, rated.get(a.pk), rules.can_rate(request.actor, found, whole, a) if whole else None)
        for a in here.order_by("-cycle__year", "plan__starts_on")
    ]
    asked = Need.objects.live().filter(school=found).select_related("assistance__plan")
    promised = Commitment.objects.live().filter(school=found, session__plan__assistance__in=here)
    held = Session.objects.live().filter(plan__assistance__in=here, status=SessionStatus.HELD)
    context = {
        "school": found,
        "whole": whole,
        "rows": rows,
        "needs": asked.order_by("-asked_on", "-pk"),
        "commitments": promised,
        "sessions": held.filter(places__school=found).select_related("plan").order_by("-on"),
        "may_ask": rules.can_ask(request.actor, found, whole),
    }
    return render(request, "assistance/school.html", context)


@form_methods
def ask(request: SignedInRequest, code: str) -> HttpResponse:
    """Ask the Secretaría for support: it becomes a need of its cycle."""
    found, whole = _opened(request, code)
    require(rules.can_ask(request.actor, found, whole))
    if whole is None:
        raise Http404
    form = AskForm(
        request.POST or None, instance=Need(cycle=whole.cycle, school=found), cycle=whole.cycle
    )
    return run(
        request,
        form,
        FormPage(
            "Pedir asistencia técnica",
            reverse("assistance:school", args=[code]),
            "Solicitud enviada a la Secretaría.",
            save="Enviar la solicitud",
        ),
        lambda: operations.ask(found, whole.cycle, form.said(), by=request.actor),
        context={"school": found},
        template=FORM,
    )


@form_methods
def rate(request: SignedInRequest, code: str, uid: UUID) -> HttpResponse:
    """The evaluation of an assistance, handed in whole."""
    found, whole = _opened(request, code)
    here = Assistance.objects.filter(plan__places__school=found).select_related("plan", "cycle")
    assistance = get_object_or_404(here, uid=uid)
    if whole is None or assistance.cycle_id != whole.cycle.pk:
        whole = Whole(assistance.cycle)
    require(rules.can_rate(request.actor, found, whole, assistance))
    instrument = Instrument.objects.get(code=following.INSTRUMENT)
    parts = reading.sheet(instrument)
    form = ResponseForm(parts, 0, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            following.rate(assistance, found, form.said(), by=request.actor)
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            notices.done(request, "Evaluación enviada a la Secretaría.")
            return redirect("assistance:school", code)
    context = {
        "school": found,
        "assistance": assistance,
        "instrument": instrument,
        "form": form,
        "back": reverse("assistance:school", args=[code]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assistance/rate.html", context, status=status)
