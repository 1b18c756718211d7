"""Two answers at once, on real threads and real transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from mejora.core.decisions import Refused
from mejora.network import memberships_operations as operations
from mejora.network.enums import Role
from mejora.network.invitations import Invitation
from mejora.network.models import Membership
from mejora.people.models import User
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = {"name": "Ana Rojas", "position": "", "phone": "", "password": "una frase larga 7"}


def all_at_once(invitations):
    """Accept each on a thread of its own; what each was told, empty for who came in."""
    start = threading.Barrier(len(invitations))

    def accept(invitation):
        try:
            start.wait(10)
            operations.accept_as_new(invitation, **ACCOUNT)
        except Refused as refusal:
            return refusal.reason
        else:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(len(invitations)) as threads:
        return sorted(threads.map(accept, invitations))


def test_of_two_answers_to_one_link_the_first_counts():
    sent = operations.invite("ana@escuela.cl", Role.PLANNER, SchoolFactory(), by=None)

    told = all_at_once([Invitation.objects.get(pk=sent.invitation.pk) for _ in range(3)])

    assert told[0] == ""
    assert all("ya se usó" in reason for reason in told[1:])
    assert Membership.objects.count() == User.objects.count() == 1


def test_two_links_to_one_address_make_one_account():
    sent = [
        operations.invite("ana@escuela.cl", Role.PLANNER, SchoolFactory(), by=None).invitation
        for _ in range(2)
    ]

    told = all_at_once(sent)

    assert told[0] == ""
    assert "Ya hay una cuenta" in told[1]
    assert User.objects.count() == 1
    assert Membership.objects.count() == 1
