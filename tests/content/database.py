"""The real content in the test database: loaded once, kept as a file on SQLite, undone at the end."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from wagtail.models import Locale, Site

from cms.content.load import execute, plan_content, read_content
from cms.content.pages import adopt_home
from cms.content.translations import adopt_homes
from cms.management.commands.prepare import search_at_rest
from cms.roles import load_roles
from search.word_groups import load_shipped
from tests.kept import APPS, ROOT, copy, keep, kept_file, locked


def load_everything() -> None:
    """What `prepare` brings in, without index and logins."""
    with search_at_rest(True):
        for code, _name in settings.LANGUAGES:
            Locale.objects.get_or_create(language_code=code)
        home = adopt_home()
        adopt_homes(home)
        load_roles(home)
        load_shipped()
        content = read_content()
        execute(plan_content(content), content)


def content_file() -> Path:
    """Made anew whenever a file changes that a load depends on."""
    kinds = {".py", ".tsv", ".toml", ".po", ".txt"}
    return kept_file("content", (path for app in APPS for path in (ROOT / app).rglob("*") if path.suffix in kinds))


@contextmanager
def content_database() -> Iterator[None]:
    """The content in the database of the tests, for as long as the block runs."""
    with swapped_in() if connection.vendor == "sqlite" else beside():
        yield


@contextmanager
def beside() -> Iterator[None]:
    """On PostgreSQL a database of its own beside that of the tests, loaded once; nothing done to it is kept."""
    own = connection.settings_dict["NAME"]
    connection.close()
    is_new = make_copy(own)
    connection.settings_dict["NAME"] = kept_name(own)
    forget()
    try:
        if is_new:
            load_everything()
            with connection.cursor() as cursor:
                # Nobody else counts these rows: without it one look-up takes half a minute.
                cursor.execute("ANALYZE")
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        forget()


def kept_name(own: str) -> str:
    return f"{own}_content"


def make_copy(own: str) -> bool:
    """Copy the tests' database for the content, unless this was done before; return whether it was done now."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept_name(own)])
        if cursor.fetchone():
            return False
        cursor.execute(f'CREATE DATABASE "{kept_name(own)}" TEMPLATE "{own}"')
        return True


def drop_copy() -> None:
    """Take away what `content_database` left for the next module; needed before the tests and after."""
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{kept_name(connection.settings_dict["NAME"])}"')


@contextmanager
def swapped_in() -> Iterator[None]:
    connection.ensure_connection()
    live = connection.connection
    kept = content_file()
    before = sqlite3.connect(":memory:")
    live.backup(before)
    try:
        with locked(kept):
            if kept.exists():
                copy(kept, live)
            else:
                load_everything()
                keep(live, kept)
        forget()
        yield
    finally:
        before.backup(live)
        before.close()
        forget()


def forget() -> None:
    """Drop what the process remembers of the rows that were there before."""
    ContentType.objects.clear_cache()
    Site.clear_site_root_paths_cache()
    cache.clear()
