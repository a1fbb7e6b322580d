import datetime as dt
import re

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from cms.models import ContentPage, PublisherSettings
from recommendations.choices import Badge
from recommendations.models import Assignment, Recommendation
from tests.factories.follow_up import make_entry
from tests.factories.pages import make_forum, make_group, make_recommendation_page, make_site, publish
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = pytest.mark.django_db


def home(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def numbers(html: str) -> list[tuple[int, int]]:
    """The counts with their denominators, in the order of the page."""
    found = re.findall(r"<strong>\s*(\d+)\D+?(\d+)\s*</strong>", html)
    return [(int(part), int(whole)) for part, whole in found]


def test_every_count_stands_beside_what_it_is_taken_from(client: Client) -> None:
    make_site()
    forum = make_forum()
    collective = OrganisationFactory.create(label_pl="szkoły", kind="class", is_collective=True)
    make_recommendation_page(parent=forum, addressees=[OrganisationFactory.create()])
    make_recommendation_page(parent=forum, addressees=[OrganisationFactory.create(), collective])
    make_recommendation_page(parent=forum, published=False)
    Recommendation.objects.filter(number=2).update(badge=Badge.DECLARED)
    accepting = Assignment.objects.filter(recommendation__number=2, organisation__is_collective=False)
    accepting.update(position="accepted")
    make_entry(accepting.get(), kind="position", position="accepted")

    # No information, positions of single bodies asked, declared, verified.
    assert numbers(home(client)) == [(1, 2), (1, 2), (1, 2), (0, 2)]


def test_an_empty_site_says_so(client: Client) -> None:
    make_site()

    html = home(client)

    assert numbers(html) == [(0, 0)] * 4
    title = re.findall(r"<h1>(.+?)</h1>", html)[0]
    assert re.search(rf"<title>\s*{title}\s+–", html)
    assert f'<meta property="og:title" content="{title}">' in html


def test_forums_with_recommendations_lead_then_those_whose_sets_are_lost_each_in_time(client: Client) -> None:
    make_site()
    for year in (2015, 2013):
        lost = make_forum(title=f"Forum z {year}", starts_on=f"{year}-01-01", ends_on=f"{year}-01-02")
        make_group(parent=lost, set_state="not_recovered", title=f"Grupa {year}")
    for year in (2022, 2020):
        some = make_forum(
            title=f"Stół z {year}", kind="round-table", starts_on=f"{year}-01-01", ends_on=f"{year}-01-02"
        )
        make_recommendation_page(parent=some)

    html = home(client)

    places = [html.index(f">{title}</a>") for title in ("Stół z 2020", "Stół z 2022", "Forum z 2013", "Forum z 2015")]
    assert places == sorted(places)


def test_search_and_themes_open_the_first_screen(client: Client) -> None:
    make_site()
    ThemeFactory.create(code="edukacja", label_pl="Edukacja")

    html = home(client)

    assert re.search(r'<form[^>]+action="/search/"[^>]*method="get"', html)
    assert 'href="/tematy/edukacja/"' in html
    assert html.index('name="q"') < html.index("Edukacja")


def test_what_the_owner_has_not_set_is_shown_as_not_set(client: Client) -> None:
    site = make_site().get_site()
    assert home(client).count('class="unset"') == 4

    PublisherSettings.objects.filter(site=site).update(publisher="Fundacja Wydająca", email="kontakt@example.org")

    html = home(client)
    assert html.count('class="unset"') == 2
    assert "Fundacja Wydająca" in html
    assert 'href="mailto:kontakt@example.org"' in html


def test_the_home_page_asks_at_most_twenty_times_however_much_there_is(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_site()
    counts = []
    for year in (2013, 2014):
        forum = make_forum(title=f"Forum {year}", starts_on=f"{year}-01-01", ends_on=f"{year}-01-02")
        make_recommendation_page(parent=make_group(parent=forum, title=f"Grupa {year}"))
        home(client)
        with django_assert_max_num_queries(20) as asked:
            home(client)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_text_page_has_contents_with_an_address_for_every_heading(client: Client) -> None:
    page = make_site().add_child(
        instance=ContentPage(
            title="Metoda",
            body=[
                ("heading", "Źródła"),
                ("text", "<p>Pierwszy.</p>"),
                ("heading", "Źródła"),
                ("text", "<p>Drugi.</p>"),
            ],
        )
    )

    html = client.get(publish(page).url).content.decode()

    assert re.findall(r'<h2 id="(zrodla[^"]*)"', html) == ["zrodla", "zrodla-2"]
    assert 'href="#zrodla"' in html
    assert 'href="#zrodla-2"' in html
    assert "Pierwszy." in html


def test_the_publication_box_tells_when_the_page_was_written_and_published(client: Client) -> None:
    page = publish(make_site().add_child(instance=ContentPage(title="Metoda")))
    page.revisions.update(created_at=dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC))
    moment = dt.datetime(2026, 3, 14, 9, tzinfo=dt.UTC)
    ContentPage.objects.filter(pk=page.pk).update(
        first_published_at=moment, last_published_at=dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
    )

    html = client.get(page.url).content.decode()

    for day in ("12 marca 2026", "14 marca 2026", "20 listopada 2026"):
        assert day in html
