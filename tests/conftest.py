"""Fixtures that more than one folder needs, and which tests this machine cannot run."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

from cms.launch import chromium
from tests.content.database import content_database, drop_copy
from tests.factories.pages import author, moderator, some_group
from tests.kept import migrations_run_once

# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile(
    "patient", parent=hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "content_db"}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what asks no database; skip, with the reason, what needs a browser or a database that is not there.

    A module that stands on a ``stage`` does so with all its tests: whoever did not ask for it would find it set.
    """
    on_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    missing = {
        "postgres": "" if on_postgresql else "needs PostgreSQL: set DATABASE_URL",
        "sqlite": "holds on SQLite only" if on_postgresql else "",
        "elastic": "" if settings.ELASTICSEARCH_TEST_URL else "needs Elasticsearch: make test-elastic",
        "browser": "" if chromium() else "needs Chromium: install it or set CHROMIUM to its path",
    }
    on_stage: dict[Path, bool] = {}
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if not item.get_closest_marker("django_db") and not names & DATABASE_FIXTURES:
            # Before pytest selects by marks: a second database would show nothing about it.
            item.add_marker(pytest.mark.no_database)
        else:
            stands = "stage" in names
            if on_stage.setdefault(item.path, stands) != stands:
                raise pytest.UsageError(f"{item.path}: some tests stand on a stage and others do not: part them.")
            if stands:
                # One worker builds it, not all of them.
                item.add_marker(pytest.mark.xdist_group(item.path.stem))
        for mark, reason in missing.items():
            if reason and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
    yield
    # After pytest-django, which puts what needs no database last.
    items.sort(key=turn)


def turn(item: pytest.Item) -> int:
    """When a test is run: while one worker migrates, another has something to do that needs no database."""
    if any(mark.args[0] == "content" for mark in item.iter_markers("xdist_group")):
        return 0
    return 1 if item.get_closest_marker("no_database") and item.path.parent.name in {"architecture", "cms"} else 2


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """The length of a file instead of its bytes: an archive holds the second it was made, so no two workers agree."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and len(val) > 20 else None


def pytest_unconfigure() -> None:
    """The folder of this process goes with it."""
    shutil.rmtree(settings.FOLDER_OF_TESTS, ignore_errors=True)


@pytest.fixture(scope="session")
def _migrations_run_once() -> Iterator[None]:
    with migrations_run_once():
        yield


@pytest.fixture(scope="session")
def django_db_setup(_migrations_run_once: None, django_db_setup: None) -> None:
    """The database of the tests, as ever, but only the first worker has to migrate it."""
    # All that is loaded by now stays: looking through it again and again took one second of twenty.
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _each_test_begins_in_polish() -> None:
    """A request to /en/ leaves its language behind in the thread, for whoever runs next."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_are_emptied_between_tests() -> Iterator[None]:
    """Emptying tables is what the log refuses: its triggers step aside for that moment, and for nothing else."""
    operations_class: Any = type(connection.ops)
    flush = operations_class.execute_sql_flush

    def flush_without_triggers(operations: Any, statements: list[str]) -> Any:
        aside, back = triggers_of(operations.connection)
        return flush(operations, [*aside, *statements, *back])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations_class, "execute_sql_flush", flush_without_triggers)
        yield


def triggers_of(database: Any) -> tuple[list[str], list[str]]:
    """The statements that set the triggers of the log aside, and those that put them back as they stood."""
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_%'")
            triggers = dict(cursor.fetchall())
            return [f'DROP TRIGGER "{name}"' for name in triggers], list(triggers.values())
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname LIKE '%_no_truncation'"
        )
        found = cursor.fetchall()
    change = 'ALTER TABLE "{}" {} TRIGGER "{}"'
    return (
        [change.format(table, "DISABLE", name) for table, name in found],
        [change.format(table, "ENABLE", name) for table, name in found],
    )


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What the module's own module fixtures write is there for all its tests and gone after them.

    Each test gives back what it changed, as ever; a fixture hands out copies, because objects in memory do not.
    """
    translation.activate(settings.LANGUAGE_CODE)
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def ground(stage: None) -> None:
    """What most tests of pages stand on and few are about: the site, one forum with a group, two people."""
    author(), moderator()
    some_group()


@pytest.fixture(scope="session")
def _content_is_loaded_anew(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        drop_copy()
    yield
    with django_db_blocker.unblock():
        drop_copy()


@pytest.fixture(scope="module")
def content_db(_content_is_loaded_anew: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The real content, for all tests of a module; mark the module xdist_group("content"), so one worker loads it."""
    with django_db_blocker.unblock(), content_database():
        yield
