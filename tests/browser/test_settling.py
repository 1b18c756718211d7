"""What the walks rest on: after a click the page that it led to is there, whole."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

HEAD = '<!doctype html><html lang="es"><head><title>Ensayo</title></head>'
BODY = '<body><main><h1>Entera</h1><a href="/otra/">Otra</a></main></body></html>'


class Slow(BaseHTTPRequestHandler):
    """Begins each page at once and ends it half a second later, as a busy machine does."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        for part in ("<!-- comienza -->", HEAD, BODY):
            self.wfile.write(part.encode())
            self.wfile.flush()
            time.sleep(0.5)

    def log_message(self, *_):
        pass


@pytest.fixture
def slow():
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_click_is_over_when_the_page_it_leads_to_is_whole(page, slow):
    page.goto(slow)
    page.get_by_role("link", name="Otra").click()

    assert page.url.endswith("/otra/")
    assert page.get_by_role("heading", name="Entera").is_visible()


def test_a_scan_looks_at_nothing_while_a_part_is_being_replaced(page, slow, scan):
    page.goto(slow)
    page.evaluate(
        """() => {
          const part = document.createElement("img");  // no text instead of it: axe minds
          part.className = "htmx-swapping";
          part.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
          document.querySelector("main").append(part);
          setTimeout(() => part.remove(), 1500);
        }"""
    )

    scan()
