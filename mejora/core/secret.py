"""The installation's secret key: made on first use, kept beside the data, never in the code."""

import os
import secrets
from pathlib import Path


def key(path: Path) -> str:
    """The key in `path`; several processes may ask at once for one that does not exist yet."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip() or _refuse(path)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made := secrets.token_urlsafe(50))
    return made


def _refuse(path: Path) -> str:
    raise RuntimeError(
        f"La clave de la instalación está vacía: {path}. Recupérela de un respaldo; sin ella "
        "se cierran todas las sesiones."
    )
