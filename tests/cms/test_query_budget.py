"""No page asks the database more than twenty times, and none asks more when there are five thousand recommendations."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Site

from cms.models import ContentPage
from recommendations.choices import Badge, Implementation
from recommendations.models import Assignment, Recommendation, RecommendationIndexPage, RecommendationPage
from tests.factories.follow_up import make_entry
from tests.factories.pages import appear, make_recommendation, make_site, publish
from tests.factories.scale import multiply
from tests.factories.stages import make_chosen
from tests.factories.taxonomy import OrganisationFactory

BUDGET = 20


def queries(client: Client, addresses: dict[str, str]) -> dict[str, int]:
    found = {}
    for name, address in addresses.items():
        # As who comes first: nothing that is kept for a while answers.
        for cache in caches.all(initialized_only=True):
            cache.clear()
        # Wagtail keeps these until a site or its first page changes.
        Site.get_site_root_paths()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, address
        found[name] = len(captured)
    return found


def steps(client: Client, addresses: dict[str, str]) -> dict[str, int]:
    """How many hundred steps SQLite takes for each: unlike time, the same on every machine."""
    with connection.cursor() as cursor:
        # Plans are chosen by what the tables hold.
        cursor.execute("ANALYZE")
    found = dict.fromkeys(addresses, 0)
    for name, address in addresses.items():
        client.get(address)

        def count(name: str = name) -> None:
            found[name] += 1

        connection.connection.set_progress_handler(count, 100)
        client.get(address)
        connection.connection.set_progress_handler(None, 0)
    return found


def said(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.django_db
def test_pages_ask_at_most_twenty_times_at_126_and_at_5000_recommendations(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_DIR = tmp_path / "search"
    publish(make_site().add_child(instance=RecommendationIndexPage(title="Rekomendacje", slug="rekomendacje")))
    # Of two addressees who are far apart: "mixed", which every list says with its counts.
    fact = make_recommendation(addressees=[OrganisationFactory.create(), OrganisationFactory.create()])
    body = fact.assignments.all()[0]
    Assignment.objects.filter(pk=body.pk).update(implementation=Implementation.IN_PROGRESS)
    Recommendation.objects.filter(pk=fact.pk).update(badge=Badge.MIXED)
    fact.refresh_from_db()
    page = RecommendationPage.objects.get(translation_key=fact.translation_key)
    stage = make_chosen(recommendation=fact).stage
    english, _created = Locale.objects.get_or_create(language_code="en")
    for source in (*page.get_ancestors().filter(depth__gt=1).specific(), page):
        translated = appear(source.copy_for_translation(english))
    multiply(fact, 125)
    other = Recommendation.objects.exclude(pk=fact.pk)[0]
    addresses = {
        "home": "/",
        "list": "/rekomendacje/",
        "forums": "/fora/",
        "forum": page.get_parent().get_parent().url,
        "group": page.get_parent().url,
        "recommendation": page.url,
        "organisation": f"/instytucje/{body.organisation.code}/",
        "theme": f"/tematy/{fact.themes.get().code}/",
        "changes": "/zmiany/",
        "past list": "/rekomendacje/?on=2026-01-01",
        "past recommendation": f"{page.url}?on=2026-01-01",
        "figures": "/stan-realizacji/",
        "status": "/stan-realizacji/status/mixed/",
        "stage of action": f"/w-dzialaniu/{stage.code}/",
        "feed": "/stan-realizacji/wpisy.atom",
        "search": "/search/",
        "search for a word": "/search/?q=polskiego",
        "its second page": "/search/?q=polskiego&page=2",
        "search with a slip": "/search/?q=polskego",
        "search with a filter": f"/search/?q=polskiego&theme={fact.themes.get().code}",
        "two side by side": f"/search/compare/?pick={fact.reference}&pick={other.reference}",
        "translated forum": translated.get_parent().get_parent().url,
        "translated recommendation": translated.url,
    }
    call_command("search_rebuild", verbosity=0)
    # The first visit fills what a process keeps: sites, content types, dictionaries.
    queries(client, addresses)
    few = queries(client, addresses)

    multiply(fact, 5000 - 126)
    call_command("search_rebuild", verbosity=0)
    many = queries(client, addresses)

    assert {name: count for name, count in many.items() if count > BUDGET} == {}
    assert many == few
    for name in ("list", "group", "recommendation", "theme", "status", "stage of action", "search for a word"):
        assert "mixed <small>(1\xa0×\xa0no information, 1\xa0×\xa0in progress)</small>" in said(
            client, addresses[name]
        ), name


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_page_of_hits_and_the_frame_of_every_page_cost_the_database_no_more_when_there_is_more(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_DIR = tmp_path / "search"
    home = make_site()
    publish(home.add_child(instance=RecommendationIndexPage(title="Rekomendacje", slug="rekomendacje")))
    publish(home.add_child(instance=ContentPage(title="Metoda", slug="metoda")))
    fact = make_recommendation()
    page = RecommendationPage.objects.get(translation_key=fact.translation_key)
    for each in (fact, make_recommendation()):
        make_chosen(recommendation=each)
        make_entry(each.assignments.get(), text="Hydrant stoi.")
    multiply(fact, 100)
    addresses = {
        "text page": "/metoda/",
        "recommendation": page.url,
        "search for a word": "/search/?q=polskiego",
        "search with a slip": "/search/?q=polskego",
        "search with a filter": f"/search/?q=polskiego&theme={fact.themes.get().code}",
        "search for what the log tells": "/search/?q=hydrant",
    }
    call_command("search_rebuild", verbosity=0)
    few = steps(client, addresses)

    multiply(fact, 2000)
    call_command("search_rebuild", verbosity=0)
    many = steps(client, addresses)

    # A deeper tree of keys takes some steps more.
    assert {name: (few[name], count) for name, count in many.items() if count > 1.5 * few[name]} == {}
