"""Picks side by side: the address holds the list, bad references are named, hidden ones are unknown."""

import csv
import io
import re
from copy import deepcopy
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from recommendations.models import Recommendation
from recommendations.transfer.formats import NAMES
from search.engines.base import Engine
from search.sync.drain import drain
from tests.factories.pages import make_group, make_recommendation
from tests.factories.scale import multiply
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_once")]


@pytest.fixture(scope="module")
def two_once(stage: None) -> list[Recommendation]:
    group, theme = make_group(), ThemeFactory.create(label_pl="Edukacja")
    return [
        make_recommendation(
            parent=group,
            title=title,
            text=f"Zapewnić naukę: {title}.",
            themes=[theme],
            addressees=[OrganisationFactory.create(label_pl=f"Miasto {title}")],
            identifiers=[f"dawny numer {title}"],
        )
        for title in ("Wrocław", "Lublin")
    ]


@pytest.fixture
def two(db: None, two_once: list[Recommendation]) -> list[Recommendation]:
    return deepcopy(two_once)


def ask(client: Client, *picks: str) -> Any:
    response = client.get("/search/compare/", {"pick": list(picks)})
    assert response.status_code == 200
    return response


def test_picks_stand_side_by_side_in_their_order_with_what_each_asks_and_how_it_stands(
    client: Client, two: list[Recommendation]
) -> None:
    html = ask(client, two[1].reference, two[0].reference).content.decode()

    assert html.index("Zapewnić naukę: Lublin.") < html.index("Zapewnić naukę: Wrocław.")
    for text in ("Miasto Wrocław", "Miasto Lublin", "Edukacja", "no information", "Grupa robocza", "2015"):
        assert text in html
    for fact in two:
        assert f"http://testserver/r/{fact.reference}/v1" in html


def test_lines_that_say_the_same_everywhere_are_marked_and_others_are_not(
    client: Client, two: list[Recommendation]
) -> None:
    alike = ask(client, *(fact.reference for fact in two)).context["alike"]

    assert alike["themes"]
    assert alike["issuer"]
    assert not alike["wording"]
    assert not alike["addressees"]
    assert ask(client, two[0].reference).context["alike"] == {}


def test_each_can_be_removed_by_a_link_that_keeps_the_others(client: Client, two: list[Recommendation]) -> None:
    first = ask(client, *(fact.reference for fact in two)).context["columns"][0]

    left = client.get(first["without"]).context["picks"]

    assert left.references == (two[1].reference,)
    assert client.get(client.get(first["without"]).context["columns"][0]["without"]).status_code == 200


def test_old_identifiers_and_any_case_name_the_same_and_nothing_stands_twice(
    client: Client, two: list[Recommendation]
) -> None:
    picks = ask(client, "Dawny numer LUBLIN", two[0].reference.lower(), f"{two[0].reference}, {two[1].reference}")

    assert picks.context["picks"].references == (two[1].reference, two[0].reference)
    assert picks.context["picks"].unknown == ()


def test_bad_references_are_named_and_escaped(client: Client, two: list[Recommendation]) -> None:
    html = ask(client, "NIE-MA-R01", "<script>alert(1)</script>", two[0].reference).content.decode()

    assert "NIE-MA-R01" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html
    assert two[0].reference in html


@pytest.mark.parametrize("drained", [False, True])
def test_a_hidden_one_is_as_unknown_as_one_that_never_was(
    client: Client, index: Engine, two: list[Recommendation], drained: bool
) -> None:
    drain(index)
    PageViewRestriction.objects.create(page=two[0].source_page, restriction_type="login")
    if drained:
        drain(index)

    response = ask(client, two[0].reference, two[1].reference)

    assert response.context["picks"].unknown == (two[0].reference,)
    assert "Miasto Wrocław" not in response.content.decode()
    for form in NAMES:
        text = client.get(f"/search/compare/export.{form}", {"pick": two[0].reference}).getvalue()
        assert two[0].reference.encode() not in text
        assert "Wrocław".encode() not in text


