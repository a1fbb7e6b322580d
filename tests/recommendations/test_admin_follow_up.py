"""A moderator's acts in the admin: they call the services, say refusals at the form and lose nothing typed."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from recommendations.forms import LARGEST_ID
from recommendations.models import Assessment, Assignment, Evidence, FollowUp, Recommendation, RecommendationPage
from recommendations.services.evidence import EvidenceData
from recommendations.services.follow_up import record_letter, record_position, record_report
from recommendations.services.recording import newest_entry
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_assignment
from tests.factories.roles import ROLES, Cast, kept_cast
from tests.factories.taxonomy import MandateFactory, OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


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


SEEN_ALL = {"seen": LARGEST_ID, "judged": LARGEST_ID}


def with_evidence(*pieces: dict[str, Any], **fields: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {
        "evidence-TOTAL_FORMS": max(2, len(pieces)),
        "evidence-INITIAL_FORMS": 0,
        **SEEN_ALL,
        **fields,
    }
    for number, piece in enumerate(pieces):
        sent |= {f"evidence-{number}-{name}": value for name, value in piece.items()}
    return sent


RESOLUTION = {"kind": "resolution", "url": "https://example.org/uchwala"}
POSITION = {"position": "accepted", "when": "3.2020", "basis": "own_statement", "text": "Miasto przyjmuje.", "seen": 0}
DONE = {"implementation": "implemented", "when": "2021", "basis": "own_statement", "text": "Zrobione.", "seen": 0}

CONFIRMED: dict[str, Any] = {
    "finding": "confirms",
    "text": "Uchwała obowiązuje.",
    "assessed_on": f"{timezone.localdate()}",
    "checked": ["opened", "same", "dated", "enough"],
}


def own_words(row: Assignment, **values: Any) -> dict[str, Any]:
    """What an official of the row's institution says, with one piece of evidence."""
    return {
        "recorded_by": MandateFactory.create(organisation=row.organisation).user,
        "basis": "own_statement",
        "refers_on": dt.date(2020, 3, 1),
        "text": "Zrobione.",
        "evidence": [EvidenceData(kind="web_page", url="https://example.org/strona")],
    } | values


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


@pytest.mark.parametrize("name", ["close", "not-ours", "whole"])
def test_nothing_is_closed_over_an_answer_that_arrived_after_the_form_was_opened(
    moderator: Client, row: Assignment, name: str
) -> None:
    record_position(row, position="not_competent", competent_body=OrganisationFactory.create(), **own_words(row))
    place = f"whole/{row.recommendation_id}/close" if name == "whole" else f"{row.pk}/{name}"
    url = f"/admin/follow_up/{place}/"
    opened = moderator.get(url).context["form"]
    typed = {"closure": "no_longer_applicable", "reason": "Ustawa uchylona.", "judged": 0}
    record_position(row, position="accepted", **own_words(row, text="Jednak zrobimy."))

    late = moderator.post(url, with_evidence(**typed | {"seen": opened["seen"].value()}))

    row.refresh_from_db()
    assert (late.status_code, row.closure) == (422, "")
    assert ("Jednak zrobimy." in late.content.decode(), "Ustawa uchylona." in late.content.decode()) == (True, True)
    assert int(late.context["form"]["seen"].value()) == newest_entry(row)


def test_the_second_moderator_who_asks_back_is_told_of_the_first(moderator: Client, row: Assignment) -> None:
    entry = record_report(row, implementation="implemented", **own_words(row))
    url = f"/admin/follow_up/entry/{entry.pk}/assess/"
    opened = moderator.get(url).context["form"].initial
    asked = {"finding": "returned", "assessed_on": f"{timezone.localdate()}"}
    moderator.post(url, with_evidence(**asked | opened | {"text": "Której uchwały?"}))

    late = moderator.post(url, with_evidence(**asked | opened | {"text": "Z jakiego dnia?"}))
    text = late.content.decode()

    assert ("Której uchwały?" in text, "Z jakiego dnia?" in text) == (True, True)
    assert Assessment.objects.count() == 1
    again = {name: late.context["form"][name].value() for name in ("seen", "judged")}
    assert moderator.post(url, with_evidence(**asked | again | {"text": "Z jakiego dnia?"})).status_code == 302


