"""The pages of reports: who sees them, what every number leads to, what they cost."""

import datetime as dt
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mejora.core import wording
from mejora.frameworks import catalogue
from mejora.monitoring.models import MonitoringPlan, Period, ProgressReport
from mejora.network.access import Deed
from mejora.network.enums import Role
from mejora.network.models import Region, SupervisionOffice
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import PlanYear, Stage
from mejora.reports import approvals, board
from tests.factories import (
    ActionFactory,
    MembershipFactory,
    MilestoneFactory,
    OwnerFactory,
    PlanFactory,
    PlanYearFactory,
    SchoolFactory,
    StrategyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
YEAR = 2026
STRATEGIC, PLANNING, IMPLEMENTATION, EVALUATION = workflow.ORDER
NOT_STARTED, PARTIAL, SENT, RETURNED, APPROVED = StageStatus


def planned(owner=None, *, stage=IMPLEMENTATION, status=PARTIAL, version=1, actions=2, **school):
    """A school with a plan year, two actions each with two milestones, one of them overdue."""
    school = SchoolFactory(owner=owner or OwnerFactory(), **school)
    year = PlanYearFactory(
        plan=PlanFactory(school=school, start_year=YEAR),
        stage_now=stage,
        status_now=status,
        is_begun=True,
        version_no=version,
    )
    strategy = StrategyFactory(plan_year=year)
    for _ in range(actions):
        action = ActionFactory(plan_year=year, strategy=strategy)
        for due_on in (dt.date(YEAR, 4, 1), dt.date(YEAR, 12, 1)):
            MilestoneFactory(action=action, due_on=due_on)
    return school


OF_OWNERS = (Role.DISTRICT_LEAD, Role.QUALITY_LEAD, Role.PROFESSIONAL, Role.OPERATIVE)


def place_of(role, school):
    return {
        Role.OWNER: school.owner,
        Role.SUPERVISOR: school.office,
        Role.ADVISER: school.owner,
        **dict.fromkeys(OF_OWNERS, school.owner),
        Role.ANALYST: school.country,
        Role.ADMINISTRATOR: school.country,
    }.get(role, school)


TERRITORY = set(Role) - {Role.DIRECTOR, Role.PLANNER, Role.RESPONSIBLE}
PAGES = {
    "reports:progress": TERRITORY,
    "reports:board": TERRITORY,
    "reports:progress_schools": TERRITORY,
    "reports:progress_csv": TERRITORY,
    "reports:approvals": {Role.OWNER, Role.QUALITY_LEAD},
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_for_those_whom_the_table_of_deeds_names(
    name, role, actor, signed_in, today
):
    school = planned()
    client = signed_in(actor(role, place_of(role, school)))
    years = [YEAR] if name.startswith("reports:progress_") else []

    response = client.get(reverse(name, args=years))

    assert response.status_code == (200 if role in PAGES[name] else 403)


def test_a_stranger_is_sent_to_sign_in(client):
    response = client.get("/avance/")

    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


@pytest.mark.parametrize("address", ["/avance/1999/", "/avance/99999/", "/tablero/1/"])
def test_a_year_that_cannot_be_is_not_found(address, actor, signed_in):
    school = planned()

    assert signed_in(actor("analyst", school.country)).get(address).status_code == 404


def links(html):
    """(text, address) of every figure of the table."""
    found = re.findall(r'<td[^>]*>\s*<a href="([^"]+)">([^<]+)</a>', html)
    return [(text, unescape(href)) for href, text in found]


def test_every_number_leads_to_exactly_its_schools(actor, signed_in, today):
    region = Region.objects.get(country__code="CL", code="15")
    school = planned(status=RETURNED)
    planned(status=NOT_STARTED)
    planned(stage=PLANNING, status=SENT, year__is_rural=True)
    SchoolFactory()
    other = planned(stage=EVALUATION, status=APPROVED)
    other.commune.region = region
    other.commune.save()
    client = signed_in(actor("analyst", school.country))

    html = client.get("/avance/?filas=todas").content.decode()

    figures = [(text, href) for text, href in links(html) if "grupo=" not in href]
    assert len(figures) == 16
    for text, href in figures:
        assert client.get(href).context["page"].paginator.count == int(text), href
    groups = {href for _, href in links(html) if "grupo=" in href and "region" not in href}
    counts = {
        href.split("grupo=")[1]: client.get(href).context["page"].paginator.count for href in groups
    }
    assert counts == {"al-dia": 3, "con-registro": 1}


def test_every_number_of_an_owner_leads_to_its_schools_by_commune(actor, signed_in, today):
    owner = OwnerFactory()
    planned(owner)
    planned(owner, stage=PLANNING)
    planned()  # of another owner
    client = signed_in(actor("owner", owner))

    html = client.get("/avance/").content.decode()

    figures = [(text, href) for text, href in links(html) if "grupo=" not in href]
    assert sum("comuna=" in href for _, href in figures) == 6
    for text, href in figures:
        assert client.get(href).context["page"].paginator.count == int(text), href


def test_filters_pass_from_the_table_to_the_lists(actor, signed_in, today):
    school = planned(year__is_rural=True)
    planned(year__is_rural=False)
    client = signed_in(actor("analyst", school.country))

    html = client.get("/avance/?zona=rural").content.decode()

    [total] = {href for text, href in links(html) if href.endswith("?zona=rural")}
    page = client.get(total)
    assert [row.school for row, *_ in page.context["rows"]] == [school]


def test_the_year_chosen_becomes_part_of_the_address(actor, signed_in):
    school = planned()

    response = signed_in(actor("analyst", school.country)).get("/avance/?anio=2025&zona=rural")

    assert response["Location"] == "/avance/2025/?zona=rural"


def queries_of(client, address):
    client.get(address)  # the catalogues are read once per process
    with CaptureQueriesContext(connection) as found:
        response = client.get(address)
        assert response.status_code == 200
    return len(found)


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.OWNER, f"/tablero/{YEAR}/niveles/"),
        (Role.OWNER, "/aprobaciones/"),
        (Role.OWNER, "/"),
        (Role.SUPERVISOR, f"/tablero/{YEAR}/niveles/"),
        (Role.ANALYST, "/avance/"),
        (Role.ANALYST, f"/avance/{YEAR}/escuelas/?pme={YEAR}"),
        (Role.ADMINISTRATOR, "/"),
    ],
)
def test_a_page_costs_the_same_with_one_school_and_with_six(role, address, actor, signed_in, today):
    owner = OwnerFactory()
    client = signed_in(actor(role, place_of(role, planned(owner))))
    Stage.objects.filter(kind=PLANNING).update(
        status=SENT, sent_at=f"{YEAR}-09-01T12:00Z", sent_by=UserFactory()
    )
    with_one = queries_of(client, address)
    for _ in range(5):
        planned(owner, actions=3)

    assert queries_of(client, address) == with_one <= 30


