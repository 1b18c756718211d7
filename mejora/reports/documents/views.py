"""Documents as files that the browser shows or keeps."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from mejora.monitoring.views import lookup
from mejora.network.middleware import SignedInRequest
from mejora.plans.models import PlanYear
from mejora.reports.documents import feedback, forms
from mejora.reports.documents import monitoring as report
from mejora.reports.documents.parts import prepared_by
from mejora.reports.documents.plan import plan_pdf
from mejora.reports.documents.word import WORD_MIME
from mejora.support.feedback import FeedbackReport


@require_safe
def plan(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The plan of a year as PDF, for whoever may read it on the screen."""
    readable = PlanYear.objects.visible_to(request.actor).with_place()
    plan_year = get_object_or_404(readable, school__code=code, year=year)
    name = f"{plan_year.plan.edition.country_code}-{code}-plan-{year}.pdf"
    return pdf_response(plan_pdf(plan_year), name)


@require_safe
def monitoring(request: SignedInRequest, code: str, year: int, slug: str) -> HttpResponse:
    """The monitoring report of a period as PDF, for whoever may read the plan."""
    plan_year = lookup.year_of(request.actor, code, year)
    listed = lookup.periods_of(plan_year)
    period = lookup.period_of(listed, slug)
    by = prepared_by(request.actor, plan_year.school)
    pdf = report.monitoring_pdf(plan_year, period, listed, prepared_by=by)
    return pdf_response(pdf, report.file_name(plan_year, period))


@require_safe
def monitoring_form(
    request: SignedInRequest, code: str, year: int, slug: str, kind: str
) -> HttpResponse:
    """A form for work on paper: with the year's actions, or blank with `?blanco=1`."""
    form = forms.FORMS.get(kind)
    if form is None:
        raise Http404("Esa ficha no existe.")
    plan_year = lookup.year_of(request.actor, code, year)
    listed = lookup.periods_of(plan_year)
    period = lookup.period_of(listed, slug)
    is_blank = "blanco" in request.GET
    pdf = forms.form_pdf(form, plan_year, period, listed, is_blank=is_blank)
    return pdf_response(pdf, forms.form_name(form, plan_year, period))


@require_safe
def feedback_pdf(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """A feedback report, for whoever may read it on the screen."""
    report = _feedback(request, uid)
    return pdf_response(feedback.feedback_pdf(report), feedback.file_name(report, "pdf"))


@require_safe
def feedback_docx(request: SignedInRequest, uid: UUID) -> HttpResponse:
    report = _feedback(request, uid)
    return word_response(feedback.feedback_docx(report), feedback.file_name(report, "docx"))


def _feedback(request: SignedInRequest, uid: UUID) -> FeedbackReport:
    readable = FeedbackReport.objects.live().visible_to(request.actor).with_parts()
    return get_object_or_404(readable, uid=uid)


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    """Shown in the browser, kept under `name`, never in a shared cache."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def word_response(content: bytes, name: str) -> HttpResponse:
    """Kept under `name`, never in a shared cache."""
    response = HttpResponse(content, content_type=WORD_MIME)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
