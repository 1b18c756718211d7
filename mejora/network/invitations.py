"""How people come to a place: an invitation by link, and the diary of who came and who left.

These models stand apart from `models.py`, which imports this module so that Django finds them.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import models
from django.db.models import F, Q

from mejora.network.enums import PlaceKind, Role
from mejora.network.models import (
    Country,
    Membership,
    Owner,
    Region,
    School,
    SupervisionOffice,
    role_fits_place,
)
from mejora.people.models import User

VALID_FOR = dt.timedelta(days=14)


def token_hash(token: str) -> str:
    """What is stored of a link: enough to recognise it, not to open it."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn; it may have expired, and then it can be sent again."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def with_places(self) -> InvitationQuerySet:
        return self.select_related(
            "invited_by", "school__commune", "owner", "office__region", "region", "country"
        )


class Invitation(models.Model):
    """A role at a place, offered to whoever reads the mail of an address. The link opens once."""

    email = models.EmailField("correo electrónico")
    role = models.CharField("rol", max_length=14, choices=Role)
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    owner = models.ForeignKey(
        Owner, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    office = models.ForeignKey(
        SupervisionOffice, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    # NULL: whoever administers the installation, by the command `user add`.
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("enviada")
    expires_at = models.DateTimeField("vence")
    accepted_at = models.DateTimeField("aceptada", null=True)
    membership = models.OneToOneField(
        Membership, on_delete=models.PROTECT, null=True, related_name="invitation"
    )
    revoked_at = models.DateTimeField("retirada", null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=role_fits_place(), name="invitation_role_fits_place"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, membership__isnull=True)
                | Q(accepted_at__isnull=False, membership__isnull=False),
                name="invitation_accepted_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_accepted_or_revoked",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("at")), name="invitation_expires_after_it_is_sent"
            ),
            *(
                models.UniqueConstraint(
                    fields=["email", "role", kind],
                    condition=Q(
                        accepted_at__isnull=True,
                        revoked_at__isnull=True,
                        **{f"{kind}__isnull": False},
                    ),
                    name=f"invitation_open_once_per_{kind}",
                )
                for kind in PlaceKind.values
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.get_role_display()} · {self.place}"

    @property
    def place_kind(self) -> PlaceKind:
        return next(k for k in PlaceKind if getattr(self, f"{k.value}_id") is not None)

    @property
    def place(self) -> School | Owner | SupervisionOffice | Region | Country:
        found: School | Owner | SupervisionOffice | Region | Country = getattr(
            self, self.place_kind.value
        )
        return found


class MembershipEvent(models.Model):
    """Append only: who let a person in, ended it or undid that, and when."""

    class What(models.TextChoices):
        ACCEPTED = "accepted", "aceptó la invitación"
        ENDED = "ended", "terminó la participación"
        RESTORED = "restored", "deshizo el término"

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="events")
    what = models.CharField("qué", max_length=8, choices=What)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("cuándo")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.membership}: {self.get_what_display()}"
