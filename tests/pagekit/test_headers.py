"""What every answer says to the browser."""

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def policy(answer: HttpResponseBase) -> dict[str, str]:
    header = answer.headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


@pytest.mark.parametrize("address", ["/sign-in/", "/nie-ma/", "/healthz"])
def test_public_pages_allow_nothing_inline_and_no_other_host(client: Client, address: str) -> None:
    found = policy(client.get(address))

    assert found["default-src"] == "'none'"
    assert found["script-src"] == found["style-src"] == "'self'"
    assert not any("unsafe" in sources or "http" in sources for sources in found.values())


def test_only_the_admin_is_loosened_for_wagtails_editor(client: Client) -> None:
    client.force_login(UserFactory.create(administrator=True))
    answer = client.get("/admin/")

    assert "'unsafe-inline'" in policy(answer)["script-src"]
    assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]


def test_the_other_headers_stand_on_every_answer(client: Client) -> None:
    headers = client.get("/sign-in/").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_what_a_signed_in_person_sees_waits_in_no_cache(client: Client) -> None:
    client.force_login(UserFactory.create(administrator=True))

    assert "no-store" in client.get("/admin/").headers["Cache-Control"]
