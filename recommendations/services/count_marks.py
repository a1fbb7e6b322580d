"""The triggers that note in the database that something counted in the figures has changed (models/count_mark.py).

In the database and not in services, so that no way of writing can be forgotten. As those of the log they are looked at
after every ``migrate``, because SQLite drops them silently when it rebuilds a table, and by a system check.
"""

from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from forums.models import Forum, WorkingGroup
from recommendations.models import Assessment, Assignment, CountMark, FollowUp, Recommendation
from taxonomy.models import Organisation

COUNTED = (
    Assignment, FollowUp, Assessment, Recommendation, Recommendation.themes.through, Forum, WorkingGroup, Organisation,
)  # fmt: skip
TABLES: tuple[str, ...] = tuple(model._meta.db_table for model in COUNTED)
MARKS = CountMark._meta.db_table
FUNCTION = "recommendations_mark_counts"
POSTGRES_MARK = f'INSERT INTO "{MARKS}" (mark) VALUES ((random() * 9000000000000000)::bigint)'  # noqa: S608 - our own name


def lacking(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """The triggers that should stand and do not, by name; none where the table of marks does not stand yet."""
    return [name for name, _statements in _lacking(using)]


def put_up(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Create the triggers that are missing; answer their names."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        missing = list(_lacking(using))
        for _name, statements in missing:
            for statement in statements:
                cursor.execute(statement)
    return [name for name, _statements in missing]


def _lacking(using: str) -> Iterator[tuple[str, list[str]]]:
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if MARKS not in tables:
        return
    wanted, find = (
        (sqlite_triggers, "SELECT name FROM sqlite_master WHERE type = 'trigger'")
        if connection.vendor == "sqlite"
        else (postgres_triggers, "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal")
    )
    with connection.cursor() as cursor:
        cursor.execute(find)
        standing = {name for (name,) in cursor.fetchall()}
    for table in TABLES:
        if table in tables:
            yield from ((name, statements) for name, statements in wanted(table) if name not in standing)


def sqlite_triggers(table: str) -> Iterator[tuple[str, list[str]]]:
    mark = (
        f'INSERT INTO "{MARKS}" (id, mark) VALUES (1, random() / 1024) '  # noqa: S608 - our own names
        "ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;"
    )
    for verb in ("insert", "update", "delete"):
        name = f"{table}_marks_{verb}"
        yield name, [f'CREATE TRIGGER "{name}" AFTER {verb.upper()} ON "{table}" BEGIN {mark} END']


def postgres_triggers(table: str) -> Iterator[tuple[str, list[str]]]:
    name = f"{table}_marks_counts"
    function = (
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$BEGIN {POSTGRES_MARK}; RETURN NULL; END$$"
    )
    create: Any = (
        f'CREATE TRIGGER "{name}" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
    )
    yield name, [function, create]
