"""The official table of actions, damaged at random: reviewed or refused, told where; what landed is
sound, and goes back."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from mejora.network.enums import BatchState
from tests.factories import SchoolFactory
from tests.factories.damage import BOUNDS, damaged_bytes, damaged_parts, damaged_tables
from tests.factories.pme import table
from tests.monitoring.test_pme_table import bring, count, everything, is_sound, undone

__all__ = ["bring"]
pytestmark = pytest.mark.django_db
CODES = ("90001", "90002")
SOUND = table(
    *({"RBD": code} for code in CODES),
    {"RBD": "90001", "DIMENSION": "Liderazgo", "NIV_IMPLEM": "Implementación parcial: 25% a 49%"},
    {"RBD": "90002", "NOM_ACTIVIDAD": "Ñandú; taller", "ESTIM_PIE": "1500000"},
    delimiter=";",
).replace("Ñandú; taller", "Ñandú, taller")


@pytest.fixture
def schools():
    return [SchoolFactory(code=code) for code in CODES]


def sound_or_told(bring, content):
    with transaction.atomic():
        before = everything()
        batch = bring(content, year=2024, land=False)
        assert everything() == before
        if batch.state == BatchState.REFUSED:
            assert batch.message.endswith(".")
            assert not batch.rows.exists()
        else:
            counted = (batch.rows_new, batch.rows_changed, batch.rows_same, batch.rows_refused)
            assert sum(counted) == batch.rows_read
            named = set(batch.issues.filter(is_error=True).values_list("line", flat=True))
            assert len(named) == batch.rows_refused
            assert all(issue.message for issue in batch.issues.all())
            landed_and_back(bring, content)
        transaction.set_rollback(True)


def landed_and_back(bring, content):
    was = count()
    batch = bring(content, year=2024)
    assert batch.state in {BatchState.APPLIED, BatchState.CHECKED}
    is_sound()
    if batch.state == BatchState.APPLIED:
        undone(batch)
        assert count() == was
        is_sound()


@BOUNDS
@given(content=st.one_of(damaged_tables(SOUND), damaged_bytes(SOUND), damaged_parts(SOUND)))
def test_a_damaged_table_of_actions_enters_school_by_school_or_says_why(bring, schools, content):
    sound_or_told(bring, content)


def test_the_sound_table_of_this_page_enters(bring, schools):
    """Else the damage would be tried on a file that was refused anyway."""
    batch = bring(SOUND, year=2024)

    assert (batch.state, batch.rows_new, batch.rows_refused) == (BatchState.APPLIED, 4, 0)
