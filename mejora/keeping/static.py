"""Static files, collected once for each state of their sources."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

import mejora

MARK = ".collected"


def collect() -> bool:
    """Collect, compress and name by content; quick when nothing changed. Whether it had to."""
    mark = Path(settings.STATIC_ROOT) / MARK
    state = _state()
    if mark.is_file() and mark.read_text() == state:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(state)
    return True


def _state() -> str:
    """Names, sizes and dates of all sources, and the version."""
    sha256 = hashlib.sha256(mejora.VERSION.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            sha256.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return sha256.hexdigest()
