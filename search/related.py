"""What makes a text unlike the others, as a question: its most telling words; pure over what it is given."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from search.analysis import analyse, is_stop_word
from search.tree import AnyOf, Group, Tree, Word

MOST_WORDS = 12
ENOUGH = 0.15
"""Share of its own score that another text must reach: less is one common word."""

SAME_THEME, SAME_TAG = 1.5, 1.25
"""How much more it counts to stand under the same theme, or tag, as well."""

Readings = tuple[str, ...]


def words_of(texts: Iterable[str], language: str) -> Counter[Readings]:
    """The words of the texts, each as all that it may be read as, with how often it stands there; no stop words."""
    return Counter(
        keys
        for text in texts
        for keys, forms in zip(*_streams(text, language), strict=True)
        if keys and not any(form.isdecimal() or len(form) < 3 or is_stop_word(form) for form in forms)
    )


def _streams(text: str, language: str) -> tuple[tuple[Readings, ...], tuple[Readings, ...]]:
    analysed = analyse(text, language)
    return analysed.positions, analysed.surface


def telling(words: Mapping[Readings, int], frequencies: Mapping[str, int], documents: int) -> tuple[Readings, ...]:
    """The twelve words that say most: often here, seldom in the other documents. A word of no other document says
    nothing about them and is left out."""
    scored = []
    for keys, count in words.items():
        # A word is as common as its commonest reading, since that is what it would find.
        common = max(frequencies.get(key, 0) for key in keys)
        if common > 1:
            scored.append((-(1 + math.log(count)) * math.log(1 + documents / common), keys))
    return tuple(keys for _score, keys in sorted(scored)[:MOST_WORDS])


def tree_of(words: Iterable[Readings]) -> Tree:
    """Whatever holds any of these words, the more of them and the rarer the better."""
    groups = tuple(Group(tuple(Word(key) for key in keys)) for keys in words)
    if not groups:
        return Tree()
    return Tree((AnyOf(groups) if len(groups) > 1 else groups[0],))


def ranked(scores: Mapping[str, float], own: float, same_theme: frozenset[str], same_tag: frozenset[str]) -> list[str]:
    """The keys by how near they are; those that share next to nothing are left out. `own` is the text's own score."""
    near = {}
    for key, score in scores.items():
        score *= SAME_THEME if key in same_theme else 1
        score *= SAME_TAG if key in same_tag else 1
        if score >= ENOUGH * own:
            near[key] = score
    return sorted(near, key=lambda key: (-near[key], key))
