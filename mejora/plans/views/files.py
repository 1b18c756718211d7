"""A school's own files: its plan as a workbook, out and in, and the platform's report of it."""

from __future__ import annotations

import io
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from mejora.core.decisions import require
from mejora.core.sheets_out import XLSX_MIME
from mejora.network import operations
from mejora.network import rules as network_rules
from mejora.network.enums import BatchKind
from mejora.network.middleware import SignedInRequest
from mejora.network.models import ImportBatch, School
from mejora.plans.forms.files import SchoolFileForm
from mejora.plans.importers import workbook_out
from mejora.plans.models import PlanYear
from mejora.plans.views import pages

PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def school_files(request: SignedInRequest, code: str) -> HttpResponse:
    """Take the workbook along, bring it back, and see what came in before."""
    schools = School.objects.visible_to(request.actor).select_related("commune")
    school = get_object_or_404(schools, code=code)
    require(network_rules.can_bring(request.actor, BatchKind.WORKBOOK, school=school))
    years = [year.year for year in PlanYear.objects.filter(school=school)]
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = SchoolFileForm(*sent, years=years)
    if request.method == "POST" and form.is_valid():
        return _received(request, school, form.cleaned_data)
    found = ImportBatch.objects.visible_to(request.actor).filter(school=school)
    page = Paginator(found.select_related("by"), PER_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "school": school,
        "code": code,
        "years": years,
        "form": form,
        "page": page,
        "rows": [(batch, operations.is_cut(batch)) for batch in page],
    }
    status = 422 if form.errors else 200
    return render(request, "plans/files.html", context, status=status)


def _received(request: SignedInRequest, school: School, said: dict[str, Any]) -> HttpResponse:
    kind = BatchKind(said["kind"])
    batch = operations.receive(
        said["file"], kind=kind, year=said["year"], by=request.actor, school=school
    )
    operations.queue_check(batch)
    return redirect("network:batch", pk=batch.pk)


@require_safe
def workbook(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The year's plan as a workbook; `?vacia` leaves only what helps to fill it in."""
    page = pages.opened(request, code, year)
    is_empty = "vacia" in request.GET
    target = io.BytesIO()
    workbook_out.write(target, page.plan_year, is_empty=is_empty)
    name = workbook_out.file_name(page.plan_year, is_empty=is_empty)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(target.getvalue(), content_type=XLSX_MIME, headers=headers)
