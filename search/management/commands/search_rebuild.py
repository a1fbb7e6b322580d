"""Write the search index anew; the old one answers until the new one is complete."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.documents import all_subjects
from search.engines import get_engines
from search.engines.base import Engine, EngineUnavailable
from search.management.progress import Bar
from search.sync.drain import drain
from search.sync.outbox import requeue
from search.sync.rebuild import is_current, rebuild


class Command(BaseCommand):
    help = "Builds the search index from the database. Readers keep the old one until the new one is complete."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="Do nothing if the index exists and was built by the present rules and dictionaries.",
        )
        parser.add_argument(
            "--start-up",
            action="store_true",
            help="An index whose server is away is no error while another one answers.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        engines = get_engines(is_patient=True)
        problems, well = [], []
        for engine in engines:
            try:
                self.build(engine, is_needed_only=options["if_needed"])
                well.append(engine)
            except EngineUnavailable as problem:
                problems.append(f"{engine.name}: {problem}")
        if well and problems and not options["if_needed"]:
            # Whoever asks for all to be written anew may have changed data unheard: what is away has to catch up.
            requeue(all_subjects())
            for engine in well:
                drain(engine)
        if not problems:
            return
        if len(problems) == len(engines) or not options["start_up"]:
            raise CommandError(" ".join(problems))
        self.stderr.write(f"One index could not be written; readers get their answers from another. {problems[0]}")

    def build(self, engine: Engine, *, is_needed_only: bool) -> None:
        if is_needed_only and is_current(engine):
            self.stdout.write("The search index is current.")
            return
        started = time.monotonic()
        bar = Bar(self.stdout, f"indexing {engine.name}")
        count = rebuild(engine, bar)
        bar.close()
        self.stdout.write(f"{count} documents indexed in {time.monotonic() - started:.1f} s.")
