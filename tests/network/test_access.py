"""The table of who sees what, asked of every query and every rule that is made from it."""

import pytest

from mejora.network import access
from mejora.network.access import Deed, Reach
from mejora.network.enums import PlaceKind, Role
from mejora.network.models import ROLE_PLACES, School
from mejora.plans.models import PlanYear
from tests.factories import (
    MembershipFactory,
    OwnerFactory,
    PlanFactory,
    PlanYearFactory,
    SchoolFactory,
    SchoolYearFactory,
)
from tests.factories.network import chile

pytestmark = pytest.mark.django_db

ROLE_AT = [(role, kind) for role, kinds in ROLE_PLACES.items() for kind in kinds]
SCHOOL_DEEDS = [d for d in Deed if d not in access.COUNTRY_WIDE]


def place_of(kind, school):
    return {
        PlaceKind.SCHOOL: school,
        PlaceKind.OWNER: school.owner,
        PlaceKind.OFFICE: school.office,
        PlaceKind.REGION: school.commune.region,
        PlaceKind.COUNTRY: school.country,
    }[kind]


@pytest.fixture
def two_schools():
    """Two schools that share nothing but the country."""
    from mejora.network.models import Region, SupervisionOffice
    from tests.factories import CommuneFactory

    other = CommuneFactory(region=Region.objects.get(country__code="CL", code="15"))
    far = SupervisionOffice.objects.order_by("-pk").first()
    return SchoolFactory(), SchoolFactory(commune=other, office=far)


@pytest.mark.parametrize(("role", "kind"), ROLE_AT)
def test_a_membership_opens_its_own_place_and_no_other(two_schools, actor, role, kind):
    own, foreign = two_schools
    someone = actor(role, place_of(kind, own))

    for deed in SCHOOL_DEEDS:
        expected = access.TABLE[deed].get(role, Reach.NEVER)
        visible = set(School.objects.visible_to(someone, deed))

        assert someone.reach_at(deed, own) is expected
        assert (own in visible) is (expected is not Reach.NEVER)
        if kind != PlaceKind.COUNTRY:
            assert someone.reach_at(deed, foreign) is Reach.NEVER
            assert foreign not in visible


OF_PLANS = (
    *(Deed.SEE_PROGRESS, Deed.SEE_AMOUNTS, Deed.READ_PLAN),
    *(Deed.WRITE_PLAN, Deed.SEE_EVIDENCE),
)
STATES = {"nothing yet": (False, 0), "begun": (True, 0), "sent": (True, 1)}
OPEN_IN = {
    Reach.NEVER: set(),
    Reach.SENT: {"sent"},
    Reach.BEGUN: {"begun", "sent"},
    Reach.ALWAYS: set(STATES),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("role", "kind"), ROLE_AT)
def test_a_plan_is_read_from_the_state_that_the_table_says(two_schools, actor, role, kind, state):
    own, foreign = two_schools
    begun, version = STATES[state]
    mine, theirs = (
        PlanYearFactory(plan=PlanFactory(school=s), is_begun=begun, version_no=version)
        for s in (own, foreign)
    )
    someone = actor(role, place_of(kind, own))

    for deed in OF_PLANS:
        visible = set(PlanYear.objects.visible_to(someone, deed))
        reach = access.TABLE[deed].get(role, Reach.NEVER)

        assert (mine in visible) is (state in OPEN_IN[reach]), (deed, reach)
        if kind != PlaceKind.COUNTRY:
            assert theirs not in visible


def test_a_former_owner_reads_its_own_years_and_writes_none(actor):
    former, present = OwnerFactory(), OwnerFactory()
    school = SchoolFactory(owner=present)
    SchoolYearFactory(school=school, year=2025, owner=former)
    plan = PlanFactory(school=school, start_year=2025)
    then = PlanYearFactory(plan=plan, is_begun=True, version_no=2)
    now = PlanYearFactory(plan=plan, year=2026, is_begun=True, version_no=1)
    someone = actor(Role.OWNER, former)

    assert set(PlanYear.objects.visible_to(someone)) == {then}
    assert now not in PlanYear.objects.visible_to(someone, Deed.SEE_PROGRESS)
    assert not PlanYear.objects.visible_to(someone, Deed.DECIDE_STAGE).exists()
    assert someone.reach_at(Deed.DECIDE_STAGE, school) is Reach.NEVER


def test_the_present_owner_sees_the_years_before_it_came(actor):
    former, present = OwnerFactory(), OwnerFactory()
    school = SchoolFactory(owner=present)
    SchoolYearFactory(school=school, year=2025, owner=former)
    then = PlanYearFactory(plan=PlanFactory(school=school, start_year=2025), is_begun=True)

    assert then in PlanYear.objects.visible_to(actor(Role.OWNER, present))


def test_an_ended_membership_opens_nothing(today):
    school = SchoolFactory()
    ended = MembershipFactory(role=Role.DIRECTOR, place=school, to_on="2026-03-01")
    someone = access.actor_for(ended.user)

    assert someone.memberships == ()
    assert not School.objects.visible_to(someone).exists()


def test_two_memberships_add_up(actor):
    first, second, third = SchoolFactory(), SchoolFactory(), SchoolFactory()
    someone = actor(Role.DIRECTOR, first)
    MembershipFactory(user=someone.user, role=Role.RESPONSIBLE, place=second)
    someone = access.actor_for(someone.user)

    assert set(School.objects.visible_to(someone)) == {first, second}
    assert someone.may(Deed.WRITE_PLAN, first)
    assert not someone.may(Deed.WRITE_PLAN, second)
    assert someone.reach_at(Deed.READ_PLAN, third) is Reach.NEVER


def test_importing_is_the_countrys_not_a_regions(actor):
    region = SchoolFactory().commune.region

    assert actor(Role.ANALYST, chile()).may_somewhere(Deed.IMPORT_NETWORK)
    assert not actor(Role.ANALYST, region).may_somewhere(Deed.IMPORT_NETWORK)


def test_the_memberships_cost_one_query(django_assert_num_queries):
    membership = MembershipFactory(place=SchoolFactory())
    for _ in range(3):
        MembershipFactory(user=membership.user, role=Role.RESPONSIBLE, place=SchoolFactory())

    with django_assert_num_queries(1):
        someone = access.actor_for(membership.user)
        assert [str(m.place) for m in someone.memberships]
