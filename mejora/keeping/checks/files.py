"""Stored files against their rows: each there, each as it was filed, none without a row."""

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
    if not default_storage.exists(""):
        return
    folders, loose = default_storage.listdir("")
    for name in sorted(loose):
        yield from _unnamed(name)
    for folder in sorted(folders):
        inner, names = default_storage.listdir(folder)
        for name in sorted(inner):
            yield from _unnamed(f"{folder}/{name}")
        known = _known(folder)
        for name in sorted(names):
            if f"{folder}/{name}" not in known:
                yield from _unnamed(f"{folder}/{name}")


def _known(folder: str) -> set[str]:
    """The paths that rows name in a folder: those of the keys that begin with its name."""
    try:
        first, last = UUID(folder.ljust(32, "0")), UUID(folder.ljust(32, "f"))
    except ValueError:
        return set()
    rows = StoredFile.objects.filter(uid__gte=first, uid__lte=last).only("uid")
    return {file.path for file in rows.iterator(SLICE)}


def _unnamed(path: str) -> Iterator[str]:
    if default_storage.get_modified_time(path).timestamp() < time.time() - ON_ITS_WAY:
        yield f"El archivo {path} no es de ningún registro."


CHECKS = (files_whole, files_named)
