"""A support plan: its page, its Gantt, its history, and the forms of all that hangs from it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mejora.core import clock, notices
from mejora.core.decisions import require
from mejora.network.middleware import SignedInRequest
from mejora.network.models import Owner
from mejora.plans.models import Objective
from mejora.plans.views.writing import FormPage, run
from mejora.support import access, chart, history, needs, rules
from mejora.support.enums import SupportEntity, SupportKind, SupportStage, SupportStatus
from mejora.support.forms import CloseForm, SupportPlanForm
from mejora.support.models import (
    Adjustment,
    Commitment,
    SupportAction,
    SupportChange,
    SupportIndicator,
    SupportObjective,
    SupportPlan,
    SupportReading,
)
from mejora.support.operations import plans as operations
from mejora.support.views import pages

form_methods = require_http_methods(["GET", "POST"])
PER_PAGE = 30


@require_safe
def plan(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Where the cycle stands, objectives with what shows and what moves them, what is next."""
    found = pages.opened(request, uid)
    if found.kind == SupportKind.AT:
        return redirect("support:sessions", uid)
    today = clock.today()
    seen = access.seen_schools(request.actor, found)
    stages = list(SupportStage)
    now = stages.index(SupportStage(found.stage))
    context = pages.context(
        request,
        found,
        "support:plan",
        objectives=objectives_of(found, seen),
        stages=[(stage, _STATES[(n > now) - (n < now)]) for n, stage in enumerate(stages)],
        needs=[n for n in needs.of_plans([found], today) if n.school.pk in seen],
        may_close=found.status == SupportStatus.RUNNING,
        is_over=not rules.is_running(found),
    )
    return render(request, "support/plan.html", context)


_STATES = {-1: "past", 0: "now", 1: "ahead"}


def objectives_of(found: SupportPlan, seen: set[int]) -> list[SupportObjective]:
    """With eje, PME objectives of the schools `seen`, indicators with readings, actions with their
    force majeure. Six queries."""
    readings = SupportReading.objects.live().order_by("on", "pk")
    adjustments = Adjustment.objects.select_related("cause", "document", "by", "replacement")
    served = Objective.objects.filter(plan__school__in=seen).select_related("plan__school")
    rows = SupportObjective.objects.live().filter(plan=found).select_related("eje")
    indicators = SupportIndicator.objects.live().prefetch_related(
        Prefetch("readings", readings, to_attr="measured")
    )
    steps = SupportAction.objects.live().select_related("responsible__user")
    actions = steps.order_by("starts_on", "order").prefetch_related(
        Prefetch("adjustments", adjustments, to_attr="adjusted")
    )
    whole = (
        rows.prefetch_related(Prefetch("serves", served, to_attr="served"))
        .prefetch_related(Prefetch("indicators", indicators, to_attr="shown_by"))
        .prefetch_related(Prefetch("actions", actions, to_attr="steps"))
    )
    return list(whole)


@form_methods
def plan_new(request: SignedInRequest) -> HttpResponse:
    """A plan of the person's place; `?escuela=<rbd>` chooses the school beforehand."""
    owner = starting_owner(request)
    today = clock.today()
    initial: dict[str, Any] = {
        "year": today.year,
        "starts_on": today,
        "ends_on": dt.date(today.year, 12, 31),
    }
    form = SupportPlanForm(request.POST or None, owner=owner, initial=initial)
    made: list[SupportPlan] = []

    def write() -> None:
        fields = {**form.said(), "kind": SupportKind.DEP}
        schools = form.cleaned_data["schools"]
        made.append(operations.create(owner, fields, schools, by=request.actor))

    words = FormPage("Nuevo plan de apoyo", reverse("support:home"), "Plan de apoyo creado.")
    answer = run(
        request,
        form,
        words,
        write,
        context={"owner": owner, "over_url": words.back},
        template="support/plan_form.html",
        changes=SupportChange,
    )
    return redirect("support:plan", made[0].uid) if made else answer


def starting_owner(request: SignedInRequest) -> Owner:
    places = rules.starting_places(request.actor)
    current = request.actor.current
    if current is not None and current.owner_id in places:
        places = [current.owner_id]
    owner = Owner.objects.filter(pk__in=places[:1]).first()
    if owner is None:
        raise Http404
    require(rules.can_start(request.actor, owner))
    return owner


@form_methods
def plan_edit(request: SignedInRequest, uid: UUID) -> HttpResponse:
    found = pages.opened(request, uid)
    form = SupportPlanForm(request.POST or None, instance=found, owner=found.owner)
    return pages.form_page(
        request,
        found,
        form,
        FormPage("Plan de apoyo", reverse("support:plan", args=[uid]), "Plan de apoyo guardado."),
        lambda: operations.change(
            found,
            form.said(),
            form.cleaned_data["schools"],
            revision=form.cleaned_data["revision"],
            by=request.actor,
        ),
        thing=found,
        form_kwargs={"owner": found.owner},
        template="support/plan_form.html",
    )


@form_methods
def plan_close(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Ask why, then close; nobody writes a closed plan, and all stays to be read."""
    found = pages.opened(request, uid)
    require(rules.can_lead(request.actor, found.owner))
    form = CloseForm(request.POST or None, initial={"revision": found.revision})
    return run(
        request,
        form,
        FormPage(
            "Cerrar el plan de apoyo",
            reverse("support:plan", args=[uid]),
            "Plan de apoyo cerrado.",
            save="Cerrar el plan",
            over=found.name,
        ),
        lambda: operations.close(found, by=request.actor, **form.cleaned_data),
        context=pages.context(request, found, may=None),
        template="support/form.html",
    )


@require_POST
def plan_reopen(request: SignedInRequest, uid: UUID) -> HttpResponse:
    found = pages.opened(request, uid)
    operations.reopen(found, revision=found.revision, by=request.actor)
    notices.done(request, "Plan de apoyo abierto de nuevo.")
    return redirect("support:plan", uid)


@require_safe
def gantt(request: SignedInRequest, uid: UUID) -> HttpResponse:
    found = pages.opened(request, uid)
    drawn = chart.of_plan(found, objectives_of(found, set()), clock.today())
    return render(
        request, "support/gantt.html", pages.context(request, found, "support:gantt", chart=drawn)
    )


@require_safe
def changes(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Every change of the plan and all that hangs from it, newest first."""
    found = pages.opened(request, uid)
    mine = Commitment.objects.visible_to(request.actor).values("uid")
    foreign = Q(entity=SupportEntity.COMMITMENT) & ~Q(entity_uid__in=mine)
    rows = SupportChange.objects.filter(plan=found).exclude(foreign).select_related("by")
    entity = request.GET.get("que", "")
    if entity in SupportEntity:
        rows = rows.filter(entity=entity)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("pagina"))
    context = pages.context(
        request,
        found,
        "support:history",
        page=page,
        entries=history.told(page.object_list, found, access.seen_schools(request.actor, found)),
        entity=entity,
        entities=SupportEntity.choices,
    )
    return render(request, "support/history.html", context)
