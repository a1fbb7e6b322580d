"""The link of a mail: what it opens, as whom it answers, when it ends, and that it stays a secret."""

import datetime as dt
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.log_lines import JsonLines
from notices import rules
from notices.choices import Act, Ending, Kind
from notices.models import MailPreference, Message, ReplyLink, ReplyLinkUse
from notices.services.delivery import send_waiting
from notices.services.reminders import plan_reminders, queue_reminders
from notices.services.reply_links import Hold, find_link, hold_of, revoke_links, token_of
from recommendations.choices import Closure
from recommendations.models import Assignment, FollowUp, ReplyDraft
from recommendations.services import follow_up
from taxonomy.models import Mandate
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.notices.conftest import MONDAY, asked, contact_of, moderator
from tests.notices.sink import Sink, body_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def row() -> Assignment:
    return asked(due=MONDAY)


@pytest.fixture
def link(row: Assignment) -> ReplyLink:
    """The link of the mail to the one contact, about one item."""
    contact_of(row)
    return mailed()


def mailed() -> ReplyLink:
    queue_reminders(plan_reminders(MONDAY))
    return ReplyLink.objects.latest("pk")


def page(link: ReplyLink, *rest: str) -> str:
    return "/".join(["/en/odpowiedz", token_of(link), *rest, ""])


def answer(**values: Any) -> dict[str, Any]:
    return {"seen": 0, "answer": "in_progress", "when": "01.11.2026", "text": "Otwarto punkt.", **values}


def state_of_everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Assignment, FollowUp, ReplyLink, MailPreference, Message, Mandate)
    ]


def test_the_link_of_the_mail_leads_from_the_mail_to_the_answer(sink: Sink, client: Client, row: Assignment) -> None:
    mandate = contact_of(row)
    queue_reminders(plan_reminders(MONDAY))
    send_waiting()
    found = re.search(r"https://rekomendacje\.example\.org(/odpowiedz/\S+)", body_of(sink.letters[0], "plain"))
    assert found
    listed = client.get(found[1]).content.decode()
    form = re.search(r'href="(/odpowiedz/[^"?]+/\d+/)\?answer=in_progress"', listed)
    assert form
    assert client.get(f"{form[1]}?answer=in_progress").status_code == 200

    thanks = client.post(form[1], answer(), follow=True)

    entry = FollowUp.objects.get()
    assert (entry.recorded_by, entry.declared_by) == (mandate.user, row.organisation)
    assert "Thank you. Everything that the mail asked about is answered." in thanks.content.decode()


@pytest.mark.law("clock-reply")
def test_opening_changes_nothing_but_the_log_of_uses(client: Client, link: ReplyLink, row: Assignment) -> None:
    before = state_of_everything()
    for path in (page(link), page(link, str(row.pk)), page(link, str(row.pk)) + "?answer=implemented"):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    for act in ("przerwa", "to-nie-ja"):
        assert client.get(page(link, act)).status_code == 405

    assert state_of_everything() == before
    assert list(ReplyLinkUse.objects.values_list("link", "act")) == [(link.pk, Act.OPENED)] * 3


def test_it_shows_exactly_the_items_of_its_mail_and_institution(client: Client, row: Assignment) -> None:
    mandate = contact_of(row)
    other = asked(OrganisationFactory.create(label_pl="Zupełnie inny urząd"), due=MONDAY)
    MandateFactory.create(user=mandate.user, organisation=other.organisation)
    queue_reminders(plan_reminders(MONDAY))
    later = asked(row.organisation, due=MONDAY + dt.timedelta(days=300))
    link = ReplyLink.objects.get(mandate=mandate)
    text = client.get(page(link)).content.decode()

    assert row.recommendation.reference in text
    assert other.recommendation.reference not in text
    assert later.recommendation.reference not in text
    for foreign in (other, later):
        path = page(link, str(foreign.pk))
        assert client.get(path).status_code == 404
        assert client.post(path, answer()).status_code == 404
    assert not FollowUp.objects.exists()


def test_an_answer_needs_no_cookie_and_no_proof_of_origin(link: ReplyLink, row: Assignment) -> None:
    # With no referrer a browser sends "Origin: null", which Django's own proof refuses.
    stranger = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    response = stranger.post(page(link, str(row.pk)), answer())

    assert response.status_code == 302
    assert FollowUp.objects.count() == 1


