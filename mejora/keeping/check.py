"""Whether an installation is sound: every check, one after the other, nothing changed."""

from __future__ import annotations

from collections.abc import Iterator

from mejora.keeping.checks import (
    Check,
    accounts,
    alerts,
    cycles,
    files,
    history,
    installation,
    rows,
    stages,
    support,
)

CHECKS: tuple[Check, ...] = (
    *installation.CHECKS,
    *files.CHECKS,
    *stages.CHECKS,
    *history.CHECKS,
    *support.CHECKS,
    *alerts.CHECKS,
    *cycles.CHECKS,
    *accounts.CHECKS,
    *rows.CHECKS,
)


def findings() -> Iterator[str]:
    """One sentence per finding, in the order of the checks."""
    for check in CHECKS:
        yield from check()


def clean() -> Iterator[str]:
    """Take away what is of no use to anybody; one sentence per thing that went."""
    yield from files.clean()
