"""Bringing files in: choose, review, save; nothing is saved before it was looked at."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mejora.core import notices, sheets_out
from mejora.core.components import Job
from mejora.core.decisions import Refused, require
from mejora.core.sheets_out import Table
from mejora.network import navigation, operations, rules
from mejora.network.enums import BatchKind, BatchState
from mejora.network.forms import ImportForm, RosterForm
from mejora.network.importers import parts, templates
from mejora.network.importers.kinds import KINDS
from mejora.network.middleware import SignedInRequest
from mejora.network.models import ImportBatch
from mejora.network.reports import arrivals, issues, ways

PER_PAGE = 30
MOST_IN_A_BOOK = 20_000  # rows: more take seconds to write, and Excel opens the CSV as well
ISSUE_CUTS = {"errores": True, "avisos": False}


@require_safe
def import_list(request: SignedInRequest) -> HttpResponse:
    """The kinds of file that the person may bring in, and the history of what came in."""
    require(rules.can_see_imports(request.actor))
    found = ImportBatch.objects.visible_to(request.actor)
    found = found.select_related("by", "applied_by", "school", "owner")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "page": page,
        "rows": [(batch, operations.is_cut(batch)) for batch in page],
        "groups": ways.groups(request.actor),
    }
    return render(request, "network/import_list.html", context)


@require_http_methods(["GET", "POST"])
def import_new(request: SignedInRequest) -> HttpResponse:
    """A file and what it is; its review begins at once, as a job."""
    choices = ways.choices(request.actor)
    require(rules.can_see_imports(request.actor) if choices else rules.can_import(request.actor))
    first = {"kind": request.GET.get("tipo") or choices[0][0]}
    form = ImportForm(*_sent(request), initial=first, kinds=choices)
    if request.method == "POST" and form.is_valid():
        kind = BatchKind(form.cleaned_data["kind"])
        batch = operations.receive(
            form.cleaned_data["file"],
            kind=kind,
            year=form.cleaned_data["year"],
            by=request.actor,
            owner=ways.place_of(request.actor, kind),
        )
        operations.queue_check(batch)
        return redirect("network:batch", pk=batch.pk)
    status = 422 if form.errors else 200
    owner = ways.owner_of(request.actor)
    context = {"form": form, "owner": owner, "is_only": len(choices) == 1}
    return render(request, "network/import_new.html", context, status=status)


def _sent(request: SignedInRequest) -> tuple[Any, Any]:
    """What was sent, though it be empty; nothing when the page is only opened."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


@require_http_methods(["GET", "POST"])
def import_roster(request: SignedInRequest) -> HttpResponse:
    """The roster without a file: all functioning schools of what is chosen."""
    require(rules.can_import(request.actor))
    form = RosterForm(_sent(request)[0])
    if request.method == "POST" and form.is_valid():
        batch = operations.choose_roster(form.selection(), by=request.actor)
        return redirect("network:batch", pk=batch.pk)
    status = 422 if form.errors else 200
    return render(request, "network/import_roster.html", {"form": form}, status=status)


@require_safe
def import_template(request: SignedInRequest, kind: str, ending: str) -> HttpResponse:
    """A template of ours to fill in, as CSV or XLSX."""
    if kind not in templates.TEMPLATES or ending not in _WRITERS:
        require(rules.can_see_imports(request.actor))
        raise Http404
    made = BatchKind(kind)
    require(rules.can_bring(request.actor, made, owner=ways.place_of(request.actor, made)))
    return _download(templates.table(made), ending)


_WRITERS: dict[str, tuple[Callable[[io.BytesIO, Table], None], str]] = {
    "csv": (sheets_out.write_csv, sheets_out.CSV_MIME),
    "xlsx": (sheets_out.write_xlsx, sheets_out.XLSX_MIME),
}


