"""The real product on a port of its own: started, hammered, killed outright, started again."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from urllib.parse import urlencode

from tests.factories.people import PASSWORD
from tests.keeping.installation import ROOT

LOGIN = "/cuenta/entrar/"
UP_WITHIN = 60.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`python -m mejora up` of an installation, with all that it starts."""

    def __init__(self, installation, **environment):
        self.installation, self.environment = installation, environment
        self.port, self.process = free_port(), None
        self.log = installation.folder.with_suffix(".log")

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mejora", "up", "--port", str(self.port)],
                env=self.installation.environment() | self.environment, cwd=ROOT,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + UP_WITHIN
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if Browser(self).get(LOGIN).status == 200:
                    return self
            time.sleep(0.05)
        raise AssertionError(f"no empezó a servir:\n{self.log.read_text()}")

    def pids(self):
        """Every process that works on this folder, however it came to be: ours and no others."""
        mark = f"MEJORA_DATA={self.installation.folder}".encode()
        found = []
        for name in filter(str.isdecimal, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as environment:
                if mark in environment.read().split(b"\0"):
                    found.append(int(name))
        return found

    def kill(self):
        """As a power cut: nobody is asked to end, and nobody has time to start again."""
        if self.process is None:
            return
        for pid in (self.process.pid, *self.pids()):
            _signal(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while (left := self.pids()) and time.monotonic() < deadline:
            for pid in left:
                _signal(pid, signal.SIGKILL)
            time.sleep(0.01)
        self.process.wait()
        self.process = None

    def stop(self):
        """As the administrator ends it; what is left running after that."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout=30)
        left = self.pids()
        self.kill()
        return status, left


def _signal(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


class Answer:
    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.body = response.read()
        self.text = self.body.decode("utf-8", "replace")


class Browser:
    """Cookies, the token of forms, nothing else; each request on a connection of its own."""

    def __init__(self, server):
        self.port, self.cookies = server.port, {}

    def request(self, method, path, body=None, headers=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
        return answer

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def post(self, path, fields, files=(), **headers):
        """`files` are (field, name, content)."""
        token = {"X-CSRFToken": self.cookies.get("csrftoken", ""), **headers}
        if files:
            body, kind = _multipart(fields, files)
        else:
            body, kind = urlencode(fields, doseq=True), "application/x-www-form-urlencoded"
        return self.request("POST", path, body, {**token, "Content-Type": kind})

    def sign_in(self, email, password=PASSWORD):
        page = self.get(LOGIN)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
        fields = {"csrfmiddlewaretoken": token, "login": email, "password": password}
        answer = self.post(LOGIN, fields)
        assert answer.status == 302, answer.text
        return self


def _multipart(fields, files):
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for field, name, content in files:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        parts.append(f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"
