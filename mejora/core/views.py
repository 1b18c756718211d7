"""Pages that anyone may read: help, what is kept, accessibility, shortcuts, and the components."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mejora.core import showroom


@login_not_required
@require_safe
def components_page(request: HttpRequest) -> HttpResponse:
    """Every component in every state: the living documentation, scanned by axe in the tests."""
    return render(request, "core/components.html", showroom.context(request))


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "core/help.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "core/privacy.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "core/accessibility.html")


@login_not_required
@require_safe
def shortcuts(request: HttpRequest) -> HttpResponse:
    return render(request, "core/shortcuts.html")