def test_no_more_than_six_stand_side_by_side_but_all_are_cited_and_handed_over(
    client: Client, two: list[Recommendation]
) -> None:
    references = [
        make_recommendation(parent=make_group(title=f"Grupa {n}"), title=f"Numer {n}").reference for n in range(8)
    ]

    response = ask(client, *references)

    assert [column["row"].fact.reference for column in response.context["columns"]] == references[:6]
    assert "No more than 6 stand side by side" in response.content.decode()
    assert all(f"/r/{reference}/v1" in response.content.decode() for reference in references)
    rows = csv.DictReader(
        io.StringIO(client.get("/search/compare/export.csv", {"pick": references}).getvalue().decode("utf-8-sig"))
    )
    assert [row["reference"] for row in rows] == references


@pytest.mark.parametrize("value", ["", " ", "x" * 10_000, "\x00", "\ud800", "'; DROP", ",;,", "%", "-1"])
def test_hostile_picks_never_break_the_page(client: Client, value: str) -> None:
    for address in ("/search/compare/", "/search/compare/export.csv", "/search/"):
        assert client.get(address, {"pick": value.encode("utf-8", "surrogatepass")}).status_code == 200


def test_two_hundred_picks_cost_no_more_queries_than_two(client: Client, two: list[Recommendation]) -> None:
    multiply(two[0], 20)
    many = list(Recommendation.objects.values_list("reference", flat=True))

    def queries(picks: list[str]) -> int:
        ask(client, *picks)
        with CaptureQueriesContext(connection) as captured:
            ask(client, *picks)
        return len(captured)

    few = queries(many[:2])

    assert few <= 30
    assert queries(many + [f"NIE-MA-{n}" for n in range(200)]) <= few + 1


def test_nothing_picked_explains_what_to_do_without_scripts(client: Client, two: list[Recommendation]) -> None:
    html = client.get("/search/compare/").content.decode()

    assert "<table" not in html
    assert 'name="pick"' in html


def test_ticks_of_hits_are_boxes_of_one_plain_form_and_remember_the_address(
    client: Client, index: Engine, two: list[Recommendation]
) -> None:
    drain(index)

    html = client.get("/search/", {"q": "nauka", "pick": [two[0].reference, "INNA-R01"]}).content.decode()
    boxes = re.findall(r"<input[^>]*data-pick[^>]*>", html)

    assert len(boxes) == 2
    assert ["checked" in box for box in boxes if two[0].reference in box] == [True]
    assert ["checked" in box for box in boxes if two[1].reference in box] == [False]
    assert re.search(r'<form id="picks"[^>]*action="/search/compare/"[^>]*method="get"', html)
    assert re.search(r'type="hidden" name="pick" value="INNA-R01"', html)


def test_a_new_question_a_filter_and_an_order_keep_the_picks_but_files_and_feed_do_not_name_them(
    client: Client, index: Engine, two: list[Recommendation]
) -> None:
    drain(index)
    picks = f"pick={two[0].reference}&pick=INNA-R01"

    html = unescape(client.get(f"/search/?q=nauka&{picks}").content.decode())
    form = html.partition('class="search-question"')[2].partition("</form>")[0]

    assert re.findall(r'name="pick" value="([^"]+)"', form) == [two[0].reference, "INNA-R01"]
    for links in (r'class="facet-value"><a href="([^"]+)"', r'<a href="([^"]+view=table[^"]*)"'):
        assert re.findall(links, html)
        assert all(picks in address for address in re.findall(links, html))
    for address in re.findall(r'href="([^"]*/search/(?:feed/|export|follow)[^"]*)"', html):
        assert "pick=" not in address


def test_parameters_that_the_comparison_does_not_know_are_named(client: Client, two: list[Recommendation]) -> None:
    reference = two[0].reference

    answer = client.get(f"/search/compare/?pick={reference}&picks={reference}&utm_source=list")

    assert answer.context["notes"] == [
        "The address asks for “picks”, which this search does not know, so it was left out."
    ]
    assert answer.context["notes"][0] in answer.content.decode()
    assert ask(client, reference).context["notes"] == []
