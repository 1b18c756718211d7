"""The support of the made-up Service: sound, never later than its day, the same in two runs."""

import datetime as dt

import pytest
from django.db.models import Max

from mejora.keeping.checks import support as checks
from mejora.network.enums import Role
from mejora.network.models import School
from mejora.sample import support
from mejora.support.enums import CommitmentStatus, SessionStatus
from mejora.support.models import (
    Adjustment,
    Commitment,
    Session,
    SupportChange,
    SupportPlan,
)
from tests.factories import MembershipFactory, ObjectiveFactory, PlanFactory, SchoolFactory
from tests.factories.network import YEAR

pytestmark = pytest.mark.django_db
ON = dt.date(YEAR, 11, 20)


@pytest.fixture
def place(db):
    """Enough schools of one owner, the one of the accounts among them."""
    first = SchoolFactory(code="90012")
    ObjectiveFactory(plan=PlanFactory(school=first))
    schools = [first, *(SchoolFactory(code=str(80100 + n), owner=first.owner) for n in range(18))]
    heads = {s.code: MembershipFactory(role=Role.DIRECTOR, place=s) for s in schools}
    leads = [MembershipFactory(role=r, place=first.owner) for r in (Role.ADVISER, Role.OWNER)]
    return first.owner, schools, heads, leads


def test_it_is_sound_and_has_every_kind_of_thing(place):
    support.write(*place, YEAR, ON)

    assert [found for check in checks.CHECKS for found in check()] == []
    assert SupportPlan.objects.count() == support.OWN + 1
    assert Adjustment.objects.count() == 1
    assert set(Commitment.objects.values_list("status", flat=True)) == set(CommitmentStatus.values)
    assert set(Session.objects.values_list("status", flat=True)) == {
        SessionStatus.PLANNED,
        SessionStatus.HELD,
    }
    assert School.objects.get(code="90012").support_places.count() == 1


@pytest.mark.parametrize("on", [ON, dt.date(YEAR, 4, 20), dt.date(YEAR, 3, 2)])
def test_nothing_was_written_after_the_day_and_no_session_is_on_a_weekend(place, on):
    support.write(*place, YEAR, on)

    newest = SupportChange.objects.aggregate(at=Max("at"))["at"]
    assert newest.date() < on
    held = Session.objects.filter(status=SessionStatus.HELD)
    assert not held.filter(on__gte=on).exists()
    days = Session.objects.values_list("on", flat=True)
    assert [day for day in days if day.weekday() > 4] == []


def test_the_same_day_gives_the_same_rows(place):
    def told():
        return list(SupportChange.objects.order_by("pk").values_list("entity_uid", "after", "at"))

    support.write(*place, YEAR, ON)
    first = told()
    for model in (SupportChange, *reversed(support.ORDER)):
        model._default_manager.all().delete()

    support.write(*place, YEAR, ON)

    assert told() == first
