"""Every table as lines of JSON, the same from and for both databases.

Rows are read and written through the models' fields, so that a backup of SQLite can be restored
in PostgreSQL and the other way round.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import IO, Any
from uuid import UUID

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import StateApps

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


def dump(model: Model, target: IO[bytes], *, using: str) -> int:
    """Write the model's rows to `target`, in the order of their keys, and say how many."""
    names = [f.attname for f in model._meta.concrete_fields]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names)
    count = 0
    # mtime and name stay out, so that the same rows give the same bytes.
    with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=3, mtime=0) as packed:
        packed.write(_line(names))
        for row in rows.iterator(chunk_size=ROWS):
            packed.write(_line(row))
            count += 1
    return count


def _line(values: Iterable[Any]) -> bytes:
    text = json.dumps(list(values), ensure_ascii=False, default=_plain, separators=(",", ":"))
    return text.encode() + b"\n"


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"No hay forma de respaldar {type(value).__name__}")


def load(model: Model, source: IO[bytes], connection: BaseDatabaseWrapper) -> int:
    """Insert the rows of a dump as they were, keys included, and say how many."""
    with gzip.GzipFile(fileobj=source, mode="rb") as packed:
        names = json.loads(packed.readline())
        fields = {f.attname: f for f in model._meta.concrete_fields}
        if set(names) != set(fields):
            raise ValueError(f"{model._meta.db_table}: las columnas no son las esperadas")
        in_order = [fields[name] for name in names]
        return _insert(model, in_order, map(json.loads, packed), connection)


def _insert(
    model: Model,
    fields: list[models.Field[Any, Any]],
    rows: Iterator[list[Any]],
    connection: BaseDatabaseWrapper,
) -> int:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(f.column)) for f in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own models
    count = 0
    with connection.cursor() as cursor:
        while batch := list(islice(rows, ROWS)):
            cursor.executemany(
                sql,
                [
                    [
                        f.get_db_prep_save(f.to_python(v), connection)
                        for f, v in zip(fields, row, strict=True)
                    ]
                    for row in batch
                ],
            )
            count += len(batch)
    return count


def empty(apps: Registry, connection: BaseDatabaseWrapper) -> None:
    """Take out what migrations put into a new database: the backup brings its own."""
    with connection.cursor() as cursor:
        for model in stored_models(apps):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - names of our own models
