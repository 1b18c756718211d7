"""Persons 1 and 2 look at their schools: from the country to one list, from home to a decision."""

import datetime as dt

import pytest
from django.urls import reverse

from mejora.network.enums import Role
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from tests.browser.conftest import DESK, PHONE
from tests.factories import (
    ActionFactory,
    MembershipFactory,
    MilestoneFactory,
    OwnerFactory,
    PlanFactory,
    PlanYearFactory,
    SchoolFactory,
    StrategyFactory,
)
from tests.factories.people import PASSWORD

YEAR = 2026
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])


@pytest.fixture
def schools(today):
    """A SLEP with three schools; one waits for its decision, one has something late."""
    owner = OwnerFactory(name="SLEP Cordillera Azul")
    made = []
    for name in ("Escuela El Molino", "Escuela La Rada", "Liceo Los Maitenes"):
        school = SchoolFactory(name=name, owner=owner)
        year = PlanYearFactory(plan=PlanFactory(school=school, start_year=YEAR), version_no=1)
        action = ActionFactory(plan_year=year, strategy=StrategyFactory(plan_year=year))
        MilestoneFactory(action=action, due_on=dt.date(YEAR, 4, 1))
        made.append(school)
    director = person(Role.DIRECTOR, made[0])
    stage = made[0].plan_years.get().stages.get(kind=StageKind.STRATEGIC)
    for transition in (workflow.BEGIN, workflow.SEND):
        workflow.move(stage, transition, by=director)
    return made


def person(role, place):
    from mejora.network import access

    return access.actor_for(MembershipFactory(role=role, place=place).user)


@SIZES
def test_an_analyst_goes_from_the_country_to_the_schools_of_one_number(
    size, page, enter, scan, console, schools, live_server
):
    page.set_viewport_size(size)
    enter(person(Role.ANALYST, schools[0].country).user, PASSWORD)

    page.get_by_role("heading", name="Avance nacional del PME").wait_for()
    scan()
    sent = page.get_by_role("row", name="Enviado al sostenedor")
    sent.get_by_role("link", name="1", exact=True).first.click()

    page.get_by_role("link", name="Escuela El Molino").wait_for()
    assert page.get_by_role("link", name="Escuela La Rada").count() == 0
    scan()


def test_arrows_move_between_the_numbers_and_tab_enters_once(
    page, enter, console, schools, live_server
):
    page.set_viewport_size(DESK)
    enter(person(Role.ANALYST, schools[0].country).user, PASSWORD)
    links = page.locator("table[data-grid] td a")
    links.first.wait_for()

    assert page.locator("table[data-grid] td a[tabindex='0']").count() == 1
    links.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")

    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert "etapa=estrategica" in focused
    assert "region=" not in focused, "the total stands right of the only region with schools"


@SIZES
def test_an_owner_goes_from_home_to_what_waits(
    size, page, enter, scan, console, schools, live_server
):
    page.set_viewport_size(size)
    enter(person(Role.OWNER, schools[0].owner).user, PASSWORD)

    page.get_by_role("heading", name="Decidir 1 etapa enviada").wait_for()
    scan("home")
    page.get_by_role("button", name="Revisar y decidir").click()
    page.get_by_role("heading", name="¿Qué espera respuesta?").wait_for()
    scan("approvals")
    page.get_by_role("link", name="Revisar Fase Estratégica").click()
    page.wait_for_url(f"**{reverse('plans:stage', args=[schools[0].code, YEAR, 'strategic'])}")

    page.goto(f"{live_server.url}/tablero/")
    scan("board")
    page.get_by_label("Qué escuelas").select_option("con-atraso")
    page.wait_for_url("**mostrar=con-atraso*")
    months = page.get_by_role("table", name="Porcentaje de acciones al día")
    months.get_by_role("rowheader", name="Escuela El Molino").wait_for()
    assert months.get_by_role("rowheader", name="Escuela La Rada").count() == 0, "it has not begun"

    page.get_by_role("link", name="Registrar llamada a Escuela El Molino").first.click()
    page.get_by_label("Qué se habló").fill("Envía el informe el viernes.")
    scan("call")
    page.get_by_role("button", name="Registrar llamada").click()
    page.get_by_text("Llamada a Escuela El Molino registrada.").wait_for()
    page.get_by_role("link", name="Ver acciones por nivel").click()
    page.get_by_role("link", name="Con algo atrasado").wait_for()
    scan("levels")


@SIZES
def test_a_director_sees_what_comes_next(size, page, enter, scan, console, schools):
    page.set_viewport_size(size)
    enter(person(Role.DIRECTOR, schools[1]).user, PASSWORD)

    page.get_by_role("heading", name="Lo que toca ahora").wait_for()
    scan()


def test_the_pages_work_without_javascript(browser, schools, client, live_server):
    viewer = person(Role.OWNER, schools[0].owner)
    client.force_login(viewer.user)
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()

    page.goto(f"{live_server.url}/avance/")
    page.get_by_label("Zona").select_option("sin-dato")
    page.get_by_role("button", name="Aplicar").click()

    assert "zona=sin-dato" in page.url
    assert page.get_by_role("row", name="Total general").get_by_role("link").count() > 0
    assert StageStatus.SENT.label in page.content()
    context.close()
