"""Filters that the words of a question name: "edukacja Lublin 2014" offers a theme, a city and a year.

Offered, never applied: a word may mean more than the label that is spelt alike. Only values that the answer itself
counts are offered, so that nothing is named here that the reader could not click on beside the hits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from search.analysis import is_stop_word, place
from search.labels import Labels
from search.parser import RESTORED_WEIGHT, parse
from search.query import SearchQuery
from search.results import FacetCount
from search.tree import Group, Phrase, Word

MOST = 5
NEVER = frozenset({"kind", "language"})
"""Facets whose labels are words of everyday questions ("recommendations", "Polish")."""

Keys = tuple[frozenset[str], ...]
"""The words of a text in order, each as all that it may be read as."""


@dataclass(frozen=True)
class Offer:
    """A value that the question names; `length` is the number of its words."""

    facet: str
    value: str
    label: str
    count: int
    question: str
    length: int


def offers(query: SearchQuery, counts: Mapping[str, Sequence[FacetCount]], labels: Mapping[str, Labels]) -> list[Offer]:
    """The values to offer, those of the longest names first; what is chosen already is not offered."""
    runs = runs_of(query)
    every = frozenset(key for run in runs for word in run.words for key in word)
    if not every:
        return []
    found = []
    for facet, some in counts.items():
        if facet in NEVER:
            continue
        asking = query.toggling(facet)
        for count in some:
            label = labels[facet].get(count.value)
            # Hundreds of names stand beside each answer, and most begin with no word of the question.
            if label is None or every.isdisjoint(_beginnings(label.names)):
                continue
            if not label.is_known or count.is_selected or not count.count:
                continue
            if length := _longest(runs, label.names):
                found.append(Offer(facet, count.value, label.text, count.count, asking(count.value), length))
    return sorted(found, key=lambda offer: (-offer.length, -offer.count, offer.facet, offer.value))[:MOST]


class Run(NamedTuple):
    """Words of a question that follow each other; a phrase in quotation marks is named by all of them or not at all."""

    words: Keys
    is_phrase: bool = False


def runs_of(query: SearchQuery) -> tuple[Run, ...]:
    """The words and phrases that the question asks for, in order; whatever else it holds parts them."""
    found: list[Run] = []
    words: list[frozenset[str]] = []
    for node in parse(query.text, query.language).required:
        read = list(_words(node)) if isinstance(node, Group) else []
        if len(read) == 1:
            words += read
            continue
        found += [Run(tuple(words)), Run(tuple(read), is_phrase=True)]
        words = []
    return (*found, Run(tuple(words)))


def _words(group: Group) -> Iterator[frozenset[str]]:
    keys = frozenset(
        each.key
        for each in group.alternatives
        if isinstance(each, Word) and not each.is_surface and each.weight >= RESTORED_WEIGHT
    )
    if keys:
        yield keys
        return
    for each in group.alternatives:
        if isinstance(each, Phrase):
            yield from (frozenset(some) for _distance, some in each.words)
            return


def _longest(runs: Sequence[Run], names: tuple[tuple[str, str], ...]) -> int:
    """The number of words of the longest of these names that stands in the question; 0 if none does."""
    return max((len(name) for name in _read(names) if any(_stands(name, run) for run in runs)), default=0)


def _stands(name: Keys, run: Run) -> bool:
    typed = run.words
    if run.is_phrase and len(name) != len(typed):
        return False
    starts = range(len(typed) - len(name) + 1)
    return any(all(word & typed[start + n] for n, word in enumerate(name)) for start in starts)


_KEPT = 20_000
"""Labels that stay read: the same ones stand beside every answer."""


@lru_cache(maxsize=_KEPT)
def _beginnings(names: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """What the first word of any of these names may be read as."""
    return frozenset(key for name in _read(names) for key in name[0])


@lru_cache(maxsize=_KEPT)
def _read(names: tuple[tuple[str, str], ...]) -> tuple[Keys, ...]:
    every = (
        tuple(frozenset(word.keys) for word in place(text, language) if not is_stop_word(word.token.form))
        for text, language in names
    )
    return tuple(dict.fromkeys(keys for keys in every if keys))
