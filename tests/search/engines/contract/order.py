"""The order of hits, pages of them, and all of them at once."""

from __future__ import annotations

from typing import Any

import pytest

from search.engines.base import Engine
from search.engines.keys import keys_of
from search.parser import parse
from search.query import SORTS, SearchQuery
from tests.search.engines.contract.asking import Asking, ask
from tests.search.engines.documents import document, key


class Order(Asking):
    @pytest.mark.parametrize(
        ("sort", "ordered"),
        [("newest", "hebacdf"), ("oldest", "dacbehf"), ("title", "cbdehaf"), ("relevance", "hebacdf")],
    )
    def test_the_order_is_total_and_no_date_comes_last(self, full: Engine, sort: str, ordered: str) -> None:
        assert "".join(ask(full, "", sort=sort).keys) == ordered

    @pytest.mark.parametrize("sort", SORTS)
    @pytest.mark.parametrize("text", ["", "szkoła", "szk*"])
    def test_pages_neither_repeat_nor_lose_a_hit(self, engine: Engine, sort: str, text: str) -> None:
        engine.rebuild([document(f"{n:02}", "szkoła" * (n % 2), body="szkoła") for n in range(47)], 1)

        pages = [ask(engine, text, sort=sort, page=page, page_size=5).keys for page in range(1, 12)]

        assert [len(page) for page in pages] == [5] * 9 + [2, 0]
        assert sum(pages, ()) == ask(engine, text, sort=sort, page_size=50).keys

    @pytest.mark.parametrize("sort", SORTS)
    @pytest.mark.parametrize("text", ["", "szkoła", "dziecko szkoła lekarz", "szk*", "xqzwv", "-rada"])
    def test_every_hit_at_once_is_all_pages_one_after_another(self, full: Engine, sort: str, text: str) -> None:
        for chosen in ({}, {"filters": (("year", ("2014", "2016")),)}):
            query = SearchQuery(text=text, sort=sort, page=3, page_size=1, **chosen)  # type: ignore[arg-type]
            tree = parse(text, "pl")
            page = full.search(SearchQuery(text=text, sort=sort, page_size=50, **chosen), tree, (), [key("h")])  # type: ignore[arg-type]

            every = full.every(query, tree, [key("h")])

            assert keys_of(every.hits) == page.keys
            assert (len(every.hits), every.is_partial, every.number) == (page.total, page.is_partial, page.number)

    def test_ties_go_by_date_then_by_key(self, engine: Engine) -> None:
        same: dict[str, Any] = {"body": "szkoła"}
        engine.rebuild(
            [
                document("d", **same),
                document("c", **same, date="2014"),
                document("a", **same, date="2014"),
                document("b", **same, date="2015"),
            ],
            1,
        )

        assert ask(engine, "szkoła", page_size=3).keys == ("b", "a", "c")