def test_whoever_is_signed_in_the_link_answers_as_its_mandate(client: Client, link: ReplyLink, row: Assignment) -> None:
    client.force_login(UserFactory.create())
    client.post(page(link, str(row.pk)), answer())

    assert FollowUp.objects.get().recorded_by == link.mandate.user


def test_an_error_keeps_what_was_typed_and_records_nothing(client: Client, link: ReplyLink, row: Assignment) -> None:
    response = client.post(page(link, str(row.pk)), answer(answer="implemented", text="Otwarto punkt."))

    assert response.status_code == 422
    assert "Otwarto punkt." in response.content.decode()
    assert f'action="{page(link, str(row.pk))}"' in response.content.decode()
    assert not FollowUp.objects.exists()


def test_after_an_error_the_text_and_its_file_wait_behind_this_link_alone(
    client: Client, link: ReplyLink, row: Assignment, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    user = link.mandate.user
    ReplyDraft.objects.create(user=user, assignment=row, data={"text": "Kanarek konta"})
    typed = answer(answer="implemented", evidence_file=SimpleUploadedFile("uchwała.pdf", pdf("Uchwała")))
    failed = client.post(page(link, str(row.pk)), typed)
    assert failed.status_code == 422
    assert "“uchwała.pdf” is kept" in failed.content.decode()

    opened = client.get(page(link, str(row.pk))).content.decode()
    assert "Otwarto punkt." in opened
    assert "“uchwała.pdf” is kept" in opened
    assert "Kanarek" not in opened
    client.force_login(user)
    assert "Otwarto punkt." not in client.get(f"/moja-instytucja/{row.pk}/").content.decode()

    client.post(page(link, str(row.pk)), answer(answer="implemented", evidence_kind="resolution"))
    piece = FollowUp.objects.get().evidence.get()
    assert piece.document is not None
    assert piece.document.title == "uchwała.pdf"
    assert [draft.way for draft in ReplyDraft.objects.all()] == [""]


def test_what_waits_behind_a_link_goes_once_the_item_is_answered_by_account(
    client: Client, link: ReplyLink, row: Assignment
) -> None:
    client.post(page(link, str(row.pk)), answer(answer="implemented"))
    assert ReplyDraft.objects.get().way
    client.force_login(link.mandate.user)
    client.post(f"/en/moja-instytucja/{row.pk}/", answer())

    assert FollowUp.objects.count() == 1
    assert not ReplyDraft.objects.exists()


def test_a_file_that_waits_is_left_out_on_demand(
    client: Client, link: ReplyLink, row: Assignment, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.post(
        page(link, str(row.pk)), answer(answer="implemented", evidence_file=SimpleUploadedFile("a.pdf", pdf("Uchwała")))
    )

    assert client.post(page(link, str(row.pk)), answer(drop_file="1")).status_code == 302
    assert not FollowUp.objects.get().evidence.exists()
    assert not ReplyDraft.objects.exists()


def test_who_was_overtaken_is_told_and_shown_both_texts(client: Client, link: ReplyLink, row: Assignment) -> None:
    boss = moderator()
    follow_up.record_note(row, text="Nagroda.", recorded_by=boss, basis="published_source", refers_on=MONDAY)
    response = client.post(page(link, str(row.pk)), answer())

    assert response.status_code == 409
    assert "Nagroda." in response.content.decode()
    assert "Otwarto punkt." in response.content.decode()
    assert FollowUp.objects.count() == 1


def test_every_use_is_noted_with_the_entry_it_made(client: Client, link: ReplyLink, row: Assignment) -> None:
    client.get(page(link))
    client.post(page(link, str(row.pk)), answer(text=""))
    client.post(page(link, str(row.pk)), answer())

    assert list(link.uses.order_by("pk").values_list("act", "entry")) == [
        (Act.OPENED, None),
        (Act.REFUSED, None),
        (Act.ANSWERED, FollowUp.objects.get().pk),
    ]


@pytest.mark.law("clock-reply")
def test_a_link_lives_until_all_its_items_are_answered_on_whatever_way(client: Client, row: Assignment) -> None:
    mandate = contact_of(row)
    other = asked(row.organisation, due=MONDAY)
    link = mailed()
    thanks = client.post(page(link, str(row.pk)), answer(), follow=True).content.decode()
    assert "Thank you. Answered: 1 of 2" in thanks
    assert hold_of(link) == Hold.OPEN
    assert client.post(page(link, str(row.pk)), answer(seen=FollowUp.objects.get().pk)).status_code == 302
    assert FollowUp.objects.count() == 1

    follow_up.record_position(
        other, position="noted", text="Tak.", recorded_by=mandate.user, basis="own_statement", refers_on=MONDAY
    )

    assert hold_of(link) == Hold.ANSWERED
    assert client.get(page(link)).status_code == 200
    assert client.post(page(link, str(other.pk)), answer()).status_code == 302
    assert FollowUp.objects.count() == 2


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("35 days", "valid for 35 days"),
        ("mandate", "no longer answer"),
        ("account", "no longer answer"),
        ("revoked", "was revoked"),
        ("disowned", "wrong person"),
    ],
)
def test_a_link_that_has_ended_says_why_and_answers_nothing(
    end: str, sentence: str, client: Client, link: ReplyLink, row: Assignment, now: time_machine.Traveller
) -> None:
    path = page(link, str(row.pk))
    if end == "35 days":
        now.shift(rules.LINK_LIFE)
    elif end == "mandate":
        Mandate.objects.update(ends_on=MONDAY - dt.timedelta(days=1))
    elif end == "account":
        type(link.mandate.user).objects.update(is_active=False)
    elif end == "revoked":
        assert revoke_links(link.mandate.user) == 1
    else:
        client.post(page(link, "to-nie-ja"))

    for response in (client.get(page(link)), client.get(path), client.post(path, answer())):
        assert response.status_code == 410
        assert sentence in response.content.decode()
    assert client.post(page(link, "przerwa"), {"until": "2026-12-24"}).status_code == 410
    assert not FollowUp.objects.exists()


