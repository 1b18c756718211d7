"""What goes over the wire, asked of the running product as a stranger would."""

import re
import socket
import time

from tests.running.serving import LOGIN, Browser

CSP = {
    "default-src": "'none'", "style-src": "'self'", "base-uri": "'none'", "form-action": "'self'",
    "frame-ancestors": "'none'", "connect-src": "'self'", "font-src": "'self'",
}  # fmt: skip


def raw(server, text, seconds=10):
    """Bytes as they are, and the first bytes of the answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as wire:
        wire.sendall(text if isinstance(text, bytes) else text.encode())
        return wire.recv(65536).decode("utf-8", "replace")


def no_leak(text):
    for word in (
        "Traceback",
        "/site-packages",
        "django",
        "Django",
        "mejora/",
        "settings",
        "SELECT",
    ):
        assert word not in text, word


def test_the_product_on_the_wire(installed):
    """One start for all of it: starting is what takes time."""
    _, about, server = installed
    server.start()
    stranger = Browser(server)
    signed = Browser(server).sign_in(about["director"])
    for check in (
        headers_hold_on_every_kind_of_answer,
        cookies_say_only_what_they_must,
        a_made_up_host_gets_an_error_page_and_no_link,
        no_method_passes_for_another,
        a_form_without_its_token_changes_nothing,
        pages_of_a_person_stay_with_the_person,
        files_of_the_machine_stay_there,
        a_body_that_is_too_big_is_refused_and_the_server_goes_on,
        slow_senders_hold_nobody_up,
    ):
        check(server, stranger, signed, about)
    assert "Internal Server Error" not in server.log.read_text()


def headers_hold_on_every_kind_of_answer(server, stranger, signed, about):
    addresses = [LOGIN, "/", "/no-existe/", "/ayuda/", "/static/no-existe.css"]
    for path in [*addresses, f"/escuelas/{about['code']}/plan/2026/"]:
        for browser in (stranger, signed):
            answer = browser.get(path)
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            assert answer.headers["Referrer-Policy"] == "same-origin", path
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
            if "static" in path:
                continue
            assert answer.headers["X-Frame-Options"] == "DENY", path
            policy = dict(
                part.strip().split(" ", 1)
                for part in answer.headers["Content-Security-Policy"].split(";")
            )
            assert {key: policy.get(key) for key in CSP} == CSP
            assert re.fullmatch(r"'self'( 'nonce-[^']+')?", policy["script-src"])
            assert "Server" not in answer.headers or "/" not in answer.headers["Server"]
            assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", answer.text), path


def cookies_say_only_what_they_must(server, stranger, signed, about):
    browser = Browser(server)
    page = browser.get(LOGIN)
    assert all("SameSite=Lax" in line for line in page.headers.get_all("Set-Cookie"))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
    from tests.factories.people import PASSWORD

    fields = {"csrfmiddlewaretoken": token, "login": about["director"], "password": PASSWORD}
    set_cookies = browser.post(LOGIN, fields).headers.get_all("Set-Cookie")
    (session,) = [line for line in set_cookies if line.startswith("sessionid=")]
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session


def a_made_up_host_gets_an_error_page_and_no_link(server, stranger, signed, about):
    for host in ("malo.example", "127.0.0.1.malo.example", "localhost@malo.example", ""):
        answer = raw(server, f"GET {LOGIN} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        assert answer.startswith("HTTP/1.1 400"), host
        assert "malo.example" not in answer
        no_leak(answer)
    forwarded = stranger.get(LOGIN, **{"X-Forwarded-Host": "malo.example"})
    assert "malo.example" not in forwarded.text


def no_method_passes_for_another(server, stranger, signed, about):
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        for path in (LOGIN, f"/escuelas/{about['code']}/monitoreo/2026/marzo/"):
            answer = signed.request(method, path, headers={"X-CSRFToken": "x"})
            assert 300 <= answer.status < 500, (method, path)
            no_leak(answer.text)
    removal = f"/evidencias/{about['photo']}/quitar/"
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert signed.get(removal, **{name: "POST"}).status == 405
    assert signed.get(f"{removal}?_method=POST").status == 405
    assert signed.get(f"/evidencias/{about['photo']}/foto-red.jpg").status == 200


def a_form_without_its_token_changes_nothing(server, stranger, signed, about):
    path = f"/evidencias/{about['photo']}/quitar/"
    for token in ("", "x" * 64):
        answer = signed.post(path, {}, **{"X-CSRFToken": token})
        assert answer.status == 403
        no_leak(answer.text)
    foreign = signed.post(path, {}, Origin="https://malo.example")
    assert foreign.status == 403
    assert signed.get(f"/evidencias/{about['photo']}/foto-red.jpg").status == 200


def pages_of_a_person_stay_with_the_person(server, stranger, signed, about):
    plan = f"/escuelas/{about['code']}/plan/2026/"
    photo = f"/evidencias/{about['photo']}/foto-red.jpg"
    for path in ("/", plan, photo, f"{plan}pdf/"):
        kept = signed.get(path).headers["Cache-Control"] or ""
        assert "private" in kept or "no-store" in kept, (path, kept)
    other = Browser(server).sign_in(about["stranger"])
    for path in (plan, photo, f"{plan}pdf/", f"{plan}versiones/1/"):
        assert signed.get(path).status == 200, path
        assert other.get(path).status == 404, path
        assert stranger.get(path).status == 302, path
    (pk, uid) = about["actions"][0]
    row = f"/escuelas/{about['code']}/monitoreo/2026/agosto/{uid}/"
    assert other.post(row, {f"a{pk}-note": "ajena"}, **{"HX-Request": "true"}).status == 404


def files_of_the_machine_stay_there(server, stranger, signed, about):
    key = (server.installation.folder / "secret_key").read_text()
    for path in (
        "/static/../secret_key", "/static/..%2fsecret_key", "/static/%2e%2e/secret_key",
        "/files/", "/media/", "/../secret_key", "/static//etc/passwd", "/.git/config", "/static/",
        "/evidencias/..%2f..%2fsecret_key", "/static/..%5csecret_key",
    ):  # fmt: skip
        for browser in (stranger, signed):
            answer = browser.get(path)
            assert answer.status in {302, 400, 404}, (path, answer.status)
            assert key not in answer.text
            assert "root:" not in answer.text


def a_body_that_is_too_big_is_refused_and_the_server_goes_on(server, stranger, signed, about):
    fields = {"note": "x" * 6_000_000}
    path = f"/escuelas/{about['code']}/monitoreo/2026/agosto/"
    assert signed.post(path, fields).status in {400, 413}
    many = {f"campo{n}": "1" for n in range(5000)}
    assert signed.post(path, many).status in {400, 413}
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nConnection: close\r\n\r\n--x\r\n"
    )
    assert raw(server, head).split(" ")[1] in {"302", "400", "403", "413"}
    assert stranger.get(LOGIN).status == 200


def slow_senders_hold_nobody_up(server, stranger, signed, about):
    """Twenty who send half a request and wait: others are served all the same."""
    wires = []
    try:
        for _ in range(20):
            wire = socket.create_connection(("127.0.0.1", server.port))
            wire.sendall(
                b"POST /cuenta/entrar/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\na"
            )
            wires.append(wire)
        time.sleep(0.3)
        begun = time.monotonic()
        assert stranger.get(LOGIN).status == 200
        assert time.monotonic() - begun < 5
    finally:
        for wire in wires:
            wire.close()
