"""An installation moves from SQLite to PostgreSQL and back, and nothing of it is another."""

import datetime as dt
import io
import json
import os
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mejora.keeping import archive, fitting, tables
from mejora.plans.models import Change
from tests.keeping.installation import Installation

needs_postgres = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL"), reason="necesita PostgreSQL"
)

ODD = r"""
import datetime as dt
from decimal import Decimal
from django.db.models import Value
from tests.keeping.conftest import carried_school
from mejora.network.models import Country, ImportBatch, ImportRow, School, SchoolYear
carried_school()
SchoolYear.objects.create(
    school=School.objects.get(), year=2020, name="Ñandú «à» 🌱 'x' \\ \" %s",
    commune=School.objects.get().commune, dependency="1", operating="1",
    is_rural=None, enrolment=2147483647, has_sep=False,
)
School.objects.update(latitude=Decimal("-0.000001"), longitude=Decimal("-109.425000"))
for n, micro in enumerate((0, 1, 999999)):
    batch = ImportBatch.objects.create(
        kind="sample", country=Country.objects.get(code="CL"), state="discarded",
        at=dt.datetime(2026, 3, 29, 2, 30, 59, micro, dt.UTC),
    )
    ImportRow.objects.create(
        batch=batch, line=n, key="á", outcome="new", before=None,
        payload={"z": 1, "a": [1.5, 1e-7, 2**60, None, True, {"ñ": "a\nb\t", "b": ""}], "": 0},
    )
"""


def plain(rows):
    """Rows as SQLite holds them, with JSON read: the order of its keys says nothing."""

    def read(value):
        if isinstance(value, str) and value[:1] in "{[":
            try:
                return json.loads(value)
            except ValueError:
                return value
        return value

    return {
        table: sorted(
            json.dumps({k: read(v) for k, v in json.loads(row).items()}, sort_keys=True)
            for row in found
        )
        for table, found in rows.items()
        if table != "migrations"
    }


@needs_postgres
def test_there_and_back_every_row_is_the_same(tmp_path, monkeypatch):
    server = Installation(tmp_path / "postgres")
    try:
        with monkeypatch.context() as without:
            without.delenv("DATABASE_URL")
            first, last = Installation(tmp_path / "first"), Installation(tmp_path / "last")
        assert first.run("prepare").returncode == 0
        first.python(ODD)
        (first.folder / "mail").mkdir()
        (first.folder / "mail" / "20261120-1.log").write_text("Hola")
        there, back = tmp_path / "there.mejora", tmp_path / "back.mejora"

        assert first.run("backup", there).returncode == 0
        assert (done := server.run("restore", there)).returncode == 0, done.stderr
        assert (done := server.run("check")).returncode == 0, done.stdout
        assert server.run("backup", back).returncode == 0
        assert (done := last.run("restore", back)).returncode == 0, done.stderr
        assert (done := last.run("check")).returncode == 0, done.stdout

        assert plain(last.rows()) == plain(first.rows())
        assert last.files() == server.files() == first.files()
        assert last.key() == server.key() == first.key()
        assert (last.folder / "mail" / "20261120-1.log").read_text() == "Hola"
        with archive.reading(there) as (one, _), archive.reading(back) as (two, _):
            assert (one.engine, two.engine) == ("sqlite", "postgresql")
            assert (one.rows, one.digests) == (two.rows, two.digests)
            assert one.rows["network_importrow"] == 3
        numbers_go_on(server)
    finally:
        server.drop()


def numbers_go_on(server):
    """No sequence gives a number that a row already has."""
    said = server.python("""
from django.apps import apps
from django.db import connection
from mejora.keeping import tables
with connection.cursor() as cursor:
    for model in tables.stored_models(apps):
        pk = model._meta.pk
        if "AutoField" in pk.get_internal_type():
            cursor.execute(f'SELECT max({pk.column}) FROM "{model._meta.db_table}"')
            highest = cursor.fetchone()[0] or 0
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s))", [model._meta.db_table, pk.column]
            )
            assert cursor.fetchone()[0] > highest, model
            print(model._meta.db_table)
""")
    assert "plans_change" in said


LONG_NAME = """
from mejora.network.models import Country, Owner
Owner.objects.create(
    country=Country.objects.get(code="CL"), kind="priv", key="rut:1-9", name="x" * 161
)
"""


@needs_postgres
def test_a_text_that_postgresql_has_no_place_for_is_named(tmp_path, monkeypatch):
    """SQLite took it; the restore says table, row and column, and leaves what was there."""
    server = Installation(tmp_path / "postgres")
    try:
        with monkeypatch.context() as without:
            without.delenv("DATABASE_URL")
            first = Installation(tmp_path / "first")
        assert first.run("prepare").returncode == 0
        first.python(LONG_NAME)
        found = first.run("check")
        assert found.returncode == 3
        assert "name tiene 161 signos y caben 160" in found.stdout
        assert first.run("backup", tmp_path / "x.mejora").returncode == 0
        assert server.run("prepare").returncode == 0
        before = server.rows()

        done = server.run("restore", tmp_path / "x.mejora")

        assert done.returncode == 3
        assert "network_owner, fila" in done.stderr
        assert "name tiene 161 signos y caben 160" in done.stderr
        assert server.rows() == before
        assert [p.name for p in server.folder.iterdir() if "restaur" in p.name] == []
    finally:
        server.drop()


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))


def storable(value):
    return not fitting._no_nul_within(value)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.text(), ANY_JSON).filter(storable), MOMENTS, st.text(max_size=40))
def test_what_a_table_says_is_what_it_says_after_coming_back(payload, at, key):
    if not storable(key):
        return
    with transaction.atomic():
        DBTaskResult.objects.create(
            args_kwargs=payload, enqueued_at=at, task_path=key, run_after=at, backend_name=""
        )
        file = io.BytesIO()
        said = tables.dump(DBTaskResult, file, using="default")
        rows = list(DBTaskResult.objects.values())
        DBTaskResult.objects.all().delete()
        file.seek(0)
        read = tables.load(DBTaskResult, file, connection)
        assert read.digest == said.digest
        assert tables.content(DBTaskResult, using="default").digest == said.digest
        assert list(DBTaskResult.objects.values()) == rows
        transaction.set_rollback(True)


def test_the_digest_of_a_table_tells_any_other_value_but_not_another_order():
    one, two, other, fewer = (tables.Content(["id", "x"]) for _ in range(4))
    for row in ([1, {"a": 1, "b": 2}], [2, Decimal("4.00")]):
        one.add(row)
    for row in ([2, Decimal("4.00")], [1, {"b": 2, "a": 1}]):
        two.add(row)
    for row in ([1, {"a": 1, "b": 2}], [2, Decimal("4.0")]):
        other.add(row)
    fewer.add([1, {"a": 1, "b": 2}])
    turned = tables.Content(["x", "id"])
    turned.add([{"a": 1, "b": 2}, 1])

    assert one.digest == two.digest != other.digest
    assert fewer.digest == turned.digest != one.digest


def test_numbers_and_texts_out_of_range_are_told():
    fields = [Change._meta.get_field(name) for name in ("label", "before")]
    postgres = type("Fake", (), {"vendor": "postgresql"})()
    limits = fitting.limits(fields, postgres)

    assert fitting.problem(["x" * 200, {"a": ["b"]}], limits) == ""
    assert fitting.problem(["x" * 201, None], limits) == "label tiene 201 signos y caben 200"
    assert "before" in fitting.problem(["", {"a": [{"b\0": 1}]}], limits)
    assert fitting.limits(fields, type("Fake", (), {"vendor": "sqlite"})()) == []
