"""A Secretaría's cycle on the screen, at desk and phone width: from a school's request to the
report of irregularities."""

import re

from playwright.sync_api import expect

from mejora.assistance.models import Cycle
from mejora.assistance.reading import OVER, Whole
from tests.browser.walking import SIZES, leave
from tests.factories.assistance import secretariat
from tests.factories.people import PASSWORD


def go(page, name):
    page.get_by_role("navigation", name="Páginas del ciclo").get_by_role(
        "link", name=name, exact=True
    ).click()


def press(page, name):
    """A link, or what looks like a button and leads somewhere."""
    page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first.click()


def says(page, words):
    expect(page.locator("main").get_by_text(words).first).to_be_visible()


def save(page, name="Guardar"):
    page.get_by_role("button", name=name, exact=True).click()


def close(page, number):
    go(page, "Proceso")
    press(page, f"Cerrar la actividad {number}")
    save(page, f"Cerrar la actividad {number}")
    says(page, f"Actividad {number} cerrada.")


@SIZES
def test_the_cycle_from_need_to_report_of_irregularities(
    size, page, enter, scan, console, live_server, today
):
    page.set_viewport_size(size)
    office = secretariat(started=False)
    rector = office.rectors[office.schools[0].pk]

    enter(office.leader.user, PASSWORD)
    page.goto(live_server.url + "/asistencia/")
    page.locator("main").get_by_label("Inicio", exact=True).fill("01-02-2026")
    page.locator("main").get_by_label("Fin del período").fill("30-09-2026")
    page.locator("main").get_by_label("Plazo de los").fill("15-10-2026")
    save(page, "Iniciar el ciclo")
    expect(page.get_by_role("img", name=re.compile("actividad 1, analizar"))).to_be_visible()
    scan()
    leave(page)

    _school_asks(page, enter, scan, live_server, rector, office)
    enter(office.leader.user, PASSWORD)
    page.goto(live_server.url + "/asistencia/")
    _prepare(page, scan, office)
    _program(page, scan, office)
    _align_and_carry(page, scan)
    leave(page)

    _school_rates(page, enter, scan, live_server, rector, office)
    enter(office.leader.user, PASSWORD)
    page.goto(live_server.url + "/asistencia/")
    _review_and_verify(page, scan)
    _report(page, scan)
    _irregularities(page, scan, office)

    assert Whole(Cycle.objects.get()).activity == OVER


def _school_asks(page, enter, scan, live_server, rector, office):
    enter(rector.user, PASSWORD)
    code = office.schools[0].code
    page.goto(f"{live_server.url}/escuelas/{code}/asistencia-tecnica/")
    press(page, "Pedir asistencia")
    page.locator("main").get_by_label("Tema").fill("Seguimiento del PMI")
    page.locator("main").get_by_label("¿Qué apoyo necesita?").fill(
        "Seguir las actividades cada mes"
    )
    save(page, "Enviar la solicitud")
    says(page, "Solicitud enviada a la Secretaría.")
    scan()
    leave(page)


def _prepare(page, scan, office):
    go(page, "Análisis")
    press(page, "Agregar una fuente")
    page.locator("main").get_by_label("Fuente").select_option("D01.03")
    page.locator("main").get_by_label("Documento", exact=True).fill("Autoevaluación 2025")
    page.locator("main").get_by_label("Qué se encontró").fill("Poco seguimiento de las actividades")
    save(page)
    scan()
    close(page, 1)
    go(page, "Necesidades")
    says(page, "Seguir las actividades cada mes")
    scan()
    close(page, 2)
    go(page, "Clasificación")
    press(page, office.schools[0].name)
    page.locator("main").get_by_label("Sector").select_option("O")
    page.locator("main").get_by_label("Categoría SABER 11").select_option("D")
    save(page)
    says(page, "Debe incluirse")
    press(page, office.schools[0].name)
    page.locator("main").get_by_label("Clasificación").select_option("integral")
    save(page)
    scan()


def _program(page, scan, office):
    go(page, "PAM")
    press(page, "Agregar una acción del PAM")
    page.locator("main").get_by_label("Actividad", exact=True).fill("Acompañar los PMI")
    page.locator("main").get_by_label("Meta", exact=True).fill("Todos siguen su PMI")
    page.locator("main").get_by_label("Indicador").fill("EE con seguimiento")
    page.locator("main").get_by_label("Valor esperado").fill("1")
    page.locator("main").get_by_label("Responsable").fill("Líder")
    save(page)
    scan()
    go(page, "Proceso")
    press(page, "Programar una asistencia")
    page.locator("main").get_by_label("Nombre", exact=True).fill("Acompañar el seguimiento")
    page.locator("main").get_by_label("Modalidad").select_option("accompany")
    page.locator("main").get_by_label("Objetivos").fill("Que sigan su PMI")
    page.locator("main").get_by_label("Inicio", exact=True).fill("02-03-2026")
    page.locator("main").get_by_label("Término").fill("28-08-2026")
    page.locator("main").get_by_label(office.schools[0].name, exact=True).check()
    page.locator("main").get_by_label("Responsable").fill("Equipo")
    page.locator("main").get_by_label("Método de trabajo").fill("Visitas")
    page.locator("main").get_by_label("Recursos").fill("Transporte")
    page.locator("main").get_by_label("Acción del PAM").select_option(index=1)
    page.locator("main").get_by_label(re.compile("Seguimiento del PMI")).check()
    save(page, "Programar")
    press(page, "Acompañar el seguimiento")
    says(page, "cronograma")
    press(page, "Agregar una tarea")
    page.locator("main").get_by_label("Tarea").fill("Primera visita")
    page.locator("main").get_by_label("Responsable").fill("Equipo")
    page.locator("main").get_by_label("Fecha").fill("20-03-2026")
    save(page)
    scan()
    page.goto(page.url.split("/asistencia/")[0] + "/asistencia/")
    close(page, 3)


