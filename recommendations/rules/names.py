"""Which names of a vocabulary a text mentions, in whatever case of the noun; pure.

Polish inflects names ("Urzędowi Miasta Krakowa"), and bodies change theirs: a name may be bound to years. Nothing
here knows a dictionary: two words are one where they share a stem and both end as Polish nouns or adjectives end.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
# Endings of nouns and adjectives, without Polish marks and with ę written as a.
ENDINGS = frozenset(
    " a e i o u y ie iu ia ii om ow owi ami ach em iem im imi ich ym ymi ych ego emu ej iego iemu iej iom iow iami iach"
    " ek ka ki kom kow kach kami kowi kiem ko zie la la czy cie mi owie".split(" ")
)
SHORTEST_STEM = 3
# Stems that change within; the head of a ministry is the ministry (domain rules, "Addressees").
IRREGULAR = {
    "miescie": "miasto", "minister": "ministerstwo", "ministra": "ministerstwo", "ministrowi": "ministerstwo",
    "ministrem": "ministerstwo", "ministrze": "ministerstwo", "premierze": "premier", "senacie": "senat",
    "prezydencie": "prezydent", "swietlic": "swietlica",
}  # fmt: skip
SHORTENED = ((re.compile(r"\bds\.(?=\s)|\bd/s\b", re.IGNORECASE), "do spraw"),)
YEARS = re.compile(r"(?:(?P<until>do)|(?P<since>od))?\s*(?P<first>\d{4})(?:\s*[-–]\s*(?P<last>\d{4}))?")
PART = re.compile(r"[,;/\n]|\s(?:i|oraz|a także|jak również)\s")
# Words between names that name nobody.
BETWEEN = frozenset(
    "i oraz a także też we współpracy z ze w tym dla do przy udziale wspólnie m.in np jak również lub ds".split()
)
# A city, its head and its office are one body (domain rules, "Addressees"): one of these names stands for all.
CITY = re.compile(r"(?i:miasto|gmina miejska|urząd (?:miasta|miejski))\s+(?P<city>[A-ZĄĆĘŁŃÓŚŹŻ].*)")
OF_CITY = ("Miasto", "Gmina", "Gmina Miejska", "Urząd Miasta", "Urząd Miejski", "Urząd Miejski w", "Urząd Miejski we",
           "Prezydent", "Prezydent Miasta", "Burmistrz", "Burmistrz Miasta")  # fmt: skip
# A word with a capital right behind a name makes both one longer name.
GOES_ON = re.compile(r"\s+(?=[A-ZĄĆĘŁŃÓŚŹŻ])")


@dataclass(frozen=True)
class Name:
    """One name of a row of a vocabulary, and the years in which it bore it, in words (empty: always)."""

    text: str
    code: str
    years: str = ""


@dataclass(frozen=True)
class Mention:
    """Where a text names a row, in which words; ``in_its_years`` is False for a name of another time."""

    start: int
    end: int
    code: str
    words: str
    in_its_years: bool = True
    # Named by a common word, as kinds of bodies are: "szkoły".
    is_common: bool = False


def bears(years: str, year: int | None) -> bool:
    """Whether a name with ``years`` ("2011-2015", "do 2011 i od 2015") was borne in ``year``; unknown years: yes."""
    spans = list(YEARS.finditer(years))
    if year is None or not spans:
        return True
    for span in spans:
        first, last = int(span["first"]), int(span["last"] or span["first"])
        if span["until"]:
            first = 0
        elif span["since"]:
            last = 9999
        if first <= year <= last:
            return True
    return False


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """The word for comparing: small, without marks; ę as ą, which take turns in one word (urząd, urzędu)."""
    return str(anyascii(word.casefold().replace("ę", "ą")))


def is_abbreviation(word: str) -> bool:
    return sum(letter.isupper() for letter in word) > 1


@lru_cache(maxsize=100_000)
def is_same_word(name: str, word: str) -> bool:
    """Whether ``word`` of a text may be a form of ``name``, a word of a name."""
    if is_abbreviation(name):
        # "MSW-u", "MOPS-om", "PUPy": the ending is small, so that MS is not MSW.
        rest = word.removeprefix(name)
        return word.startswith(name) and (not rest or re.fullmatch(r"[-'’]?[a-ząćęłńóśźż]{1,4}", rest) is not None)
    one, other = (IRREGULAR.get(plain(text), plain(text)) for text in (name, word))
    if one == other:
        return True
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return any(
        one[stem:] in ENDINGS and other[stem:] in ENDINGS
        for stem in range(shared, max(SHORTEST_STEM, min(len(one), len(other)) - 4) - 1, -1)
    )


def of_city(name: Name) -> Iterator[Name]:
    """The other names of the body of a city, where ``name`` is one of them."""
    if found := CITY.fullmatch(name.text):
        for form in OF_CITY:
            yield Name(f"{form} {found['city']}", name.code, name.years)


def spelled_out(text: str) -> str:
    for pattern, words in SHORTENED:
        text = pattern.sub(words, text)
    return text


class Names:
    """The names of a vocabulary, ready to be looked for in texts."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.by_start: dict[str, list[tuple[list[str], Name]]] = defaultdict(list)
        own = list(names)
        taken = {plain(name.text) for name in own}
        others = [other for name in own for other in of_city(name) if plain(other.text) not in taken]
        for name in own + others:
            words = WORD.findall(spelled_out(name.text))
            if words:
                self.by_start[self._start(words[0])].append((words, name))

    @staticmethod
    def _start(word: str) -> str:
        small = plain(word)
        return IRREGULAR.get(small, small)[:SHORTEST_STEM]

    def mentions(self, text: str, year: int | None = None) -> list[Mention]:
        """What ``text`` names, the longest name at each place; of equal ones that which was borne in ``year``.

        Places are those of ``spelled_out(text)``.
        """
        text = spelled_out(text)
        words = [(found.group(), found.start(), found.end()) for found in WORD.finditer(text)]
        found: list[Mention] = []
        place = 0
        while place < len(words):
            best = self._longest(words, place, year)
            if best is None:
                place += 1
                continue
            length, name = best
            start, end = words[place][1], words[place + length - 1][2]
            is_common = name.text[:1].islower()
            found.append(Mention(start, end, name.code, text[start:end], bears(name.years, year), is_common))
            place += length
        return found

    def _longest(self, words: Sequence[tuple[str, int, int]], place: int, year: int | None) -> tuple[int, Name] | None:
        fits = []
        for wanted, name in self.by_start.get(self._start(words[place][0]), ()):
            here = [word for word, _start, _end in words[place : place + len(wanted)]]
            if len(here) == len(wanted) and all(map(is_same_word, wanted, here)):
                exact = sum(plain(one) == plain(other) for one, other in zip(wanted, here, strict=True))
                fits.append((len(wanted), bears(name.years, year), exact, name))
        if not fits:
            return None
        length, _in_years, _exact, name = max(fits, key=lambda fit: fit[:3])
        return length, name

    def listed(self, text: str, year: int | None = None) -> tuple[list[Mention], list[str]]:
        """What a list of names names ("MSW, MAC i szkoły"), and the parts of it that name nobody known."""
        text = spelled_out(text)
        found = self.mentions(text, year)
        starts = {mention.start for mention in found}
        # "Urząd Miasta Nieznanowa" is one body that nobody knows, no kind of bodies and a rest.
        mentions = [
            one
            for one in found
            if not (one.is_common and (more := GOES_ON.match(text, one.end)) and more.end() not in starts)
        ]
        rest = list(text)
        for mention in mentions:
            rest[mention.start : mention.end] = "," * (mention.end - mention.start)
        left = []
        for part in PART.split("".join(rest)):
            words = [word for word in WORD.findall(part) if word.casefold() not in BETWEEN]
            if words:
                left.append(" ".join(part.split()).strip(" .:()-–"))
        return mentions, left
