"""Instruments of a support plan: what was applied, answering, comparing, the Service's own words
for what is suggested."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mejora.core import notices
from mejora.core.decisions import Conflict, Refused, require
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.network.models import Owner
from mejora.participation import reading
from mejora.participation.enums import InstrumentKind, Side
from mejora.participation.forms import AdviceForm, ResponseForm
from mejora.participation.models import Instrument, Question
from mejora.support import feedback_rules, owed, rules, trend
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.feedback_forms import ApplicationForm
from mejora.support.operations import applications as operations
from mejora.support.views import pages

PER_PAGE = 20


@require_safe
def follow_up(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """A plan's feedback reports, the instruments applied in it and the rubric over time."""
    plan = pages.opened(request, uid)
    reports = FeedbackReport.objects.live().visible_to(request.actor).filter(plan=plan)
    applied = Application.objects.visible_to(request.actor).filter(plan=plan).with_parts()
    page = Paginator(applied, PER_PAGE).get_page(request.GET.get("pagina"))
    context = pages.context(request, plan, "support:follow_up")
    schools = context["schools"]
    rubrics = applied.filter(instrument__kind=InstrumentKind.RUBRIC)
    context |= {
        "reports": reports.with_parts(),
        "page": page,
        "rows": [(each, _states(each)) for each in page],
        "trends": [
            (school, found)
            for school in schools
            if (found := trend.trend(rubrics.filter(school=school)))
        ],
        "deadlines": owed.deadlines(plan),
        "guides": Instrument.objects.filter(
            kind=InstrumentKind.GUIDE, country_code=plan.owner.country.code
        ),
    }
    return render(request, "support/follow_up.html", context)


def _states(application: Application) -> list[tuple[Side, str]]:
    """Per side: none, partial or done, for its mark."""
    found = []
    for side in application.sides:
        response = application.response(side)
        state = "none" if response is None else "done" if response.is_closed else "partial"
        found.append((side, state))
    return found


