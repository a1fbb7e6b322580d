"""What a question asks for: a tree of weighted alternatives, made by the parser and compiled by each engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A key that a document holds in title, lead, body or names; with `is_surface`, a folded form in its surface."""

    key: str
    weight: float = 1.0
    is_surface: bool = False


@dataclass(frozen=True)
class Phrase:
    """Words at fixed distances from the first one, all in one part of the document.

    words    (distance, keys): any of the keys at that place, so any combination of readings makes the phrase
    surface  (distance, folded form): the same words exactly as typed; a match by this alone counts too, and comes first
    """

    words: tuple[tuple[int, tuple[str, ...]], ...]
    surface: tuple[tuple[int, str], ...] = ()
    weight: float = 1.0


@dataclass(frozen=True)
class Prefix:
    """Any surface form that starts so; folded, at least two characters.

    near   what the words of the lists that begin so find besides themselves; it is no match, but may follow the matches
    """

    start: str
    weight: float = 1.0
    near: tuple[Word | Phrase, ...] = ()


Alternative = Word | Phrase | Prefix


@dataclass(frozen=True)
class Group:
    """One word or phrase of the question: any alternative satisfies it; the best one scores, and the others in part."""

    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class AnyOf:
    """Terms joined by OR, in brackets or not."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class AllOf:
    """Terms in brackets that must all match, and those that must not."""

    nodes: tuple[Node, ...]
    excluded: tuple[Node, ...] = ()


@dataclass(frozen=True)
class AtLeast:
    """Terms of which so many must match; each that does adds its score, as in AnyOf."""

    nodes: tuple[Node, ...]
    least: int


Node = Group | AnyOf | AllOf | AtLeast


@dataclass(frozen=True)
class Tree:
    """The whole question.

    required   all of them match, or, if no document shown in the language does that, at least 60 % of them do
    excluded   none of them may match, on either level
    """

    required: tuple[Node, ...] = ()
    excluded: tuple[Node, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing is asked for and nothing is excluded: every document matches."""
        return not self.required and not self.excluded

    @property
    def enough(self) -> int:
        """How many required nodes are at least 60 %; equal to their number if there is no partial level."""
        return -(-len(self.required) * 6 // 10)
