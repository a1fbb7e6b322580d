"""True matches in a text: the words whose readings meet the keys of the question, the same for every engine.

The text is plain. It is escaped before anything is marked, so what comes out is safe HTML whatever went in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString

from search.analysis import Placed, normal, place
from search.tree import AllOf, AnyOf, AtLeast, Group, Node, Phrase, Prefix, Tree, Word

KEPT, LONGEST_KEPT = 512, 2000
"""Texts that stay read, and how long such a text may be: to read one takes longer than all that is done with it."""

EXCERPT = 240
MOST_STARTS = 100


@dataclass(frozen=True)
class Span:
    """Characters of the normalised text that satisfy the question's group number `group`."""

    start: int
    end: int
    group: int


@dataclass(frozen=True)
class Look:
    """A normalised text and where it answers a question; `groups` are the numbers of the groups that it answers."""

    text: str
    spans: Sequence[Span]

    @property
    def groups(self) -> frozenset[int]:
        return frozenset(span.group for span in self.spans)

    def whole(self) -> SafeString:
        """The whole text, with every match in <mark>."""
        return _marked(self.text, 0, len(self.text), self.spans)

    def excerpt(self, length: int = EXCERPT) -> SafeString:
        """About `length` characters round the place that answers most of the question; its beginning if none does.

        Cut between words; an ellipsis stands where text was left out.
        """
        text = self.text
        start, end = _window(text, self.spans, length)
        marked = _marked(text, start, end, self.spans)
        return SafeString(f"{'… ' if start else ''}{marked}{' …' if end < len(text) else ''}")


def look(text: str, tree: Tree, language: str) -> Look:
    """Read a text, which is in this language, for what answers the question."""
    words = (_kept_words if len(text) <= LONGEST_KEPT else _Words)(text, language)
    return Look(words.text, _spans(words, tree))


def highlight(text: str, tree: Tree, language: str) -> SafeString:
    """The whole text, with every match in <mark>; for titles. `language` is that of the text."""
    return look(text, tree, language).whole()


def excerpt(text: str, tree: Tree, language: str, length: int = EXCERPT) -> SafeString:
    """The best passage of a text (`Look.excerpt`)."""
    return look(text, tree, language).excerpt(length)


def groups_of(tree: Tree) -> list[Group]:
    """The groups of a question in the order in which spans number them."""
    return [group for node in tree.required for group in _groups(node)]


def _spans(words: _Words, tree: Tree) -> list[Span]:
    """Where a text answers the question, in order; they may overlap."""
    found: set[Span] = set()
    for number, group in enumerate(groups_of(tree)):
        for alternative in group.alternatives:
            # Nearly all of the hundred words that a question may stand for are not there.
            if type(alternative) is Word and alternative.key not in (
                words.forms if alternative.is_surface else words.keys
            ):
                continue
            found.update(_found(alternative, words, number))
    return sorted(found, key=lambda span: (span.start, -span.end, span.group))


class _Words:
    """The words of a text and where each key and each form stands: a question has a hundred alternatives."""

    def __init__(self, text: str, language: str) -> None:
        self.text = normal(text)
        self.placed = placed = place(self.text, language)
        self.keys: dict[str, list[int]] = {}
        self.forms: dict[str, list[int]] = {}
        for i, word in enumerate(placed):
            for key in word.keys:
                self.keys.setdefault(key, []).append(i)
            for form in word.surface:
                self.forms.setdefault(form, []).append(i)


_kept_words = lru_cache(maxsize=KEPT)(_Words)


def _groups(node: Node) -> Iterator[Group]:
    match node:
        case Group():
            yield node
        case AnyOf(nodes) | AllOf(nodes) | AtLeast(nodes):
            for each in nodes:
                yield from _groups(each)


def _found(alternative: Word | Phrase | Prefix, words: _Words, group: int) -> Iterator[Span]:
    placed = words.placed
    match alternative:
        case Word(key, _, is_surface):
            for i in (words.forms if is_surface else words.keys).get(key, ()):
                word = placed[i]
                is_whole = word.token.whole and key == word.keys[0]
                end = word.token.start + len(word.token.whole) if is_whole else word.token.end
                yield Span(word.token.start, end, group)
        case Prefix(start):
            for word in placed:
                if any(form.startswith(start) for form in word.surface):
                    yield Span(word.token.start, word.token.end, group)
        case Phrase(parts, surface):
            begins = {i - parts[0][0] for key in parts[0][1] for i in words.keys.get(key, ())}
            if surface:
                begins |= {i - surface[0][0] for i in words.forms.get(surface[0][1], ())}
            for i in begins:
                reach = i + parts[-1][0]
                if i < 0 or reach >= len(placed):
                    continue
                if _stands(parts, placed, i) or _stands_exactly(surface, placed, i):
                    yield Span(placed[i].token.start, placed[reach].token.end, group)


def _stands(words: Iterable[tuple[int, tuple[str, ...]]], placed: Sequence[Placed], i: int) -> bool:
    return all(not set(keys).isdisjoint(placed[i + distance].keys) for distance, keys in words)


def _stands_exactly(surface: Sequence[tuple[int, str]], placed: Sequence[Placed], i: int) -> bool:
    return bool(surface) and all(form in placed[i + distance].surface for distance, form in surface)


def _window(text: str, found: Sequence[Span], length: int) -> tuple[int, int]:
    if len(text) <= length:
        return 0, len(text)
    # A third of the room before the first match gives it a context to be read in.
    starts = [0, *(max(0, span.start - length // 3) for span in found[:MOST_STARTS])]
    best = max(starts, key=lambda start: (*_worth(found, start, start + length), -start))
    start = _next_word(text, best) if best else 0
    return start, _word_end(text, min(start + length, len(text)), start)


def _worth(found: Sequence[Span], start: int, end: int) -> tuple[int, int]:
    inside = [span for span in found if start <= span.start and span.end <= end]
    return len({span.group for span in inside}), len(inside)


def _next_word(text: str, at: int) -> int:
    blank = re.compile(r"(?<=\s)\S").search(text, at - 1 if at else 0)
    return blank.start() if blank else at


def _word_end(text: str, at: int, start: int) -> int:
    if at == len(text) or text[at].isspace():
        return at
    # A text without blanks is cut in the middle rather than not at all.
    blank = max(text.rfind(" ", start, at), text.rfind("\n", start, at))
    return blank if blank > start else at


def _marked(text: str, start: int, end: int, found: Sequence[Span]) -> SafeString:
    pieces: list[str] = []
    at = start
    for span in found:
        if span.start < at or span.end > end:
            continue
        pieces += (escape(text[at : span.start]), "<mark>", escape(text[span.start : span.end]), "</mark>")
        at = span.end
    # Every piece is escaped. Neither format_html nor mark_safe: they take half of the time that a page is marked in.
    return SafeString("".join((*pieces, escape(text[at:end]))))
