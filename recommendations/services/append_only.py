"""What makes the database itself refuse to change or delete what was said, and how to see that it still does.

The triggers are looked at after every ``migrate``, because SQLite drops them silently when a later migration rebuilds
one of the tables, and by a system check. Only ``recorded_by`` may be blanked, when a person asks for erasure.
"""

from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from recommendations.models import (
    Assessment,
    ChosenRecommendation,
    EditorialAct,
    EffectOutcome,
    Evidence,
    FollowUp,
    KeptRevision,
    StageBody,
    StageEntry,
    Wording,
)

PROTECTED = (
    FollowUp, Assessment, Evidence, Wording, ChosenRecommendation, StageEntry, StageBody, EditorialAct, KeptRevision,
    EffectOutcome,
)  # fmt: skip
TABLES: tuple[str, ...] = tuple(model._meta.db_table for model in PROTECTED)
ERASABLE = "recorded_by_id"
APP = "recommendations"
# The migration that protects first; before it nothing is promised.
FIRST = (APP, "0002_append_only")

POSTGRES_BODY = f"""
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) ? '{ERASABLE}' AND to_jsonb(NEW) -> '{ERASABLE}' = 'null'::jsonb
        AND to_jsonb(NEW) - '{ERASABLE}' = to_jsonb(OLD) - '{ERASABLE}' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'append-only: % is neither changed nor deleted; record a newer entry instead', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END """
POSTGRES_STANDING = """
SELECT t.tgname, p.prosrc FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid
WHERE c.relname = %s AND n.nspname = current_schema() AND t.tgenabled <> 'D' AND NOT t.tgisinternal
"""


def unprotected(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """The triggers that should stand and do not, or not as they should, by name; none before they are promised."""
    return [name for name, _statements in _lacking(using)]


def protect(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Create the triggers that are missing and replace those that are not as they should be; answer their names."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        lacking = list(_lacking(using))
        for _name, statements in lacking:
            for statement in statements:
                cursor.execute(statement)
    return [name for name, _statements in lacking]


def is_migrating(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether migrations of this app wait: ``migrate`` puts the triggers back by itself, and must not be stopped."""
    executor = MigrationExecutor(connections[using])
    return bool(executor.migration_plan([key for key in executor.loader.graph.leaf_nodes() if key[0] == APP]))


def _lacking(using: str) -> Iterator[tuple[str, list[str]]]:
    connection = connections[using]
    if FIRST not in MigrationRecorder(connection).applied_migrations():
        return
    find = {"sqlite": _lacking_on_sqlite, "postgresql": _lacking_on_postgresql}.get(connection.vendor)
    if find is None:
        raise NotImplementedError(f"No triggers are written for {connection.vendor}: use SQLite or PostgreSQL.")
    standing_tables = set(connection.introspection.table_names())
    for table in TABLES:
        if table in standing_tables:
            yield from find(connection, table)


def _lacking_on_sqlite(connection: Any, table: str) -> Iterator[tuple[str, list[str]]]:
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        standing = dict(cursor.fetchall())
    for name, statement in sqlite_triggers(table, columns):
        if standing.get(name) != statement:
            yield name, [f'DROP TRIGGER IF EXISTS "{name}"', statement]


def sqlite_triggers(table: str, columns: list[str]) -> Iterator[tuple[str, str]]:
    """The name and the statement of each trigger; the columns are those of the table as it stands."""
    abort = f"SELECT RAISE(ABORT, 'append-only: {table} is neither changed nor deleted; record a newer entry instead')"
    unless = ""
    if ERASABLE in columns:
        same = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in columns if column != ERASABLE)
        unless = f'WHEN NOT (NEW."{ERASABLE}" IS NULL AND {same}) '
    # A row that replaces another is inserted, and the one before it vanishes without any trigger.
    replaces = f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE id = NEW.id) '  # noqa: S608 - one of TABLES
    for verb, condition in (("update", unless), ("delete", ""), ("insert", replaces)):
        name = f"{table}_no_{'replacement' if verb == 'insert' else verb}"
        yield name, f'CREATE TRIGGER "{name}" BEFORE {verb.upper()} ON "{table}" {condition}BEGIN {abort}; END'


def _lacking_on_postgresql(connection: Any, table: str) -> Iterator[tuple[str, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(POSTGRES_STANDING, [table])
        standing = {name: body.strip() for name, body in cursor.fetchall()}
    function = f"CREATE OR REPLACE FUNCTION {APP}_append_only() RETURNS trigger LANGUAGE plpgsql AS $${POSTGRES_BODY}$$"
    for name, events, each in (
        (f"{table}_append_only", "UPDATE OR DELETE", "ROW"),
        # Emptying a table asks no trigger of its rows.
        (f"{table}_no_truncation", "TRUNCATE", "STATEMENT"),
    ):
        if standing.get(name) != POSTGRES_BODY.strip():
            drop = f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
            create = (
                f'CREATE TRIGGER "{name}" BEFORE {events} ON "{table}" '
                f"FOR EACH {each} EXECUTE FUNCTION {APP}_append_only()"
            )
            yield name, [function, drop, create]
