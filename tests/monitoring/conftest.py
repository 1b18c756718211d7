import datetime as dt

import pytest

from mejora.network.enums import Role
from mejora.plans.models import EvidenceRequirement
from tests.factories import ActionFactory
from tests.factories.monitoring import action_with_milestones, implementing_year, month


@pytest.fixture
def year(today):
    return implementing_year()


@pytest.fixture
def director(year, actor):
    return actor(Role.DIRECTOR, year.school)


@pytest.fixture
def august(year):
    return month(year, 8)


@pytest.fixture
def fill(year):
    """`fill(n)`: n actions, every second one with milestones, all with a means of verification."""

    def make(count, **fields):
        made = []
        for place in range(count):
            with_milestones = place % 2
            build = action_with_milestones if with_milestones else ActionFactory
            named = {"name": f"Taller número {place + 1}", "number": place + 1, **fields}
            action = build(year, **named) if with_milestones else build(plan_year=year, **named)
            EvidenceRequirement.objects.create(action=action, text=f"Acta {place}")
            made.append(action)
        return made

    return make


@pytest.fixture
def day():
    return dt.date(2026, 8, 15)
