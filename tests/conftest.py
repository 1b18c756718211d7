"""What every test may ask for: the catalogues, people by role, signed-in clients."""

import copy
import datetime as dt
import os

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.test import Client, TransactionTestCase
from hypothesis import settings as hypothesis

from mejora.frameworks import catalogue
from mejora.network import access
from tests import pristine
from tests.factories import MembershipFactory

# The same examples in every run, so that what was green stays green; MEJORA_EXPLORE=1 looks for
# new ones.
hypothesis.register_profile("same", derandomize=True)
if os.environ.get("MEJORA_EXPLORE") != "1":
    hypothesis.load_profile("same")


def pytest_collection_modifyitems(config, items):
    """What no database can change is tried with SQLite and not again with PostgreSQL."""
    if os.environ.get("DATABASE_URL"):
        once = [item for item in items if not _may_reach_a_database(item)]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if item not in once]


def _may_reach_a_database(item):
    """It asks pytest for the database, which refuses it to whoever does not ask (held in
    tests/test_house.py), or it starts processes of its own."""
    wanted = item._fixtureinfo.name2fixturedefs
    if item.get_closest_marker("django_db") or "django_db_setup" in wanted or item.cls:
        return True
    functions = [item.obj, *(each.func for every in wanted.values() for each in every)]
    named = set().union(*(getattr(function, "__globals__", {}) for function in functions))
    return not named.isdisjoint({"Installation", "subprocess", "DATABASE_URL"})


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """The test database starts as an installation does: with catalogues and territory."""
    database = connections[DEFAULT_DB_ALIAS]
    url, name = os.environ.get("DATABASE_URL"), database.creation._get_test_db_name()
    with django_db_blocker.unblock():
        database.close()
        if url:
            pristine.administer(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            pristine.copy_database(url, name)
        else:
            pristine.copy_file(name)
        settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"] = database.settings_dict["NAME"] = name
        _Beginning.restore = staticmethod(pristine.beginning_of(database))
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        if url:
            pristine.administer(url, "DROP DATABASE {} WITH (FORCE)", name)


class _Beginning:
    """How the test database comes back to its first day; known once there is one."""

    restore = None


def _back_to_the_beginning(self):
    """After a test on real transactions every row is as an installation starts with."""
    _Beginning.restore()
    catalogue.forget()


TransactionTestCase._fixture_teardown = _back_to_the_beginning


@pytest.fixture
def today(monkeypatch):
    """A fixed day in the middle of the implementation of 2026."""
    monkeypatch.setenv("MEJORA_TODAY", "2026-09-08")
    return dt.date(2026, 9, 8)


@pytest.fixture(scope="module")
def first_world(django_db_setup, django_db_blocker):
    """One world for a whole module, and what each of its tests writes taken back after it."""
    from tests import world

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("MEJORA_TODAY", "2026-09-08")
        with transaction.atomic():
            made = world.build()
            for membership in made.people.values():  # signed in once
                client = Client()
                client.force_login(membership.user)
                membership.user.session = client.session.session_key
            yield made
            transaction.set_rollback(True)


@pytest.fixture
def world(first_world, db, today):
    """Two whole schools and a person of every role (tests/world.py)."""
    return copy.deepcopy(first_world)


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
