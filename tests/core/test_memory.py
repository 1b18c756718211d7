"""What a request has room for."""

import resource

from mejora.core import memory

REPEATS = 300


def deep(levels, work):
    return work() if levels == 0 else deep(levels - 1, work)


def nested(levels):
    return 0 if levels == 0 else 1 + nested(levels - 1)


def faults_of(work):
    """How many pages of memory were mapped anew."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def calls(_=None):
    for _ in range(REPEATS):
        nested(20)


def worst(work):
    """From every depth within a chunk: one of them stands at its edge."""
    return max(deep(levels, lambda: faults_of(work)) for levels in range(0, 200, 2))


def test_calls_within_a_request_never_map_memory_again_and_again():
    assert worst(lambda: memory.on_one_chunk(calls, None)) < REPEATS
