"""What readers tell us: kept for moderators alone, answered once, and the address is gone with the answer."""

import datetime as dt
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client

from notices.choices import Kind, RemarkKind, RemarkState
from notices.models import Message, Remark
from notices.services import remarks
from notices.services.delivery import send_waiting
from pagekit.acts import Refused
from recommendations.models import FollowUp, Recommendation
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_recommendation
from tests.notices.conftest import NOW
from tests.notices.sink import Sink, body_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stage_cast", "now")]

CANARY = "Kanarek w zgłoszeniu"
MORNING = dt.datetime(2026, 11, 24, 6, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def stage_cast(stage: None) -> tuple[Recommendation, Any]:
    with time_machine.travel(NOW - dt.timedelta(days=30)):
        return make_recommendation(title="Kursy języka"), UserFactory.create(
            username="moderatorka-zgloszen", groups=["Moderatorzy"]
        )


@pytest.fixture
def fact(stage_cast: tuple[Recommendation, Any]) -> Recommendation:
    return deepcopy(stage_cast[0])


@pytest.fixture
def moderator(stage_cast: tuple[Recommendation, Any]) -> Any:
    return deepcopy(stage_cast[1])


def remark(fact: Recommendation, **values: Any) -> Remark:
    kept = {"kind": RemarkKind.WRONG, "text": CANARY, "language": "en"} | values
    return remarks.send_remark(fact, **kept)


def send(client: Client, fact: Recommendation, **values: str) -> Any:
    return client.post(f"/zglos/{fact.reference}/", {"kind": "new", "text": CANARY} | values)


def entry_of(fact: Recommendation) -> FollowUp:
    return FollowUp.objects.create(
        assignment=fact.assignments.get(), kind="note", basis="published_source", refers_precision="unknown", text="x"
    )


def test_anybody_may_tell_us_something_and_nothing_of_it_is_public(client: Client, fact: Recommendation) -> None:
    answer = send(client, fact, link="https://example.org/x", email="czytelnik@example.org")
    thanks = client.get(answer.url).content.decode()
    page = client.get(f"/r/{fact.reference}", follow=True).content.decode()

    kept = Remark.objects.get()
    assert (kept.state, kept.link, kept.email) == ("new", "https://example.org/x", "czytelnik@example.org")
    assert CANARY not in thanks + page
    assert f"/zglos/{fact.reference}/" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": "hacked"},
        {"text": " "},
        {"text": "x" * 4001},
        {"link": "javascript:alert(1)"},
        {"link": "file:///etc/passwd"},
        {"email": "a@example.org\nBcc: b@example.org"},
    ],
)
def test_what_is_missing_or_none_is_named_and_nothing_is_kept(
    client: Client, fact: Recommendation, wrong: dict[str, str]
) -> None:
    assert send(client, fact, **wrong).status_code == 422
    assert not Remark.objects.exists()


def test_programs_are_answered_alike_and_too_many_forms_a_minute_are_refused(
    client: Client, fact: Recommendation
) -> None:
    codes = [send(client, fact, website="x").status_code for _ in range(11)]

    assert codes == [302] * 10 + [429]
    assert not Remark.objects.exists()


def test_of_a_hidden_recommendation_nothing_can_be_told(client: Client, fact: Recommendation) -> None:
    fact.source_page.unpublish()

    assert client.get(f"/zglos/{fact.reference}/").status_code == 404
    assert send(client, fact).status_code == 404


def test_moderators_hear_once_on_the_next_working_day_and_get_nothing_of_the_text(
    fact: Recommendation, moderator: Any, sink: Sink
) -> None:
    remark(fact)
    remark(fact)
    assert send_waiting() == {}
    assert send_waiting(MORNING) == {"sent": 1}

    (letter,) = sink.letters
    assert letter["To"] == moderator.email
    assert CANARY not in body_of(letter, "plain") + body_of(letter, "html")
    assert "/admin/remarks/" in body_of(letter, "plain")


def test_what_was_dealt_with_by_then_sends_no_mail(fact: Recommendation, moderator: Any) -> None:
    remarks.turn_down(remark(fact), by=moderator, reason="To nie tutaj.")

    assert send_waiting(MORNING) == {"dropped": 1}


def test_the_answer_goes_out_once_and_takes_the_address_with_it(
    fact: Recommendation, moderator: Any, sink: Sink
) -> None:
    told = remark(fact, email="czytelnik@example.org")
    remarks.take_up(told, by=moderator)
    entry = entry_of(fact)
    remarks.finish(told, by=moderator, entry=entry, answer="Dziękujemy za źródło.")

    told.refresh_from_db()
    assert (told.state, told.email, told.entry) == (RemarkState.DONE, "", entry)
    Message.objects.exclude(kind=Kind.ANSWER).delete()
    assert send_waiting() == {"sent": 1}
    (letter,) = sink.letters
    assert letter["To"] == "czytelnik@example.org"
    assert letter["Content-Language"] == "en"
    assert f"#entry-{entry.pk}" in body_of(letter, "plain")
    assert "Dziękujemy za źródło." in body_of(letter, "plain")
    assert "czytelnik" not in str(list(Message.objects.values()) + list(Remark.objects.values()))


def test_an_address_that_refuses_the_answer_is_forgotten_as_well(
    fact: Recommendation, moderator: Any, sink: Sink
) -> None:
    remarks.turn_down(remark(fact, email="czytelnik@example.org"), by=moderator, reason="Nie.")
    Message.objects.exclude(kind=Kind.ANSWER).delete()
    sink.refused["czytelnik"] = b"550 no"

    assert send_waiting() == {"failed": 1}
    assert "czytelnik" not in str(list(Message.objects.values()))


def test_a_decision_needs_its_reason_is_made_once_and_by_a_moderator(fact: Recommendation, moderator: Any) -> None:
    told = remark(fact)
    with pytest.raises(Refused, match="reason is missing"):
        remarks.turn_down(told, by=moderator, reason=" ")
    with pytest.raises(Refused, match="what came of it"):
        remarks.finish(told, by=moderator)
    with pytest.raises(Refused, match="another recommendation"):
        remarks.finish(told, by=moderator, entry=entry_of(make_recommendation(title="Inna")))
    with pytest.raises(Refused, match="only moderators"):
        remarks.turn_down(told, by=UserFactory.create(), reason="Nie.")
    remarks.turn_down(told, by=moderator, reason="Nie.")
    with pytest.raises(Refused, match="meanwhile"):
        remarks.take_up(told, by=moderator)


# --- The screen


def test_a_moderator_sees_what_waits_and_closes_it_there(client: Client, fact: Recommendation, moderator: Any) -> None:
    told = remark(fact, text=f"{CANARY} <script>alert(1)</script>")
    client.force_login(UserFactory.create(administrator=True))
    listed = client.get("/admin/remarks/").content.decode()
    assert CANARY in listed
    assert "<script>alert(1)" not in listed

    page = f"/admin/remarks/{told.pk}/"
    assert "<script>alert(1)" not in client.get(page).content.decode()
    # A superuser sees the screen; the service decides.
    assert client.post(page, {"state": "turned_down", "answer": "Nie."}).status_code == 422
    moderator.user_permissions.add(*permission_to_enter())
    client.force_login(moderator)
    assert client.post(page, {"state": "turned_down", "answer": ""}).status_code == 422
    assert client.post(page, {"state": "turned_down", "answer": "Nie."}).status_code == 302
    assert CANARY in client.get("/admin/remarks/turned-down/").content.decode()
    assert "Nie." in client.get(page).content.decode()


def permission_to_enter() -> Any:
    return Permission.objects.filter(codename="access_admin")
