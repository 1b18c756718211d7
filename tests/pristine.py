"""A database as an installation has it on its first day, made once and copied ever after.

`python -m mejora prepare` makes it: every migration, every catalogue, some seconds of work. Each
process that tests begins with a copy and comes back to it after a test on real transactions. What
is copied is known by a fingerprint of the product's code and data, so that it is never an old one.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import dj_database_url
import django
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "pristine"
LIKELY = 3  # files that other runs may still begin from


def fingerprint():
    """Of all that decides what `prepare` makes."""
    seen = hashlib.sha256(f"{django.VERSION} {sqlite3.sqlite_version}".encode())
    for path in sorted((ROOT / "mejora").rglob("*")):
        if path.suffix in {".py", ".toml", ".csv"}:
            seen.update(path.relative_to(ROOT).as_posix().encode())
            seen.update(path.read_bytes())
    return seen.hexdigest()[:16]


def copy_file(target):
    """An SQLite database at `target`, closed."""
    with _one_at_a_time():
        kept = KEPT / f"{fingerprint()}.sqlite3"
        if not kept.exists():
            with tempfile.TemporaryDirectory(dir=KEPT) as folder:
                _prepare(MEJORA_DATA=folder)
                made = Path(folder) / "mejora.sqlite3"
                with closing(sqlite3.connect(made)) as database:
                    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                made.replace(kept)
            old = sorted(KEPT.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)
            for path in old[:-LIKELY]:
                path.unlink()
        shutil.copyfile(kept, target)


def copy_database(url, name):
    """A PostgreSQL database called `name` on the server of `url`."""
    template = f"mejora_pristine_{fingerprint()}"
    with _one_at_a_time():
        if not ask(url, "SELECT 1 FROM pg_database WHERE datname = %s", template):
            half = f"{template}_half"
            administer(url, "DROP DATABASE IF EXISTS {}", half)
            administer(url, "CREATE DATABASE {}", half)
            with tempfile.TemporaryDirectory() as folder:
                _prepare(MEJORA_DATA=folder, DATABASE_URL=address(url, half))
            administer(url, "ALTER DATABASE {} RENAME TO {}", half, template)
        administer(url, "CREATE DATABASE {} TEMPLATE {}", name, template)


@contextmanager
def _one_at_a_time():
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prepare(**surroundings):
    left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "MEJORA_TODAY", "HOST", "PORT"}
    own = {key: value for key, value in os.environ.items() if key not in left_out}
    done = subprocess.run(
        [sys.executable, "-m", "mejora", "prepare"],
        env=own | surroundings, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# PostgreSQL by hand -----------------------------------------------------------------------------


def address(url, name):
    """The same server, another database."""
    return url.rsplit("/", 1)[0] + f"/{name}"


def parts(url):
    found = dj_database_url.parse(url)
    named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {key: found[name] for key, name in named.items()} | {"dbname": found["NAME"]}


def administer(url, statement, *names):
    with psycopg.connect(**parts(url), autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def ask(url, query, *values):
    with psycopg.connect(**parts(url), autocommit=True) as server:
        return server.execute(query, values).fetchone()


# Back to the first day --------------------------------------------------------------------------


def beginning_of(connection):
    """`restore()`: every row as it is now, whatever was committed since."""
    if connection.vendor == "sqlite":
        return _whole_file(connection)
    return _tables_with_rows(connection)


def _whole_file(connection):
    first = Path(f"{connection.settings_dict['NAME']}.first")
    with closing(sqlite3.connect(first)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)

    def restore():
        connection.ensure_connection()
        with closing(sqlite3.connect(first)) as copy:
            copy.backup(connection.connection)

    return restore


def _tables_with_rows(connection):
    """Foreign keys are checked when a transaction ends, so that the order of tables is free."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        full = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in sorted(tables)
        )
        cursor.execute(full)
        rows = {}
        for (name,) in cursor.fetchall():
            with cursor.copy(f'COPY "{name}" TO STDOUT') as out:
                rows[name] = b"".join(out)

    def restore():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(full)
            for (name,) in cursor.fetchall():
                cursor.execute(f'DELETE FROM "{name}"')
            for name, lines in rows.items():
                with cursor.copy(f'COPY "{name}" FROM STDIN') as into:
                    into.write(lines)
            cursor.execute("COMMIT")

    return restore
