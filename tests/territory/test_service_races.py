"""Two people at one Service's report at the same moment, on real threads and a real database."""

import pytest

from mejora.core.decisions import Refused
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.territory.operations import service as operations
from mejora.territory.service import IssuedReport, ServiceAction, ServiceChange
from tests.factories import MembershipFactory, OwnerFactory
from tests.plans.test_races import at_once, refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(today):
    owner = OwnerFactory()
    return [actor_for(MembershipFactory(role=Role.OWNER, place=owner).user) for _ in range(2)]


@pytest.fixture
def objective(two):
    """Two of its three actions are there."""
    by = two[0]
    report = operations.start(by.current.owner, 2026, by=by)
    objective = operations.add_objective(report, text="Aprender", justification="Sí", by=by)
    for title in ("Una", "Otra"):
        operations.add_action(objective, title=title, text="Se hizo", by=by)
    return objective


def test_of_two_third_actions_at_once_one_is_refused(two, objective):
    results = at_once(
        *(
            lambda by=by: operations.add_action(objective, title="Tercera", text="x", by=by)
            for by in two
        )
    )

    assert len(refused(results, Refused)) == 1
    assert sorted(ServiceAction.objects.values_list("rank", flat=True)) == [1, 2, 3]


def test_of_two_who_issue_the_same_at_once_one_edition_comes(two, objective):
    results = at_once(*(lambda by=by: operations.issue(objective.report, by=by) for by in two))

    assert len(refused(results, Refused)) == 1
    assert [e.number for e in IssuedReport.objects.all()] == [1]
    assert ServiceChange.objects.filter(entity="issued").count() == 1
