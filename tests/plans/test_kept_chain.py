"""The chain is drawn once and kept; what is kept is never old, nor another role's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mejora.plans.operations import annual, bin


@pytest.fixture
def keeping(settings):
    """As in production; a store of its own, because rows come and go with the same keys."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {**settings.CACHES, "pages": {"BACKEND": memory, "LOCATION": "kept-test"}}
    from django.core.cache import caches

    yield caches["pages"]
    caches["pages"].clear()


def page(signed_in, someone, planned, query=""):
    url = reverse("plans:detail", args=planned.here) + query
    return signed_in(someone).get(url).content.decode()


def test_the_second_reader_costs_less(keeping, planned, signed_in):
    with CaptureQueriesContext(connection) as first:
        page(signed_in, planned.director, planned)
    with CaptureQueriesContext(connection) as second:
        again = page(signed_in, planned.director, planned)

    assert len(second) < len(first)
    assert "Acompañamiento al aula" in again


@pytest.mark.parametrize("query", ["", "?desde=accion"])
def test_what_was_just_written_stands_on_the_page(keeping, planned, signed_in, query):
    page(signed_in, planned.director, planned, query)
    annual.change_strategy(
        planned.strategy,
        by=planned.director,
        revision=planned.strategy.revision,
        objective=planned.objective,
        text="Otro camino",
    )
    planned.second.refresh_from_db()
    bin.remove(planned.second, by=planned.director, revision=planned.second.revision)

    after = page(signed_in, planned.planner, planned, query)

    assert "Otro camino" in after
    assert "Aulas en terreno" not in after


def test_who_only_reads_gets_no_link_to_write(keeping, planned, signed_in):
    edit = reverse("plans:strategy_new", args=planned.here)
    writer = page(signed_in, planned.director, planned)
    reader = page(signed_in, planned.responsible, planned)

    assert edit in writer
    assert edit not in reader


def test_nothing_kept_carries_a_token_or_a_name_of_the_reader(keeping, planned, signed_in):
    page(signed_in, planned.director, planned)

    kept = next(v for v in [keeping.get(k.split(":", 2)[2]) for k in keeping._cache] if v)
    assert "csrfmiddlewaretoken" not in kept.html
    assert planned.director.user.name not in kept.html
