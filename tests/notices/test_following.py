"""Following without an account: nothing counts before it is confirmed, and the last end deletes the address."""

import datetime as dt
import logging
import re
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.log_lines import JsonLines
from notices import rules
from notices.choices import Kind
from notices.models import FormUse, Message, Subscriber, Subscription
from notices.services import following as services
from notices.services.delivery import send_waiting
from notices.services.keys import subscriber_token, subscription_token
from pagekit.acts import Refused
from recommendations.models import Recommendation
from search.models import SavedSearch
from tests.factories.pages import make_recommendation
from tests.notices.conftest import NOW
from tests.notices.sink import Sink, body_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fact_once", "now")]

ADDRESS = "Badaczka@Example.org"


@pytest.fixture(scope="module")
def fact_once(stage: None) -> Recommendation:
    with time_machine.travel(NOW - dt.timedelta(days=30)):
        return make_recommendation(title="Kursy języka")


@pytest.fixture
def fact(fact_once: Recommendation) -> Recommendation:
    return deepcopy(fact_once)


def about(fact: Recommendation) -> SavedSearch:
    return SavedSearch(question=f"reference={fact.reference}")


def asked(fact: Recommendation, address: str = ADDRESS) -> Subscription:
    services.ask_to_follow(about(fact), address=address, language="pl")
    return Subscription.objects.get(subscriber__address=address.lower())


def confirmed(fact: Recommendation) -> Subscription:
    subscription = asked(fact)
    services.confirm(subscription, language="pl")
    Message.objects.all().delete()
    subscription.refresh_from_db()
    return subscription


def send(client: Client, fact: Recommendation, **values: str) -> Any:
    return client.post(f"/obserwuj/?reference={fact.reference}", {"email": ADDRESS} | values)


# --- Asking and confirming


def test_who_asks_is_asked_back_by_mail_and_follows_nothing_before_that(fact: Recommendation, sink: Sink) -> None:
    subscription = asked(fact)
    assert subscription.confirmed_at is None
    assert send_waiting() == {"sent": 1}

    (letter,) = sink.letters
    assert letter["To"] == "badaczka@example.org"
    assert fact.reference in letter["Subject"]
    assert "List-Unsubscribe" not in letter
    for kind in ("plain", "html"):
        assert f"https://rekomendacje.example.org/obserwuj/potwierdz/{subscription_token(subscription)}/" in body_of(
            letter, kind
        )


def test_the_answer_is_the_same_to_an_address_that_is_known_and_to_one_that_is_not(
    client: Client, fact: Recommendation
) -> None:
    confirmed(fact)
    known, unknown = send(client, fact), send(client, fact, email="ktos@example.org")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, "/obserwuj/wyslano/")
    assert [message.to for message in Message.objects.all()] == ["ktos@example.org"]


def test_an_address_in_capitals_is_one_address_and_a_second_request_within_the_hour_sends_nothing(
    fact: Recommendation, now: time_machine.Traveller
) -> None:
    asked(fact)
    asked(fact, ADDRESS.upper())
    assert (Subscriber.objects.count(), Message.objects.count()) == (1, 1)

    now.shift(rules.CONFIRM_AGAIN_AFTER)
    asked(fact)
    assert (Subscriber.objects.count(), Message.objects.count()) == (1, 2)


def test_words_that_anybody_types_are_not_mailed_to_strangers(sink: Sink) -> None:
    wanted = SavedSearch(question="q=kup+teraz+spam.example", language="pl")
    services.ask_to_follow(wanted, address=ADDRESS, language="pl")
    send_waiting()

    letter = sink.letters[0]
    assert "spam" not in str(letter["Subject"]) + body_of(letter, "plain") + body_of(letter, "html")


def test_a_stranger_cannot_fill_a_mailbox() -> None:
    for number in range(rules.MOST_QUESTIONS + 3):
        wanted = SavedSearch(question=f"q=slowo{number}", language="pl")
        services.ask_to_follow(wanted, address=ADDRESS, language="pl")

    assert (
        Message.objects.count() == Subscription.objects.count() == SavedSearch.objects.count() == rules.MOST_QUESTIONS
    )


def test_opening_the_link_changes_nothing_and_confirming_twice_is_confirming_once(
    client: Client, fact: Recommendation
) -> None:
    subscription = asked(fact)
    address = f"/obserwuj/potwierdz/{subscription_token(subscription)}/"

    opened = client.get(address)
    assert opened.status_code == 200
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert not Subscription.objects.confirmed().exists()

    first: Any = client.post(address)
    subscription.refresh_from_db()
    moment = subscription.confirmed_at
    second: Any = client.post(address)
    subscription.refresh_from_db()
    assert moment == subscription.confirmed_at == subscription.told_until
    assert first.url == second.url == f"/obserwowane/{subscriber_token(subscription.subscriber)}/"


