"""Wagtail's own search in SQLite beside ours, over the same texts and questions: how good, and how fast.

    python benchmarks/search_peers.py [documents]

* how good: the own set of benchmarks/search_quality.py with the questions held back, less those in other languages,
  which only ours can read; Wagtail is asked in each way it offers for a text that somebody typed
* how fast, in CPU time of the same process: both are asked for the number of hits, the first twenty and nine facets,
  Wagtail after ANALYZE, and ours for twenty passages with their marks besides. Wagtail's search knows the written form
  alone, so it has less to do and finds less
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.search_page import FOLDER  # noqa: E402, I001 - it sets Django up on a database of its own, so it is first
from django.conf import settings  # noqa: E402 - here and below
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from wagtail.models import Locale, Page  # noqa: E402
from wagtail.search import index  # noqa: E402
from wagtail.search.backends import get_search_backend  # noqa: E402
from wagtail.search.utils import parse_query_string  # noqa: E402

from benchmarks.search_core import Bars, marked, quantiles, timed  # noqa: E402
from benchmarks.search_quality import DEPTH, LANGUAGES, Ask, ask_concepts, measure_concepts, paraphrases  # noqa: E402
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


WAYS: dict[str, Callable[[str], Any]] = {
    "search(text)": lambda text: Page.objects.search(text),
    'search(text, operator="or")': lambda text: Page.objects.search(text, operator="or"),
    "parse_query_string(text)": lambda text: Page.objects.search(parse_query_string(text)[1]),
    'parse_query_string(text, "or")': lambda text: Page.objects.search(parse_query_string(text, "or")[1]),
}
"""How a site may ask Wagtail; the first is its default."""
TIMES_DEFAULT, TIMES_BEST = 4, 2
"""At least, of our gain beside that of Wagtail's default and of its best way."""


def plant(texts: Iterable[tuple[str, str]]) -> None:
    """Pages with these titles and descriptions, in place of those planted before, in Wagtail's index; their slugs count
    from 1."""
    locale = Locale.objects.get_or_create(language_code="pl")[0]
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    planted = Page.objects.filter(depth=root.depth + 1).order_by("pk")
    planted.delete()
    pages = [
        Page(
            path=root.path + Page._int2str(n + 1000).rjust(Page.steplen, "0"),
            depth=root.depth + 1,
            slug=str(n),
            title=title,
            search_description=description,
            locale=locale,
            content_type=root.content_type,
            url_path=f"/{n}/",
            live=True,
        )
        for n, (title, description) in enumerate(texts, start=1)
    ]
    Page.objects.bulk_create(pages, batch_size=500)
    words = get_search_backend().get_index_for_model(Page)
    words.reset()
    words.add_model(Page)
    for start in range(0, len(pages), 500):
        words.add_items(Page, list(planted.all()[start : start + 500]))


def asking(search: Callable[[str], Any], refused: list[str]) -> Ask:
    """Questions to Wagtail; what it answers with an error counts as nothing found, and goes among the refused."""

    def ask(text: str, language: str) -> list[str]:
        try:
            return [f"recommendation:{page.slug}" for page in search(text)[:DEPTH]]
        except Exception as error:  # whatever it is, its readers see an error
            refused.append(f"{text} ({type(error).__name__})")
            return []

    return ask


def quality(bars: Bars) -> None:
    """Gain and recall of ours and of each way to ask Wagtail."""
    plant((row["title"], row["text"]) for _subject, row in paraphrases())

    def gain(name: str, ask: Ask, refused: Sequence[str] = ()) -> float:
        some = [one for one in measure_concepts(ask, with_held=True) if one.kind not in LANGUAGES]
        found, recall = (statistics.mean(one.scores[score] for one in some) for score in ("ndcg10", "recall50"))
        empty = sum(not one.hits for one in some)
        errors = f", {len(refused)} by errors: {', '.join(refused)}" if refused else ""
        bars.line(f"{name}, nDCG@10", found, None, f"recall@50 {recall:.3f}; {empty} of {len(some)} empty{errors}")
        return found

    ours = gain("ours", ask_concepts(Path(FOLDER.name) / "concepts"))
    gains = []
    for name, search in WAYS.items():
        refused: list[str] = []
        gains.append(gain(name, asking(search, refused), refused))
    bars.line("ours / its default, nDCG@10", ours / gains[0], TIMES_DEFAULT, at_least=True)
    bars.line("ours / its best way, nDCG@10", ours / max(gains), TIMES_BEST, at_least=True)


def speed(count: int, bars: Bars) -> None:
    """A page of so many documents from both."""
    corpus = Corpus()
    plant((" ".join(corpus.text(random.Random(n), 90)), "") for n in range(count))
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
        # As on a page, the question is read once.
        tree = parse(query.text)
        marked(texts, tree)
        return engine.search(query, tree, FACETS).total

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


def main() -> int:
    """Print both and the ratios; 1 if ours is not as many times better or faster as it should be."""
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
    call_command("migrate", verbosity=0)
    Page.search_fields = [*Page.search_fields, index.SearchField("search_description")]
    bars = Bars()
    quality(bars)
    speed(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, bars)
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
