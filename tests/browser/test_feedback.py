"""From the agenda of a session to the feedback report that the director reads and answers, and a
rubric that both sides judge apart."""

import datetime as dt

from django.urls import reverse

from mejora.support.feedback import Application, FeedbackReport
from tests.browser.test_support import around, hold, promise, schedule
from tests.browser.walking import SIZES, leave
from tests.factories.network import YEAR
from tests.factories.people import PASSWORD
from tests.factories.support import support_plan

__all__ = ["around"]  # the fixture of the walk before this one


@SIZES
def test_from_the_agenda_to_the_report_that_the_director_answers(
    size, page, enter, scan, console, live_server, around
):
    page.set_viewport_size(size)
    lead = around.adviser.memberships.get()
    plan = support_plan(around.school, lead=lead, starts_on=dt.date(YEAR, 3, 2))
    enter(around.adviser, PASSWORD)
    page.goto(f"{live_server.url}{reverse('support:plan', args=[plan.uid])}")
    schedule(page, "Revisar los acuerdos del semestre.")
    hold(page, scan)
    promise(page, "Enviar la pauta de observación")

    page.goto(live_server.url)
    scan("inicio de quien debe un informe")
    prepare(page, scan)
    apply_rubric(page, plan, live_server, scan)

    leave(page)
    enter(around.director, PASSWORD)
    receive(page, scan)
    judge_apart(page, around, live_server, scan)

    report = FeedbackReport.objects.get()
    assert report.answer == "Lo vimos en consejo."
    assert report.read_by == report.answered_by == around.director
    assert Application.objects.with_parts().get().is_whole


def prepare(page, scan):
    """The draft says what was recorded; the adviser mends it and sends it."""
    page.get_by_role("button", name="Ver los informes").click()
    scan("informes por enviar")
    page.get_by_role("link", name="Preparar el informe de Escuela Los Maitenes").click()
    scan("de qué días es el informe")
    page.get_by_role("button", name="Escribir el borrador").click()
    achievements = page.get_by_label("Cumplimiento de logros")
    assert "Se realizó 1 sesión de apoyo" in achievements.input_value()
    achievements.fill("")
    page.get_by_role("button", name="Guardar el borrador").click()
    assert page.get_by_text("Escriba sobre cumplimiento de logros.").first.is_visible()
    scan("borrador por corregir")
    page.get_by_label("Cumplimiento de logros").fill("Se acordó la pauta de observación.")
    page.get_by_role("button", name="Guardar el borrador").click()
    scan("borrador guardado")
    page.get_by_role("button", name="Enviar informe").click()
    assert page.get_by_text("Informe enviado a Escuela Los Maitenes.").is_visible()
    scan("informe enviado")


def apply_rubric(page, plan, live_server, scan):
    page.goto(f"{live_server.url}{reverse('support:follow_up', args=[plan.uid])}")
    page.get_by_role("link", name="Aplicar una pauta").click()
    scan("elegir la pauta")
    page.get_by_label("Rúbrica para evaluar").check(force=True)
    page.get_by_role("button", name="Abrir la pauta").click()
    scan("rúbrica sin responder")
    page.get_by_role("button", name="Guardar y entregar").click()
    assert page.get_by_text("Faltan 4 preguntas por responder.").first.is_visible()
    answer_all(page, "Medianamente Logrado")


def answer_all(page, level):
    for choice in page.get_by_label(level).all():
        choice.check(force=True)
    page.get_by_role("button", name="Guardar y entregar").click()
    assert page.get_by_text("Pauta entregada.").is_visible()


def receive(page, scan):
    scan("inicio de la dirección con un informe")
    page.get_by_role("button", name="Leer", exact=True).click()
    scan("informe recibido")
    page.get_by_role("button", name="Dejar constancia de que lo leí").click()
    page.get_by_role("button", name="Enviar respuesta").click()
    assert page.get_by_text("Escriba la respuesta.").first.is_visible()
    scan("respuesta que falta")
    page.get_by_role("textbox", name="Respuesta de la escuela").fill("Lo vimos en consejo.")
    page.get_by_role("button", name="Enviar respuesta").click()
    assert page.get_by_text("Respondido").first.is_visible()
    scan("informe respondido")


def judge_apart(page, around, live_server, scan):
    """Until the school has handed in its own, nothing of the adviser's is there."""
    page.goto(f"{live_server.url}{reverse('support:school', args=[around.school.code])}")
    scan("apoyo con informe y rúbrica")
    page.get_by_role("button", name="Responder la rúbrica").click()
    assert not page.get_by_text("Las dos miradas").is_visible()
    answer_all(page, "Medianamente Logrado")
    assert page.get_by_text("Las dos miradas").is_visible()
    assert page.get_by_text("Coinciden").count() == 4
    scan("las dos miradas")
