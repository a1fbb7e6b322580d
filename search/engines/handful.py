"""A few documents in memory, asked as the embedded engine is: for who asks very much about very little."""

from __future__ import annotations

from collections.abc import Iterable

import tantivy

from search.engines.base import Document
from search.engines.embedded_question import Matching
from search.engines.embedded_schema import schema, stored
from search.query import SearchQuery
from search.tree import Tree

_HEAP = 15_000_000


class Handful:
    """These documents as they are now; nobody can change them."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._schema = schema()
        index = tantivy.Index(self._schema)
        writer = index.writer(_HEAP, 1)
        for document in documents:
            writer.add_document(stored(document))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def passing(self, query: SearchQuery) -> tuple[str, ...]:
        """The keys of those that pass the filters, whatever the question's words."""
        asked = Matching(self._schema, self._searcher, query, ())
        return asked.ordered_keys(asked.narrowed(asked.at_level(Tree(), is_partial=False), asked.conditions), "newest")

    def may_hold(self, query: SearchQuery, tree: Tree) -> bool:
        """Whether any of them passes the filters and holds enough of the words; False: no index that holds them finds
        any of them."""
        asked = Matching(self._schema, self._searcher, query, ())
        enough = asked.at_level(tree, is_partial=tree.enough < len(tree.required))
        return asked.exists(asked.narrowed(enough, asked.conditions))
