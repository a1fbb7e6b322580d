"""Which of many texts answers a question best, without reading them all: pages of a file, entries of a log.

A text is first asked for the beginnings of the words: nearly every form of a word begins like the others. The few that
promise most are then read word by word, and only what is truly there is ever shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from search.analysis import fold, normal
from search.highlight import Look, Reader, groups_of
from search.tree import Alternative, Phrase, Prefix, Tree, Word

SHORTEST = 3
ENDING = 3
"""Letters at the end of a word that other forms of it may lack: "szkoła", "szkół"."""

PATIENCE = 200_000
"""Characters read word by word for one page of hits; reading that many takes some 50 ms."""

_PLAIN = str.maketrans("ąćęłńóśźżё", "acelnoszzе")


class Text(NamedTuple):
    text: str
    language: str


@dataclass
class Patience:
    """What is left of the characters to be read for one page of hits."""

    characters: int = PATIENCE


class Hints:
    """The beginnings of the words of a question, group by group."""

    def __init__(self, tree: Tree) -> None:
        self.groups = [
            frozenset(start for alternative in group.alternatives for start in _starts(alternative))
            for group in groups_of(tree)
        ]

    def promised(self, text: str) -> frozenset[int]:
        """The groups that the text seems to answer; a form that begins otherwise ("rok", "lata") is overlooked."""
        plain = _plain(text)
        return frozenset(number for number, starts in enumerate(self.groups) if any(start in plain for start in starts))


def best(texts: Sequence[Text], reader: Reader, wanted: Collection[int], patience: Patience) -> tuple[int, Look] | None:
    """The place among the texts, and the reading, of the one that answers most of the wanted groups; None if none does.

    Of equals the first. What promises most is read first, and nothing once the patience has run out.
    """
    hints = Hints(reader.tree)
    promised = [len(hints.promised(text) & set(wanted)) for text, _language in texts]
    found: tuple[int, Look] | None = None
    most = 0
    for place in sorted(range(len(texts)), key=lambda place: -promised[place]):
        if (found and most >= promised[place]) or patience.characters <= 0:
            break
        text, language = texts[place]
        patience.characters -= len(text)
        seen = reader.look(text, language)
        answered = len(seen.groups & set(wanted))
        if answered > most:
            found, most = (place, seen), answered
    return found


def _starts(alternative: Alternative) -> Iterable[str]:
    match alternative:
        case Word(key):
            return (_start(key),)
        case Prefix(start):
            return (_plain(start),)
        case Phrase(words):
            # All its words must be there, so any one of them will do: the one with the longest readings.
            return max(
                (tuple(_start(key) for key in keys) for _distance, keys in words if keys),
                key=lambda starts: min(map(len, starts)),
                default=("",),
            )


def _start(key: str) -> str:
    plain = _plain(fold(key))
    return plain[: max(SHORTEST, len(plain) - ENDING)]


def _plain(text: str) -> str:
    return normal(text).lower().translate(_PLAIN)
