"""Where the support is looked at from above: my plans and schools, one school's, the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mejora.core import clock, notices
from mejora.core.decisions import Refused, require
from mejora.network.access import Deed
from mejora.network.enums import Role
from mejora.network.middleware import SignedInRequest
from mejora.network.models import Owner, School
from mejora.participation.enums import InstrumentKind, Side
from mejora.plans.views.writing import FormPage, run
from mejora.support import feedback_rules, needs, rules
from mejora.support.enums import CommitmentStatus, OwnTermKind, SupportStatus
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.forms import OwnTermForm
from mejora.support.models import Commitment, OwnTerm, SupportChange
from mejora.support.operations import own_terms as operations

PER_PAGE = 30
ANSWERED_SHOWN = 10
REPORTS_SHOWN = 4
RUBRICS_LOOKED_AT = 6
CUTS = {"mios": "A mi cargo", "todos": "Todos", "cerrados": "Terminados"}


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The schools that one supports and what each needs now; a school's team has its own page."""
    actor = request.actor
    if not actor.may_somewhere(Deed.READ_SUPPORT):
        raise Refused("El apoyo a las escuelas lo ven quienes lo dan y quienes lo reciben.")
    if actor.current and actor.current.school and actor.current.role != Role.ADVISER:
        return redirect("support:school", actor.current.school.code)
    plans = needs.plans_of(actor)
    mine = needs.running(needs.in_charge(plans, actor))
    cut = request.GET.get("ver", "")
    if cut not in CUTS:
        cut = "mios" if mine.exists() else "todos"
    shown = {"mios": mine, "todos": needs.running(plans), "cerrados": plans}[cut]
    if cut == "cerrados":
        shown = shown.exclude(pk__in=needs.running(plans).values("pk"))
    found = needs.of_plans(list(shown), clock.today())
    places = rules.starting_places(actor)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("pagina")),
        "cut": cut,
        "cuts": CUTS.items(),
        "may_start": bool(places),
        "leads": actor.may_somewhere(Deed.LEAD_SUPPORT),
        "closed": SupportStatus.CLOSED,
    }
    return render(request, "support/home.html", context)


@require_safe
def school(request: SignedInRequest, code: str) -> HttpResponse:
    """One school's support: its plans, its sessions to come, what it promised."""
    actor = request.actor
    place = _readable(request, code)
    plans = needs.plans_of(actor).filter(places__school=place)
    found = needs.of_plans(list(needs.running(plans)), clock.today())
    answered = Commitment.objects.visible_to(actor).filter(school=place)
    answered = answered.exclude(status=CommitmentStatus.OPEN).order_by("-answered_at", "-pk")
    context = {
        "school": place,
        "needs": [need for need in found if need.school == place],
        "past": plans.exclude(pk__in=needs.running(plans).values("pk")),
        "waiting": [(c, rules.can_answer(actor, c)) for c in needs.open_of_school(actor, place)],
        "answered": answered.select_related("answered_by", "session__plan")[:ANSWERED_SHOWN],
        "today": clock.today(),
        **feedback_of(request, place),
    }
    return render(request, "support/school.html", context)


def feedback_of(request: SignedInRequest, place: School) -> dict[str, Any]:
    """The newest feedback reports of a school, and the rubrics that wait for its answer."""
    reports = FeedbackReport.objects.sent().visible_to(request.actor).filter(school=place)
    rubrics = Application.objects.visible_to(request.actor).filter(
        school=place, instrument__kind=InstrumentKind.RUBRIC
    )
    asked = rubrics.with_parts()[:RUBRICS_LOOKED_AT]
    return {
        "reports": reports.with_parts()[:REPORTS_SHOWN],
        "rubrics": [a for a in asked if feedback_rules.can_fill(request.actor, a, Side.SCHOOL)],
    }


