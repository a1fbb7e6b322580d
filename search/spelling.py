"""Slips of the pen: the word of the index that a word nobody wrote was meant to be. Pure over a given vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.analysis.letters import fold, spelled
from search.analysis.pl import is_known

SHORTEST = 4
LONG = 8
"""Letters from which a word may have two slips; shorter ones have one, and those below SHORTEST none."""

MOST_LOOKED_AT = 40


class Speller:
    """Knows the folded word forms of an index and in how many documents each stands, and words that lists lead from."""

    def __init__(self, vocabulary: Mapping[str, int], listed: Iterable[str] = ()) -> None:
        every = dict.fromkeys(map(fold, listed), 0) | dict(vocabulary)
        self._counts = {form: count for form, count in every.items() if form.isalpha() and len(form) >= SHORTEST}
        # A slip rarely spoils the beginning: words are looked at that share one of the first two letters.
        self._by_letter: dict[tuple[int, int, str], list[str]] = {}
        for form in self._counts:
            for place in (0, 1):
                self._by_letter.setdefault((len(form), place, form[place]), []).append(form)
        self._every = frozenset(vocabulary)

    def holds(self, word: str) -> bool:
        """Whether the word stands in the index in this very form, however its letters are marked."""
        return fold(word) in self._every

    def near(self, word: str, most: int = 3) -> list[str]:
        """The likeliest words that this one was meant to be, the best first, spelt with Polish letters if it can be.

        Slips are letters left out, put in, changed, or swapped with their neighbour. Fewer slips come first, then
        words that begin alike, then the commoner ones.
        """
        typed = fold(word)
        if len(typed) < SHORTEST or not typed.isalpha():
            return []
        slips = 1 if len(typed) < LONG else 2
        found: dict[str, tuple[str, float, int]] = {}
        for length in range(len(typed) - slips, len(typed) + slips + 1):
            for place, letter in product((0, 1), {*typed[:2]}):
                choices = self._by_letter.get((length, place, letter), ())
                near = process.extract(typed, choices, scorer=OSA.distance, score_cutoff=slips, limit=MOST_LOOKED_AT)
                found |= {one[0]: one for one in near}
        ordered = sorted(found.values(), key=lambda one: (one[1], one[0][0] != typed[0], -self._counts[one[0]], one[0]))
        return [spelled(form, is_known) for form, _, _ in ordered[:most]]