def test_the_board_tells_counts_and_never_an_average(actor, today):
    school = planned(actions=3, year__enrolment=321)
    book = catalogue.in_force("CL", today)
    year = PlanYear.objects.get(school=school)
    done, partial, _ = year.actions.order_by("pk")
    done.level_now_id = book.level_for_pct(100).pk
    done.reported_on = dt.date(YEAR, 9, 1)
    partial.level_now_id = book.level_for_pct(30).pk
    partial.reported_on = dt.date(YEAR, 8, 1)
    for action in (done, partial):
        action.save()

    [row] = board.rows([school], actor("owner", school.owner), YEAR, today)

    assert [(c.level and c.level.min, c.count) for c in row.levels.counts if c.count] == [
        (None, 1),
        (25, 1),
        (100, 1),
    ]
    assert (row.levels.total, row.levels.reported) == (3, 2)
    assert wording.range_text(row.levels.lowest).startswith("25–49")
    assert row.levels.reported_on == dt.date(YEAR, 9, 1)
    assert (row.late_actions, row.late_milestones) == (3, 3)
    assert row.enrolment == 321


def test_what_is_late_is_told_only_where_the_plan_may_be_read(actor, signed_in, today):
    unsent = planned(version=0, actions=1)
    sent = planned(unsent.owner, version=1, actions=1)
    adviser, owner = actor("adviser", unsent.owner), actor("owner", unsent.owner)

    def late(someone):
        rows = board.rows([unsent, sent], someone, YEAR, today)
        return [row.late_actions for row in rows]

    assert late(owner) == [1, 1]
    assert late(adviser) == [None, 1]
    assert [row.levels.total for row in board.rows([unsent], adviser, YEAR, today)] == [1]
    cut = next(c for c in board.cuts(adviser, YEAR, today) if c.slug == "con-atraso")
    assert list(cut.schools) == [sent]
    analyst = actor("analyst", unsent.country)
    assert "con-atraso" not in [c.slug for c in board.cuts(analyst, YEAR, today)]
    assert b"Acciones atrasadas" not in signed_in(analyst).get("/tablero/").content


