"""The plan in figures, on the screen and as PDF, for whoever may see how far a school is."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mejora.network.middleware import SignedInRequest
from mejora.plans.models import PlanYear
from mejora.reports import figures
from mejora.reports.documents.figures import figures_pdf
from mejora.reports.figures import Figures


def _found(request: SignedInRequest, code: str, year: int) -> Figures:
    visible = figures.visible(request.actor).with_place()
    plan_year = get_object_or_404(visible, school__code=code, year=year)
    return figures.of_year(plan_year, request.actor)


@require_safe
def page(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    found = _found(request, code, year)
    reads = PlanYear.objects.visible_to(request.actor).filter(pk=found.plan_year.pk).exists()
    context = {
        "figures": found,
        "school": found.plan_year.school,
        "plan": found.plan_year.plan,
        "year": year,
        "words": found.book.words(year),
        "plan_url": reverse("plans:detail", args=(code, year)) if reads else "",
    }
    return render(request, "reports/figures.html", context)


@require_safe
def pdf(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    found = _found(request, code, year)
    response = HttpResponse(figures_pdf(found), content_type="application/pdf")
    name = f"{found.plan_year.plan.edition.country_code}-{code}-cifras-{year}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
