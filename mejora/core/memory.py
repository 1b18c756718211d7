"""How Python uses memory in a server: its cyclic collector and the room for its frames."""

import gc
from collections.abc import Callable
from typing import TypeVar

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


def on_one_chunk(function: Callable[[Asked], Answer], argument: Asked) -> Answer:
    """Call a function with room for the frames of all that it calls.

    Python keeps frames in chunks of 16 kB and gives a chunk back the moment that a call leaves it.
    A template whose calls happen to straddle the edge maps and unmaps memory thousands of times:
    the same page takes from 30 to 66 ms, by nothing but how deep it is called. One frame that
    claims 256 kB makes the chunk large enough for everything below it.
    """
    return function(argument)


on_one_chunk.__code__ = on_one_chunk.__code__.replace(co_stacksize=32_000)
