"""A school's record: taking it along, and bringing one in from another installation."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from mejora.core import notices
from mejora.core.decisions import Refused, require
from mejora.files.kinds import LARGEST, MB
from mejora.monitoring.models import EvidenceUse
from mejora.monitoring.package import writing
from mejora.monitoring.package.kinds import KINDS
from mejora.network import operations as imports
from mejora.network import rules
from mejora.network.access import Deed
from mejora.network.enums import BatchKind
from mejora.network.middleware import SignedInRequest
from mejora.network.models import School
from mejora.plans.models import Action
from mejora.reports import operations, record


@require_http_methods(["GET", "POST"])
def take(request: SignedInRequest, code: str) -> HttpResponse:
    """What goes along, and one button; the file is prepared as a job."""
    visible = School.objects.visible_to(request.actor, Deed.TAKE_RECORD)
    school = get_object_or_404(visible.select_related("commune__region", "country"), code=code)
    if request.method == "POST":
        title = f"Expediente de {school.name}"
        try:
            export = operations.ask(
                record.NAME, {"school": school.code}, title=title, by=request.actor
            )
        except Refused as refusal:
            notices.failed(request, "No se preparó el expediente.", refusal.reason)
            return redirect("reports:record", code=code)
        return redirect("reports:file", export.uid)
    years = record.years_for(request.actor, school)
    uses = EvidenceUse.objects.filter(action__plan_year__in=years)
    context = {
        "school": school,
        "may_take": writing.can_write(school),
        "years": sorted(years.values_list("year", flat=True)),
        "left_out": school.plan_years.count() - years.count(),
        "actions": Action.objects.filter(plan_year__in=years).count(),
        "files": uses.values("file").distinct().count(),
        "kinds": [kind.title for kind in KINDS],
    }
    return render(request, "reports/record.html", context)


class RecordForm(forms.Form):
    file = forms.FileField(
        label="Expediente",
        error_messages={
            "required": "Elija el archivo.",
            "empty": "El archivo está vacío. Elija otro.",
        },
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )


@require_http_methods(["GET", "POST"])
def bring(request: SignedInRequest) -> HttpResponse:
    """A record from another installation; its review begins at once, as a job."""
    require(rules.can_bring(request.actor, BatchKind.PACKAGE))
    sent = request.method == "POST"
    form = RecordForm(*((request.POST, request.FILES) if sent else ()))
    if sent and form.is_valid():
        batch = imports.receive(
            form.cleaned_data["file"], kind=BatchKind.PACKAGE, year=None, by=request.actor
        )
        imports.queue_check(batch)
        return redirect("network:batch", pk=batch.pk)
    context = {"form": form, "limit_text": f"{LARGEST // MB} MB."}
    status = 422 if form.errors else 200
    return render(request, "reports/record_import.html", context, status=status)
