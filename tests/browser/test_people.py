"""From an invitation to the first page, as a director and a new colleague live it."""

import re

import pytest
from django.core import mail

from mejora.network.enums import Role
from tests.browser.conftest import DESK, PHONE
from tests.factories import MembershipFactory, SchoolFactory
from tests.factories.people import PASSWORD


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_director_invites_and_the_colleague_comes_in(
    page, live_server, enter, scan, console, size
):
    page.set_viewport_size(size)
    school = SchoolFactory(name="Escuela Los Maitenes")
    director = MembershipFactory(role=Role.DIRECTOR, place=school).user

    enter(director, PASSWORD)
    page.goto(f"{live_server.url}/personas/")
    scan("personas")
    page.get_by_label("Correo electrónico").fill("ana@escuela.cl")
    page.get_by_label("Encargado PME o jefatura UTP").check()
    page.get_by_role("button", name="Enviar invitación").click()
    page.get_by_text("Invitación para ana@escuela.cl lista.").wait_for()
    scan("personas, con la invitación")
    page.goto(f"{live_server.url}/quien-ve-que/")
    scan("quién ve qué")
    page.goto(f"{live_server.url}/catalogos/cl/pme-2020/")
    scan("catálogo")
    page.context.clear_cookies()

    path = re.search(r"/invitacion/\S+", mail.outbox[-1].body).group(0)
    page.goto(f"{live_server.url}{path}")
    scan("invitación")
    page.get_by_label("Nombre y apellido").fill("Ana Rojas")
    page.get_by_label("Contraseña", exact=True).fill("corta")
    page.get_by_role("button", name="Crear mi cuenta").click()
    page.get_by_role("heading", name="Hay 1 dato por corregir").wait_for()
    scan("invitación, con un error")
    page.get_by_label("Contraseña", exact=True).fill("una frase larga 7")
    page.get_by_role("button", name="Crear mi cuenta").click()

    page.get_by_text("Su cuenta está lista, Ana Rojas.").wait_for()
    page.goto(f"{live_server.url}/cuenta/")
    assert page.get_by_role("main").get_by_text("Escuela Los Maitenes").is_visible()
    scan("mi cuenta")
