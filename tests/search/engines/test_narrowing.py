"""From filters to conditions, and from a facet to the way it is counted."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.narrowing import (
    PARTS,
    AnyAddressed,
    AnyOne,
    AnyValue,
    Between,
    ByAddressed,
    ByDay,
    ByField,
    addressed_text,
    conditions_of,
    counts_of,
    plans_of,
)
from search.query import SearchQuery


def asked(today: str = "2026-11-21", since: str = "", until: str = "", **filters: tuple[str, ...]) -> SearchQuery:
    return SearchQuery(filters=tuple(filters.items()), today=today, since=since, until=until)


CODES = st.sampled_from(["a", "a.", "ż(b)"])


@pytest.mark.once
@given(
    text=st.tuples(*[CODES] * len(PARTS)).map("|".join),
    values=st.dictionaries(st.sampled_from(PARTS), st.lists(CODES, min_size=1).map(tuple), min_size=1),
)
def test_the_pattern_of_addressed_texts_finds_those_that_fit(text: str, values: dict[str, tuple[str, ...]]) -> None:
    texts = AnyAddressed(tuple(values.items()))

    assert bool(re.fullmatch(texts.pattern(re.escape), text)) == texts.fits(text)


def test_each_facet_is_a_condition_of_its_own() -> None:
    assert conditions_of(asked(year=("2014", "2015"), implementation=("mixed",), position=("declined",))) == (
        AnyValue("facet_implementation", ("mixed",)),
        AnyValue("facet_position", ("declined",)),
        AnyValue("facet_year", ("2014", "2015")),
    )


def test_an_addressee_alone_is_a_value_like_any_other() -> None:
    assert conditions_of(asked(addressee=("mops",))) == (AnyValue("facet_addressee", ("mops",)),)


def test_statuses_chosen_with_an_addressee_must_be_its_own() -> None:
    query = asked(addressee=("mops", "pup"), closure=("open",), implementation=("declared",), year=("2014",))

    together, year = conditions_of(query)

    assert isinstance(together, AnyAddressed)
    assert together.starts == ("mops|", "pup|")
    assert year == AnyValue("facet_year", ("2014",))
    assert together.fits("pup|no_answer|declared|open")
    assert not together.fits("pup|no_answer|declared|declined")
    assert not together.fits("mops|no_answer|stalled|open")
    assert not together.fits("rpo|no_answer|declared|open")


def test_without_the_addressees_own_filter_the_statuses_are_those_of_the_whole() -> None:
    query = asked(addressee=("mops",), implementation=("declared",))

    assert conditions_of(query, besides="addressee") == (AnyValue("facet_implementation", ("declared",)),)
    assert conditions_of(query, besides="implementation") == (AnyValue("facet_addressee", ("mops",)),)


def test_a_value_never_reaches_into_the_next_part_of_a_text() -> None:
    (condition,) = conditions_of(asked(addressee=("mops|declined", "pup"), closure=("open|",)))

    assert isinstance(condition, AnyAddressed)
    assert condition.starts == ("pup|",)
    assert not condition.fits("mops|declined|stalled|open")
    with pytest.raises(ValueError, match="may hold"):
        addressed_text("mo|ps", position="", implementation="", closure="")


def test_alerts_hold_from_their_day_on() -> None:
    assert conditions_of(asked(alert=("overdue", "stale", "happy"))) == (
        AnyOne((Between("alert_overdue", high="2026-11-21"), Between("alert_stale", high="2026-11-21"))),
    )


def test_an_unknown_facet_or_alert_is_met_by_nothing() -> None:
    assert conditions_of(asked(colour=("red",))) == (AnyOne(()),)
    assert conditions_of(asked(alert=("happy",))) == (AnyOne(()),)


def test_a_range_of_days_asks_for_a_period_that_touches_it() -> None:
    assert conditions_of(asked(since="2014-05-01")) == (Between("last_date", low="2014-05-01"),)
    assert conditions_of(asked(until="2014-06-01")) == (Between("last_date"), Between("sort_date", high="2014-06-01"))


def test_a_facet_is_counted_by_its_field_unless_it_speaks_of_one_addressee() -> None:
    assert plans_of(asked(year=("2014",)), ["year"])["year"] == ByField((), "facet_year")
    assert plans_of(asked(), ["addressee"])["addressee"] == ByField((), "facet_addressee")
    assert plans_of(asked(), ["alert"])["alert"] == ByDay((), "2026-11-21")
    assert plans_of(asked(position=("declined",)), ["implementation"])["implementation"] == ByField(
        (AnyValue("facet_position", ("declined",)),), "facet_implementation"
    )


def test_with_a_status_chosen_addressees_are_counted_by_the_status_that_is_their_own() -> None:
    plan = plans_of(asked(implementation=("declared",), year=("2014",)), ["addressee"])["addressee"]

    assert isinstance(plan, ByAddressed)
    assert plan.conditions == (AnyValue("facet_year", ("2014",)),)
    counts = {"mops|no_answer|declared|open": 2, "mops|declined|declared|open": 1, "pup|no_answer|stalled|open": 5}
    assert plan.summed(counts) == {"mops": 3}


def test_with_an_addressee_chosen_its_own_statuses_are_counted() -> None:
    plan = plans_of(asked(addressee=("mops",), closure=("open",)), ["implementation"])["implementation"]

    assert isinstance(plan, ByAddressed)
    assert plan.is_exact
    counts = {"mops|no_answer|declared|open": 2, "mops|declined|stalled|declined": 1, "pup|no_answer|stalled|open": 5}
    assert plan.summed(counts) == {"declared": 2}


def test_with_several_addressees_a_sum_would_count_one_document_twice() -> None:
    query = asked(addressee=("mops", "pup"))
    # One document asks both, and both stand alike.
    texts = {"mops|no_answer|stalled|open": 1, "pup|no_answer|stalled|open": 1}

    counted = counts_of(
        plans_of(query, ("implementation", "year")),
        lambda conditions, fields: {field: texts if field == "addressed" else {"2014": 1} for field in fields},
        lambda conditions: 1,
    )

    assert counted == {"implementation": {"stalled": 1}, "year": {"2014": 1}}


def test_facets_with_the_same_conditions_are_counted_in_one_go() -> None:
    calls = []

    def count(conditions, fields):  # type: ignore[no-untyped-def]
        calls.append(fields)
        return {field: {} for field in fields}

    plans = plans_of(asked(year=("2014",)), ("year", "city", "alert", "addressee", "tag"))
    counts_of(plans, count, lambda conditions: 0)

    assert calls == [("facet_year",), ("facet_city", "alert", "facet_addressee", "facet_tag")]
