"""A page is found by its whole address, at any depth, and nothing else is."""

import pytest
from django.test import Client

from tests.factories.pages import make_group, make_recommendation_page

pytestmark = pytest.mark.django_db


def test_a_page_deep_in_the_tree_is_found_by_its_whole_address_only(client: Client) -> None:
    page = make_recommendation_page(parent=make_group(), title="Nauka")

    assert client.get(page.url).status_code == 200
    assert client.get(f"{page.url}dalej/").status_code == 404
    assert client.get(f"/{page.slug}/").status_code == 404
    assert client.get(page.url.rstrip("/").rsplit("/", 1)[0] + "/inna/").status_code == 404


def test_an_unpublished_page_is_not_found_and_neither_is_a_draft(client: Client) -> None:
    group = make_group()
    page = make_recommendation_page(parent=group, title="Nauka")
    draft = make_recommendation_page(parent=group, title="Szkic", published=False)
    page.unpublish()

    assert client.get(page.url).status_code == 404
    assert client.get(draft.url).status_code == 404
