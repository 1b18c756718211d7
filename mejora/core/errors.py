"""Pages for what went wrong, in Spanish and with a way on."""

import contextlib

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PIECE, MOST_TO_DISCARD = 1 << 20, 512 << 20


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        _discard(request)
    return render(request, "400.html", status=400)


def _discard(request: HttpRequest) -> None:
    """Take in what is still being sent, and keep nothing of it: a browser shows the answer only
    once it has sent everything; cut off before, it shows a broken connection."""
    source = getattr(request, "environ", {}).get("wsgi.input")
    left = min(int(request.META.get("CONTENT_LENGTH") or 0), MOST_TO_DISCARD)
    with contextlib.suppress(OSError):
        while source and left > 0 and (piece := source.read(min(PIECE, left))):
            left -= len(piece)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # No context processor: whatever broke may be what they ask.
    return HttpResponse(_static_500(), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(
        request,
        "403.html",
        {
            "reason": "La página estuvo abierta mucho tiempo o el navegador no aceptó las cookies. "
            "Vuelva atrás, recárguela y envíela de nuevo."
        },
        status=403,
    )


def _static_500() -> str:
    from django.template.loader import get_template

    return get_template("500.html").render({})
