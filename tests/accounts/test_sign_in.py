"""Signing in: one door, closed after too many wrong passwords, that leads nowhere else."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone

from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post("/sign-in/", {"username": name, "password": password, **extra})


def status(answer: HttpResponseBase) -> int:
    return answer.status_code


def test_an_account_closes_for_a_quarter_of_an_hour_after_five_wrong_passwords_and_others_do_not(
    client: Client,
) -> None:
    victim, other = UserFactory.create(), UserFactory.create()
    for _try in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, victim.username, "zle-haslo-ktore-jest-dlugie")

    assert status(answer) == 429
    assert answer.headers["Retry-After"] == "900"
    assert status(sign_in(client, victim.username)) == 429
    assert status(sign_in(Client(), other.username)) == 302
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        assert status(sign_in(client, victim.username)) == 302


def test_an_address_closes_at_the_tenth_wrong_try_on_whatever_accounts_and_others_do_not(client: Client) -> None:
    known = UserFactory.create()
    answers = [sign_in(client, f"ktos-{n}", "zle-haslo-ktore-jest-dlugie") for n in range(10)]

    assert [status(answer) for answer in answers] == [200] * 9 + [429]
    assert answers[-1].headers["Retry-After"] == "900"
    assert status(sign_in(client, known.username)) == 429
    assert status(sign_in(Client(REMOTE_ADDR="192.0.2.7"), known.username)) == 302


def test_behind_a_proxy_the_address_is_that_of_the_client_and_no_made_up_one(settings: Any) -> None:
    settings.AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address_told_by_proxy"
    known = UserFactory.create()
    for n in range(10):
        sign_in(Client(HTTP_X_FORWARDED_FOR=f"192.0.2.{n}, 198.51.100.1"), f"ktos-{n}", "zle-haslo-ktore-jest-dlugie")

    for forwarded, answer in (
        ("203.0.113.9, 198.51.100.1", 429),
        ("198.51.100.1, 198.51.100.2", 302),
        ("no address", 302),
    ):
        assert status(sign_in(Client(HTTP_X_FORWARDED_FOR=forwarded), known.username)) == answer, forwarded


def test_colleagues_behind_one_address_who_sign_in_at_last_do_not_close_it_and_guesses_at_others_stay_counted(
    client: Client,
) -> None:
    for _colleague in range(4):
        somebody = UserFactory.create()
        for _try in range(3):
            assert status(sign_in(Client(), somebody.username, "zle-haslo-ktore-jest-dlugie")) == 200
        assert status(sign_in(Client(), somebody.username)) == 302
    guesses = []
    for n in range(10):
        guesses.append(status(sign_in(client, f"ktos-{n}", "zle-haslo-ktore-jest-dlugie")))
        sign_in(Client(), somebody.username)

    assert guesses == [200] * 9 + [429]


def test_unknown_and_known_names_get_the_same_answer(client: Client) -> None:
    known = UserFactory.create(username="znana")
    texts = [
        answer.content.decode().replace(name, "X")
        for name in (known.username, "nieznana")
        for answer in [sign_in(Client(), name, "zle-haslo-ktore-jest-dlugie")]
    ]
    first, second = (text.split("<main")[1].split('name="next"')[0] for text in texts)

    assert strip_tokens(first) == strip_tokens(second)


def strip_tokens(text: str) -> list[str]:
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize(
    "next_",
    [
        "https://zle.example/",
        "//zle.example/",
        "/\\zle.example",
        "https:zle.example",
        "javascript:alert(1)",
        "http://testserver@zle.example/",
    ],
)
def test_after_signing_in_nobody_is_led_to_another_host(client: Client, next_: str) -> None:
    answer = sign_in(client, UserFactory.create().username, next=next_)

    assert status(answer) == 302
    assert answer.headers["Location"].startswith("/")
    assert "zle.example" not in answer.headers["Location"]


def test_the_admins_own_sign_in_leads_to_the_one_door(client: Client) -> None:
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/sign-in/?next=/admin/"


def test_signing_out_ends_the_session_and_a_link_cannot_do_it(client: Client) -> None:
    client.force_login(UserFactory.create())

    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "password", ["krotkie1", "123456789012", "haslohaslo12!", "Wroclaw2024!!!", "zaq12wsxzaq12wsx"]
)
def test_short_and_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


def test_a_long_unusual_password_is_accepted() -> None:
    validate_password("siedem zielonych parasoli")


def test_the_session_gets_a_new_id_at_sign_in(client: Client) -> None:
    client.get("/sign-in/")
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    sign_in(client, UserFactory.create().username)

    assert client.session.session_key != before


def test_an_official_at_the_door_of_the_administration_is_told_and_not_sent_in_circles(client: Client) -> None:
    client.force_login(UserFactory.create())

    answer = client.get("/admin/pages/1/edit/", follow=True)

    assert status(answer) == 403
    assert 'href="/moja-instytucja/"' in answer.content.decode()
    assert status(client.get("/sign-in/")) == 302
