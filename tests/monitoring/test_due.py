"""The figure beside "Monitoreo": what its page calls "sin informar", while it can be reported."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mejora.monitoring import due
from mejora.monitoring.operations import reports
from mejora.network.enums import Role
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import PlanYear
from tests.factories import ActionFactory
from tests.factories.monitoring import level
from tests.factories.network import YEAR

pytestmark = pytest.mark.django_db


def test_it_counts_the_living_actions_without_a_level_in_the_period_that_is_due(
    fill, year, august, director
):
    first, *_ = fill(3)
    ActionFactory(plan_year=year, is_disabled=True)
    reports.save_report(first, august, by=director, revision=None, level=level("parcial"))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert due.missing_count(director, YEAR) == 2
    assert len(queries) == 2
    assert due.monitored(year, august.due_on).missing == 2


@pytest.mark.parametrize(
    ("stage", "status", "expected"),
    [
        (StageKind.PLANNING, StageStatus.PARTIAL, 0),
        (StageKind.IMPLEMENTATION, StageStatus.NOT_STARTED, 2),
        (StageKind.IMPLEMENTATION, StageStatus.RETURNED, 2),
        (StageKind.IMPLEMENTATION, StageStatus.SENT, 0),
        (StageKind.EVALUATION, StageStatus.PARTIAL, 0),
    ],
)
def test_only_while_the_implementation_is_the_schools_to_write(
    fill, year, director, stage, status, expected
):
    fill(2)
    PlanYear.objects.filter(pk=year.pk).update(stage_now=stage, status_now=status)

    assert due.missing_count(director, YEAR) == expected


@pytest.mark.parametrize("role", [Role.RESPONSIBLE, Role.ADVISER])
def test_who_does_not_monitor_the_whole_school_has_no_figure(fill, year, actor, role):
    fill(2)

    assert due.missing_count(actor(role, year.school), YEAR) == 0
