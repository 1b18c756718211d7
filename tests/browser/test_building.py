"""An equipo directivo builds a PME from nothing, sends it, sees it approved and monitors it."""

import re
from dataclasses import dataclass

import pytest
from django.urls import reverse

from mejora.monitoring.models import ProgressReport
from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.plans.enums import StageKind, StageStatus
from mejora.plans.models import Action, Milestone, PlanYear
from mejora.plans.operations import stages
from tests.browser.conftest import DESK
from tests.browser.walking import SIZES, leave, print_plan, timed
from tests.factories import MembershipFactory, SchoolFactory
from tests.factories.network import YEAR
from tests.factories.people import PASSWORD

OBJECTIVE = "Fortalecer la lectura comprensiva en todos los niveles."
GOAL = "Al terminar el ciclo, el 60 % logra el nivel adecuado en lectura."
STRATEGY = "Implementación del acompañamiento en el aula."
INDICATOR = "Cursos con dos visitas al año"
ACTION = "Aulas en terreno"


@dataclass
class Team:
    school: object
    director: object
    teacher: object
    owner: object


@pytest.fixture
def team(today):
    school = SchoolFactory(name="Escuela Los Maitenes")
    return Team(
        school,
        *(
            MembershipFactory(role=role, place=place).user
            for role, place in (
                (Role.DIRECTOR, school),
                (Role.RESPONSIBLE, school),
                (Role.OWNER, school.owner),
            )
        ),
    )


@SIZES
def test_a_school_builds_its_plan_and_reports_on_it(
    size, page, enter, scan, console, live_server, team, tmp_path, record_property
):
    page.set_viewport_size(size)
    with timed("equipo directivo, de nada a un plan enviado", record_property):
        enter(team.director, PASSWORD)
        scan("inicio sin plan")
        build(page, team, scan)
        send(page, "Fase Estratégica", scan)
        send(page, "Planificación Anual", scan)
    check_written(team)
    text, _ = print_plan(page, tmp_path)
    for said in (team.school.name, OBJECTIVE, GOAL, STRATEGY, INDICATOR, ACTION, "4.500.000"):
        assert said in text, said

    approve(team)
    begin_monitoring(page, live_server, scan)
    report(page, live_server, team, scan)
    leave(page)

    enter(team.teacher, PASSWORD)
    page.goto(live_server.url + reverse("plans:detail", args=[team.school.code, YEAR]))
    assert ACTION in print_plan(page, tmp_path)[0]


def test_without_javascript_the_plan_is_built_and_the_month_saved(
    browser, live_server, team, client, record_property
):
    client.force_login(team.director)
    context = browser.new_context(java_script_enabled=False, viewport=DESK, locale="es-CL")
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url)
    with timed("lo mismo sin JavaScript", record_property):
        build(page, team, lambda where: None)
        for stage in ("Fase Estratégica", "Planificación Anual"):
            send(page, stage, lambda where: None)
    check_written(team)
    approve(team)

    begin_monitoring(page, live_server, lambda where: None)
    page.locator(".hito").first.check()
    page.get_by_label(f"Nota de «{ACTION}»").fill("Seis visitas hechas.")
    page.get_by_role("button", name="Guardar el mes").click()
    page.get_by_text("1 acción con cambios").wait_for()
    context.close()

    said = ProgressReport.objects.get()
    assert (said.pct, said.note) == (60, "Seis visitas hechas.")


def build(page, team, scan):
    """Every link of the chain, from what the page itself offers next."""
    page.get_by_role("button", name="Empezar el plan").click()
    scan("comenzar el plan")
    page.get_by_role("button", name="Comenzar el plan").click()
    page.get_by_role("heading", name="El plan está abierto y todavía vacío").wait_for()
    scan("plan vacío")
    link(page, "Agregar un sello")
    save(page, scan, "sello", {"Nombre": "Aprendemos juntos"}, "Sello guardado.")
    link(page, "Agregar objetivo")
    page.get_by_label("Aprendemos juntos").check()
    page.get_by_label("Dimensión").select_option(label="Gestión Pedagógica")
    save(page, scan, "objetivo", {"Objetivo estratégico": OBJECTIVE}, "Objetivo guardado.")
    link(page, "Agregar meta")
    fields = {"Meta estratégica": GOAL, "Línea base": "42", "Valor esperado": "60", "Unidad": "%"}
    save(page, scan, "meta", fields, "Meta guardada.")
    link(page, "Agregar estrategia")
    page.get_by_label("Meta estratégica").select_option(index=1)
    save(page, scan, "estrategia", {"Estrategia": STRATEGY}, "Estrategia guardada.")
    link(page, "Agregar indicador")
    fields = {"Nombre": INDICATOR, "Unidad": "cursos", "Línea base": "2", "Meta del año": "12"}
    save(page, scan, "indicador", fields, "Indicador guardado.")
    link(page, "Visión y misión")
    fields = {"Visión": "Una escuela que lee.", "Misión": "Enseñar a leer el mundo."}
    save(page, scan, "visión y misión", fields, "guardad")
    what_is_missing(page, scan)
    link(page, "Agregar acción")
    write_action(page, team, scan)


def link(page, name):
    page.get_by_role("main").get_by_text(re.compile(f"^{name}")).first.click()


