from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from search.query import FACET_NAMES, MAX_DEPTH, MAX_TEXT, MAX_VALUES, SORTS, SearchQuery

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_an_address_holds_the_whole_question() -> None:
    query = SearchQuery("rada miasta", (("year", ("2014", "nd")), ("tag", ("7",))), sort="newest", page=3)

    read = SearchQuery.from_params(QueryDict(query.encoded()))

    assert read == query
    assert query.encoded() == "q=rada+miasta&tag=7&year=2014&year=nd&sort=newest&page=3"


def test_a_blank_question_has_an_empty_address() -> None:
    assert SearchQuery.from_params(QueryDict("")).encoded() == ""
    assert SearchQuery().is_blank


def test_equal_questions_are_equal_whatever_the_order_of_parameters() -> None:
    one = SearchQuery.from_params(QueryDict("year=2015&tag=1&year=2014"))
    other = SearchQuery.from_params(QueryDict("tag=1&year=2014&year=2015&year=2014"))

    assert one == other
    assert hash(one) == hash(other)


def test_parameters_that_are_no_facets_are_ignored() -> None:
    assert SearchQuery.from_params(QueryDict("utm_source=x&fbclid=y")).is_blank


def test_the_last_of_repeated_words_counts() -> None:
    assert SearchQuery.from_params(QueryDict("q=a&q=b&sort=title&sort=oldest&page=2&page=3")) == SearchQuery(
        "b", sort="oldest", page=3
    )


@pytest.mark.parametrize(
    ("page", "read"),
    [("", 1), ("0", 1), ("-1", 1), ("x", 1), ("2.5", 1), ("9" * 5000, 1), ("99999999", 500), ("²", 1), (" 7 ", 7)],
)
def test_a_page_number_is_clamped(page: str, read: int) -> None:
    assert SearchQuery.from_params({"page": page}).page == read


def test_control_characters_and_lone_surrogates_leave_the_text() -> None:
    assert SearchQuery("a\x00b\ud800c\u202ed \t\n e").text == "a b c d e"


def test_a_long_text_is_cut() -> None:
    assert len(SearchQuery("ż" * 100_000).text) == MAX_TEXT


def test_a_facet_takes_a_bounded_number_of_values() -> None:
    query = SearchQuery.from_params({"tag": [str(n) for n in range(1000)]})

    assert len(query.values("tag")) == MAX_VALUES


def test_toggling_twice_changes_nothing_but_the_page() -> None:
    query = SearchQuery("x", (("year", ("2014",)),), page=4)

    added = query.toggled("year", "2015")

    assert added.values("year") == ("2014", "2015")
    assert added.page == 1
    assert added.toggled("year", "2015") == query.with_page(1)
    assert query.toggled("year", "2014").filters == ()


@given(
    st.dictionaries(
        st.sampled_from(FACET_NAMES), st.lists(st.sampled_from("ąb&=| "), min_size=1, max_size=3), max_size=4
    ),
    st.sampled_from(FACET_NAMES),
    st.sampled_from("ąb&|x"),
)
def test_many_links_that_toggle_are_made_at_once(filters: dict[str, list[str]], facet: str, value: str) -> None:
    chosen = tuple((name, tuple(values)) for name, values in filters.items())
    query = SearchQuery("rada & gmina", chosen, sort="oldest", since="2014-01-01", view="table", page=3)

    assert query.toggling(facet)(value) == query.toggled(facet, value).encoded()


def test_the_layout_stands_in_the_address_and_in_no_saved_search() -> None:
    query = SearchQuery("x", view="table", page=2)

    assert query.encoded() == "q=x&view=table&page=2"
    assert SearchQuery.from_params(QueryDict("q=x&view=table&page=2")) == query
    assert query.toggled("tag", "1").with_sort("title").view == "table"
    assert SearchQuery.from_json(query.to_json()).view == "list"
    assert SearchQuery(view="map").view == "list"


def test_a_range_of_days_is_part_of_the_question_and_can_be_taken_away() -> None:
    query = SearchQuery.from_params(QueryDict("since=2014-05-01&until=2014-13-01"))

    assert (query.since, query.until) == ("2014-05-01", "")
    assert not query.is_blank
    assert query.without_dates().is_blank
    assert query.without_filters().is_blank
    assert SearchQuery.from_json(query.to_json()).since == "2014-05-01"


def test_other_filters_stay_when_one_facet_goes() -> None:
    query = SearchQuery("x", (("year", ("2014",)), ("tag", ("1",))))

    assert query.without("year").filters == (("tag", ("1",)),)
    assert query.without_filters().filters == ()


def test_without_text_the_newest_come_first() -> None:
    assert SearchQuery().order == "newest"
    assert SearchQuery("x").order == "relevance"
    assert SearchQuery(sort="title").order == "title"


def test_ticks_stay_in_every_address_but_in_that_of_the_question_alone() -> None:
    query = SearchQuery.from_params(QueryDict("q=x&tag=1&pick=MO-R01&pick=MO-R02&pick=MO-R01"))
    ticks = "pick=MO-R01&pick=MO-R02"

    for other in (query.toggled("tag", "2"), query.without_filters(), query.with_text("y"), query.with_page(3)):
        assert ticks in other.encoded()
    assert query.toggling("tag")("1") == f"q=x&{ticks}"
    assert query.without_picks().encoded() == "q=x&tag=1"
    assert SearchQuery(picks=("MO-R01",)).is_blank


def test_a_saved_question_comes_back_on_its_first_page() -> None:
    query = SearchQuery("zażółć", (("theme", ("edukacja",)),), sort="title", page=9, language="uk")

    assert SearchQuery.from_json(query.to_json()) == query.with_page(1)


@pytest.mark.parametrize("text", ["", "null", "[]", '{"filters": [1], "text": 5}', "[" * 100_000, '{"sort": []}'])
def test_json_of_others_gives_the_default(text: str) -> None:
    assert SearchQuery.from_json(text) == SearchQuery()


@given(st.dictionaries(st.sampled_from(["q", "sort", "page", *FACET_NAMES, "x"]), anything))
def test_no_parameters_raise(params: dict[str, Any]) -> None:
    query = SearchQuery.from_params(params)

    query.encoded().encode("ascii")
    assert 1 <= query.page <= MAX_DEPTH
    assert query.sort in SORTS
    assert SearchQuery.from_params(QueryDict(query.encoded())) == query


@given(anything, anything, anything, anything, anything)
def test_no_json_raises(text: Any, filters: Any, sort: Any, language: Any, whole: Any) -> None:
    kept = {"text": text, "filters": filters, "sort": sort, "language": language}

    for value in (kept, whole):
        query = SearchQuery.from_json(json.dumps(value))
        assert SearchQuery.from_json(query.to_json()) == query


@given(anything)
def test_a_replaced_part_is_as_clean_as_a_read_one(value: Any) -> None:
    query = replace(SearchQuery(), text=value, page=value, page_size=value, sort=value, filters=value, language=value)

    assert query.offset < MAX_DEPTH
