"""What a signed-in person chooses about mails."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from notices.choices import Kind
from notices.models import MailPreference, Message, ReplyLink
from notices.services.recipients import has_bounced, obstacle
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import MandateFactory
from tests.notices.conftest import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

PAGE = "/en/powiadomienia/"


@pytest.fixture
def person(client: Client) -> User:
    found = UserFactory.create()
    client.force_login(found)
    return found


def chosen(**values: Any) -> dict[str, Any]:
    return {
        "has_reminders": "on",
        "has_receipts": "on",
        "has_findings": "on",
        "language": "pl",
        "pace": "weekly",
    } | values


def test_whoever_is_not_signed_in_is_sent_to_the_door(client: Client) -> None:
    for path in (PAGE, f"{PAGE}ponow/", f"{PAGE}linki/"):
        response = client.post(path)
        assert response.status_code == 302
        assert "sign-in" in response.headers["Location"]


def test_without_a_choice_everything_is_sent_in_polish(client: Client, person: User) -> None:
    text = client.get(PAGE).content.decode()

    assert person.email in text
    assert text.count('type="checkbox"') == text.count(" checked") == 5
    assert not MailPreference.objects.exists()


def test_what_was_chosen_is_kept_and_holds(client: Client, person: User) -> None:
    response = client.post(PAGE, chosen(language="uk", has_receipts="", paused_until="2026-12-14"))

    assert response.status_code == 302
    preference = MailPreference.objects.get(user=person)
    assert (preference.language, preference.has_reminders, preference.has_receipts) == ("uk", True, False)
    person.refresh_from_db()
    assert obstacle(person, Kind.REMINDER, MONDAY) == "paused until 2026-12-14"
    assert obstacle(person, Kind.REMINDER, dt.date(2026, 12, 14)) == ""
    assert obstacle(person, Kind.RECEIPT, dt.date(2026, 12, 14)) == "does not want this kind of mail"


def test_how_often_is_chosen_and_kept(client: Client, person: User) -> None:
    assert client.post(PAGE, chosen(pace="monthly")).status_code == 302
    assert MailPreference.objects.get(user=person).pace == "monthly"
    assert client.post(PAGE, chosen(pace="never")).status_code == 422


def test_a_pause_is_ended_by_emptying_it(client: Client, person: User) -> None:
    MailPreference.objects.create(user=person, paused_until=dt.date(2026, 12, 14))
    client.post(PAGE, chosen(paused_until=""))

    assert MailPreference.objects.get(user=person).paused_until is None


def test_a_pause_that_has_ended_does_not_stand_in_the_way(client: Client, person: User) -> None:
    MailPreference.objects.create(user=person, paused_until=dt.date(2026, 1, 1))

    assert client.post(PAGE, chosen(paused_until="2026-01-01", language="en")).status_code == 302
    assert MailPreference.objects.get(user=person).language == "en"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"paused_until": "2026-11-23"}, "not in the future"),
        ({"paused_until": "2027-11-23"}, "longer than 180 days"),
        ({"paused_until": "jutro"}, "this is no day"),
        ({"language": "xx"}, "xx"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    values: dict[str, str], sentence: str, client: Client, person: User
) -> None:
    response = client.post(PAGE, chosen(**values))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not MailPreference.objects.exists()


def test_nobody_writes_the_choices_of_another(client: Client, person: User) -> None:
    other = UserFactory.create()
    client.post(PAGE, chosen(user=other.pk))

    assert list(MailPreference.objects.values_list("user", flat=True)) == [person.pk]


def test_an_address_that_refused_mail_is_said_and_tried_again_on_demand(client: Client, person: User) -> None:
    MailPreference.objects.create(
        user=person, bounced_address=person.email, bounced_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    )
    assert "This address refused mail" in client.get(PAGE).content.decode()

    client.post(f"{PAGE}ponow/")

    assert not has_bounced(User.objects.get(pk=person.pk))
    assert "This address refused mail" not in client.get(PAGE).content.decode()


def test_all_own_links_are_ended_at_once_and_no_others(client: Client, person: User) -> None:
    for owner in (person, UserFactory.create()):
        message = Message.objects.create(recipient=owner, kind=Kind.REMINDER, occasion="2026-W48")
        ReplyLink.objects.create(message=message, mandate=MandateFactory.create(user=owner))
    client.post(f"{PAGE}linki/")

    assert list(ReplyLink.objects.exclude(ended_at=None).values_list("mandate__user", flat=True)) == [person.pk]


def test_the_foot_of_every_page_leads_there(client: Client, person: User) -> None:
    assert f'href="{PAGE}"' in client.get(PAGE).content.decode().partition("<footer")[2]
