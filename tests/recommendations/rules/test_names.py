"""Names in a text: in any case of the noun, the longest first, with the years in which they were borne."""

import pytest

from recommendations.rules.names import Name, Names, bears

NAMES = Names(
    [
        Name("Ministerstwo Spraw Wewnętrznych i Administracji", "mswia"),
        Name("MSW", "mswia", "2011-2015"),
        Name("Urząd ds. Cudzoziemców", "udsc"),
        Name("MAC", "mac", "2011-2015"),
        Name("MAC", "nowy-mac", "od 2024"),
        Name("Urząd Miasta Krakowa", "krakow"),
        Name("szkoły", "szkoly"),
        Name("Miasto Wrocław", "wroclaw"),
        Name("urzędy miast", "miasta"),
        Name("media", "media"),
        Name("MS", "ms"),
    ]
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Urzędowi Miasta Krakowa", "krakow"),
        ("urzędem miasta Krakowa", "krakow"),
        ("URZĄD MIASTA KRAKOWA", "krakow"),
        ("Ministra Spraw Wewnętrznych i Administracji", "mswia"),
        ("Urzędu do Spraw Cudzoziemców", "udsc"),
        ("szkołom", "szkoly"),
        ("szkół", "szkoly"),
        ("MSW-u", "mswia"),
    ],
)
def test_a_name_is_found_in_any_case(text: str, code: str) -> None:
    (found,) = NAMES.mentions(f"Wniosek do {text}.")
    assert (found.code, found.words.casefold()) == (code, text.casefold())


@pytest.mark.parametrize("text", ["mediacja", "szkolny", "MSZ", "msw", "Urząd Pracy", "szkolenie"])
def test_another_word_is_no_name(text: str) -> None:
    assert NAMES.mentions(text) == []


def test_of_two_bodies_of_one_name_the_year_decides() -> None:
    assert [NAMES.mentions("MAC", year)[0].code for year in (2014, 2025)] == ["mac", "nowy-mac"]


def test_a_name_of_other_years_is_found_and_says_so() -> None:
    (found,) = NAMES.mentions("MSW", 2020)
    assert (found.code, found.in_its_years) == ("mswia", False)


def test_a_list_names_what_is_known_and_keeps_what_is_not() -> None:
    mentions, unknown = NAMES.listed("MSW, szkoły oraz Instytut Snów; we współpracy z Urzędem Miasta Krakowa")
    assert [mention.code for mention in mentions] == ["mswia", "szkoly", "krakow"]
    assert unknown == ["Instytut Snów"]


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        ("Urząd Miasta Wrocławia; Prezydent Wrocławia", ["wroclaw", "wroclaw"], []),
        ("Urząd Miejski we Wrocławiu, urzędy miast", ["wroclaw", "miasta"], []),
        ("Urząd Miasta Nieznanowa i szkoły", ["szkoly"], ["Urząd Miasta Nieznanowa"]),
        ("Szkoła Podstawowa nr 3", [], ["Szkoła Podstawowa nr 3"]),
    ],
)
def test_a_city_and_its_office_are_one_body_and_an_unknown_one_is_no_kind_of_bodies(
    text: str, codes: list[str], unknown: list[str]
) -> None:
    mentions, left = NAMES.listed(text)
    assert ([mention.code for mention in mentions], left) == (codes, unknown)


@pytest.mark.parametrize(
    ("years", "year", "is_borne"),
    [
        ("2011-2015", 2015, True),
        ("2011-2015", 2016, False),
        ("do 2011 i od 2015", 2009, True),
        ("do 2011 i od 2015", 2013, False),
        ("od 2024", 2024, True),
        ("", 1990, True),
        ("2011-2015", None, True),
        ("przed wojną", 2020, True),
    ],
)
def test_years_are_read_as_people_write_them(years: str, year: int | None, is_borne: bool) -> None:
    assert bears(years, year) is is_borne
