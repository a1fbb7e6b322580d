"""Addressees and what they answered and did, alerts, ranges of days: found and counted as of today."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.base import Engine
from search.results import FacetCount
from tests.search.engines.contract.asking import TODAY, Asking, ask, keys
from tests.search.engines.documents import document

FOLLOWED = [
    document(
        "a",
        body="szkoła",
        addressed=("mops|declined|declared|open", "pup|no_answer|stalled|open"),
        implementation="mixed",
        alerts={"overdue": "2026-11-21", "stale": "2020-01-01"},
        date="2014-05-01",
        last="2014-05-31",
    ),
    document(
        "b",
        body="szkoła",
        addressed=("mops|no_answer|stalled|open", "pup|declined|stalled|declined"),
        implementation="stalled",
        alerts={"overdue": "2026-11-22", "disputed": "0001-01-01"},
        date="2014-06-01",
        last="2016-06-01",
    ),
    document(
        "c",
        body="rada",
        addressed=("mops|declined|stalled|declined",),
        implementation="closed_declined",
        date="2015-01-01",
        last="2015-12-31",
    ),
    document("d", body="rada", addressed=("rpo|no_answer|no_information|open",), implementation="no_information"),
    # A bound: it sorts by its day, but lies in no range.
    document("e", body="szkoła", implementation="no_information", date="2015-02-01", last=""),
]
"""What addressees answered and did; two of them may stand alike in one document."""

STANDING: dict[str, tuple[str, ...]] = {
    "addressee": ("mops", "pup", "rpo", "nobody"),
    "position": ("declined", "no_answer"),
    "implementation": ("stalled", "declared", "mixed", "closed_declined", "no_information"),
    "closure": ("open", "declined"),
    "alert": ("overdue", "stale", "disputed", "unanswered", "happy"),
    "city": ("1",),
}


class Standing(Asking):
    @pytest.fixture
    def followed(self, engine: Engine) -> Engine:
        engine.rebuild(FOLLOWED, 1)
        return engine

    @pytest.mark.parametrize(
        ("chosen", "found"),
        [
            ({"implementation": "stalled"}, "b"),
            ({"addressee": "mops", "implementation": "stalled"}, "bc"),
            ({"addressee": "pup", "implementation": "stalled"}, "ab"),
            ({"addressee": ("mops", "pup"), "implementation": "declared"}, "a"),
            ({"addressee": "mops", "position": "declined", "closure": "open"}, "a"),
            ({"position": "declined", "closure": "open"}, "ab"),
            ({"addressee": "pup", "implementation": "mixed"}, ""),
            ({"addressee": "mops|declined", "implementation": "declared"}, ""),
            ({"addressee": "pup", "closure": ("open", "declined")}, "ab"),
        ],
    )
    def test_a_status_chosen_with_an_addressee_is_its_own(
        self, followed: Engine, chosen: dict[str, Any], found: str
    ) -> None:
        assert keys(followed, "", **chosen) == set(found)

    def test_status_facets_of_a_chosen_addressee_count_only_what_is_its_own(self, followed: Engine) -> None:
        facets = ask(followed, "", facets=("position", "implementation", "addressee"), addressee="mops").facets

        assert facets["position"] == (FacetCount("declined", 2), FacetCount("no_answer", 1))
        assert facets["implementation"] == (FacetCount("stalled", 2), FacetCount("declared", 1))
        assert facets["addressee"][1:] == (FacetCount("pup", 2), FacetCount("rpo", 1))

    def test_a_document_whose_addressees_stand_alike_counts_once(self, followed: Engine) -> None:
        (stalled, declared) = ask(followed, "", facets=("implementation",), addressee=("mops", "pup")).facets[
            "implementation"
        ]

        assert (stalled, declared) == (FacetCount("stalled", 3), FacetCount("declared", 1))

    def test_addressees_are_counted_by_the_statuses_chosen(self, followed: Engine) -> None:
        facets = ask(followed, "", facets=("addressee",), implementation="stalled", closure="open").facets

        assert facets["addressee"] == (FacetCount("mops", 1), FacetCount("pup", 1))

    def test_values_of_any_number_and_kind_beside_one_change_no_count(self, followed: Engine) -> None:
        odd = tuple(f'{n}.*+?()[]{{}}^$\\"#@&<>~-ż' * 5 for n in range(49))
        alone, among = (
            ask(followed, "", facets=("addressee",), implementation=values).facets["addressee"]
            for values in ("stalled", ("stalled", *odd))
        )

        assert alone == among == (FacetCount("mops", 2), FacetCount("pup", 2))

    @pytest.mark.parametrize(
        ("today", "alert", "found"),
        [
            (TODAY, "overdue", "a"),
            ("2026-11-20", "overdue", ""),
            ("2026-11-22", "overdue", "ab"),
            (TODAY, "disputed", "b"),
            (TODAY, ("overdue", "disputed"), "ab"),
            (TODAY, "unanswered", ""),
            (TODAY, "happy", ""),
        ],
    )
    def test_an_alert_holds_from_its_day_on(self, followed: Engine, today: str, alert: Any, found: str) -> None:
        assert keys(followed, "", today=today, alert=alert) == set(found)

    def test_alerts_are_counted_as_of_today(self, followed: Engine) -> None:
        counts = ask(followed, "", facets=("alert",), alert="overdue").facets["alert"]

        assert counts == (
            FacetCount("disputed", 1),
            FacetCount("overdue", 1, is_selected=True),
            FacetCount("stale", 1),
        )

    @pytest.mark.parametrize(
        ("since", "until", "found"),
        [
            ("2014-05-31", "", "abc"),
            ("2014-06-01", "", "bc"),
            ("2016-01-01", "", "b"),
            ("", "2014-05-01", "a"),
            ("", "2014-04-30", ""),
            ("", "2030-01-01", "abc"),
            ("2015-03-01", "2015-03-02", "bc"),
            ("2016-07-01", "2014-01-01", ""),
        ],
    )
    def test_a_range_finds_the_periods_that_touch_it_and_no_bounds(
        self, followed: Engine, since: str, until: str, found: str
    ) -> None:
        assert keys(followed, "", since=since, until=until) == set(found)

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(
        text=st.sampled_from(["", "szkoła", "rada"]),
        since=st.sampled_from(["", "", "2014-06-01"]),
        masked=st.sampled_from([[], ["b"]]),
        chosen=st.fixed_dictionaries(
            {},
            optional={
                facet: st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)
                for facet, values in STANDING.items()
            },
        ),
    )
    def test_whatever_is_chosen_every_count_is_what_a_click_on_it_gives(
        self, followed: Engine, text: str, since: str, masked: list[str], chosen: dict[str, Any]
    ) -> None:
        facets = ask(followed, text, facets=tuple(STANDING), masked=masked, since=since, **chosen).facets

        for facet, counts in facets.items():
            shown = {count.value: count.count for count in counts}
            assert shown.keys() >= set(chosen.get(facet, ()))
            for value in (*STANDING[facet], *shown):
                alone = ask(followed, text, masked=masked, since=since, **(chosen | {facet: value}))
                assert shown.get(value, 0) == alone.total, (facet, value)
