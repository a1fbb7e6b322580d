"""What else a word of a question finds: synonyms, families of words, other names of bodies, words of other languages.

Lists are applied to questions only, so that a change of them needs no new index. A word leads to the other words of its
groups, at most from there to theirs, and no further: lists cannot run in circles, whatever stands in them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import takewhile
from operator import itemgetter
from typing import NamedTuple

from search.analysis import key_of, place

WEIGHTS: Mapping[str, float] = {
    "synonym": 0.5,
    "name": 0.5,
    "place": 0.5,
    "glossary": 0.5,
    "family": 0.4,
    "related": 0.4,
}
"""How much a match by another word counts against one by the word itself, by kind of group."""

ONE_WAY = frozenset({"related"})
"""Kinds whose first word, in each language, leads to the others but is not found by them: "doctor" finds "hospital",
not the reverse."""

LEAST_WEIGHT = 0.15
"""What a word that is reached by two steps must count at least: a synonym of a synonym does, no more than that."""

LEAST_AFTER_RELATED = 0.5
"""What a group must count by which a merely related word leads on: its synonyms do. Otherwise children would lead by
pupils to all of education."""

MOST_OTHERS = 44
"""Words and phrases that one word of a question may bring, the weightiest first: with fewer, "edukacja" finds schools
in Polish texts and not in their translations."""

LONGEST_FURTHER = 2
"""Words of a phrase that is reached by two steps, at most: longer ones name something of their own."""

SHORTEST_START = 5
"""Letters from which on the beginning of a word tells which words of the lists may be meant."""

START_WEIGHT = 0.5
"""What the others of a word count where only its beginning was typed, and so any word that begins so may be meant."""

MOST_PHRASES = 16
"""Phrases among them: to look for one takes as long as for ten words."""

SOURCE = "pl"
"""The language that every text is there in."""

Places = tuple[tuple[str, ...], ...]
"""A word or phrase: the keys that may stand at each of its places."""


@dataclass(frozen=True)
class TermGroup:
    """Words and phrases that find each other, each with the language it is written in; `kind` is one of WEIGHTS."""

    kind: str
    terms: tuple[tuple[str, str], ...]


class Other(NamedTuple):
    """A word or phrase that a question did not hold but finds as well, and what that counts."""

    places: Places
    weight: float


class Match(NamedTuple):
    """So many words of a question, from where it was asked for, are in a list, and bring these others."""

    length: int
    others: tuple[Other, ...]


@dataclass
class _Entry:
    places: Places
    languages: set[str] = field(default_factory=set)
    others: dict[Places, float] = field(default_factory=dict)
    related: set[Places] = field(default_factory=set)


class Lists:
    """All groups, ready to be asked about the words of a question."""

    def __init__(self, groups: Iterable[TermGroup] = (), *, languages: Set[str] | None = None) -> None:
        """`languages`: of the words that are led to; None means all."""
        self._groups = tuple(groups)
        self._languages = languages
        self._narrowed: dict[str, Lists] = {}
        self._entries: dict[Places, _Entry] = {}
        self._by_key: dict[str, list[_Entry]] = {}
        for group in self._groups:
            self._add(group)

    def for_readers_of(self, language: str) -> Lists:
        """The same words, leading to Polish ones and to those of this language: readers are shown texts of no others.

        What is told in all languages, as labels are, is told in Polish too. To reach it by way of another language
        would only mix up what that language has one word for: "допомога" is an allowance and help.
        """
        if language not in self._narrowed:
            self._narrowed[language] = Lists(self._groups, languages={SOURCE, language})
        return self._narrowed[language]

    def _add(self, group: TermGroup) -> None:
        terms: dict[Places, set[str]] = {}
        heads: dict[str, Places] = {}
        for text, language in group.terms:
            if places := places_of(text, language):
                terms.setdefault(places, set()).add(language)
                heads.setdefault(language, places)
        weight = WEIGHTS[group.kind]
        leading = list(heads.values()) if group.kind in ONE_WAY else list(terms)
        led_to = [each for each, spoken in terms.items() if self._languages is None or spoken & self._languages]
        for places in leading:
            entry = self._entry(places)
            entry.languages |= terms[places]
            for other in led_to:
                if other != places and not (group.kind in ONE_WAY and other in leading):
                    if group.kind not in ONE_WAY:
                        entry.related.discard(other)
                    elif other not in entry.others:
                        entry.related.add(other)
                    entry.others[other] = max(weight, entry.others.get(other, 0.0))

    def _entry(self, places: Places) -> _Entry:
        if places not in self._entries:
            self._entries[places] = entry = _Entry(places)
            for key in places[0]:
                self._by_key.setdefault(key, []).append(entry)
        return self._entries[places]

    @property
    def words(self) -> list[str]:
        """Every single word that a list leads from, as a dictionary has it."""
        return [places[0][0] for places in self._entries if len(places) == 1]

    def match(
        self, words: Sequence[Mapping[str, float]], at: int, length: int = 0, *, is_wide: bool = False
    ) -> Match | None:
        """The longest run of words from `at` on that is in a list, or the one of exactly `length` words.

        words    for each word of a question its keys with their weights; no key at all: a word that no list knows
        is_wide  with what the others lead to in their turn: for a question of one word, which nothing else narrows
        """
        found: dict[int, dict[Places, float]] = {}
        typed: dict[int, list[_Entry]] = {}
        for key in words[at]:
            for entry in self._by_key.get(key, ()):
                fits = len(entry.places) == length if length else at + len(entry.places) <= len(words)
                if fits and (weight := _weight(entry.places, words[at : at + len(entry.places)])):
                    typed.setdefault(len(entry.places), []).append(entry)
                    others = found.setdefault(len(entry.places), {})
                    for other, of_other in entry.others.items():
                        others[other] = max(round(weight * of_other, 4), others.get(other, 0.0))
        if not found:
            return None
        longest = max(found)
        others = self._further(found[longest], typed[longest]) if is_wide else found[longest]
        for entry in typed[longest]:
            others.pop(entry.places, None)
        return Match(longest, _weightiest(others))

    def starting(self, start: str) -> tuple[Other, ...]:
        """What the single words that begin so (folded) bring, without those that begin so themselves."""
        if len(start) < SHORTEST_START:
            return ()
        others: dict[Places, float] = {}
        first = bisect_left(self._starts, start, key=itemgetter(0))
        for _, entry in takewhile(lambda pair: pair[0].startswith(start), self._starts[first:]):
            for other, weight in entry.others.items():
                if len(other) > 1 or not any(key_of(key).startswith(start) for key in other[0]):
                    others[other] = max(round(weight * START_WEIGHT, 4), others.get(other, 0.0))
        return _weightiest(others)

    @cached_property
    def _starts(self) -> list[tuple[str, _Entry]]:
        single = [entry for places, entry in self._entries.items() if len(places) == 1]
        return sorted(((key_of(key), entry) for entry in single for key in entry.places[0]), key=itemgetter(0))

    def _further(self, others: Mapping[Places, float], typed: Sequence[_Entry]) -> dict[Places, float]:
        """These, and the words that Polish ones of them lead to in their turn, for less; a second step and no third.

        Not by way of another language: "обучение" is a course and all of education.
        """
        every = dict(others)
        for places, weight in others.items():
            is_related = not any(places in each.others and places not in each.related for each in typed)
            entry = self._entries.get(places)
            if entry and SOURCE in entry.languages:
                for other, of_other in entry.others.items():
                    if is_related and of_other < LEAST_AFTER_RELATED:
                        continue
                    further = round(weight * of_other, 4)
                    if len(other) <= LONGEST_FURTHER and further >= LEAST_WEIGHT and further > every.get(other, 0.0):
                        every[other] = further
        return every


NO_LISTS = Lists()


def _weightiest(others: Mapping[Places, float]) -> tuple[Other, ...]:
    ordered = sorted(others.items(), key=lambda pair: -pair[1])
    phrases = [pair for pair in ordered if len(pair[0]) > 1][MOST_PHRASES:]
    ordered = [pair for pair in ordered if pair not in phrases][:MOST_OTHERS]
    return tuple(Other(places, weight) for places, weight in ordered)


def _weight(places: Places, words: Sequence[Mapping[str, float]]) -> float:
    # Every place must meet a key of its word; the weakest meeting counts, as of letters that were put back.
    best = [max((word.get(key, 0.0) for key in keys), default=0.0) for keys, word in zip(places, words, strict=True)]
    return min(best)


# Lists are made anew whenever one word of them changes, and once more for each language.
@lru_cache(maxsize=20_000)
def places_of(text: str, language: str) -> Places:
    """A word or phrase of a list as the keys of its places; empty if it holds no word at all.

    A single word stands in its lists as in a dictionary, so of its readings only that of this very form counts:
    "prawa" as a heading is no form of "prawy".
    """
    keys = [word.keys for word in place(text, language)]
    if len(keys) == 1 and (lemma := text.strip().lower()) in keys[0]:
        return ((lemma,),)
    return tuple(keys)
