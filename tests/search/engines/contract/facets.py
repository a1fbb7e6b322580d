"""Facets: every count is what a click on it gives; what is masked or not shown counts nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from search.engines.base import Batch, Engine
from search.results import FacetCount
from tests.search.engines.contract.asking import FACETS, Asking, ask, keys
from tests.search.engines.documents import document


class Facets(Asking):
    def test_a_facet_counts_without_its_own_filter_and_with_the_others(self, full: Engine) -> None:
        results = ask(full, "", facets=FACETS, year=("2014",), city=("1", "2"))

        assert results.total == 3
        assert results.facets["year"] == (
            FacetCount("2014", 3, is_selected=True),
            FacetCount("2015", 1),
            FacetCount("2016", 1),
            FacetCount("2017", 1),
        )
        assert results.facets["city"] == (FacetCount("1", 2, is_selected=True), FacetCount("2", 1, is_selected=True))
        assert results.facets["tag"] == (FacetCount("y", 2), FacetCount("x", 1))
        assert results.facets["theme"] == ()

    @pytest.mark.parametrize("text", ["", "rada", "szkoła OR forum", "rada gminy lekarz"])
    @pytest.mark.parametrize("chosen", [{}, {"year": "2014"}, {"tag": ("x", "y")}, {"tag": "x", "city": "1"}])
    def test_every_count_is_what_a_click_on_it_gives(self, full: Engine, text: str, chosen: dict[str, Any]) -> None:
        results = ask(full, text, facets=FACETS, masked=["e"], **chosen)

        for facet, counts in results.facets.items():
            for count in counts:
                assert ask(full, text, masked=["e"], **{**chosen, facet: count.value}).total == count.count

    def test_a_selected_value_never_vanishes(self, full: Engine) -> None:
        results = ask(full, "", facets=("city",), city="99")

        assert results.total == 0
        assert results.facets["city"][-1] == FacetCount("99", 0, is_selected=True)

    def test_more_values_than_an_engine_sends_by_default_are_all_counted(self, engine: Engine) -> None:
        engine.rebuild([document(f"{n:03}", year=str(1900 + n)) for n in range(120)], 1)

        assert len(ask(engine, "", facets=("year",)).facets["year"]) == 120
        assert len(ask(engine, "", facets=FACETS).facets["year"]) == 120

    def test_facets_counted_together_keep_values_apart_that_read_alike(self, engine: Engine) -> None:
        engine.rebuild([document("a", tag=("x", "year:2014"), city="x"), document("b", tag="x", year="2014")], 1)

        together = ask(engine, "", facets=FACETS).facets

        assert together["tag"] == (FacetCount("x", 2), FacetCount("year:2014", 1))
        assert (together["city"], together["year"]) == ((FacetCount("x", 1),), (FacetCount("2014", 1),))
        assert together["theme"] == ()
        assert all(ask(engine, "", facets=(facet,)).facets[facet] == counts for facet, counts in together.items())

    @pytest.mark.parametrize("facet", ["theme", "tag", "addressee", "affected", "year"])
    def test_each_of_many_values_counts_once_wherever_it_stands_among_them(self, engine: Engine, facet: str) -> None:
        values: dict[str, Any] = {"a": tuple("pqrstuv"), "b": tuple("vut"), "c": ("v", "v", "p"), "d": ("p",), "e": ()}
        engine.rebuild([document(name, **{facet: some}) for name, some in values.items()], 1)

        counts = {count.value: count.count for count in ask(engine, "", facets=(facet,)).facets[facet]}

        assert counts == {"p": 3, "q": 1, "r": 1, "s": 1, "t": 2, "u": 2, "v": 3}
        assert keys(engine, "", **{facet: "u"}) == {"a", "b"}

    def test_a_filter_nobody_knows_finds_nothing(self, full: Engine) -> None:
        assert ask(full, "", nonsense="1").total == 0

    def test_a_document_with_an_unknown_facet_or_alert_is_refused(self, engine: Engine) -> None:
        with pytest.raises(ValueError, match="unknown facets: colour"):
            engine.apply(Batch([document("a", colour="red")], number=11))
        # An alert is no value but a day.
        with pytest.raises(ValueError, match="unknown facets: alert"):
            engine.apply(Batch([document("a", alert="stale")], number=11))
        with pytest.raises(ValueError, match="unknown alerts: happy"):
            engine.apply(Batch([document("a", alerts={"happy": "2020-01-01"})], number=11))

    def test_masked_documents_count_nowhere(self, full: Engine) -> None:
        results = ask(full, "forum", facets=("year",), masked=["d", "none"])

        assert results.keys == ("e",)
        assert results.total == 1
        assert results.facets["year"] == (FacetCount("2015", 1),)

    def test_a_mask_also_decides_the_level(self, full: Engine) -> None:
        results = ask(full, "rada gminy dzieci", masked=["b"])

        assert (results.keys, results.is_partial) == (("a",), True)

    def test_only_what_is_shown_in_the_language_is_found(self, full: Engine) -> None:
        assert keys(full, "дітей") == set()
        assert keys(full, "дітей", language="uk") == {"g"}
