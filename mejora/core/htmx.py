"""One address, two sizes of answer: the whole page, or the part that htmx asked for."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_part(
    request: HttpRequest,
    template: str,
    part: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render the whole page, or only the named partial when htmx asked for it."""
    is_htmx = bool(getattr(request, "htmx", False))
    name = f"{template}#{part}" if is_htmx else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
