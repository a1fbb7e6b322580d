from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.expansion import Lists, TermGroup
from search.parser import MAX_TERMS, parse, parse_with_words, unread_stars
from search.tree import AllOf, AnyOf, AtLeast, Group, Node, Phrase, Prefix, Tree, Word


def shape(node: Node) -> str:
    """A node in one line, by the first key of each word: enough to see how a question was read."""
    match node:
        case AnyOf(nodes):
            return f"({' OR '.join(map(shape, nodes))})"
        case AllOf(nodes, excluded):
            return f"({' '.join([*map(shape, nodes), *(f'-{shape(each)}' for each in excluded)])})"
        case Group((Word(key), *_)):
            return key
        case Group((Prefix(start),)):
            return f"{start}*"
        case Group((Phrase(words), *_)):
            return f'"{" ".join(keys[0] for _, keys in words)}"'
    raise AssertionError(node)


def read(text: str) -> str:
    tree = parse(text)
    return " ".join([*map(shape, tree.required), *(f"-{shape(node)}" for node in tree.excluded)])


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("dzieciom szkołach", "dziecko szkoła"),
        ('"dzieci w szkole"', '"dziecko w szkoła"'),
        ("„dzieci w szkole”", '"dziecko w szkoła"'),
        ("dziecko -szkoła", "dziecko -szkoła"),
        ('dziecko -"nauka języka"', 'dziecko -"nauka język"'),
        ("dziecko - szkoła", "dziecko szkoła"),
        ("dziecko OR uczeń szkoła", "(dziecko OR uczeń) szkoła"),
        ("szkoła dziecko OR uczeń OR student", "szkoła (dziecko OR uczeń OR student)"),
        ("OR dziecko OR OR uczeń OR", "(dziecko OR uczeń)"),
        ("dziecko OR -uczeń", "(dziecko OR (-uczeń))"),
        ("szkoła (dziecko OR uczeń)", "szkoła (dziecko OR uczeń)"),
        ("szkoła -(dziecko uczeń)", "szkoła -(dziecko uczeń)"),
        ("((szkoła) dziecko", "(szkoła dziecko)"),
        ("szkoła) dziecko", "szkoła dziecko"),
        ('"szkoła', '"szkoła"'),
        ("cudzoziem*", "cudzoziem*"),
        ("URZĘD*", "urzed*"),
        ("WS-2014-R0*", "ws-2014-r0*"),
        ("LII/96*", "lii/96*"),
        ("c*", "cent"),
        ("*", ""),
        ("dziecko w szkole", "dziecko szkoła"),
        ("w i", "w i"),
        ("migrantów-ek", "migrant"),
        ("Kraków/Lublin", "kraków lublin"),
        ("polsko-ukraiński", '"polsko ukraiński"'),
        ("LII/964/16", "lii/964/16"),
        ('-- "" () - ! ... OR', ""),
        ("", ""),
        ("\x00\ud800", ""),
    ],
)
def test_a_question_is_read_as_meant(text: str, meaning: str) -> None:
    assert read(text) == meaning


def test_a_word_asks_for_all_its_readings() -> None:
    assert parse("rada").required == (Group((Word("rada"), Word("rad"), Word("rado"))),)


def test_restored_letters_weigh_less_than_what_was_typed() -> None:
    (group,) = parse("sad").required

    assert isinstance(group, Group)
    assert Word("sad") in group.alternatives
    assert Word("sąd", 0.8) in group.alternatives


def test_a_name_no_dictionary_has_is_also_asked_as_it_is_written() -> None:
    (group,) = parse("Xqzwłow").required

    assert isinstance(group, Group)
    assert group.alternatives[-1] == Word("xqzwlow", 0.8, is_surface=True)


def test_a_reference_is_found_whole_or_by_consecutive_parts() -> None:
    (group,) = parse("XI.541.31").required

    assert group == Group(
        (
            Word("xi.541.31"),
            Phrase(((0, ("xi", "11")), (1, ("541",)), (2, ("31",))), ((0, "xi"), (1, "541"), (2, "31")), 0.8),
        )
    )


