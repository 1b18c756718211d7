"""The made-up SLEP: sizes, states, soundness, and that two runs are the same."""

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from mejora import sample
from mejora.files.models import StoredFile
from mejora.keeping import check
from mejora.keeping.checks import installation
from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.network.models import Membership, School, SchoolYear
from mejora.people.models import User
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Action, Change, Milestone, PlanYear, Stage, StageEvent, Version
from mejora.sample import filling
from mejora.sample.staff import FORTY

ON = dt.date(2026, 9, 8)


class _EnoughError(Exception):
    """Ends the transaction that holds a sample."""


def fill(on):
    filling.fill("slep", on=on, tell=lambda text: None)


@pytest.fixture(scope="module")
def slep(django_db_setup, django_db_blocker):
    """One sample for all that only read it, rolled back at the end."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                fill(ON)
                yield
                raise _EnoughError
        except _EnoughError:
            pass


@pytest.fixture
def reading(slep, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_it_has_the_schools_and_pupils_of_the_drawing(reading):
    whole = SchoolYear.objects.filter(year=2026, in_roster=True, school__country__code="CL")

    assert whole.aggregate(n=Count("pk"), pupils=Sum("enrolment")) == {"n": 60, "pupils": 28_168}
    assert set(whole.values_list("commune__name", flat=True)) == {
        *("Puerto Alerce", "Villa Boldo", "Los Maitenes", "Quebrada Honda", "Santa Emilia")
    }
    assert min(int(code) for code in School.objects.values_list("code", flat=True)) > 90_000
    assert not School.objects.filter(is_sample=False).exists()
    assert not User.objects.filter(is_sample=False).exists()


def test_every_stage_stands_in_every_state(reading):
    found = set(Stage.objects.values_list("kind", "status"))

    assert found == {(kind, status) for kind in StageKind.values for status in StageStatus.values}


def test_schools_have_fifteen_or_sixteen_actions_and_one_has_forty(reading):
    planned = PlanYear.objects.filter(
        school__country__code="CL", stages__kind="planning", stages__status="approved"
    )
    sizes = Counter(planned.annotate(n=Count("actions")).values_list("n", flat=True))

    assert set(sizes) == {15, 16, 40}
    assert sizes[40] == 1
    forty = Action.objects.filter(plan_year__school__code=FORTY, plan_year__year=2026)
    assert list(forty.values_list("number", flat=True)) == list(range(1, 41))
    assert forty[8].name == "Aulas en terreno"
    mine = forty.filter(responsible__user__name__startswith="Daniela Huenchumil")
    assert [action.number for action in mine] == [4, 9]


def test_former_levels_are_near_the_national_ones(reading):
    reported = Action.objects.filter(plan_year__year=2025, level_now__isnull=False)
    total = reported.count()
    levels = dict(reported.values_list("level_now__code").annotate(n=Count("pk")).order_by())

    assert 100 * levels["completa"] / total == pytest.approx(64.6, abs=7)
    assert 100 * levels["avanzada"] / total == pytest.approx(22.7, abs=5)
    assert 100 * levels["adecuada"] / total == pytest.approx(8.0, abs=3)


def test_some_actions_are_late_and_some_reports_wait(reading):
    now = Action.objects.live().filter(plan_year__year=2026)

    assert 20 < now.late(ON).count() < now.count() / 2
    waiting = ProgressReport.objects.filter(reviewed_at=None)
    assert set(waiting.values_list("action__plan_year__school__code", flat=True)) == {FORTY}
    assert StoredFile.objects.filter(may_hold_personal_data=True).exists()
    assert EvidenceUse.objects.filter(requirement__isnull=False).exists()
    assert not ProgressReport.objects.filter(at__date__gt=ON).exists()
    # On 8 September people are asked for August: nobody has told September yet.
    assert not ProgressReport.objects.filter(period__starts_on__gte=dt.date(2026, 9, 1)).exists()
    august = ProgressReport.objects.filter(
        action__plan_year__school__code=FORTY, period__starts_on=dt.date(2026, 8, 1)
    )
    assert (august.count(), august.filter(reviewed_at=None).count()) == (33, 3)
    assert not Milestone.objects.filter(done_on__gt=ON).exists()


def test_check_finds_nothing(reading):
    """Rows against their record, stages against events and content, files against hashes.

    The checks that look at the machine and not at the rows have tests of their own.
    """
    of_rows = [c for c in check.CHECKS if c not in installation.CHECKS]

    assert [finding for one in of_rows for finding in one()] == []
    assert list(installation.rows_fit_constraints()) == []


def test_the_last_version_is_the_year_as_it_stands(reading):
    from mejora.monitoring import snapshots as monitoring_snapshots
    from mejora.plans import snapshots

    years = PlanYear.objects.filter(stage_now="evaluation", status_now="approved")
    for year in years.select_related("plan")[:5]:
        content = snapshots.year_tree(year, monitoring_snapshots.year_extra(year))
        newest = Version.objects.filter(plan_year=year).order_by("-number")[0]
        assert snapshots.canonical(content) == (newest.content, newest.sha256)


@pytest.mark.parametrize(
    "account", [*sample.ACCOUNTS, *sample.SECRETARIAT_ACCOUNTS.values()], ids=lambda a: a.email
)
def test_every_account_has_its_place(reading, account):
    user = User.objects.get(email=account.email)

    assert user.has_usable_password()
    assert user.name == account.name
    assert account.email.endswith(".example")
    (membership,) = actor_for(user, on=ON).memberships
    assert account.place in str(membership.place) or account.place == "Deprov Cordillera"


def test_nobody_but_the_accounts_signs_in(reading):
    able = [user.email for user in User.objects.all() if user.has_usable_password()]

    known = (*sample.ACCOUNTS, *sample.SECRETARIAT_ACCOUNTS.values())
    assert sorted(able) == sorted(account.email for account in known)
    directors = Membership.objects.filter(role=Role.DIRECTOR)
    assert directors.filter(school__country__code="CL").count() == 60


def test_stages_moved_only_as_the_workflow_allows(reading):
    """Each event starts where the one before ended, by a transition of the table."""
    table = {t.name: t for t in workflow.TRANSITIONS}
    for stage in Stage.objects.prefetch_related("events"):
        status = StageStatus.NOT_STARTED
        for event in sorted(stage.events.all(), key=lambda e: (e.at, e.pk)):
            assert event.from_status == status
            assert status in table[event.transition].sources
            status = StageStatus(event.to_status)
        assert stage.status == status


def test_nothing_in_it_has_yet_to_happen(reading):
    """Made in the morning, it must not tell of the afternoon."""
    morning = timezone.make_aware(dt.datetime.combine(ON, dt.time(0)))
    told = {
        "changes": Change.objects.aggregate(n=Max("at")),
        "stages": StageEvent.objects.aggregate(n=Max("at")),
        "reports": ProgressReport.objects.aggregate(n=Max("at")),
        "reviews": ProgressReport.objects.aggregate(n=Max("reviewed_at")),
        "evidence": EvidenceUse.objects.aggregate(n=Max("at")),
    }

    assert {what for what, last in told.items() if last["n"] >= morning} == set()


def test_no_milestone_is_due_at_a_weekend(reading):
    due = Milestone.objects.exclude(due_on=None).values_list("due_on", flat=True)

    assert [day for day in due if day.weekday() > 4] == []