def test_who_recorded_a_claim_does_not_verify_it_and_another_moderator_does(
    moderator: Client, row: Assignment, cast: Cast
) -> None:
    act(moderator, row, "report", RESOLUTION, **DONE)
    entry = row.follow_ups.get()
    url = f"/admin/follow_up/entry/{entry.pk}/assess/"
    found = with_evidence(RESOLUTION, **CONFIRMED)

    own = moderator.post(url, found)
    moderator.force_login(UserFactory.create(groups=["Moderatorzy"]))
    others = moderator.post(url, found)

    row.refresh_from_db()
    assert "Ask another moderator" in own.content.decode()
    assert others.status_code == 302
    assert Assessment.objects.get().finding == "confirms"
    assert row.is_confirmed


def test_a_claim_is_confirmed_after_the_whole_checklist_only(moderator: Client, row: Assignment, cast: Cast) -> None:
    entry = record_report(row, implementation="implemented", **own_words(row))
    url = f"/admin/follow_up/entry/{entry.pk}/assess/"

    for left_out in CONFIRMED["checked"]:
        checked = [name for name in CONFIRMED["checked"] if name != left_out]
        response = moderator.post(url, with_evidence(RESOLUTION, **(CONFIRMED | {"checked": checked})))
        assert (response.status_code, Assessment.objects.count()) == (422, 0)
        assert "Checklist: not done" in response.content.decode()
    contradicted = CONFIRMED | {"finding": "contradicts", "checked": []}
    answer = moderator.post(url, with_evidence(RESOLUTION, **contradicted), follow=True)
    assert "until then the institution may reply" in answer.content.decode()


def test_a_claim_is_asked_back_with_a_question_and_nothing_moves(moderator: Client, row: Assignment) -> None:
    entry = record_report(row, implementation="implemented", **own_words(row))
    url = f"/admin/follow_up/entry/{entry.pk}/assess/"
    asked = {
        "finding": "returned",
        "text": "Której uchwały dotyczy odpowiedź?",
        "assessed_on": f"{timezone.localdate()}",
    }

    assert "Ask another" not in moderator.get(url).content.decode()
    assert moderator.post(url, with_evidence(**asked)).status_code == 302

    row.refresh_from_db()
    found = Assessment.objects.get()
    assert (found.finding, found.public_from) == ("returned", timezone.localdate())
    assert (row.implementation, row.is_confirmed, row.is_disputed) == ("implemented", False, False)


def test_what_was_verified_is_offered_to_be_checked_again_and_not_to_be_confirmed(
    moderator: Client, row: Assignment
) -> None:
    entry = record_report(row, implementation="implemented", **own_words(row))
    url = f"/admin/follow_up/entry/{entry.pk}/assess/"
    first = moderator.get(url).context["form"].fields["finding"].choices
    moderator.post(url, with_evidence(RESOLUTION, **CONFIRMED))
    again = moderator.get(url).context["form"].fields["finding"].choices

    assert [value for value, _label in first] == ["", "confirms", "returned", "contradicts"]
    assert [value for value, _label in again] == ["", "holds", "weakened", "contradicts"]
    weakened = {"finding": "weakened", "text": "Uchylono część.", "assessed_on": f"{timezone.localdate()}"}
    assert moderator.post(url, with_evidence(**weakened)).status_code == 302
    row.refresh_from_db()
    assert (row.implementation, row.is_confirmed) == ("implemented", False)


