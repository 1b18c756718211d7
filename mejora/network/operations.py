"""The life of an import: received, checked, landed or left aside.

Checking writes staging rows only. Landing is one transaction: a process that is killed before its
end leaves everything as it was, and the batch is taken up again (`resume`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mejora.core.decisions import Refused, require
from mejora.core.spreadsheets import Unreadable
from mejora.files import checking, storing
from mejora.files.checking import Checked
from mejora.files.kinds import Family, Kind
from mejora.files.models import StoredFile
from mejora.network import rules, tasks
from mejora.network.access import Actor
from mejora.network.enums import BatchKind, BatchState, PlaceKind
from mejora.network.importers import anonymous, issuing, parts, staging
from mejora.network.importers.kinds import KINDS, NamesPeople, OtherKind, Stale
from mejora.network.importers.owned import OwnedReader, Selection
from mejora.network.importers.parts import Parts
from mejora.network.models import Country, ImportBatch, Owner, School
from mejora.people.models import User

SPACE = "import"
SPREADSHEET = Kind(Family.OFFICE, "application/octet-stream", "")
# A job says that it lives at least every few seconds; this long without a word means it was cut.
SILENCE = dt.timedelta(seconds=60)


def receive(
    upload: File[Any],
    *,
    kind: BatchKind,
    year: int | None,
    by: Actor | None,
    school: School | None = None,
    owner: Owner | None = None,
) -> ImportBatch:
    """Keep a file and open its batch, of a school's or an owner's where the kind has a place.
    `by` is None at the command line of the machine."""
    if by is not None:
        require(rules.can_bring(by, kind, school=school, owner=owner))
    user = by.user if by else None
    place: dict[str, Any] = {"school": school, "owner": owner, "country": None}
    place["country"] = _country(kind, by, school or owner)
    with storing.keeping(_spreadsheet(upload), space=SPACE) as kept, transaction.atomic():
        file = storing.enter(kept, by=user)
        return _open(kind, year, user, file=file, file_name=file.original_name, **place)


def _country(kind: BatchKind, by: Actor | None, place: School | Owner | None) -> Country:
    """Whose country the file is: its place's, or the person's among those of its kind."""
    if place is not None:
        return place.country
    countries = Country.objects.filter(code__in=KINDS[kind].countries).order_by("pk")
    if by is not None:
        countries = countries.filter(pk__in=by.countries)
    return countries[0]


def _open(kind: BatchKind, year: int | None, user: User | None, **more: Any) -> ImportBatch:
    return ImportBatch.objects.create(
        kind=kind, year=year, by=user, at=timezone.now(), state=BatchState.WAITING, **more
    )


def _spreadsheet(upload: File[Any]) -> Checked:
    """Kept as it came: what it is, reading will tell."""
    upload.seek(0)
    found = checking.digest(upload)
    name = Path(upload.name or "archivo").name[:200]
    return Checked(upload, SPREADSHEET, name, found, found, upload.size)


def queue_check(batch: ImportBatch) -> None:
    tasks.check_batch.enqueue(batch.pk)


def check(batch: ImportBatch) -> None:
    """Read and compare the file. It ends checked, or refused with the reason.

    Does nothing when somebody else has begun or when it was discarded.
    """
    if not _claim(batch, BatchState.WAITING, BatchState.CHECKING):
        return
    try:
        with _local(batch.file) as path:
            staging.check(batch, path)
    except Unreadable as error:
        staging.clear(batch)
        said = {"message": str(error), "looks_like": ""}
        if isinstance(error, OtherKind):
            said["looks_like"] = error.found.value
        _forget_people(batch, error)
        _move(batch, BatchState.CHECKING, BatchState.REFUSED, **said)
    except staging.Cancelled:
        staging.clear(batch)


def _forget_people(batch: ImportBatch, error: Unreadable | None = None) -> None:
    """A file with a row per pupil is not kept when it was not summed."""
    sums = KINDS[BatchKind(batch.kind)].names_people
    if isinstance(error, NamesPeople) or (sums and not isinstance(error, OtherKind)):
        anonymous.forget(batch)


def read_as(batch: ImportBatch, *, by: Actor, owner: Owner | None) -> ImportBatch:
    """Go on with a refused file as the kind that it seems to be: a batch of its own. `owner` is
    whose file it is where that kind is an owner's."""
    require(rules.can_read_as(by, batch, owner=owner))
    kind = BatchKind(batch.looks_like)
    place: dict[str, Any] = {"country": batch.country}
    if KINDS[kind].place == PlaceKind.OWNER:
        place["owner"] = owner
    elif KINDS[kind].place == PlaceKind.SCHOOL:
        place["school"] = batch.school
    again = _open(kind, batch.year, by.user, file=batch.file, file_name=batch.file_name, **place)
    queue_check(again)
    return again