def test_the_mails_are_in_the_language_of_the_page_on_which_it_was_confirmed(
    client: Client, fact: Recommendation
) -> None:
    subscription = asked(fact)
    client.post(f"/uk/obserwuj/potwierdz/{subscription_token(subscription)}/")

    assert Subscriber.objects.get().language == "uk"


def test_after_forty_eight_hours_nothing_is_left(
    client: Client, fact: Recommendation, now: time_machine.Traveller
) -> None:
    subscription = asked(fact)
    address = f"/obserwuj/potwierdz/{subscription_token(subscription)}/"
    now.shift(rules.CONFIRM_WITHIN)

    late = client.get(address)
    assert (late.status_code, "<form" in late.content.decode().partition("<main")[2]) == (410, False)
    assert f"/obserwuj/?{subscription.saved_search.question}" in late.content.decode()
    assert client.post(address).status_code == 410
    assert services.forget_unconfirmed(NOW + rules.CONFIRM_WITHIN) == 1
    assert not Subscriber.objects.exists()
    assert not SavedSearch.objects.exists()
    assert not Message.objects.exists()
    purged = client.get(address)
    assert (purged.status_code, "48" in purged.content.decode()) == (410, True)
    with pytest.raises(Refused, match="48 hours"):
        services.confirm(subscription, language="pl")


def test_what_is_confirmed_outlives_those_hours(fact: Recommendation) -> None:
    confirmed(fact)

    assert services.forget_unconfirmed(NOW + dt.timedelta(days=400)) == 0
    assert Subscriber.objects.exists()


# --- The form


@pytest.mark.parametrize(
    "address", ["", "nikt", "a@b", "a@example.org\r\nBcc: all@example.org", "a@example.org, b@example.org", "x" * 400]
)
def test_what_is_no_address_gets_no_mail(client: Client, fact: Recommendation, address: str) -> None:
    assert send(client, fact, email=address).status_code == 422
    assert not Message.objects.exists()


def test_a_program_that_fills_in_every_field_is_answered_alike_and_does_nothing(
    client: Client, fact: Recommendation
) -> None:
    answer = send(client, fact, website="https://spam.example")

    assert (answer.status_code, answer.url) == (302, "/obserwuj/wyslano/")
    assert not Subscriber.objects.exists()


def test_a_client_sends_ten_forms_a_minute_and_keeps_no_other_waiting(
    client: Client, fact: Recommendation, now: time_machine.Traveller
) -> None:
    codes = [send(client, fact, website="x").status_code for _ in range(12)]
    assert codes == [302] * 10 + [429, 429]
    assert send(Client(REMOTE_ADDR="10.0.0.2"), fact).status_code == 302
    assert "127.0.0.1" not in str(list(FormUse.objects.values()))

    now.shift(61)
    assert send(client, fact).status_code == 302
    services.forget_unconfirmed(NOW + rules.FORM_USES_KEPT)
    assert FormUse.objects.filter(used_at=NOW).count() == 0


@pytest.mark.parametrize("question", ["reference=NIE-MA-R01", "theme=nie-ma", "kind=forum", "q=%00", "them=x"])
def test_what_names_nothing_cannot_be_followed(client: Client, question: str) -> None:
    assert client.get(f"/obserwuj/?{question}").status_code == 404


def test_a_recommendation_that_has_gone_private_cannot_be_followed(client: Client, fact: Recommendation) -> None:
    fact.source_page.unpublish()

    assert client.get(f"/obserwuj/?reference={fact.reference}").status_code == 404


def test_the_page_says_how_many_mails_to_expect_before_anything_is_asked(client: Client, fact: Recommendation) -> None:
    few = client.get(f"/obserwuj/?reference={fact.reference}").content.decode()

    assert "Fewer than one message a month" in few
    assert f"/stan-realizacji/wpisy.atom?reference={fact.reference}" in few


# --- Seeing and ending it


def test_one_page_shows_all_that_is_followed_and_ends_each_of_it(client: Client, fact: Recommendation) -> None:
    subscription = confirmed(fact)
    page = f"/obserwowane/{subscriber_token(subscription.subscriber)}/"
    text = client.get(page).content.decode()
    assert "Kursy języka" in text
    assert "badaczka@example.org" in text

    # The last one takes the address with it.
    assert client.post(f"{page}{subscription.pk}/koniec/").status_code == 200
    assert not Subscriber.objects.exists()
    assert not SavedSearch.objects.exists()
    assert client.get(page).status_code == 410


def test_a_mail_program_ends_everything_by_one_press_and_opening_the_link_ends_nothing(fact: Recommendation) -> None:
    subscription = confirmed(fact)
    client = Client(enforce_csrf_checks=True)
    address = f"/obserwowane/{subscriber_token(subscription.subscriber)}/koniec/"

    assert client.get(address).status_code == 200
    assert Subscriber.objects.exists()
    answers = [client.post(address, {"List-Unsubscribe": "One-Click"}).status_code for _ in range(2)]
    assert answers == [200, 200]
    assert not Subscriber.objects.exists()


