"""The files that were prepared for a person: list, progress, download."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mejora.core import notices
from mejora.core.components import Job
from mejora.core.decisions import Refused, require
from mejora.network.access import Actor
from mejora.network.middleware import SignedInRequest
from mejora.reports import operations, rules
from mejora.reports.enums import ExportState
from mejora.reports.models import Export
from mejora.reports.prepared import KINDS

PER_PAGE = 30


@require_safe
def listing(request: SignedInRequest) -> HttpResponse:
    found = Export.objects.visible_to(request.actor).listed().select_related("file")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    now = timezone.now()
    rows = [(export, _state(export)) for export in page]
    context = {"page": page, "rows": rows, "now": now, "days": operations.KEPT.days}
    return render(request, "reports/files.html", context)


def _state(export: Export) -> tuple[str, str]:
    """The mark and the word of a line of the list."""
    now = timezone.now()
    if rules.is_cut(export, now):
        return "late", "Se cortó"
    if export.state == ExportState.READY and export.is_expired(now):
        return "closed", ExportState.EXPIRED.label
    marks = {
        ExportState.READY: "done",
        ExportState.FAILED: "late",
        ExportState.CANCELLED: "closed",
        ExportState.EXPIRED: "closed",
    }
    return marks.get(ExportState(export.state), "waiting"), export.get_state_display()


@require_safe
def page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """One file from its asking on; to htmx the part that tells how far it is."""
    export = _mine(request.actor, uid)
    now = timezone.now()
    running = export.state in rules.UNDER_WAY and not rules.is_cut(export, now)
    if request.htmx and not running:  # what was polled is over: the whole page has the result
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    author = operations.author_of(export)
    context = {
        "export": export,
        "job": _job(export) if running else None,
        "noun": KINDS[export.kind].noun if export.kind in KINDS else "",
        "is_cut": rules.is_cut(export, now),
        "is_expired": export.state == ExportState.EXPIRED or export.is_expired(now),
        "may_download": rules.can_download(author, export),
        "may_resume": rules.can_resume(author, export),
        "may_delete": rules.can_delete(author, export),
    }
    part = "components/job.html" if request.htmx else "reports/file.html"
    return render(request, part, context)


def _mine(actor: Actor, uid: UUID) -> Export:
    found = Export.objects.visible_to(actor).listed().select_related("file", "by")
    return get_object_or_404(found, uid=uid)


def _job(export: Export) -> Job:
    waits = export.state == ExportState.WAITING or not export.total
    return Job(
        title=f"Preparando {export.title}",
        done=export.done,
        total=export.total,
        left=_left(export),
        state="waiting" if waits else "running",
        cancel_url=reverse("reports:file_cancel", args=[export.uid]),
        poll_url=reverse("reports:file", args=[export.uid]),
    )


def _left(export: Export) -> str:
    """How long the rest will take at the pace so far; nothing while that cannot be told."""
    if not export.done or export.done >= export.total or not export.started_at:
        return ""
    gone = ((export.heartbeat_at or timezone.now()) - export.started_at).total_seconds()
    seconds = max(round(gone * (export.total - export.done) / export.done), 1)
    return f"quedan unos {seconds} s" if seconds < 90 else f"quedan unos {round(seconds / 60)} min"


@require_safe
def download(request: SignedInRequest, uid: UUID) -> FileResponse:
    """The file, while its author still has the place from which it was asked for."""
    export = _mine(request.actor, uid)
    require(rules.can_download(operations.author_of(export), export))
    if export.file is None:
        raise Http404
    try:
        content = default_storage.open(export.file.path)
    except FileNotFoundError as error:
        raise Http404("El archivo no está en el almacén.") from error
    response = FileResponse(
        content,
        as_attachment=True,
        filename=export.file.original_name,
        content_type=export.file.mime,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def cancel(request: SignedInRequest, uid: UUID) -> HttpResponse:
    export = _mine(request.actor, uid)
    try:
        operations.cancel(export, by=request.actor)
    except Refused as refusal:
        notices.failed(request, "No se canceló.", refusal.reason)
        return redirect("reports:file", uid)
    notices.done(request, "Cancelado.", f"No se preparó «{export.title}».")
    return redirect("reports:files")


@require_POST
def resume(request: SignedInRequest, uid: UUID) -> HttpResponse:
    export = _mine(request.actor, uid)
    try:
        operations.resume(export, by=operations.author_of(export))
    except Refused as refusal:
        notices.failed(request, "No se retomó.", refusal.reason)
    return redirect("reports:file", uid)


@require_POST
def delete(request: SignedInRequest, uid: UUID) -> HttpResponse:
    export = _mine(request.actor, uid)
    try:
        operations.delete(export, by=request.actor)
    except Refused as refusal:
        notices.failed(request, "No se eliminó.", refusal.reason)
        return redirect("reports:file", uid)
    notices.done(request, "Archivo eliminado.", f"«{export.title}»")
    return redirect("reports:files")
