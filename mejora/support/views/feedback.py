"""Feedback reports: drafting and sending them, and receiving them at the school."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mejora.core import clock, notices
from mejora.core.decisions import Conflict, Refused, require
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans.views.writing import FormPage, run
from mejora.support import drafting, feedback_rules, owed
from mejora.support.feedback import FeedbackReport
from mejora.support.feedback_forms import FeedbackAnswerForm, FeedbackForm, PeriodForm
from mejora.support.models import SupportChange, SupportPlan
from mejora.support.operations import feedback as operations
from mejora.support.views import pages

PER_PAGE = 30
OWED_SHOWN = 60


@require_safe
def listing(request: SignedInRequest) -> HttpResponse:
    """The reports that one owes, and those sent or begun, of every school within reach."""
    actor = request.actor
    if not actor.may_somewhere(Deed.READ_SUPPORT):
        raise Refused("Los informes los ven quienes dan el apoyo y quienes lo reciben.")
    today = clock.today()
    reports = FeedbackReport.objects.live().visible_to(actor).with_parts()
    due = owed.owed(actor, today)
    context = {
        "owed": [(each, each.is_late(today)) for each in due[:OWED_SHOWN]],
        "owed_count": len(due),
        "page": Paginator(reports, PER_PAGE).get_page(request.GET.get("pagina")),
        "writes": actor.may_somewhere(Deed.WRITE_SUPPORT),
    }
    return render(request, "support/feedback_list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Of which days the report tells; the draft is then written from what was recorded."""
    plan = pages.opened(request, uid)
    require(feedback_rules.can_draft(request.actor, plan))
    form = PeriodForm(request.POST or None, plan=plan, initial=_period(request, plan))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        report = operations.draft(
            plan, said["school"], from_on=said["from_on"], to_on=said["to_on"], by=request.actor
        )
        notices.done(
            request, "Borrador listo.", "Se escribió con lo registrado; corríjalo antes de enviar."
        )
        return redirect("support:feedback", report.uid)
    context = pages.context(request, plan, form=form)
    status = 422 if form.errors else 200
    return render(request, "support/feedback_new.html", context, status=status)


def _period(request: SignedInRequest, plan: SupportPlan) -> dict[str, object]:
    """From where the last report ended (of the school that the address names, where there are
    several) until today."""
    code = request.GET.get("escuela", "")
    sent = FeedbackReport.objects.sent().filter(plan=plan)
    last = sent.filter(school__code=code).first() if code else sent.first()
    starts = last.to_on + dt.timedelta(days=1) if last else plan.starts_on
    school = plan.schools.filter(code=code).values_list("pk", flat=True).first()
    initial = {"from_on": starts, "to_on": min(clock.today(), plan.ends_on)}
    return {**initial, "school": school} if school else dict(initial)


def _found(
    request: SignedInRequest, uid: UUID, *, deed: Deed = Deed.READ_SUPPORT
) -> FeedbackReport:
    visible = FeedbackReport.objects.visible_to(request.actor, deed)
    return get_object_or_404(visible.with_parts(), uid=uid)


@require_http_methods(["GET", "POST"])
def report(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """A draft to write in; a sent report to read and, for the director, to answer."""
    found = _found(request, uid)
    if found.removed_at:
        raise Refused("Este borrador está en la papelera.")
    if found.sent_at or not feedback_rules.can_edit(request.actor, found):
        if request.method == "POST":
            require(feedback_rules.can_edit(request.actor, found))
        return _reading(request, found, FeedbackAnswerForm())
    instance = FeedbackReport.objects.get(pk=found.pk)
    form = FeedbackForm(request.POST or None, instance=instance)
    facts = drafting.gather(found)
    own = reverse("support:feedback", args=[uid])
    context = pages.context(request, found.plan)
    context |= {
        "report": found,
        "school": found.school,
        "told": drafting.content(found, facts),
        "missing": feedback_rules.missing_to_send(found),
    }
    return run(
        request,
        form,
        FormPage(f"Informe de retroalimentación: {found.school.name}", own, "Borrador guardado."),
        lambda: operations.write(
            found, form.said(), revision=form.cleaned_data["revision"], by=request.actor
        ),
        context=context,
        thing=found,
        template="support/feedback_draft.html",
        changes=SupportChange,
    )


def _reading(
    request: SignedInRequest, found: FeedbackReport, form: FeedbackAnswerForm, *, status: int = 200
) -> HttpResponse:
    context = pages.context(request, found.plan)
    context |= {
        "report": found,
        "school": found.school,
        "told": drafting.told(found),
        "form": form,
        "may_receive": feedback_rules.can_receive(request.actor, found),
        "may_answer": feedback_rules.can_answer(request.actor, found),
    }
    return render(request, "support/feedback.html", context, status=status)


@require_POST
def send(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """What was last saved goes to the school as it stands."""
    found = _found(request, uid, deed=Deed.WRITE_SUPPORT)
    revision = _revision(request)
    try:
        operations.send(found, revision=revision, by=request.actor)
    except Refused as error:
        if not feedback_rules.can_edit(request.actor, found):
            raise
        notices.failed(request, "El informe no se envió.", error.reason)
    else:
        notices.done(request, f"Informe enviado a {found.school.name}.")
    return redirect("support:feedback", uid)


@require_POST
def read(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """The director's receipt."""
    operations.read(_found(request, uid), by=request.actor)
    notices.done(request, "Quedó constancia de que leyó el informe.")
    return redirect("support:feedback", uid)


@require_POST
def answer(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """The director's answer; it says that the report was read, too."""
    found = _found(request, uid)
    require(feedback_rules.can_answer(request.actor, found))
    form = FeedbackAnswerForm(request.POST)
    if not form.is_valid():
        return _reading(request, found, form, status=422)
    operations.answer(found, form.cleaned_data["answer"], by=request.actor)
    notices.done(request, "Respuesta enviada.")
    return redirect("support:feedback", uid)


@require_POST
def remove(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """A draft goes to the bin; the notice offers to undo it."""
    found = _found(request, uid, deed=Deed.WRITE_SUPPORT)
    try:
        operations.remove(found, revision=_revision(request), by=request.actor)
    except Conflict as error:
        notices.failed(request, error.reason, "Revise el borrador antes de quitarlo.")
        return redirect("support:feedback", uid)
    undo = reverse("support:feedback_restore", args=[uid])
    notices.done(request, "Borrador en la papelera.", undo=undo)
    return redirect("support:follow_up", found.plan.uid)


@require_POST
def restore(request: SignedInRequest, uid: UUID) -> HttpResponse:
    found = _found(request, uid, deed=Deed.WRITE_SUPPORT)
    operations.restore(found, by=request.actor)
    notices.done(request, "Borrador recuperado.")
    return redirect("support:feedback", uid)


def _revision(request: SignedInRequest) -> int:
    """Which writing the button was shown with; none is as good as an old one."""
    said = request.POST.get("revision", "")
    return int(said) if said.isdecimal() else -1
