"""Keys of documents as numbers: half the size of the text, and in the order of hits that are alike in all else.

A key is "<kind>:<pk>:<language>"; its number orders by kind, then by pk as a number (9 before 10), then by language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from search.query import LANGUAGES

KINDS: tuple[str, ...] = ("document", "forum", "group", "organisation", "recommendation", "theme")
"""What there may be documents of. A new one goes to the end, and at most eight fit."""

BITS = 36
"""So many bits a number takes: of anything longer only the last ones are read."""

_PK_BITS, _LANGUAGE_BITS = 31, 2
_PK, _LANGUAGE = (1 << _PK_BITS) - 1, (1 << _LANGUAGE_BITS) - 1
_KIND = (1 << BITS - _PK_BITS - _LANGUAGE_BITS) - 1


def number_of(key: str) -> int:
    """The number of a key; ValueError if it is none of ours."""
    kind, _, rest = key.partition(":")
    pk, _, language = rest.partition(":")
    if kind not in KINDS or language not in LANGUAGES or not (pk.isascii() and pk.isdecimal() and int(pk) <= _PK):
        raise ValueError(f"A document is called kind:pk:language, not {key}.")
    return (KINDS.index(kind) << _PK_BITS | int(pk)) << _LANGUAGE_BITS | LANGUAGES.index(language)


def subject_in(key: str) -> str:
    """The key without its language: what the document is of."""
    return key.rpartition(":")[0]


def bare(numbers: Sequence[int]) -> list[int]:
    """The numbers of keys without what stands in the bits before them."""
    key = (1 << BITS) - 1
    return [number & key for number in numbers]


def pks_of(kind: str, numbers: Iterable[int]) -> list[int]:
    """The primary keys of those that are of this kind, in the order of the numbers, which are bare."""
    wanted = KINDS.index(kind)
    kind_at, pk_at, pk = _PK_BITS + _LANGUAGE_BITS, _LANGUAGE_BITS, _PK
    return [n >> pk_at & pk for n in numbers if n >> kind_at == wanted]


def keys_of(numbers: Sequence[int]) -> tuple[str, ...]:
    """The keys of numbers, whatever stands in the bits before them."""
    # There may be very many: nothing is called for each, and nothing looked up that can be kept here.
    kinds, languages = [f"{kind}:" for kind in KINDS], [f":{language}" for language in LANGUAGES]
    kind_at, kind, pk_at, pk, language = _PK_BITS + _LANGUAGE_BITS, _KIND, _LANGUAGE_BITS, _PK, _LANGUAGE
    return tuple([f"{kinds[n >> kind_at & kind]}{n >> pk_at & pk}{languages[n & language]}" for n in numbers])
