"""Timing, and how a result is told to the process that asked for it."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Result:
    """One line of the table. `wanted` is the most (or, with `is_at_least`, the least) allowed."""

    what: str
    value: float
    unit: str
    wanted: float
    floor: float | None = None
    is_at_least: bool = False

    @property
    def is_ok(self) -> bool:
        return self.value >= self.wanted if self.is_at_least else self.value <= self.wanted

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None


# On a machine busy with other things, the processor's time tells more than the clock's; what is
# waited for (disks, other processes) is missing from it. `python -m benchmarks --cpu`.
_now = time.process_time if os.environ.get("BENCH_CPU") else time.perf_counter


def seconds(work: Callable[[], object]) -> float:
    started = _now()
    work()
    return _now() - started


def typical_ms(
    work: Callable[[], object],
    *,
    times: int = 15,
    warm: int = 3,
    before_each: Callable[[], object] = lambda: None,
) -> float:
    """The median in milliseconds, after the caches are warm; `before_each` is not timed."""
    took = []
    for _ in range(warm + times):
        before_each()
        took.append(seconds(work))
    return 1000 * statistics.median(took[warm:])


def tell(*results: Result) -> None:
    """One JSON line each on standard output."""
    for result in results:
        sys.stdout.write(json.dumps(asdict(result)) + "\n")


def setup() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mejora.settings")
    django.setup()
