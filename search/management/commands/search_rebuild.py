"""Write the search index anew; the old one answers until the new one is complete."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines import get_engine
from search.engines.base import EngineUnavailable
from search.sync.rebuild import is_current, rebuild


class Command(BaseCommand):
    help = "Builds the search index from the database. Readers keep the old one until the new one is complete."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="Do nothing if the index exists and was built by the present rules and dictionaries.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        engine = get_engine()
        try:
            if options["if_needed"] and is_current(engine):
                self.stdout.write("The search index is current.")
                return
            started = time.monotonic()
            count = rebuild(engine)
        except EngineUnavailable as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{count} documents indexed in {time.monotonic() - started:.1f} s.")
