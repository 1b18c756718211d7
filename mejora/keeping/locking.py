"""Who is at work on a data folder: any number of servers, or one restore, never both."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

NAME = "en-uso.lock"


class InUseError(RuntimeError):
    """Somebody else holds the folder."""


@contextmanager
def holding(folder: Path | None = None, *, alone: bool) -> Iterator[None]:
    """Hold the data folder while working; `alone` refuses when anybody else does.

    The system lets go of it when the process ends, however it ends.
    """
    with ((folder or settings.DATA) / NAME).open("a") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUseError from None
        yield
