"""Everything between an empty database and a site that answers; twice changes nothing, in seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from wagtail.models import Locale

from cms.content.load import execute, fingerprint, plan_content, read_content
from cms.content.pages import adopt_home
from cms.content.tables import ContentRefused
from cms.content.translations import adopt_homes
from cms.logins import Safe, lines, load_logins
from cms.models import LoadedContent
from cms.roles import load_roles
from pagekit.acts import Refused
from search.word_groups import load_shipped

# From so many steps on the index is written anew afterwards instead of being told of each.
MANY = 50


@contextmanager
def search_at_rest(is_resting: bool) -> Iterator[None]:
    """While it rests, nothing is queued for the index; whoever asks for it rebuilds the index afterwards."""
    before = settings.SEARCH_LISTENS
    settings.SEARCH_LISTENS = before and not is_resting
    try:
        yield
    finally:
        settings.SEARCH_LISTENS = before


class Command(BaseCommand):
    help = "Migrates, then brings in locales, roles, workflow, vocabularies, content, the search index and logins."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            connection.ensure_connection()
        except OperationalError as error:
            said = str(error).strip().splitlines()[0]
            raise CommandError(f"The database does not answer ({said}). Start it, or correct DATABASE_URL.") from error
        self.migrate()
        with self.step("locales, home pages, roles, workflow"), transaction.atomic():
            for code, _name in settings.LANGUAGES:
                Locale.objects.get_or_create(language_code=code)
            home = adopt_home()
            adopt_homes(home)
            load_roles(home)
        with self.step("words of search"):
            self.stdout.write(f"  {load_shipped()} groups added or renewed")
        self.build_index(is_current=not self.load_content())
        safe = Safe(settings.VAR_DIR / "logins.json")
        with self.step("accounts"), transaction.atomic():
            load_logins(safe)
        self.stdout.write(f"Prepared in {time.monotonic() - started:.1f} s.")
        for line in lines(safe):
            self.stdout.write(line)

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            with self.step("database"):
                call_command("migrate", interactive=False, verbosity=0)

    def load_content(self) -> bool:
        """Load what the files say, unless the database was loaded from these very files; whether it did."""
        now = fingerprint()
        if LoadedContent.objects.filter(part="content", fingerprint=now).exists():
            self.stdout.write("content: unchanged")
            return False
        try:
            with self.step("content"):
                content = read_content()
                plan = plan_content(content)
                for line in plan.summary():
                    self.stdout.write(f"  {line}")
                with search_at_rest(len(plan.to_do()) > MANY):
                    execute(plan, content, lambda line: self.stdout.write(f"  {line}"))
                with connection.cursor() as cursor:
                    # Planned with the statistics of empty tables, a look-up would take half a minute.
                    cursor.execute("ANALYZE")
        except ContentRefused as refused:
            raise CommandError(f"The content files have faults:\n{refused}") from refused
        except Refused as refused:
            raise CommandError(f"The content could not be loaded: {refused}") from refused
        LoadedContent.objects.update_or_create(
            part="content", defaults={"fingerprint": now, "loaded_at": timezone.now()}
        )
        return True

    def build_index(self, *, is_current: bool) -> None:
        """Write the index anew, or only where it is missing or of older rules while the content is the same."""
        with self.step("search index"):
            call_command("search_rebuild", if_needed=is_current, start_up=True, stdout=self.stdout)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.stdout.write(f"{name} ...")
        started = time.monotonic()
        yield
        self.stdout.write(f"{name}: {time.monotonic() - started:.1f} s")
