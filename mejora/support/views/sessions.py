"""Sessions of a support plan: agenda, minutes with attendance, commitments and their answers."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mejora.core import clock, notices
from mejora.core.decisions import require
from mejora.network.middleware import SignedInRequest
from mejora.plans.views.writing import FormPage, saved
from mejora.support import access, needs, rules
from mejora.support.enums import CommitmentStatus, SessionStatus
from mejora.support.forms import (
    AnswerForm,
    AttendanceForm,
    CancelForm,
    CommitmentForm,
    HoldForm,
    SessionForm,
)
from mejora.support.models import Commitment, Session, SessionSchool, SupportPlan
from mejora.support.operations import commitments
from mejora.support.operations import sessions as operations
from mejora.support.snapshots import ESTAMENTOS
from mejora.support.views import pages
from mejora.support.views.plans import PER_PAGE, form_methods

_OPEN = CommitmentStatus.OPEN


def _found(request: SignedInRequest, uid: UUID) -> Session:
    return pages.found(request, Session.objects.live().select_related("eje"), uid)


def _url(session: Session) -> str:
    return reverse("support:session", args=[session.uid])


@require_safe
def sessions(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Every session of a plan, the coming ones first, and every commitment."""
    plan = pages.opened(request, uid)
    today = clock.today()
    rows = list(Session.objects.live().filter(plan=plan).select_related("eje"))
    promised = Commitment.objects.visible_to(request.actor).filter(session__plan=plan)
    promised = promised.annotate(is_answered=~Q(status=_OPEN)).order_by(
        "is_answered", "due_on", "pk"
    )
    listed = promised.select_related("school", "responsible__user", "answered_by")
    ahead = [s for s in rows if s.status == SessionStatus.PLANNED]
    context = pages.context(
        request,
        plan,
        "support:sessions",
        ahead=ahead,
        past=[s for s in reversed(rows) if s.status != SessionStatus.PLANNED],
        page=Paginator(listed, PER_PAGE).get_page(request.GET.get("pagina")),
        late=[s.pk for s in ahead if s.on < today],
    )
    return render(request, "support/sessions.html", context)


@form_methods
def session_new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    plan = pages.opened(request, uid)
    form = SessionForm(request.POST or None, plan=plan, initial={"stage": plan.stage})
    return pages.form_page(
        request,
        plan,
        form,
        FormPage(
            "Agendar sesión",
            reverse("support:sessions", args=[uid]),
            "Sesión agendada.",
            save="Agendar",
            over=plan.name,
        ),
        lambda: operations.schedule(plan, form.said(), by=request.actor),
    )


