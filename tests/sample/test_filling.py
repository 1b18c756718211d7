"""How a sample is filled in: the same twice, whole or not at all, only where nothing is."""

import datetime as dt
import hashlib

import pytest
from django.db import transaction

from mejora.core.decisions import Refused
from mejora.keeping import check
from mejora.keeping.checks import installation
from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.network.models import School
from mejora.people.models import User
from mejora.plans.models import Action, Change, Milestone, Plan, PlanYear
from mejora.sample import bank, filling, places

ON = dt.date(2026, 9, 8)


class _EnoughError(Exception):
    """Ends the transaction that holds a sample."""


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Files of its own, so that what is left can be told."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return tmp_path


@pytest.fixture
def few(monkeypatch):
    """One school for each different line of the data: the same story, told sooner."""
    whole = bank.read("escuelas")
    seen, communes = set(), []
    for commune in whole["commune"]:
        kept = []
        for school in commune["schools"]:
            sort = (school.get("state"), school.get("former"), school.get("code"))
            if sort not in seen:
                seen.add(sort)
                kept.append(school)
        communes.append({**commune, "schools": kept})
    real = bank.read
    monkeypatch.setattr(
        bank, "read", lambda name: {"commune": communes} if name == "escuelas" else real(name)
    )


def fill(on):
    filling.fill("slep", on=on, tell=lambda text: None)


def digest():
    """What the sample says, without the keys that a database gives."""
    told = hashlib.sha256()
    for model in (School, Plan, PlanYear, Action, Milestone, ProgressReport, EvidenceUse):
        plain = [f.attname for f in model._meta.fields if not f.is_relation and f.name != "id"]
        for line in model.objects.order_by("uid").values_list(*plain):
            told.update(repr(line).encode())
    changes = Change.objects.order_by("entity_uid", "entity", "at", "label")
    for line in changes.values_list("entity", "entity_uid", "at", "label", "before", "after"):
        told.update(repr(_without_keys(line)).encode())
    return told.hexdigest()


def _without_keys(line):
    return [
        {name: value for name, value in part.items() if name != "responsible"}
        if isinstance(part, dict)
        else part
        for part in line
    ]


@pytest.mark.parametrize("on", [dt.date(2026, 4, 1), dt.date(2027, 1, 15)])
def test_it_holds_on_the_edges_of_the_year(db, few, on):
    fill(on)

    of_rows = [c for c in check.CHECKS if c not in installation.CHECKS]
    assert [finding for one in of_rows for finding in one()] == []
    assert not Change.objects.filter(at__date__gt=on).exists()
    assert PlanYear.objects.order_by("-year")[0].year == places.school_year_of(on)


def test_two_runs_are_the_same(transactional_db, few):
    def run():
        found = ""
        try:
            with transaction.atomic():
                fill(ON)
                found = digest()
                raise _EnoughError
        except _EnoughError:
            return found

    assert run() == run()


def test_it_refuses_an_installation_with_data(db):
    User.objects.create_user("alguien@escuela.example", name="Alguien")

    with pytest.raises(Refused, match="ya tiene datos"):
        fill(ON)
    assert not School.objects.exists()


def test_a_failure_leaves_neither_rows_nor_files(db, few, monkeypatch, folder):
    """The whole sample or nothing: also on the disk."""
    monkeypatch.setattr("mejora.sample.history.write", lambda *parts: 1 / 0)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fill(ON)

    assert not School.objects.exists()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_texts_fit_the_official_limit():
    assert [a.key for a in bank.actions().values() if len(a.text) > 400] == []
    assert [a.key for a in bank.actions().values() if sum(a.shared_weights()) not in (0, 100)] == []
    assert {a.area for a in bank.actions().values()} == {"GP", "LI", "CE", "GR"}
