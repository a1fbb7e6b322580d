"""Following one recommendation or institution: Atom of what happened, a calendar of what is due."""

import datetime as dt
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from recommendations.models import Assignment, FollowUp, RecommendationPage
from recommendations.transfer.calendar import Deadline, escaped, folded, written
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_assignment, make_forum
from tests.factories.taxonomy import OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]

ATOM = "{http://www.w3.org/2005/Atom}"
FEED, CALENDAR = "/stan-realizacji/wpisy.atom", "/stan-realizacji/terminy.ics"


def report(row: Assignment, text: str, **values: Any) -> FollowUp:
    return FollowUp.objects.create(
        **{
            "assignment": row,
            "kind": "report",
            "implementation": "in_progress",
            "basis": "published_source",
            "refers_on": dt.date(2016, 5, 1),
            "text": text,
        }
        | values
    )


def notified(row: Assignment, day: str, **values: Any) -> Assignment:
    moment = timezone.make_aware(dt.datetime.fromisoformat(f"{day} 12:00"))
    Assignment.objects.filter(pk=row.pk).update(notified_at=moment, **values)
    return row


def entries(client: Client, question: str = "") -> list[ET.Element]:
    answer = client.get(FEED + question)
    assert answer.status_code == 200
    return list(ET.fromstring(answer.content).iter(f"{ATOM}entry"))


def text(entry: ET.Element, name: str) -> str:
    return entry.findtext(f"{ATOM}{name}") or ""


@pytest.mark.django_db
def test_the_feed_of_a_recommendation_or_an_institution_has_its_entries_the_newest_first(client: Client) -> None:
    row = make_assignment(addressees=[OrganisationFactory.create(code="um-lublin", label_pl="Miasto Lublin")])
    other = make_assignment(title="Inna")
    old = report(row, "Starszy", recorded_at=timezone.now() - dt.timedelta(days=2))
    new = report(row, "Nowszy & <b>", recorded_at=timezone.now() - dt.timedelta(days=1))
    report(other, "Obcy")

    for question in (f"?reference={row.recommendation.reference}", "?addressee=um-lublin"):
        found = entries(client, question)
        assert [text(one, "summary") for one in found] == ["Nowszy &amp; &lt;b&gt;", "Starszy"]
        assert [text(one, "id").split("#")[1] for one in found] == [f"entry-{new.pk}", f"entry-{old.pk}"]
        assert "Miasto Lublin" in text(found[0], "title")
    assert len(entries(client)) == 3


@pytest.mark.django_db
def test_an_assessment_is_news_on_the_day_it_becomes_public(client: Client) -> None:
    entry = report(make_assignment(), "Wpis", recorded_at=timezone.now() - dt.timedelta(days=60))
    today = timezone.localdate()
    for words, day in (("Jawna ocena", today), ("Kanarek", today + dt.timedelta(days=1))):
        entry.assessments.create(
            finding="contradicts", text=words, assessed_on=today, public_from=day,
            recorded_at=timezone.now() - dt.timedelta(days=14),
        )  # fmt: skip

    found = entries(client)

    assert [text(one, "summary") for one in found] == ["Jawna ocena", "Wpis"]
    assert text(found[0], "updated").startswith(timezone.now().astimezone(dt.UTC).isoformat()[:4])


@pytest.mark.django_db
def test_who_has_the_feed_already_gets_304_until_something_changes(client: Client) -> None:
    row = make_assignment()
    report(row, "Wpis")
    etag = client.get(FEED)["ETag"]

    assert client.get(FEED, headers={"If-None-Match": etag}).status_code == 304
    report(row, "Nowy")
    assert client.get(FEED, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["unpublished", "private"])
def test_what_is_hidden_or_a_person_is_in_no_feed_and_no_calendar(client: Client, how: str) -> None:
    row = notified(
        make_assignment(parent=make_forum(title="Tajne", slug="tajne"), title="Kanarek"), "2026-10-01",
        target_on="2027-01-01",
    )  # fmt: skip
    shown = make_assignment(title="Jawna")
    report(row, "Kanarek")
    report(shown, "Jawny", recorded_by=UserFactory.create(username="kanarek", last_name="Kanarek"))
    page = RecommendationPage.objects.get(title="Kanarek")
    if how == "private":
        PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="login")
    else:
        page.unpublish()

    for address in (FEED, CALENDAR):
        assert "anarek" not in client.get(address).content.decode()
        assert client.get(f"{address}?reference={row.recommendation.reference}").status_code == 400
        assert "anarek" not in client.get(f"{address}?issuer=f{row.recommendation.forum_id}").content.decode()
    assert "Jawny" in client.get(FEED).content.decode()
    assert "BEGIN:VEVENT" not in client.get(CALENDAR).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", [FEED, CALENDAR])
