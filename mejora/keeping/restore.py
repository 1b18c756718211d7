"""Bringing a backup back: all of it or nothing, and never over what is there without being told.

The new database and files are made complete beside the old ones, each table is read back and
compared with the backup, and only then do they take their place (`swapping`). What stood there
before is kept aside.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from mejora.core import birth
from mejora.keeping import archive, locking, swapping, tables
from mejora.keeping.archive import BackupError, Manifest
from mejora.keeping.backup import mail_folder
from mejora.keeping.swapping import Swap

# One row in any of these and the installation holds somebody's work.
TELLING = ("people.User", "network.School", "files.StoredFile", "plans.Plan")
DATABASE = "database.sqlite3"
Applied = set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where the former data are kept."""

    manifest: Manifest
    kept_aside: str = ""


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Refuses a file that is damaged or newer than this Mejora, a running Mejora, and (without
    `replace`) an installation that holds data."""
    if not path.is_file():
        raise BackupError(f"No existe el archivo {path}.")
    with archive.reading(path) as (manifest, tar):
        _refuse_newer(manifest)
        if not replace and holds_data():
            raise BackupError(
                "Esta instalación ya tiene datos y no se cambió nada. Para reemplazarlos agregue "
                "--replace: lo que hay ahora se guarda aparte."
            )
        try:
            with locking.holding(alone=True):
                return Restored(manifest, _restore(tar, manifest))
        except locking.InUseError:
            raise BackupError(
                "Mejora está en marcha con estos datos. Deténgala y vuelva a intentarlo."
            ) from None


def _refuse_newer(manifest: Manifest) -> None:
    known = set(MigrationExecutor(connection).loader.disk_migrations)
    unknown = _applied(manifest) - known
    if unknown:
        app, name = min(unknown)
        raise BackupError(
            f"El respaldo se hizo con una versión más nueva de Mejora ({manifest.app_version}; "
            f"esta no conoce {app}.{name}). Actualice Mejora y vuelva a intentarlo."
        )


def _applied(manifest: Manifest) -> Applied:
    return {(app, name) for app, name in manifest.migrations}


def holds_data() -> bool:
    """Whether anybody has begun to work here, in the database or in the files."""
    if any(f.is_file() for f in files_folder().rglob("*")):
        return True
    if connection.vendor == "sqlite" and not _database_file().exists():
        return False
    present = set(connection.introspection.table_names())
    found = (apps.get_model(name) for name in TELLING)
    return any(m._meta.db_table in present and m._base_manager.exists() for m in found)


def files_folder() -> Path:
    return Path(default_storage.path(""))


def _database_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _restore(tar: tarfile.TarFile, manifest: Manifest) -> str:
    swap = Swap(f"{timezone.localtime():%Y%m%d-%H%M%S}", keep=holds_data())
    try:
        with swapping.scratch(swap) as scratch:
            _unpack(tar, manifest, scratch)
            if connection.vendor == "sqlite":
                _build_sqlite(tar, manifest, scratch / DATABASE)
                _plan(swap)
                swap.carry_out()
            else:
                _replace_postgres(tar, manifest, swap)
            swap.finish()
    except (DatabaseError, ValueError, KeyError, OSError) as error:
        raise BackupError(f"No se pudo restaurar y no se cambió nada: {error}") from error
    return str(swap.aside) if swap.keep else ""


def _unpack(tar: tarfile.TarFile, manifest: Manifest, scratch: Path) -> None:
    """The key, the files and the mail, each under a name that the manifest lists."""
    (scratch / "files").mkdir(mode=0o700)
    for name in manifest.parts:
        if name.startswith(archive.TABLES):
            continue
        target = scratch / name
        folder = target.parent.resolve()
        if name != archive.KEY and not any(
            folder.is_relative_to((scratch / allowed).resolve()) for allowed in ("files", "mail")
        ):
            raise ValueError(f"nombre de archivo inesperado: {name}")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("wb") as file:
            target.chmod(0o600)
            shutil.copyfileobj(archive.part(tar, name), file, archive.CHUNK)


def _build_sqlite(tar: tarfile.TarFile, manifest: Manifest, path: Path) -> None:
    with _default_database_at(path):
        _build(tar, manifest)
        with connection.cursor() as cursor:
            # One whole file, without a journal beside it, is what takes the old one's place.
            cursor.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _default_database_at(path: Path) -> Iterator[None]:
    """Another file under the usual alias: migrations of others know only that one."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def _replace_postgres(tar: tarfile.TarFile, manifest: Manifest, swap: Swap) -> None:
    """In one transaction: the old tables move to a schema of their own, new ones take their
    place. An error, also at the very end, leaves everything as it was."""
    quote = connection.ops.quote_name
    schema = quote(swap.aside.name.replace("-", "_"))
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER SCHEMA public RENAME TO {schema}")
                cursor.execute("CREATE SCHEMA public")
                # Tells, after a crash, that the transaction was committed.
                cursor.execute(f"COMMENT ON SCHEMA public IS '{swap.mark}'")
            _build(tar, manifest)
            if not swap.keep:
                with connection.cursor() as cursor:
                    cursor.execute(f"DROP SCHEMA {schema} CASCADE")
            _plan(swap)
            swap.carry_out()
    except BaseException:
        if not swap.is_committed():  # the answer to the commit itself may have been lost
            swap.take_back()
        raise


