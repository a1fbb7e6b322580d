import datetime as dt
import json
import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override
from pytest_django.fixtures import DjangoAssertNumQueries
from wagtail.models import Locale, PageViewRestriction

from cms.models import PublisherSettings
from forums.models import (
    ExpectedEffect,
    ForumBody,
    ForumDate,
    ForumLink,
    ForumName,
    ForumPage,
    ForumSource,
    ForumVenue,
    GroupHost,
    WorkingGroupPage,
)
from forums.models.lists import issuer_lists
from tests.factories.pages import appear, forum_index, make_forum, make_group, make_recommendation_page, publish
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = pytest.mark.django_db


def html_of(client: Client, page: Any, language: str = "pl") -> str:
    response = client.get(page.get_url(), headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def data_of(html: str, kind: str) -> dict[str, Any]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    found = [data for block in blocks if (data := json.loads(block))["@type"] == kind]
    assert len(found) == 1
    return dict(found[0])


def translated(page: Any, language: str = "en", **changes: Any) -> Any:
    """A published translation of a page, and of what stands above it."""
    locale = Locale.objects.get_or_create(language_code=language)[0]
    page.refresh_from_db()
    if not page.get_parent().has_translation(locale) and page.depth > 2:
        translated(page.get_parent().specific, language)
    copy = page.copy_for_translation(locale)
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save()
    return appear(copy)


def full_forum() -> ForumPage:
    """A forum with a row of everything."""
    organiser = OrganisationFactory.create(label_pl="Fundacja Organizująca")
    page: Any = make_forum(published=False, title="III Forum", participants="Jedna trzecia urodziła się za granicą.")
    page.themes = [ThemeFactory.create(label_pl="Temat forum")]
    page.not_known = "<p>Nie wiadomo, kto prowadził grupy.</p>"
    page.programme = json.dumps(
        [{"type": "session", "value": {"day": "2015-05-16", "title": "Debata druga", "text": ""}}]
    )
    page.claimed_dates = [
        ForumDate(
            starts_on=dt.date(2015, 5, 14),
            ends_on=dt.date(2015, 5, 17),
            precision="day",
            source_title="Strona forum",
            source_url="https://example.org/forum",
            is_followed=True,
            reason="Własna strona forum",
        ),
        ForumDate(starts_on=dt.date(2015, 10, 1), precision="month", source_title="Inna strona"),
    ]
    page.names = [ForumName(name="Trzecie Forum robocze", kind="official"), ForumName(name="3 Forum", kind="alias")]
    page.bodies = [ForumBody(organisation=organiser, role="organiser", note="prowadziła projekt")]
    page.venues = [ForumVenue(name="Dom Kultury", address="ul. Boczna 2")]
    page.links = [ForumLink(title="Relacja z forum", url="https://example.org/relacja")]
    page.sources = [ForumSource(title="Raport", url="https://example.org/raport.pdf", pages="51-88", note="wyniki")]
    return publish(page)


def test_a_forum_shows_everything_that_is_known_and_what_is_not(client: Client) -> None:
    html = html_of(client, full_forum())

    for said in (
        "III Forum",
        "14–17 maja 2015",
        "październik 2015",
        "Własna strona forum",
        "Inna strona",
        "The sources differ about the date",
        "Trzecie Forum robocze",
        "3 Forum",
        "Fundacja Organizująca",
        "prowadziła projekt",
        "Dom Kultury",
        "ul. Boczna 2",
        "Relacja z forum",
        "Raport",
        "51-88",
        "Temat forum",
        "Debata druga",
        "Jedna trzecia urodziła się za granicą.",
        "Nie wiadomo, kto prowadził grupy.",
    ):
        assert said in html


def test_dates_that_agree_are_no_conflict(client: Client) -> None:
    page: Any = make_forum(published=False)
    same = {"starts_on": dt.date(2015, 5, 14), "ends_on": dt.date(2015, 5, 17), "precision": "day"}
    page.claimed_dates = [
        ForumDate(source_title="Jedno źródło", **same),
        ForumDate(source_title="Drugie źródło", **same),
    ]

    html = html_of(client, publish(page))

    assert 'id="dates"' not in html
    assert "Drugie źródło" in html


def test_a_date_that_is_only_less_exact_is_no_conflict(client: Client) -> None:
    page: Any = make_forum(published=False)
    page.claimed_dates = [
        ForumDate(
            starts_on=dt.date(2013, 10, 25), ends_on=dt.date(2013, 10, 27), precision="day", source_title="Program"
        ),
        ForumDate(starts_on=dt.date(2013, 10, 1), precision="month", source_title="Sprawozdanie"),
        ForumDate(starts_on=dt.date(2013, 1, 1), precision="about", source_title="Wspomnienie"),
        ForumDate(starts_on=dt.date(2013, 1, 1), precision="after", source_title="Notatka"),
    ]

    html = html_of(client, publish(page))

    assert "The sources differ about the date" not in html
    assert "Dates according to the sources" in html
    assert "październik 2013" in html


def test_a_translated_forum_shows_its_own_words_and_the_facts_of_its_source(client: Client) -> None:
    page = translated(full_forum(), title="Third Forum", participants="One third were born abroad.")

    html = html_of(client, page, "en")

    assert '<html lang="en">' in html
    assert "One third were born abroad." in html
    assert "14–17 May 2015" in html
    assert "Dom Kultury" in html
    assert "Fundacja Organizująca" in html


def test_a_draft_is_previewed_with_its_own_rows(client: Client) -> None:
    page: Any = full_forum()
    page.venues = [ForumVenue(name="Nowe miejsce")]
    page.links = []
    page.save_revision()

    request = client.get("/").wsgi_request
    html = page.get_latest_revision_as_object().make_preview_request(request, "").render().content.decode()

    assert "Nowe miejsce" in html
    assert "Dom Kultury" not in html
    assert "Relacja z forum" not in html
    assert "Nowe miejsce" not in html_of(client, page)


def test_a_forum_that_was_never_published_can_be_previewed(client: Client) -> None:
    page: Any = make_forum(published=False, title="Nowe forum")
    page.save_revision()

    response = page.get_latest_revision_as_object().make_preview_request(client.get("/").wsgi_request, "")

    assert "Nowe forum" in response.render().content.decode()


def test_a_gathering_is_an_event_for_machines(client: Client) -> None:
    event = data_of(html_of(client, full_forum()), "Event")

    assert (event["startDate"], event["endDate"]) == ("2015-05-14", "2015-05-17")
    assert event["organizer"] == [{"@type": "Organization", "name": "Fundacja Organizująca"}]
    assert event["url"].startswith("http://")


def test_another_source_is_no_event_for_machines(client: Client) -> None:
    html = html_of(client, make_forum(kind="petition", title="Petycja <b>ważna</b>"))

    assert data_of(html, "CreativeWork")["name"] == "Petycja <b>ważna</b>"
    assert "<b>ważna</b>" not in html.replace(json.dumps("Petycja <b>ważna</b>"), "")


def test_a_group_shows_its_set_in_the_original_order(client: Client) -> None:
    group = make_group(title="Grupa pierwsza", set_state="complete")
    for number in (1, 2, 3):
        make_recommendation_page(
            parent=group, title=f"Rekomendacja {number}", slug=f"x{9 - number}", text="a " * 80 + "KONIEC"
        )

    html = html_of(client, group)

    places = [html.index(f"Rekomendacja {number}</a>") for number in (1, 2, 3)]
    assert places == sorted(places)
    # The whole wording, so that the printed page is the whole set.
    assert html.count("KONIEC</p>") == 3
    report = data_of(html, "Report")
    assert [part["name"] for part in report["hasPart"]] == [f"Rekomendacja {number}" for number in (1, 2, 3)]


def test_a_group_shows_its_areas_effects_hosts_and_what_is_missing(client: Client) -> None:
    theme = ThemeFactory.create(label_pl="Temat obszaru")
    page: Any = make_group(
        published=False, set_state="not_recovered", set_note="Powinien być u organizatorów.", topic="O czym"
    )
    page.areas = json.dumps([{"type": "area", "value": {"title": "Obszar pierwszy", "themes": [theme.code, "nie-ma"]}}])
    page.effects = json.dumps([{"type": "effect", "value": {"text": "Skutek pierwszy"}}])
    page.hosts = [GroupHost(organisation=OrganisationFactory.create(label_pl="Gospodarz Grupy"))]

    group = publish(page)
    assert 'E-mail:\n                <span class="unset">not set</span>' in html_of(client, group)
    PublisherSettings.objects.filter(site=group.get_site()).update(email="redakcja@example.org")
    html = html_of(client, group)

    # Where the set should be and how to send it.
    assert "Do you have it? Send the file" in html
    assert 'href="mailto:redakcja@example.org?subject=Grupa%20robocza"' in html
    for said in ("Powinien być u organizatorów.", "O czym", "Obszar pierwszy", "Temat obszaru", "Gospodarz Grupy"):
        assert said in html
    assert ExpectedEffect.objects.count() == 1
    assert re.search(r"Skutek pierwszy\s*<small", html)


def test_a_forum_lists_its_groups_with_the_size_of_their_sets(client: Client) -> None:
    forum = make_forum()
    full = make_group(parent=forum, title="Grupa z zestawem", number=1, set_state="complete")
    make_group(parent=forum, title="Grupa bez zestawu", number=2, set_state="not_recovered")
    make_recommendation_page(parent=full)

    html = html_of(client, forum)

    assert html.index("Grupa z zestawem") < html.index("Grupa bez zestawu")
    assert re.search(r"Grupa z zestawem.*?1 re", html, re.S)


def test_forums_stand_apart_from_other_sources_and_those_with_recommendations_lead(client: Client) -> None:
    make_forum(title="Forum bez rekomendacji", starts_on="2013-01-01", ends_on="2013-01-02")
    make_group(parent=ForumPage.objects.get(), title="Grupa zaginiona", set_state="not_recovered")
    with_some = make_forum(title="Forum z rekomendacją", starts_on="2020-01-01", ends_on="2020-01-02")
    petition = make_forum(title="Petycja z rekomendacją", kind="petition", starts_on="2001-01-01", ends_on=None)
    for parent in (with_some, petition):
        make_recommendation_page(parent=parent)

    html = html_of(client, forum_index())

    places = [
        html.index(f">{title}</a>")
        for title in ("Forum z rekomendacją", "Forum bez rekomendacji", "Petycja z rekomendacją")
    ]
    assert places == sorted(places)


def test_polish_titles_and_leads_are_marked_as_polish_for_readers_of_another_language() -> None:
    make_group(
        parent=make_forum(title="Forum po polsku", lead="Wprowadzenie."),
        title="Grupa po polsku",
        set_state="not_recovered",
    )

    def printed(language: str) -> str:
        with override(language):
            lines = issuer_lists({}).lost + issuer_lists({}).gatherings
            return "".join(render_to_string(f"forums/_{name}.html", {"lines": lines}) for name in ("lines", "timeline"))

    abroad = printed("en")

    assert abroad.count('hreflang="pl" lang="pl">Forum po polsku</a>') == 2
    assert 'hreflang="pl" lang="pl">Grupa po polsku</a>' in abroad
    assert '<p lang="pl">Wprowadzenie.</p>' in abroad
    assert 'lang="' not in printed("pl")


def test_drafts_and_closed_pages_are_on_no_list(client: Client) -> None:
    forum = make_forum(title="Jawne forum")
    make_group(parent=forum, title="KANAREK szkic", published=False)
    closed = make_group(parent=forum, title="KANAREK zamknięty")
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    gone = make_group(parent=forum, title="KANAREK wycofany")
    gone.unpublish()
    make_recommendation_page(parent=forum, title="KANAREK rekomendacja", published=False)
    WorkingGroupPage.objects.filter(pk=make_group(parent=forum, title="KANAREK wygasły").pk).update(
        expire_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    )

    for page in (forum_index(), forum):
        html = html_of(client, page)
        assert "Jawne forum" in html
        assert "KANAREK" not in html


def test_a_restriction_above_closes_the_page_below(client: Client) -> None:
    group = make_group()
    PageViewRestriction.objects.create(
        page=group.get_parent(), restriction_type=PageViewRestriction.PASSWORD, password="tajne"
    )

    response = client.get(group.get_url())

    assert group.title not in response.content.decode()
    assert client.get(forum_index().get_url()).status_code == 200


def grow(forum: ForumPage, groups: int) -> None:
    for number in range(groups):
        group = make_group(parent=forum, title=f"Grupa {number}", number=number + 1)
        make_recommendation_page(parent=group, addressees=[OrganisationFactory.create(), OrganisationFactory.create()])
        make_recommendation_page(parent=forum, addressees=[OrganisationFactory.create()])


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_page_asks_at_most_twenty_times_however_long_its_lists(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, language: str
) -> None:
    forum = full_forum()
    make_forum(parent=forum, title="Część forum")
    grow(forum, 1)
    group = WorkingGroupPage.objects.first()
    pages: list[Any] = [forum_index(), forum, group]
    if language == "en":
        pages = [translated(page, title=f"{page.title} en") for page in pages]
    counts: list[list[int]] = []
    for _round in range(2):
        counts.append([])
        for page in pages:
            html_of(client, page, language)  # fills the caches of sites and content types
            with django_assert_max_num_queries(20) as asked:
                html_of(client, page, language)
            counts[-1].append(len(asked))
        grow(forum, 2)

    assert counts[0] == counts[1]
