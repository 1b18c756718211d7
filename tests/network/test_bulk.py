"""Rows inserted many in one statement: each as it was given, the rest by default."""

import datetime as dt

import pytest
from django.utils import timezone

from mejora.network.enums import BatchKind, BatchState
from mejora.network.importers import bulk
from mejora.network.models import ImportBatch, ImportIssue, ImportRow
from tests.factories.network import chile

pytestmark = pytest.mark.django_db

NAMES = ("batch", "line", "key", "outcome", "payload")


@pytest.fixture
def batch():
    return ImportBatch.objects.create(
        kind=BatchKind.ROSTER, at=timezone.now(), state=BatchState.CHECKING, country=chile()
    )


@pytest.mark.parametrize("count", [0, 1, bulk.TOGETHER, 2 * bulk.TOGETHER + 3])
def test_every_row_comes_in_as_it_was_given(batch, count):
    rows = [(batch.pk, n, f"clave {n} % 'x'", "new", f'{{"n": {n}}}') for n in range(count)]

    bulk.insert_ready(ImportRow, NAMES, rows)

    found = ImportRow.objects.order_by("line").values_list("line", "key", "payload", "before")
    assert list(found) == [(n, f"clave {n} % 'x'", {"n": n}, None) for n in range(count)]
    assert set(ImportRow.objects.values_list("sheet", flat=True)) <= {""}


def test_what_all_rows_hold_is_what_was_said_whatever_its_kind(batch):
    at = dt.datetime(2024, 3, 4, 5, 6, tzinfo=dt.UTC)
    names = ("kind", "state")
    alike = {
        "country": batch.country_id,
        "at": at,
        "rows_read": 7,
        "file_name": "it's 100%.csv",
        "school": None,
    }

    bulk.insert_ready(ImportBatch, names, [("roster", "checked")] * 3, **alike)
    bulk.insert_ready(
        ImportIssue, ("batch", "line"), [(batch.pk, 1)], is_error=True, code="x", message="m"
    )

    made = ImportBatch.objects.exclude(pk=batch.pk)
    held = set(made.values_list("at", "rows_read", "file_name", "school", "rows_new"))
    assert (made.count(), held) == (3, {(at, 7, "it's 100%.csv", None, 0)})
    assert (ImportIssue.objects.get().is_error, ImportIssue.objects.get().value) == (True, "")
