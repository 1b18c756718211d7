"""Schools and owners: found in a second, each with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mejora.core import clock
from mejora.network import listing, memberships, navigation
from mejora.network.access import Actor, Deed, Reach
from mejora.network.enums import CHILE, Dependency, Operating, OwnerKind, PlaceKind
from mejora.network.forms import OwnerFilterForm, SchoolFilterForm, stage_choices
from mejora.network.middleware import SignedInRequest
from mejora.network.models import Owner, School, SchoolYear
from mejora.network.views.members import members_url


@require_safe
def school_list(request: SignedInRequest) -> HttpResponse:
    """The schools of the person's place; the address holds filters, order and page."""
    year = clock.today().year
    form = SchoolFilterForm(request.GET, is_territory=_is_territory(request.actor))
    filters = form.filters(request.GET.get("orden", "nombre"))
    found = listing.schools(request.actor, filters, year)
    page = Paginator(found, listing.PER_PAGE).get_page(request.GET.get("pagina"))
    start = page.start_index() - 1
    stages = dict(stage_choices())
    shown = listing.with_facts(found[max(start, 0) : page.end_index()], filters, year)
    context = {
        "page": page,
        "rows": [_Row.of(school, stages) for school in shown],
        "form": form,
        "filters": filters,
        "year": year,
        "is_filtered": any(name != "orden" for name in request.GET),
        "one_school": _only_school(request.actor),
    }
    return render(request, "network/school_list.html", context)


@dataclass(frozen=True, slots=True)
class _Row:
    """A school with the facts that the list annotates, in words."""

    school: School
    dependency: str
    operating: str
    is_open: bool
    enrolment: int | None
    stage: str
    status: str

    @classmethod
    def of(cls, school: Any, stages: dict[str, str]) -> _Row:
        return cls(
            school,
            Dependency(school.dependency).label if school.dependency else "",
            Operating(school.operating).label if school.operating else "",
            school.operating == Operating.OPEN,
            school.enrolment,
            stages.get(school.stage or "", ""),
            school.status or "",
        )


def _is_territory(actor: Actor) -> bool:
    """Whether the place spans regions and dependencies, so that filtering by them helps."""
    kinds = {PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.OFFICE}
    return actor.current is not None and actor.current.place_kind in kinds


def _only_school(actor: Actor) -> School | None:
    return actor.current.school if actor.current else None


@require_safe
def school(request: SignedInRequest, code: str) -> HttpResponse:
    """All that is known of a school: its years, its owners over time, its plans by year."""
    visible = School.objects.visible_to(request.actor).select_related(
        "commune__region", "owner", "office", "country"
    )
    found = get_object_or_404(visible, code=code)
    related = ("owner", "commune", "batch", "sep_batch")
    years = list(found.years.select_related(*related).order_by("-year"))
    present = next((year for year in years if year.year == found.current_year), None)
    context = {
        "school": found,
        "present": present,
        "years": years,
        "owners": _owner_spans(years),
        "enrolments": list(found.enrolments.select_related("batch")),
        "performances": list(found.performances.select_related("batch")),
        "sees_imports": request.actor.may_somewhere(Deed.IMPORT_NETWORK),
        "plans": _plans(request.actor, found),
        "memberships_url": _members_url(request.actor, found),
        "record_url": _record_url(request.actor, found),
        "months_url": _months_url(request.actor, found),
        "support_url": _support_url(request.actor, found),
        "works_url": _works_url(request.actor, found),
        "assistance_url": _assistance_url(request.actor, found),
        "owner_is_visible": request.actor.may_somewhere(Deed.SEE_TERRITORY),
        **_of_country(found, present),
    }
    return render(request, "network/school.html", context)


def _of_country(school: School, present: SchoolYear | None) -> dict[str, Any]:
    """What only some countries' schools have: supervision offices and SEP, or sedes and SABER."""
    is_chilean = school.country.code == CHILE
    return {
        "has_offices": is_chilean,
        "sites": [] if is_chilean else list(school.sites.select_related("commune")),
        "saber": [] if is_chilean else list(school.saber_results.all()),
        "regime": present.get_regime_display() if present and present.regime else "",
    }