def _build(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """The tables as the backup's version had them, its rows, then this version's migrations."""
    executor = MigrationExecutor(connection)
    targets = _newest(executor, _applied(manifest))
    birth.create(targets)
    state = executor.loader.project_state(targets).apps
    with transaction.atomic():
        _judge_references_at_the_end()
        tables.empty(state, connection)
        for model in tables.stored_models(state):
            _load(tar, manifest, model)
        connection.check_constraints()
    _reset_sequences(state)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def _judge_references_at_the_end() -> None:
    """Tables come in the order of their names. Migrations in the same transaction may have told
    PostgreSQL to judge at once; SQLite waits for the end of the transaction anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _newest(executor: MigrationExecutor, applied: Applied) -> list[tuple[str, str]]:
    """Of each app, the last migration that the backup's version had."""
    graph = executor.loader.graph
    return sorted(
        key
        for key in applied
        if key in graph.nodes
        and not any(
            child.key in applied and child.key[0] == key[0]
            for child in graph.node_map[key].children
        )
    )


def _load(tar: tarfile.TarFile, manifest: Manifest, model: tables.Model) -> None:
    """The rows of a table, and the proof that the database gives back what the backup said.

    A backup of before the digests is compared with what was read of it.
    """
    table = model._meta.db_table
    name = f"{archive.TABLES}{table}.jsonl.gz"
    read = tables.load(model, archive.part(tar, name), connection)
    if read.rows != manifest.rows[table]:
        raise ValueError(f"{table}: se esperaban {manifest.rows[table]} filas y hay {read.rows}")
    said = manifest.digests.get(table, read.digest)
    now = tables.content(model, using=connection.alias)
    if not said == read.digest == now.digest:
        raise ValueError(
            f"{table}: lo que quedó en la base ({now.rows} filas) no es lo que dice el respaldo"
        )


def _reset_sequences(state: tables.Registry) -> None:
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), tables.stored_models(state)):
            cursor.execute(sql)


def _plan(swap: Swap) -> None:
    """What takes which place. Mail stays where the backup brings none."""
    swap.plan([(files_folder(), swap.scratch / "files")])
    if (swap.scratch / "mail").exists():
        swap.plan([(mail_folder(), swap.scratch / "mail")])
    if connection.vendor == "sqlite":
        database = _database_file()
        connection.close()
        for suffix in ("-wal", "-shm"):
            swap.plan([(database.with_name(database.name + suffix), swap.scratch / suffix)])
        swap.plan([(database, swap.scratch / DATABASE)])
