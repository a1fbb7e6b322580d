"""Words, phrases and prefixes: what they find, and what most of them find."""

from __future__ import annotations

from itertools import product

import pytest

from search.engines.base import Document, Engine
from search.query import SearchQuery
from search.results import FacetCount
from search.tree import Group, Phrase, Tree, Word
from tests.search.engines.contract.asking import Asking, ask, keys
from tests.search.engines.documents import document, named


class Words(Asking):
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("cudzoziemcom", "af"),
            ("cudzoziemka", "a"),
            ("dzieciom szkole", "bc"),
            ("rada -edukacja", "abd"),
            ("rada -gmina", "d"),
            ("lublin OR łódź", "df"),
            ("(lublin OR łódź) forum", "d"),
            ("urzad lodz", "f"),
            ("drugie forum", "d"),
            ("2 forum", "d"),
            ("czwarte forum", "e"),
            ("LII/964/16", "d"),
            ("964/16", "d"),
            ("964/17", ""),
            ("szkol*", "bceh"),
            ("cudzoziemsk*", "c"),
            ("law*", "h"),
            ("xqzwv", ""),
            ("rada xqzwv", ""),
            ("xq*", ""),
            ("-rada", "cefh"),
            ("", "abcdefh"),
        ],
    )
    def test_words_find_what_they_mean(self, full: Engine, text: str, found: str) -> None:
        assert keys(full, text) == set(found)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ('"rady gminy"', "a"),
            ('"gminie rada"', ""),
            ('"dzieci w szkole"', "b"),
            ('"dzieci szkole"', ""),
            ('"zadanie samorządowi"', "a"),
            ('"gminy zadania"', ""),
            ('"uchwała LII/964/16 rada"', "d"),
            ('"rada" -"rada gminy"', "bd"),
        ],
    )
    def test_a_phrase_is_one_in_any_readings_within_one_part(self, full: Engine, text: str, found: str) -> None:
        assert keys(full, text) == set(found)

    def test_any_combination_of_readings_makes_a_phrase(self, engine: Engine) -> None:
        ones, others = ("rad", "rada", "rado"), ("gmin", "gmina")
        documents: list[Document] = []
        for n, pair in enumerate(product(ones, others)):
            # Each position of a document holds a single reading; the question must try all six pairs.
            documents.append({**document(str(n)), "body": tuple((word,) for word in pair)})
        engine.rebuild(documents, 1)

        assert keys(engine, '"rada gminy"') == set("012345")

    @pytest.mark.parametrize(("distance", "found"), [(1, "aceh"), (2, "bkl"), (3, "dij")])
    def test_exact_forms_stand_at_the_places_where_they_were_written(
        self, engine: Engine, distance: int, found: str
    ) -> None:
        places = {
            "a": (("dom",), ("praca",)),
            "b": (("dom",), (), ("praca",)),
            "c": (("dom", "dwór"), ("praca",)),
            "d": (("dom",), (), (), ("praca",)),
            "e": ((), ("dom",), ("praca",)),
            "f": (("dom praca",),),
            "g": (("praca",), ("dom",)),
            "h": (("x",), (), ("dom", "dwór"), ("praca",)),
            "i": (("dom",), (), (), ("praca", "robota")),
            "j": (("dom",), ("x", "y"), (), ("praca",), ()),
            "k": (("dom",), ("|",), ("praca",)),
            "l": ((), ("dom", "dwór"), ("x y",), ("praca",)),
        }
        engine.rebuild([{**document(name), "surface": surface} for name, surface in places.items()], 1)
        nowhere = ((0, ("nic",)), (distance, ("nic",)))
        tree = Tree((Group((Phrase(nowhere, ((0, "dom"), (distance, "praca"))),)),))

        assert set(named(engine.search(SearchQuery("dom praca"), tree).keys)) == set(found)

    def test_the_exact_phrase_comes_before_its_inflections(self, engine: Engine) -> None:
        engine.rebuild(
            [document("a", "zadaniem samorządów"), document("b", body="nasze zadania samorządu lokalnego")], 1
        )

        assert ask(engine, '"zadania samorządu"').keys == ("b", "a")

    def test_a_title_counts_more_than_a_body(self, engine: Engine) -> None:
        engine.rebuild(
            [document("a", "inne słowo", body="szkoła tutaj"), document("b", "szkoła tutaj", body="inne słowo")], 1
        )

        assert ask(engine, "szkoła").keys == ("b", "a")

    def test_what_was_typed_counts_more_than_what_may_be_meant(self, engine: Engine) -> None:
        engine.rebuild([document("a", "sąd", date="2020"), document("b", "sad", date="2010")], 1)

        assert ask(engine, "sad").keys == ("b", "a")

    def test_what_says_it_in_several_words_comes_before_what_says_it_in_one(self, engine: Engine) -> None:
        # Alone, the best word of each would put the shorter one first.
        engine.rebuild([document("a", "nauczyciel"), document("b", "nauczyciel oświata"), document("c", "oświata")], 1)
        tree = Tree((Group((Word("szkoła"), Word("nauczyciel", 0.5), Word("oświata", 0.4))),))

        assert named(engine.search(SearchQuery("szkoła"), tree).keys) == ("b", "a", "c")

    def test_a_prefix_of_more_words_than_are_weighed_still_finds_all(self, engine: Engine) -> None:
        engine.rebuild([document(f"{n:03}", f"szkx{n:03}q") for n in range(230)], 1)

        assert ask(engine, "szkx*").total == 230
        assert ask(engine, "szkx00*").total == 10

    def test_if_nothing_holds_all_words_most_of_them_will_do_and_it_says_so(self, full: Engine) -> None:
        results = ask(full, "rada gminy lekarz")

        assert set(results.keys) == {"a", "b"}
        assert results.is_partial

    def test_if_something_holds_all_words_nothing_else_is_shown(self, full: Engine) -> None:
        results = ask(full, "rada gminy dzieci")

        assert results.keys == ("b",)
        assert not results.is_partial

    def test_a_filter_never_turns_whole_matches_into_partial_ones(self, full: Engine) -> None:
        results = ask(full, "rada gminy dzieci", facets=("year",), year="2014")

        assert (results.total, results.is_partial) == (0, False)
        assert results.facets["year"] == (FacetCount("2015", 1), FacetCount("2014", 0, is_selected=True))

    def test_an_excluded_word_stays_excluded_on_the_partial_level(self, full: Engine) -> None:
        assert ask(full, "rada gminy lekarz -dzieci").keys == ("a",)
