"""Suggestions while typing: words, titles, references and labels, each leading to something visible at this moment."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from recommendations.models import Recommendation
from search.engines.base import Engine
from search.sync.drain import drain
from search.sync.rebuild import rebuild
from search.views import suggestions
from tests.factories.pages import make_forum, make_group, make_recommendation, make_recommendation_page
from tests.factories.scale import multiply
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory, ThemeFactory
from tests.search.conftest import translate


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    cache.clear()


def suggested(client: Client, text: str, language: str = "") -> list[dict[str, str]]:
    response = client.get(f"{language}/search/suggest/", {"q": text})
    assert response.status_code == 200
    found: list[dict[str, str]] = response.json()["suggestions"]
    return found


def texts(found: list[dict[str, str]], kind: str = "") -> list[str]:
    return [one["text"] for one in found if not kind or one["kind"] == kind]


pytestmark = [pytest.mark.usefixtures("some_once"), pytest.mark.usefixtures("ground")]


@pytest.fixture(scope="module")
def some_once(stage_index: Engine) -> Recommendation:
    group = make_group(
        title="Grupa uchodźcza", parent=make_forum(title="Forum uchodźcze", place=PlaceFactory.create(label_pl="Łódź"))
    )
    fact = make_recommendation(
        parent=group,
        title="Szkoły dla uchodźców",
        text="Zapewnić dzieciom uchodźców miejsca w szkołach.",
        themes=[ThemeFactory.create(label_pl="Uchodźstwo", label_en="Refugees")],
        addressees=[OrganisationFactory.create(label_pl="Urząd do Spraw Cudzoziemców")],
        tags=["asystent"],
    )
    make_recommendation(parent=group, title="Lekarz", text="Zapewnić dzieciom opiekę lekarza.")
    drain(stage_index)
    return fact


@pytest.fixture
def some(index: Engine, some_once: Recommendation) -> Recommendation:
    return deepcopy(some_once)


def test_words_complete_what_is_typed_as_people_write_them_with_how_much_they_find(
    some: Recommendation, client: Client
) -> None:
    [word] = [one for one in suggested(client, "dzieciom uchodzc") if one["kind"] == "Word" and "ów" in one["text"]]

    assert word["text"] == word["completes"] == "dzieciom uchodźców"
    assert int(word["detail"]) == client.get(word["url"]).context["total"] == 1


def test_titles_lead_to_the_thing_itself(some: Recommendation, client: Client) -> None:
    found = {one["text"]: one for one in suggested(client, "uchodź")}

    assert client.get(found["Szkoły dla uchodźców"]["url"]).status_code == 200
    assert {"Grupa uchodźcza", "Forum uchodźcze"} <= set(found)


def test_labels_lead_to_a_filter_that_finds_as_much_as_is_said(some: Recommendation, client: Client) -> None:
    for text, label in (
        ("uchodzs", "Uchodźstwo"),
        ("spraw cudz", "Urząd do Spraw Cudzoziemców"),
        ("lod", "Łódź"),
        ("asyst", "asystent"),
    ):
        [one] = [
            one
            for one in suggested(client, text)
            if one["text"] == label and one["kind"] in {"Theme", "Addressee", "City", "Tag"} and "?" in one["url"]
        ]
        assert client.get(one["url"]).context["total"] == int(one["detail"]) > 0


def test_a_theme_or_institution_is_suggested_once_though_it_has_a_page_too(
    some: Recommendation, client: Client
) -> None:
    assert texts(suggested(client, "uchodźs")).count("Uchodźstwo") == 1
    assert texts(suggested(client, "spraw cudz")).count("Urząd do Spraw Cudzoziemców") == 1


def test_references_are_completed(some: Recommendation, client: Client) -> None:
    [one] = [one for one in suggested(client, some.reference[:-1].lower()) if one["text"] == some.reference]

    assert one["detail"] == "Szkoły dla uchodźców"
    assert client.get(one["url"]).status_code == 200


def test_words_and_labels_of_other_languages_are_suggested_in_them(
    some: Recommendation, client: Client, index: Engine
) -> None:
    translate(some.source_page, "en", title="Schools for refugees", text="Places in schools.")
    drain(index)

    found = suggested(client, "refug", "/en")

    assert "Schools for refugees" in texts(found)
    assert "Refugees" in texts(found)
    assert all(one["url"].startswith("/en/") for one in found)


def test_every_suggestion_leads_to_something(some: Recommendation, client: Client) -> None:
    for text in ("uch", "sz", "dzi", "lek", "for", "za", "FLPM-2", "urz"):
        for one in suggested(client, text):
            response = client.get(one["url"])
            assert response.status_code == 200
            assert response.context.get("total", 1) > 0, one


def test_nonsense_blanks_and_single_letters_suggest_nothing(some: Recommendation, client: Client) -> None:
    for text in ("", " ", "u", "xqzwv", "---", '"', "()", "*"):
        assert suggested(client, text) == []


@pytest.mark.parametrize("drained", [False, True])
def test_nothing_hidden_is_suggested(some: Recommendation, client: Client, index: Engine, drained: bool) -> None:
    make_recommendation_page(
        parent=make_group(title="Inna"), title="Szkic wieloryba", published=False, tags=["wielorybi"]
    )
    hidden = make_recommendation(
        parent=make_group(title="Morska"), title="Wieloryb w morzu", text="Chronić wieloryby.", tags=["wielorybie"]
    )
    drain(index)
    assert "Wieloryb w morzu" in texts(suggested(client, "wielor"))

    PageViewRestriction.objects.create(page=hidden.source_page, restriction_type="login")
    if drained:
        drain(index)

    assert suggested(client, "wielor") == []
    assert suggested(client, "chronić wiel") == []
    assert not [one for one in suggested(client, hidden.reference) if one["text"] == hidden.reference]


def test_words_of_hidden_things_crowd_out_no_visible_one(some: Recommendation, client: Client, index: Engine) -> None:
    make_recommendation(parent=make_group(title="Jawna"), title="Kryptolog")
    secret = " ".join(f"krypto{first}{second}ak" for first in "bcdfg" for second in "aeiou")
    hidden = [make_recommendation(parent=make_group(title=f"Tajna {n}"), text=secret) for n in range(2)]
    drain(index)
    for fact in hidden:
        fact.source_page.unpublish()
    drain(index)

    assert "kryptolog" in texts(suggested(client, "krypto"), "Word")


def test_without_an_index_nothing_is_suggested_and_typing_goes_on(
    some: Recommendation, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_DIR = tmp_path / "gone"

    assert suggested(client, "uchod") == []


def test_queries_do_not_grow_with_the_number_of_recommendations(
    some: Recommendation, client: Client, index: Engine
) -> None:
    def queries(text: str) -> int:
        suggested(client, text)
        with CaptureQueriesContext(connection) as captured:
            suggested(client, text)
        return len(captured)

    few = queries("szk")
    multiply(some, 60)
    rebuild(index)

    assert queries("szk") <= few <= 20


def test_who_asks_far_more_often_than_people_type_is_asked_to_wait(
    some: Recommendation, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "MOST_ASKED", 3)
    monkeypatch.setattr(suggestions, "WINDOW", 100_000)

    answers = [client.get("/search/suggest/", {"q": "uch"}).status_code for _n in range(4)]
    others = client.get("/search/suggest/", {"q": "uch"}, REMOTE_ADDR="10.1.1.1")

    assert answers == [200, 200, 200, 429]
    assert others.status_code == 200


@pytest.mark.parametrize(
    "value", ["x" * 10_000, "\x00", "\ud800", "<script>", "%", "_", "'", "9" * 400, "a" * 199 + " b"]
)
def test_hostile_texts_suggest_nothing_and_break_nothing(some: Recommendation, client: Client, value: str) -> None:
    response = client.get("/search/suggest/", {"q": value.encode("utf-8", "surrogatepass")})

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
