"""The life of a prepared file: asked for, written by a job, downloaded for a while, cleared away.

Its state moves by guarded updates. A job holds the row by state and attempt: killed at any moment
it leaves no file, and whoever took its place is not disturbed by one that was only slow.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from mejora.core import memory
from mejora.core.decisions import Refused, require
from mejora.files import checking, storing
from mejora.files.checking import Checked
from mejora.files.kinds import Family
from mejora.files.kinds import Kind as FileKind
from mejora.files.models import StoredFile
from mejora.network import access
from mejora.network.access import Actor
from mejora.reports import jobs, rules
from mejora.reports.enums import ExportState
from mejora.reports.jobs import Pulse
from mejora.reports.models import Export
from mejora.reports.prepared import KINDS, Cancelled, Params, Work, Written

KEPT = dt.timedelta(days=30)  # criterio de Mejora
_MOVED_ON = "Este archivo cambió entretanto. Recargue la página."


def ask(kind: str, params: Params, *, title: str, by: Actor) -> Export:
    """Have a file written by a job. The same one, still under way, is not begun twice."""
    require(rules.can_ask(by, kind, params))
    asked = {"kind": kind, "params": dict(params), "by": by.user, "membership": by.current}
    with transaction.atomic():
        same = Export.objects.under_way().filter(**asked).first()
        if same:
            return same
        export = Export.objects.create(**asked, title=title[:200], at=timezone.now())
        jobs.prepare_export.enqueue(export.pk)
    return export


def author_of(export: Export) -> Actor:
    """The author with today's memberships, at the place from which the file was asked for."""
    return access.actor_for(export.by, current_id=export.membership_id)


def produce(export: Export) -> None:
    """Write the file of an export that waits. It ends ready, failed with the reason, or cancelled.

    Does nothing when somebody else has begun or when it was cancelled.
    """
    if not _claim(export):
        return
    try:
        actor = author_of(export)
        require(rules.can_have(actor, export))
        with _folder(export) as folder, Pulse(export) as pulse:
            path = folder / "archivo"
            work = Work(actor, export.params, path, _made(folder / "aparte"), pulse.tell)
            with memory.modest(), memory.seldom_walked():
                written = KINDS[export.kind].write(work)
            pulse.tell(pulse.total, pulse.total)
            _keep(export, path, written, pulse.total)
    except Cancelled:
        return
    except Refused as refusal:
        _fail(export, refusal.reason)
    except Exception:
        _fail(export, "Falló al prepararse. Puede intentarlo otra vez.")
        raise  # the worker keeps what went wrong
    finally:
        expire_old()


def preparing_folder() -> Path:
    """Where jobs write, on the disk of the data; what a killed one leaves goes at a start."""
    return Path(settings.DATA) / ".preparando"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


@contextmanager
def _folder(export: Export) -> Iterator[Path]:
    folder = preparing_folder() / f"{export.uid}-{export.attempt}"
    for left in preparing_folder().glob(f"{export.uid}-*"):  # by an attempt that was killed
        shutil.rmtree(left, ignore_errors=True)
    try:
        yield _made(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _keep(export: Export, path: Path, written: Written, total: int) -> None:
    with path.open("rb") as content:
        found = checking.digest(content)
        kind = FileKind(Family.OFFICE, written.mime, "")
        size = path.stat().st_size
        checked = Checked(content, kind, written.name[:200], found, found, size)
        content.seek(0)
        now = timezone.now()
        with storing.keeping(checked, space=_space(export)) as kept, transaction.atomic():
            ready = {"file": storing.enter(kept, by=export.by), "expires_at": now + KEPT}
            ready |= {"done": total, "total": total, "message": written.message[:400]}
            if not _move(export, ExportState.RUNNING, ExportState.READY, finished_at=now, **ready):
                raise Cancelled


def _space(export: Export) -> str:
    """One content may be two people's file: each has its own."""
    return f"export:{export.uid}"


def _fail(export: Export, reason: str) -> None:
    now = timezone.now()
    _move(export, ExportState.RUNNING, ExportState.FAILED, finished_at=now, message=reason[:400])


def cancel(export: Export, *, by: Actor) -> None:
    """What waits or runs is no longer wanted; its job notices within a second."""
    require(rules.can_cancel(by, export))
    now = timezone.now()
    for state in rules.UNDER_WAY:
        if _move(export, state, ExportState.CANCELLED, finished_at=now):
            return
    raise Refused(_MOVED_ON)


def resume(export: Export, *, by: Actor) -> None:
    """Begin again what was cut or failed."""
    require(rules.can_resume(by, export))
    if not _requeue(export):
        raise Refused(_MOVED_ON)


def delete(export: Export, *, by: Actor) -> None:
    """Take away the file; that it was asked for stays on record."""
    require(rules.can_delete(by, export))
    if not _clear(export, ExportState.DELETED):
        raise Refused(_MOVED_ON)


def resume_all() -> int:
    """At start, before any worker runs: whatever is under way was cut, and begins again. Returns
    how many. What is past its day goes, and so does what killed jobs left lying."""
    shutil.rmtree(preparing_folder(), ignore_errors=True)
    expire_old()
    cut = list(Export.objects.filter(state=ExportState.RUNNING))
    for export in (each for each in cut if each.attempt >= rules.MAX_ATTEMPTS):
        _fail(export, "Se cortó varias veces. Pida menos de una vez, o avise a quien administra.")
    return sum(_requeue(export) for export in cut if export.attempt < rules.MAX_ATTEMPTS)


def expire_old(now: dt.datetime | None = None) -> int:
    """Take away the files that are past their day. Returns how many."""
    past = Export.objects.filter(state=ExportState.READY, expires_at__lte=now or timezone.now())
    return sum(_clear(export, ExportState.EXPIRED) for export in past)


def _claim(export: Export) -> bool:
    now = timezone.now()
    begun = {"attempt": export.attempt + 1, "started_at": now, "done": 0, "total": 0}
    return _move(export, ExportState.WAITING, ExportState.RUNNING, **begun, message="")


def _requeue(export: Export) -> bool:
    source = ExportState(export.state)
    with transaction.atomic():
        found = _move(export, source, ExportState.WAITING, finished_at=None, message="")
        if found:
            jobs.prepare_export.enqueue(export.pk)
    return found


def _clear(export: Export, target: ExportState) -> bool:
    file = export.file
    with transaction.atomic():
        if not _move(export, ExportState(export.state), target, file=None):
            return False
        if file:
            _remove(file)
    return True


def _remove(file: StoredFile) -> None:
    path = file.path
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(path))


def _move(export: Export, source: ExportState, target: ExportState, **changes: Any) -> bool:
    """Change the state if it still is `source` in this very attempt; says whether it was."""
    changes |= {"state": target, "heartbeat_at": timezone.now()}
    held = Export.objects.filter(pk=export.pk, state=source, attempt=export.attempt)
    if not held.update(**changes):
        return False
    for name, value in changes.items():
        setattr(export, name, value)
    return True
