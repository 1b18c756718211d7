"""A new database gets its tables at once, as the last migration leaves them.

Run one after the other, each operation of each migration draws most models again: a quarter of a
minute for tables that are all empty. No migration of ours or of a library puts rows into an empty
database; tests/core/test_birth.py holds the two ways to the same tables.
"""

from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

Targets = list[tuple[str, str]]


def is_unborn() -> bool:
    """There is no table, not even that of the migrations."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def is_behind() -> bool:
    """Some migration of this version has not run here."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def create(targets: Targets | None = None) -> None:
    """Make the tables that the migrations up to `targets` (all of them) make, and note these as
    run. All or nothing: killed on the way it leaves at most an empty list of migrations."""
    executor = MigrationExecutor(connection)
    nodes = executor.loader.graph.leaf_nodes() if targets is None else targets
    state = executor.loader.project_state(nodes)
    executor.recorder.ensure_schema()
    with connection.schema_editor(atomic=True) as editor:
        for label, name in state.models:
            model = state.apps.get_model(label, name)
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        for migration, _ in executor.migration_plan(nodes, clean_start=True):
            for key in migration.replaces or [(migration.app_label, migration.name)]:
                executor.recorder.record_applied(*key)
        executor.check_replacements()
    emit_post_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS)
