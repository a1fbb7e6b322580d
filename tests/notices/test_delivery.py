"""What goes out to a real mail server, what is tried again, and what is never sent."""

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from notices import rules
from notices.choices import Kind, Stage
from notices.models import MailPreference, Message, MessageItem
from notices.services.delivery import claim, send_waiting
from notices.services.reminders import plan_reminders, queue_reminders
from recommendations.choices import Position
from recommendations.models import Assignment
from recommendations.services import follow_up
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.notices.conftest import MONDAY, asked, contact_of, moderator
from tests.notices.sink import Sink, body_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def queued(**values: Any) -> Message:
    """The reminder of one contact, waiting."""
    contact_of(asked(due=MONDAY, **values))
    queue_reminders(plan_reminders(MONDAY))
    return Message.objects.get()


def again(message: Message) -> Message:
    message.refresh_from_db()
    return message


def test_a_reminder_arrives_as_plain_text_and_html_from_the_site_to_the_contact(sink: Sink) -> None:
    row = asked(due=MONDAY)
    mandate = contact_of(row)
    queue_reminders(plan_reminders(MONDAY))

    assert send_waiting() == {"sent": 1}

    (letter,) = sink.letters
    assert sink.recipients == [mandate.user.email]
    assert letter["To"] == mandate.user.email
    assert letter["Content-Language"] == "pl"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert str(row.organisation) in letter["Subject"]
    for kind in ("plain", "html"):
        text = body_of(letter, kind)
        assert row.recommendation.reference in text
        assert f"https://rekomendacje.example.org/r/{row.recommendation.reference}" in text
        assert "https://rekomendacje.example.org/odpowiedz/" in text
        assert "https://rekomendacje.example.org/powiadomienia/" in text
        assert "23 listopada 2026" in text


def test_the_mail_is_in_the_language_of_the_person(sink: Sink) -> None:
    row = asked(OrganisationFactory.create(label_pl="Urząd", label_en="Office"), due=MONDAY)
    mandate = contact_of(row)
    MailPreference.objects.create(user=mandate.user, language="en")
    queue_reminders(plan_reminders(MONDAY))
    send_waiting()

    (letter,) = sink.letters
    assert letter["Content-Language"] == "en"
    assert "Office" in letter["Subject"]
    assert "23 November 2026" in body_of(letter, "plain")
    assert "https://rekomendacje.example.org/en/odpowiedz/" in body_of(letter, "plain")
    assert '<html lang="en">' in body_of(letter, "html")


def test_names_that_hold_markup_or_new_lines_forge_nothing(sink: Sink) -> None:
    body = OrganisationFactory.create(label_pl="Urząd\r\nBcc: obcy@example.org <script>alert(1)</script>")
    contact_of(asked(body, due=MONDAY, title="<b>Kursy</b> & szkoły"))
    queue_reminders(plan_reminders(MONDAY))

    assert send_waiting() == {"sent": 1}
    (letter,) = sink.letters
    assert letter["Bcc"] is None
    assert len(sink.recipients) == 1
    assert "<script>" not in body_of(letter, "html")
    assert "&lt;b&gt;Kursy" in body_of(letter, "html")
    assert "<b>Kursy</b> & szkoły" in body_of(letter, "plain")


def test_what_was_sent_is_not_sent_again_and_its_texts_are_forgotten(sink: Sink) -> None:
    message = queued()
    send_waiting()

    assert send_waiting() == {}
    assert len(sink.letters) == 1
    assert again(message).sent_at == timezone.now()
    assert (message.text, message.html) == ("", "")
    assert message.subject


@pytest.mark.law("clock-start")
def test_the_first_notice_starts_the_clock_when_it_is_sent_and_not_before(sink: Sink) -> None:
    row = asked()
    contact_of(row)
    queue_reminders(plan_reminders(MONDAY))
    row.refresh_from_db()
    assert row.notified_at is None

    send_waiting()

    row.refresh_from_db()
    assert row.notified_at == timezone.now()
    assert plan_reminders(MONDAY + dt.timedelta(days=60)).digests[0].items[0].stage == Stage.BEFORE_30