def mend(batch: ImportBatch, column: str, value: str, fix: str, *, by: Actor) -> None:
    """From now on read `value` in a column as `fix`, which the check offered, and check again.
    The file stays as it came; the batch says what is read otherwise."""
    require(rules.can_mend(by, batch))
    offered = batch.issues.filter(column=column, value=value, fix=fix).exclude(fix="")
    if not offered.exists():
        raise Refused("Ese arreglo ya no corresponde. Recargue la página.")
    corrections = [*batch.corrections, [column, value, fix]]
    message = "Se revisa de nuevo con su arreglo."
    with transaction.atomic():
        changes = {"corrections": corrections, "message": message, "progress": 0}
        if not _move(batch, BatchState.CHECKED, BatchState.WAITING, **changes):
            raise Refused("Otra persona acaba de actuar sobre esta carga. Recargue la página.")
        queue_check(batch)


def choose_roster(selection: Selection, *, by: Actor) -> ImportBatch:
    """The functioning schools of some owners, as a roster to look at before it lands."""
    require(rules.can_import(by))
    batch = _open(
        BatchKind.ROSTER,
        selection.year,
        by.user,
        file_name=selection.label[:200],
        country=_country(BatchKind.ROSTER, by, None),
    )
    _claim(batch, BatchState.WAITING, BatchState.CHECKING)
    try:
        staging.finish(batch, OwnedReader(selection))
    except Unreadable:
        message = "Ningún establecimiento en funcionamiento cumple lo elegido."
        _move(batch, BatchState.CHECKING, BatchState.REFUSED, message=message)
    return batch


def approve(batch: ImportBatch, *, by: Actor) -> None:
    """Ask for what was checked to be saved; the job does it."""
    require(rules.can_land(by, batch))
    changes = {"applied_by": by.user, "progress": 0}
    with transaction.atomic():
        if not _move(batch, BatchState.CHECKED, BatchState.APPLYING, **changes):
            raise Refused("Otra persona acaba de actuar sobre esta carga. Recargue la página.")
        tasks.land_batch.enqueue(batch.pk)


def land(batch: ImportBatch) -> None:
    """Write all that was accepted, in one transaction, or nothing.

    A batch checked before another one landed, or whose things somebody touched meanwhile, is
    checked again: what it compared with is gone.
    """
    if batch.state == BatchState.CHECKED:
        _move(batch, BatchState.CHECKED, BatchState.APPLYING, progress=0)
    kind = KINDS[BatchKind(batch.kind)]
    if isinstance(kind.land, Parts):
        _land_by_parts(batch, kind.land)
        return
    rows = staging.staged(batch)
    try:
        with parts.alone(batch, BatchState.APPLYING) as stored:
            if stored is None:
                return
            if _overtaken(stored):
                raise Stale
            kind.land(stored, rows)
            now = timezone.now()
            _move(stored, BatchState.APPLYING, BatchState.APPLIED, applied_at=now)
    except Stale:
        _check_again(batch)
    except Refused as refusal:
        _move(batch, BatchState.APPLYING, BatchState.REFUSED, message=refusal.reason)
    finally:
        batch.refresh_from_db()


