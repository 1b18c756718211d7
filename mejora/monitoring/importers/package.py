"""A school's record brought in from another installation: looked at, landed, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.dateparse import parse_datetime

from mejora.core import wording
from mejora.core.decisions import Refused
from mejora.core.spreadsheets import Unreadable
from mejora.files.models import StoredFile
from mejora.monitoring.importers import package_comparing, package_landing
from mejora.monitoring.importers.package_comparing import Comparison, Found, Reader
from mejora.monitoring.package import archive
from mejora.monitoring.package.archive import About, DamagedError, Record
from mejora.monitoring.package.kinds import KINDS
from mejora.network.access import Deed
from mejora.network.enums import BatchKind
from mejora.network.importers.kinds import KINDS as IMPORTS
from mejora.network.importers.kinds import Kind, Opened, Stale
from mejora.network.importers.records import Outcome, Payload
from mejora.network.models import ImportBatch, ImportRow, Membership, School
from mejora.people.models import User


@contextmanager
def read(path: Path, batch: ImportBatch) -> Iterator[Opened]:
    try:
        with archive.reading(path) as record:
            made = package_comparing.compare(record)
            yield Opened(Reader(made), _said(record.about), len(made.found), made.school)
    except DamagedError as error:
        raise Unreadable(str(error)) from error


def _said(about: About) -> str:
    moment = parse_datetime(about.taken_at)
    taken = wording.number_date(moment) if moment else about.taken_at[:20]
    return f"expediente de {about.name}, RBD {about.school}, sacado el {taken} por {about.taken_by}"


def land(batch: ImportBatch, rows: Sequence[tuple[str, str, Payload]]) -> None:
    """Compared once more: what was looked at is what comes in, or it is looked at again."""
    with _opened(batch) as (record, made):
        wanted = {(key, outcome) for outcome, key, _ in rows}
        if wanted != {(f.name, f.outcome.value) for f in made.found if f.outcome in _COME_IN}:
            raise Stale
        package_landing.land(batch, record, made)


_COME_IN = (Outcome.NEW, Outcome.CHANGED)


@contextmanager
def _opened(batch: ImportBatch) -> Iterator[tuple[Record, Comparison]]:
    assert batch.file is not None  # noqa: S101 - a record always comes as a file
    with _local(batch.file) as path, archive.reading(path) as record:
        yield record, package_comparing.compare(record)


@contextmanager
def _local(file: StoredFile) -> Iterator[Path]:
    """The stored file as a path: as it lies, or copied from an object store."""
    try:
        yield Path(default_storage.path(file.path))
    except NotImplementedError:
        with NamedTemporaryFile() as copy, default_storage.open(file.path) as source:
            for block in source.chunks():
                copy.write(block)
            copy.flush()
            yield Path(copy.name)


def undo(batch: ImportBatch, *, by: User | None) -> list[str]:
    """Take back what came in where nobody wrote since. The school and its years stay where others
    hold on to them."""
    with _opened(batch) as (record, made):
        if touched := _touched(made):
            raise Refused(f"Ya no se deshace: después de importar cambió {touched}.")
        staged = {
            row.key: row for row in ImportRow.objects.filter(batch=batch, outcome__in=_COME_IN)
        }
        came = [(found, staged[found.name]) for found in made.found if found.name in staged]
        changed = [
            Found(f.kind, f.line, f.key, row.before, Outcome.CHANGED, f.row)
            for f, row in came
            if row.outcome == Outcome.CHANGED and row.before is not None
        ]
        package_landing.put_back(batch, record, made, changed)
        new = [found for found, row in came if row.outcome == Outcome.NEW]
        return _delete(made, new)


def _touched(made: Comparison) -> str:
    """The first thing of the plans that is not as the record says."""
    for kind in KINDS:
        if kind.known:
            continue
        here, rows = made.here[kind.name], made.rows[kind.name]
        for key in here.keys() | rows.keys():
            if here.get(key) != rows.get(key):
                row = here.get(key) or rows[key]
                said = row.get("name") or row.get("label") or row.get("text") or key
                return f"«{str(said)[:80]}» ({kind.title.lower()})"
    return ""


def _delete(made: Comparison, new: list[Found]) -> list[str]:
    """The last named first. Bytes go once the rows are gone for good."""
    kept = []
    for kind in reversed(KINDS):
        pks = [made.pks[kind.name][f.key] for f in new if f.kind is kind]
        rows = kind.model._base_manager.filter(pk__in=pks)
        if kind.model is School:
            _forget_people(made)
        is_file = kind.model is StoredFile
        paths = [f.path for f in StoredFile.objects.filter(pk__in=pks)] if is_file else []
        try:
            with transaction.atomic():
                rows.delete()
        except ProtectedError:
            kept.append(f"{kind.title}: se queda, porque otras cosas de aquí lo usan.")
        else:
            transaction.on_commit(partial(_drop, paths))
    return kept


def _drop(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)


def _forget_people(made: Comparison) -> None:
    """Names that came with the record and that nothing says any more."""
    members = Membership.objects.filter(school=made.school, user__has_account=False)
    users = User.objects.filter(has_account=False).filter(
        Q(email__in=_emails(made)) | Q(memberships__in=members)
    )
    for thing in (*members, *users.distinct()):
        try:
            with transaction.atomic():
                thing.delete()
        except ProtectedError:
            continue


def _emails(made: Comparison) -> list[str]:
    names = {
        row[field.name]
        for kind in KINDS
        for field in kind.fields()
        if field.related_model is User
        for row in made.rows[kind.name].values()
        if row[field.name]
    }
    return [package_landing.email_of(made.about.school, name) for name in names]


def register() -> None:
    IMPORTS[BatchKind.PACKAGE] = Kind(read, land, Deed.IMPORT_PACKAGE, ("fila", "filas"), undo=undo)
