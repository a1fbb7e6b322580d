"""Wagtail's own search in SQLite beside ours, over the same texts and questions, in CPU time of the same process.

    python benchmarks/search_peers.py [documents]

Both are asked for the number of hits, the first twenty and nine facets, Wagtail after ANALYZE, and ours for twenty
passages with their marks besides. Wagtail's search knows the written form alone, so it has less to do and finds less.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.search_page import FOLDER  # noqa: E402, I001 - it sets Django up on a database of its own, so it is first
from django.conf import settings  # noqa: E402 - here and below
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from wagtail.models import Locale, Page  # noqa: E402
from wagtail.search.backends import get_search_backend  # noqa: E402

from benchmarks.search_core import Bars, marked, quantiles, timed  # noqa: E402
from search.engines.embedded import EmbeddedEngine  # noqa: E402
from search.parser import parse  # noqa: E402
from search.query import SearchQuery  # noqa: E402
from tests.factories.corpus import FACETS, Corpus  # noqa: E402

QUERIES = 40
FIELDS = (
    "live",
    "owner_id",
    "content_type_id",
    "depth",
    "locked",
    "locale_id",
    "show_in_menus",
    "first_published_at",
    "last_published_at",
)
"""What Wagtail counts in place of our nine facets: of each page it knows these."""
TIMES_FASTER, TIMES_FASTER_SLOW = 10, 20
"""At least, of the median and of the 95th in a hundred."""


def plant(corpus: Corpus, count: int) -> None:
    """So many pages below the root, whose titles are the words of the corpus, in Wagtail's index."""
    locale = Locale.objects.get_or_create(language_code="pl")[0]
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    pages = [
        Page(
            path=root.path + Page._int2str(n + 1000).rjust(Page.steplen, "0"),
            depth=root.depth + 1,
            slug=f"p{n}",
            title=" ".join(corpus.text(random.Random(n), 90)),
            locale=locale,
            content_type=root.content_type,
            url_path=f"/p{n}/",
            live=True,
        )
        for n in range(count)
    ]
    Page.objects.bulk_create(pages, batch_size=500)
    index = get_search_backend().get_index_for_model(Page)
    index.add_model(Page)
    for start in range(0, count, 500):
        index.add_items(Page, list(Page.objects.filter(depth=root.depth + 1).order_by("pk")[start : start + 500]))


def main() -> int:
    """Print both and the ratio; 1 if ours is not as many times faster as it should be."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
    call_command("migrate", verbosity=0)
    corpus, bars = Corpus(), Bars()
    plant(corpus, count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    engine = EmbeddedEngine(Path(FOLDER.name) / "search")
    engine.rebuild(corpus.documents(count), 1)
    asked = [SearchQuery(query.text, page_size=20) for query in corpus.questions(QUERIES)]

    texts = [" ".join(corpus.text(random.Random(n), 90)) for n in range(20)]

    def wagtail(query: SearchQuery) -> int:
        found = Page.objects.search(query.text, operator="and")
        list(found[:20])
        for field in FIELDS:
            found.facet(field)
        return int(found.count())

    def ours(query: SearchQuery) -> int:
        marked(texts, query)
        return engine.search(query, parse(query.text), FACETS).total

    acts: dict[str, Callable[[SearchQuery], int]] = {"wagtail": wagtail, "ours": ours}
    for query in asked[:5]:  # warms both
        wagtail(query)
    for query in asked:  # a worker has read the words of most questions before
        ours(query)
    times: dict[str, list[float]] = {name: [] for name in acts}
    counts: dict[str, list[int]] = {name: [] for name in acts}
    for query in asked:
        for name, act in acts.items():
            times[name].append(timed(lambda: counts[name].append(act(query))))  # noqa: B023 - called at once
    hits = {name: statistics.mean(found) for name, found in counts.items()}
    print(f"{count} documents; hits a question: Wagtail {hits['wagtail']:.0f}, ours {hits['ours']:.0f}")
    (middle, slow), (our_middle, our_slow) = quantiles(times["wagtail"]), quantiles(times["ours"])
    told = f"{middle:.2f} and {our_middle:.2f} ms"
    bars.line("Wagtail / ours, p50", middle / our_middle, TIMES_FASTER, told, at_least=True)
    told = f"{slow:.2f} and {our_slow:.2f} ms"
    bars.line("Wagtail / ours, p95", slow / our_slow, TIMES_FASTER_SLOW, told, at_least=True)
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
