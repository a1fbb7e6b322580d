"""Completions of what is being typed, from the words of an index and from labels; pure over what it is given."""

from __future__ import annotations

import heapq
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from search.analysis import is_stop_word, key_of, place, readings
from search.analysis.letters import plainer, restorations
from search.analysis.pl import MOST_TRIES, is_known

SHORTEST = 2
"""Letters from which a word is completed: one letter begins half of all words."""

ROUND = 12
"""Words that are looked up one by one before many are looked up at once."""

_LAST = re.compile(r"[^\W_]+(?:['\u2019\u02bc-][^\W_]+)*$")
_HIGHEST = "\U0010ffff"


@dataclass(frozen=True)
class Typed:
    """What stands in the box: `head` is all before the word that is being typed, `start` that word, folded.

    `start` is "" where no word can be completed: after a blank, a quote, a bracket, inside a phrase, or too early.
    """

    text: str
    head: str
    start: str

    @classmethod
    def read(cls, text: str) -> Typed:
        match = _LAST.search(text)
        if match is None or text.count('"') % 2 or text[: match.start()].endswith("-"):
            return cls(text, text, "")
        start = key_of(match[0])
        return cls(text, text[: match.start()], start if len(start) >= SHORTEST else "")


class Vocabulary:
    """The folded words of an index, in order, with the number of documents each stands in."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts
        # People type "е" for "ё": forms stand, and are looked for, as if all did.
        self.forms = sorted((plainer(form), form) for form in counts)

    def completions(self, start: str, most: int) -> list[str]:
        """The commonest words that begin so and are longer, no stop words among them; at most `most`."""
        start = plainer(start)
        first, end = (bisect_left(self.forms, (bound,)) for bound in (start, start + _HIGHEST))
        longer = (
            form
            for plain, form in self.forms[first:end]
            if form.isalpha() and plain != start and not is_stop_word(form)
        )
        return heapq.nsmallest(most, longer, key=lambda form: (-self.counts[form], len(form), form))


@dataclass(frozen=True)
class Labelled:
    """A value of a facet and what it is called; `words` are the folded words of the label."""

    facet: str
    value: str
    label: str
    words: tuple[str, ...]


def folded(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared with what is typed."""
    return tuple(plainer(form) for word in place(text, "pl") for form in word.surface)


def begins(words: Sequence[str], typed: Sequence[str]) -> bool:
    """Whether each typed word begins a word of its own in this text, in any order."""
    left = list(words)
    for one in sorted(typed, key=len, reverse=True):
        found = next((word for word in left if word.startswith(one)), None)
        if found is None:
            return False
        left.remove(found)
    return bool(typed)


def labels_for(typed: str, labels: Iterable[Labelled], counts: Mapping[tuple[str, str], int]) -> list[Labelled]:
    """Labels that hold all typed words as beginnings and stand in a document that readers see, the commonest first."""
    words = folded(typed)
    found = [one for one in labels if (one.facet, one.value) in counts and begins(one.words, words)]
    return sorted(found, key=lambda one: (-counts[one.facet, one.value], one.label, one.facet))


def written(form: str, texts: Iterable[tuple[str, str]]) -> str:
    """The folded form as one of these (text, language) pairs writes it, in small letters; else as it is spelled."""
    for text, language in texts:
        for word in place(text, language):
            if form in word.surface and key_of(word.token.form) == form:
                return word.token.form.lower()
    return spelled(form)


@lru_cache(maxsize=20_000)
def spelled(form: str) -> str:
    """The folded form with the fewest Polish letters that make it a word of the dictionary; itself if nothing does."""
    if not form.isascii() or is_known(form):
        return form
    for level in restorations(form, MOST_TRIES):
        if found := next(filter(is_known, level), ""):
            return found
    return form


def standing(forms: Iterable[str], language: str, holder: Callable[[Sequence[str]], str]) -> Iterator[tuple[str, str]]:
    """The folded forms that readers find, in order, each with what holds it; one form of each word: all find the same.

    `holder` names something that holds any of the forms it is given, "" if nothing does. Words of what is hidden stay
    in a vocabulary for a while and may be many: after the first round one question dismisses a whole round of them.
    """
    known: set[str] = set()

    def is_known_already(form: str) -> bool:
        return not known.isdisjoint(readings(spelled(form), language))

    def held(some: Iterable[str]) -> Iterator[tuple[str, str]]:
        for form in some:
            if not is_known_already(form) and (found := holder((form,))):
                known.update(readings(spelled(form), language))
                yield form, found

    left = iter(forms)
    yield from held(islice(left, ROUND))
    while batch := tuple(islice(left, ROUND)):
        fresh = tuple(form for form in batch if not is_known_already(form))
        if fresh and holder(fresh):
            yield from held(fresh)
