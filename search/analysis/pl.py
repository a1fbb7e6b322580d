"""Polish words: all readings of Morfeusz, Snowball for words it does not know, simplemma where there is no Morfeusz.

One reading would lose "rada" to "rad", and with it every form of the word: so all readings are kept.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from typing import Any

import snowballstemmer

from search.analysis import simple
from search.analysis.letters import has_polish_letters, restorations

HAS_MORFEUSZ = find_spec("morfeusz2") is not None
"""Morfeusz has no wheel for Linux on arm64 or with musl; simplemma then knows one reading of a word, not all."""

MOST_TRIES = 200
SHORT = 4


@cache
def _morfeusz() -> Any:
    import morfeusz2  # noqa: PLC0415 - optional, and its dictionary costs 40 MB

    return morfeusz2.Morfeusz(generate=False)


@cache
def _stemmer() -> Any:
    return snowballstemmer.stemmer("polish")


@lru_cache(maxsize=200_000)
def known(form: str, *, imperatives: bool = True) -> tuple[str, ...]:
    """The lemmas a dictionary gives for exactly this form, in lower case; none if it does not know the form."""
    if not HAS_MORFEUSZ:
        return tuple(filter(None, [simple.known("pl", form)]))
    lemmas = {}
    for start, _end, (_form, lemma, tag, *_rest) in _morfeusz().analyse(form):
        # Of an agglutinate ("byłem") only the first segment says what the word is.
        if start == 0 and tag != "ign" and (imperatives or not tag.startswith("impt")):
            lemmas[lemma.partition(":")[0].lower()] = True
    return tuple(lemmas)


@lru_cache(maxsize=200_000)
def readings(form: str) -> tuple[str, ...]:
    """All keys of a form: lemmas of its lower case, then those only its capitals allow, else its stem."""
    if not HAS_MORFEUSZ:
        return simple.readings("pl", form)
    lower = form.lower()
    keys = known(lower)
    if form != lower:
        keys = tuple(dict.fromkeys((*keys, *known(form))))
    return keys or (_stemmer().stemWord(lower),)


def is_known(form: str) -> bool:
    """Whether a dictionary knows the form, in this or in lower case."""
    return bool(known(form.lower()) or known(form))


@lru_cache(maxsize=20_000)
def restored(form: str) -> tuple[str, ...]:
    """Keys of the likeliest words that this form is when typed without Polish letters; for questions only.

    The spellings with the fewest changes that a dictionary knows, and those with one change more; of a short word
    all of them: the rare "łodź" must not hide "łódź". Imperatives do not count: "zespól" would hide "zespół". A known
    word that has some Polish letters was typed with care, so it gets none.
    """
    lower = form.lower()
    if not lower.isalpha() or (has_polish_letters(lower) and known(lower)):
        return ()
    keys: dict[str, bool] = {}
    for level in restorations(lower, MOST_TRIES):
        found = [key for spelling in level for key in _of_any_case(spelling)]
        was_found, keys = bool(keys), keys | dict.fromkeys(found, True)
        if was_found and len(lower) > SHORT:
            break
    return tuple(keys)


def _of_any_case(spelling: str) -> tuple[str, ...]:
    capital = known(spelling.capitalize(), imperatives=False)
    # Most spellings are no word. To Morfeusz every word may begin with a capital, so that one question says so.
    return () if HAS_MORFEUSZ and not capital else (*known(spelling, imperatives=False), *capital)


@lru_cache(maxsize=20_000)
def with_ending(form: str, ending: str) -> str:
    """The other word of a gender-inclusive form: "cudzoziemek" for "cudzoziemców/ek"; "" if there is none."""
    if not ending.islower():
        return ""
    lower = form.lower()
    for length in range(len(lower), max(2, len(lower) - 6), -1):
        candidate = lower[:length] + ending
        if known(candidate):
            return candidate
    return ""
