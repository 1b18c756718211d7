"""The census: every school of the roster once, in the cell that the rule says."""

import csv
import datetime as dt
import io
import itertools
from collections import Counter

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.core import spreadsheets
from mejora.network.enums import BatchKind, BatchState
from mejora.network.models import Commune, ImportBatch, Region, SchoolYear
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.reports import exports, progress, roster, standing, tables
from mejora.reports.standing import Standing
from tests.factories import (
    CommuneFactory,
    MembershipFactory,
    OwnerFactory,
    PlanFactory,
    PlanYearFactory,
    SchoolFactory,
    SchoolYearFactory,
)
from tests.factories.network import chile
from tools import recount

pytestmark = pytest.mark.django_db
YEAR = 2026
STRATEGIC, PLANNING, IMPLEMENTATION, EVALUATION = workflow.ORDER
NOT_STARTED, PARTIAL, SENT, RETURNED, APPROVED = StageStatus


def school_at(*years, region="13", plan=True, **facts):
    """A school of the roster with plan years (year, stage, status), in a region."""
    commune = CommuneFactory(region=Region.objects.get(country__code="CL", code=region))
    school = SchoolFactory(commune=commune, **{f"year__{k}": v for k, v in facts.items()})
    if plan:
        first = min([year for year, *_ in years], default=YEAR)
        whole = PlanFactory(school=school, start_year=min(first, YEAR - 1))
        for year, stage, status in years:
            PlanYearFactory(plan=whole, year=year, stage_now=stage, status_now=status)
    return school


def table(**kwargs):
    return progress.progress(roster.of_year(YEAR), YEAR, on=dt.date(2026, 9, 8), **kwargs)


def cells(found):
    """{(PME, stage, state, region): schools} without the zeros."""
    return {
        (line.standing.year, line.standing.stage, line.standing.state, column.head): count
        for block in found.blocks
        for line in block.lines
        for column, count in zip(found.columns, line.counts, strict=True)
        if count
    }


WHERE = [
    ([], False, (YEAR, STRATEGIC, NOT_STARTED)),
    ([], True, (YEAR, PLANNING, NOT_STARTED)),
    ([(YEAR, STRATEGIC, NOT_STARTED)], True, (YEAR, STRATEGIC, NOT_STARTED)),
    ([(YEAR, PLANNING, RETURNED)], True, (YEAR, PLANNING, PARTIAL)),
    ([(YEAR, IMPLEMENTATION, SENT)], True, (YEAR, IMPLEMENTATION, SENT)),
    ([(YEAR, EVALUATION, APPROVED)], True, (YEAR, EVALUATION, APPROVED)),
    ([(YEAR - 1, EVALUATION, APPROVED)], True, (YEAR, PLANNING, NOT_STARTED)),
    (
        [(YEAR - 1, EVALUATION, APPROVED), (YEAR, IMPLEMENTATION, PARTIAL)],
        True,
        (YEAR, IMPLEMENTATION, PARTIAL),
    ),
    (
        [(YEAR - 1, IMPLEMENTATION, PARTIAL), (YEAR, IMPLEMENTATION, PARTIAL)],
        True,
        (YEAR - 1, IMPLEMENTATION, PARTIAL),
    ),
    (
        [(YEAR - 2, EVALUATION, SENT), (YEAR - 1, PLANNING, PARTIAL)],
        True,
        (YEAR - 2, EVALUATION, SENT),
    ),
    (
        [(YEAR, EVALUATION, APPROVED), (YEAR + 1, PLANNING, PARTIAL)],
        True,
        (YEAR, EVALUATION, APPROVED),
    ),
]


@pytest.mark.parametrize(("years", "has_plan", "expected"), WHERE)
def test_a_school_stands_in_its_oldest_open_year(years, has_plan, expected):
    school = school_at(*years, plan=has_plan)

    assert cells(table()) == {(*expected, "RM"): 1}
    assert standing.of_schools([school.pk], YEAR)[school.pk].standing == Standing(*expected)


def test_a_plan_that_ended_does_not_cover_the_year():
    school = school_at(plan=False)
    PlanFactory(school=school, start_year=YEAR - 4, end_year=YEAR - 1)

    assert cells(table()) == {(YEAR, STRATEGIC, NOT_STARTED, "RM"): 1}


def test_who_is_off_the_roster_is_not_counted():
    school_at((YEAR, PLANNING, SENT), in_roster=False)
    former = school_at((YEAR, PLANNING, SENT), plan=True)
    SchoolYear.objects.filter(school=former).update(year=YEAR - 1)

    assert cells(table()) == {}


