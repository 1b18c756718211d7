"""How a school year is cut, and which period people are asked for."""

import datetime as dt
import itertools
import re

import pytest

from mejora.core.decisions import Conflict, Refused
from mejora.frameworks.models import Edition
from mejora.monitoring import periods
from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import Period
from mejora.monitoring.operations import frequency, reports
from mejora.network.enums import Role
from mejora.plans.enums import Entity
from mejora.plans.models import Change
from tests.factories import ActionFactory
from tests.factories.monitoring import implementing_year, level, month

CHILE = periods.Span(dt.date(2026, 3, 1), dt.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("how", "count", "second"),
    [
        (Frequency.WEEK, 45, dt.date(2026, 3, 2)),
        (Frequency.MONTH, 10, dt.date(2026, 4, 1)),
        (Frequency.QUARTER, 4, dt.date(2026, 6, 1)),
        (Frequency.HALF, 2, dt.date(2026, 9, 1)),
    ],
)
def test_the_year_is_cut_without_gap_or_overlap(how, count, second):
    cut = list(periods.spans(how, CHILE))

    assert len(cut) == count
    assert cut[1].starts_on == second
    assert (cut[0].starts_on, cut[-1].ends_on) == (CHILE.starts_on, CHILE.ends_on)
    for one, following in itertools.pairwise(cut):
        assert following.starts_on - one.ends_on == dt.timedelta(days=1)


def test_a_school_year_may_end_in_the_next_calendar_year():
    edition = Edition(year_starts="09-01", year_ends="06-30")

    assert periods.school_year(edition, 2026) == periods.Span(
        dt.date(2026, 9, 1), dt.date(2027, 6, 30)
    )


@pytest.mark.parametrize(
    ("on", "number"),
    [
        (dt.date(2026, 1, 5), 1),  # before the year: its first
        (dt.date(2026, 9, 8), 6),  # August is still in time
        (dt.date(2026, 9, 10), 6),
        (dt.date(2026, 9, 11), 7),  # its time has passed: September runs
        (dt.date(2027, 5, 1), 10),  # afterwards: the last
    ],
)
def test_people_are_asked_for_the_first_period_still_in_time(on, number):
    cut = periods.spans(Frequency.MONTH, CHILE)
    listed = [
        Period(number=n, starts_on=s.starts_on, ends_on=s.ends_on, due_on=s.due_on)
        for n, s in enumerate(cut, 1)
    ]

    assert periods.to_report(listed, on).number == number


@pytest.mark.parametrize(
    ("starts", "ends", "name", "short"),
    [
        ((8, 1), (8, 31), "agosto", "agosto"),
        ((8, 3), (8, 9), "semana del 3 de agosto", "3 ago"),
        ((3, 1), (5, 31), "marzo a mayo", "mar–may"),
    ],
)
def test_periods_have_the_names_people_use(starts, ends, name, short):
    period = Period(starts_on=dt.date(2026, *starts), ends_on=dt.date(2026, *ends))

    assert (periods.name(period), periods.short_name(period)) == (name, short)


@pytest.mark.parametrize(
    ("starts", "ends", "slug"),
    [
        ((11, 1), (11, 30), "noviembre"),
        ((8, 3), (8, 9), "7"),  # a week
        ((3, 1), (5, 31), "7"),  # a quarter
        ((8, 10), (8, 31), "agosto"),  # what is left of a month
    ],
)
def test_an_address_names_the_month_where_there_is_one(starts, ends, slug):
    period = Period(number=7, starts_on=dt.date(2026, *starts), ends_on=dt.date(2026, *ends))

    assert periods.slug(period) == slug
    assert re.fullmatch(periods.SLUG_PATTERN, slug)


@pytest.mark.parametrize("first", Frequency)
@pytest.mark.parametrize("then", Frequency)
def test_no_two_periods_of_a_year_share_an_address_however_it_was_cut(first, then):
    whole = list(periods.spans(first, CHILE))
    for kept in range(len(whole) + 1):
        last = whole[kept - 1] if kept else None
        cut = [*whole[:kept], *periods.after(last, CHILE, then)]
        listed = [
            Period(number=n, starts_on=s.starts_on, ends_on=s.ends_on) for n, s in enumerate(cut, 1)
        ]

        assert [periods.by_slug(listed, periods.slug(p)) for p in listed] == listed


@pytest.mark.django_db
def test_choosing_cuts_the_year_and_is_recorded(today, actor):
    year = implementing_year(monthly=False)

    frequency.set_frequency(year, Frequency.MONTH, by=actor(Role.DIRECTOR, year.school))

    assert [p.number for p in year.periods.all()] == list(range(1, 11))
    change = Change.objects.get(entity=Entity.MONITORING_PLAN)
    assert (change.before, change.after) == (None, {"frequency": "month"})


@pytest.mark.django_db
def test_periods_with_reports_stay_when_the_frequency_changes(year, director):
    april = month(year, 4)
    reports.save_report(
        ActionFactory(plan_year=year), april, by=director, revision=None, level=level("inicial")
    )

    frequency.set_frequency(year, Frequency.QUARTER, by=director, revision=0)

    found = list(year.periods.values_list("number", "starts_on", "ends_on"))
    assert found == [
        (1, dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
        (2, dt.date(2026, 4, 1), dt.date(2026, 4, 30)),
        (3, dt.date(2026, 5, 1), dt.date(2026, 5, 31)),  # what is left of the first quarter
        (4, dt.date(2026, 6, 1), dt.date(2026, 8, 31)),
        (5, dt.date(2026, 9, 1), dt.date(2026, 11, 30)),
        (6, dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
    ]


@pytest.mark.django_db
def test_two_people_choosing_at_once_are_told(year, director):
    frequency.set_frequency(year, Frequency.QUARTER, by=director, revision=0)

    with pytest.raises(Conflict):
        frequency.set_frequency(year, Frequency.WEEK, by=director, revision=0)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.RESPONSIBLE])
def test_a_responsible_does_not_choose(year, actor, role):
    with pytest.raises(Refused, match="dirección"):
        frequency.set_frequency(year, Frequency.WEEK, by=actor(role, year.school), revision=0)
