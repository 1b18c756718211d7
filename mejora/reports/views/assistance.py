"""The papers of a Secretaría's cycle as files."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from mejora.assistance.models import Cycle
from mejora.assistance.reading import Whole
from mejora.network.middleware import SignedInRequest
from mejora.reports.documents import assistance
from mejora.reports.documents.views import pdf_response, word_response


@require_safe
def report(request: SignedInRequest, uid: UUID, ending: str) -> HttpResponse:
    """The consolidated report, for whoever reads the cycle."""
    return _file(request, uid, "informe-asistencia", ending)


@require_safe
def irregularities(request: SignedInRequest, uid: UUID, ending: str) -> HttpResponse:
    """F01.03.F02, for whoever reads the cycle."""
    return _file(request, uid, "irregularidades", ending)


def _file(request: SignedInRequest, uid: UUID, paper: str, ending: str) -> HttpResponse:
    if ending not in ("pdf", "docx"):
        raise Http404
    visible = Cycle.objects.visible_to(request.actor).select_related("owner")
    content, name = assistance.document(Whole(get_object_or_404(visible, uid=uid)), paper, ending)
    answer = pdf_response if ending == "pdf" else word_response
    return answer(content, name)
