"""How a question is understood: slips mended and said, partial matches under their own heading, nonsense left empty."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from search.engines.base import Batch
from search.engines.memory import MemoryEngine
from search.expansion import NO_LISTS, Lists, TermGroup
from search.models import WordGroup
from search.query import SearchQuery
from search.spelling import Speller
from search.sync.drain import drain
from search.tree import Tree
from search.views.reading import SELDOM, Reading, Slip, beyond, literal, respelled, understand, understand_anew
from tests.factories.pages import make_recommendation
from tests.search.engines.documents import document, key


class Library:
    """A memory engine with a document for each text, asked as the search page asks."""

    def __init__(self, *texts: str, lists: Lists = NO_LISTS, hidden: tuple[str, ...] = ()) -> None:
        self.engine = MemoryEngine()
        self.engine.apply(Batch([document(str(number), text) for number, text in enumerate(texts)], number=1))
        self.lists = lists
        self.masked = [key(str(number)) for number, text in enumerate(texts) if text in hidden]
        self.asked = 0

    def count(self, tree: Tree) -> int:
        self.asked += 1
        return self.engine.search(SearchQuery(page_size=1), tree, (), self.masked).total

    def read(self, text: str, *, is_literal: bool = False) -> Reading:
        query = SearchQuery(text, is_literal=is_literal)
        return understand(query, self.lists, lambda: Speller(self.engine.vocabulary()), self.count)

    def read_anew(self, text: str) -> Reading | None:
        reading = self.read(text)
        self.asked = 0
        speller = Speller(self.engine.vocabulary())
        return understand_anew(SearchQuery(text), reading, self.lists, lambda: speller, self.count)

    def hits(self, text: str, *, is_literal: bool = False) -> set[str]:
        return self.found(self.read(text, is_literal=is_literal).tree)

    def found(self, tree: Tree | None) -> set[str]:
        keys = self.engine.search(SearchQuery(page_size=100), tree).keys if tree else ()
        return {found.split(":")[1] for found in keys}


LIBRARY = Library("mieszkania dla uchodźców", "szkoła i dzieci", "rada miasta", "mieszkania socjalne")


@pytest.mark.parametrize(
    ("text", "meant", "found"),
    [
        ("mieszkainia", "mieszkania", {"0", "3"}),
        ("uchodzcuw", "uchodźców", {"0"}),
        ("mieszkania uchodzców", "", {"0"}),
        ("szkołłą", "szkoła", {"1"}),
    ],
)
def test_a_word_that_stands_nowhere_is_read_as_the_one_that_was_meant(text: str, meant: str, found: set[str]) -> None:
    reading = LIBRARY.read(text)

    assert [slip.meant for slip in reading.mended] == ([meant] if meant else [])
    assert LIBRARY.found(reading.tree) == found


def test_a_slip_in_a_form_that_stands_nowhere_finds_the_other_forms_of_its_word() -> None:
    library = Library("szkoła", "z sąsiadami", "szkolenie")
    reading = library.read("szkoałmi")

    assert [slip.meant for slip in reading.mended] == ["szkołami"]
    assert library.found(reading.tree) == {"0"}


def test_so_does_one_in_a_ukrainian_form_and_a_known_word_is_offered_another() -> None:
    library = Library("навчання біженців", "школа зі школярями")
    reading = library.read("біжнецями")

    assert [slip.meant for slip in reading.mended] == ["біженцями"]
    assert library.found(reading.tree) == {"0"}
    assert not library.read("шкода").mended
    assert [slip.meant for slip in library.read("шкода").offered] == ["школа"]


def test_a_word_of_the_dictionary_is_offered_another_but_not_changed() -> None:
    library = Library("kotka i pies")
    reading = library.read("kostka")

    assert (reading.mended, reading.offered) == ((), (Slip("kostka", "kotka"),))
    assert library.found(reading.tree) == set()


def test_a_real_word_is_never_changed_silently() -> None:
    library = Library("kot i pies")
    reading = library.read("kos")

    assert reading.mended == ()
    assert library.hits("kos") == set()


def test_what_the_lists_know_is_no_slip() -> None:
    library = Library("placówka", lists=Lists([TermGroup("synonym", (("placowkka", "pl"), ("placówka", "pl")))]))

    assert library.read("placowkka").mended == ()
    assert library.hits("placowkka") == {"0"}


def test_a_literal_question_is_left_as_typed_and_offered_the_other_word() -> None:
    reading = LIBRARY.read("mieszkainia", is_literal=True)

    assert reading.mended == ()
    assert reading.offered == (Slip("mieszkainia", "mieszkania"),)
    assert LIBRARY.found(reading.tree) == set()


@pytest.mark.parametrize("text", ["xqzwv", "xqzwv vwzqx", "xqzwv szkoła", '"mieszkainia"', "mieszkainia*", "abc 123"])
def test_nonsense_stays_empty(text: str) -> None:
    assert LIBRARY.hits(text) == set()


def test_two_known_words_that_never_meet_find_what_holds_either() -> None:
    reading = LIBRARY.read("szkoła rada")

    assert reading.is_loose
    assert LIBRARY.found(reading.tree) == {"1", "2"}


def test_of_three_words_one_that_is_known_is_enough() -> None:
    assert LIBRARY.hits("szkoła xqzwv vwzqx") == {"1"}


def test_common_words_alone_answer_no_question() -> None:
    library = Library(*["gmina i miasto"] * 30, "gmina szkoła")

    assert not library.read("gmina xqzwv vwzqx").is_loose


def test_what_is_excluded_stays_excluded_from_loose_and_further_hits() -> None:
    assert LIBRARY.hits("szkoła rada -miasto") == {"1"}
    assert LIBRARY.found(beyond(LIBRARY.read("mieszkania uchodźców -socjalne").tree, LIBRARY.count)) == {"0"}


def test_beyond_what_holds_all_words_come_documents_that_hold_some() -> None:
    tree = LIBRARY.read("mieszkania uchodźców").tree

    assert LIBRARY.found(beyond(tree, LIBRARY.count)) >= {"0"}
    assert beyond(LIBRARY.read("mieszkania").tree, LIBRARY.count) is None
    assert beyond(LIBRARY.read("mieszk*").tree, LIBRARY.count) is None


def test_beyond_what_begins_as_was_typed_come_documents_with_the_synonyms_of_such_words() -> None:
    groups = Lists([TermGroup("synonym", (("mieszkanie", "pl"), ("lokum", "pl")))])
    library = Library("mieszkania socjalne", "lokum", "rada miasta", lists=groups)
    tree = library.read("mieszk*").tree

    assert library.found(tree) == {"0"}
    assert library.found(beyond(tree, library.count)) == {"0", "1"}
    assert library.found(beyond(library.read("rada mieszk*").tree, library.count)) == {"0", "1", "2"}


def test_a_question_whose_words_all_stand_somewhere_is_asked_once_to_be_understood() -> None:
    library = Library("mieszkania dla uchodźców")
    library.read("mieszkania")

    assert library.asked == 0


SLIPS = Library("mieszkania dla uchodźców", "meiszkania", hidden=("meiszkania",))
"""The index holds a slip still, readers do not get to see it."""


def test_a_slip_that_only_hidden_things_hold_is_read_as_any_other_when_nothing_was_found() -> None:
    assert SLIPS.read("meiszkania").mended == ()

    reading = SLIPS.read_anew("meiszkania")

    assert reading is not None
    assert reading.mended == (Slip("meiszkania", "mieszkania"),)
    assert SLIPS.found(reading.tree) == {"0"}


def test_beside_another_word_it_is_read_so_at_once() -> None:
    reading = SLIPS.read("meiszkania uchodźcom")

    assert (reading.mended, reading.is_loose) == ((Slip("meiszkania", "mieszkania"),), False)
    assert SLIPS.found(reading.tree) == {"0"}


@pytest.mark.parametrize(("text", "most"), [("uchodźcy", 1), ("xqzwv", 0), ("meiszkania uchodźcom", 0), ("dla", 0)])
def test_a_question_that_is_not_read_otherwise_costs_one_more_at_most(text: str, most: int) -> None:
    assert SLIPS.read_anew(text) is None
    assert SLIPS.asked <= most


def test_a_word_that_stands_in_many_documents_is_no_slip_however_they_are_hidden() -> None:
    library = Library("mieszkania", *["meiszkania"] * (SELDOM + 1), hidden=("meiszkania",))

    assert library.read_anew("meiszkania") is None
    assert library.asked == 0


def test_the_literal_question_and_the_respelled_one() -> None:
    query = SearchQuery("Mieszkainia -mieszkainia2 dla", page=3)

    assert literal(query).encoded() == "q=Mieszkainia+-mieszkainia2+dla&literal=1"
    assert respelled(query, Slip("mieszkainia", "mieszkania")).text == "mieszkania -mieszkainia2 dla"


# -- on the page -----------------------------------------------------------------------------------------------


@pytest.fixture
def page(index: Any, client: Client) -> Client:
    make_recommendation(title="Mieszkania dla uchodźców", text="Zapewnić mieszkania uchodźcom.")
    make_recommendation(title="Rada kobiet", text="Powołać radę.")
    drain(index)
    return client


def html(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_the_page_says_what_was_read_and_links_to_the_literal_question(page: Client) -> None:
    answer = html(page, "/search/?q=mieszkainia")

    assert "Nothing holds <q>mieszkainia</q>, so this is the answer for <strong>mieszkania</strong>." in answer
    assert "<mark>Mieszkania</mark> dla uchodźców" in answer
    assert "/search/?q=mieszkainia&amp;literal=1" in answer


def test_the_literal_question_is_empty_and_leads_back(page: Client) -> None:
    answer = html(page, "/search/?q=mieszkainia&literal=1")

    assert "Nothing found" in answer
    assert "Did you mean:" in answer
    assert 'href="/search/?q=mieszkania"' in answer


def test_partial_matches_stand_under_their_own_heading_and_are_not_counted(page: Client) -> None:
    make_recommendation(title="Uchodźcy w gminie", text="Uchodźcy i rada gminy.")
    drain()

    response = page.get("/search/?q=mieszkania+uchodźców")
    answer = " ".join(response.content.decode().split())

    assert response.context["total"] == 1
    assert len(response.context["items"]) == 1
    assert [str(item.title) for item in response.context["near_items"]] == ["<mark>Uchodźcy</mark> w gminie"]
    assert answer.index("Mieszkania</mark>") < answer.index("Partial matches") < answer.index("w gminie")


def test_what_is_near_to_an_asterisk_follows_uncounted_and_is_marked(page: Client) -> None:
    WordGroup.objects.create(kind="synonym", words_pl="mieszkanie\nlokum")
    make_recommendation(title="Lokum", text="Dać lokum.")
    drain()

    response = page.get("/search/?q=mieszk*")

    assert [str(item.title) for item in response.context["items"]] == ["<mark>Mieszkania</mark> dla uchodźców"]
    assert [str(item.title) for item in response.context["near_items"]] == ["<mark>Lokum</mark>"]


def test_a_loose_answer_says_that_it_is_one(page: Client) -> None:
    assert "each of these holds a rare one" in html(page, "/search/?q=mieszkania+kobiet")


def test_a_hidden_word_is_never_offered(page: Client, index: Any) -> None:
    hidden = make_recommendation(title="Konfidencjalny kanarek")
    drain(index)
    hidden.page_model().objects.get(translation_key=hidden.translation_key).unpublish()

    answer = html(page, "/search/?q=konfidencjalnyy")

    assert "konfidencjalny<" not in answer
    assert "Konfidencjalny" not in answer.replace("konfidencjalnyy", "")


def test_a_feed_follows_the_word_that_was_meant_by_one_that_is_hidden(page: Client, index: Any) -> None:
    hidden = make_recommendation(title="Meiszkania")
    drain(index)
    hidden.page_model().objects.get(translation_key=hidden.translation_key).unpublish()

    assert "Mieszkania dla uchodźców" in html(page, "/search/feed/?q=meiszkania")


def test_a_slip_that_only_something_hidden_holds_is_mended_on_the_page(page: Client, index: Any) -> None:
    hidden = make_recommendation(title="Meiszkania")
    drain(index)
    assert page.get("/search/?q=meiszkania").context["mended"] == ()
    hidden.page_model().objects.get(translation_key=hidden.translation_key).unpublish()

    found = page.get("/search/?q=meiszkania").context

    assert (found["total"], found["mended"]) == (1, (Slip("meiszkania", "mieszkania"),))
