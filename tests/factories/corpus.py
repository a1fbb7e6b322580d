"""Documents to measure with: inflected Polish over a long tail, and facets as many and as uneven as the real ones.

The frequent words are those of the real content, each in a random form of its lemma; the rarer ones are made of stems
that no dictionary knows with Polish endings. The n-th word is n times rarer than the first (Zipf), as in any text.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from search.analysis import analyse, is_stop_word, sort_key
from search.engines.base import Document
from search.engines.narrowing import addressed_text
from search.query import SearchQuery

CONTENT = Path(__file__).parents[2] / "cms" / "content"
FACETS = ("issuer", "year", "city", "group", "theme", "tag", "addressee", "level", "implementation")
"""The nine facets of the page that is measured."""

VALUES = {
    "kind": 4, "issuer": 58, "year": 15, "city": 12, "group": 60, "theme": 40, "tag": 56, "addressee": 97, "level": 4,
    "implementation": 9, "source": 10, "affected": 22, "position": 7, "closure": 8, "language": 4,
}  # fmt: skip
"""How many values each facet has in the real content."""

MANY = {"theme": 2, "tag": 3, "addressee": 2, "affected": 2}
LENGTHS = {"title": 8, "lead": 22, "body": 60}
WORDS = 14_000
ENDINGS = ("", "a", "owi", "ami", "ów")

Lexeme = tuple[str, ...]
"""A word in its forms."""


def lexemes() -> list[Lexeme]:
    """The words of the corpus, the most frequent first; the same at every call."""
    chance = random.Random(5)
    found = [_forms(word) for word, _ in real_words().most_common()]
    syllables = [first + vowel for first in "bcdfghjklmnprstwz" for vowel in "aeiouy"]
    seen = set()
    while len(found) < WORDS:
        stem = "".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4)))) + chance.choice("bdgklmnrst")
        if stem not in seen:
            seen.add(stem)
            found.append(tuple(stem + ending for ending in ENDINGS))
    return found


def real_words() -> Counter[str]:
    """The words of the recommendations and how often each occurs, without those a question drops."""
    text = (CONTENT / "recommendations.tsv").read_text() + (CONTENT / "titles.tsv").read_text()
    words = Counter(word.lower() for word in re.findall(r"[^\W\d_]{3,}", text))
    return Counter({word: count for word, count in words.items() if not is_stop_word(word)})


def _forms(word: str) -> tuple[str, ...]:
    generator = _generator()
    analysed = generator.analyse(word)
    lemma = analysed[0][2][1] if analysed else word
    return tuple(dict.fromkeys(row[0].lower() for row in generator.generate(lemma.partition(":")[0]))) or (word,)


@cache
def _generator() -> Any:
    import morfeusz2  # noqa: PLC0415 - only those who measure need its generator

    return morfeusz2.Morfeusz()


class Corpus:
    """Streams documents, any number of them, and asks about them; everything from fixed seeds."""

    def __init__(self) -> None:
        shares = [(form, 1 / (rank + 5) / len(word)) for rank, word in enumerate(lexemes()) for form in word]
        self.forms = [form for form, _ in shares]
        self.weights = list(accumulate(share for _, share in shares))
        self.analysed: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def text(self, chance: random.Random, count: int) -> list[str]:
        """So many forms of words."""
        return chance.choices(self.forms, cum_weights=self.weights, k=count)

    def documents(self, count: int, *, first: int = 0, seed: int = 1) -> Iterator[Document]:
        """Documents numbered from `first`; none depends on how many are asked for."""
        for number in range(first, first + count):
            yield self.document(random.Random(seed * 10_000_000 + number), number)

    def words(self, number: int, *, seed: int = 1) -> dict[str, list[str]]:
        """The words of a document as they are written, by its parts."""
        return self.parts(random.Random(seed * 10_000_000 + number))

    def parts(self, chance: random.Random) -> dict[str, list[str]]:
        """Ninety forms of words, by the parts of a document."""
        return {name: self.text(chance, length) for name, length in LENGTHS.items()}

    def document(self, chance: random.Random, number: int) -> Document:
        """One document of ninety words with every facet that the site has."""
        parts = self.parts(chance)
        streams = {name: [self.stored(form) for form in forms] for name, forms in parts.items()}
        facets = {name: self.values(chance, name) for name in VALUES}
        facets["kind"] = ("recommendation",)
        year = 2008 + int(facets["year"][0])
        day = f"{year}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        return {
            "key": f"recommendation:{number}:pl",
            "kind": "recommendation",
            "translation": str(number),
            "language": "pl",
            "shown_in": ("pl", "en", "uk", "ru") if number % 10 else ("pl",),
            "title": tuple(keys for keys, _ in streams["title"]),
            "lead": tuple(keys for keys, _ in streams["lead"]),
            "body": tuple(keys for keys, _ in streams["body"]),
            "names": (),
            "surface": tuple(surface for name in LENGTHS for _, surface in [*streams[name], ((), ())]),
            "facets": facets,
            "addressed": tuple(
                addressed_text(
                    organisation,
                    position=facets["position"][0],
                    implementation=facets["implementation"][0],
                    closure=facets["closure"][0],
                )
                for organisation in facets["addressee"]
            ),
            "alerts": {"stale": "2020-01-01"} if number % 3 else {},
            "last_date": day,
            "sort_date": day,
            "sort_title": sort_key(" ".join(parts["title"])),
            "hash": str(number),
        }

    def values(self, chance: random.Random, facet: str) -> tuple[str, ...]:
        """Values of a facet, the first one twice as likely as the second, and so on down the list."""
        drawn = (int(VALUES[facet] ** chance.random()) - 1 for _ in range(MANY.get(facet, 1)))
        return tuple(str(value) for value in dict.fromkeys(drawn))

    def stored(self, form: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a document stores of one word."""
        if form not in self.analysed:
            analysed = analyse(form, "pl")
            self.analysed[form] = (analysed.positions[0], analysed.surface[0])
        return self.analysed[form]

    def questions(self, count: int, *, seed: int = 2, filters: int = 2) -> list[SearchQuery]:
        """Questions of one to three words in whatever form, half of them frequent, under up to so many filters."""
        chance = random.Random(seed)
        asked = []
        for _ in range(count):
            words = self.text(chance, chance.choice((1, 1, 2, 2, 3)))
            chosen = chance.sample(FACETS, chance.randrange(filters + 1))
            asked.append(
                SearchQuery(" ".join(words), tuple((facet, self.values(chance, facet)[:1]) for facet in chosen))
            )
        return asked

    def phrases(self, count: int, documents: int) -> list[SearchQuery]:
        """Quoted runs of two or three words that stand in one of the first so many documents, in other forms too."""
        chance = random.Random(3)
        asked = []
        for _ in range(count):
            number = chance.randrange(documents)
            body = self.text_of(number)
            start = chance.randrange(len(body) - 3)
            asked.append(SearchQuery('"' + " ".join(body[start : start + chance.choice((2, 2, 3))]) + '"'))
        return asked

    def text_of(self, number: int, seed: int = 1) -> list[str]:
        """The title of a document as it was written."""
        return self.text(random.Random(seed * 10_000_000 + number), LENGTHS["title"])
