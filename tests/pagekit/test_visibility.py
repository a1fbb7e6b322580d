"""Who may not see a page may not see its translation either, on lists and at its own address."""

import pytest
from django.db import connection
from django.test import Client
from wagtail.models import Locale, PageViewRestriction

from recommendations.models import Recommendation, RecommendationPage
from tests.factories.pages import appear, make_recommendation_page

pytestmark = pytest.mark.django_db


def english_of(page: RecommendationPage) -> RecommendationPage:
    locale = Locale.objects.get_or_create(language_code="en")[0]
    copy = page.copy_for_translation(locale, copy_parents=True)
    draft = RecommendationPage.objects.get(pk=copy.pk)
    draft.alias_of = None
    draft.save()
    found: RecommendationPage = appear(draft)
    return found


def test_a_translation_is_visible_like_its_source() -> None:
    translation = english_of(make_recommendation_page())

    assert translation in RecommendationPage.objects.visible_to()


@pytest.mark.parametrize("where", ["page", "above"])
def test_a_restriction_on_the_source_or_above_it_hides_the_translation(where: str, client: Client) -> None:
    page = make_recommendation_page()
    translation = english_of(page)
    PageViewRestriction.objects.create(
        page=page if where == "page" else page.get_parent().get_parent(), restriction_type="login"
    )

    assert translation not in RecommendationPage.objects.visible_to()
    assert not Recommendation.objects.visible_to()
    assert client.get(translation.url).status_code == 302


@pytest.mark.sqlite  # other databases count the rows of empty tables
def test_where_nothing_is_restricted_no_page_is_looked_for_among_all_pages() -> None:
    make_recommendation_page()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    assert "SCAN hidden" not in RecommendationPage.objects.visible_to().explain()
