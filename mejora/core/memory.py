"""How Python uses memory in a server: its cyclic collector and the room for its frames; and how
little a job keeps of what it reads once."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

# A page makes and drops some tens of thousands of objects, nearly all freed at once by their
# counts. With the usual 700 the collector walks the heap several times per page and finds nothing.
YOUNG = 50_000


def settle() -> None:
    """Call it once, when everything is loaded: what is there stays and is not walked again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)


@contextmanager
def seldom_walked() -> Iterator[None]:
    """For work that makes hundreds of thousands of small rows and drops them soon: with the usual
    thresholds the collector takes a tenth of its time and finds nothing."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def on_one_chunk(function: Callable[[Asked], Answer], argument: Asked) -> Answer:
    """Call a function with room for the frames of all that it calls.

    Python keeps frames in chunks of 16 kB and gives a chunk back the moment that a call leaves it.
    A template whose calls happen to straddle the edge maps and unmaps memory thousands of times:
    the same page takes from 30 to 66 ms, by nothing but how deep it is called. One frame that
    claims 256 kB makes the chunk large enough for everything below it.
    """
    return function(argument)


on_one_chunk.__code__ = on_one_chunk.__code__.replace(co_stacksize=32_000)


# SQLite, while a job reads a country once: what it has read it will not read again.
_MODEST = {"cache_size": -32_000, "mmap_size": 0}


@contextmanager
def modest() -> Iterator[None]:
    """Within, SQLite holds 32 MB of the database and no window on its file; then as before."""
    if connection.vendor != "sqlite":
        yield
        return
    before = {name: pragma(name) for name in _MODEST}
    for name, value in _MODEST.items():
        pragma(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            pragma(name, value)


def pragma(name: str, value: int | None = None) -> int:
    """A setting of SQLite for this connection, read or changed. Asked of the driver: how the
    connection behaves is no question about the data."""
    connection.ensure_connection()
    said = f"PRAGMA {name}" if value is None else f"PRAGMA {name} = {value}"
    found = connection.connection.execute(said).fetchone()
    return int(found[0]) if found else 0
