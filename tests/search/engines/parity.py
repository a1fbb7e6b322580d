"""Whether two engines give the same answers: the same documents and questions for both, and what was alike."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from search.engines.base import Batch, Document, Engine
from search.parser import parse
from search.query import FACET_NAMES, SearchQuery
from search.results import SearchResults
from tests.factories.corpus import Corpus

LEAST_OVERLAP = 0.98
"""Of the first ten, after updates: until a merge each engine still weighs words by some documents that are gone."""


@dataclass(frozen=True)
class Parity:
    """How many questions were asked, and of how many the two answers were alike; `ordered` counts those with hits
    enough to have an order, `hits` all hits of one engine."""

    asked: int
    hits: int
    sets: int
    totals: int
    facets: int
    ordered: int
    orders: int
    overlap: float

    @property
    def is_equal(self) -> bool:
        """Whether the same documents were found and counted each time."""
        return self.sets == self.totals == self.facets == self.asked

    def row(self, name: str) -> str:
        return (
            f"{name:32} {self.hits:9,} {self.sets:4}/{self.asked} {self.totals:4}/{self.asked} "
            f"{self.facets:4}/{self.asked} {self.overlap:8.3f} {self.orders:5}/{self.ordered}"
        )


HEADER = f"{'':32} {'hits':>9} {'sets':>8} {'totals':>8} {'facets':>8} {'overlap':>8} {'order':>9}"


def documents(corpus: Corpus, count: int, *, seed: int = 1) -> Iterator[Document]:
    """Documents of which some have no lead and some have names: engines differ where a part is empty."""
    for number, document in enumerate(corpus.documents(count, seed=seed)):
        if number % 5 == 0:
            document["lead"], document["names"] = (), document["lead"]
        yield document


def compared(one: Engine, other: Engine, questions: Sequence[SearchQuery]) -> Parity:
    """Put the questions to both."""
    hits = sets = totals = facets = ordered = orders = 0
    overlaps = []
    for question in questions:
        mine, its = first_page(one, question), first_page(other, question)
        hits += mine.total
        totals += mine.total == its.total
        facets += mine.facets == its.facets and mine.is_partial == its.is_partial
        sets += matches(one, question) == matches(other, question)
        ordered += mine.total > 1
        orders += mine.total > 1 and mine.keys == its.keys
        if ten := mine.keys[:10]:
            overlaps.append(len({*ten} & {*its.keys[:10]}) / len(ten))
    return Parity(len(questions), hits, sets, totals, facets, ordered, orders, statistics.mean(overlaps or [1.0]))


def first_page(engine: Engine, question: SearchQuery) -> SearchResults:
    return engine.search(question, parse(question.text), FACET_NAMES)


def matches(engine: Engine, question: SearchQuery) -> set[str]:
    """The keys of all hits, as far as page numbers reach."""
    every = replace(question, sort="newest", page_size=500)
    found: set[str] = set()
    tree = parse(question.text)
    for page in range(1, 21):
        keys = engine.search(every.with_page(page), tree).keys
        found |= set(keys)
        if len(keys) < every.page_size:
            break
    return found


def update(engines: Sequence[Engine], corpus: Corpus, count: int, updates: int, batches: int) -> None:
    """Replace the first documents by others, in batches, on each engine."""
    others = list(documents(corpus, min(updates, count), seed=7))
    size = -(-len(others) // batches)
    for number, start in enumerate(range(0, len(others), size), start=2):
        for engine in engines:
            engine.apply(Batch(others[start : start + size], number=number))
