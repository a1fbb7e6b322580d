"""Slips of the pen: the word of the index that a word nobody wrote was meant to be. Pure over a given vocabulary."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice, product
from string import ascii_lowercase

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.analysis import is_known
from search.analysis.letters import CYRILLIC, fold, restorations, spelled

SHORTEST = 4
LONG = 8
"""Letters from which a word may have two slips; shorter ones have one, and those below SHORTEST none."""

MOST_LOOKED_AT = 40

STEM, ENDING, LAST = 4, 5, 3
"""Of a form that stands nowhere: how many letters at least, and all but how many, begin a word that does stand there,
and how many of its last letters end one. That spares most of the dictionary look-ups."""

MOST_ASKED = 120
"""Forms of which a dictionary is asked for one slip, the likeliest first: those of Cyrillic words answer slowly."""

MOST_SPELLINGS, MOST_LOOKED_UP = 8, 60
"""Spellings with Polish letters put back that are tried of one form, and of all forms for one slip."""

# Strings of letters below U+0100 are compared in half the time. What they become here is no letter of any word.
_NARROW = {ord(letter): chr(0x80 + place) for place, letter in enumerate(CYRILLIC)}
_WIDE = {ord(narrow): chr(letter) for letter, narrow in _NARROW.items()}


class Speller:
    """Knows the folded word forms of an index and in how many documents each stands, and words that lists lead from."""

    def __init__(self, vocabulary: Mapping[str, int], listed: Iterable[str] = ()) -> None:
        every = dict.fromkeys(map(fold, listed), 0) | dict(vocabulary)
        self._counts = {form: count for form, count in every.items() if form.isalpha() and len(form) >= SHORTEST}
        # A slip rarely spoils the beginning: words are looked at that share one of the first two letters.
        self._by_letter: dict[tuple[int, int, str], list[str]] = {}
        for form in self._counts:
            narrow = form.translate(_NARROW)
            for place in (0, 1):
                self._by_letter.setdefault((len(form), place, narrow[place]), []).append(narrow)
        self._sorted = sorted(self._counts)
        self._firsts = frozenset(form[:STEM] for form in self._counts)
        self._lasts = frozenset(form[-LAST:] for form in self._counts)

    def stands_in(self, word: str) -> int:
        """In how many documents the word stands in this very form, however its letters are marked; hidden ones too."""
        return self._counts.get(fold(word), 0)

    def near(self, word: str, most: int = 3) -> list[str]:
        """The likeliest words that this one was meant to be, the best first, spelt with Polish letters if it can be.

        Slips are letters left out, put in, changed, or swapped with their neighbour. Fewer slips come first, then
        words that begin alike, then the commoner ones. Of a word that is one slip from no form of the index, the forms
        of the dictionary come in between: they may find the others of their word, which is for the index to say.
        """
        typed = fold(word)
        if len(typed) < SHORTEST or not typed.isalpha():
            return []
        slips = 1 if len(typed) < LONG else 2
        narrow = typed.translate(_NARROW)
        found: dict[str, float] = {}
        for length in range(len(typed) - slips, len(typed) + slips + 1):
            for place, letter in product((0, 1), {*narrow[:2]}):
                choices = self._by_letter.get((length, place, letter), ())
                near = process.extract(narrow, choices, scorer=OSA.distance, score_cutoff=slips, limit=MOST_LOOKED_AT)
                found |= {form.translate(_WIDE): away for form, away, _ in near}
        ordered = sorted(found, key=lambda form: (found[form], form[0] != typed[0], -self._counts[form], form))
        nearest = [spelled(form, is_known) for form in ordered[:most]]
        if ordered and found[ordered[0]] <= 1:
            return nearest
        return [*self._inflected(word, most), *nearest]

    def _inflected(self, word: str, most: int) -> list[str]:
        """Forms of the dictionary one slip away that begin and end as words of the index do."""
        typed, folded = word.lower(), fold(word)
        forms = _one_slip_from(folded)
        spellings = forms if folded == typed else _one_slip_from(typed)
        begins_one = cache(self._begins_one)  # most slips leave the beginning as it is
        start = {len(folded) + more: max(STEM, len(folded) + more - ENDING) for more in (-1, 0, 1)}
        likely = {
            form: spelling
            for form, spelling in zip(forms, spellings, strict=False)
            if form[-LAST:] in self._lasts and form[:STEM] in self._firsts and begins_one(form[: start[len(form)]])
        }
        found = list(islice(filter(is_known, islice(likely.values(), MOST_ASKED)), most))
        if found or not folded.isascii():
            return found
        restored = (spelling for form in likely for level in restorations(form, MOST_SPELLINGS) for spelling in level)
        return list(islice(filter(is_known, islice(restored, MOST_LOOKED_UP)), most))

    def _begins_one(self, start: str) -> bool:
        at = bisect_left(self._sorted, start)
        return at < len(self._sorted) and self._sorted[at].startswith(start)


def _one_slip_from(typed: str) -> list[str]:
    """What was meant if two letters were swapped, one was put in, changed or left out: the likeliest slips first."""
    letters = CYRILLIC if any(map(CYRILLIC.__contains__, typed)) else ascii_lowercase
    cuts = [(typed[:i], typed[i:]) for i in range(len(typed))]
    forms = [before + behind[1] + behind[0] + behind[2:] for before, behind in cuts[:-1]]
    forms += [before + behind[1:] for before, behind in cuts]
    for before, behind in cuts:
        forms += [before + letter + behind for letter in letters]
        forms += [before + letter + behind[1:] for letter in letters]
    return [*forms, *(typed + letter for letter in letters)]
