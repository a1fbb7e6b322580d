"""A moderator's acts in the admin: they call the services, say refusals at the form and lose nothing typed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from recommendations.models import Assessment, Assignment, Evidence, FollowUp, Recommendation
from recommendations.services.follow_up import newest_entry
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_assignment
from tests.factories.roles import ROLES, Cast, kept_cast
from tests.factories.taxonomy import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), kept_cast() as cast:
        yield cast


@pytest.fixture
def row(cast: Cast) -> Assignment:
    return make_assignment(parent=cast.own_group, title="Opublikowana", addressees=[OrganisationFactory.create()])


@pytest.fixture
def moderator(cast: Cast, client: Client) -> Client:
    client.force_login(cast.people["moderator"])
    return client


def with_evidence(*pieces: dict[str, Any], **fields: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {"evidence-TOTAL_FORMS": max(2, len(pieces)), "evidence-INITIAL_FORMS": 0, **fields}
    for number, piece in enumerate(pieces):
        sent |= {f"evidence-{number}-{name}": value for name, value in piece.items()}
    return sent


RESOLUTION = {"kind": "resolution", "url": "https://example.org/uchwala"}
POSITION = {"position": "accepted", "when": "3.2020", "basis": "own_statement", "text": "Miasto przyjmuje.", "seen": 0}
DONE = {"implementation": "implemented", "when": "2021", "basis": "own_statement", "text": "Zrobione.", "seen": 0}


def act(client: Client, row: Assignment, name: str, *pieces: dict[str, Any], **fields: Any) -> Any:
    return client.post(f"/admin/follow_up/{row.pk}/{name}/", with_evidence(*pieces, **fields))


def test_a_position_is_recorded_from_a_document(moderator: Client, row: Assignment, cast: Cast) -> None:
    assert act(moderator, row, "position", RESOLUTION, **POSITION).status_code == 302

    entry = row.follow_ups.get()
    row.refresh_from_db()
    assert (entry.position, str(entry.refers_on), entry.refers_precision) == ("accepted", "2020-03-01", "month")
    assert (entry.recorded_by, entry.declared_by) == (cast.people["moderator"], row.organisation)
    assert entry.evidence.get().url == RESOLUTION["url"]
    assert row.position == "accepted"


def test_a_refused_position_says_why_and_keeps_what_was_typed(moderator: Client, row: Assignment) -> None:
    response = act(moderator, row, "position", **POSITION)

    assert response.status_code == 422
    assert "Add the document" in response.content.decode()
    assert "Miasto przyjmuje." in response.content.decode()
    assert not row.follow_ups.exists()


def test_faults_of_the_form_and_of_its_evidence_are_shown_at_once(moderator: Client, row: Assignment) -> None:
    response = act(moderator, row, "report", {"url": "nie adres"}, **(DONE | {"when": "32.13.2020"}))

    text = response.content.decode()
    assert response.status_code == 422
    assert "this is no date" in text
    assert "Address: this is none" in text
    assert "nie adres" in text
    assert not FollowUp.objects.exists()


def test_an_entry_added_meanwhile_is_shown_and_the_second_saving_is_taken(moderator: Client, row: Assignment) -> None:
    act(moderator, row, "position", RESOLUTION, **(POSITION | {"text": "Pierwsza odpowiedź."}))
    late = POSITION | {"text": "Druga odpowiedź.", "position": "declined"}

    response = act(moderator, row, "position", RESOLUTION, **late)

    assert response.status_code == 422
    assert "Pierwsza odpowiedź." in response.content.decode()
    assert "Druga odpowiedź." in response.content.decode()
    seen = response.context["form"]["seen"].value()
    assert int(seen) == newest_entry(row)
    assert act(moderator, row, "position", RESOLUTION, **(late | {"seen": seen})).status_code == 302


def test_who_recorded_a_claim_does_not_verify_it_and_another_moderator_does(
    moderator: Client, row: Assignment, cast: Cast
) -> None:
    act(moderator, row, "report", RESOLUTION, **DONE)
    entry = row.follow_ups.get()
    url = f"/admin/follow_up/entry/{entry.pk}/assess/"
    found = with_evidence(RESOLUTION, finding="confirms", text="Uchwała obowiązuje.", assessed_on="2022-01-01")

    own = moderator.post(url, found)
    moderator.force_login(UserFactory.create(groups=["Moderatorzy"]))
    others = moderator.post(url, found)

    row.refresh_from_db()
    assert "Ask another moderator" in own.content.decode()
    assert others.status_code == 302
    assert Assessment.objects.get().finding == "confirms"
    assert row.is_confirmed


def test_a_claim_waits_in_its_list_until_it_is_confirmed(moderator: Client, row: Assignment) -> None:
    reference = row.recommendation.reference
    assert reference not in moderator.get("/admin/claims/").content.decode()

    act(moderator, row, "report", RESOLUTION, **DONE)
    assert reference in moderator.get("/admin/claims/").content.decode()

    Assignment.objects.filter(pk=row.pk).update(is_confirmed=True)
    assert reference not in moderator.get("/admin/claims/").content.decode()


def test_a_row_is_closed_with_its_reason_and_offers_to_be_reopened(moderator: Client, row: Assignment) -> None:
    refused = act(moderator, row, "close", closure="unverifiable", reason="")
    closed = act(moderator, row, "close", closure="unverifiable", reason="Nie ma już dokumentów.")

    row.refresh_from_db()
    screen = moderator.get(f"/admin/follow_up/{row.pk}/").content.decode()
    assert "Closing needs a reason" in refused.content.decode()
    assert closed.status_code == 302
    assert row.closure == "unverifiable"
    assert f"/admin/follow_up/{row.pk}/reopen/" in screen
    assert f"/admin/follow_up/{row.pk}/close/" not in screen
    assert "right of reply" in act(moderator, row, "reopen", reason="Są dokumenty.").content.decode()


def test_the_list_filters_by_institution_position_implementation_closure_and_delay(
    moderator: Client, row: Assignment
) -> None:
    # Editions before 2016 have no clock.
    Recommendation.objects.filter(pk=row.recommendation_id).update(starts_on="2019-01-01", ends_on=None)
    Assignment.objects.filter(pk=row.pk).update(target_on="2020-01-01")

    def is_shown(**asked: Any) -> bool:
        return row.recommendation.reference in moderator.get("/admin/follow_up/", asked).content.decode()

    for wanted in (
        {}, {"organisation": row.organisation_id}, {"position": "no_answer"}, {"implementation": "no_information"},
        {"closure": "open"}, {"overdue": "yes"}, {"q": row.recommendation.reference},
    ):  # fmt: skip
        assert is_shown(**wanted), wanted
    for other in (
        {"organisation": OrganisationFactory.create().pk}, {"position": "declined"}, {"implementation": "implemented"},
        {"closure": "declined"}, {"q": "hydraulik"},
    ):  # fmt: skip
        assert not is_shown(**other), other


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"moderator", "superuser"}))
def test_nobody_but_a_moderator_records_in_the_admin(cast: Cast, client: Client, row: Assignment, role: str) -> None:
    client.force_login(cast.people[role])

    for name, fields in (
        ("position", POSITION),
        ("report", DONE),
        ("close", {"closure": "unverifiable", "reason": "x"}),
    ):
        assert act(client, row, name, RESOLUTION, **fields).status_code in {302, 403}

    assert not FollowUp.objects.exists()
    assert not Evidence.objects.exists()


def test_a_superuser_who_is_no_moderator_is_refused_by_the_service_itself(
    cast: Cast, client: Client, row: Assignment
) -> None:
    client.force_login(cast.people["superuser"])

    assert act(client, row, "close", closure="unverifiable", reason="Bo tak.").status_code == 422
    assert not FollowUp.objects.exists()


def test_a_taken_back_row_and_an_unknown_one_are_not_there(moderator: Client, row: Assignment) -> None:
    Assignment.objects.filter(pk=row.pk).update(is_withdrawn=True)

    assert moderator.get(f"/admin/follow_up/{row.pk}/").status_code == 404
    assert moderator.get("/admin/follow_up/999999/report/").status_code == 404