def test_the_exact_table():
    """Two schools per cell where it matters, so that a join that multiplies would show."""
    for region in ("15", "13", "13"):
        school_at((YEAR - 1, EVALUATION, APPROVED), (YEAR, IMPLEMENTATION, PARTIAL), region=region)
    school_at((YEAR, IMPLEMENTATION, NOT_STARTED), region="13")
    school_at((YEAR, PLANNING, RETURNED), region="12")
    school_at((YEAR - 1, IMPLEMENTATION, PARTIAL), (YEAR, PLANNING, PARTIAL), region="12")
    school_at((YEAR, EVALUATION, APPROVED), region="13")

    found = table()

    assert cells(found) == {
        (2025, IMPLEMENTATION, PARTIAL, "MAG"): 1,
        (2026, PLANNING, PARTIAL, "MAG"): 1,
        (2026, IMPLEMENTATION, NOT_STARTED, "RM"): 1,
        (2026, IMPLEMENTATION, PARTIAL, "AYP"): 1,
        (2026, IMPLEMENTATION, PARTIAL, "RM"): 2,
        (2026, EVALUATION, APPROVED, "RM"): 1,
    }
    assert " ".join(column.head for column in found.columns) == (
        "AYP TAR ANT ATA COQ VAL RM OHI MAU NUB BIO ARA RIO LAG AYS MAG"
    )
    assert [block.year for block in found.blocks] == [2025, 2026]
    assert [block.sum.total for block in found.blocks] == [1, 6]
    assert found.sum.counts == (1, *[0] * 5, 4, *[0] * 8, 2)
    shares = {share.slug: (share.part.total, share.whole.total) for share in found.shares}
    assert shares == {"al-dia": (5, 7), "anterior": (1, 7), "con-registro": (3, 4)}


def test_a_share_of_nothing_is_unknown_and_not_zero():
    school_at((YEAR, PLANNING, PARTIAL), region="13")

    found = {share.slug: share for share in table().shares}

    assert found["con-registro"].total is None
    assert found["al-dia"].total == 0
    assert found["anterior"].values[0] is None, "no school in the first region"


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ("2026-01-10", PLANNING),
        ("2026-05-31", PLANNING),
        ("2026-06-01", IMPLEMENTATION),
        ("2026-11-30", IMPLEMENTATION),
        ("2026-12-01", EVALUATION),
        ("2027-03-01", EVALUATION),
        ("2025-12-31", PLANNING),
    ],
)
def test_the_stage_that_the_calendar_has_open(on, due):
    assert progress.stage_due(YEAR, dt.date.fromisoformat(on)) == due


def test_the_table_costs_two_queries_whatever_its_size(django_assert_num_queries):
    for region in ("15", "13", "12"):
        school_at((YEAR - 1, PLANNING, SENT), (YEAR, PLANNING, PARTIAL), region=region)
    school_at(plan=False)

    with django_assert_num_queries(2):
        table()


def test_approving_one_stage_moves_exactly_two_cells(actor):
    whole = PlanFactory(school=school_at(plan=False), start_year=YEAR)
    plan_year = PlanYearFactory(plan=whole)
    by = actor("owner", whole.school.owner)
    stage = plan_year.stages.get(kind=STRATEGIC)
    for transition in (workflow.BEGIN, workflow.SEND):
        workflow.move(stage, transition, by=by)
    school_at((YEAR, STRATEGIC, SENT))
    before = cells(table())

    workflow.move(stage, workflow.APPROVE, by=by)

    after = cells(table())
    changed = {key for key in before | after if before.get(key, 0) != after.get(key, 0)}
    assert changed == {(YEAR, STRATEGIC, SENT, "RM"), (YEAR, PLANNING, NOT_STARTED, "RM")}
    assert sum(before.values()) == sum(after.values()) == 2


PLAN_STATES = st.tuples(st.sampled_from(list(StageKind)), st.sampled_from(list(StageStatus)))
SCHOOLS = st.lists(
    st.tuples(
        st.booleans(),  # on the roster
        st.sampled_from([None, (YEAR - 3, YEAR), (YEAR - 4, YEAR - 1), (YEAR, YEAR + 3)]),
        st.lists(st.none() | PLAN_STATES, min_size=4, max_size=4),  # years YEAR-2 … YEAR+1
        st.sampled_from(["15", "13", "12"]),
    ),
    min_size=1,
    max_size=8,
)


def by_hand(rows, cover):
    """The rule again, one school at a time."""
    for year, (stage, status) in sorted(rows.items()):
        if year <= YEAR and (stage, status) != (EVALUATION, APPROVED):
            return (year, stage, PARTIAL if status == RETURNED else status)
    if YEAR in rows:
        return (YEAR, EVALUATION, APPROVED)
    return (YEAR, PLANNING if cover and cover[0] <= YEAR <= cover[1] else STRATEGIC, NOT_STARTED)


