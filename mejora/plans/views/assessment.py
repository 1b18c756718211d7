"""The self-assessment by components: its profile, a page per area, and the critical factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from mejora.core import notices
from mejora.core.decisions import Conflict, Decision, require
from mejora.frameworks.catalogue import AreaItem
from mejora.frameworks.models import Area
from mejora.network.middleware import SignedInRequest
from mejora.plans import profile, rules
from mejora.plans.assessment import CriticalFactor, Judgement
from mejora.plans.forms.assessment import FactorForm, JudgementForm
from mejora.plans.models import Objective
from mejora.plans.operations import assessment as operations
from mejora.plans.views import pages
from mejora.plans.views.pages import Page
from mejora.plans.views.strategic import form_methods
from mejora.plans.views.writing import FormPage, run


@dataclass(frozen=True, slots=True)
class Component:
    """A component on the page of its area, with what was said of it."""

    item: AreaItem
    label: str
    judgement: Judgement | None
    url: str
    problem: str = ""
    level_label: str = ""

    @property
    def revision(self) -> int | str:
        return "" if self.judgement is None else self.judgement.revision

    @property
    def level_id(self) -> int | None:
        return self.judgement.level_id if self.judgement else None

    @property
    def evidence(self) -> str:
        return self.judgement.evidence if self.judgement else ""

    @property
    def strengths(self) -> str:
        return self.judgement.strengths if self.judgement else ""

    @property
    def opportunities(self) -> str:
        return self.judgement.opportunities if self.judgement else ""

    @property
    def has_words(self) -> bool:
        return bool(self.evidence or self.strengths or self.opportunities)


def _opened(request: SignedInRequest, code: str, year: int) -> Page:
    """404 too where the framework of the plan has no self-assessment by components."""
    page = pages.opened(request, code, year)
    if not page.book.edition.has_critical_factors:
        raise Http404
    return page


def _area(page: Page, code: str) -> AreaItem:
    found = next((a for a in page.book.areas if a.code == code and a.children), None)
    if found is None:
        raise Http404
    return found


@require_safe
def overview(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The institutional profile: the distribution by area and process, and what is pending."""
    page = _opened(request, code, year)
    found = profile.of_year(page.book, page.plan_year.plan, year)
    context = page.context(
        "plans:assessment",
        profile=found,
        areas=[(a, a.whole.area.label(year) if a.whole.area else "") for a in found.areas],
        levels=[(step, step.label(year)) for step in profile.scale(page.book)],
        may_assess=rules.can_assess(request.actor, page.at),
        labels={item.pk: item.label(year) for a in page.book.areas for item in a.children},
    )
    return render(request, "plans/assessment.html", context)


@require_safe
def area(request: SignedInRequest, code: str, year: int, area: str) -> HttpResponse:
    """All components of an area on one page, to be judged one after the other."""
    page = _opened(request, code, year)
    return render(request, "plans/assessment_area.html", _area_context(page, _area(page, area)))


def _area_context(page: Page, found: AreaItem) -> dict[str, Any]:
    year = page.plan_year.year
    told = _judged(page, found)
    groups = [
        (
            process,
            process.label(year),
            [_component(page, c, told.get(c.pk)) for c in process.children],
        )
        for process in found.children
    ]
    rated = sum(1 for one in told.values() if one.level_id)
    areas = [a for a in page.book.areas if a.children]
    place = areas.index(found)
    return page.context(
        "plans:assessment",
        area=found,
        area_name=found.label(year),
        groups=groups,
        rated=rated,
        total=len(profile.components(found)),
        areas=[(a.code, a.label(year)) for a in areas],
        next_area=areas[place + 1] if place + 1 < len(areas) else None,
        **_said(page),
    )


def _said(page: Page) -> dict[str, Any]:
    """What every component needs besides itself."""
    year = page.plan_year.year
    return {
        "levels": [(step, step.label(year)) for step in profile.scale(page.book)],
        "may_assess": rules.can_assess(page.request.actor, page.at),
    }


def _judged(page: Page, found: AreaItem) -> dict[int, Judgement]:
    """What is said of the area's components, by their keys. One query."""
    rows = Judgement.objects.filter(
        assessment__plan=page.plan_year.plan_id,
        assessment__year=page.plan_year.year,
        area__in=[component.pk for component in profile.components(found)],
    )
    return {row.area_id: row for row in rows.select_related("by")}


