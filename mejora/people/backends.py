"""Who may sign in."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser


class EmailBackend(AuthenticationBackend):  # type: ignore[misc] # allauth has no types
    """By e-mail and password; the sample's accounts only where nobody else can reach."""

    def user_can_authenticate(self, user: AbstractBaseUser) -> bool:
        if getattr(user, "is_sample", False) and not settings.SAMPLE_SIGN_IN:
            return False
        return bool(super().user_can_authenticate(user))

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().get_user(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def _check_password(
        self, user: AbstractBaseUser | None, password: str
    ) -> AbstractBaseUser | None:
        """Closed and sample accounts fail like a wrong password.

        allauth keeps them aside and signs them in to a page that says they are closed: that would
        tell a stranger that the password was right.
        """
        if user is None:
            return None
        self._did_check_password = True
        fits = user.check_password(password) and self.user_can_authenticate(user)
        return user if fits else None