@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Choosing an instrument, its day and, in a network, the school."""
    plan = pages.opened(request, uid)
    require(rules.can_write(request.actor, plan))
    form = ApplicationForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        application = operations.open_application(
            plan, said["school"], said["instrument"], on=said["on"], by=request.actor
        )
        return redirect("support:application", application.uid)
    context = pages.context(request, plan, form=form)
    status = 422 if form.errors else 200
    return render(request, "support/application_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def application(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """One application: to answer for whoever may, to read and compare for the rest."""
    visible = Application.objects.visible_to(request.actor).with_parts()
    found = get_object_or_404(visible, uid=uid)
    side = _side(request, found)
    if request.method == "POST":
        if side is None:
            raise Refused(_why_not(request, found))
        return _answered(request, found, side)
    return _page(request, found, side)


def _side(request: SignedInRequest, found: Application) -> Side | None:
    """For which side the person may answer now."""
    may = feedback_rules.can_fill
    return next((side for side in found.sides if may(request.actor, found, side)), None)


def _why_not(request: SignedInRequest, found: Application) -> str:
    """The reason of the side on which the person stands."""
    own = [s for s in found.sides if feedback_rules.stands_on(request.actor, s, found.school)]
    side = own[0] if own else Side.SUPPORT
    return feedback_rules.can_fill(request.actor, found, side).reason


def _answered(request: SignedInRequest, found: Application, side: Side) -> HttpResponse:
    form = _form(found, side, request.POST)
    is_last = "entregar" in request.POST
    if not form.is_valid():
        return _page(request, found, side, form, status=422)
    try:
        operations.answer(
            found,
            side,
            form.said(),
            revision=form.cleaned_data["revision"],
            by=request.actor,
            is_last=is_last,
        )
    except Conflict:
        return _clashed(request, found, side)
    except Refused as error:
        form.add_error(None, error.reason)
        return _page(request, found, side, form, status=422)
    notices.done(request, "Pauta entregada." if is_last else "Respuestas guardadas.")
    return redirect("support:application", found.uid)


def _clashed(request: SignedInRequest, found: Application, side: Side) -> HttpResponse:
    """What was typed stays; beside it what somebody else stored meanwhile."""
    now = Application.objects.with_parts().get(pk=found.pk)
    response = now.response(side)
    data = request.POST.copy()
    data["revision"] = str(response.revision) if response else ""
    return _page(request, now, side, _form(now, side, data), status=409)


def _form(found: Application, side: Side, data: QueryDict | None = None) -> ResponseForm:
    response = found.response(side)
    parts = reading.sheet(found.instrument, response, owner=found.plan.owner)
    return ResponseForm(parts, response.revision if response else None, data)


def _page(
    request: SignedInRequest,
    found: Application,
    side: Side | None,
    form: ResponseForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    seen = [
        (each, reading.sheet(found.instrument, found.response(each), owner=found.plan.owner))
        for each in found.sides
        if each != side and found.response(each) and feedback_rules.sees(request.actor, found, each)
    ]
    context = pages.context(request, found.plan)
    context |= {
        "application": found,
        "school": found.school,
        "side": side,
        "form": form or (_form(found, side) if side else None),
        "is_clash": status == 409,
        "states": _states(found),
        "seen": seen,
        "why_not": "" if side else _why_not(request, found),
        "compared": _compared(found) if found.is_rubric and found.is_whole else [],
    }
    return render(request, "support/application.html", context, status=status)


def _compared(found: Application) -> list[trend.Criterion]:
    return trend.trend(Application.objects.filter(pk=found.pk).with_parts())


# What is suggested -------------------------------------------------------------------------------


def _leading(request: SignedInRequest) -> Owner:
    """The Service whose words one may write: of the place chosen in the header, else the first."""
    members = [m for m, _ in request.actor.with_reach(Deed.LEAD_SUPPORT) if m.owner]
    own = next((m for m in members if m == request.actor.current), None)
    found = own or (members[0] if members else None)
    if found is None or found.owner is None:
        raise Refused("Las sugerencias las escribe la jefatura de apoyo o el sostenedor.")
    return found.owner


@require_safe
def advice(request: SignedInRequest, code: str) -> HttpResponse:
    """What is suggested on each "no" of a guide: Mejora's words or the Service's own."""
    owner = _leading(request)
    visible = Instrument.objects.filter(country_code=owner.country.code)
    instrument = get_object_or_404(visible, code=code)
    context = {
        "instrument": instrument,
        "owner": owner,
        "parts": reading.sheet(instrument, owner=owner),
    }
    return render(request, "support/advice.html", context)


@require_http_methods(["GET", "POST"])
def advice_edit(request: SignedInRequest, code: str, component: str, question: str) -> HttpResponse:
    """The Service's own words for one question."""
    owner = _leading(request)
    asked = get_object_or_404(
        Question.objects.exclude(advice="").select_related("component__instrument"),
        component__instrument__code=code,
        component__instrument__country_code=owner.country.code,
        component__code=component,
        code=question,
    )
    own = asked.own_advice.filter(owner=owner).first()
    standing = reading.suggestion(asked, own)
    initial = {"text": own.text if own else "", "revision": own.revision if own else None}
    form = AdviceForm(request.POST or None, initial=initial)
    back = reverse("support:advice", args=[code])
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            operations.set_advice(
                asked, owner, said["text"].strip(), revision=said["revision"], by=request.actor
            )
        except Conflict as error:
            notices.failed(request, error.reason, "Revise el texto guardado antes de cambiarlo.")
            return redirect(request.path)
        notices.done(request, "Sugerencia guardada.")
        return redirect(back)
    context = {"asked": asked, "form": form, "standing": standing, "owner": owner, "back": back}
    status = 422 if form.errors else 200
    return render(request, "support/advice_edit.html", context, status=status)
