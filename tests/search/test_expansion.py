"""What lists add to a question: every way they lead, what each counts, and that they never run in circles."""

from __future__ import annotations

import pytest

from search.analysis import analyse
from search.expansion import MOST_OTHERS, Lists, TermGroup, places_of
from search.parser import parse
from search.tree import AnyOf, Group, Phrase, Prefix, Tree, Word


def lists(*groups: tuple[str, str]) -> Lists:
    return Lists(TermGroup(kind, tuple((word.strip(), "pl") for word in words.split(","))) for kind, words in groups)


def added(text: str, some: Lists, language: str = "pl") -> dict[str, float]:
    """Words and phrases of the only term of a question that are there for the lists alone, with their weights."""
    (node,) = parse(text, language, some).required
    (bare,) = parse(text, language).required
    assert isinstance(node, Group)
    assert isinstance(bare, Group)
    return {_text(one): one.weight for one in node.alternatives if one not in bare.alternatives}


def _text(one: object) -> str:
    if isinstance(one, Phrase):
        return " ".join(keys[0] for _, keys in one.words)
    assert isinstance(one, Word)
    return one.key


@pytest.mark.parametrize(
    ("kind", "weight"), [("synonym", 0.5), ("name", 0.5), ("place", 0.5), ("family", 0.4), ("related", 0.4)]
)
def test_any_form_of_a_word_finds_the_others_of_its_group_for_less(kind: str, weight: float) -> None:
    assert added("szkołami", lists((kind, "szkoła, placówka"))) == {"placówka": weight}


def test_a_word_typed_without_its_letters_finds_the_others_for_less_again() -> None:
    assert added("zlobek", lists(("synonym", "żłobek, ochronka")))["ochronka"] == pytest.approx(0.4)


def near(text: str, some: Lists, language: str = "pl") -> dict[str, float]:
    """What is near to the only prefix of a question."""
    (node,) = parse(text, language, some).required
    assert isinstance(node, Group)
    (prefix,) = node.alternatives
    assert isinstance(prefix, Prefix)
    return {_text(one): one.weight for one in prefix.near}


def test_near_to_the_beginning_of_a_word_is_what_the_words_that_begin_so_find_for_half() -> None:
    some = lists(("synonym", "żłobek, ochronka"), ("family", "żłobek, żłobkowy, przedszkole"), ("synonym", "pies, kot"))

    assert near("żłobe*", some) == {"ochronka": 0.25, "żłobkowy": 0.2, "przedszkole": 0.2}
    assert near("zlobk*", some) == {"żłobek": 0.2, "przedszkole": 0.2}


def test_what_begins_so_itself_is_no_more_near_to_it() -> None:
    assert near("szkol*", lists(("family", "szkoła, szkolny, oświata"))) == {"oświata": 0.2}


def test_nothing_is_near_to_a_beginning_too_short_to_tell_what_is_meant() -> None:
    assert near("szko*", lists(("family", "szkoła, szkolny, oświata"))) == {}


def test_polish_words_are_near_to_the_beginning_of_a_word_of_another_language() -> None:
    some = Lists([TermGroup("synonym", (("refugee", "en"), ("uchodźca", "pl"), ("osoba uchodźcza", "pl")))])

    assert near("refug*", some, "en").keys() == {"uchodźca", "osoba uchodźczy"}


def test_what_begins_so_is_left_out_with_nothing_near() -> None:
    tree = parse("kino -szkol*", "pl", lists(("family", "szkoła, szkolny, oświata")))

    assert tree.excluded == (Group((Prefix("szkol"),)),)


def test_related_words_lead_one_way() -> None:
    some = lists(("related", "lekarz, szpital"))

    assert added("lekarze", some) == {"szpital": 0.4}
    assert added("szpitale", some) == {}


def test_the_first_word_of_each_language_leads() -> None:
    some = Lists([TermGroup("related", (("lekarz", "pl"), ("szpital", "pl"), ("лікар", "uk")))])

    assert added("лікаря", some, "uk") == {"szpital": 0.4}


def test_words_lead_to_polish_ones_and_to_those_of_the_readers_language_alone() -> None:
    some = Lists(
        [
            TermGroup("synonym", (("zasiłek", "pl"), ("allowance", "en"), ("допомога", "uk"))),
            TermGroup("synonym", (("pomoc", "pl"), ("aid", "en"), ("допомога", "uk"))),
        ]
    )

    assert added("zasiłek", some) == {}
    assert added("zasiłek", some, "en") == {"allowance": 0.5}
    assert added("allowance", some, "en") == {"zasiłek": 0.5}
    assert added("zasiłek", some, "uk") == {"допомога": 0.5}
    assert added("допомога", some).keys() == {"zasiłek", "pomoc"}


def test_a_word_of_two_languages_is_led_to_by_readers_of_either() -> None:
    some = Lists([TermGroup("synonym", (("projekt", "en"), ("program", "pl"), ("program", "en"), ("project", "en")))])

    assert added("project", some) == {"program": 0.5}


def test_a_phrase_is_found_by_a_word_and_a_word_by_a_phrase() -> None:
    some = lists(("synonym", "samorząd, władze lokalne"))

    assert added("samorządu", some) == {"władza lokalny": 0.5}
    (node,) = parse("władzom lokalnym", "pl", some).required
    assert isinstance(node, AnyOf)
    assert Group((Word("samorząd", 0.5),)) in node.nodes


def test_joined_words_find_the_others_alone_and_as_a_part_of_a_phrase() -> None:
    some = lists(("synonym", "e-nauka, wideo"), ("synonym", "władza warmińsko-mazurska, zarząd"))

    assert added("e-nauki", some) == {"wideo": 0.5}
    (node,) = parse("władze warmińsko-mazurskie", "pl", some).required
    assert isinstance(node, AnyOf)
    assert node.nodes[-1] == Group((Word("zarząd", 0.5),))


