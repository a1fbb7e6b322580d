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

SELDOM = 20
"""Documents that a slip may stand in at most; those that are hidden by now are among them."""

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
    known = held(words, speller)
    meant = _meant_by(unheld(known), language, lists, speller, count)
    tree = _read_as(query, lists, meant) or tree
    is_loose = False
    if len(tree.required) > 1 and not count(tree):
        # Words of what is hidden stand in the vocabulary for a while: see `reread`.
        if gone := _meant_by(seldom(known), language, lists, speller, count):
            meant |= gone
            tree = _read_as(query, lists, meant) or tree
        loose = None if gone and count(tree) else loosened(tree, count)
        is_loose = loose is not None
        tree = loose or tree
    return _reading(query, tree, meant, is_loose=is_loose)


def reread(query: SearchQuery, reading: Reading) -> Reading | None:
    """How to understand a question to which nothing was found, if otherwise than `reading`, which `read` gave; None if
    not.

    The words of what is hidden or gone stay in the vocabulary for a while, and a slip that is one of them passes for a
    word. Only an empty answer shows it: then, and not before, the index is asked for a word that stands in few
    documents. Whether it is read otherwise does not hang on the filters of the question.
    """
    lists = current_lists()
    try:
        engine = get_engine()
        return understand_anew(query, reading, lists, speller_of(engine, lists), counter(query))
    except EngineUnavailable:
        return None


def understand_anew(
    query: SearchQuery, reading: Reading, lists: Lists, speller: Callable[[], Speller], count: Count
) -> Reading | None:
    """`reread` over any index."""
    # Several words were counted when they were understood.
    if len(reading.tree.required) != 1 or reading.is_loose or reading.mended or reading.offered:
        return None
    _tree, words = parse_with_words(query.text, query.language, lists)
    meant = _meant_by(seldom(held(words, speller)), query.language, lists, speller, count)
    return _reading(query, _read_as(query, lists, meant) or reading.tree, meant) if meant else None


def held(words: Iterable[str], speller: Callable[[], Speller]) -> dict[str, int]:
    """Those of these words that may be slips, being long enough and of letters alone, and how many documents hold each
    in this very form; hidden ones too."""
    return {word: speller().stands_in(word) for word in words if len(word) >= SHORTEST and word.isalpha()}


def unheld(words: Mapping[str, int]) -> list[str]:
    """Those of these that stand nowhere in the index."""
    return [word for word, documents in words.items() if not documents]


def seldom(words: Mapping[str, int]) -> list[str]:
    """Those that may be slips although they stand in the index: all that hold them may be hidden."""
    return [word for word, documents in words.items() if 0 < documents <= SELDOM]


def _meant_by(
    words: Iterable[str], language: str, lists: Lists, speller: Callable[[], Speller], count: Count
) -> dict[str, str]:
    """What was meant by those of the words that nothing holds, where that can be told."""
    gone = [word for word in words if not count(parse(word, language, lists))]
    meant = {word: _meant(word, language, lists, speller(), count) for word in gone}
    return {word: near for word, near in meant.items() if near}


def _is_offered(word: str, query: SearchQuery) -> bool:
    # A word of the dictionary was hardly a slip: then it is for the reader to say.
    return query.is_literal or is_known(word)


def _read_as(query: SearchQuery, lists: Lists, meant: Mapping[str, str]) -> Tree | None:
    """The question with what was meant in place of the slips; None if it is left as it was typed."""
    mended = {word: near for word, near in meant.items() if not _is_offered(word, query)}
    return parse(query.text, query.language, lists, mended) if mended else None


def _reading(query: SearchQuery, tree: Tree, meant: Mapping[str, str], *, is_loose: bool = False) -> Reading:
    mended, offered = (
        tuple(Slip(word, near) for word, near in meant.items() if _is_offered(word, query) is is_offered)
        for is_offered in (False, True)
    )
    return Reading(tree, mended, offered, is_loose)


def _meant(word: str, language: str, lists: Lists, speller: Speller, count: Count) -> str:
    # Asked of the index once more: its words may be a minute old, and some stand in what nobody may see any more.
    return next((near for near in speller.near(word) if count(parse(near, language, lists))), "")


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
