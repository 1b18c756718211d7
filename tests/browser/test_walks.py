"""An analyst and a sostenedor, from sign-in to result, at a desk and on a phone."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from mejora.network.enums import Dependency, Role
from mejora.network.models import School
from mejora.plans import workflow
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Stage
from tests.browser.conftest import PHONE
from tests.browser.walking import SIZES, leave, print_plan, timed, work
from tests.factories import (
    ActionFactory,
    GoalFactory,
    MembershipFactory,
    MilestoneFactory,
    OwnerFactory,
    PlanFactory,
    PlanYearFactory,
    SchoolFactory,
    StrategyFactory,
)
from tests.factories.files import directory, slep_list
from tests.factories.network import YEAR, chile
from tests.factories.people import PASSWORD

ROWS = (
    {"NOM_RBD": "ESCUELA PEÑALOLÉN ALTO", "COD_DEPE": "6"},
    {"NOM_RBD": "COLEGIO SAN JOSÉ DE MAIPO"},
    {"NOM_RBD": "LICEO ÑUÑOA NORTE", "COD_COM_RBD": "05101", "NOM_COM_RBD": "VALPARAISO"},
    {"NOM_RBD": "ESCUELA RARA", "COD_DEPE": "9"},  # an error: no such code
    {"NOM_RBD": "NULL"},  # a warning: no name
    {"NOM_RBD": "ESCUELA LEJANA", "RBD": "no sé"},  # an error: not a number
)


@SIZES
def test_an_analyst_brings_the_country_in_and_counts_it(
    size, page, enter, scan, console, live_server, tmp_path, today, record_property
):
    page.set_viewport_size(size)
    analyst = MembershipFactory(role=Role.ANALYST, place=chile()).user
    with timed("analista, del directorio al avance", record_property):
        enter(analyst, PASSWORD)
        scan("avance, sin nada")
        import_file(page, scan, tmp_path, "Importar directorio", directory(*ROWS), "Importar 4 ")
        import_file(
            page, scan, tmp_path, "Importar listado",
            slep_list(("1", "SLEP Barrancas", "13101", "2018", "2018")), "Importar 1 ",
        )  # fmt: skip
        for typed in ("penalolen alto", "91001", "valparaiso", "slep barrancas"):
            find(page, live_server, typed)
            scan(f"búsqueda de {typed}")
        choose_roster(page, live_server, scan)
        every_number_leads_to_its_schools(page, live_server, scan)


def open_section(page, name):
    """By the bar, or by "Menú" where there is no room for one."""
    is_narrow = page.viewport_size == PHONE
    if is_narrow:
        page.locator("summary").filter(has_text="Menú").click()
    place = page.locator(".menu__list" if is_narrow else ".navbar__list")
    place.get_by_role("link", name=re.compile(rf"^{name}( \d+)?$")).click()


def import_file(page, scan, tmp_path, button, text, says):
    """Choose the file, see the job, look at the review, save it."""
    file = tmp_path / "archivo.csv"
    file.write_text(text)
    open_section(page, "Importar")
    scan("importar")
    page.get_by_role("button", name=button).click()
    page.locator("input[type=file]").set_input_files(file)
    scan("elegir archivo")
    page.get_by_role("button", name="Revisar archivo").click()
    page.get_by_role("heading", name="Revisando archivo.csv").first.wait_for()
    scan("en revisión")
    work()
    page.get_by_role("heading", name="Revisión:").wait_for()
    assert "Todavía no se ha guardado nada" in page.content()
    scan("revisión")
    for cut in ("errores", "avisos"):
        link = page.locator(f'.counts a[href$="/revision/{cut}/"]')
        if link.count():
            link.click()
            scan(cut)
            page.go_back()
    page.get_by_role("button", name=says).click()
    page.get_by_role("heading", name="Guardando").first.wait_for()
    work()
    page.get_by_role("heading", name="Importado:").wait_for()
    scan("importado")


def find(page, live_server, typed):
    """The search of the list, that does not mind accents nor capitals."""
    page.goto(f"{live_server.url}/escuelas/")
    page.get_by_label("Nombre, RBD, comuna o sostenedor").fill(typed)
    page.get_by_role("button", name="Buscar", exact=True).last.click()
    page.get_by_role("heading", name=f"Escuelas que coinciden con «{typed}»").wait_for()
    found = "LICEO ÑUÑOA NORTE" if typed == "valparaiso" else "ESCUELA PEÑALOLÉN ALTO"
    page.get_by_role("link", name=School.objects.get(name__iexact=found).name).wait_for()


def choose_roster(page, live_server, scan):
    page.goto(f"{live_server.url}/importar/")
    page.get_by_role("link", name="elija todas las escuelas").click()
    page.get_by_role("button", name="Revisar la nómina").click()
    page.get_by_role("heading", name="por corregir").wait_for()
    scan("nómina, con errores")
    for label in (Dependency.DAEM.label, Dependency.SLEP.label):
        page.get_by_label(label).check()
    page.get_by_label("Motivo").fill("Convenio SEP vigente")
    page.get_by_role("button", name="Revisar la nómina").click()
    page.get_by_role("button", name="Importar 4 establecimientos").click()
    page.get_by_role("heading", name="Guardando").first.wait_for()
    work()
    page.get_by_role("heading", name="Importado:").wait_for()


def every_number_leads_to_its_schools(page, live_server, scan):
    open_section(page, "Avance nacional")
    page.get_by_role("heading", name="Avance nacional del PME").wait_for()
    scan("avance")
    links = page.locator("table[data-grid] td a")
    told = {link.get_attribute("href"): link.inner_text() for link in links.all()}
    assert len(told) >= 4, told
    for href, number in told.items():
        page.goto(live_server.url + href)
        assert page.locator("main tbody tr").count() == int(number), href
    scan("escuelas de un número")


@pytest.fixture
def sent(today):
    """A SLEP with three schools; two have sent the strategic stage."""
    owner = OwnerFactory(name="SLEP Cordillera Azul")
    made = []
    for name in ("Escuela El Molino", "Escuela La Rada", "Liceo Los Maitenes"):
        school = SchoolFactory(name=name, owner=owner)
        year = PlanYearFactory(plan=PlanFactory(school=school, start_year=YEAR))
        strategy = StrategyFactory(plan_year=year)
        GoalFactory(objective=strategy.objective)
        action = ActionFactory(plan_year=year, strategy=strategy, name="Aulas en terreno")
        MilestoneFactory(action=action, due_on=dt.date(YEAR, 4, 1))
        made.append(school)
    for school in made[:2]:
        stage = school.plan_years.get().stages.get(kind=StageKind.STRATEGIC)
        for transition in (workflow.BEGIN, workflow.SEND):
            workflow.move(stage, transition, by=person(Role.DIRECTOR, school))
    return made


def person(role, place):
    from mejora.network import access

    return access.actor_for(MembershipFactory(role=role, place=place).user)


REASON = "La meta no dice cuánto ni cuándo."


@SIZES
def test_an_owner_returns_one_stage_and_approves_another(
    size, page, enter, scan, console, live_server, sent, tmp_path, record_property
):
    molino, rada, _ = sent
    page.set_viewport_size(size)
    with timed("sostenedor, dos decisiones", record_property):
        enter(person(Role.OWNER, molino.owner).user, PASSWORD)
        open_section(page, "Tablero")
        months = page.get_by_role("table", name="Porcentaje de acciones al día")
        for school in sent:
            months.get_by_role("rowheader", name=school.name).wait_for()
        scan("tablero")
        months.get_by_role("link", name=molino.name, exact=True).click()
        scan("plan")
        printed(page, tmp_path, molino)
        decide(page, molino, "Devolver a la escuela")
        page.get_by_role("heading", name="Hay 1 dato por corregir").wait_for()
        page.get_by_role("link", name="Escriba qué debe corregir la escuela.").click()
        assert page.evaluate("document.activeElement.name") == "comment"
        scan("devolver sin motivo")
        page.get_by_label("Comentario para la escuela").fill(REASON)
        page.get_by_role("button", name="Devolver a la escuela").click()
        page.get_by_text("quedó devuelta a la escuela").wait_for()
        page.get_by_text("La tiene la escuela").wait_for()
        scan("devuelta")
        decide(page, rada, "Aprobar Fase Estratégica")
        page.get_by_text("quedó aprobada").wait_for()
        scan("aprobada")
    assert [status(molino), status(rada)] == [StageStatus.RETURNED, StageStatus.APPROVED]
    leave(page)

    enter(person(Role.DIRECTOR, molino).user, PASSWORD)
    page.get_by_text(REASON).wait_for()
    scan("inicio de la escuela")
    page.get_by_role("button", name="Ver qué corregir").click()
    page.get_by_text(REASON).first.wait_for()
    scan("la etapa devuelta")


def status(school):
    return Stage.objects.get(plan_year__school=school, kind=StageKind.STRATEGIC).status


def decide(page, school, button):
    open_section(page, "Aprobaciones")
    link = f"Revisar Fase Estratégica {YEAR} de {school.name}"
    page.get_by_role("link", name=link).click()
    page.wait_for_url(f"**{reverse('plans:stage', args=[school.code, YEAR, 'strategic'])}")
    page.get_by_role("button", name=button).click()


def printed(page, tmp_path, school):
    text, pages = print_plan(page, tmp_path)
    assert school.name in text
    assert f"RBD {school.code}" in text
    assert "Aulas en terreno" in text
    assert pages >= 2
