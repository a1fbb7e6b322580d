import itertools

from search.analysis.letters import restorations, sort_key


def test_fewer_changes_come_first_and_a_level_is_whole() -> None:
    levels = list(restorations("lodz", 1000))

    assert levels[0] == ["łodz", "lódz", "lodż", "lodź"]
    assert "łódź" in levels[2]


def test_the_number_of_spellings_is_bounded() -> None:
    assert sum(len(level) for level in restorations("l" * 60, 200)) <= 200


def test_titles_follow_the_polish_alphabet() -> None:
    ordered = [
        "ab",
        "az",
        "ą",
        "cz",
        "ćma",
        "ekran",
        "ęk",
        "las",
        "łan",
        "nic",
        "ńa",
        "oz",
        "ósmy",
        "sz",
        "śa",
        "zz",
        "źa",
        "ża",
    ]

    for one, other in itertools.pairwise(ordered):
        assert sort_key(one) < sort_key(other), (one, other)


def test_titles_follow_the_ukrainian_alphabet_too() -> None:
    for one, other in itertools.pairwise(["гя", "ґа", "еж", "єа", "ия", "іа", "їа", "йа"]):
        assert sort_key(one) < sort_key(other), (one, other)


def test_numbers_in_titles_sort_by_value_and_punctuation_does_not_count() -> None:
    assert sort_key("Grupa 2") < sort_key("Grupa 10")
    assert sort_key("„Rada”") == sort_key("rada")
