"""True matches in a text: the words whose readings meet the keys of the question, the same for every engine.

The text is plain. It is escaped before anything is marked, so what comes out is safe HTML whatever went in.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html import escape
from itertools import count
from typing import NamedTuple

from django.utils.safestring import SafeString

from search.analysis import Placed, normal, place, read
from search.analysis.tokens import RUN
from search.tree import AllOf, AnyOf, AtLeast, Group, Node, Phrase, Prefix, Tree, Word

KEPT, LONGEST_KEPT = 512, 2000
"""Texts that stay known, and how long such a text may be."""

EXCERPT = 240
MOST_STARTS = 100


class Span(NamedTuple):
    """Characters of the normalised text that satisfy the question's group number `group`."""

    start: int
    end: int
    group: int


class Excerpt(NamedTuple):
    """A passage of a text with its matches marked, and the groups that it answers where readers see it."""

    text: SafeString
    groups: frozenset[int]


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

    def excerpt(self, length: int = EXCERPT, wanted: Set[int] | None = None) -> Excerpt:
        """About `length` characters round the place that answers most of the question, or most of the wanted groups of
        it; its beginning if none does.

        Cut between words; an ellipsis stands where text was left out.
        """
        text, spans = self.text, self.spans
        if len(text) <= length:
            return Excerpt(self.whole(), self.groups)
        start, end = _window(
            text, spans if wanted is None else [each for each in spans if each.group in wanted], length
        )
        marked = _marked(text, start, end, spans)
        said = SafeString(f"{'… ' if start else ''}{marked}{' …' if end < len(text) else ''}")
        return Excerpt(said, frozenset(each.group for each in spans if start <= each.start and each.end <= end))


class _Part(NamedTuple):
    """Word number `at` of phrase number `phrase`."""

    phrase: int
    at: int


@dataclass(frozen=True)
class _Asked:
    """What asks for one key or form: groups that it answers by itself, and phrases that it is a part of."""

    groups: set[int] = field(default_factory=set)
    parts: set[_Part] = field(default_factory=set)


class _Run(NamedTuple):
    """What a run of letters and signs answers; the spans are counted from its beginning."""

    spans: Sequence[Span]
    parts: Iterable[_Part]


class _Text:
    """A text as its runs. Where each stands is worked out when the text is asked for again: most are not."""

    def __init__(self, text: str, language: str) -> None:
        self.text = normal(text)
        self._language = language
        self._times = 0

    def runs_with(self, asked: Set[str] | None) -> set[str]:
        """All runs; of a text that is met again, those with any of the keys and forms asked for, if not None."""
        self._times += 1
        if asked is None or self._times == 1:
            return set(RUN.findall(self.text))
        return {run for one in asked & self._runs.keys() for run in self._runs[one]}

    def places(self, runs: Set[str]) -> Iterator[tuple[str, int]]:
        """Where these runs stand."""
        if self._times == 1:
            yield from ((match[0], match.start()) for match in RUN.finditer(self.text) if match[0] in runs)
        else:
            yield from ((run, at) for run in runs for at in self._places[run])

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for match in RUN.finditer(self.text):
            found.setdefault(match[0], []).append(match.start())
        return found

    @cached_property
    def _runs(self) -> dict[str, list[str]]:
        """The runs by the keys and forms of their words."""
        found: dict[str, list[str]] = {}
        for run in self._places:
            for word in place(run, self._language):
                for one in (*word.keys, *word.surface):
                    found.setdefault(one, []).append(run)
        return found


_met = lru_cache(maxsize=KEPT)(_Text)