def test_the_chips_count_what_they_show(actor, signed_in, today):
    owner = OwnerFactory()
    planned(owner, status=SENT)
    planned(owner, stage=PLANNING, status=RETURNED)
    recent = planned(owner)
    recent.plan_years.get().actions.update(reported_on=today)
    planned(owner)
    planned()  # of another owner
    client = signed_in(actor("owner", owner))

    page = client.get(f"/tablero/{YEAR}/niveles/").context

    counts = {slug: count for slug, _, count in page["chips"]}
    assert counts == {
        "": 4,
        "con-atraso": 4,
        "por-aprobar": 1,
        "devueltas": 1,
        "sin-monitoreo": 1,
        "anterior": 0,
    }
    for slug, count in counts.items():
        shown = client.get(f"/tablero/{YEAR}/niveles/?mostrar={slug}").context
        assert sum(len(rows) for *_, rows in shown["groups"]) == count


def send(stage, by, on):
    for transition in (workflow.BEGIN, workflow.SEND):
        workflow.move(stage, transition, by=by, at=dt.datetime(*on, 15, tzinfo=dt.UTC))


def test_approvals_say_since_when_and_whose_turn_it_is(actor, signed_in, today):
    owner = OwnerFactory()
    first, second = planned(owner, name="Escuela Uno"), planned(owner, name="Escuela Dos")
    director, decider = actor("director", first), actor("owner", owner)
    sent = first.plan_years.get().stages.get(kind=STRATEGIC)
    returned = second.plan_years.get().stages.get(kind=STRATEGIC)
    send(sent, director, (YEAR, 8, 20))
    send(returned, director, (YEAR, 8, 1))
    workflow.move(
        returned,
        workflow.RETURN,
        by=decider,
        at=dt.datetime(YEAR, 9, 5, 15, tzinfo=dt.UTC),
        comment="Falta la línea base.",
    )
    alien = planned().plan_years.get().stages.get(kind=STRATEGIC)
    send(alien, director, (YEAR, 8, 20))

    page = signed_in(decider).get("/aprobaciones/")

    told = [
        (row.stage.plan_year.school.name, row.days, row.is_owners_turn, row.reason)
        for row in page.context["rows"]
    ]
    assert told == [
        ("Escuela Uno", 19, True, ""),
        ("Escuela Dos", 3, False, "Falta la línea base."),
    ]
    assert approvals.waiting_count(decider, YEAR) == 1
    only = signed_in(decider).get("/aprobaciones/?turno=escuela").context["rows"]
    assert [row.stage for row in only] == [returned]
    assert reverse("plans:stage", args=[first.code, YEAR, STRATEGIC]) in page.content.decode()


def test_a_decision_is_seen_at_once_in_approvals_board_and_table(actor, signed_in, today):
    school = planned(stage=STRATEGIC, status=SENT)
    decider, director = actor("owner", school.owner), actor("director", school)
    stage = school.plan_years.get().stages.get(kind=STRATEGIC)
    send(stage, director, (YEAR, 9, 1))
    client = signed_in(decider)
    assert client.get("/aprobaciones/").context["rows"]

    workflow.move(stage, workflow.APPROVE, by=decider)

    assert not client.get("/aprobaciones/").context["rows"]
    [(_, _, [row])] = client.get(f"/tablero/{YEAR}/niveles/").context["groups"]
    assert (row.place.standing.stage, row.place.status) == (PLANNING, NOT_STARTED)
    found = client.get("/avance/").context["found"]
    assert [(at.stage, at.state) for at in found.standings] == [(PLANNING, NOT_STARTED)]


# Homes ----------------------------------------------------------------------------------------


HOMES = [
    (Role.DIRECTOR, 200, "reports/home_school.html"),
    (Role.PLANNER, 200, "reports/home_school.html"),
    (Role.RESPONSIBLE, 302, "/mis-acciones/"),
    (Role.OWNER, 200, "reports/home_place.html"),
    (Role.SUPERVISOR, 200, "reports/home_place.html"),
    (Role.ADVISER, 200, "reports/home_place.html"),
    *((role, 200, "reports/home_place.html") for role in OF_OWNERS),
    (Role.ANALYST, 302, "/avance/"),
    (Role.ADMINISTRATOR, 200, "reports/home_installation.html"),
]


