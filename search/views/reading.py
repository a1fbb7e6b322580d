"""From what a reader typed to the tree that is asked: with the lists of words, and with slips of the pen mended.

Every page, feed and export reads a question here, so that all of them mean the same.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from weakref import WeakKeyDictionary

from search.analysis import is_known
from search.engines import get_engine
from search.engines.base import Engine, EngineUnavailable
from search.expansion import NO_LISTS, Lists
from search.parser import parse, parse_with_words
from search.query import SearchQuery
from search.results import Hit, SearchResults
from search.spelling import SHORTEST, Speller
from search.tree import AllOf, AnyOf, AtLeast, Group, Node, Prefix, Tree
from search.views.answers import answer, counter
from search.word_groups import current_lists

FRESH = 60.0
"""Seconds for which the words of an index are kept, however often it changes: reading them all costs 50 ms."""

MANY_WORDS = 3
"""Words from which a question may be answered by what holds any rare one of them, though others stand nowhere."""

RARE, PAGE = 0.05, 20
"""Share of the documents that a word may stand in to be called rare; on a small site, a page of them."""

COMMON = 0.25
"""Share of the documents from which on a word says nothing about what is looked for."""


@dataclass(frozen=True)
class Slip:
    """A word as it was typed and what was read, or is offered, in its place."""

    typed: str
    meant: str


@dataclass(frozen=True)
class Reading:
    """How a question was understood.

    tree        what is asked of the engine
    mended      slips that `tree` is without; the page says so and links to the literal question
    offered     other words for ones that stand nowhere, which the reader may want to ask for
    is_loose    nothing holds all the words or most of them: `tree` asks for any of the rare ones
    """

    tree: Tree
    mended: tuple[Slip, ...] = ()
    offered: tuple[Slip, ...] = ()
    is_loose: bool = False


Count = Callable[[Tree], int]
"""How many documents a reader would get for a tree, without any filter."""


def read(query: SearchQuery) -> Reading:
    """Understand the question of a reader; if the engine does not answer, by its words and lists alone."""
    lists = current_lists() if query.text else NO_LISTS
    try:
        engine = get_engine()
        return understand(query, lists, speller_of(engine, lists), counter(query))
    except EngineUnavailable:
        return Reading(parse(query.text, query.language, lists))


def understand(query: SearchQuery, lists: Lists, speller: Callable[[], Speller], count: Count) -> Reading:
    """Understand a question over any index: `speller` knows its words, `count` asks it."""
    text, language = query.text, query.language
    tree, words = parse_with_words(text, language, lists)
    mended: dict[str, str] = {}
    offered: dict[str, str] = {}
    for word in unheld(words, speller):
        if count(parse(word, language, lists)):
            continue
        if meant := _meant(word, language, lists, speller(), count):
            # A word of the dictionary was hardly a slip: then it is for the reader to say.
            (offered if query.is_literal or is_known(word) else mended)[word] = meant
    if mended:
        tree = parse(text, language, lists, mended)
    is_loose = False
    if len(tree.required) > 1 and not count(tree):
        loose = loosened(tree, count)
        is_loose = loose is not None
        tree = loose or tree
    return Reading(tree, _slips(mended), _slips(offered), is_loose)


def unheld(words: Iterable[str], speller: Callable[[], Speller]) -> list[str]:
    """Those of these words that may be slips: they stand nowhere in the index in this very form."""
    long = [word for word in words if len(word) >= SHORTEST and word.isalpha()]
    return [word for word in long if not speller().holds(word)]


def _meant(word: str, language: str, lists: Lists, speller: Speller, count: Count) -> str:
    # Asked of the index once more: its words may be a minute old, and some stand in what nobody may see any more.
    return next((near for near in speller.near(word) if count(parse(near, language, lists))), "")


def _slips(words: Mapping[str, str]) -> tuple[Slip, ...]:
    return tuple(Slip(typed, meant) for typed, meant in words.items())


def loosened(tree: Tree, count: Count) -> Tree | None:
    """The tree that any of the rare words satisfies. None if only common ones stand anywhere, or if the words are few
    and one of them stands nowhere: nonsense stays empty."""
    nodes = words_of(tree)
    found = {node: count(Tree((node,))) for node in nodes}
    if len(nodes) < MANY_WORDS and not all(found.values()):
        return None
    most = most_of_rare(count)
    return any_of(tree, [node for node in nodes if 0 < found[node] <= most])


def most_of_rare(count: Count) -> float:
    """How many documents a rare word may stand in."""
    return max(RARE * count(Tree()), PAGE)


def beyond(tree: Tree, count: Count) -> Tree | None:
    """What comes after the documents that hold all words: those that hold some, the best first, or that hold words near
    to those that begin as was typed. None for one word.

    A word that stands in many documents is no reason to show one; only the rarest is, if all of them do.
    """
    wide = widened(tree)
    nodes = words_of(wide)
    if len(nodes) < 2:
        return wide if wide != tree else None
    found = {node: count(Tree((node,))) for node in nodes}
    every = count(Tree())
    # As rare as the word with all its synonyms is: one rare synonym of a common word tells no more than the word.
    weights = {node: weighed(node, log((every + 1) / max(found[node], 1), every + 1)) for node in nodes}
    telling = [node for node in nodes if 0 < found[node] <= COMMON * every]
    telling = telling or sorted((node for node in nodes if found[node]), key=lambda node: found[node])[:1]
    several = [AtLeast(tuple(weights.values()), max(2, tree.enough))] if len(weights) > 2 else []
    return any_of(tree, [*several, *(weights[node] for node in telling)])


def widened(tree: Tree) -> Tree:
    """The tree with what is near to its prefixes, which are matches otherwise only as they are typed."""
    return replace(tree, required=tuple(map(_widened, tree.required)))


def _widened(node: Node) -> Node:
    match node:
        case Group((Prefix(near=near),)):
            return Group((*node.alternatives, *near))
        case Group():
            return node
        case _:
            return replace(node, nodes=tuple(map(_widened, node.nodes)))


def weighed(node: Node, factor: float) -> Node:
    """The node with all that it scores times `factor`."""
    match node:
        case Group(alternatives):
            return Group(tuple(replace(one, weight=one.weight * factor) for one in alternatives))
        case _:
            return replace(node, nodes=tuple(weighed(each, factor) for each in node.nodes))


def words_of(tree: Tree) -> tuple[Node, ...]:
    """The words that are asked for, one by one: those of a phrase of the lists are words again."""
    found: list[Node] = []
    for node in tree.required:
        match node:
            case AnyOf((AllOf(nodes, ()), Group() as others)):
                found += [*nodes, others]
            case _:
                found.append(node)
    return tuple(found)


def any_of(tree: Tree, nodes: Sequence[Node]) -> Tree | None:
    if not nodes:
        return None
    return replace(tree, required=(AnyOf(tuple(nodes)) if len(nodes) > 1 else nodes[0],))


def nearly(query: SearchQuery, reading: Reading, found: SearchResults) -> tuple[Hit, ...]:
    """Hits that hold a part of the words, to fill the first page below those that were found; never among the total."""
    room = query.page_size - found.total
    if not 0 < found.total < query.page_size or query.order != "relevance":
        return ()
    try:
        further = None if reading.is_loose else beyond(reading.tree, counter(query))
    except EngineUnavailable:
        further = None
    if further is None:
        return ()
    known = set(found.keys)
    hits = answer(replace(query, page=1), further, ()).results.hits
    return tuple(hit for hit in hits if hit.key not in known)[:room]


@dataclass(frozen=True)
class _Kept:
    number: int
    lists: Lists
    made_at: float
    speller: Speller


_lock = threading.Lock()
_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def speller_of(engine: Engine, lists: Lists) -> Callable[[], Speller]:
    """The words of the engine's index and of the lists; read when needed, and anew when either changed and they are a
    minute old."""

    def speller() -> Speller:
        number, now = engine.number, time.monotonic()
        with _lock:
            kept = _kept.get(engine)
            if kept is None or ((kept.number, kept.lists) != (number, lists) and now - kept.made_at > FRESH):
                kept = _kept[engine] = _Kept(number, lists, now, Speller(engine.vocabulary(), lists.words))
            return kept.speller

    return speller


def literal(query: SearchQuery) -> SearchQuery:
    """The same question with every word as it was typed."""
    return replace(query, is_literal=True, page=1)


def respelled(query: SearchQuery, slip: Slip) -> SearchQuery:
    """The same question with the offered word in place of the typed one."""
    text = re.sub(rf"(?<!\w){re.escape(slip.typed)}(?!\w)", lambda _: slip.meant, query.text, flags=re.IGNORECASE)
    return replace(query, text=text, is_literal=False, page=1)
