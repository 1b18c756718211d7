"""Stored files against their rows: each there, each as it was filed, none without a row.

`clean` takes away what an upload that was cut left behind.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from uuid import UUID

from django.core.files.storage import default_storage

from mejora.files.models import StoredFile
from mejora.keeping.checks import SLICE

CHUNK = 1 << 20
# A file is stored before its row: a young one without a row may be on its way in.
ON_ITS_WAY = 3600.0
LEFT_BEHIND = 24 * 3600.0


def files_whole() -> Iterator[str]:
    for file in StoredFile.objects.order_by("pk").iterator(SLICE):
        name = f"{file.path} («{file.original_name}»)"
        try:
            with default_storage.open(file.path) as content:
                sha256, size = hashlib.sha256(), 0
                for chunk in content.chunks(CHUNK):
                    sha256.update(chunk)
                    size += len(chunk)
        except FileNotFoundError:
            yield f"Falta el archivo {name}."
            continue
        except OSError as error:
            yield f"No se puede leer el archivo {name}: {error.strerror}."
            continue
        if size != file.size or sha256.hexdigest() != file.stored_sha256:
            yield f"El archivo {name} cambió desde que se guardó."


def files_named() -> Iterator[str]:
    """Files that no row names, folder by folder."""
    for path in _unnamed(ON_ITS_WAY):
        yield f"El archivo {path} no es de ningún registro."


def clean() -> Iterator[str]:
    """Delete files that no row names and that are older than a day, and name each.

    Only what the storage itself names so; anything else somebody put there, and it stays.
    """
    for path in _unnamed(LEFT_BEHIND):
        uid = _uid(path)
        # Asked again at the last moment: the first answer may be minutes old.
        if uid and not StoredFile.objects.filter(uid=uid).exists():
            default_storage.delete(path)
            yield f"Se borró {path}: no era de ningún registro."


def _uid(path: str) -> UUID | None:
    try:
        uid = UUID(path.rpartition("/")[2])
    except ValueError:
        return None
    return uid if StoredFile(uid=uid).path == path else None


def _unnamed(age: float) -> Iterator[str]:
    """Paths without a row, last written at least `age` seconds ago."""
    if not default_storage.exists(""):
        return
    folders, loose = default_storage.listdir("")
    found = sorted(loose)
    for folder in sorted(folders):
        inner, names = default_storage.listdir(folder)
        known = _known(folder)
        found += [f"{folder}/{name}" for name in sorted(inner)]
        found += [p for name in sorted(names) if (p := f"{folder}/{name}") not in known]
    oldest = time.time() - age
    for path in found:
        if default_storage.get_modified_time(path).timestamp() < oldest:
            yield path


def _known(folder: str) -> set[str]:
    """The paths that rows name in a folder: those of the keys that begin with its name."""
    try:
        first, last = UUID(folder.ljust(32, "0")), UUID(folder.ljust(32, "f"))
    except ValueError:
        return set()
    rows = StoredFile.objects.filter(uid__gte=first, uid__lte=last).only("uid")
    return {file.path for file in rows.iterator(SLICE)}


CHECKS = (files_whole, files_named)
