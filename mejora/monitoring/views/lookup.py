"""Finding what an address names among what the person may see; what they may not is 404."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from mejora.core import clock
from mejora.monitoring import periods
from mejora.monitoring.models import Period
from mejora.network.access import Actor, Deed
from mejora.plans.models import Action, PlanYear


def year_of(actor: Actor, code: str, year: int, deed: Deed = Deed.READ_PLAN) -> PlanYear:
    found = PlanYear.objects.visible_to(actor, deed).with_place().select_related("monitoring_plan")
    return get_object_or_404(found, school__code=code, year=year)


def periods_of(plan_year: PlanYear) -> list[Period]:
    return list(Period.objects.filter(plan_year=plan_year).order_by("number"))


def period_of(listed: Sequence[Period], slug: str) -> Period:
    found = periods.by_slug(listed, slug)
    if found is None:
        raise Http404("Ese período no existe.")
    return found


def due_period(plan_year: PlanYear, listed: Sequence[Period]) -> Period | None:
    return periods.to_report(listed, clock.today(plan_year.school.country.tz))


def action_of(plan_year: PlanYear, uid: UUID) -> Action:
    found = Action.objects.live().filter(plan_year=plan_year)
    action = get_object_or_404(found.select_related("responsible__user"), uid=uid)
    action.plan_year = plan_year
    return action
