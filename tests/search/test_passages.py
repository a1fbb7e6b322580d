"""The best of many texts: read where it promises most, shown only where it is true, and never beyond the patience."""

from search.highlight import Reader
from search.parser import parse
from search.passages import Hints, Patience, Text, best


def place(texts: list[str], question: str, *, wanted: set[int] | None = None, patience: int = 10_000) -> int | None:
    tree = parse(question)
    asked = wanted if wanted is not None else set(range(len(tree.required)))
    found = best([Text(text, "pl") for text in texts], Reader(tree), asked, Patience(patience))
    return None if found is None else found[0]


def test_the_text_that_answers_most_wins_and_of_equals_the_first() -> None:
    assert place(["szkoła", "szkoły i miasta", "miasto, szkoła"], "szkoła miasto") == 1
    assert place(["nic", "nic"], "szkoła") is None
    assert place([], "szkoła") is None


def test_only_the_wanted_groups_count() -> None:
    assert place(["szkoła", "miasto"], "szkoła miasto", wanted={1}) == 1


def test_what_only_begins_alike_is_promised_but_not_shown() -> None:
    texts = ["szkodnik", "szkole"]

    assert Hints(parse("szkoda")).promised(texts[0])
    assert place(texts, "szkoła") == 1


def test_forms_that_begin_otherwise_are_found_while_the_patience_lasts() -> None:
    texts = ["nic tu nie ma"] * 5 + ["wiele lat temu"]

    assert place(texts, "rok") == 5
    assert place(texts, "rok", patience=20) is None


def test_capitals_marks_prefixes_and_phrases_promise_too() -> None:
    assert place(["x", "ŁÓDŹ"], "łodzi") == 1
    assert place(["x", "Cudzoziemcom"], "cudz*") == 1
    assert place(["miejska rada", "Radzie Miasta"], '"rada miasta"') == 1