def test_who_answered_before_the_first_notice_is_not_asked_for_a_position_again(sink: Sink) -> None:
    row = asked()
    contact_of(row)
    Assignment.objects.update(position="declined", last_answered_at=timezone.now() - dt.timedelta(days=1))
    queue_reminders(plan_reminders(MONDAY))

    send_waiting()

    text = body_of(sink.letters[0], "plain")
    assert "The answer of the institution is known here" in text
    assert "within 90 days" not in text


def test_a_second_first_notice_does_not_set_the_clock_back(sink: Sink) -> None:
    row = asked()
    contact_of(row)
    queue_reminders(plan_reminders(MONDAY))
    earlier = timezone.now() - dt.timedelta(days=3)
    Assignment.objects.update(notified_at=earlier)

    send_waiting()

    row.refresh_from_db()
    assert row.notified_at == earlier


@pytest.mark.law("clock-reply")
def test_mail_stops_on_a_reply_even_if_it_is_queued(sink: Sink) -> None:
    row = asked(due=MONDAY)
    mandate = contact_of(row)
    queue_reminders(plan_reminders(MONDAY))
    follow_up.record_position(
        row,
        position=Position.NOTED,
        text="Tak.",
        recorded_by=mandate.user,
        basis="own_statement",
        refers_on=MONDAY,
    )
    Message.objects.exclude(kind=Kind.REMINDER).delete()

    assert send_waiting() == {"dropped": 1}
    assert sink.letters == []


def test_of_two_items_the_one_that_was_answered_is_left_out(sink: Sink) -> None:
    row = asked(due=MONDAY)
    mandate = contact_of(row)
    other = asked(row.organisation, due=MONDAY)
    queue_reminders(plan_reminders(MONDAY))
    follow_up.record_position(
        row,
        position=Position.NOTED,
        text="Tak.",
        recorded_by=mandate.user,
        basis="own_statement",
        refers_on=MONDAY,
    )
    Message.objects.exclude(kind=Kind.REMINDER).delete()
    send_waiting()

    text = body_of(sink.letters[0], "plain")
    assert other.recommendation.reference in text
    assert row.recommendation.reference not in text


@pytest.mark.parametrize("why", ["paused", "not wanted", "account closed", "no address", "bounced"])
def test_what_was_queued_before_the_person_stopped_it_is_dropped(why: str, sink: Sink) -> None:
    message = queued()
    person: Any = message.recipient
    choices: dict[str, dict[str, Any]] = {
        "paused": {"paused_until": MONDAY + dt.timedelta(days=1)},
        "not wanted": {"has_reminders": False},
        "bounced": {"bounced_address": person.email, "bounced_at": "2026-11-01T10:00Z"},
    }
    if why in choices:
        MailPreference.objects.create(user=person, **choices[why])
    else:
        type(person).objects.filter(pk=person.pk).update(
            **({"is_active": False} if why == "account closed" else {"email": ""})
        )

    assert send_waiting() == {"dropped": 1}
    assert sink.letters == []
    assert again(message).problem


# --- What goes wrong


def test_an_address_that_refuses_for_good_is_given_up_at_once_and_gets_no_more_mail(sink: Sink) -> None:
    message = queued()
    sink.refused["@example.org"] = b"550 no such mailbox"

    assert send_waiting() == {"failed": 1}
    assert again(message).problem == "the address was refused (550)"
    preference = MailPreference.objects.get(user=message.recipient_id)
    assert preference.bounced_address == message.to
    assert plan_reminders(MONDAY + dt.timedelta(days=30)).digests == ()


def test_a_refused_address_holds_up_no_other(sink: Sink) -> None:
    row = asked(due=MONDAY)
    contact_of(row, user=UserFactory.create(username="aaa", email="nikt@example.com"))
    good = contact_of(row)
    queue_reminders(plan_reminders(MONDAY))
    sink.refused["example.com"] = b"550 no such mailbox"

    assert send_waiting() == {"failed": 1, "sent": 1}
    assert sink.recipients == [good.user.email]


