"""Slips of the pen: which word was meant, by letters alone."""

import pytest

from search import spelling
from search.analysis import is_known as is_known_here
from search.spelling import Speller

SPELLER = Speller(
    {
        "mieszkalnictwo": 3,
        "mieszkania": 9,
        "cudzoziemcy": 5,
        "monitoring": 2,
        "zlobki": 1,
        "szkola": 7,
        "szkole": 2,
        "lublin": 4,
        "2014": 8,
        "dom": 3,
        "освіта": 2,
    }
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mieszkalnicwto", "mieszkalnictwo"),
        ("cudzozimcy", "cudzoziemcy"),
        ("monitornig", "monitoring"),
        ("mmonitorring", "monitoring"),
        ("lubblin", "lublin"),
        ("szkoła", "szkoła"),
        ("szkołła", "szkoła"),
        ("żlobkki", "żłobki"),
        ("освітта", "освіта"),
    ],
)
def test_the_meant_word_comes_first_and_with_its_letters(typed: str, meant: str) -> None:
    assert SPELLER.near(typed)[0] == meant


@pytest.mark.parametrize("typed", ["xqzwv", "dmo", "do", "2015", "LII/964", "", "zupełnieinnesłowo"])
def test_nonsense_short_words_and_numbers_are_near_nothing(typed: str) -> None:
    assert SPELLER.near(typed) == []


def test_a_short_word_has_one_slip_at_most() -> None:
    assert SPELLER.near("lubl") == []
    assert SPELLER.near("lubliny") == ["lublin"]


def test_of_equally_near_words_the_commoner_comes_first() -> None:
    assert SPELLER.near("szkolx")[0] == "szkoła"


def test_a_word_is_held_however_its_letters_are_marked() -> None:
    assert SPELLER.stands_in("Żłobki") == SPELLER.stands_in("zlobki") > 0
    assert not SPELLER.stands_in("żłobkami")


def test_of_however_many_forms_a_slip_may_have_been_the_dictionary_is_asked_of_the_likeliest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed = "xoaeoaelsoae"
    forms = spelling._one_slip_from(typed)
    # Each of them begins as one word and ends as another, though neither is near.
    speller = Speller({word: 1 for form in forms for word in (f"{form}qqqq", f"qqqqqqqqq{form[-3:]}")})
    asked: list[str] = []

    def is_known(form: str) -> bool:
        asked.append(form)
        return is_known_here(form)

    monkeypatch.setattr(spelling, "is_known", is_known)

    assert speller.near(typed) == []
    assert len(forms) > 500
    assert len(asked) == spelling.MOST_ASKED + spelling.MOST_LOOKED_UP


INFLECTED = Speller(
    {"informacyjny": 9, "nauczyciele": 4, "mieszkania": 9, "asystenci": 3, "dzieciach": 2, "osobom": 1, "jednego": 5,
     "wojtow": 1, "malego": 1, "pokoleniom": 1}
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Infrormacyjnego", "informacyjnego"),
        ("naucyzcielach", "nauczycielach"),
        ("mieszknaiom", "mieszkaniom"),
        ("asystnetach", "asystentach"),
        ("asystentówx", "asystentów"),
        ("asystenotw", "asystentów"),
    ],
)
def test_a_slip_in_a_form_that_stands_nowhere_is_mended_by_the_dictionary(typed: str, meant: str) -> None:
    assert INFLECTED.near(typed)[0] == meant


CYRILLIC = Speller({"біженців": 3, "школярями": 2, "беженцев": 3, "школами": 2, "навчання": 1, "обучение": 1})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("біжнецями", "біженцями"), ("беженцмаи", "беженцами"), ("бежецами", "беженцами"), ("Біженсцями", "біженцями")],
)
def test_so_is_one_in_a_ukrainian_or_russian_form(typed: str, meant: str) -> None:
    assert CYRILLIC.near(typed)[0] == meant


def test_two_slips_in_a_form_that_stands_nowhere_are_not_guessed() -> None:
    assert INFLECTED.near("xnformacxjnego") == []