@pytest.mark.law("close-without-answer")
def test_letters_and_silence_are_recorded_with_their_days_and_climb_the_ladder(
    moderator: Client, row: Assignment
) -> None:
    def send(name: str, sent: str, **fields: Any) -> Any:
        seen = newest_entry(row)
        return act(moderator, row, name, seen=seen, refers_on=sent, **({"text": "Pismo do urzędu."} | fields))

    assert "Nobody was asked yet" in send("silence", "2024-01-01").content.decode()
    assert send("letter", "2024-01-01").status_code == 302
    row.refresh_from_db()
    assert timezone.localdate(row.notified_at) == dt.date(2024, 1, 1)
    assert "two more letters" in send("silence", "2024-07-01").content.decode()
    assert send("letter", "2024-05-01").status_code == 302
    assert send("letter", "2024-05-31").status_code == 302
    closing = {"closure": "without_answer", "reason": "Nie odpowiedziano na trzy pisma."}
    assert "reply ladder finished" in act(moderator, row, "close", **closing).content.decode()
    assert send("silence", "2024-06-30", text="").status_code == 302
    assert act(moderator, row, "close", **closing).status_code == 302

    kinds = list(row.follow_ups.in_order().values_list("kind", flat=True))
    assert kinds == ["letter", "letter", "letter", "silence", "closure"]
    page = moderator.get(RecommendationPage.objects.get(title="Opublikowana").url).content.decode()
    assert "our letter to the addressee" in page
    assert "our own note: nothing reached us" in page


@pytest.mark.law("clock-start")
def test_a_first_letter_to_a_group_or_by_an_import_starts_no_clock(cast: Cast) -> None:
    importer = User.objects.get(username="import")
    by_import = make_assignment(parent=cast.own_group, title="A", addressees=[OrganisationFactory.create()])
    to_group = make_assignment(
        parent=cast.own_group, title="B", addressees=[OrganisationFactory.create(collective=True)]
    )
    for row, user in [(by_import, importer), (to_group, cast.people["moderator"])]:
        record_letter(
            row, recorded_by=user, basis="published_source", refers_on=dt.date(2024, 1, 1), text="Wysłano pismo."
        )
        row.refresh_from_db()
        assert row.notified_at is None


@pytest.mark.law("not-ours-accepted")
def test_not_ours_is_accepted_on_one_screen_and_the_body_named_is_asked(moderator: Client, row: Assignment) -> None:
    body = OrganisationFactory.create(label_pl="Powiat wrocławski")
    said = own_words(row, text="To sprawa powiatu.") | {"position": "not_competent", "competent_body": body}
    assert "not-ours" not in moderator.get(f"/admin/follow_up/{row.pk}/").content.decode()
    record_position(row, **said)

    screen = moderator.get(f"/admin/follow_up/{row.pk}/not-ours/").content.decode()
    assert f"/admin/follow_up/{row.pk}/not-ours/" in moderator.get(f"/admin/follow_up/{row.pk}/").content.decode()
    assert ("Powiat wrocławski" in screen, "To sprawa powiatu." in screen) == (True, True)
    assert f"/admin/follow_up/entry/{row.follow_ups.get().pk}/assess/" in screen
    assert (
        moderator.post(
            f"/admin/follow_up/{row.pk}/not-ours/", {"reason": "Ustawa o powiatach.", **SEEN_ALL}
        ).status_code
        == 302
    )

    row.refresh_from_db()
    opened = row.recommendation.assignments.get(organisation=body)
    assert (row.closure, opened.closure, opened.named_by) == ("not_competent", "", row)


def test_the_whole_recommendation_is_closed_on_one_screen_all_or_nothing(moderator: Client, cast: Cast) -> None:
    bodies = [OrganisationFactory.create(label_pl=name) for name in ("Miasto", "Powiat")]
    row = make_assignment(parent=cast.own_group, title="Opublikowana", addressees=bodies)
    url = f"/admin/follow_up/whole/{row.recommendation_id}/close/"

    screen = moderator.get(url)
    refused = moderator.post(url, with_evidence(closure="declined", reason="Odmowa."))
    assert all(body.label_pl in screen.content.decode() for body in bodies)
    assert "not_competent" not in dict(screen.context["form"].fields["closure"].choices)
    assert (refused.status_code, FollowUp.objects.count()) == (422, 0)
    assert moderator.post(url, with_evidence(closure="unverifiable", reason="Źródła zniknęły.")).status_code == 302

    assert FollowUp.objects.values("act").distinct().count() == 1
    assert set(row.recommendation.assignments.values_list("closure", flat=True)) == {"unverifiable"}
    assert moderator.get(url).status_code == 404


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
