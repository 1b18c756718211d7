"""The person who signs in. Where they work and as what stands in network.Membership."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person by e-mail; without a password they enter by the link of their invitation."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """One account per person, never shared; ended accounts keep their history.

    Without `has_account` it is only a name, as a school's record brought it from another
    installation: nobody signs in with it, and no mail is sent there.
    """

    email = models.EmailField("correo electrónico", unique=True)
    name = models.CharField("nombre", max_length=120)
    position = models.CharField("cargo", max_length=80, blank=True)
    phone = models.CharField("teléfono", max_length=30, blank=True)
    is_active = models.BooleanField("activa", default=True)
    has_account = models.BooleanField("con cuenta", default=True, db_default=True)
    is_sample = models.BooleanField("de ejemplo", default=False)
    date_joined = models.DateTimeField("desde", default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = "persona"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_whatever_case",
                violation_error_message="Ya hay una cuenta con ese correo.",
            ),
            models.CheckConstraint(
                condition=Q(has_account=True) | Q(is_active=False),
                name="user_name_signs_in_nowhere",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = [w for w in self.name.split() if w[:1].isalpha()]
        if not words:
            return self.email[:2].upper()
        second = words[1] if len(words) > 1 else words[0][1:]
        return (words[0][0] + second[:1]).upper()

    @property
    def short_name(self) -> str:
        """ "Rodrigo C.": what fits in a table, told in full beside it."""
        words = self.name.split()
        return f"{words[0]} {words[1][0]}." if len(words) > 1 else self.name
