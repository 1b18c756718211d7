"""Evidence: the list of an action, filing, taking away, bringing back; and the files themselves."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mejora.core import notices
from mejora.files import checking
from mejora.files.sending import sent
from mejora.monitoring import filing, rules
from mejora.monitoring.forms import EvidenceForm
from mejora.monitoring.models import EvidenceUse
from mejora.monitoring.operations import evidence
from mejora.monitoring.views import lookup
from mejora.network.access import Actor, Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans.models import Action, EvidenceRequirement, PlanYear
from mejora.plans.rules import stages_of


def _visible(actor: Actor) -> QuerySet[EvidenceUse]:
    years = PlanYear.objects.visible_to(actor, Deed.SEE_EVIDENCE)
    found = EvidenceUse.objects.filter(action__plan_year__in=years)
    return found.select_related("file", "action__plan_year__school", "milestone", "requirement")


@require_http_methods(["GET", "POST"])
def of_action(request: SignedInRequest, code: str, year: int, uid: UUID) -> HttpResponse:
    """What proves one action, and filing more. Files that arrive one by one (with JavaScript) are
    answered with their row of the list."""
    plan_year = lookup.year_of(request.actor, code, year, Deed.SEE_EVIDENCE)
    action = lookup.action_of(plan_year, uid)
    may_add = rules.can_report(request.actor, stages_of(plan_year), action)
    choices = filing.choices(action)
    form = EvidenceForm(request.POST or None, request.FILES or None, choices=choices)
    if request.method == "POST":
        if form.is_valid():
            return _file(request, plan_year, action, form)
        if request.htmx:
            reasons = [str(error) for errors in form.errors.values() for error in errors]
            return HttpResponse(" ".join(reasons), content_type="text/plain", status=422)
    listed = _visible(request.actor).filter(action=action, removed_at__isnull=True)
    proved = listed.filter(requirement__isnull=False).values("requirement")
    context = {
        "plan_year": plan_year,
        "action": action,
        "uses": listed.select_related("by"),
        "lacking": EvidenceRequirement.objects.live().filter(action=action).exclude(pk__in=proved),
        "form": form,
        "proves": choices,
        "chosen": request.POST.get("proves", request.GET.get("prueba", "")),
        "may_add": may_add,
        "limits": checking.LIMITS,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "monitoring/evidence.html", context, status=status)


def _file(
    request: SignedInRequest, plan_year: PlanYear, action: Action, form: EvidenceForm
) -> HttpResponse:
    cleaned = form.cleaned_data
    filed = filing.add(
        action,
        cleaned["uploads"],
        by=request.actor,
        choice=cleaned["proves"],
        shows_people=cleaned["shows_people"],
    )
    if request.htmx:
        if filed.refused:
            return HttpResponse(filed.refused[0][1], content_type="text/plain", status=422)
        context = {"uses": [*filed.kept, *filed.again], "may_add": True, "again": filed.again}
        return render(request, "monitoring/evidence_rows.html", context)
    tell(request, filed)
    return redirect("monitoring:evidence", plan_year.school.code, plan_year.year, action.uid)


def tell(request: SignedInRequest, filed: filing.Filed) -> None:
    """One notice for what was kept, one for each refusal."""
    names = ", ".join(f"«{use.file.original_name}»" for use in filed.kept)
    if filed.kept:
        notices.done(request, "Evidencia guardada.", names)
    for use in filed.again:
        name = f"«{use.file.original_name}»"
        notices.soon(request, "Ese archivo ya era evidencia de esta acción.", name)
    for name, reason in filed.refused:
        notices.failed(request, f"No se guardó «{name}».", reason)


def _back(use: EvidenceUse) -> HttpResponse:
    year = use.action.plan_year
    return redirect("monitoring:evidence", year.school.code, year.year, use.action.uid)


@require_POST
def remove(request: SignedInRequest, uid: UUID) -> HttpResponse:
    use = get_object_or_404(_visible(request.actor), uid=uid)
    evidence.remove_evidence(use, by=request.actor)
    undo = reverse("monitoring:evidence_restore", args=(use.uid,))
    if request.htmx:
        return render(request, "monitoring/evidence_removed.html", {"use": use, "undo_url": undo})
    notices.done(request, "Evidencia en la papelera.", f"«{use.file}»", undo=undo)
    return _back(use)


@require_POST
def restore(request: SignedInRequest, uid: UUID) -> HttpResponse:
    use = get_object_or_404(_visible(request.actor), uid=uid)
    use = evidence.restore_evidence(use, by=request.actor)
    if request.htmx:
        context = {"uses": [use], "may_add": True, "again": []}
        return render(request, "monitoring/evidence_rows.html", context)
    notices.done(request, "Evidencia recuperada.", f"«{use.file}»")
    return _back(use)


@require_GET
def file(request: SignedInRequest, uid: UUID, name: str) -> FileResponse:
    """The file itself, to whoever may see the action's evidence."""
    use = get_object_or_404(_visible(request.actor), uid=uid, removed_at__isnull=True)
    return sent(use.file)
