"""How allauth behaves here: nobody signs up by themselves; people come by invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from mejora.core import links, wording

FEW = 2  # tries left from which they are told


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "El correo o la contraseña no coinciden.",
        "too_many_login_attempts": "Hubo demasiados intentos. Espere 10 minutos y pruebe de nuevo, "
        "o cree otra contraseña con «La olvidé».",
        "enter_current_password": "Esa no es su contraseña actual.",
        "incorrect_password": "Esa no es su contraseña.",
        "rate_limited": "Hubo demasiados intentos. Espere unos minutos y pruebe de nuevo.",
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """A wrong password says how many tries are left only when they are few."""
        error: ValidationError = super().validation_error(code, *args)
        left = self._tries_left() if code == "email_password_mismatch" else None
        if left is None or left > FEW:
            return error
        if left < 1:
            more = "Era el último intento: habrá que esperar 10 minutos."
        else:
            one = wording.plural(left, "Le queda,Le quedan")
            more = f"{one} {wording.counted(left, 'intento,intentos')} antes de esperar 10 minutos."
        return ValidationError(f"{error.message} {more}", code=code)

    def _tries_left(self) -> int | None:
        """By the narrowest of the limits that this try counted in; None outside signing in."""
        counted = getattr(self, "_login_failed_rl_usage", None)
        if not counted:
            return None
        rates = ratelimit.parse_rates(settings.ACCOUNT_RATE_LIMITS["login_failed"])
        left: list[int] = [
            rate.amount - len(cache.get(one.cache_key, []))
            for rate, one in zip(rates, counted.usage, strict=True)
        ]
        return min(left)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say what happened; allauth's own notices would repeat it."""

    def format_email_subject(self, subject: str) -> str:
        return f"Mejora: {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return links.absolute(path)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """To the account's own address; allauth looks in a table that is not in use here."""
        super().send_notification_mail(template_prefix, user, context, email or user.get_username())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count per address. allauth's own has the request's host and port in it, which
        whoever guesses passwords may vary at will."""
        return str(credentials.get("email") or "").strip().lower()
