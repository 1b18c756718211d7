"""Keeping a checked file: first its bytes, then its row, so that no row ever lacks its file.

A crash between the two leaves bytes without a row: an orphan, which `check` names and which nobody
can reach. The same content twice in a space is one file.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from mejora.core import clock
from mejora.files import checking
from mejora.files.checking import Checked
from mejora.files.models import StoredFile
from mejora.people.models import User

RETENTION_YEARS = 5  # of what shows people or names (criterio de Mejora)


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that lie in the storage, still without a row (unless the space had them)."""

    uid: uuid.UUID
    space: str
    checked: Checked
    existing: StoredFile | None = None


def accept(
    upload: File[Any], *, space: str, by: User | None, may_hold_personal_data: bool = False
) -> StoredFile:
    """Check and keep a file on its own. NotAccepted says why not. Call it outside a transaction:
    looking inside takes seconds, and others want to save meanwhile."""
    with keeping(checking.check(upload), space=space) as kept, transaction.atomic():
        return enter(kept, by=by, may_hold_personal_data=may_hold_personal_data)


@contextmanager
def keeping(checked: Checked, *, space: str, uid: uuid.UUID | None = None) -> Iterator[Kept]:
    """The bytes are stored on the way in; whoever fails inside leaves none behind."""
    existing = StoredFile.objects.filter(space=space, sha256=checked.sha256).first()
    kept = Kept(uid or uuid.uuid4(), space, checked, existing)
    if existing:
        yield kept
        return
    path = path_of(kept.uid)
    put(path, checked.content)
    try:
        yield kept
    except BaseException:
        default_storage.delete(path)
        raise


def path_of(uid: uuid.UUID) -> str:
    return StoredFile(uid=uid).path


def enter(kept: Kept, *, by: User | None, may_hold_personal_data: bool = False) -> StoredFile:
    """Give kept bytes their row, in the caller's transaction.

    Of two who sent the same at once, the second gets the first's row, and its own bytes go.
    That a file shows people can be said later, never taken back.
    """
    try:
        with transaction.atomic():
            found = kept.existing or _new_row(kept, by=by)
    except IntegrityError:
        found = StoredFile.objects.get(space=kept.space, sha256=kept.checked.sha256)
        transaction.on_commit(lambda: default_storage.delete(path_of(kept.uid)))
    if may_hold_personal_data:
        say_it_shows_people(found)
    return found


def say_it_shows_people(file: StoredFile) -> None:
    """From now on the file counts as one with personal data, with the date until which it is
    kept. It is never taken back."""
    if not file.may_hold_personal_data:
        file.may_hold_personal_data = True
        file.retain_until = retention(clock.today())
        file.save(update_fields=["may_hold_personal_data", "retain_until"])


def _new_row(kept: Kept, *, by: User | None) -> StoredFile:
    return StoredFile.objects.create(
        uid=kept.uid,
        space=kept.space,
        sha256=kept.checked.sha256,
        stored_sha256=kept.checked.stored_sha256,
        size=kept.checked.size,
        mime=kept.checked.kind.mime,
        original_name=kept.checked.name,
        uploaded_by=by,
        uploaded_at=timezone.now(),
    )


def retention(on: dt.date) -> dt.date:
    """Until when a file that shows people is kept: five years on."""
    try:
        return on.replace(year=on.year + RETENTION_YEARS)
    except ValueError:  # 29 February
        return on.replace(year=on.year + RETENTION_YEARS, day=28)


def put(path: str, content: IO[bytes]) -> None:
    """Store under the path that the row will name, and make sure that it is on the disk."""
    stored = default_storage.save(path, File(content))
    if stored != path:  # a path that says nothing is never taken twice
        default_storage.delete(stored)
        raise RuntimeError(f"Ya había un archivo en {path}.")
    try:
        local = Path(default_storage.path(path))
    except NotImplementedError:  # an object store keeps its own promises
        return
    for place in (local, local.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
