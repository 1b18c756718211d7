"""What every page of a support plan begins with: the plan if one may read it, and its tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from mejora.core import clock
from mejora.core.decisions import require
from mejora.network import navigation
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.network.models import School
from mejora.plans.views.writing import FormPage, run
from mejora.support import needs, rules
from mejora.support.enums import SupportKind
from mejora.support.models import SupportChange, SupportPlan

TABS = (
    ("Plan", "support:plan"),
    ("Sesiones y compromisos", "support:sessions"),
    ("Pautas e informes", "support:follow_up"),
    ("Carta Gantt", "support:gantt"),
    ("Historial", "support:history"),
)
OF_ASSISTANCE = frozenset({"support:sessions", "support:history"})
OF_ADVISORIES = ("Productos", "support:deliverables")
_M = TypeVar("_M", bound=Model)


def opened(request: SignedInRequest, uid: UUID) -> SupportPlan:
    """404 where there is no such plan or the person may not read it."""
    return get_object_or_404(needs.readable(request.actor), uid=uid)


def found(request: SignedInRequest, rows: QuerySet[_M], uid: UUID, to_plan: str = "plan") -> _M:
    """A thing of a plan that the person may read, by its uid; `to_plan` is the way to the plan."""
    plans = needs.readable(request.actor)
    rows = rows.filter(**{f"{to_plan}__in": plans.values("pk")})
    related = (f"{to_plan}__owner", f"{to_plan}__lead__user")
    return get_object_or_404(rows.select_related(*related), uid=uid)


def schools_of(plan: SupportPlan) -> list[School]:
    places = plan.places.select_related("school__commune", "school__country")
    return sorted((place.school for place in places), key=lambda school: school.name)


def context(
    request: SignedInRequest, plan: SupportPlan, tab: str = "", **more: Any
) -> dict[str, Any]:
    schools = schools_of(plan)
    return {
        "plan": plan,
        "schools": schools,
        "school": schools[0] if len(schools) == 1 else None,
        "today": clock.today(),
        "may": rules.can_write(request.actor, plan),
        "may_lead": rules.can_lead(request.actor, plan.owner),
        "tabs": [(text, reverse(name, args=[plan.uid]), name == tab) for text, name in _tabs(plan)],
        "is_assistance": plan.kind == SupportKind.AT,
        "over_word": "Asistencia técnica" if plan.kind == SupportKind.AT else "Apoyo",
        "over_url": over_url(request, plan, schools),
        **more,
    }


def _tabs(plan: SupportPlan) -> tuple[tuple[str, str], ...]:
    """An advisory opens on what it hands over; feedback reports are the Service's own. Of technical
    assistance only the sessions stand here."""
    match plan.kind:
        case SupportKind.ATE:
            return (OF_ADVISORIES, *(tab for tab in TABS if tab[1] != "support:follow_up"))
        case SupportKind.AT:
            return tuple(tab for tab in TABS if tab[1] in OF_ASSISTANCE)
        case _:
            return TABS


def over_url(request: SignedInRequest, plan: SupportPlan, schools: list[School]) -> str:
    """Where the plan stands in a list: for a school's team its page of support."""
    # By name: the pages of technical assistance are of an app above this one.
    app = "assistance" if plan.kind == SupportKind.AT else "support"
    if request.actor.current is not None and request.actor.current.school_id:
        own = [s for s in schools if s.pk == request.actor.current.school_id]
        if own:
            return navigation.address(f"{app}:school", own[0].code)
    return navigation.address(f"{app}:home")


def form_page(
    request: SignedInRequest,
    plan: SupportPlan,
    form: Any,
    words: FormPage,
    write: Callable[[], Any],
    *,
    template: str = "support/form.html",
    form_kwargs: dict[str, Any] | None = None,
    thing: Any = None,
    **more: Any,
) -> HttpResponse:
    """A form of a plan's thing; who may not write it is told why by a 403 page."""
    require(rules.can_write(request.actor, plan))
    return run(
        request,
        form,
        words,
        write,
        context=context(request, plan, **more),
        thing=thing,
        form_kwargs=form_kwargs,
        template=template,
        changes=SupportChange,
    )


def is_at_schools_only(request: SignedInRequest) -> bool:
    """Somebody of a school's team, whose support has a page of its own."""
    members = [m for m, _ in request.actor.with_reach(Deed.READ_SUPPORT)]
    current = request.actor.current
    return current in members and current is not None and bool(current.school_id)
