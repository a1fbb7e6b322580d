"""Which words of a text tell it from others, and how near is near enough: pure, without an index."""

from search.related import ranked, telling, tree_of, words_of


def test_words_are_counted_by_what_they_may_be_read_as_and_stop_words_and_numbers_are_not() -> None:
    words = words_of(["Dzieci i szkoły dla dzieci", "Dzieciom w 2015 r."], "pl")

    by_word = {next(iter(keys)): count for keys, count in words.items()}
    assert by_word["dziecko"] == 3
    assert not {"i", "dla", "w", "2015", "r"} & set(by_word)


def test_what_is_frequent_here_and_rare_elsewhere_tells_most_and_what_stands_nowhere_else_tells_nothing() -> None:
    words: dict[tuple[str, ...], int] = {("migrant",): 1, ("szkoła",): 1, ("xqz",): 9, ("asystent",): 3}

    assert telling(words, {"migrant": 900, "szkoła": 30, "asystent": 30, "xqz": 1}, 1000) == (
        ("asystent",),
        ("szkoła",),
        ("migrant",),
    )


def test_a_word_is_as_common_as_its_commonest_reading() -> None:
    words: dict[tuple[str, ...], int] = {("rada", "rad"): 1, ("gmina",): 1}

    assert telling(words, {"rada": 2, "rad": 900, "gmina": 100}, 1000)[0] == ("gmina",)


def test_at_most_twelve_words_are_asked_for_and_none_is_no_question() -> None:
    words: dict[tuple[str, ...], int] = {(f"słowo{n}",): 1 for n in range(50)}

    assert len(telling(words, {f"słowo{n}": 5 for n in range(50)}, 100)) == 12
    assert tree_of(()).is_empty
    assert not tree_of([("a", "b")]).is_empty


def test_shared_themes_and_tags_bring_nearer_and_next_to_nothing_is_left_out() -> None:
    scores = {"a": 10.0, "b": 9.0, "c": 9.5, "d": 1.0}

    assert ranked(scores, 20.0, frozenset("b"), frozenset("c")) == ["b", "c", "a"]
