"""What readers may not see they see at no address: not as a translation, nor as an alias, nor after its last day."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Locale, Page, PageViewRestriction

from recommendations.models import Recommendation, RecommendationPage
from tests.factories.pages import appear, make_recommendation_page, publish

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


def test_what_waits_for_its_day_is_shown_by_no_alias_before_it(client: Client) -> None:
    page = make_recommendation_page()
    english_of(page)
    group = page.get_parent().specific
    alias = Page.objects.get(alias_of=group)
    assert client.get(alias.url).status_code == 200
    UnpublishPageAction(group).execute(skip_permission_checks=True)

    draft = type(group).objects.get(pk=group.pk)
    publish(draft, title="Dopiero jutro", change_reason="Nowe", go_live_at=timezone.now() + dt.timedelta(days=1))

    assert client.get(alias.url).status_code == 404
    assert not Page.objects.filter(title="Dopiero jutro", live=True).exists()


def test_after_its_last_day_a_page_is_at_no_address_though_the_clock_has_not_come_by(client: Client) -> None:
    page = make_recommendation_page()
    pages = [page, english_of(page), page.get_parent().specific]
    assert {client.get(shown.url).status_code for shown in pages} == {200}

    Page.objects.filter(pk__in=[shown.pk for shown in pages]).update(expire_at=timezone.now())

    assert {client.get(shown.url).status_code for shown in pages} == {404}


@pytest.mark.sqlite  # other databases count the rows of empty tables
def test_where_nothing_is_restricted_no_page_is_looked_for_among_all_pages() -> None:
    make_recommendation_page()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    assert "SCAN hidden" not in RecommendationPage.objects.visible_to().explain()