@pytest.mark.law("clock-reply")
def test_a_link_holds_to_the_last_second_of_its_35_days(link: ReplyLink) -> None:
    over = link.created_at + rules.LINK_LIFE

    assert hold_of(link, over - dt.timedelta(seconds=1)) == Hold.OPEN
    assert hold_of(link, over) == Hold.OVER


def test_a_mandate_that_ends_while_somebody_writes_ends_the_link(
    client: Client, link: ReplyLink, row: Assignment
) -> None:
    assert client.get(page(link, str(row.pk))).status_code == 200
    Mandate.objects.update(ends_on=MONDAY - dt.timedelta(days=1))

    assert client.post(page(link, str(row.pk)), answer()).status_code == 410


@pytest.mark.parametrize("hidden", ["unpublished", "withdrawn", "closed"])
def test_what_can_no_longer_be_answered_is_not_offered(
    hidden: str, client: Client, link: ReplyLink, row: Assignment
) -> None:
    asked_too = row.recommendation
    if hidden == "unpublished":
        asked_too.source_page.unpublish()
    elif hidden == "withdrawn":
        Assignment.objects.update(is_withdrawn=True)
    else:
        follow_up.close(row, closure=Closure.UNVERIFIABLE, reason="x", recorded_by=moderator())
    before = FollowUp.objects.count()

    client.post(page(link, str(row.pk)), answer())

    assert FollowUp.objects.count() == before


@pytest.mark.law("clock-reply")
def test_a_forged_token_opens_nothing(client: Client, link: ReplyLink, row: Assignment) -> None:
    number, signature = token_of(link).split(".")
    other = mailed_to_another()
    forged = [
        "",
        number,
        f"{number}.",
        f"{number}.{signature[:-1]}",
        f"{number}.{signature}x",
        f"{other.pk}.{signature}",
        f"{number}.{token_of(other).split('.')[1]}",
        f"{'9' * 30}.{signature}",
        f"-{number}.{signature}",
        f"²{number}.{signature}",
        Signer(sep=".").sign(number),
    ]

    assert [token for token in forged if find_link(token) is not None] == []
    for token in forged[1:]:
        assert client.get(f"/en/odpowiedz/{token}/").status_code == 404
        assert client.post(f"/en/odpowiedz/{token}/{row.pk}/", answer()).status_code == 404
    assert not FollowUp.objects.exists()


def mailed_to_another() -> ReplyLink:
    contact_of(asked(due=MONDAY))
    return mailed()


