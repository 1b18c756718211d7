"""An adviser begins a support plan, holds a session, and the next one asks for what was promised;
the school answers what is left."""

from dataclasses import dataclass

import pytest
from django.urls import reverse

from mejora.network.enums import Role
from mejora.support.models import Commitment, Session, SupportPlan
from tests.browser.walking import SIZES, leave
from tests.factories import MembershipFactory, SchoolFactory
from tests.factories.people import PASSWORD

TODAY = "08-09-2026"


@dataclass
class Around:
    school: object
    adviser: object
    director: object


@pytest.fixture
def around(today):
    school = SchoolFactory(name="Escuela Los Maitenes")
    return Around(
        school,
        MembershipFactory(role=Role.ADVISER, place=school.owner).user,
        MembershipFactory(role=Role.DIRECTOR, place=school).user,
    )


@SIZES
def test_an_advisers_session_from_agenda_to_what_the_next_one_asks(
    size, page, enter, scan, console, live_server, around
):
    page.set_viewport_size(size)
    enter(around.adviser, PASSWORD)
    page.goto(f"{live_server.url}{reverse('support:home')}")
    scan("apoyo sin planes")
    begin(page, around, scan)
    schedule(page, "Conocer el plan de apoyo.")
    hold(page, scan)
    promise(page, "Enviar la pauta de observación")
    promise(page, "Reservar una hora común")
    scan("sesión con compromisos")

    plan = SupportPlan.objects.get()
    page.goto(f"{live_server.url}{reverse('support:plan', args=[plan.uid])}")
    schedule(page, "Revisar lo acordado.")
    answer(page, scan)

    leave(page)
    enter(around.director, PASSWORD)
    scan("inicio de la dirección con un compromiso")
    page.goto(f"{live_server.url}{reverse('support:school', args=[around.school.code])}")
    scan("apoyo que recibe la escuela")
    page.get_by_role("button", name="Responder «Reservar una hora común»").click()
    page.get_by_label("Cumplido", exact=True).check(force=True)
    page.get_by_role("button", name="Guardar respuesta").click()

    said = {c.text: (c.status, c.why) for c in Commitment.objects.all()}
    assert said == {
        "Enviar la pauta de observación": ("partly", "Falta el segundo ciclo."),
        "Reservar una hora común": ("kept", ""),
    }
    assert page.get_by_text("Ninguno. La escuela está al día.").is_visible()


def begin(page, around, scan):
    page.get_by_role("link", name="Nuevo plan de apoyo").click()
    page.get_by_label("Nombre", exact=True).fill("Apoyo 2026 a Los Maitenes")
    page.get_by_label("Directa").check(force=True)
    page.get_by_label("Involucramiento").check(force=True)
    page.get_by_label("Profesional a cargo").select_option(index=1)
    page.get_by_label(around.school.name).check(force=True)
    page.get_by_role("button", name="Guardar").click()
    page.get_by_role("link", name="Agregar objetivo").click()
    page.get_by_label("Objetivo", exact=True).fill("Acompañar la enseñanza en el aula.")
    page.get_by_role("button", name="Guardar").click()
    page.get_by_role("link", name="Acción de «Acompañar la enseñanza en el aula.»").click()
    page.get_by_label("Nombre", exact=True).fill("Observar clases en pareja")
    page.get_by_label("Inicio", exact=True).fill("01-09-2026")
    page.get_by_label("Término", exact=True).fill("30-10-2026")
    page.get_by_role("button", name="Guardar").click()
    scan("plan de apoyo")


def schedule(page, agenda):
    page.get_by_role("link", name="Agendar sesión").click()
    page.get_by_label("Fecha", exact=True).fill(TODAY)
    page.get_by_label("Tabla: qué se tratará").fill(agenda)
    page.get_by_role("button", name="Agendar").click()
    page.get_by_role("link", name="Martes 8 de septiembre").first.click()


def hold(page, scan):
    page.get_by_role("link", name="Escribir el acta").click()
    page.get_by_label("Acta: qué se trató y qué se acordó").fill("Se conoció el plan.")
    page.get_by_label("Equipo directivo").fill("dos")
    page.get_by_role("button", name="Guardar el acta").click()
    assert page.get_by_text("Escriba un número entero, por ejemplo 12.").is_visible()
    scan("acta por corregir")
    page.get_by_label("Equipo directivo").fill("2")
    page.get_by_role("button", name="Guardar el acta").click()
    assert page.get_by_text("Se conoció el plan.").is_visible()


def promise(page, text):
    summary = page.get_by_text("Anotar un compromiso")
    if not page.get_by_label("Compromiso", exact=True).is_visible():
        summary.click()
    page.get_by_label("Compromiso", exact=True).fill(text)
    page.get_by_label("Responsable, si es otra persona").fill("Jefatura UTP")
    page.get_by_label("Plazo").fill("11-09-2026")
    page.get_by_role("button", name="Anotar compromiso").click()


def answer(page, scan):
    """The second session opens with both promises; one is kept in part, and says why."""
    assert Session.objects.count() == 2
    row = page.get_by_role("listitem").filter(has_text="Enviar la pauta de observación")
    scan("sesión que pregunta por lo prometido")
    row.get_by_label("En parte").check(force=True)
    row.get_by_role("button", name="Guardar respuesta").click()
    assert page.get_by_text("Escriba por qué no se cumplió del todo.").first.is_visible()
    scan("respuesta sin su porqué")
    page.get_by_label("Por qué").fill("Falta el segundo ciclo.")
    page.get_by_role("button", name="Guardar respuesta").click()
    assert page.get_by_text("Falta el segundo ciclo.").is_visible()
