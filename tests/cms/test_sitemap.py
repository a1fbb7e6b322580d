import datetime as dt
from xml.etree import ElementTree

import pytest
from django.test import Client
from wagtail.models import Locale, PageViewRestriction

from forums.models import Forum
from tests.factories.pages import appear, make_forum, make_group, make_recommendation_page, make_site
from tests.factories.stages import make_stage
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = pytest.mark.django_db

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def listed(client: Client) -> dict[str, dict[str, str]]:
    """Paths of the sitemap with the paths of their languages."""
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    tree = ElementTree.fromstring(response.content)
    found = {}
    for url in tree.findall("s:url", SPACES):
        address = (url.findtext("s:loc", "", SPACES)).removeprefix("http://testserver")
        links = url.findall("x:link", SPACES)
        found[address] = {
            link.attrib["hreflang"]: link.attrib["href"].removeprefix("http://testserver") for link in links
        }
    return found


def test_pages_and_lists_are_named_in_every_language_they_exist_in(client: Client) -> None:
    home = make_site()
    make_recommendation_page(
        parent=make_forum(slug="forum"),
        slug="rada",
        themes=[ThemeFactory.create(code="udzial")],
        addressees=[OrganisationFactory.create(code="wroclaw")],
    )
    english = home.copy_for_translation(Locale.objects.get_or_create(language_code="en")[0])
    appear(english)
    make_stage(code="etap", forum=Forum.objects.get())

    found = listed(client)

    assert {"/", "/en/", "/fora/forum/", "/fora/forum/rada/", "/tematy/udzial/", "/instytucje/wroclaw/"} <= set(found)
    assert found["/"] == found["/en/"] == {"pl": "/", "en": "/en/", "x-default": "/"}
    assert found["/fora/forum/"] == {}
    assert found["/uk/tematy/udzial/"]["pl"] == "/tematy/udzial/"
    assert {"/w-dzialaniu/", "/en/w-dzialaniu/etap/"} <= set(found)


def test_what_no_reader_may_see_is_not_on_the_map(client: Client) -> None:
    forum = make_forum(slug="forum")
    make_group(parent=forum, slug="szkic", published=False)
    make_group(parent=forum, slug="wycofana").unpublish()
    other = make_forum(slug="inne-forum")
    other.unpublish()
    closed = make_group(parent=forum, slug="zamknieta")
    make_recommendation_page(parent=closed, slug="pod-zamkniem", themes=[ThemeFactory.create(code="tajny-temat")])
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    make_stage(code="etap-ukrytego", forum=Forum.objects.get(translation_key=other.translation_key))
    expired = make_group(parent=forum, slug="wygasla")
    type(expired).objects.filter(pk=expired.pk).update(expire_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

    paths = " ".join(listed(client))

    assert "/fora/forum/" in paths
    for hidden in (
        "szkic",
        "wycofana",
        "zamknieta",
        "pod-zamkniem",
        "wygasla",
        "tajny-temat",
        "inne-forum",
        "w-dzialaniu",
    ):
        assert hidden not in paths


def test_a_translation_is_off_the_map_with_its_source(client: Client) -> None:
    home = make_site()
    english = home.copy_for_translation(Locale.objects.get_or_create(language_code="en")[0])
    appear(english)
    PageViewRestriction.objects.create(page=home, restriction_type=PageViewRestriction.LOGIN)

    assert not {"/", "/en/"} & set(listed(client))


def test_machines_are_told_where_the_map_is_and_what_to_leave_alone(client: Client) -> None:
    make_site()

    text = client.get("/robots.txt", headers={"accept-language": "uk"}).content.decode()

    assert "Sitemap: http://testserver/sitemap.xml" in text
    for path in ("/admin/", "/search/", "/en/search/", "/moja-instytucja/"):
        assert f"Disallow: {path}\n" in text
    assert "Disallow: /\n" not in text
