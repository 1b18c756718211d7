"""A Service registers a work with its photograph, tells it in its report and issues the report;
the school sees its work."""

import io

import docx
import pytest
from django.urls import reverse
from PIL import Image

from mejora.network.enums import Role
from mejora.territory.service import IssuedReport
from mejora.territory.works import Work, WorkPhoto
from tests.browser.walking import SIZES, leave
from tests.factories import MembershipFactory, SchoolFactory
from tests.factories.network import YEAR
from tests.factories.people import PASSWORD


@pytest.fixture
def people(today):
    school = SchoolFactory(name="Escuela República del Mar")
    return (
        MembershipFactory(role=Role.OWNER, place=school.owner).user,
        MembershipFactory(role=Role.DIRECTOR, place=school).user,
    )


@SIZES
def test_a_work_is_registered_told_in_the_report_and_issued(
    size, page, enter, scan, console, live_server, people
):
    head, director = people
    page.set_viewport_size(size)
    enter(head, PASSWORD)
    page.goto(f"{live_server.url}{reverse('works:list')}")
    scan("obras, ninguna")
    register(page, scan)
    add_photo(page, scan)
    page.goto(f"{live_server.url}{reverse('works:list')}")
    scan("obras con totales")

    page.get_by_role("link", name="Informe de gestión", exact=True).click()
    scan("informe sin comenzar")
    page.get_by_role("button", name=f"Comenzar el informe {YEAR}").click()
    write(page, scan)
    page.get_by_role("button", name="Emitir el informe").click()
    scan("edición emitida")
    assert page.get_by_text("Está intacta").is_visible()
    link = page.get_by_role("button", name="Word").get_attribute("href")
    word = page.request.get(f"{live_server.url}{link}")
    headings = [p.text for p in docx.Document(io.BytesIO(word.body())).paragraphs]
    assert "Objetivo estratégico 1" in headings
    assert IssuedReport.objects.get().is_intact

    leave(page)
    enter(director, PASSWORD)
    page.goto(
        f"{live_server.url}{reverse('network:school', args=[Work.objects.get().school.code])}"
    )
    page.get_by_role("button", name="Obras", exact=True).click()
    page.get_by_role("link", name="Conservación de la multicancha").click()
    scan("la obra que ve la escuela")
    assert page.get_by_role("img", name="La multicancha con su techo").is_visible()
    assert page.get_by_role("button", name="Cambiar", exact=True).count() == 0


def register(page, scan):
    page.get_by_role("button", name="Registrar una obra").click()
    page.get_by_role("button", name="Registrar").click()
    scan("obra con lo que falta")
    page.get_by_label("Nombre", exact=True).fill("Conservación de la multicancha")
    page.get_by_label("Establecimiento").select_option(index=1)
    page.get_by_label("Tipo").select_option("conservation")
    page.get_by_label("Fuente de financiamiento").fill("Presupuesto del Servicio")
    page.get_by_label("Monto planificado").fill("$12.500.000")
    page.get_by_label("Fecha de inicio").fill("02-03-2026")
    page.get_by_role("button", name="Registrar").click()
    page.get_by_role("link", name="Conservación de la multicancha").click()


def add_photo(page, scan):
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "JPEG")
    page.get_by_text("Agregar una foto", exact=True).click()
    photo = {"name": "techo.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}
    page.get_by_label("Foto", exact=True).set_input_files(photo)
    page.get_by_label("Qué se ve en la foto").fill("La multicancha con su techo")
    page.get_by_label("No", exact=True).check(force=True)
    page.get_by_role("button", name="Agregar foto").click()
    scan("obra con su foto")
    assert WorkPhoto.objects.get().alt == "La multicancha con su techo"


def write(page, scan):
    """An objective, an action drawn from the work with a figure, and what it was for."""
    page.get_by_role("button", name="Agregar un objetivo estratégico").click()
    page.get_by_label("Objetivo estratégico").fill("Mejorar los espacios de las escuelas")
    page.get_by_label("Justificación de las acciones").fill("Los espacios seguros se usan más.")
    page.get_by_role("button", name="Guardar").click()
    scan("informe con un objetivo")
    page.get_by_role("link", name="Agregar acción").click()
    page.get_by_role("link", name="Obras e inversiones").last.click()
    scan("elegir de las obras")
    page.get_by_role("link", name="Elegir").click()
    page.get_by_label("Qué se hizo y qué se logró").fill("Se techó la multicancha de la escuela.")
    page.get_by_label("Obras e inversiones: cuántas").check(force=True)
    page.get_by_role("button", name="Guardar").click()
    scan("informe completo")
    assert page.get_by_text("$12.500.000 planificados").is_visible()