def _land_by_parts(batch: ImportBatch, how: Parts) -> None:
    """Each part whole, in a short transaction of its own; goes on behind the last one saved."""
    try:
        if not batch.landed_to and _overtaken(batch):
            _check_again(batch)
        elif parts.land(batch, how):
            now = timezone.now()
            _move(batch, BatchState.APPLYING, BatchState.APPLIED, applied_at=now)
    finally:
        batch.refresh_from_db()


def _overtaken(batch: ImportBatch) -> bool:
    """Whether what the batch was compared with changed by another one: of the same place, or of
    the country. Other schools' files do not touch it."""
    later = Q(applied_at__gte=batch.checked_at) | Q(undone_at__gte=batch.checked_at)
    found = ImportBatch.objects.filter(
        later, country=batch.country_id, state__in=(BatchState.APPLIED, BatchState.UNDONE)
    )
    return found.filter(Q(school__isnull=True) | Q(school=batch.school_id)).exists()


def undo(batch: ImportBatch, *, by: Actor | None) -> None:
    """Ask for what landed to be taken back; the job does it. `by` is None at the command line."""
    require(rules.can_undo(by, batch) if by else rules.is_undoable(batch))
    changes = {"undone_by": by.user if by else None, "message": "", "progress": 0}
    state = BatchState(batch.state)
    with transaction.atomic():
        if not _move(batch, state, BatchState.UNDOING, **changes):
            raise Refused("Otra persona acaba de actuar sobre esta carga. Recargue la página.")
        issuing.forget_kept(batch)
        tasks.undo_batch.enqueue(batch.pk)


def take_back(batch: ImportBatch) -> None:
    """Undo in one transaction: what nobody touched since goes back, the rest stays and is told.
    Refused as a whole, the batch stays imported and says why."""
    kind = KINDS[BatchKind(batch.kind)]
    if isinstance(kind.land, Parts):
        _take_back_by_parts(batch, kind.land)
        return
    try:
        with parts.alone(batch, BatchState.UNDOING) as stored:
            if stored is None or kind.undo is None:
                return
            kept = kind.undo(stored, by=stored.undone_by)
            issuing.tell_kept(stored, kept)
            now = timezone.now()
            _move(stored, BatchState.UNDOING, BatchState.UNDONE, undone_at=now)
    except Refused as refusal:
        _move(batch, BatchState.UNDOING, BatchState.APPLIED, message=refusal.reason)
    finally:
        batch.refresh_from_db()


def _take_back_by_parts(batch: ImportBatch, how: Parts) -> None:
    """What nobody touched goes; where everything had to stay, the batch stays imported."""
    try:
        if not parts.take_back(batch, how):
            return
        now = timezone.now()
        if batch.applied_at and parts.kept_everything(batch):
            changes = {"landed_to": parts.last(batch), "message": _ALL_KEPT}
            _move(batch, BatchState.UNDOING, BatchState.APPLIED, **changes)
        else:
            _move(batch, BatchState.UNDOING, BatchState.UNDONE, undone_at=now)
    finally:
        batch.refresh_from_db()


_ALL_KEPT = "No se pudo devolver nada: todo lo que trajo esta carga se usó o cambió después."


def _check_again(batch: ImportBatch) -> None:
    message = "Los datos cambiaron después de revisar esta carga, así que se revisa de nuevo."
    if batch.file_id is None:
        _move(batch, BatchState.APPLYING, BatchState.REFUSED, message=message + " Elija otra vez.")
        return
    _move(batch, BatchState.APPLYING, BatchState.WAITING, message=message)
    queue_check(batch)


