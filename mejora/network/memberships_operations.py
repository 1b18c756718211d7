"""Letting people in, ending what they do in a place, and undoing that end."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mejora.core import clock, links
from mejora.core.decisions import Refused, require
from mejora.network import access, emails, memberships
from mejora.network.access import Actor
from mejora.network.enums import Role
from mejora.network.invitations import VALID_FOR, Invitation, MembershipEvent, token_hash
from mejora.network.memberships import Place
from mejora.network.models import Membership
from mejora.people import operations as people
from mejora.people.models import User


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation and its link, which is stored nowhere and cannot be asked for again."""

    invitation: Invitation
    link: str


@transaction.atomic
def invite(email: str, role: Role, place: Place, *, by: Actor | None) -> Sent:
    """Offer a role at a place to an address. `by` is None for the command of the installation.

    An open invitation to the same is replaced: its link stops working.
    """
    if by is not None:
        require(memberships.can_invite(by, role, place))
    email = email.strip().lower()
    where = {memberships.kind_of(place).value: place, "role": role}
    in_force = Membership.objects.in_force(clock.today())
    if in_force.filter(user__email=email, **where).exists():
        raise Refused(f"{email} ya participa aquí como {role.label}.")
    sender = by.user if by else None
    now = timezone.now()
    for earlier in Invitation.objects.select_for_update().open().filter(email=email, **where):
        earlier.revoked_at, earlier.revoked_by = now, sender
        earlier.save(update_fields=["revoked_at", "revoked_by"])
    return _send(Invitation(email=email, invited_by=sender, **where), now)


@transaction.atomic
def send_again(invitation: Invitation, *, by: Actor) -> Sent:
    """A new link to the same address; the former one stops working."""
    invitation = _locked(invitation.pk)
    require(memberships.can_change_invitation(by, invitation))
    invitation.invited_by = by.user
    return _send(invitation, timezone.now())


def _send(invitation: Invitation, now: dt.datetime) -> Sent:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = token_hash(token)
    invitation.at, invitation.expires_at = now, now + VALID_FOR
    invitation.save()
    link = links.absolute(reverse("network:invitation", args=[token]))
    transaction.on_commit(partial(emails.invitation, invitation, link))
    return Sent(invitation, link)


@transaction.atomic
def revoke(invitation: Invitation, *, by: Actor) -> Invitation:
    """Withdraw an invitation that nobody has answered."""
    invitation = _locked(invitation.pk)
    require(memberships.can_change_invitation(by, invitation))
    invitation.revoked_at, invitation.revoked_by = timezone.now(), by.user
    invitation.save(update_fields=["revoked_at", "revoked_by"])
    return invitation


def _locked(pk: int) -> Invitation:
    """Read again for writing, so that of two answers at once only the first counts."""
    found = Invitation.objects.select_for_update(of=("self",)).with_places()
    return found.get(pk=pk)


def is_closed(invitation: Invitation) -> str:
    """Why the link does not open any more, in words for whoever holds it; empty while it does."""
    if invitation.accepted_at:
        return "Esta invitación ya se usó. Entre con su correo y su contraseña."
    if invitation.revoked_at:
        return "Esta invitación fue retirada o reemplazada por otra más nueva."
    if invitation.expires_at <= timezone.now():
        return "Esta invitación venció. Pida que se la envíen de nuevo."
    sender = invitation.invited_by
    if sender is not None:
        right = memberships.can_invite(access.actor_for(sender), invitation.role, invitation.place)
        if not (sender.is_active and right):
            return "Quien envió esta invitación ya no puede invitar a este lugar. Pida otra."
    return ""


@transaction.atomic
def accept_as_new(invitation: Invitation, **account: Any) -> User:
    """Make the account of whoever holds the link, with the role that was offered."""
    invitation = _open(invitation.pk)
    try:
        with transaction.atomic():
            user = people.create_account(email=invitation.email, **account)
    except IntegrityError:
        raise Refused("Ya hay una cuenta con ese correo. Abra el enlace de nuevo.") from None
    _admit(invitation, user)
    return user


@transaction.atomic
def accept(invitation: Invitation, *, as_user: User) -> Membership:
    """Give the role to the account of the invited address, and to no other."""
    invitation = _open(invitation.pk)
    if as_user.email != invitation.email:
        raise Refused(f"Esta invitación es para {invitation.email}.")
    if not as_user.is_active or as_user.is_sample:
        raise Refused("Esta cuenta está cerrada. Hable con quien administra la instalación.")
    return _admit(invitation, as_user)


def _open(pk: int) -> Invitation:
    invitation = _locked(pk)
    if reason := is_closed(invitation):
        raise Refused(reason)
    return invitation


def _admit(invitation: Invitation, user: User) -> Membership:
    now, place = timezone.now(), {invitation.place_kind.value: invitation.place}
    same = Membership.objects.filter(user=user, role=invitation.role, **place)
    if same.in_force(clock.today()).exists():
        raise Refused("Usted ya participa aquí con ese rol.")
    membership = Membership(
        user=user,
        role=invitation.role,
        from_on=clock.today(),
        invited_by=invitation.invited_by,
        **place,
    )
    membership.save()
    invitation.accepted_at, invitation.membership = now, membership
    invitation.save(update_fields=["accepted_at", "membership"])
    _tell(membership, MembershipEvent.What.ACCEPTED, user)
    return membership


@transaction.atomic
def end(membership: Membership, *, by: Actor) -> Membership:
    """Over at once; what the person did stays as it is."""
    membership = _membership(membership.pk)
    require(memberships.can_end(by, membership))
    membership.to_on, membership.ended_by = max(clock.today(), membership.from_on), by.user
    membership.save(update_fields=["to_on", "ended_by"])
    _tell(membership, MembershipEvent.What.ENDED, by.user)
    return membership


@transaction.atomic
def restore(membership: Membership, *, by: Actor) -> Membership:
    """Undo an end. Refused where the person has come back by another invitation meanwhile."""
    membership = _membership(membership.pk)
    require(memberships.can_restore(by, membership))
    place = {membership.place_kind.value: membership.place}
    same = Membership.objects.filter(user=membership.user_id, role=membership.role, **place)
    if same.filter(to_on__isnull=True).exists():
        raise Refused("Esta persona ya volvió a participar aquí con ese rol.")
    membership.to_on = membership.ended_by = None
    membership.save(update_fields=["to_on", "ended_by"])
    _tell(membership, MembershipEvent.What.RESTORED, by.user)
    return membership


def _membership(pk: int) -> Membership:
    return Membership.objects.select_for_update(of=("self",)).with_places().get(pk=pk)


def _tell(membership: Membership, what: MembershipEvent.What, by: User) -> None:
    MembershipEvent.objects.create(membership=membership, what=what, by=by, at=timezone.now())
