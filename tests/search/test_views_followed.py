"""What can be followed is one question in one form, whoever asks it and however the page looked."""

import pytest
from django.http import QueryDict
from django.test import Client

from search.models import LONGEST_FOLLOWED
from search.views.followed import addressees_of, followed, read_followed
from tests.factories.pages import make_recommendation
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("asked_once")]


@pytest.fixture(scope="module")
def asked_once(stage: None) -> None:
    office = OrganisationFactory.create(code="wroclaw", label_pl="Miasto Wrocław", label_en="City of Wrocław")
    theme = ThemeFactory.create(code="jezyk", label_pl="Język")
    make_recommendation(title="Kursy", addressees=[office], themes=[theme])


def read(question: str, language: str = "pl") -> tuple[str, str] | None:
    found = read_followed(QueryDict(question), language)
    return (found.question, found.language) if found else None


@pytest.mark.parametrize(
    ("question", "language", "kept"),
    [
        ("q=kursy&sort=newest&view=table&page=3", "pl", ("q=kursy", "pl")),
        ("q=kursy", "uk", ("q=kursy", "uk")),
        # Without words the language changes nothing: readers of all languages follow one thing.
        ("theme=jezyk&literal=1", "uk", ("theme=jezyk", "pl")),
        ("year=2015&kind=recommendation&addressee=wroclaw", "pl", ("addressee=wroclaw&year=2015", "pl")),
        ("", "ru", ("", "pl")),
        ("reference=flpm-2015-r01&q=x", "uk", ("reference=FLPM-2015-R01", "pl")),
    ],
)
def test_one_question_has_one_form(question: str, language: str, kept: tuple[str, str]) -> None:
    assert read(question, language) == kept


@pytest.mark.parametrize(
    "question",
    [
        "kind=forum",
        "theme=nie-ma",
        "year=x",
        "issuer=f99",
        "reference=NIE-MA",
        "reference=%00",
        "since=x",
        "tag=" + "x" * 99,
    ],
)
def test_what_would_never_find_anything_is_not_followed(question: str) -> None:
    assert read(question) is None


def test_a_question_longer_than_an_index_can_hold_is_not_followed() -> None:
    years = "&".join(f"year={year}" for year in range(1900, 1949))
    assert read(years) is not None
    # In an address a letter of ours takes six bytes, and two hundred of them are allowed.
    assert read(f"{years}&q={'ż' * 199}") is None
    assert len(f"q={'%C5%BC' * 199}&{years}") > LONGEST_FOLLOWED


@pytest.mark.parametrize(
    ("question", "name", "address"),
    [
        ("addressee=wroclaw", "City of Wrocław", "/instytucje/wroclaw/"),
        ("theme=jezyk", "Język", "/tematy/jezyk/"),
        ("reference=FLPM-2015-R01", "FLPM-2015-R01 – Kursy", "/r/FLPM-2015-R01"),
        ("q=kursy&year=2015", "Search: “kursy”; Year: 2015", "/search/?q=kursy&year=2015"),
        ("", "All recommendations", "/search/"),
    ],
)
def test_it_is_called_as_the_page_on_which_it_stands(question: str, name: str, address: str) -> None:
    wanted = read_followed(QueryDict(question), "en")
    assert wanted is not None
    (one,) = followed([wanted], "en")

    assert (one.name, one.address) == (name, address)
    assert one.feed.startswith(("/stan-realizacji/wpisy.atom?", "/search/feed/"))


def test_only_a_question_that_names_bodies_wants_news_of_these_alone() -> None:
    bodies = [read_followed(QueryDict(question), "pl") for question in ("addressee=wroclaw&theme=jezyk", "theme=jezyk")]

    assert [addressees_of(one) for one in bodies if one] == [{"wroclaw"}, set()]


def test_pages_offer_to_follow_exactly_what_they_show(client: Client) -> None:
    for page, address in (("/tematy/jezyk/", "theme=jezyk"), ("/instytucje/wroclaw/", "addressee=wroclaw")):
        assert f'href="/obserwuj/?{address}"' in client.get(page).content.decode()
