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
    unread = models.PositiveIntegerField("avisos sin leer", default=0, db_default=0)
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


class Notification(models.Model):
    """Aviso: something happened to what is this person's. `href` is an address of this
    installation, which asks again what its reader may see. `User.unread` counts the unread ones,
    so that the bell costs no query."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    at = models.DateTimeField("cuándo")
    title = models.CharField("qué", max_length=160)
    detail = models.CharField("detalle", max_length=300, blank=True)
    href = models.CharField("dónde", max_length=300)
    read_at = models.DateTimeField("leído", null=True, blank=True)

    class Meta:
        verbose_name = "aviso"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="notification_of_person")]

    def __str__(self) -> str:
        return self.title
