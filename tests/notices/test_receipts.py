"""Who hears that an answer was recorded, and what an assessor found."""

import datetime as dt
import re
from typing import Any

import pytest

from accounts.models import User
from notices.choices import Kind
from notices.models import MailPreference, Message
from notices.services.delivery import send_waiting
from pagekit.acts import Refused
from recommendations.choices import EvidenceKind, Finding, Implementation
from recommendations.models import Assignment, FollowUp
from recommendations.services import assessing, follow_up
from recommendations.services.evidence import EvidenceData
from taxonomy.models import Mandate
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import OrganisationFactory
from tests.notices.conftest import MONDAY, asked, contact_of, moderator
from tests.notices.sink import Sink, body_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

ACT = EvidenceData(kind=EvidenceKind.RESOLUTION, url="https://example.org/uchwala")


@pytest.fixture
def row() -> Assignment:
    return asked(due=MONDAY)


@pytest.fixture
def official(row: Assignment) -> User:
    return contact_of(row).user


def report(row: Assignment, by: Any, implementation: str = Implementation.IN_PROGRESS, **values: Any) -> FollowUp:
    said: dict[str, Any] = {"text": "Otwarto punkt.", "basis": "own_statement", "refers_on": MONDAY} | values
    return follow_up.record_report(row, implementation=implementation, recorded_by=by, **said)


def kinds(person: User) -> list[str]:
    return list(person.mails.order_by("pk").values_list("kind", flat=True))


def test_who_answers_gets_a_receipt_with_what_was_recorded(sink: Sink, row: Assignment, official: User) -> None:
    report(row, official)
    send_waiting()

    (letter,) = sink.letters
    assert letter["To"] == official.email
    assert row.recommendation.reference in letter["Subject"]
    text = body_of(letter, "plain")
    assert "report: in progress" in text
    assert "Otwarto punkt." in text
    assert "/odpowiedz/" not in text


def test_whoever_says_that_it_is_not_theirs_is_told_who_reads_it(sink: Sink, row: Assignment, official: User) -> None:
    body = OrganisationFactory.create(label_pl="Urząd obok")
    follow_up.record_position(
        row,
        position="not_competent",
        competent_body=body,
        text="To ich zadanie.",
        basis="own_statement",
        recorded_by=official,
        refers_on=MONDAY,
    )
    send_waiting()

    assert "when it is accepted, Urząd obok is asked instead" in body_of(sink.letters[0], "plain")


def test_a_claim_is_told_within_what_time_it_is_assessed(sink: Sink, row: Assignment, official: User) -> None:
    report(row, official, Implementation.IMPLEMENTED, evidence=[ACT])
    send_waiting()

    due = f"{MONDAY + dt.timedelta(days=60):%Y}"
    assert re.search(rf"assesses it by [^;]*{due}; you will be told", body_of(sink.letters[0], "plain"))


def test_a_claim_behind_a_later_date_is_told_that_the_state_stays(sink: Sink, row: Assignment, official: User) -> None:
    report(row, official)
    report(row, official, Implementation.IMPLEMENTED, evidence=[ACT], refers_on=MONDAY - dt.timedelta(days=7))
    send_waiting()

    text = " ".join(body_of(sink.letters[-1], "plain").split())
    assert "“report: in progress” refers to a later date" in text
    assert "assesses it by" in text


def test_an_answer_that_was_refused_sends_no_receipt(row: Assignment, official: User) -> None:
    with pytest.raises(Refused):
        report(row, official, Implementation.IMPLEMENTED)

    assert not Message.objects.exists()


def test_what_a_moderator_records_from_a_source_sends_no_receipt(row: Assignment, official: User) -> None:
    report(row, moderator(), basis="published_source")

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding.CONFIRMS, "Confirmed: "),
        (Finding.CONTRADICTS, "Contradicted: "),
        (Finding.RETURNED, "A question about your answer: "),
    ],
)
def test_what_was_found_is_told_with_the_reason(
    finding: str, words: str, sink: Sink, row: Assignment, official: User
) -> None:
    entry = report(row, official, Implementation.IMPLEMENTED, evidence=[ACT])
    Message.objects.all().delete()
    assessing.assess(entry, finding=finding, text="Sprawdzono w BIP.", recorded_by=moderator(), evidence=[ACT])
    send_waiting()

    (letter,) = sink.letters
    assert letter["To"] == official.email
    assert letter["Subject"].startswith(words)
    assert "Sprawdzono w BIP." in body_of(letter, "plain")


def test_a_contradiction_tells_the_last_day_of_the_right_of_reply(sink: Sink, row: Assignment, official: User) -> None:
    entry = report(row, official, Implementation.IMPLEMENTED, evidence=[ACT])
    assessing.assess(
        entry, finding=Finding.CONTRADICTS, text="Punkt zamknięto.", recorded_by=moderator(), evidence=[ACT]
    )
    send_waiting()

    assert "becomes public on 7 grudnia 2026" in body_of(sink.letters[-1], "plain")


def test_what_was_found_goes_to_the_contact_when_who_answered_has_left(row: Assignment, official: User) -> None:
    entry = report(row, official)
    Mandate.objects.update(ends_on=MONDAY - dt.timedelta(days=1))
    successor = contact_of(row).user
    Message.objects.all().delete()
    assessing.assess(
        entry, finding=Finding.CONTRADICTS, text="Punkt zamknięto.", recorded_by=moderator(), evidence=[ACT]
    )

    assert kinds(successor) == [Kind.FINDING]
    assert kinds(official) == []


def test_who_wants_no_receipts_gets_none(sink: Sink, row: Assignment, official: User) -> None:
    MailPreference.objects.create(user=official, has_receipts=False, has_findings=False)
    entry = report(row, official)
    assessing.assess(
        entry, finding=Finding.CONTRADICTS, text="Punkt zamknięto.", recorded_by=moderator(), evidence=[ACT]
    )

    assert send_waiting() == {"dropped": 2}
    assert sink.letters == []


def test_mails_go_with_the_person(row: Assignment) -> None:
    person = UserFactory.create()
    Message.objects.create(recipient=person, kind=Kind.RECEIPT, occasion="x")
    person.delete()

    assert not Message.objects.exists()
