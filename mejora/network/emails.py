"""What the network writes to people."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from mejora.network.invitations import Invitation


def invitation(sent: Invitation, link: str) -> None:
    """The invitation's link, to the invited address alone."""
    text = render_to_string("network/email/invitation.txt", {"invitation": sent, "link": link})
    subject = " ".join(f"Mejora: invitación a participar en {sent.place}".split())
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [sent.email])


def reach_people() -> bool:
    """Whether mail leaves this machine. If not, whoever invites hands the link over."""
    return settings.EMAIL_BACKEND != "django.core.mail.backends.filebased.EmailBackend"
