"""How often a year is monitored, and the year's evaluation."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mejora.core import clock, notices
from mejora.core.decisions import Conflict
from mejora.monitoring import rules
from mejora.monitoring.enums import Frequency
from mejora.monitoring.forms import EvaluationForm, FrequencyForm
from mejora.monitoring.models import MonitoringPlan
from mejora.monitoring.operations import frequency as operations
from mejora.monitoring.operations import stages
from mejora.monitoring.views import lookup
from mejora.network.middleware import SignedInRequest
from mejora.plans.enums import StageKind
from mejora.plans.rules import stages_of


@require_http_methods(["GET", "POST"])
def frequency(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """Choosing how often the actions are reported; the periods of the year as they stand."""
    plan_year = lookup.year_of(request.actor, code, year)
    plan = MonitoringPlan.objects.filter(plan_year=plan_year).first()
    chosen = {
        "frequency": plan.frequency if plan else Frequency.MONTH,
        "revision": plan.revision if plan else None,
    }
    form = FrequencyForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            operations.set_frequency(
                plan_year,
                Frequency(said["frequency"]),
                by=request.actor,
                revision=said["revision"],
            )
        except Conflict as error:
            notices.failed(request, error.reason, "Revise lo que eligió antes de cambiarlo.")
        else:
            notices.done(request, "Frecuencia del monitoreo guardada.")
            return redirect("monitoring:home", code)
        return redirect("monitoring:frequency", code, year)
    context = {
        "plan_year": plan_year,
        "plan": plan,
        "form": form,
        "periods": lookup.periods_of(plan_year),
        "today": clock.today(plan_year.school.country.tz),
        "may_set": rules.can_set_frequency(request.actor, stages_of(plan_year)),
    }
    return render(request, "monitoring/frequency.html", context)


@require_http_methods(["GET", "POST"])
def evaluation(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The year's evaluation in the school's words."""
    plan_year = lookup.year_of(request.actor, code, year)
    at = stages_of(plan_year)
    initial = {"summary": plan_year.evaluation_summary, "revision": plan_year.revision}
    form = EvaluationForm(request.POST or None, initial=initial)
    theirs = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            stages.write_evaluation(
                plan_year, said["summary"], by=request.actor, revision=said["revision"]
            )
        except Conflict:
            theirs = plan_year.evaluation_summary
            form.data = {"summary": said["summary"], "revision": str(plan_year.revision)}
        else:
            notices.done(request, "Evaluación guardada.")
            return redirect("monitoring:evaluation", code, year)
    context = {
        "plan_year": plan_year,
        "form": form,
        "theirs": theirs,
        "stage": at[StageKind.EVALUATION],
        "may_write": rules.can_write_evaluation(request.actor, at),
    }
    return render(request, "monitoring/evaluation.html", context, status=409 if theirs else 200)