def test_a_number_that_is_given_anew_opens_nothing_with_an_old_mail(link: ReplyLink) -> None:
    token = token_of(link)
    ReplyLink.objects.filter(pk=link.pk).update(nonce="another")

    assert find_link(token) is None


@pytest.mark.law("clock-not-me")
def test_it_is_not_me_ends_the_link_and_tells_the_moderators_once(
    sink: Sink, client: Client, link: ReplyLink, row: Assignment
) -> None:
    chief = moderator()
    Message.objects.update(sent_at=timezone.now())
    response = client.post(page(link, "to-nie-ja"))
    client.post(page(link, "to-nie-ja"))

    assert response.status_code == 200
    assert "The moderators are told" in response.content.decode()
    link.refresh_from_db()
    assert link.ending == Ending.NOT_ME
    assert chief.mails.filter(kind=Kind.NOT_ME).count() == 1
    send_waiting()
    text = body_of(sink.letters[0], "plain")
    assert link.mandate.user.username in text
    assert str(row.organisation) in text
    assert plan_reminders(MONDAY + dt.timedelta(days=30)).digests == ()


@pytest.mark.law("clock-not-me")
def test_a_pause_holds_mails_back_until_its_day(client: Client, link: ReplyLink) -> None:
    response = client.post(page(link, "przerwa"), {"until": "2026-12-14"})

    assert response.status_code == 200
    assert "14 December 2026" in response.content.decode()
    assert MailPreference.objects.get(user=link.mandate.user).paused_until == dt.date(2026, 12, 14)
    assert link.uses.filter(act=Act.PAUSED).count() == 1
    assert hold_of(link) == Hold.OPEN


@pytest.mark.parametrize("until", ["", "jutro", "2026-11-23", "2027-05-23", "99999-01-01"])
def test_a_pause_that_cannot_be_is_refused_at_its_field(until: str, client: Client, link: ReplyLink) -> None:
    response = client.post(page(link, "przerwa"), {"until": until})

    assert response.status_code == 422
    assert 'class="error"' in response.content.decode()
    assert not MailPreference.objects.exists()


def test_a_link_is_used_only_so_often_in_a_minute(
    client: Client, link: ReplyLink, row: Assignment, now: time_machine.Traveller
) -> None:
    codes = [client.get(page(link)).status_code for _ in range(rules.USES_A_MINUTE + 2)]
    assert codes == [200] * rules.USES_A_MINUTE + [429, 429]
    refused = client.post(page(link, str(row.pk)), answer())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")

    now.shift(dt.timedelta(seconds=61))

    assert client.post(page(link, str(row.pk)), answer()).status_code == 302


# --- It stays a secret


def test_no_answer_of_a_link_is_stored_indexed_or_passed_on(client: Client, link: ReplyLink, row: Assignment) -> None:
    responses = [
        client.get(page(link)),
        client.get(page(link, str(row.pk))),
        client.post(page(link, str(row.pk)), answer(text="")),
        client.post(page(link, str(row.pk)), answer()),
        client.post(page(link, "to-nie-ja")),
        client.get(page(link)),
    ]
    assert [response.status_code for response in responses] == [200, 200, 422, 302, 200, 410]
    for response in responses:
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        if response.status_code != 302:
            head = response.content.decode().partition("</head>")[0]
            assert token_of(link) not in head
            assert 'name="robots" content="noindex' in head


def test_the_log_of_the_site_shows_only_the_number_of_a_link(
    client: Client, link: ReplyLink, row: Assignment, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("django").propagate = True
    try:
        with caplog.at_level(logging.WARNING):
            client.post(page(link, str(row.pk)), answer(text=""))
    finally:
        logging.getLogger("django").propagate = False
    lines = [JsonLines().format(record) for record in caplog.records]

    assert any(f"/odpowiedz/{link.pk}/{row.pk}/" in json.loads(line)["message"] for line in lines)
    assert token_of(link).split(".")[1] not in "".join(lines)


def test_the_page_of_a_link_asks_as_often_for_eight_items_as_for_two(client: Client) -> None:
    counts = []
    for number in (2, 8):
        body = OrganisationFactory.create()
        MandateFactory.create(organisation=body)
        for _ in range(number):
            asked(body, due=MONDAY)
        path = page(mailed())
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 20


def test_the_addresses_are_those_of_the_language(link: ReplyLink) -> None:
    assert reverse("reply_link", args=[token_of(link)]).startswith("/odpowiedz/")