def test_a_phrase_that_would_end_inside_of_joined_words_is_none() -> None:
    some = lists(("synonym", "władza warmińska, zarząd"))

    assert parse("władza warmińsko-mazurska", "pl", some) == parse("władza warmińsko-mazurska", "pl")


def test_the_longest_phrase_wins() -> None:
    some = lists(("synonym", "dom, chata"), ("synonym", "dom kultury, świetlica"), ("synonym", "kultura, sztuka"))

    (node,) = parse("domy kultury", "pl", some).required

    assert isinstance(node, AnyOf)
    assert Group((Word("świetlica", 0.5),)) in node.nodes


def test_of_a_heading_only_its_own_reading_counts() -> None:
    # "prawa" is also a form of "prawy", which has nothing to do with law.
    assert places_of("prawo", "pl") == (("prawo",),)
    assert "prawy" not in added("ustawa", lists(("synonym", "ustawa, prawo")))


def test_a_question_of_one_word_goes_two_steps_and_no_further() -> None:
    chain = lists(("synonym", "kot, pies"), ("synonym", "pies, koń"), ("synonym", "koń, krowa"))

    assert added("kot", chain) == {"pies": 0.5, "koń": 0.25}


@pytest.mark.parametrize("typed", ["żłobek", "zlobek"])
def test_what_is_merely_related_leads_on_to_its_synonyms_alone(typed: str) -> None:
    some = lists(
        ("related", "żłobek, przedszkole"), ("family", "przedszkole, szkoła"), ("synonym", "przedszkole, zerówka")
    )

    assert added(typed, some).keys() == {"przedszkole", "zerówka"}


def test_the_second_step_reaches_phrases_of_two_words_and_no_longer_ones() -> None:
    some = lists(("family", "policjant, policja"), ("related", "policja, straż miejska, służba do spraw porządku"))

    assert set(added("policjanci", some)) == {"policja", "straż miejski"}


def test_a_question_of_two_words_goes_one_step() -> None:
    chain = lists(("synonym", "kot, pies"), ("synonym", "pies, koń"))

    node, _ = parse("kot dom", "pl", chain).required

    assert isinstance(node, Group)
    assert {one.key for one in node.alternatives if isinstance(one, Word)} == {"kot", "kota", "pies"} & {
        *(one.key for one in node.alternatives if isinstance(one, Word))
    }


def test_circles_end() -> None:
    circle = lists(("synonym", "kot, pies"), ("synonym", "pies, koń"), ("synonym", "koń, kot"))

    assert added("koń", circle) == {"kot": 0.5, "pies": 0.5}


def test_the_heaviest_way_to_a_word_counts() -> None:
    assert added("kot", lists(("family", "kot, pies"), ("synonym", "kot, pies"))) == {"pies": 0.5}


def test_a_word_brings_no_more_than_a_question_can_bear() -> None:
    many = ", ".join(f"słowo{n:03}" for n in range(100))

    assert len(added("kot", lists(("synonym", f"kot, {many}")))) == MOST_OTHERS


@pytest.mark.parametrize("text", ['"szkoły"', "szk*", "-szkoła"])
def test_phrases_prefixes_and_what_is_excluded_are_taken_as_typed(text: str) -> None:
    assert parse(text, "pl", lists(("synonym", "szkoła, placówka"))) == parse(text, "pl")


def test_a_word_means_the_same_when_another_one_is_left_out() -> None:
    some = lists(("synonym", "kot, pies"), ("family", "pies, psi"))

    alone, less = parse("kot", "pl", some), parse("kot -lis", "pl", some)

    assert added("kot", some).keys() == {"pies", "psi"}
    assert less.required == alone.required


def test_a_word_that_is_typed_twice_leads_as_far_as_once() -> None:
    some = lists(("synonym", "kot, pies"), ("family", "pies, psi"))

    once, twice = parse("kot", "pl", some), parse("kot kot", "pl", some)

    assert set(twice.required) == set(once.required)


def test_words_joined_by_or_find_the_others_too() -> None:
    (node,) = parse("kino OR szkoła", "pl", lists(("synonym", "szkoła, placówka"))).required

    assert isinstance(node, AnyOf)
    assert Word("placówka", 0.5) in [one for each in node.nodes if isinstance(each, Group) for one in each.alternatives]


def test_a_slip_that_was_mended_finds_what_the_meant_word_finds() -> None:
    tree = parse("skzoła", "pl", lists(("synonym", "szkoła, placówka")), {"skzoła": "szkoła"})

    assert tree == Tree((Group((Word("szkoła"), Word("placówka", 0.5))),))


def test_an_english_list_is_read_with_english_forms() -> None:
    some = Lists([TermGroup("synonym", (("refugee", "en"), ("uchodźca", "pl")))])

    assert added("refugees", some, "en")["uchodźca"] == 0.5
    assert analyse("uchodźców", "pl").positions[0][0] == "uchodźca"


@pytest.mark.parametrize(
    ("text", "years"), [("po 2022", {"2023", "2024"}), ("od 2022", {"2022", "2023"}), ("przed 2016", {"2015", "2014"})]
)
def test_years_after_and_before_are_any_of_them(text: str, years: set[str]) -> None:
    node = parse(f"mieszkania {text}").required[1]
    keys = {one.key for one in node.alternatives if isinstance(one, Word)} if isinstance(node, Group) else set()

    assert years <= keys
    assert text[-4:] in keys or not text.startswith("od")
