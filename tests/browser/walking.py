"""What several walks do: the worker's turn, the printed plan, and how long it took."""

import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import urljoin

import pytest
from django.core.management import call_command

from tests.browser.conftest import DESK, PHONE

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "360"])


def work():
    """The worker that `up` starts, until no job is left."""
    call_command("db_worker", "--queue-name", "*", "--batch", "--no-startup-delay", verbosity=0)


@contextmanager
def timed(what, record_property):
    begun = time.perf_counter()
    yield
    took = time.perf_counter() - begun
    sys.stdout.write(f"\n{what}: {took:.1f} s\n")
    record_property("seconds", round(took, 1))


def leave(page):
    """The next person sits down at the same machine."""
    page.context.clear_cookies()


def print_plan(page, tmp_path):
    """What "PDF" gives, as it reads on paper: `(text, pages)`."""
    link = page.get_by_role("link", name="PDF", exact=True)
    answer = page.request.get(urljoin(page.url, link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    path = tmp_path / "plan.pdf"
    path.write_bytes(answer.body())
    assert path.read_bytes().startswith(b"%PDF-")
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) no está en esta máquina")
    told = _run("pdfinfo", path)
    fonts = _run("pdffonts", path).splitlines()[2:]
    assert fonts, "text, not a picture of text"
    assert all(" yes yes " in font for font in fonts), f"not embedded: {fonts}"
    text = re.sub(r"\s+", " ", _run("pdftotext", path, "-"))
    return text, int(re.search(r"Pages:\s+(\d+)", told)[1])


def _run(*command):
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()
