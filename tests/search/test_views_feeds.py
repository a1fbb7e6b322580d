"""A search as a feed: what changed last stands first, ids are permanent, nobody fetches the same list twice."""

import xml.etree.ElementTree as ET
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from recommendations.models import Recommendation
from search.engines.base import Engine
from search.sync.drain import drain
from search.sync.rebuild import rebuild
from search.views import feeds
from tests.factories.pages import make_group, make_recommendation, make_recommendation_page, publish
from tests.factories.scale import multiply

ATOM = "{http://www.w3.org/2005/Atom}"
CANARY = "kanarek"


def entries(client: Client, question: str = "", language: str = "") -> list[ET.Element]:
    response = client.get(f"{language}/search/feed/{question}")
    assert response.status_code == 200
    return ET.fromstring(response.content).findall(f"{ATOM}entry")


def titles(found: list[ET.Element]) -> list[str]:
    return [(entry.findtext(f"{ATOM}title") or "").partition(" · ")[2] for entry in found]


pytestmark = [pytest.mark.usefixtures("three_once"), pytest.mark.usefixtures("ground")]


@pytest.fixture(scope="module")
def three_once(stage_index: Engine) -> list[Recommendation]:
    group = make_group()
    found = [
        make_recommendation(parent=group, title=title, text=f"Zapewnić {word} naukę.")
        for title, word in (("Szkoła", "dzieciom"), ("Język", "dzieciom"), ("Lekarz", "rodzinom"))
    ]
    drain(stage_index)
    return found


@pytest.fixture
def three(index: Engine, three_once: list[Recommendation]) -> list[Recommendation]:
    return deepcopy(three_once)


def test_what_was_published_or_followed_up_last_stands_first(three: list[Recommendation], client: Client) -> None:
    assert titles(entries(client)) == ["Lekarz", "Język", "Szkoła"]

    Recommendation.objects.filter(pk=three[0].pk).update(last_change_at=timezone.now())

    assert titles(entries(client)) == ["Szkoła", "Lekarz", "Język"]


def test_a_new_wording_makes_the_entry_new_and_its_id_stays(
    three: list[Recommendation], client: Client, index: Engine
) -> None:
    before = {entry.findtext(f"{ATOM}id"): entry.findtext(f"{ATOM}updated") for entry in entries(client)}
    publish(three[0].source_page, title="Szkoła i przedszkole", change_reason="jaśniej")
    drain(index)

    first = entries(client)[0]

    assert first.findtext(f"{ATOM}id") == f"http://testserver/r/{three[0].reference}"
    assert first.findtext(f"{ATOM}updated") != before[first.findtext(f"{ATOM}id")]


def test_the_feed_answers_the_same_question_as_the_page(three: list[Recommendation], client: Client) -> None:
    assert set(titles(entries(client, "?q=dziecko"))) == {"Szkoła", "Język"}
    assert entries(client, "?q=xqzwv") == []
    assert entries(client, "?kind=forum") == []
    html = client.get("/search/?q=dziecko&year=2015").content.decode()
    assert 'type="application/atom+xml"' in html
    assert 'href="/search/feed/?q=dziecko&amp;year=2015"' in html


@pytest.mark.parametrize("how", ["unpublished", "private"])
@pytest.mark.parametrize("address", ["/search/feed/", "/search/export.csv", "/stan-realizacji/wpisy.atom"])
def test_what_follows_a_forum_that_is_hidden_for_now_is_empty_and_no_slip(
    three: list[Recommendation], client: Client, address: str, how: str
) -> None:
    issuer = three[0].issuer
    page = issuer.source_page
    if how == "unpublished":
        page.unpublish()
    else:
        PageViewRestriction.objects.create(page=page, restriction_type="login")

    known, slip = (client.get(f"{address}?issuer=g{pk}") for pk in (issuer.pk, issuer.pk + 999))

    assert (known.status_code, slip.status_code) == (200, 400)
    assert page.title not in known.getvalue().decode()


def test_texts_of_the_feed_are_text_whatever_they_hold(index: Engine, client: Client) -> None:
    make_recommendation(title="<img src=x onerror=alert(1)>", text="<script>alert(1)</script> \x0c & więcej")
    drain(index)

    entry = entries(client)[0]

    assert entry.findtext(f"{ATOM}summary") == "&lt;script&gt;alert(1)&lt;/script&gt;   &amp; więcej"
    assert titles([entry]) == ["<img src=x onerror=alert(1)>"]


def test_who_has_the_list_already_gets_no_second_copy(three: list[Recommendation], client: Client) -> None:
    first = client.get("/search/feed/?q=dziecko")

    again = client.get("/search/feed/?q=dziecko", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/search/feed/?q=lekarz", headers={"if-none-match": first["ETag"]}).status_code == 200
    PageViewRestriction.objects.create(page=three[0].source_page, restriction_type="login")
    assert client.get("/search/feed/?q=dziecko", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_feed_holds_the_last_fifty_and_its_queries_do_not_grow(
    three: list[Recommendation], client: Client, index: Engine
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/search/feed/")
        return len(captured)

    queries()
    few = queries()
    multiply(three[0], 60)
    rebuild(index)

    assert len(entries(client)) == feeds.ENTRIES
    assert queries() == few


@pytest.mark.parametrize("drained", [False, True])
def test_nothing_hidden_is_in_the_feed(index: Engine, client: Client, drained: bool) -> None:
    group = make_group()
    make_recommendation_page(parent=group, title=f"Szkic {CANARY}", published=False)
    hidden = make_recommendation(parent=group, title=f"Jawny {CANARY}")
    drain(index)
    assert titles(entries(client, f"?q={CANARY}")) == [f"Jawny {CANARY}"]

    PageViewRestriction.objects.create(page=hidden.source_page, restriction_type="login")
    if drained:
        drain(index)

    for question in ("", f"?q={CANARY}"):
        assert CANARY not in client.get(f"/search/feed/{question}").content.decode().replace(f"q={CANARY}", "").replace(
            f"Search: {CANARY}", ""
        )


@pytest.mark.parametrize("value", ["x" * 10_000, "<b>", '"', "&amp;"])
def test_hostile_questions_give_well_formed_feeds(three: list[Recommendation], client: Client, value: str) -> None:
    response = client.get("/search/feed/", {"q": value.encode("utf-8", "surrogatepass")})

    assert response.status_code == 200
    ET.fromstring(response.content)


def test_without_an_index_the_feed_asks_to_come_back_and_empties_nobodys_list(
    three: list[Recommendation], client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_DIR = tmp_path / "gone"

    assert client.get("/search/feed/").status_code == 503


def test_the_page_of_saved_searches_is_the_same_for_everybody_and_has_a_way_without_scripts(
    client: Client, three: list[Recommendation]
) -> None:
    html = client.get("/search/saved/").content.decode()

    assert "<noscript>" in html
    assert "Atom feed" in html
    assert " onclick" not in html
    assert client.get("/search/saved/").content.decode() == html
