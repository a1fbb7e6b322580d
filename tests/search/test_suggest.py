"""What stands in the box, which words complete it, and which labels it begins: pure, without an index."""

from collections.abc import Sequence

import pytest

from search.suggest import ROUND, Labelled, Typed, Vocabulary, begins, folded, labels_for, standing, written


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


class Shelf:
    """Forms that readers find, and how often that was asked."""

    def __init__(self, *forms: str) -> None:
        self.forms = set(forms)
        self.asked = 0

    def holder(self, forms: Sequence[str]) -> str:
        self.asked += 1
        return next((f"holds {form}" for form in forms if form in self.forms), "")

    def standing(self, forms: Sequence[str]) -> list[str]:
        return [form for form, _holder in standing(forms, "pl", self.holder)]


def test_forms_of_one_word_are_suggested_once() -> None:
    children, refugees = ["dzieci", "dziecko", "szkoly", "dzieciom"], ["uchodzcow", "uchodzcy", "uchodzczych"]

    assert Shelf(*children).standing(children) == ["dzieci", "szkoly"]
    assert Shelf(*refugees).standing(refugees) == ["uchodzcow", "uchodzczych"]


def test_a_form_that_only_hidden_things_hold_takes_no_other_form_of_its_word_away() -> None:
    assert list(standing(["dziecko", "dzieciom"], "pl", Shelf("dzieciom").holder)) == [("dzieciom", "holds dzieciom")]


def test_behind_any_number_of_hidden_words_the_first_visible_one_is_found_with_few_questions() -> None:
    shelf = Shelf("kryptolog")

    assert shelf.standing([*(f"krypto{n}" for n in range(9 * ROUND)), "kryptolog"]) == ["kryptolog"]
    # The first round one by one, eight rounds at once, and the last both ways.
    assert shelf.asked == ROUND + 8 + 1 + 1


def test_no_more_is_asked_than_is_wanted() -> None:
    shelf = Shelf("krypta", "kryptolog")

    assert next(standing(["krypta", "kryptolog"], "pl", shelf.holder)) == ("krypta", "holds krypta")
    assert shelf.asked == 1


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
