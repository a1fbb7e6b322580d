"""Compare the search index with the database, and repair it if asked; for every night and after a restore."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines import get_engine
from search.engines.base import EngineUnavailable
from search.sync.drain import drain
from search.sync.drift import find_drift, repair

SHOWN = 20


class Command(BaseCommand):
    help = "Reports documents that the index lacks, holds without right, or holds in an old state. Exit code 1 if any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Queue what differs and drain it.")

    def handle(self, *args: Any, **options: Any) -> None:
        engine = get_engine()
        try:
            drift = find_drift(engine)
            for name, keys in (("missing", drift.missing), ("extra", drift.extra), ("stale", drift.stale)):
                self.stdout.write(f"{name}: {len(keys)}")
                for key in keys[:SHOWN]:
                    self.stdout.write(f"  {key}")
                if len(keys) > SHOWN:
                    self.stdout.write(f"  and {len(keys) - SHOWN} more")
            if not drift.keys:
                return
            if not options["repair"]:
                raise CommandError("The index differs from the database; run search_check --repair.")
            queued = repair(drift)
            drain(engine)
        except EngineUnavailable as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{queued} things indexed again.")
