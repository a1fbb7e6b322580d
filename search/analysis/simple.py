"""Lemmas by simplemma with its compact dictionaries: the default ones take 360 MB for Polish alone, in each worker."""

from bisect import bisect_right
from functools import cache, lru_cache
from itertools import islice
from typing import cast

from simplemma.strategies import DefaultStrategy
from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY
from simplemma.strategies.dictionaries.frontcode import _iter_records
from simplemma.strategies.dictionaries.stream_dictionary_factory import _BLOCK_SIZE, StreamMap


@cache
def _strategy() -> DefaultStrategy:
    return DefaultStrategy(low_memory=True)


@lru_cache(maxsize=50_000)
def known(language: str, form: str) -> str:
    """The lemma of a form that stands in the dictionary itself, in lower case; "" if it is not there."""
    word = form.encode()
    beside = _block(language, bisect_right(_dictionary(language)._firsts, word) - 1)
    return lemma(language, form) if word in beside else ""


@lru_cache(maxsize=64)
def _block(language: str, number: int) -> frozenset[bytes]:
    """The words of one block of a dictionary, in bytes: those next to each other in the alphabet.

    Of one slip of the pen a hundred forms are tried, which stand in five blocks; simplemma unpacks one for each form.
    What it keeps to itself is read here: a test holds the answers to its own.
    """
    dictionary = _dictionary(language)
    records = _iter_records(dictionary._data, *dictionary._blocks[number])
    return frozenset(word for _, word, _ in islice(records, _BLOCK_SIZE))


@cache
def _dictionary(language: str) -> StreamMap:
    return cast("StreamMap", LOW_MEMORY_DICTIONARY_FACTORY.get_dictionary(language))


@lru_cache(maxsize=200_000)
def lemma(language: str, form: str) -> str:
    """The lemma that dictionary or rules give, in lower case; "" if they give none."""
    return (_strategy().get_lemma(form, language) or "").lower()


def readings(language: str, form: str) -> tuple[str, ...]:
    """The one key of a form: its lemma, tried in lower case and then with a capital, or the form itself."""
    lower = form.lower()
    return (lemma(language, lower) or lemma(language, lower.capitalize()) or lower,)
