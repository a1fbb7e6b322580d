"""Pages that lists print: the same words and addresses as whole pages have, whatever sites there are."""

from typing import Any

import pytest
from wagtail.models import Locale, Site

from pagekit.models import attach_pages
from recommendations.models import Recommendation, RecommendationPage
from tests.factories.pages import appear, make_recommendation

pytestmark = pytest.mark.django_db


def of_list(fact: Recommendation, language: str = "pl") -> Any:
    attach_pages([fact], language, only=("text",))
    return fact.page


@pytest.mark.parametrize("host", ["localhost", "forum.example.org"])
@pytest.mark.parametrize("is_one_of_two", [False, True])
def test_a_page_of_a_list_has_the_address_that_wagtail_gives_the_page(host: str, is_one_of_two: bool) -> None:
    fact = make_recommendation()
    page = RecommendationPage.objects.get(translation_key=fact.translation_key)
    Site.objects.update(hostname=host)
    if is_one_of_two:
        Site.objects.create(hostname="inne.example.org", root_page=page.get_parent())
    for written in (page, appear(translated(page))):
        language = written.locale.language_code
        seen = of_list(fact, language)

        assert (seen.url, seen.title, seen.text) == (written.url, written.title, written.text)
        assert seen.locale.language_code == language


def translated(page: RecommendationPage) -> RecommendationPage:
    english, _created = Locale.objects.get_or_create(language_code="en")
    for source in page.get_ancestors().filter(depth__gt=1).specific():
        appear(source.copy_for_translation(english))
    return page.copy_for_translation(english)


def test_a_page_outside_all_sites_has_no_address(fact: Recommendation) -> None:
    Site.objects.all().delete()

    assert of_list(fact).url is None


def test_what_was_not_asked_for_is_not_there(fact: Recommendation) -> None:
    assert not hasattr(of_list(fact), "rationale")


@pytest.fixture
def fact() -> Recommendation:
    return make_recommendation()
