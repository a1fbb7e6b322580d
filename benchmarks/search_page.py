"""What the whole page of search costs a reader beside the site's method page, in the same process, and its queries.

    python benchmarks/search_page.py [documents]

The real content is loaded, one of its recommendations multiplied, and the index filled with as many documents of
inflected Polish that lead to these rows and are what their pages say; so hits, marks, facets, labels and templates are
those of the site.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory()
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER.name}/db.sqlite3"
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first, here and below
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402

from forums.models import Forum, WorkingGroup  # noqa: E402
from recommendations.models import Recommendation, RecommendationPage  # noqa: E402
from search.documents import FINGERPRINT  # noqa: E402
from search.engines import get_engine  # noqa: E402
from search.engines.base import Document  # noqa: E402
from taxonomy.models import AffectedGroup, Organisation, Place, Tag, Theme  # noqa: E402
from tests.content.database import load_everything  # noqa: E402
from tests.factories.corpus import Corpus  # noqa: E402
from tests.factories.scale import multiply  # noqa: E402

QUERIES = 120
MEDIAN, SLOW, MOST_QUERIES = 2.5, 4.0, 20


def codes() -> dict[str, list[str]]:
    """The values of facets as the database knows them."""
    rows: dict[str, Any] = {"theme": Theme, "addressee": Organisation, "city": Place, "affected": AffectedGroup}
    found = {facet: list(model.objects.values_list("code", flat=True)) for facet, model in rows.items()}
    found["tag"] = list(Tag.objects.values_list("slug", flat=True))
    found["issuer"] = [f"f{pk}" for pk in Forum.objects.values_list("pk", flat=True)]
    found["group"] = [f"g{pk}" for pk in WorkingGroup.objects.values_list("pk", flat=True)]
    return found


def documents(corpus: Corpus, pks: list[int]) -> Iterator[Document]:
    """As many documents as there are recommendations, each leading to one of them."""
    known = codes()
    for pk, document in zip(pks, corpus.documents(len(pks)), strict=True):
        document["key"] = f"recommendation:{pk}:pl"
        document["facets"] = {
            facet: tuple(dict.fromkeys(real(known, facet, value) for value in values))
            for facet, values in document["facets"].items()
        }
        yield document


def write(corpus: Corpus, pks: list[int]) -> None:
    """Let the pages say what is indexed, as on any site: a hit that says nothing of it is looked through to its log."""
    key_of = dict(Recommendation.objects.values_list("pk", "translation_key"))
    page_of = dict(RecommendationPage.objects.sources().values_list("translation_key", "pk"))
    titles, texts = [], []
    for number, pk in enumerate(pks):
        said = {name: " ".join(words) for name, words in corpus.words(number).items()}
        titles.append((said["title"], page_of[key_of[pk]]))
        texts.append((f"{said['lead']}. {said['body']}.", page_of[key_of[pk]]))
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE wagtailcore_page SET title = %s WHERE id = %s", titles)
        cursor.executemany("UPDATE recommendations_recommendationpage SET text = %s WHERE page_ptr_id = %s", texts)


def real(known: dict[str, list[str]], facet: str, value: str) -> str:
    """The code that stands for a number of the corpus."""
    if facet == "year":
        return str(2008 + int(value))
    return known[facet][int(value) % len(known[facet])] if facet in known else value


def asked(client: Client, address: str) -> float:
    """Milliseconds of CPU for one page."""
    started = time.process_time()
    response = client.get(address)
    taken = (time.process_time() - started) * 1000
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}")
    return taken


def main() -> int:
    """Print the ratios; 1 if a bar was missed."""
    # Tests read the msgids; readers read Polish, and a string without a translation is looked for in each catalog.
    with override_settings(LOCALE_PATHS=[ROOT / "locale"]):
        return measured()


def measured() -> int:
    """Load everything and print the ratios; 1 if a bar was missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    settings.SEARCH_DIR = Path(FOLDER.name) / "search"
    call_command("migrate", verbosity=0)
    load_everything()
    once = RecommendationPage.objects.values("translation_key").annotate(pages=Count("pk")).filter(pages=1)
    fact = Recommendation.objects.filter(translation_key__in=once.values("translation_key")).order_by("pk")[0]
    for _part in range(0, count, 10_000):
        multiply(fact, min(10_000, count - Recommendation.objects.count()))
    corpus = Corpus()
    pks = list(Recommendation.objects.order_by("pk").values_list("pk", flat=True))
    write(corpus, pks)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    get_engine().rebuild(documents(corpus, pks), 1, fingerprint=FINGERPRINT)
    known = codes()
    questions = [
        replace(
            query,
            filters=tuple((facet, tuple(real(known, facet, v) for v in values)) for facet, values in query.filters),
        )
        for query in corpus.questions(QUERIES)
    ]
    # As a worker begins: with everything loaded, and settled.
    import_module("cms.wsgi")
    client = Client()
    search: list[float] = []
    method: list[float] = []
    queries: set[int] = set()
    for _round in range(2):  # the first one warms both
        search, method = [], []
        for query in questions:
            search.append(asked(client, f"/search/?{query.encoded()}"))
            method.append(asked(client, "/metoda/"))
    for query in questions[:20]:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/search/?{query.encoded()}")
        queries.add(len(captured))
    median = statistics.median(search) / statistics.median(method)
    slow = statistics.quantiles(search, n=20)[-1] / statistics.quantiles(method, n=20)[-1]
    print(f"{len(pks)} recommendations and documents; {statistics.median(method):.1f} ms for the method page")
    print(f"  search page / method page   p50 {median:.2f} (<= {MEDIAN})   p95 {slow:.2f} (<= {SLOW})")
    print(f"  queries of a search page    {min(queries)} to {max(queries)} (<= {MOST_QUERIES})")
    return median > MEDIAN or slow > SLOW or max(queries) > MOST_QUERIES


if __name__ == "__main__":
    sys.exit(main())