def test_the_queries_do_not_grow_with_what_is_followed(
    client: Client, address: str, django_assert_max_num_queries: Any
) -> None:
    forum = make_forum()

    def asked() -> int:
        with django_assert_max_num_queries(20) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    for number in range(2):
        report(notified(make_assignment(parent=forum, title=f"R {number}"), "2026-10-01"), "Wpis")
    few = asked()
    for number in range(5):
        report(notified(make_assignment(parent=forum, title=f"S {number}"), "2026-10-01"), "Wpis")

    assert asked() == few


def events(client: Client, question: str = "") -> list[dict[str, str]]:
    """The events of a calendar, unfolded."""
    answer = client.get(CALENDAR + question)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    whole = answer.content.decode().replace("\r\n ", "")
    return [
        dict(line.split(":", 1) for line in part.split("END:VEVENT")[0].strip().split("\r\n"))
        for part in whole.split("BEGIN:VEVENT")[1:]
    ]


@pytest.mark.django_db
def test_a_request_is_due_ninety_days_after_the_first_notice_and_has_its_target_date(client: Client) -> None:
    city = OrganisationFactory.create(code="um-lublin", label_pl="Lublin, miasto")
    row = notified(make_assignment(addressees=[city]), "2026-10-01", target_on="2027-06-30")

    due, target = events(client, "?addressee=um-lublin")

    assert due["DTSTART;VALUE=DATE"] == "20261230"
    assert due["DTEND;VALUE=DATE"] == "20261231"
    assert "Lublin\\, miasto" in due["SUMMARY"]
    assert due["UID"] == f"{row.recommendation.reference}-A1-answer@testserver"
    assert target["DTSTART;VALUE=DATE"] == "20270630"


@pytest.mark.django_db
def test_after_an_answer_the_next_report_is_due_and_nothing_once_it_is_closed(client: Client) -> None:
    answered = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    row = notified(make_assignment(), "2026-01-01", position="accepted", last_answered_at=answered)

    assert [one["DTSTART;VALUE=DATE"] for one in events(client)] == ["20260901"]
    Assignment.objects.filter(pk=row.pk).update(closure="implemented", target_on="2027-01-01")
    assert events(client) == []


@pytest.mark.django_db
def test_a_group_of_institutions_and_who_was_never_notified_have_no_deadline(client: Client) -> None:
    notified(make_assignment(addressees=[OrganisationFactory.create(collective=True)]), "2026-01-01")
    make_assignment(title="Nikt nie pytał")

    assert events(client) == []


@pytest.mark.django_db
def test_a_deadline_is_stamped_when_the_notice_that_opened_it_went_out(client: Client) -> None:
    notified(make_assignment(), "2999-01-01")

    assert events(client)[0]["DTSTAMP"].startswith("29990101T")


def test_a_calendar_has_a_component_and_days_of_eight_digits_whatever_it_holds() -> None:
    early = Deadline("u", dt.date(22, 11, 15), "a", "b", "https://example.org", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    assert "BEGIN:VTIMEZONE" in written([], name="n", product="p")
    assert "DTSTART;VALUE=DATE:00221115\r\nDTEND;VALUE=DATE:00221116" in written([early], name="n", product="p")


@pytest.mark.parametrize("letters", ["a", "ż", "🦊", "aż🦊"])
def test_lines_are_folded_at_75_octets_and_no_letter_is_cut(letters: str) -> None:
    line = letters * 60
    found = folded(line).split("\r\n")

    assert all(len(piece.encode()) <= 75 for piece in found)
    assert all(piece.startswith(" ") for piece in found[1:])
    assert folded(line).replace("\r\n ", "") == line


def test_text_is_escaped_so_that_no_line_can_be_forged() -> None:
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    nasty = "a,b;c\\d\r\nEND:VEVENT\nX\x00\x07"
    one = Deadline("u", dt.date(2026, 1, 1), nasty, nasty, "https://example.org", moment)

    assert escaped(nasty) == "a\\,b\\;c\\\\d\\nEND:VEVENT\\nX"
    assert written([one], name=nasty, product="p").count("\r\nEND:VEVENT") == 1
