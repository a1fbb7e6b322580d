"""An administrator invites by mail: one link, once, for a day; it is no link of another kind."""

import datetime as dt
import logging
import re
from typing import Any

import pytest
import time_machine
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from wagtail.log_actions import registry

from accounts.models import User
from cms.log_lines import JsonLines
from notices.models import Invitation, MailPreference, Message
from notices.services.access import end_access
from notices.services.delivery import send_waiting
from notices.services.invitations import (
    Standing,
    accept,
    find_invitation,
    invite,
    open_account,
    revoke_invitation,
    standing_of,
    token_of,
)
from notices.services.reply_links import find_link
from pagekit.acts import Refused
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.taxonomy import MandateFactory
from tests.notices.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

STRONG = "siedem zielonych parasoli"


@pytest.fixture
def administrator() -> User:
    return UserFactory.create(username="administratorka", administrator=True)


@pytest.fixture
def invited(administrator: User) -> User:
    person: User = open_account("Anna.Nowak@um.example.pl", by=administrator, language="uk", first_name="Anna")
    invite(person, by=administrator)
    return person


def sent_to(person: User) -> Invitation:
    return Invitation.objects.filter(user=person).latest("pk")


def page_of(invitation: Invitation) -> str:
    return f"/en/zaproszenie/{token_of(invitation)}/"


def passwords(first: str = STRONG, second: str | None = None) -> dict[str, str]:
    return {"new_password1": first, "new_password2": first if second is None else second}


def acts_on(person: User) -> list[tuple[str, str | None]]:
    entries = registry.get_logs_for_instance(person).order_by("timestamp", "pk")
    return [(entry.action.removeprefix("notices."), entry.user and entry.user.username) for entry in entries]


def test_the_mail_brings_the_link_in_the_language_of_the_person_and_forgets_it(
    invited: User, settings: Any, client: Client
) -> None:
    MandateFactory.create(user=invited, organisation__label_pl="Miasto Wrocław")
    settings.WAGTAILADMIN_BASE_URL = "https://rekomendacje.example.org"
    assert send_waiting() == {"sent": 1}

    letter: Any = mail.outbox[0]
    address = f"https://rekomendacje.example.org/uk/zaproszenie/{token_of(sent_to(invited))}/"
    assert letter.to == ["Anna.Nowak@um.example.pl"]
    for text in (letter.body, letter.alternatives[0].content):
        assert address in text
        assert "anna.nowak@um.example.pl" in text
        assert "Miasto Wrocław" in text
        assert "powiadomienia" not in text, "nobody without a password chooses mails"
    assert letter.extra_headers["Content-Language"] == "uk"
    assert Message.objects.get().text == ""
    assert MailPreference.objects.get(user=invited).language == "uk"
    assert client.get(address.removeprefix("https://rekomendacje.example.org")).status_code == 200


def test_opening_changes_nothing_and_the_password_opens_the_account_once(invited: User, client: Client) -> None:
    page = page_of(sent_to(invited))
    for _scanner in range(3):
        response = client.get(page)
    assert response.status_code == 200
    assert (response.headers["Referrer-Policy"], response.headers["X-Robots-Tag"]) == (
        "same-origin",
        "noindex, nofollow",
    )
    assert "no-store" in response.headers["Cache-Control"]
    invited.refresh_from_db()
    assert not invited.has_usable_password()

    assert client.post(page, passwords()).headers["Location"] == "/en/sign-in/"
    signed = client.post("/sign-in/", {"username": "anna.nowak@um.example.pl", "password": STRONG})
    assert signed.headers["Location"] == "/moja-instytucja/"

    again = client.post(page, passwords("osiem czerwonych parasoli"))
    assert again.status_code == 410
    assert "was used" in again.content.decode()
    assert acts_on(invited) == [
        ("open_account", "administratorka"),
        ("invite", "administratorka"),
        ("accept_invitation", "anna.nowak@um.example.pl"),
    ]


def test_of_two_clicks_the_second_is_refused_and_changes_no_password(invited: User) -> None:
    first, second = sent_to(invited), sent_to(invited)
    accept(first, password=STRONG)

    with pytest.raises(Refused, match="was used"):
        accept(second, password="osiem czerwonych parasoli")
    invited.refresh_from_db()
    assert invited.check_password(STRONG)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (passwords("krotkie1"), "too short"),
        (passwords("haslohaslo12!"), "common Polish word"),
        (passwords(STRONG, "inne"), "match"),
        ({}, "required"),
    ],
)
def test_a_weak_or_mistyped_password_is_named_and_the_link_stays(
    invited: User, client: Client, sent: dict[str, str], message: str
) -> None:
    response = client.post(page_of(sent_to(invited)), sent)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert standing_of(sent_to(invited)) == Standing.OPEN


def test_the_service_itself_refuses_a_weak_password(invited: User) -> None:
    with pytest.raises(Refused, match="12"):
        accept(sent_to(invited), password="krotkie1")


def test_after_24_hours_the_link_opens_nothing(invited: User, client: Client) -> None:
    page = page_of(sent_to(invited))
    with time_machine.travel(NOW + dt.timedelta(hours=23, minutes=59), tick=False):
        assert client.get(page).status_code == 200
    with time_machine.travel(NOW + dt.timedelta(hours=24), tick=False):
        response = client.post(page, passwords())
    assert response.status_code == 410
    assert "24 hours" in response.content.decode()
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_a_mail_that_waited_past_its_day_is_not_sent(invited: User) -> None:
    with time_machine.travel(NOW + dt.timedelta(hours=25), tick=False):
        assert send_waiting() == {"dropped": 1}


