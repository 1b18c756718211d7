"""The Service's report as a file: the draft of now, or an edition as it was issued."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.reports.documents.service import Stamp, service_docx, service_pdf
from mejora.reports.documents.views import pdf_response
from mejora.reports.documents.word import WORD_MIME
from mejora.territory import service_reading
from mejora.territory.service import IssuedReport, ServiceReport
from mejora.territory.service_reading import Reading
from mejora.territory.works_rules import owner_for


@require_safe
def draft(request: SignedInRequest, year: int, ending: str) -> HttpResponse:
    report = _report(request, year)
    return _answer(service_reading.read(report), Stamp(timezone.now()), ending)


@require_safe
def edition(request: SignedInRequest, year: int, number: int, ending: str) -> HttpResponse:
    """From the edition's own content: the same bytes whenever it is asked for."""
    editions = IssuedReport.objects.filter(report=_report(request, year)).select_related("by")
    found = get_object_or_404(editions, number=number)
    stamp = Stamp(found.at, found.number, found.sha256, found.by.name)
    return _answer(service_reading.read_back(found), stamp, ending)


def _report(request: SignedInRequest, year: int) -> ServiceReport:
    owner = owner_for(request.actor, Deed.READ_ACCOUNT)
    reports = ServiceReport.objects.visible_to(request.actor).filter(owner=owner, year=year)
    return get_object_or_404(reports.select_related("owner__country"))


def _answer(reading: Reading, stamp: Stamp, ending: str) -> HttpResponse:
    what = f"edicion-{stamp.number}" if stamp.number else "borrador"
    name = f"informe-gestion-{slugify(reading.owner)}-{reading.year}-{what}.{ending}"
    if ending == "pdf":
        return pdf_response(service_pdf(reading, stamp), name)
    if ending != "docx":
        raise Http404
    response = HttpResponse(service_docx(reading, stamp), content_type=WORD_MIME)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
