"""What is asked of Elasticsearch for one page, and what its answer says: hits in our order, totals, counts.

Pure: a question is a plain dictionary, and so is an answer. Wrapping each bucket in an object of the client costs more
than the server needs to count them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from search.engines.base import MOST_TEXTS, MOST_VALUES, SCORE_DIGITS, counted, number_at_end
from search.engines.elastic_question import Clause, condition, every_condition, literal
from search.engines.elastic_schema import FACETS, VALUES, WINDOW
from search.engines.keys import keys_of
from search.engines.narrowing import Between, Conditions, conditions_of, counts_of, fields_of, plans_of, summed_texts
from search.query import ALERTS, SearchQuery
from search.results import FacetCount, Hit
from search.tree import Tree

Body = dict[str, Any]
Found = Mapping[str, Any]
Ask = Callable[[Body], Found]
"""Asks the server once more, of the same index."""

BY_SCORE: tuple[str, ...] = ("_score", "by_newest")


class Page:
    """One page of a question. Every text by which hits are put in order ends in the number of the key, so no stored
    field is read for them."""

    def __init__(self, query: SearchQuery, facets: Sequence[str], tree: Tree) -> None:
        self.query = query
        self.order = query.order if tree.required or query.order != "relevance" else "newest"
        self.may_be_partial = tree.enough < len(tree.required)
        self.conditions = conditions_of(query)
        self.plans = plans_of(query, facets)
        self.asked = fields_of(self.plans)
        self.texts = summed_texts(self.plans)

    @property
    def sort(self) -> list[str]:
        """The columns that put the hits in order."""
        return [*BY_SCORE] if self.order == "relevance" else [f"by_{self.order}"]

    def body(self, base: Clause) -> Body:
        """The question for hits, total and counts."""
        body: Body = {"query": base, "sort": self.sort, **self.narrowing}
        if self.order == "relevance":
            # One page more, since a tie across the end of the page is the rule where documents are alike.
            body["size"] = self.query.offset + self.query.page_size * 2
        else:
            body |= {"from": self.query.offset, "size": self.query.page_size}
        return body | {"aggs": aggs} if (aggs := self._aggregations()) else body

    def numbers(self, rows: Sequence[Any]) -> list[int]:
        """The numbers of the keys of rows; behind its own columns a view of the index sorts by one more."""
        last = len(self.sort) - 1
        return [number_at_end(row["sort"][last]) for row in rows]

    def keys(self, rows: Sequence[Any]) -> tuple[str, ...]:
        """The keys of rows in this order."""
        return keys_of(self.numbers(rows))

    @property
    def narrowing(self) -> Body:
        """The filters, which must not narrow what the facets count."""
        return {"post_filter": every_condition(self.conditions)} if self.conditions else {}

    def _aggregations(self) -> Body:
        found: Body = {}
        for n, (conditions, fields) in enumerate(self.asked.items()):
            counts = {column: self._aggregation(column, conditions) for column in _columns(fields)}
            if conditions:
                found[f"c{n}"] = {"filter": every_condition(conditions), "aggs": counts}
            else:
                found |= counts
        if self.conditions and self.may_be_partial:
            found["all"] = {"filter": {"match_all": {}}}
        return found

    def _aggregation(self, column: str, conditions: Conditions) -> Body:
        if column == "alert":
            days = {name: condition(Between(f"alert_{name}", high=self.query.today)) for name in ALERTS}
            return {"filters": {"filters": days}}
        if column == "addressed":
            include = "|".join(texts.pattern(literal) for texts in self.texts[conditions])
            return {"terms": {"field": column, "size": MOST_TEXTS, "include": include}}
        return {"terms": {"field": column, "size": MOST_TEXTS if column == VALUES else MOST_VALUES}}

    def all_of(self, found: Found) -> int:
        """How many documents match without the filters."""
        return cast("int", found["aggregations"]["all"]["doc_count"]) if self.conditions else total_of(found)

    def counts(self, found: Found, base: Clause, ask: Ask) -> dict[str, tuple[FacetCount, ...]]:
        """The facets."""

        def count(conditions: Conditions, fields: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
            counts = found["aggregations"]
            if conditions:
                counts = counts[f"c{list(self.asked).index(conditions)}"]
            columns = {column: _buckets(counts[column]["buckets"]) for column in _columns(fields)}
            together = columns.pop(VALUES, {})
            return _by_field(together, fields) | columns

        # What a sum cannot tell is asked for in one more request, all values together.
        single: dict[Conditions, int] = {}
        counts = counts_of(self.plans, count, lambda conditions: single.setdefault(conditions, 0))
        if single:
            totals = counted_each(ask, base, [every_condition(each) for each in single])
            single = dict(zip(single, totals, strict=True))
            counts = counts_of(self.plans, count, single.__getitem__)
        return {facet: counted(some, self.query.values(facet)) for facet, some in counts.items()}

    def hits(self, found: Found, base: Clause, ask: Ask) -> tuple[Hit, ...]:
        """The hits of the page."""
        rows = rows_of(found)
        if self.order != "relevance":
            return tuple(map(Hit, self.keys(rows)))
        end = self.query.offset + self.query.page_size
        limit = self.query.offset + self.query.page_size * 2
        again: Body = {"query": base, "sort": self.sort, **self.narrowing}
        # The server orders by unrounded scores; all that tie with the last of the page belong before it is cut.
        while len(rows) == limit < WINDOW and _is_cut(rows, end, again, ask):
            limit = min(limit * 4, WINDOW)
            rows = rows_of(ask({**again, "size": limit}))
        here = by_rounded_score(rows)[self.query.offset : end]
        return tuple(Hit(key, rounded_score(row)) for key, row in zip(self.keys(here), here, strict=True))


def total_of(found: Found) -> int:
    """How many documents pass all filters."""
    return cast("int", found["hits"]["total"]["value"])


def rows_of(found: Found) -> list[Any]:
    """The hits as the server gave them."""
    return cast("list[Any]", found["hits"]["hits"])


def rounded_score(row: Any) -> float:
    """The score of a row that was sorted BY_SCORE."""
    return round(float(row["sort"][0]), SCORE_DIGITS)


def by_rounded_score(rows: Sequence[Any]) -> list[Any]:
    """Rows that were sorted BY_SCORE in our order."""
    return sorted(rows, key=lambda row: (-rounded_score(row), row["sort"][1]))


def counted_each(ask: Ask, base: Clause, clauses: Sequence[Clause]) -> list[int]:
    """How many of the documents meet each of these clauses."""
    named = {f"{n}": clause for n, clause in enumerate(clauses)}
    found = ask({"query": base, "size": 0, "aggs": {"each": {"filters": {"filters": named}}}})
    counts = _buckets(found["aggregations"]["each"]["buckets"])
    return [counts[name] for name in named]


def _is_cut(rows: Sequence[Any], end: int, again: Body, ask: Ask) -> bool:
    """Whether more hits than these may belong on the page, for the last of them ties with its last."""
    last = rounded_score(rows[end - 1])
    if rounded_score(rows[-1]) != last:
        return False
    if len({row["sort"][0] for row in rows if rounded_score(row) == last}) > 1:
        return True
    # All tie exactly, so the server has them in our order, unless others follow that tie by rounding only.
    after = [rows[-1]["sort"][0], "\U0010ffff"]
    following = rows_of(ask({**again, "size": 1, "search_after": after, "track_total_hits": False}))
    return any(rounded_score(row) == last for row in following)


def _columns(fields: Sequence[str]) -> list[str]:
    """What tells the counts of these fields: of several facets the one column that holds the values of all."""
    facets = [field for field in fields if field in FACETS]
    return [VALUES, *(field for field in fields if field not in FACETS)] if len(facets) > 1 else [*fields]


def _by_field(counts: Mapping[str, int], fields: Sequence[str]) -> dict[str, dict[str, int]]:
    """The counts of that column for each of its facets; those not asked for are left out."""
    found: dict[str, dict[str, int]] = {field: {} for field in fields}
    for text, count in counts.items():
        field, _, value = text.partition(":")
        if field in found:
            found[field][value] = count
    return found


def _buckets(buckets: Any) -> dict[str, int]:
    if isinstance(buckets, dict):
        return {name: bucket["doc_count"] for name, bucket in buckets.items()}
    return {bucket["key"]: bucket["doc_count"] for bucket in buckets}
