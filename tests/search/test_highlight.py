from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import place
from search.highlight import EXCERPT, Reader
from search.parser import parse
from search.tree import Tree


def highlight(text: str, tree: Tree, language: str) -> str:
    return Reader(tree).look(text, language).whole()


def excerpt(text: str, tree: Tree, language: str, length: int = EXCERPT) -> str:
    return Reader(tree).look(text, language).excerpt(length).text


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("cudzoziemcom", "Prawa cudzoziemców", "Prawa <mark>cudzoziemców</mark>"),
        ("cudzoziemka", "Dla cudzoziemców/ek.", "Dla <mark>cudzoziemców/ek</mark>."),
        ("lodz", "Urząd w Łodzi", "Urząd w <mark>Łodzi</mark>"),
        ("жилье", "Дать жильё", "Дать <mark>жильё</mark>"),
        ("drugie forum", "Prawa i II Forum", "Prawa i <mark>II Forum</mark>"),
        (
            '"zadania samorządu"',
            "Zadanie samorządowe i zadaniem samorządów",
            "Zadanie samorządowe i <mark>zadaniem samorządów</mark>",
        ),
        ('"rada gminy"', "rada i gminy", "rada i gminy"),
        ("gmin*", "Gminny, gmina, gmin, ogminy", "<mark>Gminny</mark>, <mark>gmina</mark>, <mark>gmin</mark>, ogminy"),
        ("LII/964/16", "nr LII/964/16 z dnia", "nr <mark>LII/964/16</mark> z dnia"),
        ("541.31", "XI.541.31.2021", "XI.<mark>541.31</mark>.2021"),
        ("szkoła OR przedszkole", "w przedszkolach", "w <mark>przedszkolach</mark>"),
        ("szkoła -rada", "rada szkoły", "rada <mark>szkoły</mark>"),
        ("dzieci w szkole", "w szkole", "w <mark>szkole</mark>"),
        ("sąd", "stary sad", "stary sad"),
        ("", "rada", "rada"),
    ],
)
def test_true_matches_are_marked_and_nothing_else(question: str, text: str, marked: str) -> None:
    assert highlight(text, parse(question), "pl") == marked


def test_one_reader_marks_each_of_many_texts_as_if_it_were_the_only_one() -> None:
    tree = parse('"rada gminy" szkoła lub* LII/964/16 fugigopula')
    texts = ["rada i gmina", "Rady gminy", "szkoły w Lublinie", "nr LII/964/16", "gmina, rada gminy", "Fugigopula", ""]
    reader = Reader(tree)

    for language in ("pl", "en", "pl"):  # from the second time on a text is kept in another way
        together = [reader.look(text, language).whole() for text in texts]

        assert together == [highlight(text, tree, language) for text in texts]
    assert together[:2] == ["rada i gmina", "<mark>Rady gminy</mark>"]
    assert together[5] == "<mark>Fugigopula</mark>"


@pytest.mark.parametrize("question", ["szkoła", "szkol*", '"urząd pracy"', "LII/964/16", "urząd -praca"])
def test_a_text_whose_words_may_answer_nothing_answers_nothing(question: str) -> None:
    reader = Reader(parse(question, "pl"))
    texts = ("w szkołach", "Urząd Pracy", "pismo LII/964/16", "praca w urzędzie", "", "miasto")

    answered = {text for text in texts if reader.look(text, "pl").spans}
    may_answer = {
        text
        for text in texts
        if reader.may_answer({key for word in place(text, "pl") for key in (*word.keys, *word.surface)})
    }

    assert answered
    assert answered <= may_answer
    assert question == "szkol*" or "miasto" not in may_answer


def test_markup_in_the_text_is_escaped_before_anything_is_marked() -> None:
    text = "<script>rada</script> & <mark>"

    assert highlight(text, parse("rada script"), "pl") == (
        "&lt;<mark>script</mark>&gt;<mark>rada</mark>&lt;/<mark>script</mark>&gt; &amp; &lt;mark&gt;"
    )


def test_the_excerpt_shows_the_place_that_answers_most() -> None:
    text = "Szkoła stoi. " + "Nic tu nie ma. " * 40 + "Dzieci idą do szkoły. " + "Nic tu nie ma. " * 40

    shown = excerpt(text, parse("dzieci szkoła"), "pl", 120)

    assert "<mark>Dzieci</mark> idą do <mark>szkoły</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_without_a_match_the_excerpt_is_the_beginning() -> None:
    assert excerpt("Raz dwa trzy cztery", parse("pięć"), "pl", 10) == "Raz dwa …"


def test_a_short_text_has_no_ellipsis() -> None:
    assert excerpt("Rada gminy", parse("gmina"), "pl") == "Rada <mark>gminy</mark>"


@given(st.text(max_size=300), st.text(max_size=40), st.integers(1, 80))
def test_no_text_raises_and_none_is_lost(text: str, question: str, length: int) -> None:
    tree = parse(question)

    excerpt(text, tree, "pl", length)
    bare = highlight(text, tree, "pl").replace("<mark>", "").replace("</mark>", "")
    assert bare == highlight(text, parse(""), "pl")
