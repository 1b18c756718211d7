"""One file with everything, written while the product runs.

The tables are read in one transaction that sees a single moment; then come the files that its rows
name. Files are never changed or deleted, so they are as they were at that moment.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

import mejora
from mejora.files.models import StoredFile
from mejora.keeping import archive, tables
from mejora.keeping.archive import BackupError, Manifest, Writer
from mejora.people.models import User


def backup(path: Path) -> Manifest:
    """Write the backup and say what is in it. Refuses to replace a file that is there."""
    if path.exists():
        raise BackupError(f"{path} ya existe. Elija otro nombre: un respaldo nunca se reemplaza.")
    if not path.parent.is_dir():
        raise BackupError(f"La carpeta {path.parent} no existe.")
    manifest = Manifest(
        app_version=mejora.VERSION,
        engine=connection.vendor,
        taken_at=timezone.now().isoformat(),
        migrations=[],
        is_sample=False,
    )
    with archive.writing(path, manifest) as writer:
        writer.add_bytes(archive.KEY, settings.SECRET_KEY.encode())
        with one_moment():
            applied = MigrationRecorder(connection).applied_migrations()
            manifest.migrations = sorted([list(key) for key in applied])
            manifest.is_sample = User.objects.filter(is_sample=True).exists()
            for model in tables.stored_models(apps):
                table = model._meta.db_table
                with tempfile.TemporaryFile() as packed:
                    said = tables.dump(model, packed, using=connection.alias)
                    manifest.rows[table], manifest.digests[table] = said.rows, said.digest
                    size = packed.tell()
                    packed.seek(0)
                    writer.add(f"{archive.TABLES}{table}.jsonl.gz", packed, size)
            stored = _names()
        for uid_path, sha256, size in stored:
            _add_file(writer, manifest, uid_path, sha256, size)
        _add_mail(writer)
    return manifest


@contextmanager
def one_moment() -> Iterator[None]:
    """Every query inside sees the database of the same moment, and hinders nobody's saving.

    On SQLite a reading transaction: our writing ones say BEGIN IMMEDIATE, this one does not.
    """
    if connection.in_atomic_block:  # the caller's transaction is the moment
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _names() -> list[tuple[str, str, int]]:
    """Path, hash and size of every file that a row names: some 150 bytes of memory each."""
    rows = StoredFile.objects.order_by("pk").only("uid", "stored_sha256", "size")
    return [(file.path, file.stored_sha256, file.size) for file in rows.iterator(2000)]


def _add_file(writer: Writer, manifest: Manifest, path: str, sha256: str, size: int) -> None:
    """A missing or damaged file does not keep the rest from being saved: it is told."""
    try:
        with default_storage.open(path) as file:
            if file.size != size:
                manifest.warnings.append(f"Archivo con otro tamaño que el registrado: {path}")
            found = writer.add(archive.FILES + path, file, file.size)
    except FileNotFoundError:
        manifest.warnings.append(f"Archivo que falta en el disco: {path}")
        return
    if found != sha256 and file.size == size:
        manifest.warnings.append(f"Archivo dañado en el disco: {path}")


def _add_mail(writer: Writer) -> None:
    """Messages on the disk are the only copy of what people were told; with a server there are
    none."""
    folder = mail_folder()
    for path in sorted(folder.glob("*.log")) if folder.is_dir() else ():
        content = path.read_bytes()
        writer.add_bytes(archive.MAIL + path.name, content)


def mail_folder() -> Path:
    return Path(settings.DATA) / "mail"
