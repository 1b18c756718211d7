"""SQLite's log, carried over to the database beside a long writing and not inside it.

Every commit goes to the log first; once the log has some pages, the next commit also carries them
over to the database and waits for the disk. While a country's plans land that is nearly every
commit, and nobody else can save meanwhile.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.db import connection

from mejora.core.memory import pragma

PAUSE = 0.2  # seconds
# What the log may grow to, in pages of 4 kB, before a commit carries over by itself after all.
MOST = 50_000


@contextmanager
def beside() -> Iterator[None]:
    """Within, this connection's commits leave the log alone and a thread carries it over. Nothing
    of this is about what is kept: a process that is killed leaves the log, and SQLite reads it."""
    if connection.vendor != "sqlite":
        yield
        return
    before = pragma("wal_autocheckpoint")
    pragma("wal_autocheckpoint", MOST)
    done = threading.Event()
    carrier = threading.Thread(target=_carry, args=(str(connection.settings_dict["NAME"]), done))
    carrier.start()
    try:
        yield
    finally:
        done.set()
        carrier.join()
        pragma("wal_autocheckpoint", before)


def _carry(path: str, done: threading.Event) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as log:
        while not done.wait(PAUSE):
            log.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