def _members_url(actor: Actor, school: School) -> str:
    return members_url(school) if memberships.can_see_members(actor, school) else ""


def _assistance_url(actor: Actor, school: School) -> str:
    """Of schools whose owner is a Secretaría, which gives them technical assistance."""
    is_served = school.owner is not None and school.owner.kind == OwnerKind.ETC
    may = is_served and actor.may(Deed.SEE_ASSISTANCE, school)
    return navigation.address("assistance:school", school.code) if may else ""


def _months_url(actor: Actor, school: School) -> str:
    may = actor.may(Deed.READ_FIGURES, school)
    return navigation.address("territory:school", school.code) if may else ""


def _works_url(actor: Actor, school: School) -> str:
    """The register, narrowed to this school."""
    may = actor.may(Deed.SEE_WORKS, school)
    return f"{navigation.address('works:list')}?q={school.code}" if may else ""


def _support_url(actor: Actor, school: School) -> str:
    """Of the schools that a Secretaría does not serve: its assistance has pages of its own."""
    of_secretariat = school.owner is not None and school.owner.kind == OwnerKind.ETC
    if of_secretariat or actor.reach_at(Deed.READ_SUPPORT, school) is Reach.NEVER:
        return ""
    return navigation.address("support:school", school.code)


def _record_url(actor: Actor, school: School) -> str:
    if actor.reach_at(Deed.TAKE_RECORD, school) is Reach.NEVER:
        return ""
    return navigation.address("reports:record", school.code)


@dataclass(frozen=True, slots=True)
class PlanOfYear:
    """A year of a plan as the page shows it; `url` is empty where it may not be read, and
    `figures_url` leads to its figures."""

    year: int
    stage: str
    status: str
    url: str
    figures_url: str


def _plans(actor: Actor, school: Any) -> list[PlanOfYear]:
    """The stage of each year, and the way to the plan where the person may read it."""
    readable = set(school.plan_years.visible_to(actor).values_list("pk", flat=True))
    shown = school.plan_years.visible_to(actor, Deed.SEE_PROGRESS).order_by("-year")
    return [
        PlanOfYear(
            row.year,
            row.get_stage_now_display(),
            row.status_now,
            navigation.address("plans:detail", school.code, row.year) if row.pk in readable else "",
            navigation.address("reports:figures", school.code, row.year),
        )
        for row in shown
    ]


@dataclass(frozen=True, slots=True)
class OwnerSpan:
    """An owner (None: not known) from one year to another, as far as the files tell."""

    owner: Owner | None
    dependency: str
    first: int
    last: int


def _owner_spans(years: list[SchoolYear]) -> list[OwnerSpan]:
    """Consecutive known years with the same owner and dependency make one line, newest first."""
    spans: list[OwnerSpan] = []
    for row in years:
        label = row.get_dependency_display()
        last = spans[-1] if spans else None
        if last and last.owner == row.owner and last.dependency == label:
            spans[-1] = OwnerSpan(row.owner, label, row.year, last.last)
        else:
            spans.append(OwnerSpan(row.owner, label, row.year, row.year))
    return spans


@require_safe
def owner_list(request: SignedInRequest) -> HttpResponse:
    form = OwnerFilterForm(request.GET)
    form.is_valid()
    said = form.cleaned_data
    found = listing.owners(
        request.actor,
        q=said.get("q", ""),
        kind=said.get("tipo", ""),
        region=said.get("region", ""),
    )
    page = Paginator(found, listing.PER_PAGE).get_page(request.GET.get("pagina"))
    context = {"page": page, "form": form, "is_filtered": any(said.values())}
    return render(request, "network/owner_list.html", context)


@require_safe
def owner(request: SignedInRequest, key: str) -> HttpResponse:
    """An owner: where its schools are, and for a SLEP when each commune passes to it."""
    found = get_object_or_404(listing.owners(request.actor), key=key)
    communes = listing.by_commune(found)
    context = {
        "owner": found,
        "communes": communes,
        "territory": list(found.territory.select_related("commune").order_by("transfer_year")),
        "memberships_url": members_url(found)
        if memberships.can_see_members(request.actor, found)
        else "",
    }
    return render(request, "network/owner.html", context)
