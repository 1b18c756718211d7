"""The shape of what people type about themselves: signing in, a new account, their own data."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from mejora.core.forms import AnyModelForm
from mejora.people.models import User

PASSWORD_HELP = "Al menos 12 caracteres. Sirve una frase corta que solo usted recuerde."  # noqa: S105 - a hint, not a password


def _word(field: forms.Field, label: str, missing: str, hint: str = "") -> None:
    """Our words on a field of allauth's, without its placeholder."""
    field.label, field.help_text = label, hint
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)


class LoginForm(AllauthLoginForm):  # type: ignore[misc] # allauth has no types
    """E-mail and password; a wrong pair never tells which half was wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["login"], "Correo electrónico", "Escriba su correo.")
        _word(self.fields["password"], "Contraseña", "Escriba su contraseña.")
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc] # allauth has no types
    """The address to which the link goes. The answer is the same whether it has an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["email"], "Correo electrónico", "Escriba su correo.")


class ResetPasswordKeyForm(AllauthResetPasswordKeyForm):  # type: ignore[misc] # no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self)


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc] # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["oldpassword"], "Contraseña actual", "Escriba su contraseña actual.")
        _new_password(self)


def _new_password(form: forms.Form) -> None:
    missing = "Escriba la contraseña nueva."
    _word(form.fields["password1"], "Contraseña nueva", missing, PASSWORD_HELP)
    _word(form.fields["password2"], "Contraseña nueva, otra vez", "Escríbala otra vez.")


class AccountForm(AnyModelForm):
    """A person's own name, position and telephone."""

    class Meta:
        model = User
        fields = ("name", "position", "phone")
        labels = {"name": "Nombre y apellido", "position": "Cargo", "phone": "Teléfono"}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "position": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }
        error_messages = {"name": {"required": "Escriba su nombre y apellido."}}


class NewAccountForm(AccountForm):
    """The first time: the same, and a password typed once, which can be shown."""

    password = forms.CharField(
        label="Contraseña",
        strip=False,
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Escriba una contraseña."},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.email = email

    def clean(self) -> dict[str, Any]:
        """Judge the password with the person's name and address at hand."""
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.get("password")
        if password:
            person = User(email=self.instance.email, name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
