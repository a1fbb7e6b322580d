"""What editors and readers notice while Elasticsearch is away, by the clock: waiting is what this is about.

    python benchmarks/search_outage.py [publications]

A recommendation is published again and again without Elasticsearch, with an address at which nothing listens, and with
one at which everything is accepted and nothing answered, in turn. Then readers search in a process that knows of no
outage yet.
"""

from __future__ import annotations

import logging
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory()
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/db.sqlite3")
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first, here and below
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from recommendations.models import Recommendation, RecommendationPage  # noqa: E402
from search import engines  # noqa: E402
from search.engines import engine_state, get_engine  # noqa: E402
from search.engines.breaker import SLOW_SECONDS  # noqa: E402
from search.sync import outbox  # noqa: E402
from search.sync.rebuild import rebuild  # noqa: E402
from tests.factories.pages import make_recommendation, publish  # noqa: E402

PUBLICATIONS, SEARCHES = 40, 40
PUBLISHING, SEARCHING, AT_FIRST = 1.1, 1.1, 0.5
"""The medians beside those without Elasticsearch; and the seconds that the first act of an outage may take longer."""


@contextmanager
def outages() -> Iterator[dict[str, str]]:
    """Addresses by what is wrong with them."""
    with socket.socket() as closed, socket.socket() as silent:
        for each in (closed, silent):
            each.bind(("127.0.0.1", 0))
        # The system accepts; nobody ever reads.
        silent.listen(1000)
        addresses = [f"http://127.0.0.1:{each.getsockname()[1]}" for each in (closed, silent)]
        yield {"none": "", "closed": addresses[0], "silent": addresses[1]}


def seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def publishing(addresses: dict[str, str], fact: Recommendation, count: int) -> dict[str, list[float]]:
    """How long each publication took, by outage, in turn."""
    times: dict[str, list[float]] = {name: [] for name in addresses}
    for number in range(count + 1):
        for name, address in addresses.items():
            settings.ELASTICSEARCH_URL = address
            page = RecommendationPage.objects.get(translation_key=fact.translation_key)
            new = f"Nauka języka {number} {name}"
            times[name].append(seconds(partial(publish, page, title=new, change_reason=new)))
            settings.ELASTICSEARCH_URL = ""
            if outbox.pending(get_engine().number):
                raise SystemExit(f"The embedded index does not know what was published while the server was {name}.")
    return times


def searching(addresses: dict[str, str], fact: Recommendation) -> dict[str, list[float]]:
    """How long each search took, by outage; of the first of each nobody in this process had asked before."""
    engines._with_standby.cache_clear()
    client = Client()
    client.get("/search/?q=nauka")
    times: dict[str, list[float]] = {name: [] for name in addresses}
    for _number in range(SEARCHES + 1):
        for name, address in addresses.items():
            settings.ELASTICSEARCH_URL = address
            times[name].append(seconds(partial(find, client, fact)))
            if engine_state().answering != "embedded":
                raise SystemExit(f"{name}: answered by {engine_state()}.")
    return times


def find(client: Client, fact: Recommendation) -> None:
    if fact.reference not in client.get("/search/?q=nauka").content.decode():
        raise SystemExit("What was published is not found.")


def told(what: str, times: dict[str, list[float]], bar: float, longest: float) -> list[str]:
    """Print them; those that missed their bar."""
    without = statistics.median(times["none"][1:])
    missed = []
    for name, (first, *rest) in times.items():
        ratio = statistics.median(rest) / without
        line = (
            f"{what}, {name:6}  median {statistics.median(rest) * 1000:7.1f} ms, {ratio:.2f} of none"
            f"   first {first * 1000:7.1f} ms   longest after it {max(rest) * 1000:7.1f} ms"
        )
        holds = ratio <= bar and first - times["none"][0] <= longest
        print(f"  {line}{'' if holds else '   MISSED'}", flush=True)
        missed += [] if holds else [f"{what}, {name}"]
    return missed


def main() -> int:
    """Print the figures; 1 if a bar was missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PUBLICATIONS
    logging.disable(logging.CRITICAL)
    settings.SEARCH_DIR = Path(FOLDER.name) / "search"
    call_command("migrate", verbosity=0)
    fact = make_recommendation()
    rebuild(get_engine())
    with outages() as addresses:
        missed = told("publishing", publishing(addresses, fact, count), PUBLISHING, AT_FIRST)
        missed += told("searching", searching(addresses, fact), SEARCHING, SLOW_SECONDS + AT_FIRST)
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
