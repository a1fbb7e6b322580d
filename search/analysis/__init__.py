"""Words to keys: the one place that decides which forms are the same word, for documents, questions and highlights.

A position of a text holds all keys of its word. Polish reads every Latin word, whatever the language; words in
Cyrillic are read as Ukrainian and as Russian; English adds its reading where the language is English.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from itertools import islice
from typing import NamedTuple

from search.analysis import en, pl, ru, simple, uk
from search.analysis.letters import fold, normal, sisters, sort_key
from search.analysis.numbers import ORDINALS, number_of
from search.analysis.stop_words import STOP_WORDS
from search.analysis.tokens import Token, made, split_ending, tokens

__all__ = [
    "ANALYSER_FINGERPRINT",
    "MAX_KEY",
    "MAX_READINGS",
    "Analysed",
    "Placed",
    "analyse",
    "asked",
    "fold",
    "is_stop_word",
    "join",
    "key_of",
    "load_dictionaries",
    "normal",
    "place",
    "read",
    "readings",
    "restored",
    "sort_key",
]

MAX_READINGS = 6
MAX_KEY = 255

_PACKAGES = ("morfeusz2", "simplemma", "snowballstemmer") if pl.HAS_MORFEUSZ else ("simplemma", "snowballstemmer")
ANALYSER_FINGERPRINT = " ".join(["rules=3", *(f"{name}={version(name)}" for name in _PACKAGES)])
"""Names and versions of all that decides a key; the wheels carry the dictionaries. Another text means: rebuild."""

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
# Letters that the other language does not have.
_UKRAINIAN, _RUSSIAN = re.compile("[ґєії]", re.IGNORECASE), re.compile("[ёъыэ]", re.IGNORECASE)


class Placed(NamedTuple):
    """A word of a text: where it stands, its keys, and its folded forms; `token` says how it was written."""

    token: Token
    keys: tuple[str, ...]
    surface: tuple[str, ...]


@dataclass(frozen=True)
class Analysed:
    """What a document stores of one text: two streams of equal length, position by position."""

    positions: tuple[tuple[str, ...], ...] = ()
    surface: tuple[tuple[str, ...], ...] = ()


def analyse(text: str, language: str) -> Analysed:
    """The key and surface streams of a plain text (no markup) in this language: "pl", "uk", "ru" or "en"."""
    placed = place(text, language)
    return Analysed(tuple(word.keys for word in placed), tuple(word.surface for word in placed))


def join(parts: Sequence[Analysed]) -> Analysed:
    """Several texts as one, with a gap between them so that no phrase spans two: labels into `names`, and so on."""
    positions: list[tuple[str, ...]] = []
    surface: list[tuple[str, ...]] = []
    for part in parts:
        if positions and part.positions:
            positions.append(())
            surface.append(())
        positions.extend(part.positions)
        surface.extend(part.surface)
    return Analysed(tuple(positions), tuple(surface))


def place(text: str, language: str) -> tuple[Placed, ...]:
    """The words of `normal(text)` in order, one for each position; offsets refer to the normalised text."""
    text = normal(text)
    words: list[Placed] = []
    for token in tokens(text):
        if not (token.ending or token.whole or token.joined):  # nearly every word
            words.append(made(Placed, (token, *read(token.form, language))))
            continue
        other = pl.with_ending(token.form, token.ending) if token.ending else ""
        if other:
            keys = dict.fromkeys((*readings(token.form, language), *readings(other, language)))
            words.append(Placed(token, tuple(keys)[: MAX_READINGS * 2], (key_of(token.form), key_of(other))))
            if len(token.ending) > 2 and pl.is_known(token.ending):
                # "praca/dom" may be two words after all: then the second is not lost.
                words.append(_placed(list(split_ending(token, text))[1], language))
        elif token.ending:
            words += (_placed(part, language) for part in split_ending(token, text))
        elif _is_of_address(token, text):
            key = key_of(token.form)
            words.append(Placed(token, (key,), (key,)))
        else:
            words.append(_placed(token, language))
    return tuple(words)


LONGEST_DOMAIN = 3
_ADDRESS = re.compile(r"\.(?:[^\W\d_]{2,3}/\S*)?$")
_LOOKED_AT = 80


def _is_of_address(token: Token, text: str) -> bool:
    """Whether it is a short piece of an address on the net: to a dictionary ".pl" is Poland, and most addresses have
    one."""
    if not token.joined or len(token.form) > LONGEST_DOMAIN or not token.form.isalpha():
        return False
    return _ADDRESS.search(text, max(0, token.start - _LOOKED_AT), token.start) is not None


def _placed(token: Token, language: str) -> Placed:
    keys, surface = read(token.form, language)
    if token.whole:
        whole = key_of(token.whole.replace("\u2013", "-"))
        keys, surface = (whole, *keys), (whole, *surface)
    return Placed(token, keys, surface)


def readings(form: str, language: str) -> tuple[str, ...]:
    """All keys of one written form, at most six of at most 255 characters; never empty for a non-empty form."""
    return read(form, language)[0]


_KEPT = 400_000
"""Forms of one language that stay read."""

_kept: defaultdict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(dict)


def read(form: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of one written form, and the form as a surface stream holds it: what `place` says of a word of letters
    alone."""
    kept, form = _kept[language], form[:MAX_KEY]
    found = kept.get(form)
    if found is None:
        # Not lru_cache: to remember which was asked for last costs more than all else that is done with a word.
        if len(kept) >= _KEPT:
            kept.clear()
        found = kept[form] = _readings(form, language), (key_of(form),)
    return found