def possible(state):
    """`standing()` never gives an approved stage but the last."""
    return None if state and state[1] == APPROVED and state[0] != EVALUATION else state


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCHOOLS)
def test_every_school_of_the_roster_is_in_exactly_one_cell(made):
    with transaction.atomic():
        expected = make(made)

        found = table()

        assert cells(found) == expected
        assert found.sum.total == sum(on_roster for on_roster, *_ in made)
        assert sum(block.sum.total for block in found.blocks) == found.sum.total
        for at in found.standings:
            listed = standing.standing_at(roster.of_year(YEAR), YEAR, [at])
            assert listed.count() == sum(n for key, n in expected.items() if key[:3] == _key(at))
        transaction.set_rollback(True)


def make(schools):
    """The schools of one example; the cells where they should stand."""
    chile = Region.objects.filter(country__code="CL")
    abbr = dict(chile.values_list("code", "abbr"))
    expected = Counter()
    for on_roster, cover, states, region in schools:
        commune = Commune.objects.filter(region__in=chile, region__code=region).first()
        school = SchoolFactory(year=False, commune=commune)
        SchoolYearFactory(school=school, in_roster=on_roster)
        rows = {YEAR - 2 + i: s for i, s in enumerate(map(possible, states)) if s and cover}
        if cover:
            whole = PlanFactory(school=school, start_year=cover[0], end_year=cover[1])
            for year, (stage, status) in rows.items():
                PlanYearFactory(plan=whole, year=year, stage_now=stage, status_now=status)
        if on_roster:
            expected[(*by_hand(rows, cover), abbr[region])] += 1
    return expected


def _key(at):
    return (at.year, at.stage, at.state)


def test_an_independent_recount_of_the_export_agrees_cell_by_cell(actor):
    """With stages as the workflow leaves them: every step of the year, in two regions."""
    by = actor("owner", OwnerFactory())
    steps = list(itertools.product(workflow.ORDER, (None, "begin", "send", "return", "approve")))
    for region, upto in itertools.product(("15", "13"), range(len(steps))):
        whole = PlanFactory(school=school_at(plan=False, region=region), start_year=YEAR)
        plan_year = PlanYearFactory(plan=whole)
        for kind in workflow.ORDER[: workflow.ORDER.index(steps[upto][0])]:
            walk(plan_year, kind, "approve", by)
        walk(plan_year, *steps[upto], by)
    for evaluated in (None, "begin", "approve"):
        came_by_table(evaluated, by)
    school_at(plan=False)
    PlanFactory(school=school_at(plan=False), start_year=YEAR - 1)
    school_at(plan=False, in_roster=False)

    file = io.StringIO()
    spreadsheets.write_csv(file, exports.PLAN_HEADER, exports.plan_rows())
    lines = list(csv.DictReader(io.StringIO(file.getvalue().lstrip("\ufeff")), delimiter=";"))

    ours = {
        (year, stage.label, state.label, region): count
        for (year, stage, state, region), count in cells(table()).items()
    }
    assert dict(recount.recount(lines, YEAR)) == ours
    assert sum(ours.values()) == 2 * len(steps) + 3 + 2


def came_by_table(evaluated, by, kind=BatchKind.PME):
    """A school whose last year came by the official table, its Evaluación as far as told."""
    whole = PlanFactory(school=school_at(plan=False), start_year=YEAR - 1)
    plan_year = PlanYearFactory(plan=whole, year=YEAR - 1)
    batch = ImportBatch.objects.create(
        kind=kind, at=timezone.now(), state=BatchState.APPLYING, country=chile()
    )
    for stage in plan_year.stages.exclude(kind=EVALUATION):
        workflow.move(stage, workflow.IMPORT, by=batch)
    walk(plan_year, EVALUATION, evaluated, by)
    return whole.school


@pytest.mark.parametrize(
    ("evaluated", "expected", "counts_as_behind"),
    [
        (None, (YEAR, PLANNING, NOT_STARTED), 0),
        ("begin", (YEAR - 1, EVALUATION, PARTIAL), 1),
        ("approve", (YEAR, PLANNING, NOT_STARTED), 0),
    ],
)
def test_an_earlier_year_of_the_table_is_open_once_somebody_evaluates_it(
    actor, evaluated, expected, counts_as_behind
):
    school = came_by_table(evaluated, actor("owner", OwnerFactory()))

    assert cells(table()) == {(*expected, "RM"): 1}
    assert standing.of_schools([school.pk], YEAR)[school.pk].standing == Standing(*expected)
    behind = standing.oldest_open(YEAR).filter(year__lt=YEAR)
    assert behind.count() == counts_as_behind


def test_of_its_own_year_the_table_leaves_the_evaluation_open(actor):
    came_by_table(None, actor("owner", OwnerFactory()))

    found = standing.oldest_open(YEAR - 1)
    assert [(y.year, y.stage_now) for y in found] == [(YEAR - 1, EVALUATION)]


