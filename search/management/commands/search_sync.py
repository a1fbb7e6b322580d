"""Bring the search index up to date; for a timer, every minute or so."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines import get_engines
from search.engines.base import Engine, EngineUnavailable
from search.management.progress import Bar
from search.sync import outbox
from search.sync.drain import drain
from search.sync.missed import count_noted
from search.sync.rebuild import is_current, rebuild


class Command(BaseCommand):
    help = (
        "Drains what is waiting to be indexed, forgets what was drained a week ago, and counts the questions that "
        "found nothing. "
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
        count_noted()
        if problems:
            raise CommandError(" ".join(problems))

    def bring_up_to_date(self, engine: Engine) -> int:
        """Return how many batches were applied."""
        if not is_current(engine):
            bar = Bar(self.stdout, f"indexing {engine.name}")
            count = rebuild(engine, bar)
            bar.close()
            self.stdout.write(f"{count} documents indexed anew.")
        bar = Bar(self.stdout, f"bringing in {engine.name}")
        batches = drain(engine, tell=bar)
        bar.close()
        return batches
