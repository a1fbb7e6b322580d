"""What a page of search costs as a ratio to the engine's own raw count, measured alternately in CPU time.

    python benchmarks/search_core.py [documents]

A page is total, first twenty by relevance and nine facets, each without its own filter. The raw count is the compiled
text query with limit 1. Documents are synthetic: Polish forms over a long tail of made-up words, nine facets.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tantivy import Occur, Query

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from search.analysis import analyse, place, readings, restored  # noqa: E402 - the root is put on the path first
from search.engines.base import Batch, Document  # noqa: E402
from search.engines.embedded import EmbeddedEngine, _fresh  # noqa: E402
from search.engines.embedded_question import Question  # noqa: E402
from search.highlight import excerpt  # noqa: E402
from search.parser import parse  # noqa: E402
from search.query import SearchQuery  # noqa: E402

FACETS = ("issuer", "year", "city", "group", "theme", "tag", "addressee", "level", "implementation")
VALUES = dict(zip(FACETS, (40, 12, 30, 60, 40, 300, 90, 4, 7), strict=True))
FORMS = [
    line.split("\t")[2]
    for line in (ROOT / "tests" / "search" / "data" / "polish_forms.tsv").read_text().splitlines()[1:]
]
QUERIES, WORDS = 200, 90


def words(chance: random.Random, count: int) -> list[str]:
    """Half words of the list, half from a tail in which the n-th word is n times rarer than the first."""
    tail = (f"słowo{int(60_000 ** chance.random())}" for _ in range(count))
    return [chance.choice(FORMS) if chance.random() < 0.5 else word for word in tail]


def documents(count: int) -> Iterator[Document]:
    chance = random.Random(1)
    for n in range(count):
        text = words(chance, WORDS)
        title, body = analyse(" ".join(text[:8]), "pl"), analyse(" ".join(text[8:]), "pl")
        yield {
            "key": f"recommendation:{n}:pl",
            "kind": "recommendation",
            "translation": str(n),
            "language": "pl",
            "shown_in": ("pl", "en", "uk", "ru"),
            "title": title.positions,
            "lead": (),
            "body": body.positions,
            "names": (),
            "surface": (*title.surface, (), *body.surface),
            "facets": {
                facet: tuple({str(chance.randrange(VALUES[facet])) for _ in range(3 if facet == "tag" else 1)})
                for facet in FACETS
            },
            "addressed": (),
            "alerts": {},
            "last_date": f"{2000 + n % 25}-01-01",
            "sort_date": f"{2000 + n % 25}-01-01",
            "sort_title": text[0],
            "hash": str(n),
        }


def questions() -> list[SearchQuery]:
    chance = random.Random(2)
    asked = []
    for _ in range(QUERIES):
        filters = tuple((facet, (str(chance.randrange(4)),)) for facet in chance.sample(FACETS, chance.randrange(3)))
        asked.append(SearchQuery(" ".join(chance.sample(FORMS, chance.choice((1, 1, 2)))), filters))
    return asked


def timed(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000


def raw_count(engine: EmbeddedEngine, query: SearchQuery) -> int:
    tree = parse(query.text)
    searcher = _fresh(engine._generation())
    question = Question(engine._schema, searcher, query, ())
    compiled = Query.boolean_query([(Occur.Must, question.node(node)) for node in tree.required])
    started = time.process_time()
    found = searcher.search(compiled, 1)
    raw_times.append((time.process_time() - started) * 1000)
    return int(found.count)  # type: ignore[attr-defined]  # its type stub forgets this one


raw_times: list[float] = []


def quantiles(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def pages(engine: EmbeddedEngine) -> None:
    times: list[float] = []
    hits = 0
    asked = questions()
    for query in asked * 2:  # the first round warms both sides
        if query is asked[0]:
            times.clear()
            raw_times.clear()
        tree = parse(query.text)
        hits += raw_count(engine, query)
        times.append(timed(lambda query=query, tree=tree: engine.search(query, tree, FACETS)))  # type: ignore[misc]  # a lambda with defaults
    (page, slow_page), (raw, slow_raw) = quantiles(times), quantiles(raw_times)
    print(
        f"page / raw count         p50 {page / raw:5.1f}   p95 {slow_page / slow_raw:5.1f}   "
        f"({page:.2f} and {raw:.2f} ms; {hits // len(asked) // 2} hits a query)"
    )


def mask(engine: EmbeddedEngine) -> None:
    masked = [f"recommendation:{n}:pl" for n in range(1000)]
    bare, covered = [], []
    for query in questions():
        tree = parse(query.text)
        bare.append(timed(lambda query=query, tree=tree: engine.search(query, tree, FACETS)))  # type: ignore[misc]  # a lambda with defaults
        covered.append(timed(lambda query=query, tree=tree: engine.search(query, tree, FACETS, masked)))  # type: ignore[misc]  # a lambda with defaults
    print(f"1000 masked / none       p50 {statistics.median(covered) / statistics.median(bare):5.2f}")


def updates(engine: EmbeddedEngine, count: int) -> None:
    some = list(documents(100))
    one = min(timed(lambda: engine.apply(Batch(some[:1], number=2))) for _ in range(5))
    many = min(timed(lambda: engine.apply(Batch(some, number=2))) for _ in range(3)) / 100
    print(f"update alone / in 100    {one / many:5.1f}   ({one:.1f} and {many:.2f} ms of {count} documents)")


def analysis() -> None:
    text = " ".join(words(random.Random(3), 4000))
    place(text, "pl")
    warm = timed(lambda: place(text, "pl"))
    tree = parse("cudzoziemcom szkoła -rada")
    snippet = " ".join(words(random.Random(4), WORDS))
    excerpts = timed(lambda: [excerpt(snippet, tree, "pl") for _ in range(20)])
    typed = list(dict.fromkeys(form.translate(str.maketrans("ąćęłńóśźż", "acelnoszz")) for form in FORMS))
    restoring = timed(lambda: [restored(word) for word in typed]) / len(typed)
    print(
        f"words read again         {4000 / warm * 1000:,.0f} a second; 20 excerpts {excerpts:.1f} ms; "
        f"letters restored {restoring:.2f} ms a word"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = timed(lambda: readings("cudzoziemców", "pl"))
    print(f"{count} documents; first word after {first:.0f} ms")
    with tempfile.TemporaryDirectory() as directory:
        engine = EmbeddedEngine(Path(directory))
        ready = list(documents(count))
        building = timed(lambda: engine.rebuild(ready, 1))
        size = sum(file.stat().st_size for file in Path(directory).rglob("*") if file.is_file())
        print(f"rebuilt                  {count / building * 1000:,.0f} documents a second, {size / 1e6:.1f} MB")
        pages(engine)
        mask(engine)
        updates(engine, count)
    analysis()


if __name__ == "__main__":
    main()
