"""The moderator's desk: what waits, oldest first, with its evidence, its days and its count, and who may not do it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from recommendations.models import Assignment
from recommendations.services import assessing, follow_up
from recommendations.services.evidence import EvidenceData
from recommendations.services.log import refresh_disputed
from taxonomy.models import Mandate, Succession
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_assignment
from tests.factories.roles import Cast, kept_cast
from tests.factories.taxonomy import MandateFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
PAGE = EvidenceData(kind="web_page", url="https://example.org/strona", title="Strona urzędu")
RESOLUTION = EvidenceData(kind="resolution", url="https://example.org/uchwala", title="Uchwała nr 7")


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), kept_cast() as cast:
        yield cast


@pytest.fixture
def moderator(cast: Cast, client: Client) -> Client:
    client.force_login(cast.people["moderator"])
    return client


def new_row(cast: Cast, title: str = "Opublikowana", **body: Any) -> Assignment:
    return make_assignment(parent=cast.own_group, title=title, addressees=[OrganisationFactory.create(**body)])


def claimed(row: Assignment, on: str, by: Any = None, **values: Any) -> Any:
    """A claim recorded on a day, by an official of the institution unless somebody else is named."""
    with time_machine.travel(f"{on}T10:00:00+00:00"):
        said: dict[str, Any] = {
            "recorded_by": by or MandateFactory.create(organisation=row.answering).user,
            "basis": "own_statement",
            "refers_on": dt.date.fromisoformat(on),
            "text": "Zrobione.",
            "evidence": [PAGE],
            "implementation": "implemented",
        }
        return follow_up.record_report(row, **said | values)


def on_the_desk(client: Client, name: str = "", day: str = "2026-11-21") -> Any:
    with time_machine.travel(f"{day}T10:00:00+00:00"):
        client.force_login(client.session_user)  # type: ignore[attr-defined]  # a session ends after a fortnight
        return client.get(f"/admin/claims/{name}")


@pytest.fixture
def desk(cast: Cast, client: Client) -> Any:
    client.session_user = cast.people["moderator"]  # type: ignore[attr-defined]
    return client


def titles(response: Any) -> list[str]:
    return [item.row.recommendation.page.title for item in response.context["items"]]


def counts(response: Any) -> dict[str, int]:
    return {tab["url"].removeprefix("/admin/claims/").strip("/"): tab["count"] for tab in response.context["tabs"]}


def test_claims_stand_oldest_first_with_evidence_and_the_day_until_which_they_are_assessed(
    cast: Cast, desk: Client
) -> None:
    late, fresh = new_row(cast, "Starsza"), new_row(cast, "Nowsza")
    claimed(fresh, "2026-10-20")
    partial = {"implementation": "partially_implemented", "missing": "Brak lekcji."}
    claimed(late, "2026-10-01", **partial, evidence=[PAGE, RESOLUTION])

    response = on_the_desk(desk)
    text = response.content.decode()

    assert titles(response) == ["Starsza", "Nowsza"]
    days = [(item.since, item.due, item.is_late) for item in response.context["items"]]
    assert days == [
        (dt.date(2026, 10, 1), dt.date(2026, 10, 31), True),
        (dt.date(2026, 10, 20), dt.date(2026, 12, 19), False),
    ]
    assert ("Uchwała nr 7" in text, "Brak lekcji." in text) == (True, True)
    assert [[is_enough for is_enough, _needed in item.proof] for item in response.context["items"]] == [[True], [False]]
    assert counts(response)[""] == 2


def test_a_claim_behind_a_later_date_is_assessed_as_well(cast: Cast, desk: Client) -> None:
    row = new_row(cast, "Wstecz")
    claimed(row, "2026-10-20", implementation="in_progress")
    claimed(row, "2026-10-21", refers_on=dt.date(2026, 10, 1))

    text = on_the_desk(desk).content.decode()

    assert "by an entry of a later date the state is “in progress”" in text
    assert "two different pieces, or one legal act" in text


@pytest.mark.law("verified-who")
def test_an_own_claim_says_so_on_its_row_and_offers_nothing(cast: Cast, desk: Client) -> None:
    me = cast.people["moderator"]
    row = new_row(cast)
    entry = claimed(row, "2026-10-01", by=me)

    own = on_the_desk(desk).content.decode()
    desk.session_user = UserFactory.create(groups=["Moderatorzy"])  # type: ignore[attr-defined]
    others = on_the_desk(desk).content.decode()

    link = f"/admin/follow_up/entry/{entry.pk}/assess/"
    assert ("You recorded this claim" in own, link in own) == (True, False)
    assert ("You recorded this claim" in others, link in others) == (False, True)
    MandateFactory.create(user=desk.session_user, organisation=row.organisation)  # type: ignore[attr-defined]
    answering = on_the_desk(desk).content.decode()
    assert ("You answer for this institution" in answering, link in answering) == (True, False)


def test_a_claim_leaves_when_it_is_judged_and_comes_back_when_the_institution_answers(cast: Cast, desk: Client) -> None:
    row = new_row(cast)
    entry = claimed(row, "2026-10-01")
    with time_machine.travel("2026-10-05T10:00:00+00:00"):
        assessing.assess(entry, finding="returned", text="Której uchwały?", recorded_by=cast.people["moderator"])
    assert titles(on_the_desk(desk)) == []

    claimed(row, "2026-10-20", implementation=None, text="Uchwały nr 7.", evidence=[RESOLUTION])
    response = on_the_desk(desk)
    assert [item.due for item in response.context["items"]] == [dt.date(2026, 12, 19)]
    assert "Uchwała nr 7" in response.content.decode()


def test_not_ours_waits_until_it_is_accepted_or_asked_back(cast: Cast, desk: Client) -> None:
    rows = [new_row(cast, title) for title in ("Przyjęta", "Zwrócona", "Czeka")]
    entries = []
    for row in rows:
        body = OrganisationFactory.create()
        said = {"recorded_by": MandateFactory.create(organisation=row.organisation).user, "basis": "own_statement"}
        entries.append(
            follow_up.record_position(
                row,
                position="not_competent",
                competent_body=body,
                text="Nie nasze.",
                refers_on=timezone.localdate(),
                **said,
            )
        )
    follow_up.accept_not_ours(rows[0], reason="Zgoda.", recorded_by=cast.people["moderator"])
    assessing.assess(entries[1], finding="returned", text="Dlaczego?", recorded_by=cast.people["moderator"])

    response = on_the_desk(desk, "not-ours/", timezone.localdate().isoformat())

    assert titles(response) == ["Czeka"]
    assert f"/admin/follow_up/{rows[2].pk}/not-ours/" in response.content.decode()


@pytest.mark.law("verified-again")
def test_what_was_verified_is_due_again_after_twelve_and_thirty_six_months_even_when_closed(
    cast: Cast, desk: Client
) -> None:
    row = new_row(cast)
    entry = claimed(row, "2023-01-10", evidence=[RESOLUTION])
    by: dict[str, Any] = {"recorded_by": cast.people["moderator"]}
    with time_machine.travel("2023-02-01T10:00:00+00:00"):
        assessing.assess(entry, finding="confirms", text="Jest.", **by)
        follow_up.close(row, closure="implemented", **by)

    assert titles(on_the_desk(desk, "rechecks/", "2024-01-31")) == []
    assert titles(on_the_desk(desk, "rechecks/", "2024-02-01")) == ["Opublikowana"]
    with time_machine.travel("2024-02-02T10:00:00+00:00"):
        assessing.assess(entry, finding="holds", text="Nadal.", **by)
    assert titles(on_the_desk(desk, "rechecks/", "2026-01-31")) == []
    assert titles(on_the_desk(desk, "rechecks/", "2026-02-01")) == ["Opublikowana"]


def test_a_reply_ladder_waits_for_its_next_rung_on_its_day(cast: Cast, desk: Client) -> None:
    row = new_row(cast)
    with time_machine.travel("2026-01-01T10:00:00+00:00"):
        follow_up.record_letter(
            row,
            recorded_by=cast.people["moderator"],
            basis="published_source",
            refers_on=dt.date(2026, 1, 1),
            text="Pismo.",
        )

    assert titles(on_the_desk(desk, "ladders/", "2026-04-30")) == []
    waiting = on_the_desk(desk, "ladders/", "2026-05-01")
    assert titles(waiting) == ["Opublikowana"]
    assert f"/admin/follow_up/{row.pk}/letter/" in waiting.content.decode()


@pytest.mark.law("right-of-reply")
def test_a_contradiction_stands_in_its_list_for_fourteen_days(cast: Cast, desk: Client) -> None:
    entry = claimed(new_row(cast), "2026-10-01")
    with time_machine.travel("2026-10-05T10:00:00+00:00"):
        assessing.assess(
            entry, finding="contradicts", text="Nie ma.", recorded_by=cast.people["moderator"], evidence=[PAGE]
        )

    waiting = on_the_desk(desk, "contradictions/", "2026-10-18")
    assert titles(waiting) == ["Opublikowana"]
    assert [item.due for item in waiting.context["items"]] == [dt.date(2026, 10, 19)]
    assert titles(on_the_desk(desk, "disputed/", "2026-10-18")) == []
    with time_machine.travel("2026-10-19T10:00:00+00:00"):
        refresh_disputed()
    assert titles(on_the_desk(desk, "contradictions/", "2026-10-19")) == []
    assert titles(on_the_desk(desk, "disputed/", "2026-10-19")) == ["Opublikowana"]


def test_items_of_institutions_without_a_contact_are_listed_with_the_way_to_the_handover(
    cast: Cast, desk: Client
) -> None:
    row, held = new_row(cast, "Osierocona"), new_row(cast, "Obsadzona")
    MandateFactory.create(organisation=held.organisation)

    response = on_the_desk(desk, "orphaned/")

    assert titles(response) == ["Osierocona"]
    assert (counts(response)["orphaned"], row.pk) == (1, response.context["items"][0].row.pk)
    assert "/admin/handover/" in response.content.decode()


@pytest.mark.parametrize(
    "name", ["", "not-ours/", "rechecks/", "ladders/", "contradictions/", "disputed/", "orphaned/"]
)
def test_no_list_grows_by_queries(cast: Cast, desk: Client, name: str, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        claimed(new_row(cast, f"Sprawa {number}"), f"2026-09-0{number + 1}")
        new_row(cast, f"Bez {number}")
    on_the_desk(desk, name)

    desk.force_login(cast.people["moderator"])
    with django_assert_max_num_queries(20):
        assert desk.get(f"/admin/claims/{name}").status_code == 200


def test_a_long_list_stands_in_pages(cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommendations.wagtail_hooks.desk.PER_PAGE", 1)
    for title in ("A", "B"):
        claimed(new_row(cast, title), "2026-09-01")

    assert titles(on_the_desk(desk)) == ["A"]
    assert titles(on_the_desk(desk, "?page=2")) == ["B"]
    assert "?page=1" in on_the_desk(desk, "?page=2").content.decode()


# --- Handing over


def test_a_moderator_hands_over_on_one_screen_and_leaves_contacts_with_another_role_to_an_administrator(
    cast: Cast, client: Client
) -> None:
    row, other = new_row(cast, "Pierwsza"), None
    law = Succession.objects.create(
        predecessor=row.organisation, successor=OrganisationFactory.create(), starts_on="2020-01-01"
    )
    contact = MandateFactory.create(organisation=row.organisation)
    contact.user.groups.add(Group.objects.create(name="Inna rola"))
    other = make_assignment(parent=cast.own_group, title="Druga", addressees=[row.organisation])
    url = f"/admin/handover/{law.pk}/"

    client.force_login(cast.people["moderator"])
    screen = client.get(url)
    assert "with_contacts" not in screen.context["form"].fields
    assert client.post(url, {"items": [row.pk], "with_contacts": "on"}).status_code == 302
    assert [one.answering for one in Assignment.objects.filter(pk__in=[row.pk, other.pk]).order_by("pk")] == [
        law.successor, law.predecessor,
    ]  # fmt: skip
    assert Mandate.objects.filter(organisation=law.successor).count() == 0

    client.force_login(cast.people["administrator"])
    assert "Druga" in client.get(url).content.decode()
    assert client.post(url, {"items": [], "with_contacts": "on"}).status_code == 422
    assert client.post(url, {"items": [other.pk], "with_contacts": "on"}).status_code == 302
    assert contact.user.mandates.active().filter(organisation=law.successor).exists()
    index = client.get("/admin/handover/")
    assert [succession.left for succession in index.context["successions"]] == [0]


def test_an_item_of_somebody_else_is_not_handed_over_with_the_others(cast: Cast, client: Client) -> None:
    row, foreign = new_row(cast, "Własna"), new_row(cast, "Obca")
    law = Succession.objects.create(
        predecessor=row.organisation, successor=OrganisationFactory.create(), starts_on="2020-01-01"
    )
    client.force_login(cast.people["moderator"])

    response = client.post(f"/admin/handover/{law.pk}/", {"items": [row.pk, foreign.pk]})

    assert response.status_code == 422
    assert not Assignment.objects.exclude(taken_over_by=None).exists()
