"""Compare the search index with the database, and repair it if asked; for every night and after a restore."""

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines import get_engines
from search.engines.base import Engine, EngineUnavailable
from search.management.progress import Bar
from search.sync.drain import drain
from search.sync.drift import Drift, find_drift, record
from search.sync.outbox import requeue

SHOWN = 20


class Command(BaseCommand):
    help = "Reports documents that the index lacks, holds without right, or holds in an old state. Exit code 1 if any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Queue what differs and drain it.")

    def handle(self, *args: Any, **options: Any) -> None:
        engines = get_engines(is_patient=True)
        found: dict[str, Drift] = {}
        problems = []
        for engine in engines:
            try:
                found[engine.name] = self.compare(engine, is_one_of_many=len(engines) > 1)
            except EngineUnavailable as problem:
                problems.append(f"{engine.name}: {problem}")
        if wrong := {subject for drift in found.values() for subject in drift.subjects}:
            if not options["repair"]:
                problems.append("The index differs from the database; run search_check --repair.")
            else:
                queued = requeue(wrong)
                problems += self.drain(engines, found)
                self.stdout.write(f"{queued} things indexed again.")
        if problems:
            raise CommandError(" ".join(problems))

    def compare(self, engine: Engine, *, is_one_of_many: bool) -> Drift:
        bar = Bar(self.stdout, f"comparing {engine.name}")
        drift = find_drift(engine, bar)
        bar.close()
        record(drift, engine)
        if is_one_of_many:
            self.stdout.write(f"{engine.name}:")
        for name, keys in (("missing", drift.missing), ("extra", drift.extra), ("stale", drift.stale)):
            self.stdout.write(f"{name}: {len(keys)}")
            for key in keys[:SHOWN]:
                self.stdout.write(f"  {key}")
            if len(keys) > SHOWN:
                self.stdout.write(f"  and {len(keys) - SHOWN} more")
        return drift

    def drain(self, engines: Sequence[Engine], found: Mapping[str, Drift]) -> list[str]:
        problems = []
        for engine in engines:
            try:
                drain(engine)
            except EngineUnavailable as problem:
                problems.append(f"{engine.name}: {problem}")
            else:
                if drift := found.get(engine.name):
                    record(drift, engine, is_repaired=True)
        return problems