def test_our_log_shows_the_number_of_an_invitation_only(
    invited: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("django").propagate = True
    try:
        with caplog.at_level(logging.WARNING):
            client.post(page_of(sent_to(invited)), passwords("krotkie1"))
    finally:
        logging.getLogger("django").propagate = False
    lines = "".join(JsonLines().format(record) for record in caplog.records)

    assert f"/zaproszenie/{sent_to(invited).pk}/" in lines
    assert token_of(sent_to(invited)).partition(".")[2] not in lines


def test_a_newer_invitation_makes_the_one_before_void(invited: User, administrator: User) -> None:
    first = sent_to(invited)
    invite(invited, by=administrator)
    first.refresh_from_db()

    assert standing_of(first) == Standing.REPLACED
    with pytest.raises(Refused, match="newer invitation"):
        accept(first, password=STRONG)
    assert accept(sent_to(invited), password=STRONG) == invited


def test_a_revoked_invitation_opens_nothing(invited: User, administrator: User) -> None:
    revoke_invitation(invited, by=administrator)

    with pytest.raises(Refused, match="withdrawn"):
        accept(sent_to(invited), password=STRONG)
    with pytest.raises(Refused, match="no invitation"):
        revoke_invitation(invited, by=administrator)


def test_the_end_of_the_access_ends_the_invitation(invited: User, administrator: User) -> None:
    end_access(invited, by=administrator)

    with pytest.raises(Refused, match="withdrawn"):
        accept(sent_to(invited), password=STRONG)
    with pytest.raises(Refused, match="ended"):
        invite(invited, by=administrator)


def test_the_reset_sends_nothing_before_the_password_is_set_and_something_after(invited: User, client: Client) -> None:
    client.post("/admin/password_reset/", {"email": invited.email})
    assert mail.outbox == []

    accept(sent_to(invited), password=STRONG)
    client.post("/admin/password_reset/", {"email": invited.email})
    assert [letter.to for letter in mail.outbox] == [[invited.email]]


def test_a_link_of_one_kind_is_none_of_another(invited: User, client: Client) -> None:
    invitation, known = sent_to(invited), UserFactory.create()
    uid = urlsafe_base64_encode(force_bytes(invited.pk))
    reset = default_token_generator.make_token(known)

    assert find_link(token_of(invitation)) is None
    for token in (reset, f"{invitation.pk}.{reset}", f"{invitation.pk}.", "1", "x.y", "9" * 40):
        assert find_invitation(token) is None
    for token in (token_of(invitation), token_of(invitation).partition(".")[2]):
        response = client.get(f"/admin/password_reset/confirm/{uid}/{token}/", follow=True)
        assert b"new_password1" not in response.content
    assert client.get("/en/zaproszenie/1.zle/").status_code == 404


def test_an_unknown_and_a_known_number_get_the_same_answer(invited: User, client: Client) -> None:
    known, unknown = (client.get(f"/zaproszenie/{pk}.abc/") for pk in (sent_to(invited).pk, 987654))

    assert known.status_code == unknown.status_code == 404


def test_a_password_set_elsewhere_uses_the_invitation_up(invited: User) -> None:
    invited.set_password(STRONG)
    invited.save()

    assert standing_of(sent_to(invited)) == Standing.ACCEPTED


@pytest.mark.parametrize("address", ["anna.nowak@um.example.pl", " ANNA.NOWAK@um.example.pl "])
def test_an_address_with_an_account_is_not_invited_twice(invited: User, administrator: User, address: str) -> None:
    with pytest.raises(Refused, match="account with this address"):
        open_account(address, by=administrator, language="pl")


@pytest.mark.parametrize("address", ["", "nie-adres", "a@b", "a@b.pl\nBcc: c@d.pl"])
def test_what_is_no_address_is_refused(administrator: User, address: str) -> None:
    with pytest.raises(Refused, match="no address"):
        open_account(address, by=administrator, language="pl")


def test_a_link_that_went_to_a_wrong_address_opens_nothing_once_it_is_put_right(invited: User) -> None:
    token = token_of(sent_to(invited))
    User.objects.filter(pk=invited.pk).update(email="anna.nowak@inny.example.pl")

    assert find_invitation(token) is None
    assert find_invitation(token_of(sent_to(invited))) is not None


def test_who_has_a_password_is_not_invited(administrator: User) -> None:
    with pytest.raises(Refused, match="has a password"):
        invite(UserFactory.create(), by=administrator)


def test_nobody_but_an_administrator_invites(invited: User) -> None:
    moderator = UserFactory.create(groups=["Moderatorzy"])
    for act in (
        lambda: open_account("nowa@example.org", by=moderator, language="pl"),
        lambda: invite(invited, by=moderator),
        lambda: revoke_invitation(invited, by=moderator),
    ):
        with pytest.raises(Refused, match="only an administrator"):
            act()


def test_who_is_signed_in_at_the_same_machine_is_signed_out(invited: User, client: Client) -> None:
    client.force_login(UserFactory.create())
    client.post(page_of(sent_to(invited)), passwords())

    assert "_auth_user_id" not in client.session


def test_the_page_asks_for_the_proof_of_origin(invited: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = page_of(sent_to(invited))
    assert strict.post(page, passwords()).status_code == 403

    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(page).content.decode())
    assert token
    assert strict.post(page, passwords() | {"csrfmiddlewaretoken": token[1]}).status_code == 302


def test_a_refused_mailbox_is_tried_again_by_a_new_invitation(invited: User, administrator: User) -> None:
    MailPreference.objects.filter(user=invited).update(bounced_address=invited.email, bounced_at=NOW)
    invite(invited, by=administrator)

    assert send_waiting() == {"dropped": 1, "sent": 1}
    assert PASSWORD not in mail.outbox[0].body
