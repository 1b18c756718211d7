"""The list of schools and of owners: what is filtered, in which order, with which facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Length

from mejora.core import here as here_now
from mejora.core.folding import fold
from mejora.network.access import Actor, Deed
from mejora.network.enums import Operating
from mejora.network.models import Commune, Owner, Region, School, SchoolQuerySet

PER_PAGE = 30
OPEN, ALL = Operating.OPEN.value, "todos"
OPERATING_SLUGS = {
    "funcionando": Operating.OPEN,
    "receso": Operating.RECESS,
    "cerrado": Operating.CLOSED,
    "sin-matricula": Operating.NO_PUPILS,
}
ORDERS: dict[str, tuple[Any, ...]] = {
    "nombre": ("name", "pk"),
    "rbd": (Length("code"), "code"),
    "comuna": ("commune__name_folded", "name", "pk"),
    "sostenedor": ("owner__name_folded", "name", "pk"),
    "matricula": ("now__enrolment", "name", "pk"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address of the list says. Unknown values are as good as none."""

    q: str = ""
    region: str = ""
    comuna: str = ""
    sostenedor: str = ""
    dependencia: str = ""
    estado: str = "funcionando"
    etapa: str = ""
    orden: str = "nombre"

    @property
    def region_code(self) -> str:
        """A commune is within its region, whatever else the address says."""
        return self.comuna[:2] or self.region


def here(actor: Actor) -> Actor:
    """The person at the place chosen in the header, which is what lists are about."""
    if actor.current is None:
        return actor
    return Actor(user=actor.user, memberships=(actor.current,), current=actor.current)


def schools(actor: Actor, filters: Filters, year: int) -> SchoolQuerySet:
    """The schools of the person's place that pass the filters, in order; `year` is the plan's.

    It joins only what is filtered or sorted by, because it is counted over the whole country.
    """
    found = School.objects.visible_to(here(actor)).alias(
        now=FilteredRelation("years", condition=Q(years__year=F("current_year"))),
        plan=FilteredRelation("plan_years", condition=Q(plan_years__year=year)),
    )
    if filters.q:
        found = found.search(filters.q)
    return found.filter(_place(filters) & _facts(filters)).order_by(*_order(filters.orden))


def with_facts(page: QuerySet[School], filters: Filters, year: int) -> SchoolQuerySet:
    """The schools of one page with what the list shows of each. One query."""
    return (
        School.objects.filter(pk__in=page.values("pk"))
        .annotate(
            now=FilteredRelation("years", condition=Q(years__year=F("current_year"))),
            plan=FilteredRelation("plan_years", condition=Q(plan_years__year=year)),
            dependency=F("now__dependency"),
            operating=F("now__operating"),
            enrolment=F("now__enrolment"),
            stage=F("plan__stage_now"),
            status=F("plan__status_now"),
        )
        .select_related("commune__region", "owner")
        .defer("search_text")
        .order_by(*_order(filters.orden))
    )


def _place(filters: Filters) -> Q:
    condition = Q()
    if filters.comuna:
        condition &= Q(commune__code=filters.comuna)
    elif filters.region:
        condition &= Q(commune__region__code=filters.region)
    if filters.sostenedor == "sin":
        condition &= Q(owner=None)
    elif filters.sostenedor:
        condition &= Q(owner__key=filters.sostenedor)
    return condition


def _facts(filters: Filters) -> Q:
    condition = Q()
    if filters.dependencia:
        condition &= Q(now__dependency=filters.dependencia)
    if filters.estado in OPERATING_SLUGS:
        condition &= Q(now__operating=OPERATING_SLUGS[filters.estado])
    if filters.etapa == "sin-plan":
        condition &= Q(plan__pk=None)
    elif filters.etapa:
        condition &= Q(plan__stage_now=filters.etapa)
    return condition


def _order(asked: str) -> tuple[Any, ...]:
    """ "matricula" from least to most, "-matricula" the other way; what is unknown comes last."""
    first, *rest = ORDERS.get(asked.removeprefix("-"), ORDERS["nombre"])
    is_backward = asked.startswith("-")
    if first == "name":  # never unknown, and an index has it in order
        return ("-name" if is_backward else "name", *rest)
    expression = F(first) if isinstance(first, str) else first
    turned = expression.desc(nulls_last=True) if is_backward else expression.asc(nulls_last=True)
    return (turned, *rest)


def communes_of(region: str) -> QuerySet[Commune]:
    of_country = Commune.objects.of(here_now.now().country)
    return of_country.filter(region__code=region).order_by("name_folded")


def regions() -> QuerySet[Region]:
    """Those of the reader's country."""
    return Region.objects.filter(country__code=here_now.now().country).order_by("order")


def owners_of(region: str, commune: str) -> QuerySet[Owner]:
    """Those with schools in a region (or commune): few enough to choose from."""
    there = School.objects.filter(owner=OuterRef("pk"))
    there = (
        there.filter(commune__code=commune)
        if commune
        else there.filter(commune__region__code=region)
    )
    of_country = Owner.objects.filter(country__code=here_now.now().country)
    return of_country.filter(Exists(there)).order_by("name_folded")


def owners(actor: Actor, *, q: str = "", kind: str = "", region: str = "") -> QuerySet[Owner]:
    """Owners with schools that the person may see, counted on their functioning schools."""
    visible = School.objects.visible_to(here(actor), Deed.SEE_SCHOOL).filter(owner=OuterRef("pk"))
    if region:
        visible = visible.filter(commune__region__code=region)
    found = Owner.objects.filter(Exists(visible))
    if kind:
        found = found.filter(kind=kind)
    for word in fold(q).split():
        found = found.filter(name_folded__contains=word)
    open_now = Q(
        schools__years__year=F("schools__current_year"), schools__years__operating=Operating.OPEN
    )
    return found.annotate(
        open_count=Count("schools", filter=open_now),
        pupils=Sum("schools__years__enrolment", filter=open_now),
    ).order_by("name_folded", "pk")


@dataclass(frozen=True, slots=True)
class InCommune:
    commune: str
    code: str
    schools: int
    pupils: int | None


def by_commune(owner: Owner) -> list[InCommune]:
    """The owner's functioning schools and their pupils, by commune. One query."""
    rows = (
        School.objects.filter(
            owner=owner, years__year=F("current_year"), years__operating=Operating.OPEN
        )
        .values("commune__name", "commune__code")
        .annotate(schools=Count("pk"), pupils=Sum("years__enrolment"))
        .order_by("commune__name_folded")
    )
    return [
        InCommune(row["commune__name"], row["commune__code"], row["schools"], row["pupils"])
        for row in rows
    ]
