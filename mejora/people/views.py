"""Signing in and the person's own account. The rest of signing in is allauth's."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.views import LoginView, PasswordChangeView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mejora.core import notices
from mejora.people import operations
from mejora.people.accounts import SAMPLE_PASSWORD, sample_accounts
from mejora.people.forms import AccountForm
from mejora.people.models import Notification, User


class SignInView(LoginView):  # type: ignore[misc] # allauth has no types
    """allauth's, with the sample's accounts at hand where they may be used."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.SAMPLE_SIGN_IN:
            context |= {"sample_accounts": sample_accounts(), "sample_password": SAMPLE_PASSWORD}
        else:
            context |= {"sample_accounts": [], "sample_password": ""}
        return context


class ChangePasswordView(PasswordChangeView):  # type: ignore[misc] # allauth has no types
    """allauth's; afterwards every other session of the person is over."""

    success_url = reverse_lazy("people:account")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        notices.done(self.request, "Contraseña cambiada.", "Sus otras sesiones se cerraron.")
        return response


PER_PAGE = 30

sign_in = SignInView.as_view()
change_password = ChangePasswordView.as_view()


@login_not_required
@require_GET
def by_invitation(request: HttpRequest) -> HttpResponse:
    """Where others have "create an account": here it says how people come in."""
    notices.add(
        request,
        notices.Notice(
            "info",
            "Las cuentas se crean por invitación.",
            "Pídala a la dirección de su escuela o a su sostenedor.",
        ),
    )
    return redirect("account_login")


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own name, position and telephone; where one works is shown, not changed, here."""
    # Read apart: what was typed but refused must not stand in the header.
    person = User.objects.get(pk=cast(User, request.user).pk)
    form = AccountForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        operations.update_account(person, **form.cleaned_data)
        notices.done(request, "Sus datos quedaron guardados.")
        return redirect("people:account")
    return render(request, "people/account.html", {"form": form, "person": person})


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """The person's avisos, the newest first."""
    found = Notification.objects.filter(user=cast(User, request.user))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    return render(request, "people/notifications.html", {"page": page})


@require_POST
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to what the aviso is about; from then on it is read."""
    user = cast(User, request.user)
    found = get_object_or_404(Notification, user=user, pk=pk)
    operations.mark_read(user, pk)
    return redirect(found.href)


@require_POST
def all_read(request: HttpRequest) -> HttpResponse:
    operations.mark_read(cast(User, request.user))
    return redirect("people:notifications")
