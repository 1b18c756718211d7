"""The responsible's pages, made for a phone between two lessons: what is missing, one report, its
receipt."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mejora.core import notices
from mejora.core.decisions import Conflict, Refused
from mejora.files import checking
from mejora.monitoring import filing, grid, mine, rows
from mejora.monitoring.cells import CONFLICT, SAVED, UNTOUCHED
from mejora.monitoring.grid import Row
from mejora.monitoring.models import EvidenceUse
from mejora.monitoring.operations import undo as undoing
from mejora.monitoring.views import lookup
from mejora.monitoring.views.evidence import tell
from mejora.network.access import Deed
from mejora.network.middleware import SignedInRequest
from mejora.plans.enums import Entity
from mejora.plans.models import Action, Change, EvidenceRequirement, PlanYear


@require_GET
def listed(request: SignedInRequest) -> HttpResponse:
    found = mine.schools(request.actor)
    context = {
        "schools": found,
        "first_name": (request.user.name.split() or [request.user.email])[0],
        "missing_count": sum(len(school.missing) for school in found),
        "asked_count": sum(len(school.asked) for school in found),
        "late_count": sum(len(row.overdue) for school in found for row in school.rows),
        "month_names": sorted({school.month.name for school in found}),
    }
    return render(request, "monitoring/mine.html", context)


def _find(request: SignedInRequest, uid: UUID, slug: str | None) -> Row:
    """The action among those one may report, in the period asked for or the one that is due."""
    years = PlanYear.objects.visible_to(request.actor, Deed.REPORT_OWN)
    action = get_object_or_404(
        Action.objects.live().filter(plan_year__in=years).select_related("plan_year__school"),
        uid=uid,
    )
    plan_year = lookup.year_of(
        request.actor, action.plan_year.school.code, action.plan_year.year, Deed.REPORT_OWN
    )
    listed = lookup.periods_of(plan_year)
    due = lookup.due_period(plan_year, listed)
    if due is None:
        raise Http404("El año no tiene períodos de monitoreo.")
    period = lookup.period_of(listed, slug) if slug else due
    month = grid.read(plan_year, period, listed, request.actor, of=Q(pk=action.pk))
    if not month.rows:
        raise Http404("La acción está desactivada.")
    return month.rows[0]


@require_http_methods(["GET", "POST"])
def report(request: SignedInRequest, uid: UUID, slug: str | None = None) -> HttpResponse:
    """Milestones or level, files, a note; sent at once."""
    row = _find(request, uid, slug)
    outcome = None
    if request.method == "POST":
        try:
            outcome = rows.save(row, request.POST, by=request.actor)
        except Conflict:
            row = _find(request, uid, slug)
            outcome = rows.conflict(row, request.POST)
        except Refused as error:
            outcome = rows.failed(row, request.POST, error.reason)
        if outcome.state in {SAVED, UNTOUCHED}:
            _file(request, row)
            return redirect("monitoring:receipt", row.action.uid, row.month.period)
    if outcome:
        row.keep(outcome)
    context = {
        "row": row,
        "month": row.month,
        "detail": rows.detail(row),
        "proves": filing.choices(row.action),
        "review": rows.review(row) if row.is_asked else None,
        "requirements": EvidenceRequirement.objects.live().filter(action=row.action),
        "limits": checking.LIMITS,
        "with_photo": "foto" in request.GET,
    }
    status = 409 if outcome and outcome.state == CONFLICT else 422 if outcome else 200
    return render(request, "monitoring/report.html", context, status=status)


def _file(request: SignedInRequest, row: Row) -> None:
    """The report has arrived; now each file, kept or refused on its own. Where nobody said
    whether they show people, they count as if they did."""
    uploads = [*request.FILES.getlist("camera"), *request.FILES.getlist("uploads")]
    choice = request.POST.get("proves", "")
    if choice not in dict(filing.choices(row.action)):
        choice = ""
    shows_people = request.POST.get("shows_people") != "no"
    filed = filing.add(
        row.action, uploads, by=request.actor, choice=choice, shows_people=shows_people
    )
    tell(request, filed)


@require_GET
def receipt(request: SignedInRequest, uid: UUID, slug: str) -> HttpResponse:
    """What arrived, and the way back."""
    row = _find(request, uid, slug)
    if row.report is None:
        return redirect("monitoring:report", uid)
    changes = Change.objects.filter(plan_year=row.month.plan_year)
    last = changes.filter(entity=Entity.REPORT, entity_uid=row.report.uid).first()
    met = changes.filter(
        entity=Entity.MILESTONE_DONE,
        entity_uid__in=[tick.milestone.uid for tick in row.ticks],
        at=row.report.at,
        after__done_on__isnull=False,
    )
    mine_today = EvidenceUse.objects.live().filter(action=row.action, by=request.user)
    context = {
        "row": row,
        "month": row.month,
        "new_milestones": [change.label for change in met],
        "uses": mine_today.filter(at__gte=row.report.at).select_related("file"),
        "may_undo": last is not None and last.by_id == request.user.pk,
    }
    return render(request, "monitoring/receipt.html", context)


@require_POST
def undo(request: SignedInRequest, uid: UUID, slug: str) -> HttpResponse:
    row = _find(request, uid, slug)
    undoing.undo_report(row.action, row.month.period, by=request.actor)
    notices.done(request, "Informe deshecho.", f"«{row.action.name}» quedó como estaba antes.")
    return redirect("monitoring:my_actions")
