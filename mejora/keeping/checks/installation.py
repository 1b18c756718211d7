"""The ground that everything stands on: settings, key, tables, the database's own words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import CheckConstraint, Count, Model, Q, UniqueConstraint
from django.db.models.sql import Query

from mejora.keeping import fitting, tables

OTHERS_MAY = 0o077


def settings_sound() -> Iterator[str]:
    for message in checks.run_checks():
        if message.level >= checks.WARNING and not message.is_silenced():
            yield f"Configuración: {message.msg} ({message.id})."
    if settings.ORIGIN.startswith("http://"):
        yield (
            f"Configuración: MEJORA_ORIGIN es {settings.ORIGIN}, sin https: las claves viajan a "
            "la vista de la red."
        )
    if not os.access(settings.DATA, os.W_OK):
        yield f"Configuración: no se puede escribir en la carpeta de datos {settings.DATA}."


def key_private() -> Iterator[str]:
    path = Path(settings.DATA) / "secret_key"
    if not path.is_file():
        yield f"La clave de la instalación no está en {path}."
    elif path.stat().st_mode & OTHERS_MAY:
        yield f"Otros usuarios de la máquina pueden leer la clave {path}: use chmod 600."


def migrations_applied() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"Falta aplicar la migración {migration.app_label}.{migration.name}."
    known = set(executor.loader.disk_migrations)
    for app, name in sorted(set(executor.loader.applied_migrations) - known):
        yield f"La base tiene la migración {app}.{name}, que esta versión de Mejora no conoce."


def database_whole() -> Iterator[str]:
    """SQLite's own check of pages, indexes and references; PostgreSQL keeps its own."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        for (line,) in cursor.fetchall():
            if line != "ok":
                yield f"La base de datos está dañada: {line}."
        cursor.execute("PRAGMA foreign_key_check")
        for table, row, parent, _ in cursor.fetchall():
            yield f"{table}, fila {row}: nombra una fila de {parent} que no existe."


def constraints_present() -> Iterator[str]:
    """Every rule of one row that the models name stands in the database."""
    with connection.cursor() as cursor:
        for model in tables.stored_models(apps):
            table = model._meta.db_table
            present = set(connection.introspection.get_constraints(cursor, table))
            for constraint in model._meta.constraints:
                if constraint.name not in present:
                    yield f"La tabla {table} perdió la restricción {constraint.name}."


def values_fit_columns() -> Iterator[str]:
    """SQLite takes texts and numbers of any size; restoring them in PostgreSQL would fail."""
    if connection.vendor != "sqlite":
        return
    for model in tables.stored_models(apps):
        for pk, why in fitting.unfit(model):
            yield f"{model._meta.db_table}, fila {pk}: {why}."


def rows_fit_constraints() -> Iterator[str]:
    """Every row against every rule of one row, also where the database lost the rule."""
    for model in tables.stored_models(apps):
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                yield from _breaking(model, constraint)
            elif isinstance(constraint, UniqueConstraint):
                yield from _repeated(model, constraint)


def _breaking(model: type[Model], constraint: CheckConstraint) -> Iterator[str]:
    """As the database judges: what cannot be decided for lack of a value is not a breach."""
    query = Query(model, alias_cols=False)
    compiler = query.get_compiler(connection=connection)
    sql, params = query.build_where(cast(Q, constraint.condition)).as_sql(compiler, connection)
    quote = connection.ops.quote_name
    table, key = model._meta.db_table, quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key} FROM {quote(table)} WHERE NOT ({sql}) ORDER BY {key}",  # noqa: S608 - SQL of our own models
            params,
        )
        for (pk,) in cursor:
            yield f"{table}, fila {pk}: no cumple {constraint.name}."


def _repeated(model: type[Model], constraint: UniqueConstraint) -> Iterator[str]:
    if constraint.expressions or not constraint.fields:
        return
    rows = model._base_manager.all()
    if constraint.condition is not None:
        rows = rows.filter(constraint.condition)
    # In SQL two unknown values are never the same.
    rows = rows.filter(**{f"{name}__isnull": False for name in constraint.fields})
    grouped = rows.order_by().values(*constraint.fields).annotate(times=Count("pk"))
    for row in grouped.filter(times__gt=1).iterator():
        said = ", ".join(f"{name} {row[name]}" for name in constraint.fields)
        yield f"{model._meta.db_table}: {said} está {row['times']} veces ({constraint.name})."


CHECKS = (
    settings_sound,
    key_private,
    migrations_applied,
    database_whole,
    constraints_present,
    values_fit_columns,
    rows_fit_constraints,
)
