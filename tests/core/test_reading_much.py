"""What a job that reads much once keeps of it."""

import pytest
from django.db import connection

from mejora.core import memory

pytestmark = pytest.mark.django_db


def pragmas():
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        return [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in memory._MODEST]


def test_the_database_holds_little_within_and_as_before_afterwards():
    before = pragmas()

    with memory.modest():
        within = pragmas()

    assert pragmas() == before
    assert within == (list(memory._MODEST.values()) if before else None)
    assert within is None or within != before
