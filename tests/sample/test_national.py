"""The made-up country, tried with one school per kind of standing."""

import datetime as dt
from collections import Counter

import pytest

from mejora.keeping import check
from mejora.keeping.checks import installation
from mejora.network.models import Region, School, SchoolYear
from mejora.plans.models import Action, PlanYear
from mejora.sample import bank, filling, national

ON = dt.date(2026, 7, 28)
# The ministry's progress report of 28-07-2025, north to south.
COUNTS = (135, 141, 181, 140, 552, 849, 2000, 602, 702, 377, 911, 979, 381, 824, 75, 71)


def test_the_data_add_up_to_the_ministrys_counts():
    rows = bank.read("pais")["rows"]

    assert tuple(sum(row["schools"][n] for row in rows) for n in range(16)) == COUNTS
    assert sum(COUNTS) == 8_920


def test_the_country_would_have_as_many_actions_as_in_2024():
    rows = bank.read("pais")["rows"]
    planning = sum(sum(r["schools"]) for r in rows if national._has_actions(r["position"]))

    assert 0 <= national.ACTIONS - national.FEWER * planning <= planning


@pytest.fixture
def small(monkeypatch):
    """The same rows, with one school each in the first two regions."""
    whole = bank.read("pais")
    rows = [{**row, "schools": [1, 1] + [0] * 14} for row in whole["rows"]]
    monkeypatch.setattr(national, "ACTIONS", 14 * 15 + 3)
    real = bank.read
    monkeypatch.setattr(
        bank, "read", lambda name: {**whole, "rows": rows} if name == "pais" else real(name)
    )
    return rows


def test_every_standing_is_sound(db, small):
    filling.fill("national", on=ON, tell=lambda text: None)

    of_rows = [c for c in check.CHECKS if c not in installation.CHECKS]
    assert [finding for one in of_rows for finding in one()] == []
    assert list(installation.rows_fit_constraints()) == []
    assert Action.objects.count() == 14 * 15 + 3
    found = Counter(
        f"{kind} {status} {year - 2026}"
        for year, kind, status in PlanYear.objects.values_list("year", "stage_now", "status_now")
    )
    assert found == {f"{row['position']} {row['year']}": 2 for row in small}


def test_schools_stand_in_their_regions_and_are_marked(db, small):
    filling.fill("national", on=ON, tell=lambda text: None)

    first, second = Region.objects.filter(country__code="CL")[:2]
    assert School.objects.filter(commune__region=first).count() == len(small)
    assert School.objects.filter(commune__region=second).count() == len(small)
    assert not School.objects.filter(is_sample=False).exists()
    assert SchoolYear.objects.filter(year=2026, in_roster=True).count() == 2 * len(small)
