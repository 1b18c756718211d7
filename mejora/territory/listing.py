"""Which schools and alerts a page is about, in which order, by what its address says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from mejora.network import listing
from mejora.network.access import Actor, Deed
from mejora.network.enums import PlaceKind
from mejora.network.models import School
from mejora.territory import figures, rates
from mejora.territory.figures import Figures
from mejora.territory.models import Alert, SchoolMonth

PER_PAGE = 50
# So many points more than in the month with classes before: a rise (criterio de Mejora).
RISE = 2
CUTS = {
    "": "Todas",
    "bajo": f"Bajo {rates.BAND:.0f} %",
    "suben": "Suben",
    "bajan": "Bajan",
}
STATES = {
    "": "Por atender",
    "espera": "En espera",
    "cerradas": "Cerradas",
}
ORDERS = {
    "asistencia": ("now", "school__name"),
    "cambio": ("rise", "school__name"),
    "matricula": ("enrolled", "school__name"),
    "escuela": ("school__name", "school"),
}


def schools_here(actor: Actor) -> QuerySet[School]:
    """The schools of the place chosen in the header whose figures the person may read; of all
    places where that one has none."""
    chosen = listing.here(actor)
    there = chosen if chosen.may_somewhere(Deed.READ_FIGURES) else actor
    return School.objects.visible_to(there, Deed.READ_FIGURES)


def is_country(actor: Actor) -> bool:
    """Whether the place chosen in the header is a whole country, whose parts are its regions."""
    return actor.current is not None and actor.current.place_kind == PlaceKind.COUNTRY


def year_of(schools: QuerySet[School], asked: str, today: dt.date) -> tuple[int, list[int]]:
    """The year that the address asks for where it has figures, else the newest that has."""
    known = figures.years(schools)
    if asked.isascii() and asked.isdigit() and int(asked) in known:
        return int(asked), known
    return (known[0] if known else today.year), known


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address of the list of schools says; what it says wrongly counts as not said."""

    cut: str = ""
    commune: str = ""
    region: str = ""
    order: str = "asistencia"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Chosen:
        cut, order = query.get("corte", ""), query.get("orden", "")
        return cls(
            cut if cut in CUTS else "",
            query.get("comuna", "")[:5],
            query.get("region", "")[:4],
            order if order.removeprefix("-") in ORDERS else "asistencia",
        )


def rows(found: Figures, chosen: Chosen) -> QuerySet[SchoolMonth]:
    """The schools' newest month by cut, commune and order."""
    listed = figures.schools_of(found.schools, found.newest, found.second)
    listed = of_cut(listed, chosen.cut)
    if chosen.commune:
        listed = listed.filter(school__commune__code=chosen.commune)
    if chosen.region:
        listed = listed.filter(school__commune__region__code=chosen.region)
    first, *rest = ORDERS[chosen.order.removeprefix("-")]
    turned = (
        F(first).desc(nulls_last=True) if chosen.order[0] == "-" else F(first).asc(nulls_last=True)
    )
    return listed.order_by(turned, *rest).select_related("school__commune")


def of_cut(listed: QuerySet[Any], cut: str) -> QuerySet[Any]:
    """Of what `figures.schools_of` gives; whole numbers decide what is under the band, so that
    85,0 % is not."""
    match cut:
        case "bajo":
            tenths = int(rates.BAND * 10)
            return listed.filter(attended_days__lt=F("possible_days") * tenths / 1000.0)
        case "suben":
            return listed.filter(rise__gte=RISE)
        case "bajan":
            return listed.filter(rise__lte=-RISE)
    return listed


def alerts(actor: Actor, state: str, today: dt.date) -> QuerySet[Alert]:
    """The alerts of the place, the longest under the band first."""
    found = Alert.objects.filter(school__in=schools_here(actor).order_by().values("pk"))
    aside = Q(set_aside_until__isnull=False, set_aside_until__gt=today)
    match state:
        case "espera":
            found = found.filter(aside, closed_at__isnull=True).order_by("set_aside_until", "pk")
        case "cerradas":
            found = found.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")
        case _:
            found = found.waiting(today).order_by("since_year", "since_month", "raised_at", "pk")
    return found.with_school()