@require_safe
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """One import from its first row to what it left: progress, review, result."""
    found = found_batch(request, pk)
    if found.state in rules.RUNNING:
        return _running(request, found)
    if request.htmx:  # the job that polled is over: the whole page has the result
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    context = {
        **_frame(found),
        **_ways(found),
        "may_land": rules.can_land(request.actor, found),
        "may_discard": rules.can_discard(request.actor, found),
        "may_undo": rules.can_undo(request.actor, found),
        "may_mend": rules.can_mend(request.actor, found),
        "may_read_as": rules.can_read_as(request.actor, found),
        "errors": issues.causes(found, is_error=True),
        "warnings": issues.warnings(found),
        "absent": issues.absent_count(found),
        "kept": issues.kept(found),
        "kept_count": issues.kept_count(found),
        "has_sheets": issues.has_sheets(found),
        "news": arrivals.news(found),
        "past": arrivals.past_count(found),
        "accepted": operations.accepted(found),
    }
    return render(request, "network/batch.html", context)


def found_batch(request: SignedInRequest, pk: int) -> ImportBatch:
    """The batch, for whoever may bring such a file in itself."""
    found = ImportBatch.objects.visible_to(request.actor)
    places = ("school__commune", "owner")
    return get_object_or_404(found.select_related("by", "applied_by", "file", *places), pk=pk)


def _frame(found: ImportBatch) -> dict[str, Any]:
    kind = KINDS[BatchKind(found.kind)]
    return {"batch": found, "noun": ",".join(kind.noun), "nouns": kind.noun[1]}


def _things(found: ImportBatch) -> str:
    """What a row is about, as the heading of a table: schools are known by their RBD."""
    if found.kind == BatchKind.SLEPS:
        return "Comuna"
    return "Escuela" if KINDS[BatchKind(found.kind)].place is None else "Qué es"


def _ways(found: ImportBatch) -> dict[str, str]:
    """Where one goes on from here: another file of this kind, and what it was brought into."""
    if found.school is None:
        again = f"{reverse('network:import_new')}?tipo={found.kind}"
        view, word = ways.RESULTS.get(found.kind, ("network:school_list", "las escuelas"))
        return {
            "again_url": again,
            "result_url": navigation.address(view),
            "result_word": word,
        }
    code, year = found.school.code, found.year or 0
    return {
        "again_url": navigation.address("plans:files", code),
        "result_url": navigation.address("plans:detail", code, year),
        "result_word": "el plan",
    }


def _running(request: SignedInRequest, found: ImportBatch) -> HttpResponse:
    is_cut = operations.is_cut(found)
    context = {
        **_frame(found),
        "job": _job(found, is_cut=is_cut),
        "is_cut": is_cut,
        "is_saving": found.state in rules.SAVING,
        "unit": _unit(found),
        "may_undo": rules.can_undo(request.actor, found),
    }
    if request.htmx:
        return render(request, "components/job.html", context)
    return render(request, "network/batch_running.html", context)


def _job(found: ImportBatch, *, is_cut: bool) -> Job:
    here = reverse("network:batch", args=[found.pk])
    saving = found.state in rules.SAVING
    by_parts = saving and _unit(found)
    everything = parts.total(found) if by_parts else operations.accepted(found)
    return Job(
        title=f"{_VERBS.get(found.state, 'Revisando')} {found.file_name or 'la nómina'}",
        done=found.progress if by_parts or not saving else 0,
        total=everything if saving else max(found.rows_read, found.progress),
        unit=_unit(found) if saving else "",
        left="" if saving else _left(found),
        state="failed" if is_cut else "waiting" if _waits(found) else "running",
        cancel_url="" if saving else reverse("network:batch_discard", args=[found.pk]),
        poll_url="" if is_cut else here,
    )


def _unit(found: ImportBatch) -> str:
    """By what it is saved part by part ("escuelas"); "" for what is saved at once."""
    land = KINDS[BatchKind(found.kind)].land
    return land.noun[1] if isinstance(land, parts.Parts) else ""


_VERBS = {BatchState.APPLYING.value: "Guardando", BatchState.UNDOING.value: "Deshaciendo"}


