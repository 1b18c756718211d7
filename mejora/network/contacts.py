"""Calls to a school, as those who look after it noted them down.

These models stand apart from `models.py`, which imports this module so that Django finds them.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from mejora.network.models import Membership, School
from mejora.people.models import User

if TYPE_CHECKING:
    from mejora.network.access import Actor


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, actor: Actor) -> ContactQuerySet:
        """Those noted from the person's own places, of schools that are still within them: what
        a supervisor notes is not shown to the owner, nor the other way round."""
        from mejora.network import access

        deed = access.Deed.RECORD_CONTACT
        places = Q(pk__in=())
        for membership, _ in actor.with_reach(deed):
            kind = membership.place_kind.value
            places |= Q(**{f"membership__{kind}": getattr(membership, f"{kind}_id")})
        within = School.objects.visible_to(actor, deed)
        return self.filter(places, school__in=within.values("pk"))

    def in_force(self) -> ContactQuerySet:
        """Without those that were taken back."""
        return self.filter(removed_at__isnull=True)


class Contact(models.Model):
    """A call: on which day, with whom, what was said. Written once; taken back it stays, with
    who did it and when. `membership` says who noted it and from which place."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="contacts")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="contacts")
    on = models.DateField("día")
    spoke_with = models.CharField("con quién", max_length=120, blank=True)
    note = models.TextField("qué se habló", max_length=500, blank=True)
    at = models.DateTimeField("anotada")
    removed_at = models.DateTimeField("retirada", null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="contact_removal_is_whole",
            )
        ]
        indexes = [models.Index(fields=["school", "-on"], name="contact_of_school")]

    def __str__(self) -> str:
        return f"{self.school} {self.on}"
