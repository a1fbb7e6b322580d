"""A few documents in memory, asked as the embedded engine is: for who asks very much about very little."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import tantivy

from search.engines.base import Document
from search.engines.embedded_question import Matching
from search.engines.embedded_schema import known, schema, stored
from search.query import SearchQuery
from search.tree import AllOf, Alternative, AnyOf, AtLeast, Group, Node, Phrase, Prefix, Tree, Word

_HEAP = 15_000_000


class Handful:
    """These documents as they are now; nobody can change them."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._schema = schema()
        index = known(tantivy.Index(self._schema))
        writer = index.writer(_HEAP, 1)
        for document in documents:
            writer.add_document(stored(document))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        self._words, self._surface = (
            {term for term, _count in self._searcher.terms_with_prefix(field, "", limit=None)}
            for field in ("words", "surface")
        )

    def holding(self, query: SearchQuery, tree: Tree, *, is_partial: bool = False) -> list[int]:
        """The numbers of those that pass the filters and hold all words, or enough of them if `is_partial`."""
        # Few of many questions have words that stand here, and a word brings up to forty others: to look them up first
        # costs a tenth of asking the index for all.
        required = tuple(self._within(node) for node in tree.required)
        if sum(map(_may_match, required)) < (tree.enough if is_partial else len(required)):
            return []
        asked = Matching(self._schema, self._searcher, query, ())
        found = asked.at_level(replace(tree, required=required), is_partial=is_partial)
        return asked.ordered_hits(asked.narrowed(found, asked.conditions), "newest")

    def _within(self, node: Node) -> Node:
        """The node with only those of its alternatives of which every word stands in one of the documents."""
        match node:
            case Group(alternatives):
                return Group(tuple(one for one in alternatives if self._stands(one)))
            case _:
                return replace(node, nodes=tuple(map(self._within, node.nodes)))

    def _stands(self, alternative: Alternative) -> bool:
        match alternative:
            case Word(key, _, is_surface):
                return key in (self._surface if is_surface else self._words)
            case Phrase(words, surface):
                exact = surface and all(form in self._surface for _, form in surface)
                return bool(exact) or all(any(key in self._words for key in keys) for _, keys in words)
            case Prefix():
                return True


def _may_match(node: Node) -> bool:
    match node:
        case Group(alternatives):
            return bool(alternatives)
        case AnyOf(nodes):
            return any(map(_may_match, nodes))
        case AtLeast(nodes, least):
            return sum(map(_may_match, nodes)) >= least
        case AllOf(nodes):
            return all(map(_may_match, nodes))