@require_safe
def session(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """What was promised before, what is treated, who came, what is promised now."""
    found = _found(request, uid)
    actor = request.actor
    may = rules.can_write(actor, found.plan)
    seen = access.seen_schools(actor, found.plan)
    asked = [
        (each, AnswerForm(commitment=each) if may and each.status == _OPEN else None)
        for each in needs.before(found)
        if each.school_id in seen
    ]
    made = found.commitments.live().filter(school__in=seen)
    context = pages.context(
        request,
        found.plan,
        session=found,
        asked=asked,
        made=made.select_related("school__commune", "responsible__user", "answered_by"),
        places=[(p, _numbers(p)) for p in _places(found) if p.school_id in seen],
        may_hold=rules.can_hold(actor, found),
        may_agenda=rules.can_change_agenda(actor, found),
        form=CommitmentForm(plan=found.plan) if may else None,
        is_held=found.status == SessionStatus.HELD,
        is_cancelled=found.status == SessionStatus.CANCELLED,
        is_late=found.status == SessionStatus.PLANNED and found.on < clock.today(),
    )
    return render(request, "support/session.html", context)


def _places(session: Session) -> list[SessionSchool]:
    found = session.places.select_related("school")
    return sorted(found, key=lambda place: place.school.name)


def _numbers(place: SessionSchool) -> list[tuple[str, int | None]]:
    return [
        (str(SessionSchool._meta.get_field(n).verbose_name).capitalize(), getattr(place, n))  # type: ignore[union-attr]  # plain fields
        for n in ESTAMENTOS
    ]


@form_methods
def session_edit(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """The agenda; a session that was put off gets a new day here."""
    found = _found(request, uid)
    require(rules.can_change_agenda(request.actor, found))
    form = SessionForm(request.POST or None, instance=found, plan=found.plan)
    return pages.form_page(
        request,
        found.plan,
        form,
        FormPage("Agenda de la sesión", _url(found), "Agenda guardada.", over=found.plan.name),
        lambda: operations.change_agenda(
            found, form.said(), revision=form.cleaned_data["revision"], by=request.actor
        ),
        thing=found,
        form_kwargs={"plan": found.plan},
        kind="sesion",
    )


@form_methods
def session_hold(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """The minutes and how many came, school by school."""
    found = _found(request, uid)
    require(rules.can_hold(request.actor, found))
    form = HoldForm(request.POST or None, instance=found)
    attendance = [AttendanceForm(request.POST or None, place=p) for p in _places(found)]
    counted = [each.is_valid() for each in attendance]
    if request.method == "POST" and not all(counted):
        form.add_error(None, "Revise los números de asistencia.")
    return pages.form_page(
        request,
        found.plan,
        form,
        FormPage("Acta y asistencia", _url(found), "Acta guardada.", save="Guardar el acta"),
        lambda: operations.hold(
            found,
            minutes=form.cleaned_data["minutes"],
            hours=form.cleaned_data["hours"],
            attendance={each.place.school_id: each.cleaned_data for each in attendance},
            revision=form.cleaned_data["revision"],
            by=request.actor,
        ),
        thing=found,
        template="support/hold.html",
        session=found,
        attendance=attendance,
    )


@form_methods
def session_cancel(request: SignedInRequest, uid: UUID) -> HttpResponse:
    found = _found(request, uid)
    require(rules.can_change_agenda(request.actor, found))
    form = CancelForm(request.POST or None, initial={"revision": found.revision})
    return pages.form_page(
        request,
        found.plan,
        form,
        FormPage("Suspender la sesión", _url(found), "Sesión suspendida.", save="Suspender"),
        lambda: operations.cancel(found, by=request.actor, **form.cleaned_data),
    )


@form_methods
def commitment_new(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """What a school promises in the session `uid`."""
    above = _found(request, uid)
    plan = above.plan
    form = CommitmentForm(request.POST or None, plan=plan)
    return pages.form_page(
        request,
        plan,
        form,
        FormPage("Nuevo compromiso", f"{_url(above)}#compromisos", "Compromiso anotado."),
        lambda: commitments.promise(session=above, by=request.actor, **form.said()),
        session=above,
    )


@form_methods
def commitment_edit(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Correct what was promised, while nobody has answered."""
    thing = pages.found(request, Commitment.objects.live(), uid, "session__plan")
    assert thing.session is not None  # noqa: S101 - found by the plan of its session
    plan, back = thing.session.plan, f"{_url(thing.session)}#compromisos"
    form = CommitmentForm(request.POST or None, instance=thing, plan=plan)

    def write() -> None:
        said = {name: value for name, value in form.said().items() if name != "school"}
        revision = form.cleaned_data["revision"]
        commitments.change(thing, revision=revision, by=request.actor, **said)

    return pages.form_page(
        request,
        plan,
        form,
        FormPage("Compromiso", back, "Compromiso guardado."),
        write,
        thing=thing,
        form_kwargs={"plan": plan},
        kind="compromiso",
    )


@form_methods
def commitment(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Was it kept? The school answers here, or the adviser in the next session
    (`sesion=<uid>`)."""
    thing = _commitment(request, uid)
    may = rules.can_answer(request.actor, thing)
    if request.method == "POST":
        require(may)
    asked_in = _asked_in(request, thing)
    form = AnswerForm(request.POST or None, commitment=thing)

    def write() -> None:
        commitments.answer(thing, by=request.actor, session=asked_in, **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and saved(form, write):
        undo = reverse("support:commitment_reopen", args=[uid])
        notices.done(request, "Respuesta guardada.", f"«{thing}»", undo=undo)
        return redirect(f"{_url(asked_in)}#antes" if asked_in else _back(thing))
    context = {
        "commitment": thing,
        "form": form,
        "may": may,
        "asked_in": asked_in,
        "back": _url(asked_in) if asked_in else _back(thing),
        "today": clock.today(),
    }
    return render(request, "support/commitment.html", context, status=422 if form.errors else 200)


def _commitment(request: SignedInRequest, uid: UUID) -> Commitment:
    rows = Commitment.objects.visible_to(request.actor).select_related(
        "school__commune",
        "session__plan__owner",
        "session__plan__lead",
        "responsible__user",
        "answered_by",
    )
    return get_object_or_404(rows, uid=uid)


def _asked_in(request: SignedInRequest, thing: Commitment) -> Session | None:
    """The session in which it is asked, where the person writes its plan."""
    asked = request.POST.get("sesion", "")
    if not asked:
        return None
    plans = SupportPlan.objects.filter(places__school=thing.school)
    rows = Session.objects.visible_to(request.actor).filter(plan__in=plans)
    found = next((s for s in rows.select_related("plan__lead") if str(s.uid) == asked), None)
    return found if found and rules.can_write(request.actor, found.plan) else None


def _back(thing: Commitment) -> str:
    return reverse("support:school", args=[thing.school.code])


@require_POST
def commitment_reopen(request: SignedInRequest, uid: UUID) -> HttpResponse:
    thing = _commitment(request, uid)
    asked_in = thing.answered_in
    require(rules.can_reopen(request.actor, thing))
    commitments.reopen(thing, revision=thing.revision, by=request.actor)
    notices.done(request, "El compromiso está pendiente otra vez.", f"«{thing}»")
    return redirect(_url(asked_in) if asked_in else _back(thing))
