"""The figures of a place's schools, the list of these schools, and one school's own."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Window
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mejora.core import clock, wording
from mejora.core.decisions import require
from mejora.network import rules as network_rules
from mejora.network.access import Deed
from mejora.network.enums import BatchKind
from mejora.network.middleware import SignedInRequest
from mejora.network.models import School
from mejora.network.reports import ways
from mejora.territory import charts, listing, rates, rules
from mejora.territory.figures import Figures, Month, schools_of
from mejora.territory.listing import Chosen
from mejora.territory.models import Alert, SchoolMonth

SHOWN = 6  # schools of each cut and alerts on the page of the territory


@require_safe
def territory(request: SignedInRequest) -> HttpResponse:
    """A place's year in figures; each part leads to its schools."""
    require(rules.can_see_figures(request.actor))
    schools, today = listing.schools_here(request.actor), clock.today()
    year, years = listing.year_of(schools, request.GET.get("anio", ""), today)
    found = Figures(schools, year, by_region=listing.is_country(request.actor))
    rows = schools_of(schools, found.newest, found.second)
    waiting = listing.alerts(request.actor, "", today)
    context = {
        **_frame(found, years),
        "alerts": list(waiting[:SHOWN]),
        "alert_count": waiting.count(),
        "cuts": _cuts(rows),
        "table": _by_month(found),
        "may_import": network_rules.can_bring(
            request.actor,
            BatchKind.FIGURES,
            owner=ways.place_of(request.actor, BatchKind.FIGURES),
        ),
    }
    return render(request, "territory/figures.html", context)


_CUTS = (("bajo", "now"), ("suben", "-rise"))


def _cuts(rows: QuerySet[SchoolMonth]) -> list[dict[str, Any]]:
    """The first schools of each cut and how many it has. All that are counted are looked at by
    number alone; only the few shown are read whole."""
    found = {cut: _first(rows, cut, order) for cut, order in _CUTS}
    shown = rows.select_related("school__commune").in_bulk(
        [pk for c in found.values() for pk, _ in c]
    )
    return [
        {
            "slug": cut,
            "title": listing.CUTS[cut],
            "count": first[0][1] if first else 0,
            "rows": [shown[pk] for pk, _ in first],
        }
        for cut, first in found.items()
    ]


def _first(rows: QuerySet[SchoolMonth], cut: str, order: str) -> list[tuple[int, int]]:
    """The first rows of a cut, each with how many there are in all."""
    found = listing.of_cut(rows, cut).annotate(total=Window(Count("pk")))
    return list(found.order_by(order, "school__name").values_list("pk", "total")[:SHOWN])


def _frame(found: Figures, years: list[int]) -> dict[str, Any]:
    return {
        "year": found.year,
        "years": years,
        "figures": found,
        "band": rates.BAND,
        "rise": listing.RISE,
        "attendance_chart": _attendance_chart(found),
        "enrolment_chart": _enrolment_chart(found),
    }


def _attendance_chart(found: Figures) -> charts.Lines | None:
    now = {m.month: m.attendance for m in found.attended if m.attendance is not None}
    former = {m.month: m.attendance for m in found.former if m.attendance is not None}
    if not now:
        return None
    first, last = min(now), max(now)
    label = (
        f"Asistencia por mes de {found.year}: {wording.percent(now[first], 1)} en "
        f"{wording.month_name(first)}, {wording.percent(now[last], 1)} en "
        f"{wording.month_name(last)}. La franja está en {wording.percent(rates.BAND)}."
    )
    return charts.lines(
        now, former, label=label, say=lambda v: wording.percent(v), band=rates.BAND, floor_at=0
    )


def _enrolment_chart(found: Figures) -> charts.Lines | None:
    now = {m.month: m.pupils for m in found.enrolled if m.pupils is not None}
    former = {m.month: m.pupils for m in found.former if m.pupils is not None}
    if not now or found.peak is None or found.last is None:
        return None
    label = (
        f"Matrícula por mes de {found.year}: máxima de {wording.thousands(found.peak.pupils)} en "
        f"{wording.month_name(found.peak.month)}, {wording.thousands(found.last.pupils)} en "
        f"{wording.month_name(found.last.month)}."
    )
    return charts.lines(now, former, label=label, say=_whole, floor_at=0)


def _whole(value: charts.Number) -> str:
    """A figure on the axis."""
    return wording.thousands(round(value))


def _by_month(found: Figures) -> list[tuple[Month, Month]]:
    """Each month of the year beside the same one of last year."""
    return [(month, found.before(month)) for month in found.months]


@require_safe
def schools(request: SignedInRequest) -> HttpResponse:
    """The schools of the place by attendance; the address holds cut, commune and order."""
    require(rules.can_see_figures(request.actor))
    within, today = listing.schools_here(request.actor), clock.today()
    year, years = listing.year_of(within, request.GET.get("anio", ""), today)
    found, chosen = Figures(within, year), Chosen.of(request.GET.dict())
    rows = listing.rows(found, chosen)
    everything = schools_of(within, found.newest, found.second)
    communes = within.order_by("commune__name_folded").values_list("commune__code", "commune__name")
    context = {
        "year": year,
        "years": years,
        "figures": found,
        "chosen": chosen,
        "chips": [
            (cut, name, listing.of_cut(everything, cut).count())
            for cut, name in listing.CUTS.items()
        ],
        "communes": dict(communes.distinct()),
        "page": Paginator(rows, listing.PER_PAGE).get_page(request.GET.get("pagina")),
        "rise": listing.RISE,
    }
    return render(request, "territory/schools.html", context)


@require_safe
def school(request: SignedInRequest, code: str) -> HttpResponse:
    """One school's attendance, enrolment and seats, and its alerts."""
    seen = School.objects.visible_to(request.actor, Deed.READ_FIGURES)
    found_school = get_object_or_404(seen.select_related("commune__region", "owner"), code=code)
    only = School.objects.filter(pk=found_school.pk)
    year, years = listing.year_of(only, request.GET.get("anio", ""), clock.today())
    found = Figures(only, year)
    alerts = Alert.objects.filter(school=found_school).with_school()
    context = {
        **_frame(found, years),
        "school": found_school,
        "table": _by_month(found),
        "whole": found.whole,
        "alerts": list(alerts[:SHOWN]),
    }
    return render(request, "territory/school.html", context)
