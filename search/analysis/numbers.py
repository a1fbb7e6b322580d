"""Numerals: "II Forum", "2 forum" and "drugie forum" share one key, the number in digits."""

import re

# Single I, V, X only as capitals: a small "i" is a conjunction. Small ones up to 39, else "li" and "ci" would count.
_ROMAN = re.compile(r"(?=.)(C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_SMALL_ROMAN = re.compile(r"(?=..)x{0,3}(ix|iv|v?i{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ENGLISH_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")

_ORDINALS = {
    "pl": "pierwszy drugi trzeci czwarty piąty szósty siódmy ósmy dziewiąty dziesiąty jedenasty dwunasty",
    "uk": "перший другий третій четвертий п'ятий шостий сьомий восьмий дев'ятий десятий одинадцятий дванадцятий",
    "ru": "первый второй третий четвёртый пятый шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый",
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
}
ORDINALS = {lemma: str(n) for lemmas in _ORDINALS.values() for n, lemma in enumerate(lemmas.split(), start=1)}
"""Lemma of an ordinal to digits; the languages share no ordinal with different values."""
ORDINALS["четвертый"] = "4"


def number_of(form: str) -> str | None:
    """The number a form writes in digits or Roman numerals, as digits without leading zeros; None if it is a word."""
    if form.isdecimal():
        return form.lstrip("0") or "0"
    if ordinal := _ENGLISH_ORDINAL.fullmatch(form.lower()):
        return ordinal[1].lstrip("0") or "0"
    if _is_roman(form):
        return str(_roman_value(form.upper()))
    return None


def _is_roman(form: str) -> bool:
    if form.isupper():
        return bool(_ROMAN.fullmatch(form)) and (len(form) > 1 or form in "IVX")
    return bool(_SMALL_ROMAN.fullmatch(form))


def _roman_value(form: str) -> int:
    values = [_VALUES[char] for char in form]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)
