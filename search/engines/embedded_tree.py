"""How a question becomes a query of tantivy: with scores and without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from math import prod

import tantivy
from tantivy import Occur, Query

from search.engines.base import EXACT, FURTHER, PREFIX_TERMS, WEIGHTS
from search.engines.embedded_schema import APART
from search.tree import AllOf, AnyOf, AtLeast, Group, Node, Phrase, Prefix, Word

FEW_TERMS = 16
"""So many terms are cheaper to ask one by one."""

# Readings multiply: so many plain phrases are asked for one by one, which is many times quicker than one of patterns.
_MOST_PHRASES = 12
_SPECIAL = re.compile(r"([.*+?()\[\]{}|^$\\])")


class Scored:
    """Nodes of a tree against one state of the index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self.schema = schema
        self.searcher = searcher

    def node(self, node: Node) -> Query:
        match node:
            case Group():
                return _best([self.alternative(alternative) for alternative in node.alternatives], FURTHER)
            case AnyOf():
                return Query.boolean_query([(Occur.Should, self.node(each)) for each in node.nodes])
            case AtLeast():
                some = [(Occur.Should, self.node(each)) for each in node.nodes]
                return Query.boolean_query(some, minimum_number_should_match=node.least)
            case AllOf():
                clauses = [(Occur.Must, self.node(each)) for each in node.nodes] or [
                    (Occur.Must, unscored(Query.all_query()))
                ]
                return Query.boolean_query([*clauses, *((Occur.MustNot, self.node(each)) for each in node.excluded)])

    def alternative(self, alternative: Word | Phrase | Prefix) -> Query:
        match alternative:
            case Word(key, weight, is_surface):
                return self.word(key, weight, is_surface=is_surface)
            case Phrase():
                return self.phrase(alternative)
            case Prefix(start, weight):
                return self.prefix(start, weight)

    def term(self, field: str, value: str) -> Query:
        return Query.term_query(self.schema, field, value, index_option="freq")

    def any_term(self, field: str, values: Sequence[str]) -> Query:
        # A set of terms is a bitmap over all documents: worth its price only where many terms are asked.
        if len(values) > FEW_TERMS:
            return Query.term_set_query(self.schema, field, list(values))
        terms = [Query.term_query(self.schema, field, value, index_option="basic") for value in values]
        return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])

    def word(self, key: str, weight: float = 1.0, *, is_surface: bool = False) -> Query:
        if is_surface:
            return Query.boost_query(self.term("surface", key), weight)
        parts = [Query.boost_query(self.term(field, key), part * weight) for field, part in WEIGHTS.items()]
        return Query.boolean_query([(Occur.Should, part) for part in parts])

    def phrase(self, phrase: Phrase) -> Query:
        places = [(self.places(field, phrase.words), part) for field, part in WEIGHTS.items()]
        if phrase.surface:
            exact = [(distance, (form,)) for distance, form in phrase.surface]
            places.append((self.places("surface", exact), EXACT))
        scored = [Query.const_score_query(place, part) for place, part in places if place]
        if not scored:
            return Query.empty_query()
        words = [_best([self.word(key) for key in keys]) for _, keys in phrase.words]
        both = Query.boolean_query([(Occur.Must, _best(scored)), *((Occur.Should, word) for word in words)])
        return Query.boost_query(both, phrase.weight)

    def places(self, field: str, words: Sequence[tuple[int, Sequence[str]]]) -> Query | None:
        """Words at their distances in a field; None if one of them stands nowhere in it, which is quick to see."""
        words = [(d * APART, [key for key in keys if self.searcher.doc_freq(field, key)]) for d, keys in words]
        if not all(keys for _, keys in words):
            return None
        if len(words) == 1:
            return Query.term_set_query(self.schema, field, list(words[0][1]))
        if prod(len(keys) for _, keys in words) <= _MOST_PHRASES:
            distances = [distance for distance, _ in words]
            phrases = product(*(keys for _, keys in words))
            return _best(
                [Query.phrase_query(self.schema, field, list(zip(distances, keys, strict=True))) for keys in phrases]
            )
        either: list[str | tuple[int, str]] = [(distance, "|".join(map(_literal, keys))) for distance, keys in words]
        return Query.regex_phrase_query(self.schema, field, either)

    def prefix(self, start: str, weight: float) -> Query:
        terms = self.searcher.terms_with_prefix("surface", start, limit=PREFIX_TERMS + 1)
        if not terms:
            return Query.empty_query()
        if len(terms) > PREFIX_TERMS:
            every = Query.regex_query(self.schema, "surface", f"{_literal(start)}.*")
            return Query.const_score_query(every, weight)
        return _best([self.word(term, weight, is_surface=True) for term, _ in terms])


class Unscored(Scored):
    """The same documents without their scores, which is all that facets and levels ask: one list for each word."""

    def word(self, key: str, weight: float = 1.0, *, is_surface: bool = False) -> Query:
        return self.term("surface" if is_surface else "words", key)

    def phrase(self, phrase: Phrase) -> Query:
        places = [self.places(field, phrase.words) for field in WEIGHTS]
        if phrase.surface:
            places.append(self.places("surface", [(distance, (form,)) for distance, form in phrase.surface]))
        found = [(Occur.Should, place) for place in places if place]
        return Query.boolean_query(found) if found else Query.empty_query()


def unscored(query: Query) -> Query:
    """The query with a score of 0 for all that it finds."""
    return Query.const_score_query(query, 0.0)


def _best(queries: Sequence[Query], further: float = 0.0) -> Query:
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(list(queries), further)


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
