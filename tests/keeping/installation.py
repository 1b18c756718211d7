"""An installation of its own, driven as whoever administers it does: by the command."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing, contextmanager
from pathlib import Path

import dj_database_url
import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
# Raw SQL, not the code under test: every row of every table as the database holds it.
EVERYTHING = """
import json, sys
from django.db import connection
LEFT_OUT = {"cache", "django_migrations", "sqlite_sequence"}
with connection.cursor() as cursor:
    tables = set(connection.introspection.table_names(cursor)) - LEFT_OUT
    found = {}
    for table in sorted(tables):
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [c[0] for c in cursor.description]
        rows = [dict(zip(names, row)) for row in cursor.fetchall()]
        found[table] = sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)
    cursor.execute("SELECT app, name FROM django_migrations")
    found["migrations"] = sorted(map(list, cursor.fetchall()))
json.dump(found, sys.stdout)
"""
FILL = "from tests.keeping.conftest import carried_school; carried_school()"


class Installation:
    def __init__(self, folder, like=None):
        """Empty, or a copy of another that nobody is using."""
        self.folder = folder
        self.url = self._new_database(like)
        if like:
            shutil.copytree(like.folder, folder)

    def _new_database(self, like=None):
        server = os.environ.get("DATABASE_URL")
        if not server:
            return ""
        name = f"mejora_{uuid.uuid4().hex[:12]}"
        template = like.url.rsplit("/", 1)[1] if like else "template1"
        self._administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return server.rsplit("/", 1)[0] + f"/{name}"

    @staticmethod
    def _parts(url):
        parts = dj_database_url.parse(url)
        named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
        return {key: parts[name] for key, name in named.items()} | {"dbname": parts["NAME"]}

    @classmethod
    def _administer(cls, url, sql):
        with psycopg.connect(**cls._parts(url), autocommit=True) as server:
            server.execute(sql)

    def drop(self):
        if self.url:
            name = self.url.rsplit("/", 1)[1]
            self._administer(os.environ["DATABASE_URL"], f'DROP DATABASE "{name}" WITH (FORCE)')

    def environment(self):
        left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "HOST", "PORT"}
        own = {key: value for key, value in os.environ.items() if key not in left_out}
        own |= {"MEJORA_DATA": str(self.folder), "MEJORA_TODAY": "2026-09-08"}
        return own | ({"DATABASE_URL": self.url} if self.url else {})

    def run(self, *words):
        """`python -m mejora ...`"""
        return subprocess.run(
            [sys.executable, "-m", "mejora", *map(str, words)],
            env=self.environment(), cwd=ROOT, capture_output=True, text=True, timeout=600,
        )  # fmt: skip

    def python(self, code):
        start = "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'mejora.settings'; "
        done = subprocess.run(
            [sys.executable, "-c", f"{start}django.setup()\n{code}"],
            env=self.environment(), cwd=ROOT, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def connected(self):
        """`ask(sql)`: the first value of the first row, as another connection sees it now."""
        database = (
            psycopg.connect(**self._parts(self.url), autocommit=True)
            if self.url
            else sqlite3.connect(self.folder / "mejora.sqlite3", isolation_level=None)
        )

        def ask(sql):
            row = database.execute(sql).fetchone()
            return row[0] if row else None

        with closing(database):
            yield ask

    def fill(self):
        assert self.run("prepare").returncode == 0
        self.python(FILL)

    def rows(self):
        return json.loads(self.python(EVERYTHING))

    def files(self):
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (self.folder / "files").rglob("*")
            if path.is_file()
        }

    def key(self):
        return (self.folder / "secret_key").read_text()
