"""A new database is made at once, and is the one that running every migration leaves."""

import json
import re

import pytest

from tests.keeping.installation import Installation

# What a database says of its tables; the order of columns and names that Django thought up differ.
TABLES = r"""
import json, re
from django.db import connection
def ask(sql):
    cursor.execute(sql)
    return cursor.fetchall()
found = {}
with connection.cursor() as cursor:
    if connection.vendor == "sqlite":
        for kind, name, table, text in ask("SELECT type, name, tbl_name, sql FROM sqlite_master"):
            if text and name != "sqlite_sequence":
                found.setdefault(table, []).append(text)
    else:
        for table, *column in ask(
            "SELECT table_name, column_name, data_type, is_nullable, column_default,"
            " character_maximum_length, numeric_precision, numeric_scale, is_identity,"
            " collation_name FROM information_schema.columns WHERE table_schema = 'public'"
        ):
            found.setdefault(table, []).append(str(column))
        for table, text in ask(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
        ):
            found.setdefault(table, []).append(text)
        for table, text in ask(
            "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        ):
            found.setdefault(table, []).append(text)
    migrations = ask("SELECT app, name FROM django_migrations")
    rows = {table: ask(f'SELECT count(*) FROM "{table}"')[0][0] for table in found}
print(json.dumps([found, sorted(migrations), rows]))
"""
BY_MIGRATIONS = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
AT_ONCE = """
from mejora.core import birth
assert birth.is_unborn()
birth.create()
assert not birth.is_unborn() and not birth.is_behind()
"""


@pytest.fixture
def made(tmp_path):
    """`made(name, how)`: what the tables of a new database are."""
    every = []

    def make(name, how):
        every.append(Installation(tmp_path / name))
        every[-1].folder.mkdir()
        every[-1].python(how)
        return json.loads(every[-1].python(TABLES))

    yield make
    for installation in every:
        installation.drop()


def plain(statements):
    """Each part of each statement, in an order of its own, without the names thought up."""
    parts = []
    for text in statements:
        text = re.sub(r'"?\w+_[0-9a-f]{8}(_\w+)?"?', "NAME", text)
        head, _, body = text.removesuffix(")").partition(" (")
        parts.append((head, sorted(re.split(r", (?=\"|CONSTRAINT|UNIQUE)", body))))
    return sorted(map(str, parts))


def test_born_at_once_the_tables_are_those_that_the_migrations_leave(made):
    slow, slow_notes, slow_rows = made("slow", BY_MIGRATIONS)
    quick, quick_notes, quick_rows = made("quick", AT_ONCE)

    assert quick.keys() == slow.keys()
    different = {
        table: (plain(slow[table]), plain(quick[table]))
        for table in slow
        if plain(slow[table]) != plain(quick[table])
    }
    assert different == {}
    assert quick_notes == slow_notes
    assert quick_rows == slow_rows, "a migration puts rows into an empty database"
