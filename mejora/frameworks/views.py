"""The catalogues as they were loaded: every item with its codes, words, source and certainty."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from mejora.core import here
from mejora.frameworks import catalogue as catalogues
from mejora.frameworks.catalogue import AreaItem, Item
from mejora.frameworks.models import Edition, TermKind


@require_GET
def catalogue_list(request: HttpRequest) -> HttpResponse:
    """Those of the countries in which the person takes part."""
    return render(request, "frameworks/catalogue_list.html", {"editions": _visible()})


@require_GET
def catalogue(request: HttpRequest, country: str, code: str) -> HttpResponse:
    """One edition, whole. It is long on purpose: it is read, searched and printed."""
    edition = get_object_or_404(_visible(), country_code=country.upper(), code=code)
    found = catalogues.of_edition(edition.pk)
    groups = [(kind, found.of(kind)) for kind in TermKind if found.of(kind)]
    items: list[Item] = [*_every(found.areas), *found.terms]
    unsure = [item for item in items if not _is_sure(item)]
    context = {
        "edition": edition,
        "areas": found.areas,
        "standard_count": sum(1 for area in _every(found.areas) if area.depth == 3),
        "groups": groups,
        "item_count": len(items),
        "unsure_count": len(unsure),
    }
    return render(request, "frameworks/catalogue.html", context)


def _visible() -> QuerySet[Edition]:
    """The guides of the reader's country: nobody is shown another's."""
    return Edition.objects.filter(country_code=here.now().country)


def _every(areas: tuple[AreaItem, ...]) -> Iterator[AreaItem]:
    for area in areas:
        yield area
        yield from _every(area.children)


def _is_sure(item: Item) -> bool:
    return item.is_confirmed and all(label.is_confirmed for label in item.labels)