def _readable(request: SignedInRequest, code: str) -> School:
    """A school whose support the person may read: of its place, or in a plan that it reads."""
    visible = School.objects.visible_to(request.actor, Deed.READ_SUPPORT)
    return get_object_or_404(visible.select_related("commune__region", "country"), code=code)


def _owner(request: SignedInRequest) -> Owner:
    """Whose catalogue it is: the owner of the place chosen in the header, else the first."""
    members = [m for m, _ in request.actor.with_reach(Deed.READ_SUPPORT) if m.owner]
    own = next((m for m in members if m == request.actor.current), None)
    found = own or (members[0] if members else None)
    if found is None or found.owner is None:
        raise Refused("El catálogo es de cada Servicio: lo ven quienes trabajan en él.")
    return found.owner


@require_safe
def catalogue(request: SignedInRequest) -> HttpResponse:
    """The Service's ejes of work and its causes of force majeure."""
    owner = _owner(request)
    terms = OwnTerm.objects.filter(owner=owner).select_related("removed_by")
    lists = [
        (kind, WORD_OF[kind], [t for t in terms if t.kind == kind and not t.removed_at])
        for kind in OwnTermKind
    ]
    context = {
        "owner": owner,
        "lists": lists,
        "removed": [term for term in terms if term.removed_at],
        "may": rules.can_lead(request.actor, owner),
    }
    return render(request, "support/catalogue.html", context)


WORD_OF = {OwnTermKind.EJE: "eje", OwnTermKind.CAUSE: "razon"}


@require_http_methods(["GET", "POST"])
def own_term_new(request: SignedInRequest, kind: str) -> HttpResponse:
    owner = _owner(request)
    require(rules.can_lead(request.actor, owner))
    wanted = next((k for k, word in WORD_OF.items() if word == kind), None)
    if wanted is None:
        raise Http404
    form = OwnTermForm(request.POST or None)
    title = {OwnTermKind.EJE: "Nuevo eje de trabajo", OwnTermKind.CAUSE: "Nueva razón"}[wanted]
    return _term_form(
        request,
        form,
        title,
        lambda: operations.add(owner, kind=wanted, by=request.actor, **form.said()),
    )


@require_http_methods(["GET", "POST"])
def own_term(request: SignedInRequest, uid: UUID) -> HttpResponse:
    term = _term(request, uid)
    require(rules.can_lead(request.actor, term.owner))
    form = OwnTermForm(request.POST or None, instance=term)
    return _term_form(
        request,
        form,
        term.get_kind_display(),
        lambda: operations.change(
            term, revision=form.cleaned_data["revision"], by=request.actor, **form.said()
        ),
        thing=term,
    )


def _term_form(
    request: SignedInRequest,
    form: OwnTermForm,
    title: str,
    write: Callable[[], Any],
    thing: OwnTerm | None = None,
) -> HttpResponse:
    return run(
        request,
        form,
        FormPage(title, reverse("support:catalogue"), "Catálogo guardado."),
        write,
        context={},
        thing=thing,
        template="support/own_term.html",
        changes=SupportChange,
    )


def _term(request: SignedInRequest, uid: UUID) -> OwnTerm:
    terms = OwnTerm.objects.filter(owner=_owner(request)).select_related("owner")
    return get_object_or_404(terms, uid=uid)


@require_POST
def own_term_remove(request: SignedInRequest, uid: UUID) -> HttpResponse:
    term = _term(request, uid)
    operations.remove(term, revision=term.revision, by=request.actor)
    undo = reverse("support:own_term_restore", args=[uid])
    notices.done(request, f"«{term}» ya no se ofrece.", undo=undo)
    return redirect("support:catalogue")


@require_POST
def own_term_restore(request: SignedInRequest, uid: UUID) -> HttpResponse:
    term = _term(request, uid)
    operations.restore(term, revision=term.revision, by=request.actor)
    notices.done(request, f"«{term}» de vuelta en la lista.")
    return redirect("support:catalogue")
