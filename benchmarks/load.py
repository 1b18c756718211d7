"""Twenty people reading the plan at once, from two workers, over real connections."""

from __future__ import annotations

import http.client
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from benchmarks import environment, measure
from benchmarks.measure import Result

CLIENTS, SECONDS = 20, 8.0


def main(folder: Path) -> None:
    measure.setup()
    from django.conf import settings

    from benchmarks import people
    from mejora.keeping import static, supervisor

    static.collect()
    session = people.client(people.DIRECTOR).cookies[settings.SESSION_COOKIE_NAME].value
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
    port = _free_port()
    command = supervisor.server("127.0.0.1", port).command
    with subprocess.Popen(command, env=environment(folder, PORT=str(port))) as server:
        try:
            _wait_for(port)
            path = f"/escuelas/{people.FORTY}/plan/2026/"
            _run(port, path, headers, 1.5)  # both workers have read their catalogues
            took, gone = _run(port, path, headers, SECONDS)
        finally:
            server.terminate()
    measure.tell(
        Result("Página del plan, 20 personas", len(took) / gone, "por s", 80, is_at_least=True),
        Result("Página del plan, 20 personas: p95", _p95(took), "ms", 450),
    )


def _p95(took: list[float]) -> float:
    return 1000 * statistics.quantiles(took, n=20)[-1]


def _run(
    port: int, path: str, headers: dict[str, str], lasting: float
) -> tuple[list[float], float]:
    """How long each answer took, and how long all of it did."""
    took: list[float] = []
    bad: list[int] = []
    started = time.perf_counter()

    def read() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() - started < lasting:
            asked = time.perf_counter()
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                bad.append(response.status)
                return
            took.append(time.perf_counter() - asked)

    people = [threading.Thread(target=read) for _ in range(CLIENTS)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    if bad:
        raise SystemExit(f"{path}: {bad[0]}")
    return took, time.perf_counter() - started


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not come up")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
