"""The other ways to look at a plan: Gantt, money, normative plans, history, versions."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mejora.network.middleware import SignedInRequest
from mejora.plans import chain, gantt, history, money, versions
from mejora.plans.chain import ActionNode
from mejora.plans.enums import Entity
from mejora.plans.models import Action, PlanYear, Version
from mejora.plans.views import pages

PER_PAGE = 30
GROUPS = {
    "dimension": "Por dimensión",
    "estrategia": "Por estrategia",
    "responsable": "Por responsable",
}


@require_safe
def gantt_chart(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    page = pages.opened(request, code, year)
    group = request.GET.get("por", "")
    group = group if group in GROUPS else "dimension"
    actions = chain.load(page.plan_year, today=page.today).actions
    only_late = request.GET.get("ver") == "atrasados"
    late_count = sum(m.is_late for a in actions for m in a.milestones)
    if only_late:
        actions = [a for a in actions if any(m.is_late for m in a.milestones)]

    def name(action: ActionNode) -> str:
        if group == "estrategia":
            return action.strategy.text if action.strategy else "Sin estrategia"
        if group == "responsable":
            return action.responsible or "Sin responsable"
        return action.area.label(year)

    order = {area.code: n for n, area in enumerate(page.book.areas_for_actions)}
    actions.sort(key=lambda a: (order[a.area.code] if group == "dimension" else 0, name(a)))
    drawn = gantt.chart(page.plan_year, actions, today=page.today, group_by=name)
    context = page.context(
        "plans:gantt",
        chart=drawn,
        group=group,
        groups=GROUPS.items(),
        late_count=late_count,
        only_late=only_late,
        as_table=request.GET.get("ver") == "tabla",
    )
    return render(request, "plans/gantt.html", context)


@require_safe
def money_table(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    page = pages.opened(request, code, year)
    found = money.of_year(page.plan_year)
    context = page.context(
        "plans:money",
        money=found,
        sources=[s.label(year) for s in found.sources],
        rows=[(row.area.label(year), row) for row in found.rows],
        areas={a.pk: a.label(year) for a in page.book.areas_for_actions},
        times=money.TIMES_MEDIAN,
        per_pupil=money.PER_PUPIL,
    )
    return render(request, "plans/money.html", context)


@require_safe
def normative(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """Each plan that a norm requires, with the actions that serve it."""
    page = pages.opened(request, code, year)
    serving: dict[int, list[tuple[int, str, object]]] = {}
    rows = (
        Action.objects.live()
        .filter(plan_year=page.plan_year, normative_plans__isnull=False)
        .order_by("number")
        .values_list("normative_plans__pk", "number", "name", "uid")
    )
    for term_id, number, name, uid in rows:
        serving.setdefault(term_id, []).append((number, name, uid))
    plans = [
        (term, term.label(year), serving.get(term.pk, [])) for term in page.book.normative_plans
    ]
    context = page.context("plans:normative", plans=plans)
    return render(request, "plans/normative.html", context)


def _entities(plan_year: PlanYear) -> list[tuple[str, str]]:
    """What a change may be about, where the framework knows it."""
    edition = plan_year.plan.edition
    unknown = set() if edition.has_strategies else {Entity.SEAL, Entity.STRATEGY}
    if not edition.has_critical_factors:
        unknown |= {Entity.SELF_ASSESSMENT, Entity.JUDGEMENT, Entity.CRITICAL_FACTOR}
    return [(each.value, str(each.label)) for each in Entity if each not in unknown]


@require_safe
def changes(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """Every change of the plan, newest first; the whole cycle's with those of this year."""
    page = pages.opened(request, code, year)
    rows = history.of_year(request.actor, page.plan_year)
    entity = request.GET.get("que", "")
    if entity in Entity:
        rows = rows.filter(entity=entity)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("pagina"))
    context = page.context(
        "plans:history",
        page=found,
        entries=history.told(found.object_list, page.plan_year.plan, year),
        entity=entity,
        entities=_entities(page.plan_year),
    )
    return render(request, "plans/history.html", context)


@require_safe
def version_list(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    page = pages.opened(request, code, year)
    found = (
        Version.objects.filter(plan_year=page.plan_year)
        .select_related("event__stage", "event__by")
        .defer("content")
    )
    return render(request, "plans/versions.html", page.context("", versions=found))


@require_safe
def version(request: SignedInRequest, code: str, year: int, number: int) -> HttpResponse:
    """The year as it stood when it was sent or decided, read from the frozen copy."""
    page = pages.opened(request, code, year)
    kept = get_object_or_404(
        Version.objects.select_related("event__stage", "event__by", "plan_year__plan"),
        plan_year=page.plan_year,
        number=number,
    )
    context = page.context("", version=kept, reading=versions.read(kept))
    return render(request, "plans/version.html", context)
