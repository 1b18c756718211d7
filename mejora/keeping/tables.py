"""Every table as lines of JSON, the same from and for both databases.

Rows are read and written through the models' fields, so that a backup of SQLite can be restored
in PostgreSQL and the other way round.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, Any
from uuid import UUID

from django.apps.registry import Apps
from django.db import DatabaseError, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import StateApps

from mejora.keeping import fitting

ROWS = 2000
Model = type[models.Model]
Registry = Apps | StateApps
# Made again by every installation, or of no use elsewhere.
SKIPPED = frozenset({"django_migrations", "cache"})


def stored_models(apps: Registry) -> list[Model]:
    """Every table that holds something of the installation, the links between many included."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.db_table not in SKIPPED
        and not model._meta.swapped
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


class Content:
    """What a table holds, whatever the database and the order of rows and columns: its rows
    counted, and the sum of the SHA-256 of each. Keys of JSON are put in order first: PostgreSQL
    keeps its own."""

    def __init__(self, names: Sequence[str]) -> None:
        self.rows, self._total = 0, 0
        self._places = sorted(range(len(names)), key=names.__getitem__)
        self._count(names)

    def add(self, row: Sequence[Any]) -> None:
        self.rows += 1
        self._count(row)

    def _count(self, values: Sequence[Any]) -> None:
        line = _line([values[place] for place in self._places], in_order=True)
        number = int.from_bytes(hashlib.sha256(line).digest(), "big")
        self._total = (self._total + number) % (1 << 256)

    @property
    def digest(self) -> str:
        return f"{self._total:064x}"


def dump(model: Model, target: IO[bytes], *, using: str) -> Content:
    """Write the model's rows to `target`, in the order of their keys, and say what they were."""
    names, rows = _stored(model, using)
    content = Content(names)
    # mtime and name stay out, so that the same rows give the same bytes.
    with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=3, mtime=0) as packed:
        packed.write(_line(names))
        for row in rows:
            packed.write(_line(row))
            content.add(row)
    return content


def content(model: Model, *, using: str) -> Content:
    """What the table holds now, read back from the database."""
    names, rows = _stored(model, using)
    found = Content(names)
    for row in rows:
        found.add(row)
    return found


def _stored(model: Model, using: str) -> tuple[list[str], Iterator[Any]]:
    names = [f.attname for f in model._meta.concrete_fields]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names)
    return names, rows.iterator(chunk_size=ROWS)


def _line(values: Iterable[Any], *, in_order: bool = False) -> bytes:
    text = json.dumps(
        list(values),
        ensure_ascii=False,
        default=_plain,
        separators=(",", ":"),
        sort_keys=in_order,
    )
    return text.encode() + b"\n"


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"No hay forma de respaldar {type(value).__name__}")


def load(model: Model, source: IO[bytes], connection: BaseDatabaseWrapper) -> Content:
    """Insert the rows of a dump as they were, keys included, and say what they were.

    ValueError names the table, and the row where one does not fit the database.
    """
    with gzip.GzipFile(fileobj=source, mode="rb") as packed:
        names = json.loads(packed.readline())
        fields = {f.attname: f for f in model._meta.concrete_fields}
        if set(names) != set(fields):
            raise ValueError(f"{model._meta.db_table}: las columnas no son las esperadas")
        found = Content(names)
        in_order = [fields[name] for name in names]
        _insert(model, in_order, _counted(packed, found), connection)
    return found


def _counted(lines: Iterable[bytes], found: Content) -> Iterator[list[Any]]:
    for line in lines:
        row = json.loads(line)
        found.add(row)
        yield row


def _insert(
    model: Model,
    fields: list[models.Field[Any, Any]],
    rows: Iterator[list[Any]],
    connection: BaseDatabaseWrapper,
) -> None:
    table, quote = model._meta.db_table, connection.ops.quote_name
    columns = ", ".join(quote(str(f.column)) for f in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(table)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own models
    limits = fitting.limits(fields, connection)
    with connection.cursor() as cursor:
        while batch := list(islice(rows, ROWS)):
            for row in batch:
                if problem := fitting.problem(row, limits):
                    raise ValueError(f"{table}, fila {row[0]}: {problem}")
            values = [
                [
                    f.get_db_prep_save(f.to_python(v), connection)
                    for f, v in zip(fields, row, strict=True)
                ]
                for row in batch
            ]
            try:
                cursor.executemany(sql, values)
            except DatabaseError as error:
                raise ValueError(f"{table}: {' '.join(str(error).split())}") from error


def empty(apps: Registry, connection: BaseDatabaseWrapper) -> None:
    """Take out what migrations put into a new database: the backup brings its own."""
    with connection.cursor() as cursor:
        for model in stored_models(apps):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - names of our own models