def test_an_address_that_refuses_mail_for_a_month_is_forgotten(fact: Recommendation) -> None:
    confirmed(fact)
    Subscriber.objects.update(bounced_at=NOW)

    services.forget_unconfirmed(NOW + rules.REFUSED_KEPT - dt.timedelta(minutes=1))
    assert Subscriber.objects.exists()
    services.forget_unconfirmed(NOW + rules.REFUSED_KEPT)
    assert not Subscriber.objects.exists()
    assert not SavedSearch.objects.exists()


def test_the_page_of_what_is_followed_grows_by_no_query(client: Client, fact: Recommendation) -> None:
    own = confirmed(fact).subscriber

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/obserwowane/{subscriber_token(own)}/").status_code == 200
        return len(asked)

    queries()
    few = queries()
    for number in range(10):
        saved = SavedSearch.objects.create(question=f"q=slowo{number}&year=20{number:02}")
        Subscription.objects.create(subscriber=own, saved_search=saved, confirmed_at=NOW, told_until=NOW)

    assert queries() <= min(few + 1, 20)


def test_forged_keys_open_nothing(client: Client, fact: Recommendation) -> None:
    subscription = confirmed(fact)
    own = subscriber_token(subscription.subscriber)
    number, _dot, signature = own.partition(".")
    forged = [
        number,
        f"{number}.x",
        f"{int(number) + 1}.{signature}",
        f"{own}x",
        "9" * 400,
        subscription_token(subscription),
    ]
    for token in forged:
        # What looks like a key may have been one: it is told kindly, and opens as little.
        status = 410 if "." in token else 404
        assert client.get(f"/obserwowane/{token}/").status_code == status, token
        client.post(f"/obserwowane/{token}/koniec/")
        assert client.get(f"/obserwuj/potwierdz/{token}/").status_code == (
            200 if token == subscription_token(subscription) else status
        )
    assert Subscriber.objects.exists()


def test_the_log_of_the_site_shows_no_key(fact: Recommendation) -> None:
    own = confirmed(fact)
    for address in (subscriber_token(own.subscriber), subscription_token(own)):
        for path in (f"/obserwowane/{address}/koniec/", f"/en/obserwuj/potwierdz/{address}/"):
            record = logging.LogRecord("django", logging.WARNING, "", 0, f"Not Found: {path}", None, None)
            assert address.partition(".")[2] not in JsonLines().format(record)


def test_nobody_ends_what_another_address_follows(client: Client, fact: Recommendation) -> None:
    own, other = confirmed(fact), asked(fact, "inna@example.org")
    page = reverse("subscriptions", args=[subscriber_token(other.subscriber)])

    assert client.post(f"{page}{own.pk}/koniec/").status_code == 410
    assert Subscription.objects.filter(pk=own.pk).exists()


def test_an_address_that_comes_back_gets_other_keys(client: Client, fact: Recommendation) -> None:
    old = subscriber_token(confirmed(fact).subscriber)
    services.end_all(Subscriber.objects.get())
    confirmed(fact)

    assert client.get(f"/obserwowane/{old}/").status_code == 410


def test_ending_one_thing_twice_is_told_kindly_and_leads_back(client: Client, fact: Recommendation) -> None:
    subscription = confirmed(fact)
    page = reverse("subscriptions", args=[subscriber_token(subscription.subscriber)])
    Subscription.objects.create(
        subscriber=subscription.subscriber,
        saved_search=SavedSearch.objects.create(question="year=2015"),
        confirmed_at=NOW,
        told_until=NOW,
    )
    client.post(f"{page}{subscription.pk}/koniec/")

    again = client.post(f"{page}{subscription.pk}/koniec/")

    assert again.status_code == 410
    assert f'href="{page}"' in again.content.decode()


def test_a_pause_is_ended_with_one_press_and_a_past_one_is_not_shown(
    client: Client, fact: Recommendation, now: time_machine.Traveller
) -> None:
    subscriber = confirmed(fact).subscriber
    page = reverse("subscriptions", args=[subscriber_token(subscriber)])
    client.post(page, {"until": (NOW + dt.timedelta(days=3)).date()})
    assert "end_pause" in client.get(page).content.decode()

    client.post(page, {"end_pause": "1"})
    subscriber.refresh_from_db()
    assert (subscriber.paused_until, "end_pause" in client.get(page).content.decode()) == (None, False)

    client.post(page, {"until": (NOW + dt.timedelta(days=3)).date()})
    now.shift(dt.timedelta(days=4))
    assert "end_pause" not in client.get(page).content.decode()


def test_the_question_goes_out_once_though_it_was_answered_meanwhile(fact: Recommendation) -> None:
    services.confirm(asked(fact), language="pl")

    assert send_waiting() == {"dropped": 1}
    assert mail.outbox == []
    assert re.match("nothing is left", Message.objects.get(kind=Kind.CONFIRM).problem)