def _readings(form: str, language: str) -> tuple[str, ...]:
    if number := number_of(form):
        return tuple(dict.fromkeys((form.lower(), number)))
    form = form.replace("\u2019", "'").replace("\u02bc", "'")
    keys: tuple[str, ...]
    if _CYRILLIC.search(form):
        keys = (*uk.readings(form), *ru.readings(form))
    elif language == "en":
        keys = (*en.readings(form), *pl.readings(form))
    else:
        keys = pl.readings(form)
    ordinals = (ORDINALS[key] for key in keys if key in ORDINALS)
    return tuple(dict.fromkeys((*ordinals, *(key[:MAX_KEY] for key in keys))))[:MAX_READINGS]


def is_known(form: str) -> bool:
    """Whether a dictionary of the script it begins in knows the form, in this or in lower case."""
    if not _CYRILLIC.match(form):
        return pl.is_known(form)
    languages = ("uk",) if _UKRAINIAN.search(form) else ("ru",) if _RUSSIAN.search(form) else ("uk", "ru")
    return any(simple.known(language, each) for each in {form.lower(), form} for language in languages)


def load_dictionaries() -> None:
    """Read the dictionaries of all languages, which takes two seconds and else is done at the first word of each."""
    for form, language in (("szkoła", "pl"), ("school", "en"), ("школа", "uk")):
        readings(form, language)


def asked(form: str, language: str) -> tuple[str, ...]:
    """All keys of a form in a question: as `readings`, and as if it had a capital, since people type "poznań"."""
    if number_of(form) or len(form) == 1:
        return readings(form, language)
    return tuple(dict.fromkeys((*readings(form, language), *readings(form.capitalize(), language))))[:MAX_READINGS]


def restored(form: str) -> tuple[str, ...]:
    """Keys of the words this form may be when typed without Polish letters, or with other Cyrillic ones (е for ё); for
    questions only, never for texts."""
    if len(form) > MAX_KEY:
        return ()
    if _CYRILLIC.search(form):
        return _of_sisters(form.lower())
    return pl.restored(form)[:MAX_READINGS] if form.isalpha() else ()


@lru_cache(maxsize=20_000)
def _of_sisters(form: str) -> tuple[str, ...]:
    """A spelling that no dictionary knows may be a name: it stands for itself."""
    keys = dict.fromkeys(
        key
        for sister in islice(dict.fromkeys(sisters(form)), 2 * MAX_READINGS)
        for key in (simple.known("uk", sister), simple.known("ru", sister), sister)
    )
    return tuple(key for key in keys if key)[: 2 * MAX_READINGS]


def key_of(form: str) -> str:
    """The folded form as a surface stream holds it."""
    return fold(form[:MAX_KEY])[:MAX_KEY]


def is_stop_word(form: str) -> bool:
    """Whether a question may do without this word. "I" as a numeral is none."""
    return number_of(form) is None and form.lower() in STOP_WORDS
