"""Letters: folding them away, putting Polish ones back, and the order of titles. Pure tables, no dictionary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import combinations, product

RESTORED = {"a": "ą", "c": "ć", "e": "ę", "l": "ł", "n": "ń", "o": "ó", "s": "ś", "z": "żź"}
# These have no Unicode decomposition; ł is the one every general tool forgets.
_WHOLE = {"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe"}
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u02b9": "'", "`": "'"})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

CYRILLIC = "абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюя"
"""The small letters of Ukrainian and Russian."""

MARK = "\uf8ff"
"""After a base letter it sorts its accented sister behind every continuation of the base letter."""

_ORDER = {letter: base + MARK for base, letter in zip("acelnosгеи", "ąćęłńóśґєі", strict=True)}
_ORDER |= {"ź": "z" + MARK, "ż": "z" + MARK * 2, "ї": "и" + MARK * 2, "ё": "е" + MARK}


def normal(text: str) -> str:
    """Composed characters, without soft hyphens and other invisible ones: what tokens' offsets refer to."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Lower case, Latin letters without accents, one kind of apostrophe. Cyrillic й, ї, ё are letters and stay."""
    out = []
    for char in word.lower().translate(_APOSTROPHES):
        base = _WHOLE.get(char) or unicodedata.normalize("NFKD", char)[0]
        out.append(base if base.isascii() else char)
    return "".join(out)


def has_polish_letters(word: str) -> bool:
    """Whether a lower-case word holds a letter that `fold` would change."""
    return fold(word) != word


def restorations(word: str, most_tries: int) -> Iterator[list[str]]:
    """Lower-case spellings with Polish letters put back: first all with one change, then with two, and so on.

    Stops after about `most_tries` spellings in all; a level is never cut in the middle.
    """
    options = {i: letters for i, char in enumerate(word) if char in RESTORED and (letters := _allowed(word, i))}
    tries = 0
    for size in range(1, len(options) + 1):
        level = []
        for chosen in combinations(options, size):
            for restored in product(*(options[i] for i in chosen)):
                chars = list(word)
                for i, letter in zip(chosen, restored, strict=True):
                    chars[i] = letter
                level.append("".join(chars))
            if tries + len(level) > most_tries:
                return
        tries += len(level)
        yield level


_SISTERS = {"е": "ё", "ё": "е", "і": "ї", "ї": "і", "г": "ґ", "ґ": "г"}
_PLAIN = str.maketrans("ёїґ", "еіг", "'")
_SOFTENING, _HARD = "яюєї", "бпвмфрн"


def sisters(word: str) -> Iterator[str]:
    """Lower-case spellings of a Cyrillic word with one letter as people also type it (е for ё, і for ї, г for ґ), or
    with the apostrophe that they leave out; then with none of the rarer letters."""
    for i, char in enumerate(word):
        if other := _SISTERS.get(char):
            yield word[:i] + other + word[i + 1 :]
        if i and char in _SOFTENING and word[i - 1] in _HARD:
            yield f"{word[:i]}'{word[i:]}"
    if (plain := plainer(word)) != word:
        yield plain


def plainer(word: str) -> str:
    """A lower-case word with the commoner letter for each of those Cyrillic ones that people leave unmarked."""
    return word.translate(_PLAIN)


def spelled(folded: str, is_word: Callable[[str], bool], most_tries: int = 200) -> str:
    """A word of the dictionary that folds to this one, with the fewest letters changed; else the given one."""
    if is_word(folded):
        return folded
    for level in restorations(folded, most_tries):
        for spelling in level:
            if is_word(spelling):
                return spelling
    return folded


def _allowed(word: str, i: int) -> str:
    """The letters that Polish spelling lets stand at this place: it spares most of the dictionary look-ups."""
    letters, following = RESTORED[word[i]], word[i + 1 : i + 2]
    before_vowel = following != "" and following in "aąeęioóuy"
    match word[i]:
        case "c" | "n" | "s":
            return "" if before_vowel else letters
        case "z":
            return "ż" if before_vowel and following != "i" else "" if before_vowel else letters
        case "a" | "e":
            return "" if before_vowel or i == 0 else letters
        case "o":
            return "" if before_vowel or not following else letters
        case _:
            return letters


def sort_key(title: str) -> str:
    """Text whose code point order is that of the Polish alphabet, and within Cyrillic that of the Ukrainian one.

    Punctuation and case do not count; numbers sort by value ("Grupa 2" before "Grupa 10").
    """
    words = re.findall(r"\d+|[^\W\d_]+", normal(title).lower())
    numbered = (w.zfill(6) if w.isdecimal() else "".join(_ORDER.get(c, c) for c in w) for w in words)
    return " ".join(numbered)[:255]
