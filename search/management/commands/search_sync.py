"""Bring the search index up to date; for a timer, every minute or so."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines import get_engines
from search.engines.base import Engine, EngineUnavailable
from search.sync import outbox
from search.sync.drain import drain
from search.sync.rebuild import is_current, rebuild


class Command(BaseCommand):
    help = (
        "Drains what is waiting to be indexed, and forgets what was drained a week ago. "
        "Rebuilds the index if it is missing, too old, or was built by other rules."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        engines = get_engines(is_patient=True)
        problems = []
        batches = 0
        for engine in engines:
            try:
                batches += self.bring_up_to_date(engine)
            except EngineUnavailable as problem:
                problems.append(f"{engine.name}: {problem}")
        # Rows are forgotten when every engine has them: the one that is away will want them.
        forgotten = 0 if problems else outbox.forget_drained(min(engine.number for engine in engines))
        self.stdout.write(f"{batches} batches applied, {forgotten} old rows forgotten.")
        if problems:
            raise CommandError(" ".join(problems))

    def bring_up_to_date(self, engine: Engine) -> int:
        """Return how many batches were applied."""
        if not is_current(engine):
            self.stdout.write(f"{rebuild(engine)} documents indexed anew.")
        return drain(engine)
