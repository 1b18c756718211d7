"""What is typed to invite somebody."""

from __future__ import annotations

from typing import Any

from django import forms

from mejora.network.enums import Role


class InviteForm(forms.Form):
    """An address and one of the roles that the person may give here."""

    email = forms.EmailField(
        label="Correo electrónico",
        help_text="El de la propia persona: no se comparten cuentas.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Escriba el correo de la persona.",
            "invalid": "Escriba un correo completo, como nombre@escuela.cl.",
        },
    )
    role = forms.ChoiceField(
        label="Rol",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Elija un rol.",
            "invalid_choice": "Elija uno de los roles de la lista.",
        },
    )

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(role.value, role.label) for role in roles]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])