class Reader:
    """Reads texts for what answers one question; made once for all texts of a page.

    What the words of a run ("rada", "LII/964/16") answer does not hang on the text round it: each run is read once for
    all texts. Phrases do, so a text is read for them as a whole, but only if all words of one stand in it.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.groups = groups_of(tree)
        self._keys: defaultdict[str, _Asked] = defaultdict(_Asked)
        self._forms: defaultdict[str, _Asked] = defaultdict(_Asked)
        self._prefixes: list[tuple[str, int]] = []
        self._phrases: list[tuple[Phrase, int]] = []
        self._asked: Set[str] | None = None
        # By language: the runs that were read, and those of them that answer anything.
        self._seen: defaultdict[str, set[str]] = defaultdict(set)
        # The hits of a page have most of their names in common, and what has no passage is looked at twice.
        self._looks: dict[tuple[str, str], Look] = {}
        self._runs: defaultdict[str, dict[str, _Run]] = defaultdict(dict)
        for number, group in enumerate(self.groups):
            for alternative in group.alternatives:
                match alternative:
                    case Word(key, _, is_surface):
                        (self._forms if is_surface else self._keys)[key].groups.add(number)
                    case Prefix(start):
                        self._prefixes.append((start, number))
                    case Phrase():
                        self._add(alternative, number)
        if not self._prefixes:
            self._asked = self._keys.keys() | self._forms.keys()

    def _add(self, phrase: Phrase, group: int) -> None:
        number = len(self._phrases)
        self._phrases.append((phrase, group))
        for at, (_distance, keys) in enumerate(phrase.words):
            for key in keys:
                self._keys[key].parts.add(_Part(number, at))
        for at, (_distance, form) in enumerate(phrase.surface):
            self._forms[form].parts.add(_Part(number, at))

    def may_answer(self, keys: Set[str]) -> bool:
        """Whether a text whose words have these keys and forms may answer anything; only False is certain."""
        return self._asked is None or not self._asked.isdisjoint(keys)

    def look(self, text: str, language: str) -> Look:
        """Where a plain text, which is in this language, answers the question."""
        if (text, language) not in self._looks:
            self._looks[text, language] = self._look(text, language)
        return self._looks[text, language]

    def _look(self, text: str, language: str) -> Look:
        kept = _met(text, language) if len(text) <= LONGEST_KEPT else _Text(text, language)
        text, some = kept.text, kept.runs_with(self._asked)
        self._read(some.difference(self._seen[language]), language)
        self._seen[language] |= some
        runs = self._runs[language]
        if runs.keys().isdisjoint(some):
            return Look(text, ())
        found: set[Span] = set()
        parts: set[_Part] = set()
        for written, at in kept.places(some.intersection(runs)):
            run = runs[written]
            found.update(Span(at + start, at + end, group) for start, end, group in run.spans)
            parts.update(run.parts)
        if parts:
            found.update(self._phrases_of(parts, text, language))
        return Look(text, sorted(found, key=lambda span: (span.start, -span.end, span.group)))

    def _read(self, runs: Iterable[str], language: str) -> None:
        """Keep what these answer, if anything."""
        are_others = frozenset(self._keys).isdisjoint
        for written in runs:
            if written.isalpha() and not self._prefixes:
                # Most words stand in one text only: those that answer nothing are to cost next to nothing.
                keys, forms = read(written, language)
                if are_others(keys) and not (self._forms and forms[0] in self._forms):
                    continue
            spans: set[Span] = set()
            parts: set[_Part] = set()
            for word in place(written, language):
                spans.update(self._spans(word))
                parts.update(part for key in word.keys if key in self._keys for part in self._keys[key].parts)
                parts.update(part for form in word.surface if form in self._forms for part in self._forms[form].parts)
            if spans or parts:
                self._runs[language][written] = _Run(tuple(spans), tuple(parts))

    def _spans(self, word: Placed) -> Iterator[Span]:
        start, end, _form, whole, *_ = word.token
        for asked, said in ((self._keys, word.keys), (self._forms, word.surface)):
            for one in said:
                if one in asked:
                    # The first key of a reference is all of it.
                    reach = start + len(whole) if whole and one == said[0] else end
                    yield from (Span(start, reach, group) for group in asked[one].groups)
        for beginning, group in self._prefixes:
            if any(form.startswith(beginning) for form in word.surface):
                yield Span(start, start + len(whole) if whole else end, group)

    def _phrases_of(self, parts: Iterable[_Part], text: str, language: str) -> Iterator[Span]:
        """Where the phrases stand of which every word is somewhere in the text."""
        held = Counter(part.phrase for part in parts)
        asked = [
            self._phrases[number] for number, words in held.items() if words == len(self._phrases[number][0].words)
        ]
        if asked:
            placed = place(text, language)
            for phrase, group in asked:
                yield from _found(phrase, placed, group)


def groups_of(tree: Tree) -> list[Group]:
    """The groups of a question in the order in which spans number them."""
    return [group for node in tree.required for group in _groups(node)]


def _groups(node: Node) -> Iterator[Group]:
    match node:
        case Group():
            yield node
        case AnyOf(nodes) | AllOf(nodes) | AtLeast(nodes):
            for each in nodes:
                yield from _groups(each)


def unanswered(tree: Tree, answered: Set[int]) -> frozenset[int]:
    """The numbers of the groups that are left when these are answered: of terms joined by OR none, once one is."""
    left: set[int] = set()
    numbers = count()
    for node in tree.required:
        left |= _left(node, answered, numbers)
    return frozenset(left)


def _left(node: Node, answered: Set[int], numbers: Iterator[int]) -> set[int]:
    if isinstance(node, Group):
        return {next(numbers)} - answered
    each = [_left(one, answered, numbers) for one in node.nodes]
    return set() if isinstance(node, AnyOf) and not all(each) else set().union(*each)


def _found(phrase: Phrase, placed: Sequence[Placed], group: int) -> Iterator[Span]:
    """Where a phrase stands among these words."""
    length = phrase.words[-1][0]
    for i in range(len(placed) - length):
        if _stands(phrase.words, placed, i) or _stands_exactly(phrase.surface, placed, i):
            yield Span(placed[i].token.start, placed[i + length].token.end, group)


def _stands(words: Iterable[tuple[int, tuple[str, ...]]], placed: Sequence[Placed], i: int) -> bool:
    return all(not set(keys).isdisjoint(placed[i + distance].keys) for distance, keys in words)


def _stands_exactly(surface: Sequence[tuple[int, str]], placed: Sequence[Placed], i: int) -> bool:
    return bool(surface) and all(form in placed[i + distance].surface for distance, form in surface)


def _window(text: str, found: Sequence[Span], length: int) -> tuple[int, int]:
    start = 0
    if any(span.end > length for span in found):
        # A third of the room before the first match gives it a context to be read in.
        starts = [0, *(max(0, span.start - length // 3) for span in found[:MOST_STARTS])]
        start = max(starts, key=lambda start: (*_worth(found, start, start + length), -start))
    start = _next_word(text, start) if start else 0
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
