"""What many questions find among a few recommendations, as a digest asks of everything that is followed.

The answers are those of the pages (`search.views.whole`). But the mask, the lists and the words of the index are read
once, and of each question no more than it takes to know that it finds none of these.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from django.http import QueryDict

from search.engines import get_engine
from search.parser import parse_with_words
from search.query import SearchQuery
from search.tree import Tree
from search.views.address import read_address
from search.views.answers import counter
from search.views.page import is_unreadable
from search.views.reading import any_of, speller_of, understand, unheld, words_of
from search.views.whole import among, only_recommendations
from search.word_groups import current_lists


class Touched:
    """These recommendations. Raises EngineUnavailable, here and below, if no engine answers."""

    def __init__(self, pks: Collection[int]) -> None:
        self.pks = frozenset(pks)
        self._lists = current_lists()
        # The words of one moment: `speller_of` looks at the index each time.
        self._speller = cache(speller_of(get_engine(), self._lists))

    def found_by(self, params: QueryDict, language: str) -> frozenset[int]:
        """Those that a search finds."""
        address = read_address(params, language)
        query, left = only_recommendations(address.query), self.pks
        if query is None or address.is_withheld:
            return frozenset()
        # Nobody asks for their order, and any other is quicker than by relevance.
        query = query.with_sort("newest")
        if address.query.filters or address.query.has_dates or not query.text:
            left = among(query.with_text(""), Tree(), left)
        if not (query.text and left):
            return left
        tree, words = parse_with_words(query.text, language, self._lists)
        return frozenset() if is_unreadable(address, tree) else self._in_words(query, tree, words, left)

    def _in_words(
        self, query: SearchQuery, tree: Tree, words: Collection[str], left: frozenset[int]
    ) -> frozenset[int]:
        if not unheld(words, self._speller):
            # Whatever level the question is answered on, what it finds holds one of its words at least.
            any_word = any_of(tree, words_of(tree))
            if len(tree.required) > 1 and any_word and not (left := among(query, any_word, left)):
                return left
            # All words, or most where nothing holds all: only if these have neither may it be read more loosely.
            if (found := among(query, tree, left)) or len(tree.required) < 2:
                return found
        reading = understand(query, self._lists, self._speller, counter(query))
        return among(query, reading.tree, left)
