"""A few documents in memory, asked as the embedded engine is: for who asks very much about very little."""

from __future__ import annotations

from collections.abc import Iterable

import tantivy

from search.engines.base import Document
from search.engines.embedded_question import Matching
from search.engines.embedded_schema import known, schema, stored
from search.query import SearchQuery
from search.tree import Tree

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

    def holding(self, query: SearchQuery, tree: Tree, *, is_partial: bool = False) -> list[int]:
        """The numbers of those that pass the filters and hold all words, or enough of them if `is_partial`."""
        asked = Matching(self._schema, self._searcher, query, ())
        found = asked.at_level(tree, is_partial=is_partial)
        return asked.ordered_hits(asked.narrowed(found, asked.conditions), "newest")
