"""What the text of a question means: a tree of weighted alternatives that an engine compiles and nobody analyses again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A key that a document holds, in title, lead, body or names; with `is_surface`, a folded form in its surface."""

    key: str
    weight: float = 1.0
    is_surface: bool = False


@dataclass(frozen=True)
class Phrase:
    """Keys at these distances from its first word, all in one part of the document (or in its surface)."""

    words: tuple[tuple[int, str], ...]
    weight: float = 1.0
    is_surface: bool = False


@dataclass(frozen=True)
class Prefix:
    """Any surface form that starts so; folded, at least two characters."""

    start: str
    weight: float = 1.0


Alternative = Word | Phrase | Prefix


@dataclass(frozen=True)
class Group:
    """One word or phrase of the question: any alternative satisfies it, and the best one scores."""

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


Node = Group | AnyOf | AllOf


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
