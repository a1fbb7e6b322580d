import re

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client, RequestFactory
from pytest_django.fixtures import DjangoAssertNumQueries
from wagtail.models import PageViewRestriction

from cms import views
from tests.factories.pages import make_forum, make_site

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/nie-ma/", "/en/nie-ma/", "/fora/%00/", "/r/NIE-MA-R99", "/tematy/nie-ma/"])
def test_a_missing_address_is_answered_by_a_page_with_a_search_box(client: Client, path: str) -> None:
    make_site()

    response = client.get(path)

    assert response.status_code == 404
    assert b'name="q"' in response.content
    assert b'content="noindex"' in response.content


def test_a_form_without_its_proof_says_how_to_save_what_was_typed() -> None:
    make_site()
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a", "password": "b"})

    assert response.status_code == 403
    assert "<h1>" in response.content.decode()


def test_a_failure_is_told_without_the_database(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    request = RequestFactory().get("/", headers={"host": "evil.example"})

    with django_assert_max_num_queries(0):
        failed = views.server_error(request)
        bad = views.bad_request(request, SuspiciousOperation("x"))

    assert (failed.status_code, bad.status_code) == (500, 400)
    for response in (failed, bad):
        assert set(re.findall(r'lang="(\w+)"', response.content.decode())) == {"pl", "en", "uk", "ru"}


def test_a_wrong_host_is_told_so_and_no_more(client: Client) -> None:
    make_site()

    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert b"evil.example" not in response.content


def test_a_page_behind_a_password_asks_for_it_and_names_nothing(client: Client) -> None:
    forum = make_forum(title="KANAREK forum", lead="KANAREK lead")
    PageViewRestriction.objects.create(
        page=forum, restriction_type=PageViewRestriction.PASSWORD, password="trudne-haslo"
    )

    html = client.get(forum.url).content.decode()

    assert 'type="password"' in html
    assert "KANAREK" not in html


def test_the_right_password_opens_the_page(client: Client) -> None:
    forum = make_forum(title="Forum za hasłem")
    restriction = PageViewRestriction.objects.create(
        page=forum, restriction_type=PageViewRestriction.PASSWORD, password="trudne-haslo"
    )

    client.post(
        f"/_util/authenticate_with_password/{restriction.pk}/{forum.pk}/",
        {"password": "trudne-haslo", "return_url": forum.url},
    )

    assert "Forum za hasłem" in client.get(forum.url).content.decode()
