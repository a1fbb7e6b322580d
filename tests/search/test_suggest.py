"""What stands in the box, which words complete it, and which labels it begins: pure, without an index."""

import pytest

from search.suggest import Labelled, Typed, Vocabulary, begins, distinct, folded, labels_for, written


@pytest.mark.parametrize(
    ("text", "head", "start"),
    [
        ("uchodź", "", "uchodz"),
        ("dzieci uch", "dzieci ", "uch"),
        ("dzieci ", "dzieci ", ""),
        ("d", "", ""),
        ('"dzieci uch', '"dzieci uch', ""),
        ('"dzieci" uch', '"dzieci" ', "uch"),
        ("dzieci -uch", "dzieci -uch", ""),
        ("(dzie", "(", "dzie"),
        ("біжен", "", "біжен"),
        ("", "", ""),
        ("***", "***", ""),
    ],
)
def test_the_last_word_is_completed_where_a_word_is_being_typed(text: str, head: str, start: str) -> None:
    typed = Typed.read(text)

    assert typed.start == start
    assert not start or typed.head == head


def test_the_commonest_words_come_first_and_numbers_stop_words_and_the_word_itself_do_not() -> None:
    words = Vocabulary({"dziecko": 3, "dzieci": 9, "dzien": 5, "dz": 50, "dz12": 70, "dla": 99, "dlaczego": 1})

    assert words.completions("dz", 10) == ["dzieci", "dzien", "dziecko"]
    assert words.completions("dz", 1) == ["dzieci"]
    assert words.completions("dla", 5) == ["dlaczego"]
    assert words.completions("xyz", 5) == []


def test_words_are_completed_without_the_marks_that_people_leave_out() -> None:
    words = Vocabulary({"учёные": 3, "учебники": 2, "жильё": 5})

    assert words.completions("учё", 5) == words.completions("уче", 5) == ["учёные", "учебники"]
    assert words.completions("жилье", 5) == []


def test_forms_of_one_word_are_suggested_once() -> None:
    assert list(distinct(["dzieci", "dziecko", "szkoly", "dzieciom"], "pl")) == ["dzieci", "szkoly"]
    assert list(distinct(["uchodzcow", "uchodzcy", "uchodzczych"], "pl")) == ["uchodzcow", "uchodzczych"]


def test_a_folded_word_is_shown_as_a_text_writes_it() -> None:
    assert written("uchodzcow", [("Dla Uchodźców i rodzin", "pl")]) == "uchodźców"
    assert written("uchodzcow", [("o niczym", "pl")]) == "uchodźców"
    assert written("xqzwv", []) == "xqzwv"
    assert written("біженців", []) == "біженців"


def test_labels_are_found_by_the_beginnings_of_their_words_in_any_order_and_only_if_something_visible_has_them() -> (
    None
):
    labels = [
        Labelled(facet, value, label, folded(label))
        for facet, value, label in (
            ("theme", "edu", "Edukacja dzieci"),
            ("theme", "secret", "Edukacja tajna"),
            ("city", "lodz", "Łódź"),
        )
    ]
    counts = {("theme", "edu"): 2, ("city", "lodz"): 5}

    assert [one.value for one in labels_for("dzie edu", labels, counts)] == ["edu"]
    assert [one.value for one in labels_for("lod", labels, counts)] == ["lodz"]
    assert labels_for("tajna", labels, counts) == []
    assert labels_for("", labels, counts) == []


def test_one_word_of_a_label_answers_one_typed_word() -> None:
    assert not begins(["dzieci"], ["dzie", "dzieci"])
    assert begins(["dzieci", "dziesiąte"], ["dzie", "dzieci"])
