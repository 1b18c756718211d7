"""What every test may ask for: the catalogues, people by role, signed-in clients."""

import datetime as dt
import os

import pytest
from django.test import Client, TransactionTestCase
from hypothesis import settings as hypothesis

from mejora.network import access
from tests.factories import MembershipFactory

# The same examples in every run, so that what was green stays green; MEJORA_EXPLORE=1 looks for
# new ones.
hypothesis.register_profile("same", derandomize=True)
if os.environ.get("MEJORA_EXPLORE") != "1":
    hypothesis.load_profile("same")


def load_catalogues():
    from mejora.frameworks import catalogue, loader
    from mejora.network import territory
    from mejora.participation import loader as instruments

    loader.load_all()
    territory.load_all()
    instruments.load_all()
    catalogue.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database starts as an installation does: with catalogues and territory."""
    with django_db_blocker.unblock():
        load_catalogues()


_flush = TransactionTestCase._fixture_teardown


def _flush_and_reload(self):
    """Tests on real transactions empty every table; the next one finds the catalogues again."""
    _flush(self)
    load_catalogues()


TransactionTestCase._fixture_teardown = _flush_and_reload


@pytest.fixture
def today(monkeypatch):
    """A fixed day in the middle of the implementation of 2026."""
    monkeypatch.setenv("MEJORA_TODAY", "2026-09-08")
    return dt.date(2026, 9, 8)


@pytest.fixture
def actor():
    """`actor(role, place)`: a new person with that one membership, as rules receive it."""

    def make(role, place, **fields):
        return access.actor_for(MembershipFactory(role=role, place=place, **fields).user)

    return make


@pytest.fixture
def signed_in():
    """`signed_in(actor)`: a test client as that person."""

    def make(someone):
        client = Client()
        client.force_login(someone.user)
        return client

    return make
