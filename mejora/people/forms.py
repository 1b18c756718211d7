"""Sign-in, in our words."""

from allauth.account.forms import LoginForm as AllauthLoginForm


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """E-mail and password; a wrong pair never tells which half was wrong."""
