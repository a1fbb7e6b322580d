"""How an institution answers: whole numbers with their denominators, from our first notice on."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from recommendations import rules
from recommendations.choices import Badge
from recommendations.models import Assignment, FollowUp, RecommendationPage
from recommendations.services.answering import LISTED, answering_of
from recommendations.services.items import overdue
from recommendations.services.log import clock_of, entries_of
from taxonomy.models import Organisation
from tests.factories.pages import make_assignment, make_forum, make_recommendation
from tests.factories.scale import multiply
from tests.factories.taxonomy import OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def city() -> Organisation:
    found: Organisation = OrganisationFactory.create(code="um-lublin")
    return found


def noon(day: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(f"{day} 12:00"))


def ask(city: Organisation, title: str, *, notified: str = "", answered: str = "", **values: Any) -> Assignment:
    """A request of 2020, perhaps with our first notice and the day on which its answer was written here."""
    forum = make_forum(slug=f"forum-{Assignment.objects.count()}", title=title)
    row = make_assignment(parent=forum, title=title, addressees=[city], starts_on="2020-01-01")
    values |= {"notified_at": noon(notified)} if notified else {}
    if answered:
        values |= {"position": "noted", "last_answered_at": noon(answered)}
        FollowUp.objects.create(
            assignment=row, kind="position", position="noted", refers_on=answered, basis="published_source",
            recorded_at=noon(answered),
        )  # fmt: skip
    Assignment.objects.filter(pk=row.pk).update(**values or {"position": "no_answer"})
    return row


def shown(client: Client) -> str:
    with translation.override("en"):
        body = client.get("/en/instytucje/um-lublin/").content.decode()
    return " ".join(body.split("<main")[1].split("</main>")[0].split())


def test_times_run_from_our_first_notice_and_the_middle_one_is_told(client: Client, city: Organisation) -> None:
    ask(city, "Jedna", notified="2026-06-01", answered="2026-06-11")
    ask(city, "Druga", notified="2026-06-01", answered="2026-06-21")
    ask(city, "Trzecia", notified="2026-06-01", answered="2026-08-01")
    ask(city, "Czwarta", notified="2026-11-01")
    ask(city, "Z importu", notified="2026-11-01", answered="2021-01-01")

    found = answering_of(city, TODAY)

    assert (found.asked, found.answered, found.notified, found.timed, found.median_days) == (5, 4, 5, 3, 20)
    body = shown(client)
    assert "4 of 5" in body
    assert "20 days" in body
    assert "3 answers to 5 notices" in body


def test_without_a_notice_no_time_is_known(client: Client, city: Organisation) -> None:
    ask(city, "Jedna", answered="2021-01-01")

    assert "not known: no notice has been sent yet" in shown(client)


def test_what_is_overdue_is_counted_and_named_the_longest_first(client: Client, city: Organisation) -> None:
    ask(city, "Późna", notified="2026-06-01")
    ask(city, "Najpóźniejsza", notified="2025-06-01")
    ask(city, "W terminie", notified="2026-11-01")
    ask(city, "Zamknięta", notified="2025-01-01", closure="implemented")

    found = answering_of(city, TODAY)

    assert [row.recommendation.source_page.title for row in found.overdue] == ["Najpóźniejsza", "Późna"]
    assert found.overdue[1].overdue_since == dt.date(2026, 8, 31)
    assert "2 of 3 open" in shown(client)


def test_overdue_by_the_caches_is_overdue_by_the_log(city: Organisation) -> None:
    ask(city, "Bez odpowiedzi", notified="2026-06-01")
    ask(city, "Odpowiedziana", notified="2025-01-01", answered="2025-02-01")
    ask(city, "Świeża", notified="2026-11-01")
    ask(city, "Po terminie docelowym", target_on=dt.date(2026, 1, 1))

    by_log = {row.pk for row in overdue(TODAY)}

    assert {row.pk for row in answering_of(city, TODAY).overdue} == by_log
    assert len(by_log) == 3
    for row in Assignment.objects.select_related("recommendation", "organisation"):
        is_late = rules.is_overdue(clock_of(row), rules.state_of(entries_of(row), today=TODAY), TODAY)
        assert is_late == (row.pk in by_log)


def test_a_group_of_institutions_has_no_rate_no_time_and_nothing_overdue(client: Client) -> None:
    cities = OrganisationFactory.create(code="um-lublin", collective=True)
    ask(cities, "Jedna", notified="2020-06-01")

    body = shown(client)

    assert answering_of(cities, TODAY).overdue_count == 0
    assert "Median time" not in body
    assert "Overdue" not in body


def test_the_share_without_information_is_always_said_and_never_in_per_cent(client: Client, city: Organisation) -> None:
    ask(city, "Jedna", implementation="implemented", is_confirmed=True)
    ask(city, "Druga")

    found = answering_of(city, TODAY)
    body = shown(client)

    assert found.without_information == 1
    assert {one.code: one.count for one in found.chart.columns if one.count} == {Badge.NO_INFORMATION: 1, "verified": 1}
    assert "No information: 1 of 2." in body
    assert "/en/stan-realizacji/implementation.csv?addressee=um-lublin" in body


def test_hidden_requests_are_in_no_figure(client: Client, city: Organisation) -> None:
    ask(city, "Jawna")
    ask(city, "Kanarek", notified="2025-06-01")
    RecommendationPage.objects.get(title="Kanarek").unpublish()

    assert (answering_of(city, TODAY).asked, answering_of(city, TODAY).overdue_count) == (1, 0)
    assert "Kanarek" not in shown(client)


def test_only_some_of_many_overdue_requests_are_named_and_the_others_counted(
    client: Client, city: Organisation
) -> None:
    row = ask(city, "Późna", notified="2026-06-01")
    with_notice = make_recommendation(title="Wzór", addressees=[city], starts_on="2020-01-01")
    with_notice.assignments.update(notified_at=row.notified_at or noon("2026-06-01"))
    multiply(with_notice, LISTED + 3)

    found = answering_of(city, TODAY)

    assert (len(found.overdue), found.overdue_count, found.overdue_more) == (LISTED, LISTED + 5, 5)
    assert "and 5 more" in shown(client)