def field(scope, label):
    """By its label, with or without "(opcional)" behind it."""
    return scope.get_by_label(re.compile(rf"^{label}( \(opcional\))?$"))


def save(page, scan, what, fields, done):
    for label, text in fields.items():
        field(page, label).fill(text)
    scan(what)
    page.get_by_role("button", name="Guardar", exact=True).click()
    page.get_by_text(done).first.wait_for()
    scan(f"{what}, guardado")


def what_is_missing(page, scan):
    """The stage says what is missing and leads to where it is written."""
    link(page, "Etapas")
    link(page, "Planificación Anual")
    page.get_by_role("heading", name="Falta para poder enviar").wait_for()
    button = page.get_by_role("button", name="Enviar al sostenedor")
    assert button.get_attribute("aria-disabled") == "true"
    scan("qué falta")
    page.get_by_role("link", name="Agregar una acción a la estrategia").click()
    page.get_by_role("heading", name="Nueva acción").wait_for()
    link(page, "Cancelar")


def write_action(page, team, scan):
    """Dates the wrong way round first: the page says so and keeps everything typed."""
    page.get_by_label("Estrategia a la que sirve").select_option(index=1)
    for label, text in {
        "Nombre de la acción": ACTION,
        "Descripción": "Visitas de acompañamiento a cada curso.",
        "Fecha de inicio": f"01-04-{YEAR}",
        "Fecha de término": f"27-03-{YEAR}",
        "Responsable": "Jefatura UTP",
        r"Subvención Escolar Preferencial \(SEP\)": "4.500.000",
        "Recursos necesarios": "Horas de reemplazo",
    }.items():
        field(page, label).fill(text)
    person = field(page, "Persona con cuenta que informará el avance")
    person.select_option(label=f"{team.teacher.name} (Responsable de acciones)")
    page.get_by_role("radio", name="Gestión Pedagógica").check()
    page.get_by_label("Enseñanza y aprendizaje en el aula").check()
    page.get_by_text("Planes por normativa, programa y ATE").click()
    page.get_by_label("Plan de Gestión de Convivencia Educativa").check()
    for number, (name, due, weight) in enumerate(
        (("Primera ronda de visitas", f"30-06-{YEAR}", "60"), ("Segunda ronda", "", "40")), 1
    ):
        row = page.get_by_role("group", name=f"Hito {number}")
        field(row, "Hito").fill(name)
        field(row, "Fecha").fill(due)
        field(row, r"Peso \(%\)").fill(weight)
    row = page.get_by_role("group", name="Medio de verificación 1")
    field(row, "Medio de verificación").fill("Pauta de observación")
    field(row, "Qué prueba").select_option(label="Hito 1")
    page.get_by_role("button", name="Agregar otro hito").click()
    page.get_by_role("group", name="Hito 3").wait_for()
    scan("acción")
    page.get_by_role("button", name="Guardar acción").last.click()
    page.get_by_role("heading", name="Hay 1 dato por corregir").wait_for()
    scan("acción, con un error")
    field(page, "Fecha de término").fill(f"27-11-{YEAR}")
    page.get_by_role("button", name="Guardar acción").last.click()
    page.get_by_text("Acción 1 guardada").first.wait_for()
    scan("acción guardada")


def send(page, stage, scan):
    link(page, "Plan")
    link(page, "Etapas")
    link(page, stage)
    page.get_by_text("Puede enviarse").wait_for()
    scan(f"{stage}, completa")
    page.get_by_role("button", name="Enviar al sostenedor").click()
    page.get_by_text("quedó enviada al sostenedor").wait_for()
    scan(f"{stage}, enviada")


def check_written(team):
    action = Action.objects.get()
    assert action.strategy.objective.seals.get().name == "Aprendemos juntos"
    assert action.subareas.count() == action.normative_plans.count() == 1
    assert action.responsible.user == team.teacher
    assert action.fundings.get().planned == 4_500_000
    assert sorted(m.weight for m in Milestone.objects.live()) == [40, 60]
    assert action.requirements.get().milestone.weight == 60
    year = PlanYear.objects.get()
    sent = [s.status for s in year.stages.filter(status=StageStatus.SENT)]
    assert len(sent) == 2


def approve(team):
    by = actor_for(team.owner)
    for kind in (StageKind.STRATEGIC, StageKind.PLANNING):
        stages.approve(PlanYear.objects.with_place().get(), kind, by=by, comment="")


def begin_monitoring(page, live_server, scan):
    page.goto(live_server.url)
    scan("inicio por monitorear")
    page.get_by_role("button", name="Elegir la frecuencia").click()
    scan("frecuencia")
    page.get_by_role("button", name="Guardar la frecuencia").click()
    page.get_by_role("heading", name="Monitoreo de agosto").wait_for()
    scan("monitoreo")


def report(page, live_server, team, scan):
    page.locator(".hito").first.check()
    page.get_by_text("1 de 1").first.wait_for()
    scan("monitoreo, informado")
    assert ProgressReport.objects.get().pct == 60
    page.goto(live_server.url + reverse("plans:detail", args=[team.school.code, YEAR]))
    page.get_by_text("60\u202f%").first.wait_for()
    scan("plan, con avance")
