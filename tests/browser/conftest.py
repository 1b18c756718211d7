"""A real browser and the real server: sign-in, sizes, axe, and nothing silent in the console."""

import os
import re
import shutil

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator

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


# A page that asks every second how its job goes waits with that while axe looks.
CAN_HOLD_STILL = """document.addEventListener("htmx:beforeRequest", (event) => {
  if (window.isLookedAt) event.preventDefault();
})"""
# What htmx marks while a part of the page is asked for, put in or calmed down.
UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


def settle(page):
    """Wait until the page that an act led to stands: all of it arrived, its scripts have run, and
    no part of it is being replaced. Before that a document may still be empty."""
    page.wait_for_load_state("load")
    page.locator(UNDER_WAY).first.wait_for(state="detached")


_click = Locator.click


def _click_and_settle(self, **how):
    """A click is over when what it led to stands, so that no test looks at half a page.

    Playwright itself only waits until the new document begins."""
    _click(self, **how)
    settle(self.page)


Locator.click = _click_and_settle


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
    """`scan()`: the page as it stands has nothing wrong."""

    def run(where=""):
        assert wrong_with(page) == [], where or page.url
        keep_picture(page, where)

    return run


def wrong_with(page):
    """What axe finds, best practice included, and how far the page is wider than the window."""
    settle(page)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(f"{AXE_SCRIPT}; {CAN_HOLD_STILL}")
    page.evaluate("window.isLookedAt = true")
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    page.evaluate("window.isLookedAt = false")
    said = [f"{each['id']} {[n['html'][:160] for n in each['nodes'][:3]]}" for each in found]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return said + ([f"se desborda {wide} px a lo ancho"] if wide > 0 else [])
