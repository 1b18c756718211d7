"""How the territory's figures are counted: the Service's own, out of their inputs."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mejora.core.wording import percent
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.network.models import School
from mejora.territory import listing
from mejora.territory.figures import Figures, schools_of
from tests import factories as make
from tests.factories.figures import CapacityFactory, SchoolMonthFactory
from tests.factories.network import YEAR, chile

pytestmark = pytest.mark.django_db
BARE = {"attended_days": None, "possible_days": None}


def figures(owner=None):
    schools = School.objects.filter(owner=owner) if owner else School.objects.all()
    return Figures(schools, YEAR)


def test_the_service_s_own_figures_come_out_of_their_inputs():
    """Seed 002: 28,168 of 32,309 seats is 87.2 %; 28,530 in May to 28,168 is −362, −1.27 %; 323
    withdrawals are 1.13 % of the peak."""
    one, two = make.SchoolFactory(), make.SchoolFactory()
    for month, first, second in ((5, 20_000, 8_530), (8, 19_900, 8_400), (12, 19_800, 8_368)):
        SchoolMonthFactory(school=one, month=month, enrolled=first, withdrawals=100, **BARE)
        SchoolMonthFactory(school=two, month=month, enrolled=second, withdrawals=0, **BARE)
    SchoolMonthFactory(school=two, month=3, enrolled=8_000, withdrawals=23, **BARE)
    CapacityFactory(school=one, seats=22_000)
    CapacityFactory(school=two, seats=10_309)

    found = figures()

    assert (found.last.pupils, found.whole.seats) == (28_168, 32_309)
    assert percent(found.whole.occupancy, 1) == "87,2\u202f%"
    assert (found.peak.month, found.peak.pupils, found.loss) == (5, 28_530, -362)
    assert percent(found.loss_share, 2).replace("−", "-") == "-1,27\u202f%"
    assert (found.whole.withdrawals, percent(found.whole.dropout, 2)) == (323, "1,13\u202f%")


def test_attendance_weighs_pupils_and_not_schools():
    SchoolMonthFactory(attended_days=9_000, possible_days=10_000)
    SchoolMonthFactory(attended_days=50, possible_days=100)

    assert round(figures().newest.attendance, 2) == Decimal("89.60")


def test_a_month_that_few_schools_told_is_no_loss():
    for school in make.SchoolFactory.create_batch(3):
        SchoolMonthFactory(school=school, month=5)
    SchoolMonthFactory(school=school, month=6, enrolled=100)

    found = figures()

    assert found.last.month == found.newest.month == 5
    assert found.loss == 0
    assert [month.month for month in found.months] == [5, 6]


def test_occupancy_counts_the_pupils_of_schools_whose_seats_are_known():
    commune = make.CommuneFactory()
    known, unknown = (make.SchoolFactory(commune=commune) for _ in range(2))
    SchoolMonthFactory(school=known, enrolled=90)
    SchoolMonthFactory(school=unknown, enrolled=500, withdrawals=5)
    CapacityFactory(school=known, seats=100)
    CapacityFactory(school=known, seats=10, year=YEAR - 1)

    (row,) = figures().parts

    assert (row.seats, row.seated, row.at_peak, row.withdrawals) == (100, 90, 590, 5)
    assert row.occupancy == 90


def test_what_nobody_told_is_unknown_and_zero_is_zero():
    SchoolMonthFactory(enrolled=None, withdrawals=None)

    found = figures()

    assert found.last is found.peak is found.loss is None
    assert found.whole.withdrawals is found.whole.occupancy is found.whole.dropout is None
    SchoolMonthFactory(month=6, withdrawals=0)
    assert figures().whole.dropout == 0


def test_the_band_itself_is_not_under_it_and_a_rise_counts_from_two_points():
    exact, under, risen = (make.SchoolFactory() for _ in range(3))
    for school, now in ((exact, 1700), (under, 1699), (risen, 1840)):
        SchoolMonthFactory(school=school, month=5, attended_days=1800)
        SchoolMonthFactory(school=school, month=6, attended_days=now)
    found = figures()
    rows = schools_of(found.schools, found.newest, found.second)

    def of(cut):
        return [row.school for row in listing.of_cut(rows, cut)]

    assert of("bajo") == [under]
    assert of("suben") == [risen]
    assert set(of("bajan")) == {exact, under}


def page(client, address="/territorio/"):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode(), len(queries)


def test_the_page_asks_the_same_of_three_schools_and_of_thirty(signed_in):
    owner = make.OwnerFactory()
    lead = make.MembershipFactory(role=Role.OWNER, place=owner)
    client = signed_in(actor_for(lead.user))

    def fill(count):
        for school in make.SchoolFactory.create_batch(count, owner=owner):
            for month in (4, 5):
                SchoolMonthFactory(school=school, month=month, attended_days=1600)
            CapacityFactory(school=school)

    fill(3)
    page(client)
    few = page(client)[1], page(client, "/territorio/escuelas/")[1]
    fill(27)
    many = page(client)[1], page(client, "/territorio/escuelas/")[1]

    assert few == many
    assert few[0] <= 26


def test_each_place_sees_its_own_schools_and_the_country_all(signed_in):
    mine, other = make.SchoolFactory(name="Escuela Propia"), make.SchoolFactory(name="Ajena")
    for school in (mine, other):
        SchoolMonthFactory(school=school, attended_days=1000)
    owner = make.MembershipFactory(role=Role.OWNER, place=mine.owner)
    analyst = make.MembershipFactory(role=Role.ANALYST, place=chile())

    own, _ = page(signed_in(actor_for(owner.user)))
    country, _ = page(signed_in(actor_for(analyst.user)))

    assert "Escuela Propia" in own
    assert "Ajena" not in own
    assert "Ajena" in country


def test_the_page_says_what_it_counts_and_where_it_is_empty(signed_in):
    lead = make.MembershipFactory(role=Role.OWNER, place=make.OwnerFactory())
    client = signed_in(actor_for(lead.user))
    assert "Todavía no hay cifras" in page(client)[0]

    SchoolMonthFactory(school=make.SchoolFactory(owner=lead.owner))
    text, _ = page(client)

    assert "criterio de Mejora" in text
    assert "90,0\u202f%" in text


def test_a_country_is_summed_as_its_schools_are_and_no_other_s():
    owner = make.OwnerFactory()
    one, two = make.SchoolFactory.create_batch(2, owner=owner)
    stranger = make.SchoolFactory()
    for school in (one, two, stranger):
        for month in (5, 6):
            SchoolMonthFactory(school=school, month=month, withdrawals=1)
    for school, seats in ((one, 300), (stranger, 500)):
        CapacityFactory(school=school, seats=seats)
    schools = School.objects.filter(owner=owner)

    by_region, by_commune = Figures(schools, YEAR, by_region=True), Figures(schools, YEAR)

    assert by_region.months == by_commune.months
    assert by_region.whole == by_commune.whole
    assert (by_region.whole.seats, by_region.whole.withdrawals) == (300, 4)


def test_a_school_without_an_earlier_month_has_its_share_and_no_rise():
    new, old = make.SchoolFactory.create_batch(2)
    SchoolMonthFactory(school=old, month=5, attended_days=1600, possible_days=2000)
    for school in (new, old):
        SchoolMonthFactory(school=school, month=6, attended_days=1500, possible_days=2000)
    SchoolMonthFactory(school=new, month=5, attended_days=0, possible_days=0)
    found = figures()

    rows = schools_of(found.schools, found.newest, found.second).order_by("school")

    assert [(row.school, row.now, row.rise) for row in rows] == [(new, 75, None), (old, 75, -5)]
