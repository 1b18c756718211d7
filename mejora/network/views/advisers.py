"""The registry of technical advisers: which services are in force, and whose."""

from __future__ import annotations

import datetime as dt

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mejora.core import clock
from mejora.network.access import Deed
from mejora.network.facts import AteService
from mejora.network.forms import AteFilterForm
from mejora.network.middleware import SignedInRequest

PER_PAGE = 30


@require_safe
def ate_list(request: SignedInRequest) -> HttpResponse:
    """The services of the registry that was imported; the registry is public, so all may look."""
    today = clock.today()
    form = AteFilterForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    found = AteService.objects.search(filters.get("q") or "")
    if filters.get("vigencia") != "todas":
        found = found.in_force(today)
    page = Paginator(found.select_related("batch"), PER_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "page": page,
        "rows": [(service, _is_over(service, today)) for service in page],
        "form": form,
        "today": today,
        "is_filtered": bool(filters.get("q")),
        "is_empty": not AteService.objects.exists(),
        "may_import": request.actor.may_somewhere(Deed.IMPORT_NETWORK),
    }
    return render(request, "network/ate_list.html", context)


def _is_over(service: AteService, today: dt.date) -> bool:
    return service.valid_to is not None and service.valid_to < today
