"""A real browser and the real server: sign-in, sizes, axe, and nothing silent in the console."""

import os
import re
import shutil

import pytest

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright keeps an event loop running
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no hay Chromium en esta máquina"))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args():
    return {"locale": "es-CL", "timezone_id": "America/Santiago"}


def is_complaint(message):
    corrected = ("status of 422", "status of 409")
    return message.type in {"error", "warning"} and not any(c in message.text for c in corrected)


@pytest.fixture
def console(page):
    """What the browser complained about; a test asks for it and finds it empty at the end.

    A form that comes back to be corrected answers 422 or 409, which the browser also tells."""
    said = []
    page.on("console", lambda m: said.append(m.text) if is_complaint(m) else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    yield said
    assert said == []


@pytest.fixture
def enter(page, live_server):
    """`enter(user, password)`: sign in through the page, as people do."""

    def sign_in(user, password):
        page.goto(f"{live_server.url}/cuenta/entrar/")
        page.get_by_label("Correo electrónico").fill(user.email)
        page.get_by_label("Contraseña", exact=True).fill(password)
        page.get_by_role("button", name="Entrar", exact=True).click()
        page.wait_for_url(lambda url: "/cuenta/entrar" not in url)

    return sign_in


def keep_picture(page, where):
    """With MEJORA_PICTURES=folder each screen that was scanned is kept, to be looked at."""
    if folder := os.environ.get("MEJORA_PICTURES"):
        size = page.viewport_size
        name = re.sub(r"\W+", "-", where or page.url.split("/", 3)[-1])[:80]
        page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)


@pytest.fixture
def scan(page):
    """`scan()`: axe on the page as it stands, best practice included; and no sideways scroll."""
    from axe_playwright_python.sync_playwright import Axe

    def run(where=""):
        found = Axe().run(page).response["violations"]
        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert told == [], f"{where or page.url}: {told}"
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{where or page.url} se desborda {wide} px a lo ancho"
        keep_picture(page, where)

    return run
