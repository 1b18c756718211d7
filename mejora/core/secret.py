"""The installation's secret key: made on first use, kept beside the data, never in the code."""

import contextlib
import os
import secrets
from pathlib import Path


def key(path: Path) -> str:
    """The key in `path`; several processes may ask at once for one that does not exist yet, and
    any of them may be killed: the file appears whole or not at all."""
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip() or _refuse(path)


def _make(path: Path) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
            file.flush()
            os.fsync(handle)
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            os.link(part, path)
    finally:
        part.unlink()


def _refuse(path: Path) -> str:
    raise RuntimeError(
        f"La clave de la instalación está vacía: {path}. Recupérela de un respaldo; sin ella "
        "se cierran todas las sesiones."
    )