def test_a_record_from_another_installation_tells_its_evaluation(actor):
    came_by_table(None, actor("owner", OwnerFactory()), kind=BatchKind.PACKAGE)

    assert cells(table()) == {(YEAR - 1, EVALUATION, NOT_STARTED, "RM"): 1}


def walk(plan_year, kind, upto, by):
    """The stage as far as `upto`, which the workflow calls by these names."""
    stage = plan_year.stages.get(kind=kind)
    names = {None: [], "begin": ["begin"], "send": ["begin", "send"]}
    done = {t.name: t for t in workflow.TRANSITIONS}
    for name in names.get(upto, ["begin", "send", upto]):
        workflow.move(stage, done[name], by=by)


def test_the_csv_has_the_same_rows_and_counts():
    school_at((YEAR, PLANNING, SENT), region="15")
    found = table()
    file = io.StringIO()

    spreadsheets.write_csv(file, tables.header(found), tables.rows(found))

    lines = list(csv.reader(io.StringIO(file.getvalue().lstrip("\ufeff")), delimiter=";"))
    assert lines[0] == ["PME", "Etapa", "Estado", *[c.head for c in found.columns], "Total"]
    assert {len(line) for line in lines} == {20}
    assert ["2026", "Planificación Anual", "Enviado al sostenedor", "1", *["0"] * 15, "1"] in lines
    assert ["Total general", "", "", "1", *["0"] * 15, "1"] in lines
    assert lines[-1][0] == "% registro en Implementación"


FILTERS = [
    ({"dependencia": "3"}, 1),
    ({"zona": "rural"}, 1),
    ({"zona": "sin-dato"}, 1),
    ({"sep": "con"}, 2),
    ({"sep": "sin"}, 1),
    ({"region": "15"}, 1),
    ({"region": "15", "zona": "rural"}, 0),
    ({"dependencia": "no existe"}, 3),
]


@pytest.mark.parametrize(("query", "count"), FILTERS)
def test_filters_look_at_the_facts_of_the_year(query, count):
    school_at(region="15", is_rural=False, has_sep=True, plan=False)
    school_at(is_rural=True, has_sep=True, dependency="3", plan=False)
    school_at(is_rural=None, has_sep=False, plan=False)

    found = roster.of_year(YEAR, filters=roster.Filters.of(query))

    assert found.count() == count


def test_the_owner_filter_is_the_owner_of_that_year():
    school = school_at(plan=False)
    then = OwnerFactory()
    SchoolYear.objects.filter(school=school).update(owner=then)

    assert roster.of_year(YEAR, filters=roster.Filters(sostenedor=then.key)).count() == 1
    assert not roster.of_year(YEAR, filters=roster.Filters(sostenedor=school.owner.key)).exists()


def test_each_person_counts_the_schools_of_their_place(actor):
    school, other = school_at(region="13", plan=False), school_at(region="15", plan=False)
    region = Region.objects.get(country__code="CL", code="13")

    def counted(someone):
        return set(roster.of_year(YEAR, someone).values_list("school", flat=True))

    assert counted(actor("analyst", school.country)) == {school.pk, other.pk}
    assert counted(actor("analyst", region)) == {school.pk}
    assert counted(actor("owner", other.owner)) == {other.pk}
    assert counted(actor("supervisor", region)) == {school.pk}
    assert counted(actor("adviser", school)) == {school.pk}
    assert counted(actor("director", school)) == set()
    assert not roster.can_see_territory(actor("director", school))


def test_a_place_within_one_region_is_told_by_communes():
    first = school_at((YEAR, PLANNING, SENT), region="13")
    second = school_at((YEAR, PLANNING, SENT), region="13")
    here = roster.of_year(YEAR)
    assert progress.columns_for(here) is progress.By.COMMUNE

    found = progress.progress(
        here, YEAR, on=dt.date(2026, 9, 8), by=progress.By.COMMUNE, every_region=False
    )

    assert cells(found) == {
        (YEAR, PLANNING, SENT, first.commune.name): 1,
        (YEAR, PLANNING, SENT, second.commune.name): 1,
    }
    listed = roster.of_year(YEAR, filters=roster.Filters(comuna=first.commune.code))
    assert [row.school for row in listed] == [first]
    school_at(region="15", plan=False)
    assert progress.columns_for(roster.of_year(YEAR)) is progress.By.REGION


def test_the_place_chosen_in_the_header_narrows_the_table(actor):
    from mejora.network import access

    school, other = school_at(plan=False), school_at(plan=False)
    first = actor("owner", school.owner)
    second = MembershipFactory(user=first.user, role="owner", place=other.owner)
    both = access.actor_for(first.user, current_id=second.pk)

    assert set(roster.of_year(YEAR, both).values_list("school", flat=True)) == {other.pk}
