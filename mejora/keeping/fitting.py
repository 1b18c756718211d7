"""What one database takes and the other refuses: SQLite keeps texts of any length, signs that
PostgreSQL has no place for, and numbers of any size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations

NUL = "\0"
Field = models.Field[Any, Any]
Limit = tuple[int, str, Callable[[Any], str]]


def limits(fields: Sequence[Field], connection: BaseDatabaseWrapper) -> list[Limit]:
    """What to ask of each value before it goes into this database; nothing on SQLite."""
    if connection.vendor != "postgresql":
        return []
    found = ((i, str(f.column), _judge(f)) for i, f in enumerate(fields))
    return [(i, name, judge) for i, name, judge in found if judge]


def problem(row: Sequence[Any], limits: Sequence[Limit]) -> str:
    """The first column that does not fit and why, or an empty text."""
    for index, name, judge in limits:
        if row[index] is not None and (why := judge(row[index])):
            return f"{name} {why}"
    return ""


def unfit(model: type[models.Model]) -> Iterator[tuple[Any, str]]:
    """Key and problem of every row that PostgreSQL would refuse."""
    columns = {f.attname: judge for f in model._meta.concrete_fields if (judge := _judge(f))}
    if not columns:
        return
    limits = [(i, name, judge) for i, (name, judge) in enumerate(columns.items(), start=1)]
    rows = model._base_manager.order_by("pk").values_list("pk", *columns)
    for row in rows.iterator(chunk_size=2000):
        if why := problem(row, limits):
            yield row[0], why


def _judge(field: Field) -> Callable[[Any], str] | None:
    kind = field.get_internal_type()
    if isinstance(field, models.JSONField):
        return _no_nul_within
    if isinstance(field, models.CharField):
        return _text(field.max_length)
    if isinstance(field, models.TextField):
        return _no_nul
    span = BaseDatabaseOperations.integer_field_ranges.get(kind)
    return _number(*span) if span else None


def _text(longest: int | None) -> Callable[[str], str]:
    def judge(value: str) -> str:
        if longest is not None and len(value) > longest:
            return f"tiene {len(value)} signos y caben {longest}"
        return _no_nul(value)

    return judge


def _no_nul(value: str) -> str:
    return "tiene un signo nulo, que PostgreSQL no guarda" if NUL in value else ""


def _no_nul_within(value: Any) -> str:
    """The same of every text of a JSON value, names of its fields included."""
    if isinstance(value, str):
        return _no_nul(value)
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        return next(filter(None, map(_no_nul_within, value)), "")
    return ""


def _number(lowest: int, highest: int) -> Callable[[int], str]:
    def judge(value: int) -> str:
        return "" if lowest <= value <= highest else f"({value}) está fuera de rango"

    return judge
