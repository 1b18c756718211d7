"""The board by month: what counts as up to date, what a cell says, whom to call and why."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mejora.files import storing
from mejora.monitoring.enums import Frequency
from mejora.monitoring.models import EvidenceUse, Period
from mejora.network.contacts import Contact
from mejora.network.enums import Role
from mejora.network.models import SchoolYear, SupervisionOffice
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import PlanYear, Stage
from mejora.reports import board, board_alerts, board_months, board_page, calls
from tests.factories import (
    ActionFactory,
    MembershipFactory,
    MilestoneFactory,
    OwnerFactory,
    UserFactory,
)
from tests.factories.monitoring import (
    ReportFactory,
    action_with_milestones,
    give_periods,
    implementing_year,
    level,
    month,
)
from tests.world import photo

pytestmark = pytest.mark.django_db
YEAR = 2026
MARCH, JULY, AUGUST = (dt.date(YEAR, number, 1) for number in (3, 7, 8))


@pytest.fixture(autouse=True)
def opened_in_march(today):
    """The plannings of these tests were approved before the first period."""


def school_year(owner=None, **fields):
    found = implementing_year(plan__school__owner=owner or OwnerFactory(), **fields)
    Stage.objects.filter(plan_year=found, kind=StageKind.PLANNING).update(
        decided_at=dt.datetime(YEAR, 2, 20, 12, tzinfo=dt.UTC)
    )
    PlanYear.objects.filter(pk=found.pk).update(status_now=StageStatus.PARTIAL)
    return found


def whole_year(plan_year, **fields):
    """An action of the whole school year, of which a half has gone by at the end of July."""
    fields = {"starts_on": dt.date(YEAR, 3, 1), "ends_on": dt.date(YEAR, 12, 31)} | fields
    return ActionFactory(plan_year=plan_year, **fields)


def said(action, number, code, **fields):
    """What was reported of a month, in time unless `at` says otherwise."""
    period = month(action.plan_year, number)
    at = fields.pop("at", None) or dt.datetime(YEAR, number, 28, 12, tzinfo=dt.UTC)
    report = ReportFactory(action=action, period=period, level=level(code), at=at, **fields)
    action.level_now, action.pct_now = report.level, report.pct
    action.reported_on = at.date()
    action.save()
    return report


def line(plan_year, on=dt.date(YEAR, 9, 8)):
    found = board_months.read(PlanYear.objects.filter(pk=plan_year.pk), on)
    return found[plan_year.school_id]


def test_a_month_counts_the_actions_that_reach_what_the_calendar_asks():
    year = school_year()
    for code in ("parcial", "adecuada", "avanzada", "completa"):
        said(whole_year(year), 7, code)

    cell = line(year).at(JULY)  # 50 % of the time has gone by on 31 July

    assert (cell.done, cell.due, cell.pct) == (3, 4, 75)
    assert cell.words == "3 de 4 acciones al día"


def test_the_share_is_rounded_down_so_that_100_means_all():
    year = school_year()
    for code in ("parcial", *["completa"] * 200):
        said(whole_year(year), 7, code)

    assert line(year).at(JULY).pct == 99


def test_an_action_without_a_report_this_month_counts_by_its_last_one():
    year = school_year()
    fresh, older, never = whole_year(year), whole_year(year), whole_year(year)
    said(older, 5, "avanzada")
    said(fresh, 7, "avanzada")

    cell = line(year).at(JULY)

    assert (cell.done, cell.due, cell.reported) == (2, 3, 1)
    assert cell.words == "2 de 3 acciones al día, 1 con informe de este mes"
    assert never.level_now is None


def test_with_milestones_the_weights_due_by_then_are_asked():
    year = school_year()  # 25 % due on 15 April, June, August, October
    for pct in (25, 50):
        said(action_with_milestones(year, starts_on=dt.date(YEAR, 3, 1)), 7, "parcial", pct=pct)

    assert line(year).at(JULY).done == 1


def test_actions_that_had_not_begun_are_not_counted():
    year = school_year()
    said(whole_year(year), 7, "avanzada")
    whole_year(year, starts_on=dt.date(YEAR, 8, 1))

    assert line(year).at(JULY).due == 1


def test_disabled_actions_are_not_counted():
    year = school_year()
    said(whole_year(year), 7, "avanzada")
    said(whole_year(year, is_disabled=True), 7, "inicial")

    assert line(year).at(JULY).pct == 100


@pytest.mark.parametrize(
    ("number", "on", "state"),
    [
        (8, dt.date(YEAR, 8, 31), "future"),  # its last day is still being lived
        (8, dt.date(YEAR, 9, 1), "waiting"),
        (8, dt.date(YEAR, 9, 10), "waiting"),
        (8, dt.date(YEAR, 9, 11), "overdue"),
    ],
)
def test_a_month_without_reports_says_why(number, on, state):
    year = school_year()
    whole_year(year)

    assert line(year, on).at(dt.date(YEAR, number, 1)).state == state


def test_months_before_the_planning_was_approved_are_not_missing():
    year = school_year()
    Stage.objects.filter(plan_year=year, kind=StageKind.PLANNING).update(
        decided_at=dt.datetime(YEAR, 6, 20, 12, tzinfo=dt.UTC)
    )

    missing = line(year).missing

    assert [month.month for month in missing] == [6, 7]


def test_months_after_the_implementation_was_sent_are_not_missing():
    year = school_year()
    sender = UserFactory()
    Stage.objects.filter(plan_year=year, kind=StageKind.IMPLEMENTATION).update(
        status=StageStatus.SENT,
        sent_at=dt.datetime(YEAR, 5, 2, 12, tzinfo=dt.UTC),
        sent_by=sender,
    )

    assert [month.month for month in line(year).missing] == [3, 4]


def test_a_month_reported_after_its_day_came_late():
    year = school_year()
    in_time, late = whole_year(year), whole_year(year)
    said(in_time, 6, "adecuada", at=dt.datetime(YEAR, 7, 10, 12, tzinfo=dt.UTC))  # its last day
    said(late, 6, "adecuada", at=dt.datetime(YEAR, 7, 20, tzinfo=dt.UTC))
    said(late, 7, "adecuada", at=dt.datetime(YEAR, 8, 11, 12, tzinfo=dt.UTC))

    assert not line(year).at(dt.date(YEAR, 6, 1)).is_late
    assert line(year).at(JULY).is_late


def test_a_quarter_stands_in_its_last_month():
    year = school_year(monthly=False)
    give_periods(year, Frequency.QUARTER)
    action = whole_year(year)
    first = Period.objects.filter(plan_year=year).earliest("starts_on")
    ReportFactory(
        action=action,
        period=first,
        level=level("adecuada"),
        at=dt.datetime(YEAR, 6, 1, tzinfo=dt.UTC),
    )

    cells = line(year).cells

    assert sorted(month.month for month in cells) == [5, 8, 11]
    assert cells[dt.date(YEAR, 5, 1)].pct == 100


# Whom to call -----------------------------------------------------------------------------------


def need(facts):
    return [reason.text for rule in calls.RULES if (reason := rule.weigh(facts))]


def cells(**states):
    numbers = {"mar": 3, "abr": 4, "may": 5, "jun": 6, "jul": 7}
    found = {}
    for name, value in states.items():
        first = dt.date(YEAR, numbers[name], 1)
        if isinstance(value, str):
            found[first] = board_months.Cell(first, state=value)
        else:
            found[first] = board_months.Cell(first, state="", done=value, due=100, is_closed=True)
    return board_months.Line(found, 11)


@pytest.mark.parametrize(
    ("months", "text"),
    [
        ({"jun": "overdue", "jul": 80}, "Sin informe en junio"),
        ({"jun": "overdue", "jul": "overdue"}, "Sin informe en junio ni julio"),
        (dict.fromkeys(("may", "jun", "jul"), "overdue"), "Sin informe de mayo a julio"),
        (
            {"mar": "overdue", "abr": 90, "may": "overdue", "jun": 90, "jul": "overdue"},
            "Sin informe en 3 meses; el último, julio",
        ),
    ],
)
def test_missing_months_are_told_in_words(months, text):
    assert text in need(calls.Facts(dt.date(YEAR, 9, 8), cells(**months)))


@pytest.mark.parametrize(("now", "points"), [(86, 0), (85, 1), (62, 3), (10, 5)])
def test_a_fall_counts_from_fifteen_points(now, points):
    reason = calls._fall(calls.Facts(dt.date(YEAR, 9, 8), cells(jun=100, jul=now)))

    assert (reason.points if reason else 0) == points


def test_a_month_that_is_still_being_reported_is_no_fall():
    told = cells(jun=100)
    first = dt.date(YEAR, 7, 1)
    open_month = board_months.Cell(first, state="", done=10, due=100, reported=5)
    both = board_months.Line({**told.cells, first: open_month})

    assert calls._fall(calls.Facts(dt.date(YEAR, 8, 2), both)) is None


def test_the_other_rules_say_what_they_count():
    facts = calls.Facts(
        on=dt.date(YEAR, 9, 8),
        line=cells(jul=90),
        overdue=7,
        returned=("Implementación 2026", dt.date(YEAR, 8, 18)),
        proved_on=dt.date(YEAR, 6, 30),
        is_implementing=True,
    )

    assert need(facts) == [
        "7 hitos atrasados de 11",
        "Implementación 2026: devuelta hace 21 días, sin respuesta",
        "Sin evidencia nueva desde junio",
    ]


def silent(owner, name, months=2, **fields):
    """A school that reported nothing in its last months."""
    year = school_year(owner, plan__school__name=name, **fields)
    action = whole_year(year)
    for number in range(3, 8 - months):
        said(action, number, "completa")
    return year


def seen(owner_actor):
    schools = board.schools_of(owner_actor, YEAR)
    return board_page.read(owner_actor, YEAR, dt.date(YEAR, 9, 8), schools)


def test_the_schools_with_most_points_come_first_and_those_just_called_rest(actor):
    owner = OwnerFactory()
    one, two = silent(owner, "Escuela B", 1), silent(owner, "Escuela C", 4)
    silent(owner, "Escuela A", 1)
    caller = actor("owner", owner)

    assert [c.school.name for c in seen(caller).called] == ["Escuela C", "Escuela A", "Escuela B"]

    Contact.objects.create(
        school=two.school,
        membership=caller.memberships[0],
        on=dt.date(YEAR, 9, 2),
        at=timezone.now(),
    )
    found = seen(caller)
    assert [c.school.name for c in found.called] == ["Escuela A", "Escuela B"]
    assert found.needs.resting == 1
    Contact.objects.update(on=dt.date(YEAR, 9, 1))
    assert seen(caller).called[0].school == two.school
    assert one.school in [c.school for c in seen(caller).called]


def test_who_heads_the_school_is_named(actor):
    owner = OwnerFactory()
    year = silent(owner, "Escuela A")
    MembershipFactory(
        role=Role.DIRECTOR, place=year.school, user__name="Elena Vidal", user__position="Directora"
    )

    assert seen(actor("owner", owner)).called[0].head == "Elena Vidal, directora"


# Alerts -----------------------------------------------------------------------------------------


def tally(slug, year):
    years = PlanYear.objects.filter(pk=year.pk)
    found = board_alerts.tallies(years, dt.date(YEAR, 9, 8))
    return next(t.count for t in found if t.kind.slug == slug)


def test_overdue_milestones_are_as_many_as_the_list_by_level_says(actor):
    year = school_year()
    action_with_milestones(year)
    on = dt.date(YEAR, 9, 8)

    [row] = board.rows([year.school], actor("owner", year.school.owner), YEAR, on)

    assert tally("hito-atrasado", year) == row.late_milestones == 3


def test_proof_is_missing_only_of_what_is_said_to_be_done():
    year = school_year()
    action = whole_year(year)
    milestone = MilestoneFactory(action=action, weight=100)
    action.requirements.create(text="Acta firmada", milestone=milestone)
    action.requirements.create(text="Lista de asistencia")
    assert tally("evidencia", year) == 0

    milestone.done_on, milestone.done_by = dt.date(YEAR, 6, 1), UserFactory()
    milestone.save()
    assert tally("evidencia", year) == 1
    said(action, 7, "completa")
    assert tally("evidencia", year) == 2

    stored = storing.accept(photo(), space=f"school:{year.school.uid}", by=UserFactory())
    EvidenceUse.objects.create(
        file=stored,
        action=action,
        requirement=action.requirements.get(text="Acta firmada"),
        at=timezone.now(),
    )
    assert tally("evidencia", year) == 1


def test_an_action_that_stays_at_nothing_a_month_after_its_start_is_told():
    year = school_year()
    whole_year(year, starts_on=dt.date(YEAR, 8, 9))  # thirty days before the eighth of September
    assert tally("inicio-atrasado", year) == 0

    late = whole_year(year, starts_on=dt.date(YEAR, 8, 8))
    assert tally("inicio-atrasado", year) == 1
    said(late, 8, "inicial")
    assert tally("inicio-atrasado", year) == 0


@pytest.mark.parametrize(
    ("before", "now", "falls"),
    [
        (("avanzada", None), ("adecuada", None), 1),
        (("adecuada", None), ("avanzada", None), 0),
        (("adecuada", 60), ("adecuada", 55), 1),
        (("adecuada", 60), ("adecuada", 60), 0),
        (("adecuada", 60), ("adecuada", None), 0),  # 50–74 % may still be 60 %
    ],
)
def test_a_level_falls_only_where_that_is_sure(before, now, falls):
    year = school_year()
    action = whole_year(year)
    for number, (code, pct) in ((6, before), (7, now)):
        said(action, number, code, pct=pct)

    assert tally("nivel-que-baja", year) == falls


def test_the_list_of_alerts_has_as_many_lines_as_its_figure(actor, signed_in):
    owner = OwnerFactory()
    year, other = school_year(owner), school_year(owner)
    action_with_milestones(year, name="Taller de lectura")
    action_with_milestones(other, name="Huerto escolar")
    client = signed_in(actor("owner", owner))
    url = reverse("reports:board_alerts", args=[YEAR])

    page = client.get(url, {"tipo": "hito-atrasado"})
    assert page.context["page"].paginator.count == 6
    one = client.get(url, {"tipo": "hito-atrasado", "escuela": year.school.code})
    assert one.context["page"].paginator.count == 3
    assert "Huerto escolar" not in one.text
    assert client.get(url, {"escuela": school_year().school.code}).status_code == 404


# The page ---------------------------------------------------------------------------------------


def test_what_the_adviser_may_not_read_has_no_months(actor):
    unsent = school_year()
    PlanYear.objects.filter(pk=unsent.pk).update(version_no=0)
    said(whole_year(unsent), 7, "avanzada")
    owner, adviser = actor("owner", unsent.school.owner), actor("adviser", unsent.school.owner)

    assert unsent.school_id in seen(owner).lines
    assert seen(adviser).lines == {}
    assert seen(adviser).alert_count == 0


def test_groups_tell_their_lowest_and_highest_and_never_an_average(actor):
    owner = OwnerFactory()
    for codes in (["avanzada", "parcial"], ["avanzada"] * 3):
        year = school_year(owner)
        for code in codes:
            said(whole_year(year), 7, code)
        SchoolYear.objects.filter(school=year.school).update(enrolment=80)
    found = seen(actor("owner", owner))
    page = board_page.page(found, board_page.SORTINGS["tamano"], None)

    [group] = board_page.groups(found, board_page.SORTINGS["tamano"], page, found.called)

    assert group.name == "51 a 250 estudiantes"
    assert group.spans[found.months.index(JULY)] == "50–100"
    assert (found.informed_count, found.expected_count, found.month_due) == (0, 2, AUGUST)


@pytest.mark.parametrize(
    ("pupils", "name"),
    [
        (50, "50 estudiantes o menos"),
        (51, "51 a 250 estudiantes"),
        (1001, "Más de 1.000 estudiantes"),
        (None, "Matrícula s/i"),
    ],
)
def test_schools_of_a_size_stand_together(actor, pupils, name):
    year = school_year()
    SchoolYear.objects.filter(school=year.school).update(enrolment=pupils)
    found = seen(actor("owner", year.school.owner))
    sorting = board_page.SORTINGS["tamano"]

    [group] = board_page.groups(found, sorting, board_page.page(found, sorting, None), [])

    assert group.name == name


def test_a_cell_leads_to_its_month_and_says_its_figure_in_words(actor, signed_in):
    year = school_year()
    said(whole_year(year), 7, "avanzada")
    july = month(year, 7)

    page = signed_in(actor("owner", year.school.owner)).get("/tablero/").text

    url = reverse("monitoring:grid", args=[year.school.code, YEAR, july])
    assert f'class="heat step-5" href="{url}"' in page
    assert "1 de 1 acción al día" in page
    assert 'class="heat overdue"' in page
    assert "criterio de Mejora" in page


@pytest.mark.parametrize("role", [Role.OWNER, Role.SUPERVISOR, Role.ADVISER])
def test_the_board_costs_the_same_with_one_school_and_with_six(role, actor, signed_in):
    owner = OwnerFactory()
    office = SupervisionOffice.objects.order_by("pk").first()
    client = signed_in(actor(role, office if role == Role.SUPERVISOR else owner))

    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/tablero/").status_code == 200
        return len(asked)

    one = silent(owner, "Escuela A")
    action_with_milestones(one)
    cost()  # reads the catalogue, once per process
    first = cost()
    for name in "BCDEF":
        action_with_milestones(silent(owner, f"Escuela {name}"))

    assert cost() == first <= 45


def test_a_place_with_very_many_schools_chooses_a_commune_first(actor, signed_in, monkeypatch):
    monkeypatch.setattr(board_page, "FOLD_OVER", 1)
    owner = OwnerFactory()
    one = silent(owner, "Escuela A")
    silent(owner, "Escuela B")
    client = signed_in(actor("owner", owner))

    page = client.get("/tablero/")
    assert "¿Qué comuna mirar?" in page.text
    assert [row.school_count for row in page.context["communes"]] == [1, 1]
    inside = client.get("/tablero/", {"comuna": one.school.commune.code})
    assert [c.school.name for c in inside.context["board"].called] == ["Escuela A"]
    assert len(inside.context["page"]) == 1


def test_who_reads_no_plans_gets_the_schools_by_level(actor, signed_in):
    year = school_year()
    client = signed_in(actor("analyst", year.school.country))

    assert "¿Cómo van las escuelas?" in client.get("/tablero/").text
    assert client.get(reverse("reports:board_alerts", args=[YEAR])).status_code == 403
