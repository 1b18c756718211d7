"""Where signing in leads: what each role's turn is now."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mejora.core import clock
from mejora.network.access import Deed
from mejora.network.enums import Role
from mejora.network.middleware import SignedInRequest
from mejora.network.models import Membership
from mejora.plans import rules
from mejora.reports import (
    advisory_tasks,
    board,
    cycle_tasks,
    figure_tasks,
    news,
    place_tasks,
    progress,
    roster,
    school_home,
    support_tasks,
    tasks,
)
from mejora.support import needs, owed

SHOWN_AT_ONCE = 3
SCHOOLS_SHOWN = 10  # on the adviser's home; the rest behind a link


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    membership = request.actor.current
    if membership is None:
        return render(request, "reports/home_nobody.html", status=200)
    return HOMES[Role(membership.role)](request, membership)


def _school(request: SignedInRequest, membership: Membership) -> HttpResponse:
    today = clock.today()
    school = membership.school
    assert school is not None  # noqa: S101 - a director's place is a school: a constraint
    here = (rules.visible_stages(request.actor, school.code, today.year - i) for i in (0, 1))
    at = next((found for found in here if found), None)
    year = at.plan_year.year if at else today.year
    desk = tasks.Desk(request.actor, school, year, today, at)
    alert = figure_tasks.of_school(request.actor, school, today)
    promised = support_tasks.of_school(request.actor, school, today)
    told = support_tasks.received(request.actor, school)
    product = advisory_tasks.of_school(request.actor, school)
    rating = cycle_tasks.of_school(request.actor, school, today)
    first = [task for task in (alert, promised, told, product, rating) if task]
    found = [*first, *tasks.of_school(desk)]
    context = {
        "today": today,
        "year": year,
        "school": school,
        "tasks": found[:SHOWN_AT_ONCE],
        "more": found[SHOWN_AT_ONCE:],
        "news": news.of_school(school, besides=request.user),
        "history": bool(at),
        "steps": school_home.steps(at, today) if at else [],
        "month": school_home.month(at.plan_year, today) if at and desk.is_implementing else None,
    }
    return render(request, "reports/home_school.html", context)


def _own_actions(request: SignedInRequest, membership: Membership) -> HttpResponse:
    return redirect("monitoring:my_actions")


def _place(request: SignedInRequest, membership: Membership) -> HttpResponse:
    today = clock.today()
    found = place_tasks.of_place(request.actor, today.year, today)
    if alerts := figure_tasks.of_place(request.actor, today):
        found.insert(1, alerts)  # behind what waits longest, which stands first
    found += support_tasks.of_owner(request.actor, today)
    schools = roster.of_year(today.year, request.actor)
    context = {
        "today": today,
        "year": today.year,
        "place": membership.place,
        "tasks": found[:SHOWN_AT_ONCE],
        "more": found[SHOWN_AT_ONCE:],
        "news": news.of_places(board.readable(request.actor, today.year), besides=request.user),
        "progress": progress.progress(schools, today.year, on=today, every_region=False),
        "school_count": board.schools_of(request.actor, today.year).count(),
        "decides": request.actor.may_somewhere(Deed.DECIDE_STAGE),
    }
    return render(request, "reports/home_place.html", context)


def _adviser(request: SignedInRequest, membership: Membership) -> HttpResponse:
    """What the schools in one's charge need; who has none in charge finds the place's home."""
    today = clock.today()
    mine = list(needs.running(needs.in_charge(needs.plans_of(request.actor), request.actor)))
    if not mine:
        return _place(request, membership)
    found = needs.of_plans(mine, today)
    own = {plan.pk for plan in mine}
    reports = [each for each in owed.owed(request.actor, today) if each.plan.pk in own]
    todo = support_tasks.of_supporter(found, reports, today)
    products = advisory_tasks.of_supporter(mine, today)
    todo = [products, *todo] if products else todo
    context = {
        "today": today,
        "tasks": todo[:SHOWN_AT_ONCE],
        "more": todo[SHOWN_AT_ONCE:],
        "needs": found[:SCHOOLS_SHOWN],
        "school_count": len(found),
    }
    return render(request, "reports/home_adviser.html", context)


def _progress(request: SignedInRequest, membership: Membership) -> HttpResponse:
    return redirect("reports:progress")


def _installation(request: SignedInRequest, membership: Membership) -> HttpResponse:
    today = clock.today()
    found = place_tasks.of_installation(today.year)
    schools = roster.of_year(today.year, request.actor)
    context = {
        "today": today,
        "year": today.year,
        "tasks": found[:SHOWN_AT_ONCE],
        "more": found[SHOWN_AT_ONCE:],
        "progress": progress.progress(schools, today.year, on=today, every_region=False),
    }
    return render(request, "reports/home_installation.html", context)


HOMES: dict[Role, Callable[[SignedInRequest, Membership], HttpResponse]] = {
    Role.DIRECTOR: _school,
    Role.PLANNER: _school,
    Role.RESPONSIBLE: _own_actions,
    Role.OWNER: _place,
    Role.SUPERVISOR: _place,
    Role.ADVISER: _adviser,
    Role.DISTRICT_LEAD: _place,
    Role.QUALITY_LEAD: _place,
    Role.PROFESSIONAL: _place,
    Role.OPERATIVE: _place,
    Role.ANALYST: _progress,
    Role.ADMINISTRATOR: _installation,
}
