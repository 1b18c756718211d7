"""The page of components and the public pages: axe, sizes, console, keyboard, no JavaScript."""

import gzip

import pytest

from mejora.core.wording import NARROW

PAGES = [
    "/componentes/",
    "/cuenta/entrar/",
    "/cuenta/recuperar/",
    "/cuenta/recuperar/enviado/",
    "/ayuda/",
    "/privacidad/",
    "/accesibilidad/",
    "/atajos/",
]


@pytest.mark.parametrize("width", [1280, 768, 360, 320])
def test_public_pages_pass_axe_at_every_width(page, live_server, scan, console, width):
    page.set_viewport_size({"width": width, "height": 800})
    for address in PAGES:
        page.goto(live_server.url + address)
        scan(f"{address} a {width} px")


def test_the_page_does_not_jump_while_it_loads(page, live_server):
    page.set_viewport_size({"width": 1280, "height": 800})
    for address in PAGES:
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        shift = page.evaluate(
            """new Promise((done) => {
              let sum = 0;
              new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) sum += entry.value;
              }).observe({ type: "layout-shift", buffered: true });
              setTimeout(() => done(sum), 150);
            })"""
        )
        assert shift < 0.01, address


def test_the_first_visit_weighs_under_200_kb(page, live_server):
    bodies = {}

    def keep(response):
        if response.ok:
            bodies[response.url] = response.body()

    page.on("requestfinished", lambda request: keep(request.response()))
    page.goto(live_server.url + "/cuenta/entrar/")
    page.wait_for_load_state("networkidle")

    weight = sum(
        len(body) if url.endswith(".woff2") else len(gzip.compress(body, 9))
        for url, body in bodies.items()
    )
    assert len(bodies) > 8
    assert weight < 200_000


def test_slash_goes_to_the_search_only_where_there_is_one(page, live_server):
    page.goto(live_server.url + "/componentes/")
    page.locator("#id_name").fill("")
    page.locator("#id_name").press("/")

    assert page.locator("#id_name").input_value() == "/"


def test_the_skip_link_is_first_and_leads_to_the_content(page, live_server):
    page.goto(live_server.url + "/ayuda/")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Ir al contenido"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenido"


def test_a_refused_button_can_be_reached_and_does_nothing(page, live_server):
    page.goto(live_server.url + "/componentes/")
    button = page.get_by_role("button", name="Cerrar agosto")
    button.focus()

    assert page.evaluate("document.activeElement.textContent") == "Cerrar agosto"
    button.press("Enter")
    assert page.url.endswith("/componentes/")


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_field(page, live_server):
    page.goto(live_server.url + "/componentes/")
    page.wait_for_function("document.activeElement.classList.contains('govuk-error-summary')")
    page.get_by_role("link", name="igual o posterior al 15-06").click()

    assert page.evaluate("document.activeElement.name") == "mal-ends_on"


def test_a_chosen_file_is_named_in_its_box(page, live_server):
    page.goto(live_server.url + "/componentes/")
    page.locator("[data-drop] input[type=file]").set_input_files(
        {"name": "acta.pdf", "mimeType": "application/pdf", "buffer": b"x" * 1_100_000}
    )

    assert page.locator("[data-chosen]").inner_text() == "acta.pdf · 1,1 MB"


def test_the_password_can_be_shown_and_hidden_again(page, live_server):
    page.goto(live_server.url + "/cuenta/entrar/")
    field, button = page.locator("#id_password"), page.locator("[data-reveal]")

    button.click()
    assert field.get_attribute("type") == "text"
    assert button.inner_text().startswith("Ocultar")
    button.click()
    assert field.get_attribute("type") == "password"


def test_everything_stands_without_javascript(browser, live_server):
    context = browser.new_context(java_script_enabled=False, locale="es-CL")
    page = context.new_page()
    page.goto(live_server.url + "/componentes/")

    assert page.locator("[data-drop] input[type=file]").is_visible()
    assert page.get_by_role("button", name="Aplicar").is_visible()
    assert page.get_by_text(f"50–74{NARROW}% Intermedia").first.is_visible()
    page.goto(live_server.url + "/cuenta/entrar/")
    assert not page.locator("[data-reveal]").is_visible()
    context.close()
