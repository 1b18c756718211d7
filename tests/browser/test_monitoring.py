"""The month by keyboard alone, the teacher's phone, two people at once, no signal, no script."""

import time

import pytest

from mejora.monitoring.models import EvidenceUse, ProgressReport
from mejora.monitoring.operations import reports
from mejora.network.enums import Role
from mejora.plans.models import EvidenceRequirement
from tests.browser.conftest import DESK, PHONE
from tests.factories import ActionFactory
from tests.factories.monitoring import action_with_milestones, implementing_year, level, month
from tests.factories.people import PASSWORD
from tests.files import making

AREAS = ("GP", "LI", "CE", "GR")


@pytest.fixture
def year(today):
    return implementing_year()


@pytest.fixture
def director(year, actor):
    return actor(Role.DIRECTOR, year.school)


@pytest.fixture
def teacher(year, actor):
    return actor(Role.RESPONSIBLE, year.school)


def fill(year, count, **fields):
    from mejora.frameworks.models import Area

    areas = [Area.objects.get(code=code, edition=year.plan.edition) for code in AREAS]
    made = []
    for place in range(count):
        named = {
            "name": f"Taller número {place + 1}",
            "number": place + 1,
            "area": areas[place * 4 // count],
            **fields,
        }
        if place % 2:
            made.append(action_with_milestones(year, **named))
        else:
            made.append(ActionFactory(plan_year=year, **named))
        EvidenceRequirement.objects.create(action=made[-1], text="Acta de la jornada")
    return made


def grid_address(live_server, year, month="agosto"):
    return f"{live_server.url}/escuelas/{year.school.code}/monitoreo/{year.year}/{month}/"


def test_a_month_of_forty_actions_by_keyboard_alone(
    page, live_server, year, director, enter, console, record_property
):
    fill(year, 40)
    page.set_viewport_size(DESK)
    enter(director.user, PASSWORD)
    page.goto(grid_address(live_server, year))
    page.wait_for_load_state("networkidle")
    begun = time.perf_counter()

    page.locator("[data-toggle]").first.focus()
    for place in range(40):
        page.keyboard.press("3" if place % 2 == 0 else "1")
        if place % 10 == 0:
            page.keyboard.press("n")
            page.keyboard.type("Tres visitas al aula; falta el cierre.")
            page.keyboard.press("Escape")
        page.keyboard.press("s")
    page.get_by_text("40 de 40").wait_for(timeout=8000)
    took = time.perf_counter() - begun

    print(f"\nun mes de 40 acciones con el teclado: {took:.1f} s")  # noqa: T201 - a measure
    record_property("month_by_keyboard_seconds", round(took, 1))
    page.wait_for_load_state("networkidle")
    said = ProgressReport.objects.filter(period__plan_year=year)
    assert said.count() == 40
    assert said.exclude(note="").count() == 4
    assert said.filter(pct=25, level__code="parcial").count() == 20
    assert said.filter(pct=None, level__code="adecuada").count() == 20
    page.reload()
    assert page.get_by_text("40 de 40").is_visible()
    assert took < 60


def test_keys_move_open_close_undo_and_can_be_switched_off(
    page, live_server, year, director, enter, console
):
    fill(year, 4)
    page.set_viewport_size(DESK)
    enter(director.user, PASSWORD)
    page.goto(grid_address(live_server, year))
    names = page.locator("[data-toggle]")

    names.first.focus()
    page.keyboard.press("ArrowDown")
    assert names.nth(1).evaluate("e => e === document.activeElement")
    page.keyboard.press("h")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.get_by_text("1 de 4").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Últimos cambios").wait_for()
    assert names.nth(1).get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Últimos cambios").wait_for(state="detached")
    page.keyboard.press("Control+z")
    page.locator(".guardado[data-unreported]").nth(3).wait_for()
    assert not ProgressReport.objects.exists()

    page.get_by_role("button", name="Apagar atajos").click()
    names.first.focus()
    page.keyboard.press("3")
    page.wait_for_timeout(300)
    assert not ProgressReport.objects.exists()


def test_what_was_not_saved_says_so_and_is_tried_again(page, live_server, year, director, enter):
    fill(year, 2)
    enter(director.user, PASSWORD)
    page.set_viewport_size(DESK)
    page.goto(grid_address(live_server, year))
    page.context.set_offline(True)

    page.locator(".nota").first.fill("Escrito sin señal")
    page.locator(".nota").nth(1).focus()
    page.get_by_role("button", name="Reintentar").wait_for()
    assert page.locator(".nota").first.input_value() == "Escrito sin señal"
    page.context.set_offline(False)
    page.get_by_role("button", name="Reintentar").click()
    page.get_by_text("Todo guardado").wait_for()

    assert ProgressReport.objects.get().note == "Escrito sin señal"


def test_the_second_of_two_people_sees_both_texts_and_joins_them(
    page, live_server, year, director, actor, enter, scan
):
    action = fill(year, 2)[0]
    page.set_viewport_size(DESK)
    enter(director.user, PASSWORD)
    page.goto(grid_address(live_server, year))
    other = actor(Role.PLANNER, year.school)
    reports.save_report(action, month(year, 8), by=other, revision=None, note="La de la jefatura")

    page.locator(".nota").first.fill("La de la dirección")
    page.locator(".nota").nth(1).focus()
    page.get_by_text("Cambió mientras escribía").wait_for()
    assert page.get_by_text("Sin nivel. La de la jefatura").is_visible()
    scan("conflicto")
    page.get_by_role("button", name="Juntar las dos").click()
    page.get_by_text("Cambió mientras escribía").wait_for(state="detached")

    joined = "La de la jefatura\nLa de la dirección"
    assert ProgressReport.objects.get().note == joined
    assert page.locator(".nota").first.input_value() == joined


def test_evidence_from_a_phone_in_under_a_minute(
    page, live_server, year, teacher, enter, console, scan, tmp_path
):
    action = action_with_milestones(
        year, name="Taller de lenguaje y matemática", responsible=teacher.memberships[0]
    )
    EvidenceRequirement.objects.create(action=action, text="registro de la evaluación")
    photo = tmp_path / "IMG_0001.jpg"
    photo.write_bytes(making.photo((1600, 1200)))
    page.set_viewport_size(PHONE)
    begun = time.perf_counter()

    enter(teacher.user, PASSWORD)
    page.goto(f"{live_server.url}/mis-acciones/")
    scan("mis acciones")
    page.get_by_role("button", name="Informar avance").click()
    page.locator("[data-weight]").first.check()
    assert page.locator("[data-figure]").inner_text() == "25\u202f%"
    page.locator("#camara").set_input_files(photo)
    page.get_by_role("group", name="¿Muestra personas o nombres?").get_by_label("No").check()
    scan("informe")
    page.get_by_role("button", name="Enviar informe").click()
    page.get_by_role("heading", name="Informe de agosto enviado").wait_for()
    scan("recibo")
    took = time.perf_counter() - begun

    print(f"\ninforme con foto desde el teléfono: {took:.1f} s")  # noqa: T201 - a measure
    assert ProgressReport.objects.get().pct == 25
    assert EvidenceUse.objects.get().file.mime == "image/jpeg"
    page.get_by_role("button", name="Deshacer este informe").click()
    page.get_by_text("Informe deshecho").wait_for()
    assert not ProgressReport.objects.exists()
    assert took < 60


def test_without_signal_the_report_waits_in_the_phone_and_goes_by_itself(
    page, live_server, year, teacher, enter
):
    action_with_milestones(year, responsible=teacher.memberships[0])
    page.set_viewport_size(PHONE)
    enter(teacher.user, PASSWORD)
    page.goto(f"{live_server.url}/mis-acciones/")
    page.get_by_role("button", name="Informar avance").click()
    page.locator("[data-weight]").first.check()
    page.context.set_offline(True)

    page.get_by_role("button", name="Enviar informe").click()
    page.get_by_text("1 informe espera en este teléfono").wait_for()
    assert not ProgressReport.objects.exists()
    page.context.set_offline(False)
    page.get_by_role("heading", name="Informe de agosto enviado").wait_for()

    assert ProgressReport.objects.get().pct == 25


@pytest.mark.parametrize("size", [DESK, PHONE, {"width": 320, "height": 640}])
def test_every_screen_passes_axe(page, live_server, year, director, enter, scan, size):
    action = fill(year, 6, responsible=director.memberships[0])[1]
    august = month(year, 8)
    reports.save_report(action, august, by=director, revision=None, milestones=[], note="Nota")
    page.set_viewport_size(size)
    enter(director.user, PASSWORD)
    school = f"{live_server.url}/escuelas/{year.school.code}"

    for address in (
        grid_address(live_server, year),
        f"{grid_address(live_server, year)}?abierta={action.pk}",
        f"{grid_address(live_server, year)}?ver=sin-informar",
        f"{school}/monitoreo/{year.year}/frecuencia/",
        f"{school}/monitoreo/{year.year}/agosto/varias/",
        f"{school}/monitoreo/{year.year}/evidencias/{action.uid}/",
        f"{school}/evaluacion/{year.year}/",
        f"{live_server.url}/mis-acciones/",
        f"{live_server.url}/mis-acciones/{action.uid}/",
        f"{live_server.url}/mis-acciones/{action.uid}/6/recibo/",
    ):
        page.goto(address)
        scan(address)


def test_without_javascript_the_month_is_saved_by_one_button(
    browser, live_server, year, director, client
):
    fill(year, 4)
    client.force_login(director.user)
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(grid_address(live_server, year))

    page.locator("[data-level]").first.select_option(str(level("avanzada").pk))
    page.locator(".hito").first.check()
    page.get_by_role("button", name="Guardar el mes").click()
    saved = page.get_by_text("2 acciones con cambios").is_visible()
    opened = page.locator("[data-toggle]").first
    opened.click()
    detail = page.get_by_role("heading", name="Últimos cambios").is_visible()
    context.close()

    assert saved
    assert detail
    assert {r.pct for r in ProgressReport.objects.all()} == {None, 25}


def test_changes_are_asked_in_the_open_row_and_answered_on_the_phone(
    page, live_server, year, director, teacher, enter, console
):
    august = month(year, 8)
    action = action_with_milestones(
        year, name="Taller de lectura", responsible=teacher.memberships[0]
    )
    report = reports.save_report(action, august, by=teacher, revision=None, note="Bien")
    page.set_viewport_size(DESK)
    enter(director.user, PASSWORD)
    page.goto(grid_address(live_server, year))
    page.wait_for_load_state("networkidle")

    page.get_by_role("link", name="Pedir cambios").click()
    reason = page.get_by_label("¿Qué hay que cambiar en el informe?")
    reason.wait_for()
    page.wait_for_function("document.activeElement.matches('[data-asked]')")
    page.keyboard.type("Diga cuántos cursos faltan")
    page.get_by_role("button", name="Pedir cambios").click()
    page.get_by_text("Cambios pedidos").wait_for()
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    enter(teacher.user, PASSWORD)
    page.get_by_text("Diga cuántos cursos faltan").wait_for()
    page.get_by_role("button", name="Corregir el informe").click()
    page.get_by_label("¿Algo que contar?").fill("Faltan dos cursos")
    page.get_by_role("button", name="Enviar informe").click()
    page.get_by_role("heading", name="enviado").wait_for()

    report.refresh_from_db()
    assert (report.note, report.is_asked) == ("Faltan dos cursos", False)
    assert console == []
