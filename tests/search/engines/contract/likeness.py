"""The same answer from every engine, whatever is asked, and the words that its index holds."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.base import Engine
from search.engines.memory import MemoryEngine
from search.expansion import Lists
from search.parser import parse
from search.query import SORTS, SearchQuery
from search.tree import AtLeast, Tree
from search.word_groups import shipped_groups
from tests.search.engines.contract.asking import CORPUS, FACETS, Asking, ask
from tests.search.engines.documents import named

QUESTIONS = [
    line.split("\t")[0] for line in (Path(__file__).parents[2] / "data" / "queries.tsv").read_text().splitlines()[1:]
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


@cache
def lists() -> Lists:
    return Lists(shipped_groups())


class Likeness(Asking):
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

    def test_the_vocabulary_counts_documents_by_the_forms_that_stand_in_them(self, full: Engine) -> None:
        words = full.vocabulary()

        assert (words["szkola"], words["forum"], words["lodz"]) == (2, 2, 1)
        assert "szkoła" not in words
        assert set(words) >= {"освіта", "uchwala", "lii/964/16"}

    def test_frequencies_count_documents_by_their_own_words_not_their_names(self, full: Engine) -> None:
        assert full.frequencies(["szkoła", "lublin", "nikt", "forum"]) == {"szkoła": 3, "forum": 2}
        assert full.frequencies([]) == {}
