"""Reports and forms of the month: asked for on the screen, opened without a network."""

import io
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage

from mejora.network.access import actor_for
from mejora.network.enums import Role
from mejora.reports import operations
from mejora.reports.models import Export
from tests.browser.conftest import DESK, PHONE
from tests.factories import ActionFactory, MembershipFactory, OwnerFactory, SchoolFactory
from tests.factories.monitoring import ReportFactory, implementing_year, level, month
from tests.factories.people import PASSWORD


@pytest.fixture
def owner(today):
    """A place with a school that reported August and one that did not."""
    owner = OwnerFactory(name="SLEP Cordillera Azul")
    for name, code in (("Escuela El Molino", "parcial"), ("Escuela La Rada", None)):
        school = SchoolFactory(name=name, owner=owner, year__in_roster=True)
        year = implementing_year(plan__school=school)
        action = ActionFactory(plan_year=year)
        if code:
            ReportFactory(action=action, period=month(year, 8), level=level(code))
    return owner


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])
def test_an_owner_asks_for_the_month_and_opens_its_index(
    size, page, enter, scan, console, owner, live_server, tmp_path
):
    page.set_viewport_size(size)
    someone = actor_for(MembershipFactory(role=Role.OWNER, place=owner).user)
    enter(someone.user, PASSWORD)
    page.goto(f"{live_server.url}/tablero/2026/")

    page.get_by_label("Informes de monitoreo").select_option("agosto de 2026")
    page.get_by_role("button", name="Preparar ZIP").click()
    page.get_by_role("heading", name="Informes de monitoreo de agosto de 2026").wait_for()
    operations.produce(Export.objects.get())
    with default_storage.open(Export.objects.get().file.path) as file:
        ZipFile(io.BytesIO(file.read())).extractall(tmp_path)

    page.goto((tmp_path / "index.html").as_uri())
    scan("índice de informes")
    assert page.get_by_role("row", name="Escuela La Rada").get_by_text("No informó").is_visible()
    link = page.get_by_role("link", name="Informe de Escuela El Molino, PDF")
    assert (tmp_path / link.get_attribute("href")).read_bytes().startswith(b"%PDF")


def test_a_teacher_finds_the_papers_of_the_month(page, enter, scan, console, owner, live_server):
    school = owner.schools.first()
    teacher = actor_for(MembershipFactory(role=Role.RESPONSIBLE, place=school).user)
    page.set_viewport_size(PHONE)
    enter(teacher.user, PASSWORD)
    page.goto(f"{live_server.url}/escuelas/{school.code}/monitoreo/2026/agosto/")

    scan()
    for name in ("Informe PDF", "Ficha de monitoreo", "Lista de evidencias en blanco"):
        href = page.get_by_role("link", name=name, exact=True).get_attribute("href")
        answer = page.request.get(f"{live_server.url}{href}")
        assert answer.headers["content-type"] == "application/pdf"
