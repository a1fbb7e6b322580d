"""How the embedded engine answers: which documents are hits, one page of them or all, and the facets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar, cast

import tantivy
from tantivy import FieldType, Occur, Query

from search.engines.base import (
    MOST_TEXTS,
    MOST_VALUES,
    SCORE_DIGITS,
    counted,
    number_at_end,
)
from search.engines.embedded_schema import NO_VALUE, columns_of, day_number
from search.engines.embedded_tree import Scored, Unscored, unscored
from search.engines.keys import bare, keys_of
from search.engines.narrowing import (
    AnyAddressed,
    AnyOne,
    AnyValue,
    Between,
    Condition,
    Conditions,
    conditions_of,
    counts_of,
    plans_of,
)
from search.query import ALERTS, SearchQuery
from search.results import FacetCount, Hit, Listing, SearchResults
from search.tree import Tree

TIES = 64
"""Hits read beyond the page, in case the last ones of it tie with them: a second search costs more."""

MANY_HITS = 5000
"""From so many on it is worth while to count columns of one value each: they bring twice as many buckets."""

T = TypeVar("T")
Find = Callable[[Query, str], tuple[int, T]]
"""From a question and the order of its hits to how many they are, and what is wanted of them."""

_SCORE_STEPS, _PLACE_BITS = 10**SCORE_DIGITS, 63


class Question(Scored):
    """One search against one state of the index."""

    def __init__(
        self,
        schema: tantivy.Schema,
        searcher: tantivy.Searcher,
        query: SearchQuery,
        masked: Collection[str],
    ) -> None:
        super().__init__(schema, searcher)
        self.query = query
        self.masked = masked

    def answer(self, tree: Tree, facets: Sequence[str]) -> SearchResults:
        matching, base, is_partial, (total, hits) = self.on_level(tree, self.page)
        return SearchResults(hits=hits, total=total, is_partial=is_partial, facets=matching.facets(base, facets, total))

    def every(self, tree: Tree) -> Listing:
        _matching, _base, is_partial, (_total, numbers) = self.on_level(tree, self.all_hits)
        return Listing(numbers, is_partial)

    def on_level(self, tree: Tree, find: Find[T]) -> tuple[Matching, Query, bool, tuple[int, T]]:
        """What `find` gives on the first level that is not empty; that level without filters, and whether it is the
        partial one. Whatever is found tells the level too: all documents are asked only where nothing is."""
        matching = Matching(self.schema, self.searcher, self.query, self.masked)
        every = matching.at_level(tree, is_partial=False)
        found = find(*self.ordered(tree, every, is_partial=False))
        if not found[0] and tree.enough < len(tree.required):
            some = matching.at_level(tree, is_partial=True)
            partial = find(*self.ordered(tree, some, is_partial=True))
            is_level = partial[0] or self.exists(some)
            if is_level and not (self.conditions and self.exists(every)):
                return matching, some, True, partial
        return matching, every, False, found

    def ordered(self, tree: Tree, base: Query, *, is_partial: bool) -> tuple[Query, str]:
        """The question with its filters, and the order of its hits."""
        # Without a required word every score is 0: no need to read all hits only to break the tie.
        order = self.query.order if tree.required else self.unranked_order
        ranked = self.at_level(tree, is_partial=is_partial) if order == "relevance" else base
        return self.narrowed(ranked, self.conditions), order

    @property
    def conditions(self) -> Conditions:
        return conditions_of(self.query)

    # -- which level, which documents --------------------------------------------------------------------------

    def at_level(self, tree: Tree, *, is_partial: bool) -> Query:
        nodes = [self.node(node) for node in tree.required]
        if not is_partial:
            return self.shown(tree, [(Occur.Must, node) for node in nodes])
        some = Query.boolean_query([(Occur.Should, node) for node in nodes], minimum_number_should_match=tree.enough)
        return self.shown(tree, [(Occur.Must, some)])

    def exists(self, query: Query) -> bool:
        return bool(self.searcher.search(unscored(query), 1, count=False).hits)

    def shown(self, tree: Tree, clauses: list[tuple[Occur, Query]]) -> Query:
        clauses = clauses or [(Occur.Must, unscored(Query.all_query()))]
        clauses += [(Occur.MustNot, self.term("hidden_in", self.query.language))]
        clauses += [(Occur.MustNot, self.node(node)) for node in tree.excluded]
        if self.masked:
            clauses.append((Occur.MustNot, Query.term_set_query(self.schema, "key", list(self.masked))))
        return Query.boolean_query(clauses)

    # -- filters -----------------------------------------------------------------------------------------------

    def narrowed(self, base: Query, conditions: Conditions) -> Query:
        if not conditions:
            return base
        clauses = [(Occur.Must, unscored(self.condition(condition))) for condition in conditions]
        return Query.boolean_query([(Occur.Must, base), *clauses])

    def condition(self, condition: Condition) -> Query:
        match condition:
            case AnyValue(field, values):
                return self.any_term(field, values)
            case Between(field, low, high):
                # Without any bound this still asks for a date: the lowest bound that there can be.
                upper = day_number(high) if high else None
                return Query.range_query(self.schema, field, FieldType.Integer, day_number(low), upper)
            case AnyAddressed():
                starts = [self.searcher.terms_with_prefix("addressed", start) for start in condition.starts]
                fitting = [text for terms in starts for text, _ in terms if condition.fits(text)]
                return self.any_term("addressed", fitting)
            case AnyOne(conditions):
                if not conditions:
                    return Query.empty_query()
                return Query.boolean_query([(Occur.Should, self.condition(each)) for each in conditions])

    # -- a page ------------------------------------------------------------------------------------------------

    @property
    def unranked_order(self) -> str:
        return "newest" if self.query.order == "relevance" else self.query.order

    def page(self, query: Query, order: str) -> tuple[int, tuple[Hit, ...]]:
        if order == "relevance":
            return self.most_relevant(query)
        found = self.searcher.search(
            query,
            self.query.page_size,
            order_by_field=f"by_{order}",
            offset=self.query.offset,
            order=tantivy.Order.Asc,
        )
        return _count(found), tuple(map(Hit, keys_of(_numbers(order, [place for place, _ in found.hits]))))

    def all_hits(self, query: Query, order: str) -> tuple[int, list[int]]:
        numbers = self.ordered_hits(query, order)
        return len(numbers), numbers

    def ordered_hits(self, query: Query, order: str) -> list[int]:
        limit = max(1, self.searcher.num_docs)
        if order == "title":
            # Walking the dictionary of titles is many times quicker than sorting hits by it.
            texts = self.searcher.terms_with_prefix("by_title", "", filter_query=query, limit=None)
            return _numbers(order, [text for text, _ in texts])
        if order != "relevance":
            found = self.searcher.search(
                query, limit, count=False, order_by_field=f"by_{order}", order=tantivy.Order.Asc
            )
            return _numbers(order, [place for place, _ in found.hits])
        hits = self.searcher.search(query, limit, count=False).hits
        # One number for each hit, the score before its place among those that score alike.
        ranks = [
            (round(score * -_SCORE_STEPS) << _PLACE_BITS) + place
            for (score, _), place in zip(hits, self.places_of_hits(hits), strict=True)
        ]
        ranks.sort()
        return bare(ranks)

    def places_of_hits(self, hits: Sequence[tuple[float, tantivy.DocAddress]]) -> list[int]:
        """What puts hits in order that score alike, and tells their keys."""
        return cast("list[int]", self.searcher.fast_field_values("by_newest", [address for _, address in hits]))

    def most_relevant(self, query: Query) -> tuple[int, tuple[Hit, ...]]:
        """The page by score. tantivy breaks ties by place in the index, so all that tie with the last hit are read."""
        first, end = self.query.offset, self.query.offset + self.query.page_size
        limit = end + TIES
        while True:
            found = self.searcher.search(query, limit)
            scored = [(round(score, SCORE_DIGITS), address) for score, address in found.hits]
            if len(scored) < limit or scored[-1][0] < scored[end - 1][0]:
                break
            limit *= 4
        if first >= len(scored):
            return _count(found), ()
        highest, lowest = scored[first][0], scored[min(end, len(scored)) - 1][0]
        above = sum(1 for score, _ in scored if score > highest)
        near = [hit for hit in scored if lowest <= hit[0] <= highest]
        ordered = sorted((-score, place) for (score, _), place in zip(near, self.places_of_hits(near), strict=True))
        here = ordered[first - above : end - above]
        keys = keys_of([place for _, place in here])
        return _count(found), tuple(Hit(key, -score) for (score, _), key in zip(here, keys, strict=True))

    # -- facets ------------------------------------------------------------------------------------------------

    def facets(self, base: Query, facets: Sequence[str], hits: int) -> dict[str, tuple[FacetCount, ...]]:
        """Each facet without its own filter: one aggregation for all that do not filter, one for each that does."""

        def count(conditions: Conditions, fields: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
            return self.counts(self.narrowed(base, conditions), fields, are_many=hits >= MANY_HITS)

        def total(conditions: Conditions) -> int:
            return _count(self.searcher.search(self.narrowed(base, conditions), 1))

        counts = counts_of(plans_of(self.query, facets), count, total)
        return {facet: counted(counts[facet], self.query.values(facet)) for facet in facets}

    def counts(self, query: Query, fields: Sequence[str], *, are_many: bool = False) -> dict[str, dict[str, int]]:
        columns = {field: columns_of(field) if are_many else (field,) for field in fields if field != "alert"}
        asked: dict[str, dict[str, Any]] = {
            column: {"terms": {"field": column, "size": MOST_VALUES}} for some in columns.values() for column in some
        }
        if "addressed" in asked:
            # No expression that leaves the others out: reading it over all texts costs more than counting few hits.
            asked["addressed"]["terms"]["size"] = MOST_TEXTS
        if "alert" in fields:
            until_today = [{"to": day_number(self.query.today) + 1}]
            asked |= {f"alert_{name}": {"range": {"field": f"alert_{name}", "ranges": until_today}} for name in ALERTS}
        answer = self.searcher.aggregate(query, asked)
        found = {field: _summed([answer[column]["buckets"] for column in some]) for field, some in columns.items()}
        if "alert" in fields:
            found["alert"] = {name: _until(answer[f"alert_{name}"]["buckets"]) for name in ALERTS}
        return found


class Matching(Unscored, Question):
    """The question without scores."""


def _count(found: tantivy.SearchResult) -> int:
    return cast("int", found.count)  # type: ignore[attr-defined]  # its type stub forgets this one


def _numbers(order: str, places: Sequence[Any]) -> list[int]:
    """The numbers of the keys at the end of what puts hits in this order."""
    return [number_at_end(text) for text in places] if order == "title" else bare(places)


def _summed(columns: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """How many documents have each value, from its count in every column; in one document it stands in one of them."""
    first, *others = ({bucket["key"]: bucket["doc_count"] for bucket in buckets} for buckets in columns)
    for other in others:
        for value, count in other.items():
            first[value] = first.get(value, 0) + count
    first.pop(NO_VALUE, None)
    return first


def _until(buckets: Sequence[Mapping[str, int]]) -> int:
    # tantivy adds the rest of the days as a bucket of its own.
    return sum(bucket["doc_count"] for bucket in buckets if "to" in bucket)
