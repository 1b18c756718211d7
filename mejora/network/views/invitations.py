"""Answering an invitation: the one page besides signing in that strangers may open."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mejora.core import notices
from mejora.core.decisions import Refused
from mejora.network import memberships_operations as operations
from mejora.network.invitations import Invitation, token_hash
from mejora.people.forms import NewAccountForm
from mejora.people.models import User

BACKEND = "mejora.people.backends.EmailBackend"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What is offered and by whom; a new person sets name and password, a known one accepts."""
    found = Invitation.objects.with_places().filter(token_hash=token_hash(token)).first()
    if found is None:
        return _closed(request, "Este enlace no corresponde a ninguna invitación.", status=404)
    if reason := operations.is_closed(found):
        return _closed(request, reason, status=410)
    account = User.objects.filter(email=found.email).first()
    try:
        if account is None:
            return _as_new(request, found)
        return _as_known(request, found, account)
    except Refused as refusal:
        return _closed(request, refusal.reason, status=409)


def _as_new(request: HttpRequest, found: Invitation) -> HttpResponse:
    other = _other(request, found)
    form = NewAccountForm(request.POST or None, email=found.email)
    if request.method == "POST" and other is None and form.is_valid():
        user = operations.accept_as_new(found, **form.cleaned_data)
        login(request, user, backend=BACKEND)
        notices.done(request, f"Su cuenta está lista, {user.name}.", f"Participa en {found.place}.")
        return redirect("home")
    context = {"invitation": found, "form": form, "other": other}
    return render(request, "network/invitation.html", context)


def _as_known(request: HttpRequest, found: Invitation, account: User) -> HttpResponse:
    """The address has an account: its role is added, and its own password opens it."""
    other = _other(request, found)
    if request.method == "POST" and other is None:
        operations.accept(found, as_user=account)
        notices.done(request, f"Ya participa en {found.place}.", found.get_role_display())
        return redirect("home")
    context = {"invitation": found, "form": None, "other": other, "account": account}
    return render(request, "network/invitation.html", context)


def _other(request: HttpRequest, found: Invitation) -> str | None:
    """The address of whoever is signed in on this browser, where it is not the invited one."""
    if not request.user.is_authenticated or request.user.email == found.email:
        return None
    return str(request.user.email)


def _closed(request: HttpRequest, reason: str, *, status: int) -> HttpResponse:
    context = {"reason": reason}
    return render(request, "network/invitation_closed.html", context, status=status)
