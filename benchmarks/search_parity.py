"""Whether Elasticsearch gives the answers of the embedded engine, on one corpus with the same questions.

    python benchmarks/search_parity.py [documents]

Match sets, totals and facet counts must be equal, always; so must the order on a fresh index. After updates the two
forget deleted documents at different moments, which moves scores a little: then the first ten must overlap by .98.
Times have a bar too, at 100 000 documents.
Starts a node of its own unless ELASTICSEARCH_URL names one; says why and does nothing where there is no Java.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from cms.machine import Trouble  # noqa: E402 - the root is put on the path first
from cms.node import node  # noqa: E402
from search.engines.addresses import Address  # noqa: E402
from search.engines.elastic import ElasticEngine  # noqa: E402
from search.engines.elastic_question import Compiled  # noqa: E402
from search.engines.embedded import EmbeddedEngine  # noqa: E402
from search.parser import parse  # noqa: E402
from search.query import SearchQuery  # noqa: E402
from tests.factories.corpus import FACETS, Corpus  # noqa: E402
from tests.search.engines.parity import HEADER, LEAST_OVERLAP, compared, documents, update  # noqa: E402

QUERIES, PHRASES = 200, 80
UPDATES, BATCHES = 1000, 10
WARMING = 3
LARGE, MOST_TIMES, ALLOWED_MS = 100_000, 2, 1.5
"""From so many documents on a page may take so many raw counts, and so many milliseconds for building its answer."""


@contextmanager
def elastic(*, shards: int = 1) -> Iterator[ElasticEngine]:
    """An engine on a server: the one of ELASTICSEARCH_URL, else one of our own."""
    prefix = f"parity-{os.getpid()}-{shards}"
    if url := os.environ.get("ELASTICSEARCH_URL"):
        engine = engine_at(url, prefix, shards)
        try:
            yield engine
        finally:
            for name in engine._client.indices.get(index=f"{prefix}-*"):
                engine._client.indices.delete(index=name)
    else:
        with node(is_measured=True) as running:
            yield engine_at(running.url, prefix, shards)


def engine_at(url: str, prefix: str, shards: int) -> ElasticEngine:
    return ElasticEngine(Address((url,), prefix=prefix, shards=shards, replicas=0), patience=60)


def times(engine: ElasticEngine, questions: Sequence[SearchQuery]) -> tuple[float, str]:
    """A page with nine facets, less what is allowed, as a multiple of the raw count of its text, asked alternately, by
    the clock: at the median, and in a line with more."""
    pages, counts = [], []
    generation = engine._usable()
    # The first rounds warm both sides: until then Java is still compiling what it runs.
    for question in [*questions] * (WARMING + 1):
        tree = parse(question.text)
        compiled = Compiled(tree, question.language, (), engine._completions(generation, tree))
        started = time.perf_counter()
        engine._asker(generation)({"query": compiled.whole(), "size": 1})
        counts.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        engine.search(question, tree, FACETS)
        pages.append((time.perf_counter() - started) * 1000)
    page, count = pages[-len(questions) :], counts[-len(questions) :]
    slow_page, slow_count = statistics.quantiles(page, n=20)[-1], statistics.quantiles(count, n=20)[-1]
    middle, bare = statistics.median(page), statistics.median(count)
    times = (middle - ALLOWED_MS) / bare
    return times, (
        f"page less {ALLOWED_MS} ms / raw count       p50 {times:.2f}x ({middle:.1f} and {bare:.1f} ms)   "
        f"p95 {(slow_page - ALLOWED_MS) / slow_count:.2f}x ({slow_page:.1f} and {slow_count:.1f} ms)"
    )


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    corpus = Corpus()
    questions, phrases = corpus.questions(QUERIES), corpus.phrases(PHRASES, count)
    try:
        with tempfile.TemporaryDirectory() as directory, elastic() as server:
            embedded = EmbeddedEngine(Path(directory))
            version = server._client.cluster.stats(filter_path="nodes.versions")["nodes"]["versions"][0]
            print(f"Elasticsearch {version} against the embedded engine, {count} documents")
            ready = list(documents(corpus, count))
            started = time.perf_counter()
            server.rebuild(ready, 1)
            print(f"rebuilt at {count / (time.perf_counter() - started):,.0f} documents a second")
            embedded.rebuild(ready, 1)
            print(HEADER)
            fresh = compared(embedded, server, questions)
            print(fresh.row(f"{QUERIES} questions"))
            quoted = compared(embedded, server, phrases)
            print(quoted.row(f"{PHRASES} phrases"))
            costs, told = times(server, questions)
            print(told)
            update((embedded, server), corpus, count, UPDATES, BATCHES)
            updated = compared(embedded, server, [*questions, *phrases])
            print(updated.row(f"all, after {UPDATES} updates"))
            server.rebuild(ready, 20)
            embedded.rebuild(ready, 20)
            again = compared(embedded, server, [*questions, *phrases])
            print(again.row("all, after a rebuild"))
    except Trouble as trouble:
        print(f"Left out: {trouble}")
        return 0
    equal = all(parity.is_equal for parity in (fresh, quoted, updated, again))
    ordered = all(parity.orders == parity.ordered for parity in (fresh, quoted, again))
    is_held = equal and ordered and updated.overlap >= LEAST_OVERLAP and (count < LARGE or costs <= MOST_TIMES)
    print("held" if is_held else "MISSED")
    return 0 if is_held else 1


if __name__ == "__main__":
    sys.exit(main())
