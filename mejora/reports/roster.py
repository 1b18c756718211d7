"""Which schools a report is about: a year's roster, within a person's place and filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Self

from django.db.models import Q, QuerySet
from django.http import Http404

from mejora.core import clock, here
from mejora.core.decisions import ALLOWED, Decision, refused
from mejora.network.access import Actor, Deed
from mejora.network.enums import Dependency
from mejora.network.models import School, SchoolYear

YEARS = range(2000, 2101)  # what an address may ask for
ZONES = {"rural": "Rural", "urbana": "Urbana", "sin-dato": "Sin dato"}
SEP = {"con": "Con convenio SEP", "sin": "Sin convenio SEP", "sin-dato": "Sin dato"}
_YES_NO_UNKNOWN: Mapping[str, bool | None] = {
    "rural": True,
    "urbana": False,
    "con": True,
    "sin": False,
    "sin-dato": None,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address says about which schools; names of fields are those of the address."""

    region: str = ""
    comuna: str = ""
    dependencia: str = ""
    zona: str = ""
    sep: str = ""
    sostenedor: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """From an address; a value that no select offers counts as not chosen."""
        offered = {"dependencia": Dependency.values, "zona": ZONES, "sep": SEP}
        found = cls(**{name: query.get(name, "").strip() for name in cls.__slots__})
        unknown = {
            name: "" for name, values in offered.items() if getattr(found, name) not in values
        }
        return replace(found, **unknown)

    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    def as_q(self) -> Q:
        """The same, for years of schools."""
        q = Q()
        if self.region:
            q &= Q(commune__region__code=self.region)
        if self.comuna:
            q &= Q(commune__code=self.comuna)
        if self.dependencia:
            q &= Q(dependency=self.dependencia)
        if self.zona:
            q &= _known(_YES_NO_UNKNOWN[self.zona], "is_rural")
        if self.sep:
            q &= _known(_YES_NO_UNKNOWN[self.sep], "has_sep")
        if self.sostenedor:
            q &= Q(owner__key=self.sostenedor)
        return q


def _known(value: bool | None, field: str) -> Q:
    return Q(**{f"{field}__isnull": True}) if value is None else Q(**{field: value})


def known_year(year: int | None) -> int:
    """The year of an address; the present one where it says none."""
    year = year or clock.today().year
    if year not in YEARS:
        raise Http404
    return year


def at_current_place(actor: Actor, deed: Deed) -> Actor:
    """The person in the place chosen in the header, where that opens the deed; else in all."""
    chosen = actor.current
    if chosen is None:
        return actor
    there = Actor(user=actor.user, memberships=(chosen,), current=chosen)
    return there if there.may_somewhere(deed) else actor


def can_see_territory(actor: Actor) -> Decision:
    if actor.may_somewhere(Deed.SEE_TERRITORY):
        return ALLOWED
    return refused(
        "El avance de muchos establecimientos lo ven sostenedores, supervisión, asesoría y "
        "quienes analizan el territorio. El de su establecimiento está en Inicio."
    )


def can_see_alerts(actor: Actor) -> Decision:
    """Alerts tell what plans say: for those who look after many schools and may read them."""
    if not (may := can_see_territory(actor)):
        return may
    if actor.may_somewhere(Deed.READ_PLAN):
        return ALLOWED
    return refused("Las alertas las ven quienes sostienen, supervisan o asesoran escuelas.")


def of_year(
    year: int, actor: Actor | None = None, filters: Filters | None = None
) -> QuerySet[SchoolYear]:
    """The schools that must have a plan in `year`; without an actor, those of the country that is
    spoken of."""
    found = SchoolYear.objects.filter(year=year, in_roster=True)
    if actor is None:
        found = found.filter(school__country__code=here.now().country)
    else:
        there = at_current_place(actor, Deed.SEE_TERRITORY)
        visible = School.objects.visible_to(there, Deed.SEE_TERRITORY)
        found = found.filter(school__in=visible.values("pk"))
    return found.filter(filters.as_q()) if filters else found
