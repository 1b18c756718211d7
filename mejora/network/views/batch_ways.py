"""Going on with a file that is there: read as what it seems to be, or with a cell mended."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from mejora.core import notices
from mejora.core.decisions import Refused
from mejora.network import operations
from mejora.network.middleware import SignedInRequest
from mejora.network.reports import ways
from mejora.network.views.imports import found_batch


@require_POST
def batch_as(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same file as a batch of the kind that it was recognised as."""
    found = found_batch(request, pk)
    try:
        batch = operations.read_as(found, by=request.actor, owner=ways.owner_of(request.actor))
    except Refused as refusal:
        notices.failed(request, "No se siguió con el archivo.", refusal.reason)
        return redirect("network:batch", pk=pk)
    return redirect("network:batch", pk=batch.pk)


@require_POST
def batch_fix(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read a cell, wherever the file says the same, as the one sure answer."""
    found = found_batch(request, pk)
    said = (request.POST.get(name, "") for name in ("column", "value", "fix"))
    try:
        operations.mend(found, *said, by=request.actor)
    except Refused as refusal:
        notices.failed(request, "No se arregló.", refusal.reason)
    return redirect("network:batch", pk=pk)