def _component(page: Page, item: AreaItem, said: Judgement | None, problem: str = "") -> Component:
    top = page.book.area(page.book.area(item.parent_id or 0).parent_id or 0)
    url = page.url("plans:judge", top.code, item.code)
    year = page.plan_year.year
    level = page.book.term(said.level_id).label(year) if said and said.level_id else ""
    return Component(item, item.label(year), said, url, problem, level)


@require_http_methods(["POST"])
def judge(
    request: SignedInRequest, code: str, year: int, area: str, component: str
) -> HttpResponse:
    """Save one component. htmx gets its block again; without it one comes back to the page."""
    page = _opened(request, code, year)
    top = _area(page, area)
    item = next((c for c in profile.components(top) if c.code == component), None)
    if item is None:
        raise Http404
    form = JudgementForm(request.POST, book=page.book)
    if not form.is_valid():
        return _answer(page, top, item, "No se guardó: un texto pasa de 2.000 letras.")
    try:
        operations.judge(
            page.plan_year,
            Area.objects.get(pk=item.pk),
            form.said(),
            by=request.actor,
            revision=form.cleaned_data["revision"],
        )
    except Conflict:
        text = "Otra persona guardó este componente mientras usted escribía. Dice:"
        return _answer(page, top, item, text)
    return _answer(page, top, item)


def _answer(page: Page, top: AreaItem, item: AreaItem, problem: str = "") -> HttpResponse:
    told = _judged(page, top)
    if not page.request.htmx:
        if problem:
            notices.failed(page.request, "No se guardó.", problem)
        return redirect(f"{page.url('plans:assessment_area', top.code)}#c-{item.code}")
    context = page.context(
        component=_component(page, item, told.get(item.pk), problem),
        rated=sum(1 for one in told.values() if one.level_id),
        total=len(profile.components(top)),
        is_answer=True,
        **_said(page),
    )
    # Only the foot goes back: what is being typed meanwhile stays under the person's hands. It is
    # the answer to show, so htmx gets it as one that succeeded.
    return render(page.request, "plans/parts/component_foot.html", context)


@require_safe
def factors(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The critical factors of the plan, the most pressing first, with what answers to each."""
    page = _opened(request, code, year)
    found = (
        CriticalFactor.objects.live()
        .filter(assessment__plan=page.plan_year.plan_id)
        .select_related("assessment")
        .in_order()
    )
    answered: dict[int, list[Objective]] = {}
    links = Objective.factors.through.objects.filter(
        criticalfactor__in=found, objective__removed_at__isnull=True
    )
    for link in links.select_related("objective"):
        answered.setdefault(link.criticalfactor_id, []).append(link.objective)
    rows = [
        (factor, page.book.area(factor.area_id).label(year), answered.get(factor.pk, []))
        for factor in found
    ]
    context = page.context(
        "plans:factors", rows=rows, may_assess=rules.can_assess(request.actor, page.at)
    )
    return render(request, "plans/factors.html", context)


@form_methods
def factor(request: SignedInRequest, code: str, year: int, uid: UUID | None = None) -> HttpResponse:
    """A new one may come with `?componente=<code>`, from the page of its area."""
    page = _opened(request, code, year)
    may: Decision = rules.can_assess(request.actor, page.at)
    require(may)
    own = CriticalFactor.objects.live().filter(
        assessment__plan=page.plan_year.plan_id, assessment__year=year
    )
    thing = pages.found(own.select_related("assessment__plan"), uid=uid) if uid else None
    more: dict[str, Any] = {"book": page.book, "year": year}
    form = FactorForm(request.POST or None, instance=thing, **more)
    asked = request.GET.get("componente", "")
    if not thing and asked:
        first = Area.objects.filter(edition=page.book.edition, code=asked).first()
        form.fields["area"].initial = first.pk if first else None

    def write() -> None:
        if thing:
            operations.change_factor(thing, page.plan_year, by=request.actor, **form.said())
        else:
            operations.add_factor(page.plan_year, by=request.actor, **form.said())

    title = "Factor crítico" if thing else "Nuevo factor crítico"
    words = FormPage(title, page.url("plans:factors"), "Factor crítico guardado.")
    return run(request, form, words, write, context=page.context(), thing=thing, form_kwargs=more)