@pytest.mark.parametrize(("role", "status", "where"), HOMES)
def test_each_role_comes_home_to_its_own_page(role, status, where, actor, signed_in, today):
    school = planned()

    response = signed_in(actor(role, place_of(role, school))).get("/")

    assert response.status_code == status
    shown = response.get("Location") or [template.name for template in response.templates]
    assert where in shown


def test_without_a_place_the_page_says_whom_to_ask(client):
    user = UserFactory(email="sola@correo.example")
    MembershipFactory(user=user, place=SchoolFactory(), to_on=dt.date(2025, 6, 1))
    client.force_login(user)

    html = client.get("/").content.decode()

    assert "A quién pedirlo" in html
    assert "sola@correo.example" in html


def titles(client):
    context = client.get("/").context
    return [task.title for task in [*context["tasks"], *context["more"]]]


def in_progress(school):
    """The year's stages as the workflow leaves them in the middle of the implementation."""
    year = school.plan_years.get()
    at, by = f"{YEAR}-03-01T12:00Z", UserFactory()
    year.stages.filter(kind__in=[STRATEGIC, PLANNING]).update(
        status=APPROVED, sent_at=at, sent_by=by, decided_at=at, decided_by=by
    )
    year.stages.filter(kind=IMPLEMENTATION).update(status=PARTIAL)
    MonitoringPlan.objects.create(plan_year=year)
    for month in (8, 9):
        Period.objects.create(
            plan_year=year,
            number=month - 2,
            starts_on=dt.date(YEAR, month, 1),
            ends_on=dt.date(YEAR, month, 30),
            due_on=dt.date(YEAR, month + 1, 10),
        )
    return year


def test_a_director_is_told_what_to_do_from_what_is_stored(actor, signed_in, today):
    school = planned(actions=3)
    year = in_progress(school)
    reporter = UserFactory(name="Daniela Huenchumil")
    period = year.periods.get(number=6)
    level = catalogue.in_force("CL", today).level_for_pct(60).pk
    first = year.actions.order_by("pk").first()
    ProgressReport.objects.create(
        action=first,
        period=period,
        level_id=level,
        reported_by=reporter,
        at=dt.datetime(YEAR, 9, 7, 15, tzinfo=dt.UTC),
    )
    client = signed_in(actor("director", school))

    page = client.get("/").context

    assert [task.title for task in page["tasks"]] == [
        "Cerrar el monitoreo de agosto",
        "Revisar 1 informe de responsables",
        "Resolver 3 hitos atrasados",
    ]
    close, review, _ = page["tasks"]
    assert close.why == "1 de 3 acciones informadas. Faltan 2."
    assert close.when == "Vence el jueves 10 de septiembre"
    assert close.note == "en 2 días"
    assert close.href == reverse("monitoring:grid", args=[school.code, YEAR, "agosto"])
    assert review.why == "Daniela Huenchumil (1) ya informó; falta su visto bueno."
    month = page["month"]
    assert (month.reported, month.total) == (1, 3)
    assert month.before == ""  # nothing was reported before
    assert [glass.level and glass.level.min for glass in month.areas[0].glasses] == [50, None, None]
    assert [step.state for step in page["steps"]] == [APPROVED, APPROVED, PARTIAL, NOT_STARTED]


def test_a_returned_stage_comes_first_with_its_reason(actor, signed_in, today):
    school = planned(stage=STRATEGIC, status=RETURNED)
    director, owner = actor("director", school), actor("owner", school.owner)
    stage = school.plan_years.get().stages.get(kind=STRATEGIC)
    send(stage, director, (YEAR, 9, 1))
    workflow.move(stage, workflow.RETURN, by=owner, comment="Falta un sello.")

    task = signed_in(director).get("/").context["tasks"][0]

    assert task.title == f"Corregir Fase Estratégica {YEAR}"
    assert "«Falta un sello.»" in task.why


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-10-31", False), ("2026-11-01", True)],
)
def test_the_implementation_is_not_asked_for_before_november(
    day, expected, actor, signed_in, monkeypatch
):
    monkeypatch.setenv("MEJORA_TODAY", day)
    school = planned()
    in_progress(school)

    found = titles(signed_in(actor("director", school)))

    assert (f"Completar Implementación {YEAR}" in found) is expected


