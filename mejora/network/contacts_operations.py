"""Noting a call to a school, taking it back, and undoing that."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.network import contacts_rules as rules
from mejora.network.access import Actor
from mejora.network.contacts import Contact
from mejora.network.models import School


@transaction.atomic
def record(
    school: School, *, uid: UUID, on: dt.date, spoke_with: str, note: str, by: Actor
) -> Contact:
    """`uid` comes with the form, so that one sent twice counts once."""
    if (membership := rules.place_for(by, school)) is None:
        raise Refused(rules.NOT_YOURS)
    contact, is_new = Contact.objects.get_or_create(
        uid=uid,
        defaults={
            "school": school,
            "membership": membership,
            "on": on,
            "spoke_with": spoke_with,
            "note": note,
            "at": timezone.now(),
        },
    )
    if not is_new and (contact.school_id, contact.membership.user_id) != (school.pk, by.user.pk):
        raise Refused("Esta llamada ya estaba anotada. Abra el formulario de nuevo.")
    return contact


@transaction.atomic
def remove(contact: Contact, *, by: Actor) -> Contact:
    contact = _locked(contact)
    require(rules.can_remove(by, contact))
    if contact.removed_at is None:
        contact.removed_at, contact.removed_by = timezone.now(), by.user
        contact.save(update_fields=["removed_at", "removed_by"])
    return contact


@transaction.atomic
def restore(contact: Contact, *, by: Actor) -> Contact:
    contact = _locked(contact)
    require(rules.can_remove(by, contact))
    contact.removed_at = contact.removed_by = None
    contact.save(update_fields=["removed_at", "removed_by"])
    return contact


def _locked(contact: Contact) -> Contact:
    found = Contact.objects.select_for_update(of=("self",))
    return found.select_related("membership", "school__commune").get(pk=contact.pk)
