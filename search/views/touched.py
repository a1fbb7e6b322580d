"""What many questions find among a few recommendations, as a digest asks of everything that is followed.

The answers are those of the pages (`search.views.whole`). But a handful of just these recommendations says which of
them hold the words; the index is asked only what depends on all that there is: whether anything holds all of them, and
which words are rare.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property

from search.documents.recommendation import recommendation_documents
from search.engines import get_engine
from search.engines.base import Document
from search.engines.handful import Handful
from search.engines.keys import pks_of
from search.parser import parse, parse_with_words
from search.query import SearchQuery
from search.tree import AllOf, Group, Node, Tree
from search.views.answers import counter
from search.views.page import is_without_words
from search.views.reading import (
    Count,
    any_of,
    held,
    most_of_rare,
    seldom,
    speller_of,
    understand,
    understand_anew,
    unheld,
    words_of,
)
from search.views.whole import KIND
from search.word_groups import current_lists

FEW = 2500
"""To read more recommendations from the database than this costs more than to ask for all that a question finds."""


class Touched:
    """These recommendations, at one moment: it serves one digest and is thrown away.

    `documents` gives the documents of some recommendations as the index holds them when it has followed all changes.
    """

    def __init__(
        self,
        pks: Collection[int],
        documents: Callable[[Iterable[int]], Iterable[Document]] = recommendation_documents,
    ) -> None:
        self.pks = frozenset(pks)
        self._documents = documents
        self.are_few = len(self.pks) <= FEW
        self._lists = current_lists()
        # The words of one moment: `speller_of` looks at the index each time.
        self._speller = cache(speller_of(get_engine(), self._lists))
        self._counters: dict[str, Count] = {}
        self._common: dict[str, set[Node]] = {}
        self._gone: dict[tuple[str, str], bool] = {}
        self._passing: dict[object, frozenset[int]] = {}

    def found_by(self, query: SearchQuery) -> frozenset[int]:
        """Those that readers get for a question; EngineUnavailable if no engine answers."""
        # Many questions have the same filters, or none: these are asked once.
        filters = (query.filters, query.since, query.until, query.today, query.language)
        if filters not in self._passing:
            self._passing[filters] = frozenset(pks_of(KIND, self._handful.holding(query, Tree())))
        passing = self._passing[filters]
        if not (passing and query.text):
            return passing
        tree, words = parse_with_words(query.text, query.language, self._lists)
        return frozenset() if is_without_words(query, tree) else self._in_words(query, tree, words)

    def _in_words(self, query: SearchQuery, tree: Tree, words: Collection[str]) -> frozenset[int]:
        count = self._counter_of(query)
        known = held(words, self._speller)
        if not unheld(known):
            found = self._holding(query, tree, count)
            if found:
                return found
            may_be_loose = len(tree.required) > 1 and self._holds_rare(query, tree, count)
            if not (may_be_loose or self._is_any_gone(seldom(known), query.language, count)):
                return found
        reading = understand(query, self._lists, self._speller, count)
        found = self._holding(query, reading.tree, count)
        # As `whole` reads it again where nothing at all is found.
        again = None if found else understand_anew(query, reading, self._lists, self._speller, count)
        return self._holding(query, again.tree, count) if again else found

    def _is_any_gone(self, words: Iterable[str], language: str, count: Count) -> bool:
        """Whether only hidden things hold one of these words, so that it may be a slip."""
        for word in words:
            if (language, word) not in self._gone:
                self._gone[language, word] = not count(parse(word, language, self._lists))
            if self._gone[language, word]:
                return True
        return False

    def _holding(self, query: SearchQuery, tree: Tree, count: Count) -> frozenset[int]:
        """Those that hold all words, or enough of them where nothing at all holds all."""
        found = self._handful.holding(query, tree)
        if not found and tree.enough < len(tree.required):
            found = self._handful.holding(query, tree, is_partial=True)
            if found and _is_held(tree, count):
                return frozenset()
        return frozenset(pks_of(KIND, found))

    @cached_property
    def _handful(self) -> Handful:
        return Handful(self._documents(sorted(self.pks)))

    def _holds_rare(self, query: SearchQuery, tree: Tree, count: Count) -> bool:
        """Whether any of these holds a word by which the question might be read more loosely (`loosened`)."""
        common = self._common.setdefault(query.language, set())
        rare = [node for node in words_of(tree) if node not in common]
        # To count a word in the whole index is dear: only those that these hold, up to the first that is rare.
        if not self._holds_any(query, tree, rare):
            return False
        for node in rare:
            if self._holds_any(query, tree, [node]):
                if self._is_rare(node, count):
                    return True
                common.add(node)
        return False

    @staticmethod
    def _is_rare(node: Node, count: Count) -> bool:
        """Whether so few hold the word that a question might be read by it alone."""
        most = most_of_rare(count)
        return count(Tree((_alone(node),))) <= most and count(Tree((node,))) <= most

    def _holds_any(self, query: SearchQuery, tree: Tree, nodes: Sequence[Node]) -> bool:
        any_node = any_of(tree, nodes)
        return any_node is not None and bool(self._handful.holding(query, any_node))

    def _counter_of(self, query: SearchQuery) -> Count:
        # The same words are asked for again and again.
        if query.language not in self._counters:
            self._counters[query.language] = cache(counter(query))
        return self._counters[query.language]


def _is_held(tree: Tree, count: Count) -> bool:
    """Whether anything at all holds all words."""
    alone = AllOf(tuple(map(_alone, tree.required)))
    return bool(count(Tree((alone,), tree.excluded)) or count(Tree((AllOf(tree.required),), tree.excluded)))


def _alone(node: Node) -> Node:
    """The words without what they bring: whatever holds these holds the node, and to count them is far quicker."""
    match node:
        case Group(alternatives):
            return Group(alternatives[:1])
        case _:
            return replace(node, nodes=tuple(map(_alone, node.nodes)))
