"""Alerts: their list, one with what was done about it, and the forms that follow it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mejora.core import clock, notices
from mejora.core.decisions import Conflict, Refused, require
from mejora.network import navigation
from mejora.network.access import Actor, Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans.models import Action, PlanYear
from mejora.support import rules as support_rules
from mejora.support.enums import SupportStatus
from mejora.support.models import SupportPlan
from mejora.territory import listing, rules
from mejora.territory.forms import alerts as alert_forms
from mejora.territory.models import Alert, AlertChange, SchoolMonth
from mejora.territory.operations import alerts as operations
from mejora.territory.telling import entries, months_of

PER_PAGE = 30
FIRST_SESSION = dt.timedelta(days=7)
FIRST_DUE = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Way:
    """Something that can be done about an alert: its word in the address, its form."""

    word: str
    title: str
    button: str
    form: forms.Form
    is_open: bool


WAYS = {
    "sesion": ("Agendar una sesión de apoyo", "Agendar sesión"),
    "compromiso": ("Anotar un compromiso de la escuela", "Anotar compromiso"),
    "accion": ("Unir una acción del PME", "Unir acción"),
    "gestion": ("Anotar otra gestión", "Anotar gestión"),
    "espera": ("Dejarla en espera", "Dejar en espera"),
    "cerrar": ("Cerrar la alerta", "Cerrar alerta"),
}


@require_safe
def alerts(request: SignedInRequest) -> HttpResponse:
    """The alerts of the place, by where they stand."""
    require(rules.can_see_figures(request.actor))
    today = clock.today()
    state = request.GET.get("estado", "")
    state = state if state in listing.STATES else ""
    cuts = {name: listing.alerts(request.actor, name, today) for name in listing.STATES}
    page = Paginator(cuts[state], PER_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "chips": [(name, word, cuts[name].count()) for name, word in listing.STATES.items()],
        "state": state,
        "page": page,
        "rows": months_of(list(page)),
    }
    return render(request, "territory/alerts.html", context)


@require_safe
def detail(request: SignedInRequest, uid: UUID) -> HttpResponse:
    return _show(request, _found(request, uid))


def _found(request: SignedInRequest, uid: UUID) -> Alert:
    visible = Alert.objects.visible_to(request.actor).with_school()
    return get_object_or_404(visible, uid=uid)


def _show(
    request: SignedInRequest, alert: Alert, bound: dict[str, forms.Form] | None = None
) -> HttpResponse:
    actor = request.actor
    may_attend = rules.can_attend(actor, alert)
    made = {**_forms(actor, alert), **(bound or {})}
    ways = [Way(w, *WAYS[w], made[w], w in (bound or {})) for w in WAYS if w in made]
    steps = alert.steps.select_related("by", "action__plan_year", "commitment", "session__plan")
    months = SchoolMonth.objects.filter(school=alert.school, possible_days__gt=0)
    context = {
        "alert": alert,
        "school": alert.school,
        "months": list(months.order_by("-year", "-month")[:6]),
        "steps": steps,
        "entries": entries(AlertChange.objects.filter(alert=alert).select_related("by")[:30]),
        "may_attend": may_attend,
        "may_decide": rules.can_decide(actor, alert),
        "may_reopen": rules.can_reopen(actor, alert),
        "is_waiting": bool(alert.set_aside_until and alert.set_aside_until > clock.today()),
        "ways": ways,
        "form": next(iter((bound or {}).values()), None),
        "new_action_url": _new_action(actor, alert),
        "reads_support": actor.may_somewhere(Deed.READ_SUPPORT),
    }
    return render(request, "territory/alert.html", context, status=422 if bound else 200)


def _forms(actor: Actor, alert: Alert, data: Any = None) -> dict[str, forms.Form]:
    """What this person may do about the alert now, each a form by its word in the address."""
    made: dict[str, forms.Form] = {}
    today = clock.today()
    if rules.can_attend(actor, alert):
        made["gestion"] = alert_forms.NoteForm(data)
        actions = _actions(actor, alert)
        if actions.exists():
            made["accion"] = alert_forms.ActionForm(data, actions=actions)
        if support_rules.can_promise(actor, alert.school, None):
            made["compromiso"] = alert_forms.PromiseForm(data)
            made["compromiso"].initial["due_on"] = today + FIRST_DUE
        plans = _plans(actor, alert)
        if plans:
            rows = SupportPlan.objects.filter(pk__in=[plan.pk for plan in plans])
            made["sesion"] = alert_forms.SessionForm(data, plans=rows)
            agenda = f"Asistencia bajo la franja: {alert.school.name}"
            made["sesion"].initial.update({"on": today + FIRST_SESSION, "agenda": agenda})
    if rules.can_decide(actor, alert):
        revision = {"revision": alert.revision}
        made["espera"] = alert_forms.AsideForm(data, initial=revision)
        made["cerrar"] = alert_forms.CloseForm(data, initial=revision)
    return made


def _actions(actor: Actor, alert: Alert) -> Any:
    """The living actions of the school's newest year that the person may read."""
    years = PlanYear.objects.visible_to(actor, Deed.READ_PLAN).filter(school=alert.school)
    newest = years.order_by("-year").values("pk")[:1]
    living = Action.objects.live().filter(plan_year__in=newest, is_disabled=False)
    return living.order_by("number")


