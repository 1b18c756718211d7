"""The made-up Secretaría: what its schools, self-assessments and plans are like."""

import datetime as dt

import pytest
from django.db import transaction

from mejora.keeping.checks import history, rows, stages
from mejora.network.enums import Dependency, Regime
from mejora.network.models import SchoolYear
from mejora.plans.assessment import CriticalFactor, Judgement
from mejora.plans.models import Action, PlanYear
from mejora.sample import secretariat

ON = dt.date(2026, 9, 8)


class _EnoughError(Exception):
    """Ends the transaction that holds the sample."""


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                yield secretariat.build(ON, tell=lambda text: None)
                raise _EnoughError
        except _EnoughError:
            pass


@pytest.fixture
def reading(made, django_db_blocker):
    with django_db_blocker.unblock():
        yield made


def test_every_row_says_what_its_change_says(reading):
    for checks in (history.CHECKS, rows.CHECKS, stages.CHECKS):
        for check in checks:
            assert list(check()) == []


def test_there_are_the_schools_that_a_cycle_must_not_forget(reading):
    of_year = SchoolYear.objects.filter(year=reading.year, owner=reading.owner)
    low = of_year.filter(
        dependency=Dependency.OFFICIAL, school__saber_results__category__in=("C", "D")
    )

    assert of_year.count() == 20
    assert low.exists()
    assert of_year.filter(regime=Regime.CONTROLLED).exists()


def test_both_guides_are_used_and_some_components_are_pending(reading):
    judged = Judgement.objects.filter(level__isnull=False)
    per_plan = {p: judged.filter(assessment__plan=p).count() for p in _plans()}

    assert {p.edition.code for p in per_plan} == {"guia34-2008", "guia34-2026"}
    assert {45, 93} < set(per_plan.values())
    assert CriticalFactor.objects.filter(objectives__isnull=True).count() == 0
    assert not Action.objects.filter(strategy__isnull=False).exists()


def _plans():
    return {y.plan for y in PlanYear.objects.select_related("plan__edition")}
