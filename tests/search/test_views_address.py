"""What an address asks, and what the reader is told of the rest."""

import re

import pytest
from django.http import QueryDict
from django.test import Client

from search.engines.base import Engine
from search.query import SearchQuery
from search.sync.drain import drain
from search.views.address import MOST_FILTERS, Address, read_address
from tests.factories.pages import make_recommendation
from tests.factories.taxonomy import OrganisationFactory


def read(address: str) -> Address:
    return read_address(QueryDict(address), "pl")


def notes(address: str) -> list[str]:
    return [note.text for note in read(address).notes]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "q=",
        "q=nauka&theme=praca&theme=dom&since=2014&until=2015-03&sort=oldest&page=2&view=table&literal=1",
        "q=nauka&pick=MO-2014-R02",
        "q=nauka&utm_source=list&utm_medium=mail&fbclid=x",
        "theme=",
        "q=szk*&literal=0",
        "q=not known NOTES",
    ],
)
def test_an_ordinary_address_gets_no_note(address: str) -> None:
    assert notes(address) == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("q=nauka&them=praca", "“them”"),
        ("q=nauka&q[]=x&filters[theme]=y&a=1&b=2", "…"),
        ("q=nauka&since=wiosna", "“wiosna” is no day"),
        ("q=nauka&since=2015&until=2014", "ends before it begins"),
        ("q=nauka&sort=best", "“best”"),
        ("q=nauka&view=map", "“map”"),
        ("q=nauka&literal=bogus", "“literal=bogus”"),
        ("q=nauka NOT (dzieci)", "“-dzieci”"),
        ("literal=bogus", "“literal=bogus”"),
        ("q=nauka+s*", "“s*”"),
        ("q=nauka&page=-1", "“-1”"),
        ("q=nauka&page=0", "“0”"),
        ("q=nauka&page=two", "“two”"),
        ("q=nauka&q=praca", "more than once"),
        ("q=" + "a" * 10_000, "too long"),
        ("q=nauka%00", "cannot be read"),
        ("q=nauka%FF%FE", "cannot be read"),
        ("q=%E2%80%8B", "cannot be read"),
        ("q=nauka&theme=a%00b", "cannot be read"),
        ("&".join(f"theme=t{n}" for n in range(200)), f"first {MOST_FILTERS} filters"),
    ],
)
def test_what_is_left_out_is_said(address: str, told: str) -> None:
    assert any(told in text for text in notes(address)), notes(address)


def test_two_hundred_filters_keep_the_first_and_say_so() -> None:
    both = "&".join(f"{facet}=t{n}" for n in range(100) for facet in ("theme", "tag"))

    one = "&".join(f"theme=t{n:03}" for n in range(200))

    assert sum(len(values) for _, values in read(both).query.filters) == MOST_FILTERS
    assert read(one).query.values("theme") == tuple(f"t{n:03}" for n in range(MOST_FILTERS))
    assert not read(both).is_withheld


@pytest.mark.parametrize("page", ["7", "10000", "1000000000", "9" * 300])
def test_a_page_of_any_length_is_asked_for(page: str) -> None:
    assert read(f"q=nauka&page={page}").query.page == min(int(page), SearchQuery(page=10**9).page)
    assert notes(f"q=nauka&page={page}") == []


@pytest.mark.parametrize(
    "address",
    ["them=praca", "query=nauka", "since=wiosna", "q=%00", "theme=%00", "q=%FF", "q=%C2%AD", "sort=best&colour=red"],
)
def test_nothing_is_answered_if_nothing_of_the_question_could_be_read(address: str) -> None:
    assert read(address).is_withheld


@pytest.mark.parametrize(
    "address", ["", "sort=best", "page=x", "view=map", "literal=x", "q=s*", "theme=nieznany", "q=nauka&them=praca"]
)
def test_what_is_left_still_asks_something(address: str) -> None:
    assert not read(address).is_withheld


def test_a_file_is_not_made_of_another_question_than_the_one_to_the_letter() -> None:
    assert [note.text for note in read("q=nauka&literal=yes").faults] == notes("q=nauka&literal=yes")


def test_notes_are_few_and_short_however_bad_the_address() -> None:
    found = notes("&".join([f"x{n}={n}" for n in range(500)] + ["sort=" + "y" * 5000, "view=" + "z" * 5000]))

    assert len(found) <= 8
    assert all(len(text) < 300 for text in found)


# -- On the page


@pytest.mark.parametrize("address", ["them=praca", "q=-", "q=%22", "q=%00", "since=wiosna"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_misspelt_question_never_shows_everything(
    index: Engine, client: Client, address: str, headers: dict[str, str]
) -> None:
    make_recommendation()
    drain(index)

    response = client.get(f"/search/?{address}", headers=headers)

    assert (response.status_code, response.context["total"], response.context["items"]) == (200, 0, [])
    assert response.context["notes"]
    assert "Nothing was searched for" in response.content.decode()
    assert client.get(f"/search/export.csv?{address}").getvalue().count(b"\n") <= 1


def test_words_beyond_the_twelfth_are_named_as_left_out(index: Engine, client: Client) -> None:
    assert client.get("/search/?q=" + "+".join(f"słowo{n}" for n in range(12))).context["notes"] == []
    (note,) = client.get("/search/?q=" + "+".join(f"słowo{n}" for n in range(13))).context["notes"]
    assert "first 12 words" in note


def test_an_unknown_value_finds_nothing_and_is_named(index: Engine, client: Client) -> None:
    make_recommendation()
    drain(index)

    response = client.get("/search/?theme=nieznany&alert=happy&year=abc&city=<b>x</b>")

    assert response.context["total"] == 0
    html = response.content.decode()
    for value in ("“nieznany”", "“happy”", "“abc”", "“&lt;b&gt;x&lt;/b&gt;”"):
        assert value in html


def test_a_page_beside_an_unknown_value_offers_files_and_feeds_that_can_be_had(index: Engine, client: Client) -> None:
    fact = make_recommendation(addressees=[OrganisationFactory.create(code="men")])
    drain(index)

    html = client.get("/search/?addressee=men&addressee=nobody").content.decode()

    offered = re.findall(r'href="(/search/(?:export|feed)[^"]*)"', html)
    assert len(offered) > 6
    for address in offered:
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address
    csv = client.get("/search/export.csv?addressee=men")
    assert fact.reference in b"".join(csv).decode()


def test_a_page_past_the_end_says_which_it_is_instead(index: Engine, client: Client) -> None:
    make_recommendation()
    drain(index)

    for page in ("2", "1000000000"):
        html = client.get(f"/search/?kind=recommendation&page={page}").content.decode()
        assert f"There is no page {page}: this is page 1, the last." in html
