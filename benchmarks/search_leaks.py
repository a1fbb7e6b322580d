"""Whether anything hidden is ever found: random acts on a small site, readers asking all the while.

    python benchmarks/search_leaks.py [steps] [--seed N] [--readers N] [--pause SECONDS] [--sabotage mask|drain]

An act publishes, unpublishes, restricts, moves, renames, translates, expires ...; each is committed, and drained or
not as chance has it. After each the words that no reader may find are asked for; meanwhile the readers, in threads of
their own, ask for words that were hidden before their question and stayed so until its answer. At the end the index
must equal the database. `--sabotage` leaves out the mask or the drain: such a build must fail.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory()
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/db.sqlite3")
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first, here and below
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from search.engines import get_engine  # noqa: E402
from search.sync import drain as draining  # noqa: E402
from search.sync.rebuild import rebuild  # noqa: E402
from tests.search.random_steps import (  # noqa: E402
    AT_ONCE,
    Leak,
    Reader,
    Untrue,
    Walk,
    check,
    check_end,
    without_the_drain,
    without_the_mask,
)

STEPS, READERS = 10_000, 2
PAUSE = 0.05
"""Seconds between two questions of one reader: without them readers would leave the writer no time; with more of them a
long walk takes less."""


def run(steps: int, seed: int, readers: int, pause: float, sabotage: str) -> list[str]:
    """Walk; return what was found amiss."""
    walk, reader = Walk(seed), Reader(seed)
    engine = get_engine()
    rebuild(engine)
    watch = Watch(walk, pause)
    threads = [threading.Thread(target=watch.read, args=(seed + n,)) for n in range(1, 1 + readers)]
    drains = draining._drain_inline
    at_once, started = 0, time.monotonic()

    def now_and_then() -> None:
        nonlocal at_once
        if walk.chance.random() < 0.5:
            at_once += 1
            drains()

    build = {"mask": without_the_mask, "drain": without_the_drain}.get(sabotage, nullcontext)
    with build(), replaced(draining, "_drain_inline", now_and_then):
        for thread in threads:
            thread.start()
        try:
            for n in range(1, steps + 1):
                watch.act()
                check(walk, reader)
                if walk.chance.random() < 0.1:
                    draining.drain(engine)
                if walk.chance.random() < 0.01:
                    rebuild(engine)
                if n % (steps // 10 or 1) == 0:
                    show(n, steps, watch, reader, started)
                if watch.found:
                    break
            if not watch.found:
                check_end(walk, reader)
        except (Leak, Untrue) as fault:
            watch.found.append(f"{type(fault).__name__}: {fault}")
        finally:
            watch.is_over.set()
            for thread in threads:
                thread.join()
            connection.close()
    acts = Counter(walk.trace)
    print(f"acts: {', '.join(f'{name} {count}' for name, count in sorted(acts.items()))}")
    print(f"words: {len(walk.words)} written, {len(walk.allowed())} to be found at the end")
    print(f"drained right after its commit: {at_once} acts; documents at the end: {sum(1 for _ in engine.stream())}")
    return watch.found


class Watch:
    """The writer and its readers: who knows since which act a word is hidden."""

    def __init__(self, walk: Any, pause: float) -> None:
        self.walk, self.pause = walk, pause
        self.begun = self.done = 0
        self.is_over = threading.Event()
        self.settled = threading.Condition()
        self.found: list[str] = []
        self.asked = 0
        self.last_shown: dict[str, int] = dict.fromkeys(walk.allowed(), 0)

    def act(self) -> None:
        self.begun += 1
        self.walk.step()
        allowed = self.walk.allowed()
        with self.settled:
            self.done += 1
            self.last_shown |= dict.fromkeys(allowed, self.done)
            self.settled.notify_all()

    def hidden_since(self, moment: int) -> set[str]:
        """The words that were hidden after act `moment` and after each that followed."""
        with self.settled:
            return {word for word in self.walk.words[:] if self.last_shown.get(word, -1) < moment}

    def read(self, seed: int) -> None:
        try:
            reader = Reader(seed)
            while not self.is_over.wait(self.pause):
                self.look(reader)
        except Exception as broken:
            self.found.append(f"a reader broke off: {broken!r}")
        finally:
            connection.close()

    def look(self, reader: Reader) -> None:
        before = self.done
        hidden = sorted(self.hidden_since(before), key=lambda word: self.last_shown.get(word, -1))
        newest, older = hidden[-AT_ONCE // 2 :], hidden[: -AT_ONCE // 2]
        words = [*newest, *reader.chance.sample(older, min(len(older), AT_ONCE // 2))]
        found = reader.look_for(words)
        self.asked += 1
        # Any act that began before the answer may have made one of them public: wait for the end of the last of them.
        if found and self.has_ended(self.begun) and self.hidden_since(before).issuperset(words):
            self.found += [f"a reader found {what}" for what in found]

    def has_ended(self, act: int) -> bool:
        with self.settled:
            return self.settled.wait_for(lambda: self.done >= act, timeout=60)


def show(n: int, steps: int, watch: Watch, reader: Any, started: float) -> None:
    seconds = time.monotonic() - started
    print(
        f"{n:6} of {steps} acts, {reader.asked} looks after acts, {watch.asked} questions of readers meanwhile, "
        f"{len(watch.found)} leaks, {n / seconds:.1f} acts/s",
        flush=True,
    )


@contextmanager
def replaced(module: Any, name: str, function: Callable[..., Any]) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, function)
    try:
        yield
    finally:
        setattr(module, name, before)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("steps", type=int, nargs="?", default=STEPS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readers", type=int, default=READERS)
    parser.add_argument("--pause", type=float, default=PAUSE)
    parser.add_argument("--sabotage", choices=("mask", "drain"), default="")
    options = parser.parse_args()
    settings.SEARCH_DIR = Path(FOLDER.name) / "search"
    call_command("migrate", verbosity=0)
    with FOLDER:
        found = run(options.steps, options.seed, options.readers, options.pause, options.sabotage)
    if options.sabotage:
        print(f"a build without the {options.sabotage}: {'caught: ' + found[0][:300] if found else 'NOT CAUGHT'}")
        return 0 if found else 1
    print("\n".join(found[:10]) or f"{options.steps} acts: no leak, and the index equals the database")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
