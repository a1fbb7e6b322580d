"""What every engine must answer. A test module gives the class an `engine` fixture and inherits all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.base import Batch, Document, Engine
from search.engines.memory import MemoryEngine
from search.expansion import Lists
from search.parser import parse
from search.query import SORTS, SearchQuery
from search.results import FacetCount, Hit, SearchResults
from search.tree import AtLeast, Group, Tree, Word
from search.word_groups import shipped_groups
from tests.search.engines.documents import document, key, named

QUESTIONS = [
    line.split("\t")[0] for line in (Path(__file__).parents[1] / "data" / "queries.tsv").read_text().splitlines()[1:]
] + [
    "",
    "rada",
    "dziecko",
    "-szkoła",
    "szkoła OR -rada",
    "(szkoła OR rada) -gmina",
    "szk*",
    "cudzo* -rada",
    '"rady gminy"',
    '"szkoły"',
    "LII/964/16",
    "964/16",
    "drugie forum",
    "rada gmina lekarz szkoła",
    "lodz urzad",
    "w i",
]

CORPUS = [
    document(
        "a",
        "Rada gminy",
        body="Zadania samorządu wobec cudzoziemców/ek",
        date="2014-05-01",
        year="2014",
        city="1",
        tag=("x", "y"),
    ),
    document("b", "Gmina i rada", body="Dzieci w szkołach, rad w gminie", date="2015", year="2015", city="2", tag="x"),
    document(
        "c",
        "Edukacja dzieci cudzoziemskich",
        lead="Szkoła dla dzieci uchodźców",
        date="2014-05-01",
        year="2014",
        city="1",
    ),
    document(
        "d",
        "II Forum",
        names="Lublin forum 2014",
        body="uchwała LII/964/16 rady",
        date="2014-03-21",
        year="2014",
        city="2",
        tag="y",
    ),
    document("e", "IV Forum", names="Wrocław forum 2015", body="szkoła szkoła szkoła", date="2015-05-14", year="2015"),
    document(
        "f", "Urząd miasta", names="Łódź", body="obsługa cudzoziemców w urzędzie", year="nd", city="3", tag=("x", "z")
    ),
    document("g", "Освіта дітей мігрантів", language="uk", shown_in=("uk",), date="2016", year="2016"),
    document("h", "Ława i łąka", body="szkolnictwo", date="2016-01-01", year=("2016", "2017"), city="1"),
]
FACETS = ("year", "city", "tag", "theme")

TODAY = "2026-11-21"
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


@cache
def lists() -> Lists:
    return Lists(shipped_groups())


def ask(
    engine: Engine,
    text: str,
    *,
    facets: Sequence[str] = (),
    masked: Sequence[str] = (),
    language: str = "pl",
    sort: str = "relevance",
    page: int = 1,
    page_size: int = 20,
    since: str = "",
    until: str = "",
    today: str = TODAY,
    **filters: str | tuple[str, ...],
) -> SearchResults:
    chosen = tuple((facet, (value,) if isinstance(value, str) else value) for facet, value in filters.items())
    query = SearchQuery(text, chosen, sort, page, page_size, language, since=since, until=until, today=today)
    found = engine.search(query, parse(query.text, language), facets, [*map(key, masked)])
    names = named(found.keys)
    return replace(found, hits=tuple(Hit(name, hit.score) for name, hit in zip(names, found.hits, strict=True)))


def keys(engine: Engine, text: str, **rest: Any) -> set[str]:
    return set(ask(engine, text, **rest).keys)


class EngineContract:
    """Inherit and give an `engine` fixture: a fresh engine with an empty index."""

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        raise NotImplementedError

    @pytest.fixture
    def full(self, engine: Engine) -> Engine:
        engine.rebuild(CORPUS, 10, fingerprint="f")
        return engine

    # -- words -------------------------------------------------------------------------------------------------

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

    # -- partial -----------------------------------------------------------------------------------------------

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

    # -- facets ------------------------------------------------------------------------------------------------

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

    # -- addressees, dates, alerts -----------------------------------------------------------------------------

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

    # -- the words of the index --------------------------------------------------------------------------------

    def test_the_vocabulary_counts_documents_by_the_forms_that_stand_in_them(self, full: Engine) -> None:
        words = full.vocabulary()

        assert (words["szkola"], words["forum"], words["lodz"]) == (2, 2, 1)
        assert "szkoła" not in words
        assert set(words) >= {"освіта", "uchwala", "lii/964/16"}

    def test_frequencies_count_documents_by_their_own_words_not_their_names(self, full: Engine) -> None:
        assert full.frequencies(["szkoła", "lublin", "nikt", "forum"]) == {"szkoła": 3, "forum": 2}
        assert full.frequencies([]) == {}

    # -- masks and languages -----------------------------------------------------------------------------------

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

    # -- order and pages ---------------------------------------------------------------------------------------

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

            assert every.keys == page.keys
            assert (len(every.keys), every.is_partial, every.number) == (page.total, page.is_partial, page.number)

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

    @pytest.mark.parametrize("text", QUESTIONS)
    def test_the_answer_is_that_of_the_memory_engine(self, full: Engine, text: str) -> None:
        twin = MemoryEngine()
        twin.rebuild(CORPUS, 10)

        for sort, chosen, language in product(SORTS, ({}, {"year": ("2014", "2016")}), ("pl", "uk")):
            given_: dict[str, Any] = {"facets": FACETS, "masked": ["h"], "sort": sort, "language": language, **chosen}
            mine, its = ask(full, text, **given_), ask(twin, text, **given_)

            assert (mine.keys, mine.total, mine.is_partial) == (its.keys, its.total, its.is_partial)
            assert mine.facets == its.facets
            assert [hit.score for hit in mine.hits] == pytest.approx([hit.score for hit in its.hits], abs=0.002)

    @pytest.mark.parametrize("text", QUESTIONS)
    def test_with_lists_and_mended_slips_it_is_that_of_the_memory_engine_too(self, full: Engine, text: str) -> None:
        twin = MemoryEngine()
        twin.rebuild(CORPUS, 10)
        tree = parse(text, "pl", lists(), {"szkx": "szkoła"})

        some = Tree((AtLeast(tree.required, 1),), tree.excluded) if tree.required else tree
        for wanted in (tree, some):
            mine, its = (each.search(SearchQuery(text), wanted, FACETS) for each in (full, twin))

            assert (mine.keys, mine.total, mine.is_partial) == (its.keys, its.total, its.is_partial)
            assert mine.facets == its.facets
            assert [hit.score for hit in mine.hits] == pytest.approx([hit.score for hit in its.hits], abs=0.002)

    def test_at_least_so_many_of_some_terms(self, full: Engine) -> None:
        nodes = parse("rada gminy dzieci lekarz").required

        trees = {least: Tree((AtLeast(nodes, least),)) for least in (1, 2, 4)}
        found = {least: set(named(full.search(SearchQuery("x"), tree).keys)) for least, tree in trees.items()}
        assert found[1] > found[2] >= {"a", "b"}
        assert found[4] == set()
        three = full.search(SearchQuery("x"), Tree((AtLeast(nodes, 3),)))
        assert (named(three.keys), three.is_partial) == (("b",), False)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(text=st.text(max_size=60) | st.text(alphabet='abrszk ł*-"()OR/1.', max_size=60))
    def test_no_question_raises(self, full: Engine, text: str) -> None:
        ask(full, text, facets=FACETS, tag=text or "x", masked=["a"])
        full.search(SearchQuery(text), parse(text, "pl"), (), [text])

    # -- writing -----------------------------------------------------------------------------------------------

    def test_a_batch_adds_replaces_and_deletes_at_once(self, full: Engine) -> None:
        applied = full.apply(
            Batch(
                [document("a", "Muzeum", hash="2"), document("z", "Muzeum")],
                [key("b"), key("none"), "nothing:of:ours"],
                11,
            )
        )

        assert applied
        assert full.number == 11
        assert keys(full, "muzeum") == {"a", "z"}
        assert keys(full, "rada") == {"d"}
        assert dict(full.stream()) == dict.fromkeys(map(key, "cdefghz"), "1") | {key("a"): "2"}

    def test_the_answer_says_which_state_gave_it(self, full: Engine) -> None:
        assert ask(full, "rada").number == 10

        full.apply(Batch(number=12))
        assert ask(full, "rada").number == 12

        full.rebuild(CORPUS, 11)
        assert ask(full, "rada").number == 11

    def test_an_older_batch_changes_nothing(self, full: Engine) -> None:
        assert not full.apply(Batch(deletes=[key("a")], number=9))

        assert full.number == 10
        assert "a" in keys(full, "")

    def test_a_batch_that_follows_a_state_which_is_not_there_changes_nothing(self, full: Engine) -> None:
        assert not full.apply(Batch(deletes=[key("a")], number=15, after=14))
        assert (full.number, "a" in keys(full, "")) == (10, True)

        assert full.apply(Batch(deletes=[key("a")], number=15, after=10))
        assert (full.number, "a" in keys(full, "")) == (15, False)

    def test_the_same_number_is_applied_again(self, full: Engine) -> None:
        assert full.apply(Batch(deletes=[key("a")], number=10))

        assert "a" not in keys(full, "")

    def test_an_empty_batch_moves_the_number(self, full: Engine) -> None:
        full.apply(Batch(number=12))

        assert full.number == 12

    def test_a_rebuild_replaces_everything_and_keeps_what_it_was_told(self, full: Engine) -> None:
        written = full.rebuild([document("new", "Muzeum"), document("new", "Teatr")], 3, fingerprint="g")

        assert (written, full.number, full.fingerprint) == (1, 3, "g")
        assert [each for each, _ in full.stream()] == [key("new")]
        assert keys(full, "muzeum") == set()
        assert keys(full, "teatr") == {"new"}

    def test_a_rebuild_that_breaks_leaves_the_old_index_answering(self, full: Engine) -> None:
        def broken() -> Iterator[Document]:
            yield document("new")
            raise RuntimeError("the database went away")

        with pytest.raises(RuntimeError, match="went away"):
            full.rebuild(broken(), 99)

        assert full.number == 10
        assert keys(full, "rada") == set("abd")

    def test_an_empty_index_answers_with_nothing(self, engine: Engine) -> None:
        engine.rebuild([], 0)

        assert ask(engine, "rada", facets=("year",)) == SearchResults(facets={"year": ()})
        assert list(engine.stream()) == []
