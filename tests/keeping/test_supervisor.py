"""Two processes under one command: one that dies comes back, both end when asked."""

import os
import signal
import socket
import sys
import threading
import time

import pytest

from mejora.commands import up
from mejora.keeping import supervisor
from mejora.keeping.supervisor import Child

STAYS = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); "


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(supervisor, "TICK", 0.01)
    monkeypatch.setattr(supervisor, "PATIENCE", 5.0)


@pytest.fixture(autouse=True)
def signals():
    kept = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def child(code, name="El proceso"):
    return Child(name, [sys.executable, "-c", code], dict(os.environ), pause=0.02)


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("no ocurrió a tiempo")


def supervised(children, said, *, stop, number=signal.SIGTERM, is_up=lambda: True):
    """Supervise until `stop` holds, then ask this very process to end as a system would."""
    announced = []

    def ask():
        try:
            until(stop)
        finally:
            os.kill(os.getpid(), number)

    asking = threading.Thread(target=ask)
    asking.start()
    supervisor.supervise(
        children, say=said.append, when_up=lambda: announced.append(1), is_up=is_up
    )
    asking.join()
    return announced


def test_a_process_that_dies_is_started_again_after_a_growing_pause(quick):
    dying, said = child("raise SystemExit(7)"), []

    supervised([dying], said, stop=lambda: len(said) >= 3)

    assert all("El proceso terminó (estado 7)" in line for line in said)
    assert dying.pause >= 0.02 * 2**3


def test_one_that_ran_steadily_starts_again_at_once(quick, monkeypatch):
    monkeypatch.setattr(supervisor, "STEADY", 0.0)
    dying, said = child("raise SystemExit(7)"), []
    dying.pause = 30.0

    supervised([dying], said, stop=lambda: len(said) >= 2)

    assert dying.pause == 0.02


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_end_when_asked_and_the_address_is_told_once(quick, number):
    both = [child(STAYS), child(STAYS)]

    announced = supervised(both, [], number=number, stop=lambda: all(c.process for c in both))

    assert [c.process.poll() for c in both] == [-signal.SIGTERM, -signal.SIGTERM]
    assert announced == [1]


def test_one_that_does_not_listen_is_ended_all_the_same(quick, monkeypatch):
    monkeypatch.setattr(supervisor, "PATIENCE", 0.3)
    deaf = child(DEAF + STAYS)

    supervised([deaf], [], stop=lambda: deaf.process is not None and time.sleep(0.5) is None)

    assert deaf.process.poll() == -signal.SIGKILL


def test_what_a_dead_process_left_behind_is_ended_before_it_starts_again(quick, tmp_path):
    note = tmp_path / "pid"
    code = (
        f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {STAYS!r}]); "
        f"open({str(note)!r}, 'w').write(str(p.pid)); raise SystemExit(1)"
    )
    said = []

    supervised([child(code)], said, stop=lambda: said)

    until(lambda: not _runs(int(note.read_text())))


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_port_that_is_taken_is_said_before_anything_starts():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert "Elija otro puerto con --port" in up._cannot_listen("127.0.0.1", port)

    assert up._cannot_listen("127.0.0.1", port) == ""
