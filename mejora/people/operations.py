"""What changes an account."""

from __future__ import annotations

from mejora.people.models import User


def create_account(*, email: str, name: str, position: str, phone: str, password: str) -> User:
    """The account of somebody who showed that they read the mail of `email`.

    The caller has checked the password against the rules of the installation.
    """
    return User.objects.create_user(email, password, name=name, position=position, phone=phone)


def update_account(user: User, *, name: str, position: str, phone: str) -> User:
    """What a person says of themselves. The address is who they are here, so it stays."""
    user.name, user.position, user.phone = name, position, phone
    user.save(update_fields=["name", "position", "phone"])
    return user
