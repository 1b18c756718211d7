"""Documents as files that the browser shows or keeps."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from mejora.network.middleware import SignedInRequest
from mejora.plans.models import PlanYear
from mejora.reports.documents.plan import plan_pdf


@require_safe
def plan(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The plan of a year as PDF, for whoever may read it on the screen."""
    readable = PlanYear.objects.visible_to(request.actor).with_place()
    plan_year = get_object_or_404(readable, school__code=code, year=year)
    response = HttpResponse(plan_pdf(plan_year), content_type="application/pdf")
    name = f"{plan_year.plan.edition.country_code}-{code}-plan-{year}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