def _plans(actor: Actor, alert: Alert) -> list[SupportPlan]:
    """The support plans of the school in which the person may put a session."""
    running = SupportPlan.objects.live().visible_to(actor, Deed.WRITE_SUPPORT)
    running = running.filter(places__school=alert.school, status=SupportStatus.RUNNING)
    plans = running.select_related("lead", "owner").distinct()
    return [plan for plan in plans if support_rules.can_write(actor, plan)]


def _new_action(actor: Actor, alert: Alert) -> str:
    """The form of a new action with its name begun, for the school's team."""
    years = PlanYear.objects.visible_to(actor, Deed.WRITE_PLAN).filter(school=alert.school)
    year = years.order_by("-year").values_list("year", flat=True).first()
    if year is None:
        return ""
    query = urlencode({"nombre": "Recuperar la asistencia"})
    return f"{navigation.address('plans:action_new', alert.school.code, year)}?{query}"


# Deeds -----------------------------------------------------------------------------------------

Deeds = Callable[[Alert, dict[str, Any], Actor], Any]


def _promise(alert: Alert, said: dict[str, Any], by: Actor) -> Any:
    return operations.ask_commitment(alert, **said, by=by)


DEEDS: dict[str, tuple[Deeds, str]] = {
    "gestion": (lambda a, said, by: operations.note(a, **said, by=by), "Gestión anotada."),
    "accion": (
        lambda a, said, by: operations.answer_by_action(a, **said, by=by),
        "La acción quedó unida a la alerta.",
    ),
    "compromiso": (_promise, "Compromiso anotado."),
    "sesion": (
        lambda a, said, by: operations.call_session(a, **said, by=by),
        "Sesión agendada.",
    ),
    "espera": (lambda a, said, by: operations.set_aside(a, **said, by=by), "La alerta espera."),
    "cerrar": (lambda a, said, by: operations.close(a, **said, by=by), "Alerta cerrada."),
}


@require_POST
def act(request: SignedInRequest, uid: UUID, what: str) -> HttpResponse:
    """One thing done about an alert; `reabrir` takes its waiting or its closing back."""
    alert = _found(request, uid)
    if what == "reabrir":
        return _reopen(request, alert)
    if what not in DEEDS:
        raise Http404
    if what in ("espera", "cerrar"):
        require(rules.can_decide(request.actor, alert))
    require(rules.can_attend(request.actor, alert))
    form = _forms(request.actor, alert, request.POST).get(what)
    if form is None:
        raise Refused("Eso no se puede hacer ahora con esta alerta. Recargue la página.")
    if not form.is_valid():
        return _show(request, alert, {what: form})
    do, sentence = DEEDS[what]
    try:
        do(alert, dict(form.cleaned_data), request.actor)
    except Conflict as conflict:
        notices.failed(request, "No se guardó.", str(conflict))
        return redirect("territory:alert", alert.uid)
    undo = reverse("territory:alert_act", args=[alert.uid, "reabrir"])
    notices.done(request, sentence, undo=undo if what in ("espera", "cerrar") else "")
    return redirect("territory:alert", alert.uid)


def _reopen(request: SignedInRequest, alert: Alert) -> HttpResponse:
    operations.reopen(alert, revision=alert.revision, by=request.actor)
    notices.done(request, "La alerta está abierta otra vez.")
    return redirect("territory:alert", alert.uid)