def test_a_school_without_plan_is_invited_to_start(actor, signed_in, today):
    school = SchoolFactory()
    client = signed_in(actor("planner", school))

    assert titles(client) == [f"Empezar el PME {YEAR}"]
    PlanYearFactory(plan=PlanFactory(school=school, start_year=YEAR - 1))
    assert titles(client)[0] == f"Abrir el año {YEAR} del PME"


def test_in_january_the_former_year_is_still_on_the_desk(actor, signed_in, monkeypatch):
    monkeypatch.setenv("MEJORA_TODAY", f"{YEAR + 1}-01-05")
    school = planned()
    in_progress(school)

    page = signed_in(actor("director", school)).get("/").context

    assert page["year"] == YEAR
    assert page["tasks"][0].title == f"Abrir el año {YEAR + 1} del PME"
    assert page["tasks"][1].title == "Cerrar el monitoreo de septiembre"
    assert page["tasks"][1].when == "Venció el sábado 10 de octubre de 2026"


def test_an_owner_is_told_what_waits_and_what_stopped(actor, signed_in, today):
    owner = OwnerFactory()
    school = planned(owner, stage=STRATEGIC, status=SENT, name="Escuela Uno")
    send(
        school.plan_years.get().stages.get(kind=STRATEGIC), actor("director", school), (YEAR, 8, 1)
    )

    tasks = signed_in(actor("owner", owner)).get("/").context["tasks"]

    assert tasks[0].title == "Decidir 1 etapa enviada"
    assert tasks[0].why == "Escuela Uno (38 días)."
    assert tasks[0].tone == "late"


def test_an_administrator_is_told_what_the_data_lack(actor, signed_in, today):
    school = planned()
    client = signed_in(actor("administrator", school.country))
    assert titles(client) == []

    school.years.update(in_roster=False)

    assert titles(client) == [f"Cargar la nómina {YEAR}"]


def test_nobody_reads_news_of_what_they_did_themselves(actor, signed_in, today):
    school = planned(stage=STRATEGIC, status=SENT)
    director, owner = actor("director", school), actor("owner", school.owner)
    send(school.plan_years.get().stages.get(kind=STRATEGIC), director, (YEAR, 9, 1))

    def news(someone):
        return [(n.who, n.verb, n.what) for n in signed_in(someone).get("/").context["news"]]

    assert news(director) == []
    assert news(owner) == [(str(director.user), "envió al sostenedor", f"Fase Estratégica {YEAR}")]


def test_text_of_people_is_data_in_these_pages(actor, signed_in, today):
    school = planned(name='<script>alert("x")</script>')

    html = signed_in(actor("owner", school.owner)).get(f"/tablero/{YEAR}/niveles/").content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_deeds_and_pages_agree():
    """The pages above follow the table of deeds; when it changes, this list has to as well."""
    from mejora.network import access

    assert {role for role in Role if access.reach(Deed.SEE_TERRITORY, role) != "no"} == TERRITORY
    assert StageKind.values == [kind.value for kind in workflow.ORDER]
    assert SupervisionOffice.objects.exists()


@pytest.mark.parametrize(("on", "told"), [("2026-10-02", "A esta altura de agosto eran 2."),
                                          ("2026-10-05", "A esta altura de agosto eran 3."),
                                          ("2026-09-08", "")])  # fmt: skip
def test_the_month_is_compared_with_the_one_before_at_the_same_height(
    actor, signed_in, monkeypatch, on, told
):
    """September is due on 10-10: eight days before, August had what was saved by 02-09."""
    monkeypatch.setenv("MEJORA_TODAY", on)
    school = planned(actions=3)
    august = in_progress(school).periods.get(number=6)
    level = catalogue.in_force("CL", dt.date(YEAR, 9, 1)).level_for_pct(60).pk
    saved = [dt.datetime(YEAR, 8, 28, 15, tzinfo=dt.UTC), dt.datetime(YEAR, 9, 3, 2, tzinfo=dt.UTC),
             dt.datetime(YEAR, 9, 4, 15, tzinfo=dt.UTC)]  # fmt: skip
    for action, at in zip(school.plan_years.get().actions.all(), saved, strict=True):
        ProgressReport.objects.create(
            action=action, period=august, level_id=level, reported_by=UserFactory(), at=at
        )

    page = signed_in(actor("director", school)).get("/").context

    assert page["month"].before == told