def _align_and_carry(page, scan):
    go(page, "PAM")
    press(page, "Revisar la alineación")
    save(page)
    says(page, "Todo está en el PAM")
    go(page, "Proceso")
    press(page, "Acompañar el seguimiento")
    save(page, "Iniciar")
    press(page, "Terminar")
    save(page, "Registrar que se ejecutó")
    page.goto(page.url.split("/asistencia/")[0] + "/asistencia/")
    go(page, "Seguimiento")
    press(page, "Registrar un seguimiento")
    page.locator("main").get_by_label("Fortalezas").fill("Asisten todos")
    page.locator("main").get_by_label("Oportunidades de mejora").fill("Más tiempo")
    page.locator("main").get_by_label("En parte").check()
    page.locator("main").get_by_label("EE con seguimiento").fill("1")
    save(page)
    says(page, "lleva a la actividad 7")
    scan()


def _school_rates(page, enter, scan, live_server, rector, office):
    enter(rector.user, PASSWORD)
    code = office.schools[0].code
    page.goto(f"{live_server.url}/escuelas/{code}/asistencia-tecnica/")
    press(page, re.compile("^Evaluar"))
    scan()
    for group in page.locator("main form fieldset").all():
        group.get_by_role("radio").first.check()
    save(page, "Enviar la evaluación")
    says(page, "Evaluación enviada a la Secretaría.")
    leave(page)


def _review_and_verify(page, scan):
    go(page, "Evaluación")
    press(page, "Consolidar las evaluaciones")
    save(page, "Consolidar")
    press(page, "Revisar el consolidado")
    page.locator("main").get_by_label("Revisión del consolidado").fill("Conforme")
    page.locator("main").get_by_label("Enviado a E02.01").fill("08-09-2026")
    save(page)
    scan()
    close(page, 7)
    go(page, "Verificación")
    press(page, "Acompañar el seguimiento")
    press(page, "Verificar")
    _answer_requirements(page, fails=True)
    says(page, "N01.04 Producto o servicio no conforme")
    scan()
    press(page, "Tratar")
    page.locator("main").get_by_label("Causa").fill("Lluvias")
    page.locator("main").get_by_label("Qué se hará").fill("Repetir la visita")
    page.locator("main").get_by_label("Responsable").fill("Equipo")
    page.locator("main").get_by_label("Para cuándo").fill("08-09-2026")
    page.locator("main").get_by_label("Ejecutado el").fill("08-09-2026")
    save(page)
    scan()
    press(page, "Acompañar el seguimiento")
    press(page, "Verificar")
    _answer_requirements(page, fails=False)
    page.goto(page.url.split("/asistencia/")[0] + "/asistencia/")
    close(page, 8)


def _answer_requirements(page, *, fails):
    groups = page.locator("main form fieldset").all()
    for number, group in enumerate(groups):
        radios = group.get_by_role("radio")
        (radios.last if fails and number == 0 else radios.first).check()
    save(page, "Registrar la verificación")
    says(page, "Verificación registrada.")


def _report(page, scan):
    go(page, "Informe")
    press(page, "Escribir el informe")
    page.locator("main").get_by_label("Resultados del acompañamiento").fill("Se hizo lo programado")
    page.locator("main").get_by_label("Análisis").fill("El seguimiento mejoró")
    save(page)
    press(page, "Emitir")
    save(page, "Emitir")
    for _ in range(6):
        press(page, "Registrar una entrega")
        save(page)
        says(page, "Entrega registrada.")
    scan()
    close(page, 9)


def _irregularities(page, scan, office):
    go(page, "Clasificación")
    press(page, re.compile("^Sin valorar"))
    page.locator("main").get_by_label("Todavía no cumple").check()
    page.locator("main").get_by_label("la irregularidad es sistemática").check()
    page.locator("main").get_by_label("En qué se basa").fill("Segundo año sin PMI")
    save(page)
    go(page, "Irregularidades")
    press(page, office.schools[0].name)
    page.locator("main").get_by_label("Norma u orientación").fill("Contar con un PMI (Guía 34)")
    page.locator("main").get_by_label("Evidencia de que").fill("Dos años sin PMI")
    save(page)
    scan()
    press(page, "Presentar el reporte")
    save(page, "Presentar")
    says(page, "Reporte presentado. El ciclo terminó.")
    press(page, "Registrar la recepción")
    save(page)
    says(page, re.compile("Recibido por Inspección"))
    scan()
    go(page, "Proceso")
    scan()