def test_an_address_that_is_put_off_is_tried_again_later_under_the_same_id(sink: Sink) -> None:
    message = queued()
    sink.refused["@example.org"] = b"451 try later"
    assert send_waiting() == {"waits": 1}
    assert send_waiting() == {}

    sink.refused.clear()
    assert send_waiting(timezone.now() + rules.RETRIES[0]) == {"sent": 1}
    assert again(message).attempts == 2
    assert sink.letters[0]["Message-ID"].startswith(f"<{message.pk}.")


def test_a_text_that_is_refused_blames_no_address(sink: Sink) -> None:
    message = queued()
    sink.answer_to_text = b"554 looks like spam"

    assert send_waiting() == {"failed": 1}
    assert again(message).problem == "the text was refused (554)"
    assert not MailPreference.objects.filter(bounced_at__isnull=False).exists()


def test_attempts_are_bounded(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    message = queued()
    moment, outcomes = timezone.now(), []
    while again(message).failed_at is None:
        outcomes.append(dict(send_waiting(moment)))
        moment = message.next_attempt_at if again(message) else moment

    assert outcomes == [{"server not reached": 1}] * (rules.ATTEMPTS - 1) + [{"failed": 1}]
    assert message.problem == "ConnectionRefusedError"
    assert send_waiting(moment + dt.timedelta(days=30)) == {}


def test_a_server_that_is_not_reached_is_asked_once_a_round_and_costs_no_other_mail_an_attempt(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    for _n in range(3):
        contact_of(asked(due=MONDAY))
    queue_reminders(plan_reminders(MONDAY))

    assert send_waiting() == {"server not reached": 1}
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_a_mail_that_was_interrupted_at_every_attempt_is_given_up(sink: Sink) -> None:
    message = queued()
    Message.objects.update(attempts=rules.ATTEMPTS)

    assert send_waiting() == {"failed": 1}
    assert again(message).problem == "interrupted while sending"


def test_a_mail_that_cannot_be_written_waits_and_holds_up_no_other(sink: Sink) -> None:
    broken = Message.objects.create(recipient=moderator(), kind=Kind.REMINDER, occasion="x")
    MessageItem.objects.create(message=broken, assignment=asked(), stage="no step", due_on=MONDAY)
    good = contact_of(asked(due=MONDAY))
    queue_reminders(plan_reminders(MONDAY))

    assert send_waiting() == {"waits": 1, "sent": 1}
    assert again(broken).problem == "ValueError"
    assert sink.recipients == [good.user.email]


def test_two_workers_never_send_one_mail_twice(sink: Sink) -> None:
    message = queued()
    now = timezone.now()

    assert claim(message.pk, now) is not None
    assert claim(message.pk, now) is None
    assert send_waiting(now) == {}


def test_a_mail_server_that_is_away_stops_no_save(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    row = asked(due=MONDAY)
    mandate = contact_of(row)
    entry = follow_up.record_position(
        row, position=Position.NOTED, text="Tak.", recorded_by=mandate.user, basis="own_statement", refers_on=MONDAY
    )

    assert entry.pk


def test_the_command_says_what_it_did_and_fails_when_a_mail_was_given_up(
    sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    queued()
    call_command("send_messages")
    assert capsys.readouterr().out == "1 sent\n"

    row = asked(due=MONDAY)
    MandateFactory.create(organisation=row.organisation)
    queue_reminders(plan_reminders(MONDAY))
    sink.refused["@"] = b"550 no"
    with pytest.raises(CommandError, match="1 mails were given up"):
        call_command("send_messages")


def test_the_sink_of_these_tests_is_a_mail_server(sink: Sink) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port) as server:
        server.sendmail("a@example.org", ["b@example.org"], "Subject: x\r\n\r\n.dot\r\n")

    assert sink.letters[0].get_content() == ".dot\r\n"