def _waits(found: ImportBatch) -> bool:
    return found.state == BatchState.WAITING


def _left(found: ImportBatch) -> str:
    """How long the rest will take at the pace so far; nothing while that cannot be told."""
    if not found.progress or found.progress >= found.rows_read:
        return ""
    gone = (timezone.now() - found.at).total_seconds()
    seconds = round(gone * (found.rows_read - found.progress) / found.progress)
    return f"quedan unos {seconds} s" if seconds < 90 else f"quedan unos {round(seconds / 60)} min"


@require_safe
def batch_rows(request: SignedInRequest, pk: int, cut: str) -> HttpResponse:
    """The rows behind a figure of the review, in words."""
    found = found_batch(request, pk)
    if cut not in arrivals.CUTS:
        raise Http404
    page = Paginator(arrivals.rows(found, cut), PER_PAGE).get_page(request.GET.get("pagina"))
    title, note = arrivals.CUTS[cut]
    context = {
        **_frame(found),
        "page": page,
        "rows": arrivals.arrivals(found, page),
        "title": title,
        "note": note,
        "things": _things(found),
    }
    return render(request, "network/batch_rows.html", context)


@require_safe
def batch_issues(request: SignedInRequest, pk: int, cut: str) -> HttpResponse:
    """Errors or warnings one by one; `causa` and `columna` narrow them to equal ones."""
    found = found_batch(request, pk)
    if cut not in ISSUE_CUTS:
        raise Http404
    code, column = request.GET.get("causa", ""), request.GET.get("columna", "")
    sheets = issues.has_sheets(found)
    listed = issues.listed(found, is_error=ISSUE_CUTS[cut], code=code, column=column)
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("pagina"))
    query = urlencode({"causa": code, "columna": column}) if code else ""
    context = {**_frame(found), "page": page, "cut": cut, "code": code, "query": query}
    context["has_sheets"] = sheets
    return render(request, "network/batch_issues.html", context)


@require_safe
def batch_issues_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that was wrong or odd, for a spreadsheet."""
    return _download(issues.table(found_batch(request, pk)), "csv")


@require_safe
def batch_issues_xlsx(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same as a workbook, while it is short enough to be written at once."""
    table = issues.table(found_batch(request, pk))
    if table.count > MOST_IN_A_BOOK:
        return redirect("network:batch_issues_csv", pk=pk)
    return _download(table, "xlsx")


def _download(table: Table, ending: str) -> HttpResponse:
    write, mime = _WRITERS[ending]
    content = io.BytesIO()
    write(content, table)
    headers = {"Content-Disposition": f'attachment; filename="{table.name}.{ending}"'}
    return HttpResponse(content.getvalue(), content_type=mime, headers=headers)


@require_POST
def batch_land(request: SignedInRequest, pk: int) -> HttpResponse:
    found = found_batch(request, pk)
    try:
        operations.approve(found, by=request.actor)
    except Refused as refusal:
        notices.failed(request, "No se importó.", refusal.reason)
    return redirect("network:batch", pk=pk)


@require_POST
def batch_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    found = found_batch(request, pk)
    try:
        operations.discard(found, by=request.actor)
    except Refused as refusal:
        notices.failed(request, "No se descartó.", refusal.reason)
        return redirect("network:batch", pk=pk)
    notices.done(request, "Carga descartada.", "No cambió nada en Mejora.")
    return redirect("network:import_list")


@require_POST
def batch_resume(request: SignedInRequest, pk: int) -> HttpResponse:
    found = found_batch(request, pk)
    try:
        operations.resume(found, by=request.actor)
    except Refused as refusal:
        notices.soon(request, "El trabajo sigue.", refusal.reason)
    return redirect("network:batch", pk=pk)


@require_POST
def batch_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    found = found_batch(request, pk)
    try:
        operations.undo(found, by=request.actor)
    except Refused as refusal:
        notices.failed(request, "No se deshizo.", refusal.reason)
    return redirect("network:batch", pk=pk)
