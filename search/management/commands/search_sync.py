"""Bring the search index up to date; for a timer, every minute or so."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines import get_engine
from search.engines.base import EngineUnavailable
from search.sync import outbox
from search.sync.drain import drain
from search.sync.rebuild import is_current, rebuild


class Command(BaseCommand):
    help = (
        "Drains what is waiting to be indexed, and forgets what was drained a week ago. "
        "Rebuilds the index if it is missing, too old, or was built by other rules."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        engine = get_engine()
        try:
            if not is_current(engine):
                self.stdout.write(f"{rebuild(engine)} documents indexed anew.")
            batches = drain(engine)
        except EngineUnavailable as problem:
            raise CommandError(str(problem)) from problem
        forgotten = outbox.forget_drained(engine.number)
        self.stdout.write(f"{batches} batches applied, {forgotten} old rows forgotten.")
