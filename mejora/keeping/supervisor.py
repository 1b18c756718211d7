"""Two processes kept running by one command: the server and the worker of long jobs.

One that dies is started again, after a pause that grows while it keeps dying. SIGTERM and SIGINT
end both, each after what it has at hand.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
STEADY = 60.0  # after so many seconds of running, a death counts as the first one again
PATIENCE = 15.0
TICK = 0.2
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process that should always be running."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = field(default=FIRST_PAUSE)

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self.started_at = time.monotonic()

    def look(self, say: Callable[[str], None]) -> None:
        """Start it when it is time; notice that it died and decide when to start it again."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return
        status = self.process.poll()
        if status is None:
            return
        _signal_group(self.process, signal.SIGKILL)  # what it left behind holds the port
        self.pause = (
            FIRST_PAUSE if now - self.started_at > STEADY else min(self.pause * 2, LONGEST_PAUSE)
        )
        self.process, self.start_at = None, now + self.pause
        say(f"{self.name} terminó (estado {status}); vuelve a empezar en {self.pause:.0f} s.")

    def ask_to_end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        _signal_group(self.process, signal.SIGKILL)
        self.process.wait()


def _signal_group(process: subprocess.Popen[bytes], which: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, which)


def _end_with_parent() -> None:
    """A supervisor that is killed outright takes its children with it (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class _Stop:
    asked = False

    def __call__(self, *_: object) -> None:
        self.asked = True


def supervise(
    children: Sequence[Child],
    *,
    say: Callable[[str], None],
    when_up: Callable[[], None],
    is_up: Callable[[], bool],
) -> None:
    """Run until asked to end. `when_up` is called once, as soon as `is_up` says yes."""
    stop, announced = _Stop(), False
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        while not stop.asked:
            for child in children:
                child.look(say)
            if not announced and is_up():
                announced = True
                when_up()
            time.sleep(TICK)
    finally:
        for child in children:
            child.ask_to_end()
        deadline = time.monotonic() + PATIENCE
        for child in children:
            child.end(deadline)


def environment(**changes: str) -> dict[str, str]:
    """This process's environment, in which Mejora can be imported from anywhere."""
    paths = filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "DJANGO_SETTINGS_MODULE": "mejora.settings",
        **changes,
    }


def server(host: str, port: int) -> Child:
    """Granian: slow clients do not block it; a worker that grows too much is replaced."""
    command = [
        *(sys.executable, "-m", "granian", "mejora.wsgi:application"),
        *("--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "2", "--no-ws"),
        *("--respawn-failed-workers", "--workers-max-rss", "1024", "--workers-kill-timeout", "10"),
        *("--backlog", "512", "--log-level", "error"),
    ]
    return Child("El servidor", command, environment(HOST=host, PORT=str(port)))


def worker() -> Child:
    command = [sys.executable, "-m", "mejora.keeping.worker"]
    return Child("El trabajador", command, environment())
