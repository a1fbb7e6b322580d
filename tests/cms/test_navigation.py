import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Locale, PageViewRestriction

from cms.models import ContentPage
from tests.factories.accounts import UserFactory
from tests.factories.pages import appear, forum_index, make_forum, make_site, publish
from tests.factories.taxonomy import MandateFactory

pytestmark = pytest.mark.django_db


def translated(page: Any, language: str, **changes: Any) -> Any:
    locale = Locale.objects.get_or_create(language_code=language)[0]
    page.refresh_from_db()
    copy = page.copy_for_translation(locale)
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save()
    return appear(copy)


def html_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def switcher(html: str) -> dict[str, str]:
    nav = re.search(r'<nav class="languages".*?</nav>', html, re.S)
    assert nav is not None
    return {code: address for address, code in re.findall(r'<a href="([^"]+)" lang="(\w+)"', nav[0])}


def alternates(html: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="http://[^/]+([^"]*)"', html)
    return dict(found)


def test_the_switcher_leads_to_the_same_page_where_it_is_translated(client: Client) -> None:
    home = make_site()
    translated(home, "en")
    page = publish(home.add_child(instance=ContentPage(title="Metoda", slug="metoda")))
    translated(page, "en", title="Method", slug="method")

    html = html_of(client, "/metoda/")

    assert switcher(html) == {"pl": "/metoda/", "en": "/en/method/"}
    assert alternates(html) == {"pl": "/metoda/", "x-default": "/metoda/", "en": "/en/method/"}
    assert switcher(html_of(client, "/en/method/")).items() >= switcher(html).items()


def test_an_untranslated_page_offers_the_nearest_translated_one_above_and_says_so(client: Client) -> None:
    home = make_site()
    translated(home, "en", title="What was recommended")
    publish(home.add_child(instance=ContentPage(title="Metoda", slug="metoda")))

    html = html_of(client, "/metoda/")

    assert switcher(html) == {"pl": "/metoda/", "en": "/en/"}
    assert "What was recommended" in html
    assert "en" not in alternates(html)


def test_a_translation_offers_its_source_for_a_language_it_was_not_translated_into(client: Client) -> None:
    home = make_site()
    for language in ("en", "uk"):
        translated(home, language)
    page = publish(home.add_child(instance=ContentPage(title="Metoda", slug="metoda")))
    translated(page, "en", slug="method")

    html = html_of(client, "/en/method/")

    assert switcher(html)["uk"] == "/metoda/"
    assert "uk" not in alternates(html)


@pytest.mark.parametrize("state", ["draft", "closed", "expired"])
def test_a_translation_that_no_reader_may_see_is_not_offered(client: Client, state: str) -> None:
    home = make_site()
    translated(home, "en")
    page = publish(home.add_child(instance=ContentPage(title="Metoda", slug="metoda")))
    hidden = translated(page, "en", title="KANAREK", slug="kanarek")
    if state == "draft":
        hidden.unpublish()
    elif state == "closed":
        PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    else:
        ContentPage.objects.filter(pk=hidden.pk).update(expire_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

    html = html_of(client, "/metoda/")

    assert "kanarek" not in html.lower()


def test_an_unreviewed_translation_says_so_with_its_date_and_links_the_original(client: Client) -> None:
    home = make_site()
    page = translated(home, "en", translated_on=dt.date(2026, 11, 20))

    html = html_of(client, "/en/")
    assert "Translation of 20 November 2026, not yet reviewed." in html
    assert 'href="/" hreflang="pl"' in html

    page.reviewed_on = dt.date(2026, 11, 21)
    page.save()
    assert "Translation reviewed on 21 November 2026." in html_of(client, "/en/")
    assert 'class="notice"' not in html_of(client, "/")


def test_a_list_that_is_no_page_is_offered_in_all_languages_with_what_was_asked(client: Client) -> None:
    make_site()

    html = html_of(client, "/tematy/?page=1")

    assert switcher(html) == {
        "pl": "/tematy/?page=1",
        "en": "/en/tematy/?page=1",
        "uk": "/uk/tematy/?page=1",
        "ru": "/ru/tematy/?page=1",
    }


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/tematy/", "/tematy/"),
        ("/tematy/?utm=1", "/tematy/"),
        ("/tematy/?page=3&sort=x", "/tematy/?page=3"),
        ("/tematy/?page=1", "/tematy/"),
        ("/tematy/?page=0003", "/tematy/?page=3"),
        ("/tematy/?page=-1", "/tematy/"),
        ("/tematy/?page=²", "/tematy/"),
        ("/tematy/?page=%22%3E%3Cscript%3E", "/tematy/"),
    ],
)
def test_the_canonical_address_keeps_nothing_but_the_number_of_the_page(
    client: Client, asked: str, canonical: str
) -> None:
    make_site()

    html = html_of(client, asked)

    assert f'<link rel="canonical" href="http://testserver{canonical}">' in html
    assert "<script>" not in html


def test_the_menu_names_visible_lists_and_marks_where_the_reader_is(client: Client) -> None:
    make_site()
    forum_index()
    make_site().add_child(instance=ContentPage(title="KANAREK szkic", slug="szkic"))

    html = html_of(client, make_forum().url)

    menu = re.search(r'<nav class="main-nav".*?</nav>', html, re.S)
    assert menu is not None
    assert re.search(r'href="/fora/" aria-current="true"', menu[0])
    assert 'href="/tematy/"' in menu[0]
    assert "KANAREK" not in html


def test_the_way_back_leaves_out_what_is_not_public(client: Client) -> None:
    forum = make_forum(title="Forum nad grupą")
    part = make_forum(parent=forum, title="Część")
    assert "Forum nad grupą" in html_of(client, part.url)

    type(forum).objects.filter(pk=forum.pk).update(live=False)

    assert "Forum nad grupą" not in html_of(client, part.url)


def test_only_who_answers_for_an_institution_is_led_to_it(client: Client) -> None:
    make_site()
    person = UserFactory.create()
    client.force_login(person)
    assert "/moja-instytucja/" not in html_of(client, "/")

    MandateFactory.create(user=person)

    assert "/moja-instytucja/" in html_of(client, "/")
