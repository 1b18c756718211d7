"""How commands hand over a file and say why they do not."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO


def refuse(reason: str) -> None:
    sys.stderr.write(reason + "\n")


def save(path: Path, write: Callable[[IO[str]], object]) -> int:
    """Write the whole text or nothing: what stood at `path` stays until the new one is complete."""

    def text(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as file:
            write(file)

    return save_at(path, text)


def save_at(path: Path, write: Callable[[Path], object]) -> int:
    """The same for what opens its file by itself."""
    from mejora.__main__ import DONE, INPUT_REFUSED

    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        refuse(f"No se pudo escribir {path}: {error.strerror}.")
        return INPUT_REFUSED
    return DONE