def discard(batch: ImportBatch, *, by: Actor) -> None:
    """Leave a batch aside; its staging rows go, its line in the history stays."""
    require(rules.can_discard(by, batch))
    open_states = [s for s in BatchState if s not in rules.SAVING | rules.CLOSED]
    with transaction.atomic():
        hit = ImportBatch.objects.filter(pk=batch.pk, state__in=open_states).update(
            state=BatchState.DISCARDED
        )
        if not hit:
            raise Refused("Otra persona acaba de actuar sobre esta carga. Recargue la página.")
    staging.clear(batch)
    _forget_people(batch)
    batch.state = BatchState.DISCARDED


def forget(batch: ImportBatch) -> None:
    """Take away a batch that changed nothing: a trial or a refusal at the command line."""
    file = batch.file
    with transaction.atomic():
        staging.clear(batch)
        batch.delete()
        if file and not ImportBatch.objects.filter(file=file).exists():
            path = file.path
            file.delete()
            transaction.on_commit(lambda: default_storage.delete(path))


def is_cut(batch: ImportBatch, now: dt.datetime | None = None) -> bool:
    """Whether its job stopped without a word."""
    if batch.state not in rules.RUNNING:
        return False
    return (batch.heartbeat_at or batch.at) < (now or timezone.now()) - SILENCE


def resume(batch: ImportBatch, *, by: Actor) -> None:
    """Take up a job that was cut: checking starts over, landing too, since it left nothing."""
    require(rules.can_resume(by, batch, is_cut=is_cut(batch)))
    _requeue(batch)


def resume_all() -> int:
    """At start, before any worker runs: whatever is under way was cut. Returns how many."""
    return _requeue_all(ImportBatch.objects.all())


def resume_cut(batches: Collection[int]) -> int:
    """Take up those of some batches that are still under way: their worker died. Returns how
    many."""
    return _requeue_all(ImportBatch.objects.filter(pk__in=batches))


def _requeue_all(found: QuerySet[ImportBatch]) -> int:
    """A choice without a file was being read while somebody waited: it is chosen again by hand."""
    unread = Q(file=None, state__in=rules.RUNNING - rules.SAVING)
    cut = list(found.filter(state__in=rules.RUNNING).exclude(unread))
    for batch in cut:
        _requeue(batch)
    return len(cut)


def _requeue(batch: ImportBatch) -> None:
    with transaction.atomic():
        if batch.state == BatchState.APPLYING:
            if _move(batch, BatchState.APPLYING, BatchState.APPLYING):
                tasks.land_batch.enqueue(batch.pk)
        elif batch.state == BatchState.UNDOING:
            if _move(batch, BatchState.UNDOING, BatchState.UNDOING):
                tasks.undo_batch.enqueue(batch.pk)
        elif _move(batch, BatchState(batch.state), BatchState.WAITING, progress=0):
            tasks.check_batch.enqueue(batch.pk)


def _claim(batch: ImportBatch, source: BatchState, target: BatchState) -> bool:
    return _move(batch, source, target, message="", progress=0)


def _move(batch: ImportBatch, source: BatchState, target: BatchState, **changes: Any) -> bool:
    """Change the state if it still is `source`; says whether it was."""
    changes |= {"state": target, "heartbeat_at": timezone.now()}
    hit = ImportBatch.objects.filter(pk=batch.pk, state=source).update(**changes)
    if hit:
        for name, value in changes.items():
            setattr(batch, name, value)
    return bool(hit)


@contextmanager
def _local(file: StoredFile | None) -> Iterator[Path]:
    """The stored file as a path: as it lies, or copied from an object store."""
    if file is None:
        raise Unreadable("Esta carga no tiene archivo.")
    try:
        yield Path(default_storage.path(file.path))
    except NotImplementedError:
        with NamedTemporaryFile() as copy, default_storage.open(file.path) as source:
            for block in source.chunks():
                copy.write(block)
            copy.flush()
            yield Path(copy.name)


def accepted(batch: ImportBatch) -> int:
    return batch.rows_new + batch.rows_changed


def recent(limit: int = 50) -> Sequence[ImportBatch]:
    return list(ImportBatch.objects.select_related("by", "applied_by")[:limit])