def test_words_in_cyrillic_are_read_as_ukrainian_and_russian_in_a_polish_interface() -> None:
    (group,) = parse("детей", "pl").required

    assert isinstance(group, Group)
    assert Word("ребенок") in group.alternatives


def test_terms_beyond_the_twelfth_are_ignored() -> None:
    assert len(parse(" ".join(["gmina"] * 17)).required) == MAX_TERMS


@pytest.mark.parametrize(("words", "enough"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (12, 8)])
def test_partial_means_at_least_sixty_per_cent(words: int, enough: int) -> None:
    assert Tree(tuple(Group((Word(str(n)),)) for n in range(words))).enough == enough


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Szkoły dla MO-01 -kot "wielki pies" lok* (Dom OR dom) -(mysz)', ("szkoły", "dom")),
        ("w i", ()),
        ("drugie forum 2", ("drugie", "forum", "2")),
    ],
)
def test_plain_words_are_those_a_slip_may_be_in(text: str, words: tuple[str, ...]) -> None:
    assert parse_with_words(text)[1] == words


def test_a_number_prefers_the_word_beside_it() -> None:
    number, forum = parse("2 forum").required

    assert isinstance(number, AnyOf)
    assert number.nodes[0] == Group((Word("2"),))
    together = number.nodes[1]
    assert isinstance(together, Group)
    assert Phrase(((0, ("2",)), (1, ("forum",)))) in together.alternatives
    assert Phrase(((0, ("forum",)), (1, ("2",)))) in together.alternatives
    assert forum == Group((Word("forum"),))


def test_an_english_word_is_read_as_such_on_a_polish_page() -> None:
    (group,) = parse("refugees").required

    assert isinstance(group, Group)
    assert Word("refugee", 0.8) in group.alternatives


def test_only_a_question_without_any_term_is_empty() -> None:
    assert parse("...").is_empty
    assert not parse("-szkoła").is_empty


def leaves(node: Node) -> int:
    match node:
        case Group():
            return 1
        case AnyOf((Group() as number, Group((Phrase(surface=()), *_)))):  # a number and the word beside it
            return leaves(number)
        case AnyOf(nodes):
            return sum(map(leaves, nodes))
        case AtLeast(nodes):
            return sum(map(leaves, nodes))
        case AllOf(nodes, excluded):
            return sum(map(leaves, (*nodes, *excluded)))


LISTS = Lists(
    [
        TermGroup("synonym", (("a", "pl"), ("a b", "pl"), ("żyto", "pl"))),
        TermGroup("family", (("ab", "pl"), ("b 1", "en"), ("b a b", "pl"))),
    ]
)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("s*", ("s*",)),
        ("szkoła c** -d*", ("c**", "d*")),
        ("s* OR s*", ("s*",)),
        ("*uchodźca", ("*uchodźca",)),
        ("(szkoła i*)", ("i*",)),
        ('"rada imigr*" szk*', ("rada imigr*",)),
        ("sz* WS-2014-R0* szkoła", ()),
        ("szkoła * rada", ()),
        ("s", ()),
    ],
)
def test_an_asterisk_that_completes_nothing_is_named(text: str, unread: tuple[str, ...]) -> None:
    assert unread_stars(text) == unread


@given(st.text(max_size=400) | st.text(alphabet='ab1I "()-*OR./\u2013żї\u0301\u00ad', max_size=300))
def test_no_text_raises_or_grows(text: str) -> None:
    for language in ("pl", "en", "uk", "xx"):
        tree = parse(text, language)

        assert sum(map(leaves, (*tree.required, *tree.excluded))) <= MAX_TERMS
        parse(text, language, LISTS, {"a": "ab", "ab": text})


@pytest.mark.parametrize("text", ["(" * 200, "-(" * 100, "-" * 200, '"' * 200, "a-" * 100, "(a " * 60, "OR " * 60])
def test_deep_nonsense_is_harmless(text: str) -> None:
    parse(text)
