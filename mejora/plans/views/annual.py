"""Forms of what stands for one year: strategies, indicators, readings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse

from mejora.core.decisions import require
from mejora.network.middleware import SignedInRequest
from mejora.plans import rules
from mejora.plans.forms.chain import IndicatorForm, ReadingForm, StrategyForm
from mejora.plans.models import Indicator, Objective, Reading, Strategy
from mejora.plans.operations import annual
from mejora.plans.views import pages
from mejora.plans.views.strategic import form_methods
from mejora.plans.views.writing import FormPage, run


@form_methods
def strategy(
    request: SignedInRequest, code: str, year: int, uid: UUID | None = None
) -> HttpResponse:
    """A new one may come with `?objetivo=<uid>`, from the objective that lacks it."""
    page = pages.opened(request, code, year)
    require(rules.can_write_planning(request.actor, page.at))
    plan_year = page.plan_year
    own = Strategy.objects.live().filter(plan_year=plan_year)
    thing = pages.found(own, uid=uid) if uid else None
    form = StrategyForm(
        request.POST or None, instance=thing, plan_year=plan_year, initial=_objective(page)
    )

    def write() -> None:
        if thing:
            annual.change_strategy(thing, by=request.actor, **form.said())
        else:
            annual.add_strategy(plan_year, by=request.actor, **form.said())

    title = "Estrategia" if thing else "Nueva estrategia"
    back = page.url("plans:detail")
    return run(
        request, form, FormPage(title, back, "Estrategia guardada."), write,
        context=page.context(), thing=thing, form_kwargs={"plan_year": plan_year},
    )  # fmt: skip


def _objective(page: pages.Page) -> dict[str, Any]:
    asked = page.request.GET.get("objetivo", "")
    own = Objective.objects.live().filter(plan=page.plan_year.plan_id)
    found = [o for o in own if str(o.uid) == asked] if asked else []
    return {"objective": found[0].pk} if found else {}


@form_methods
def indicator_new(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    """An indicator of the strategy `uid`."""
    page = pages.opened(request, code, year)
    require(rules.can_write_planning(request.actor, page.at))
    above = pages.found(Strategy.objects.live().filter(plan_year=page.plan_year), uid=uid)
    form = IndicatorForm(request.POST or None)
    return run(
        request,
        form,
        FormPage(
            "Nuevo indicador", page.url("plans:detail"), "Indicador guardado.", over=above.text
        ),
        lambda: annual.add_indicator(above, by=request.actor, **form.said()),
        context=page.context(),
    )


def _indicators(page: pages.Page) -> QuerySet[Indicator]:
    """Those of the year's strategies, and of the plan's goals where the framework has none."""
    own = Q(strategy__plan_year=page.plan_year) | Q(goal__objective__plan=page.plan_year.plan_id)
    found = Indicator.objects.live().filter(own)
    return found.select_related("strategy__plan_year__plan", "goal__objective__plan")


@form_methods
def indicator_edit(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    """The indicator with its readings so far."""
    page = pages.opened(request, code, year)
    thing = pages.found(_indicators(page), uid=uid)
    may = rules.can_remove(request.actor, page.at, thing)
    if request.method == "POST":
        require(may)
    form = IndicatorForm(request.POST or None, instance=thing)
    context = page.context(
        indicator=thing,
        may=may,
        readings=Reading.objects.live().filter(indicator=thing),
        may_read=rules.can_write_readings(request.actor, page.at),
    )
    return run(
        request,
        form,
        FormPage(
            thing.name,
            page.url("plans:detail"),
            "Indicador guardado.",
            over=(thing.strategy or thing.goal).text,
        ),
        lambda: annual.change_indicator(thing, by=request.actor, **form.said()),
        context=context,
        thing=thing,
        template="plans/indicator.html",
    )


@form_methods
def reading_new(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    """A reading of the indicator `uid`."""
    page = pages.opened(request, code, year)
    require(rules.can_write_readings(request.actor, page.at))
    above = pages.found(_indicators(page), uid=uid)
    form = ReadingForm(request.POST or None, initial={"on": page.today})
    back = page.url("plans:indicator_edit", above.uid)
    return run(
        request,
        form,
        FormPage("Nueva medición", back, "Medición guardada.", over=above.name),
        lambda: annual.add_reading(above, by=request.actor, **form.said()),
        context=page.context(),
    )


@form_methods
def reading_edit(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    page = pages.opened(request, code, year)
    require(rules.can_write_readings(request.actor, page.at))
    own = Reading.objects.live().filter(indicator__in=_indicators(page))
    thing = pages.found(own.select_related("indicator__strategy__plan_year__plan"), uid=uid)
    form = ReadingForm(request.POST or None, instance=thing)
    back = page.url("plans:indicator_edit", thing.indicator.uid)
    return run(
        request,
        form,
        FormPage("Medición", back, "Medición guardada.", over=thing.indicator.name),
        lambda: annual.change_reading(thing, by=request.actor, **form.said()),
        context=page.context(),
        thing=thing,
    )
