"""Rules of the house that a reader could break without noticing."""

import re
from pathlib import Path

import pytest

from mejora.plans import models, snapshots
from mejora.plans.enums import Entity

ROOT = Path(__file__).resolve().parent.parent / "mejora"
WRITERS = re.compile(
    r"operations|workflow|recording|importers|loader|network/territory|sample|keeping|storing|memberships"
    r"|invitations|commands|migrations|tasks|jobs"
)
WRITES = re.compile(r"\.(save|update|delete|bulk_create|bulk_update|create|get_or_create)\(")
NOT_ROWS = re.compile(
    r"(hashlib|digest|sha|hasher|form|dict|context|attrs|params|headers)\w*\.update\("
)


def test_rows_are_written_by_operations_alone():
    """What must be recorded cannot be written from a view, a form or a model's method."""
    found = []
    for path in ROOT.rglob("*.py"):
        place = path.relative_to(ROOT).as_posix()
        if WRITERS.search(place):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            code = line.split("#")[0]
            if WRITES.search(code) and "objects" in code and not NOT_ROWS.search(code):
                found.append(f"{place}:{number}: {line.strip()}")
    assert found == []


# What a snapshot leaves out on purpose: keys, copies of reports, places in the bin told apart.
LEFT_OUT = {
    "id", "uid", "revision", "plan", "plan_year", "action", "school", "stage",
    "removed_at", "removed_by", "removed_reason",
    "level_now", "pct_now", "reported_on", "done_on", "done_by",
    "stage_now", "status_now", "is_begun", "version_no",
}  # fmt: skip


@pytest.mark.parametrize(
    ("entity", "model"),
    [
        (Entity.PLAN, models.Plan),
        (Entity.PLAN_YEAR, models.PlanYear),
        (Entity.SEAL, models.Seal),
        (Entity.OBJECTIVE, models.Objective),
        (Entity.GOAL, models.Goal),
        (Entity.STRATEGY, models.Strategy),
        (Entity.INDICATOR, models.Indicator),
        (Entity.READING, models.Reading),
        (Entity.ACTION, models.Action),
    ],
)
def test_every_field_is_in_its_snapshot_or_left_out_on_purpose(entity, model):
    """A new column that is not in the snapshot would be lost from history, versions and check."""
    source = Path(snapshots.__file__).read_text()
    body = source.split(f"def {snapshots.OF[entity].__name__}(", 1)[1].split("\ndef ", 1)[0]
    fields = {f.name for f in (*model._meta.fields, *model._meta.many_to_many)} - LEFT_OUT

    assert {name for name in fields if f'"{name}"' not in body} == set()


def test_a_test_that_asks_for_no_database_is_refused_one():
    """On this rests that such tests run with SQLite only (tests/conftest.py)."""
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        models.Plan.objects.exists()
