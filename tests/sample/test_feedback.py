"""Guides, rubrics and feedback reports of the made-up Service: sound, never later than its day,
and there whatever day it is today."""

import datetime as dt
import hashlib

import pytest
from django.db.models import Max

from mejora.keeping.checks import support as checks
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.participation.models import ParticipationChange
from mejora.sample import feedback, support
from mejora.sample.staff import FORTY
from mejora.support import owed
from mejora.support.feedback import Application, FeedbackReport
from mejora.support.models import SupportChange
from tests.factories import MembershipFactory, SchoolFactory
from tests.factories.network import YEAR

pytestmark = pytest.mark.django_db
ON = dt.date(YEAR, 11, 20)


def write(on):
    first = SchoolFactory(code=FORTY)
    schools = [first, *(SchoolFactory(code=str(80100 + n), owner=first.owner) for n in range(18))]
    heads = {s.code: MembershipFactory(role=Role.DIRECTOR, place=s) for s in schools}
    leads = [MembershipFactory(role=Role.ADVISER, place=first.owner)]
    support.write(first.owner, schools, heads, leads * 2, YEAR, on)
    feedback.write(first.owner, heads, YEAR, on)
    return leads[0]


@pytest.mark.parametrize("now", [ON, dt.date(YEAR + 1, 1, 20)], ids=["in time", "after the year"])
def test_it_is_sound_and_one_report_is_answered(monkeypatch, now):
    monkeypatch.setenv("MEJORA_TODAY", now.isoformat())
    write(ON)

    own = FeedbackReport.objects.get(school__code=FORTY)
    assert [found for check in checks.CHECKS for found in check()] == []
    assert own.answered_at
    assert own.sha256 == hashlib.sha256(own.content.encode()).hexdigest()
    assert [a.is_whole for a in Application.objects.with_parts()] == [True] * 4


def test_the_school_of_the_accounts_is_owed_its_second_report(monkeypatch):
    monkeypatch.setenv("MEJORA_TODAY", ON.isoformat())
    lead = write(ON)

    found = {each.school.code: each.number for each in owed.owed(actor_for(lead.user), ON)}

    assert found[FORTY] == 2
    assert 1 < len(found) < 16


@pytest.mark.parametrize("on", [dt.date(YEAR, 7, 12), dt.date(YEAR, 3, 2)])
def test_nothing_was_written_after_the_day(on):
    write(on)

    for changes in (SupportChange, ParticipationChange):
        newest = changes.objects.aggregate(at=Max("at"))["at"]
        assert newest is None or newest.date() < on
