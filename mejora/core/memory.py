"""How Python's cyclic collector behaves in a server that has loaded all it needs."""

import gc

# A page makes and drops some tens of thousands of objects, nearly all freed at once by their
# counts. With the usual 700 the collector walks the heap several times per page and finds nothing.
YOUNG = 50_000


def settle() -> None:
    """Call it once, when everything is loaded: what is there stays and is not walked again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
