"""The bars of the word list: how many forms of one word meet, and how many look-alikes do."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from simplemma.strategies import DefaultStrategy

from search import analysis
from search.analysis import (
    ANALYSER_FINGERPRINT,
    MAX_KEY,
    MAX_READINGS,
    Analysed,
    analyse,
    asked,
    fold,
    is_stop_word,
    join,
    key_of,
    pl,
    place,
    readings,
    restored,
    simple,
)
from search.analysis.letters import restorations

ROWS = [
    line.split("\t") for line in (Path(__file__).parents[1] / "data" / "polish_forms.tsv").read_text().splitlines()[1:]
]
MUST_MATCH = [(a, b) for kind, a, b in ROWS if kind == "must_match"]
MUST_NOT_MATCH = [(a, b) for kind, a, b in ROWS if kind == "must_not_match"]


def finds(question: str, text: str) -> bool:
    """Whether a question of one word finds a text of one word, as the parser and a document would have it."""
    return not {*asked(question, "pl"), *restored(question)}.isdisjoint(readings(text, "pl"))


def test_the_list_is_whole() -> None:
    assert (len(MUST_MATCH), len(MUST_NOT_MATCH)) == (437, 132)


def test_every_form_finds_every_other_form_of_its_word() -> None:
    assert [(a, b) for a, b in MUST_MATCH if not (finds(a, b) and finds(b, a))] == []


def test_forms_typed_without_polish_letters_are_found() -> None:
    found = [finds(fold(one), other) for pair in MUST_MATCH for one, other in (pair, pair[::-1])]

    assert sum(found) / len(found) >= 0.99


@pytest.mark.parametrize("turn", [1, -1], ids=["first finds second", "second finds first"])
def test_look_alikes_are_found_rarely(turn: int) -> None:
    found = [pair for pair in MUST_NOT_MATCH if finds(*pair[::turn])]

    assert len(found) / len(MUST_NOT_MATCH) <= 0.081, found


def test_letters_are_restored_in_questions_only() -> None:
    assert finds("sad", "sąd")
    assert not finds("sąd", "sad")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lodz", "łódź"),
        ("urzad", "urząd"),
        ("gdansk", "gdańsk"),
        ("poznan", "poznań"),
        ("roznorodnoscia", "różnorodność"),
        ("miedzysektorowa", "międzysektorowy"),
        ("uchodzcow", "uchodźca"),
        ("zespol", "zespół"),
        ("жилье", "жильё"),
        ("Жильё", "жилье"),
        ("ребёнка", "ребенок"),
        ("іжа", "їжа"),
        ("грунт", "ґрунт"),
        ("здоровя", "здоров'я"),
    ],
)
def test_the_meant_word_is_among_the_restored(typed: str, meant: str) -> None:
    assert meant in restored(typed)


def test_what_morfeusz_knows_it_knows_with_a_capital() -> None:
    forms = {fold(form) for pair in (*MUST_MATCH, *MUST_NOT_MATCH) for form in pair if form.isalpha()}
    spellings = {spelling for form in forms for level in restorations(form, 20) for spelling in (form, *level)}
    words = [spelling for spelling in spellings if pl.known(spelling, imperatives=False)]

    assert len(words) > len(forms) / 2
    assert [word for word in words if not pl.known(word.capitalize(), imperatives=False)] == []


def test_a_carefully_typed_word_is_not_restored_further() -> None:
    assert restored("łodzi") == ()


def test_a_word_of_many_candidates_is_given_up_after_as_many_questions_as_allowed() -> None:
    before = pl.known.cache_info()

    assert restored("xoaeoaeoaelsoaelsoaelsoaeczx" * 4) == ()

    after = pl.known.cache_info()
    assert 0 < after.hits + after.misses - before.hits - before.misses <= 2 * pl.MOST_TRIES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("II", "2"),
        ("II", "drugie"),
        ("2", "drugiego"),
        ("IV", "czwartym"),
        ("iv", "4"),
        ("I", "pierwszy"),
        ("02", "2"),
        ("друге", "2"),
        ("второй", "II"),
        ("second", "2nd"),
        ("XII", "dwunaste"),
    ],
)
def test_numerals_share_the_number(one: str, other: str) -> None:
    assert not set(readings(one, "en")).isdisjoint(readings(other, "en"))


@pytest.mark.parametrize("form", ["i", "ci", "li", "mix", "CIVIL", "iiii", "v2", "MSWiA"])
def test_words_are_not_taken_for_numerals(form: str) -> None:
    assert not any(key.isdecimal() for key in readings(form, "pl"))


@pytest.mark.parametrize(
    ("form", "first", "second"),
    [
        ("cudzoziemców/ek", "cudzoziemiec", "cudzoziemka"),
        ("migrantów-ek", "migrant", "migrantka"),
        ("mieszkańcom/nkom", "mieszkaniec", "mieszkanka"),
        ("cudzoziemców(-ek)", "cudzoziemiec", "cudzoziemka"),
        ("imigrantów/-tek", "imigrant", "imigrantka"),
        ("obywatel/ka", "obywatel", "obywatelka"),
        ("nauczycieli*lek", "nauczyciel", "nauczycielka"),
        ("migrant_ka", "migrant", "migrantka"),
        ("mieszkańcom/-nkom", "mieszkaniec", "mieszkanka"),
    ],
)
def test_an_inclusive_form_is_both_words_at_one_place(form: str, first: str, second: str) -> None:
    keys = analyse(f"dla {form} w gminie", "pl").positions[1]

    assert {first, second} <= set(keys)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("i/lub", ["i", "lub"]),
        ("biało-czerwony", ["bialo", "czerwony"]),
        ("Bielsko-Biała", ["bielsko", "biala"]),
        ("Kraków/Lublin", ["krakow", "lublin"]),
        ("młodzież-dzieci", ["mlodziez", "dzieci"]),
        ("e-mail", ["e", "mail"]),
        ("szkole.Dzieci", ["szkole", "dzieci"]),
        ("(ek)", ["ek"]),
    ],
)
def test_other_joined_words_stay_two(text: str, words: list[str]) -> None:
    assert [form for (form,) in analyse(text, "pl").surface] == words


def test_a_reference_stands_whole_and_in_parts() -> None:
    assert analyse("nr LII/964/16.", "pl").positions[1:] == (("lii/964/16", "lii", "52"), ("964",), ("16",))
    assert analyse("MO-2014-R01", "pl").positions == (("mo-2014-r01", "mo"), ("2014",), ("r01",))
    assert analyse("25–27.10.2013", "pl").positions[0] == ("25-27.10.2013", "25")
    assert analyse("XI.541.31.2021", "pl").positions == (("xi.541.31.2021", "xi", "11"), ("541",), ("31",), ("2021",))
    assert analyse("BPRM.4820.2.3.2013", "pl").positions[0][0] == "bprm.4820.2.3.2013"


def test_the_end_of_a_name_on_the_net_is_no_word() -> None:
    assert analyse("https://www.um.wroc.pl/a.html", "pl").positions[1:] == (
        ("www",),
        ("um",),
        ("wroc",),
        ("pl",),
        ("a",),
        ("html",),
    )
    assert analyse("bip.brpo.gov.pl/pl/content/prawa-do", "pl").positions[3:] == (
        ("pl",),
        ("pl",),
        ("content",),
        ("prawa", "prawo", "prawy"),
        ("do",),
    )
    assert analyse("kod kraju: PL", "pl").positions[-1] == ("polska",)
    assert analyse("koniec.Szkoły", "pl").positions[-1] == ("szkoła",)


@pytest.mark.parametrize(
    ("form", "language", "key"),
    [
        ("дітей", "pl", "дитина"),
        ("детей", "uk", "ребенок"),
        ("offices", "en", "office"),
        ("szkołach", "en", "szkoła"),
        ("Tych", "pl", "tychy"),
        ("byłem", "pl", "być"),
        ("RPO", "pl", "rpo"),
        ("п’ятий", "uk", "5"),
    ],
)
def test_words_are_read_in_their_languages(form: str, language: str, key: str) -> None:
    assert key in readings(form, language)


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_a_word_is_known_if_simplemma_says_so(language: str) -> None:
    words = "біженцям біженцама беженцами беженцамы громада громаду Київ київ ящик ящиик а ! \U0010ffff".split()
    own = DefaultStrategy(low_memory=True)

    assert [bool(simple.known(language, word)) for word in words] == [
        own.is_dictionary_member(word, language) for word in words
    ]


def test_unknown_words_still_have_a_key() -> None:
    assert readings("xqzwv", "pl") == ("xqzwv",)


def test_keys_and_readings_are_bounded() -> None:
    assert all(len(key) <= MAX_KEY for form in ("x" * 5000, "1" * 5000) for key in readings(form, "pl"))
    assert len(key_of("ﬃ" * 300)) <= MAX_KEY
    assert max(len(readings(form, "en")) for pair in MUST_MATCH for form in pair) <= MAX_READINGS


def test_what_stays_read_is_bounded_and_to_read_it_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Szkoły dla dzieci uchodźców przyjmują dzieci cudzoziemców."
    once = analyse(text, "pl")
    monkeypatch.setattr(analysis, "_KEPT", 3)
    monkeypatch.setattr(analysis, "_kept", defaultdict(dict))

    assert analyse(text, "pl") == once == analyse(text, "pl")
    assert len(analysis._kept["pl"]) <= 3
    readings("a" * 10_000, "pl")
    assert max(map(len, analysis._kept["pl"])) <= MAX_KEY


def test_folding_takes_polish_letters_and_leaves_cyrillic_ones() -> None:
    assert fold("ZAŻÓŁĆ gęślą jaźń") == "zazolc gesla jazn"
    assert fold("Київ ёлка ґанок йод") == "київ ёлка ґанок йод"


def test_decomposed_and_hyphenated_letters_are_read_as_whole_words() -> None:
    assert analyse("mie\u00adszka\u0144co\u0301w", "pl") == analyse("mieszkańców", "pl")


def test_both_streams_have_the_same_places() -> None:
    analysed = analyse("Rada LII/964/16 cudzoziemców/ek i 2. forum — „test”", "pl")

    assert len(analysed.positions) == len(analysed.surface)
    assert all(analysed.positions)
    assert all(analysed.surface)


def test_joined_texts_have_a_gap_between_them() -> None:
    one, empty, other = analyse("rada", "pl"), Analysed(), analyse("gmina", "pl")

    assert join([one, empty, other]).surface == (("rada",), (), ("gmina",))


def test_a_numeral_is_no_stop_word() -> None:
    assert is_stop_word("i")
    assert not is_stop_word("I")


def test_offsets_refer_to_the_text() -> None:
    text = "Dla cudzoziemców/ek (LII/964/16)"

    assert [text[word.token.start : word.token.end] for word in place(text, "pl")] == [
        "Dla",
        "cudzoziemców/ek",
        "LII",
        "964",
        "16",
    ]


WITHOUT_MORFEUSZ = """
import sys
sys.modules["morfeusz2"] = None
from search.analysis import ANALYSER_FINGERPRINT, asked, readings, restored
from search.parser import parse
rows = [line.split(chr(9)) for line in open(sys.argv[1], encoding="utf-8").read().splitlines()[1:]]
def share(kind):
    found = [not {*asked(a, "pl"), *restored(a)}.isdisjoint(readings(b, "pl")) for k, a, b in rows if k == kind]
    return sum(found) / len(found)
assert "morfeusz2" not in ANALYSER_FINGERPRINT, ANALYSER_FINGERPRINT
assert readings("II", "pl") == ("ii", "2")
assert parse("drugie forum").required
print(share("must_match"), share("must_not_match"))
"""


def test_without_morfeusz_simplemma_reads_nine_forms_of_ten() -> None:
    list_of_forms = Path(__file__).parents[1] / "data" / "polish_forms.tsv"
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_MORFEUSZ, str(list_of_forms)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )

    assert ran.returncode == 0, ran.stderr
    matched, mistaken = map(float, ran.stdout.split())
    assert matched >= 0.9
    assert mistaken <= 0.09


def test_the_fingerprint_names_what_decides_keys() -> None:
    assert "simplemma=" in ANALYSER_FINGERPRINT
    assert "rules=" in ANALYSER_FINGERPRINT
