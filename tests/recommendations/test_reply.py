"""A reply on the way: its evidence, its draft, and what a form held when the session was over."""

import random
import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from pagekit.models import CustomDocument
from recommendations.choices import Answer
from recommendations.models import Assignment, FollowUp, ReplyDraft
from recommendations.services import evidence as evidence_services
from recommendations.services.recording import newest_entry
from tests.factories.accounts import PASSWORD
from tests.factories.files import pdf
from tests.factories.pages import make_recommendation
from tests.factories.taxonomy import MandateFactory, OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mandate")]

PROOF = {"evidence_kind": "resolution"}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def address(row: Assignment) -> str:
    return f"/en/moja-instytucja/{row.pk}/"


def answered(row: Assignment, **values: Any) -> dict[str, Any]:
    sound = {
        "seen": newest_entry(row),
        "answer": Answer.IN_PROGRESS,
        "when": "01.11.2025",
        "text": "Otwarto punkt.",
    }
    return sound | values


def document(name: str = "uchwala.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf("Uchwała") if content is None else content)


# --- Evidence


def test_a_file_comes_with_issuer_date_page_and_quotation(official: Client, row: Assignment) -> None:
    about = {
        "evidence_issuer": "Rada Miejska",
        "evidence_issued_on": "03.02.2025",
        "evidence_pages": "s. 4",
        "evidence_quote": "otwiera się punkt",
    }
    data = answered(row, answer=Answer.IMPLEMENTED, evidence_file=document(), **PROOF, **about)
    assert official.post(address(row), data).status_code == 302

    piece = FollowUp.objects.get().evidence.get()
    assert (piece.issuer, str(piece.issued_on), piece.pages) == ("Rada Miejska", "2025-02-03", "s. 4")
    official.logout()
    assert piece.document is not None
    assert official.get(piece.document.url).status_code == 200
    public = official.get(row.recommendation.source_page.url).content.decode()
    assert "otwiera się punkt" in public
    assert "Rada Miejska" in public


def test_a_restricted_file_is_named_with_the_reason_and_taken_by_no_reader(official: Client, row: Assignment) -> None:
    closed = {"evidence_is_restricted": "on", "evidence_restriction_reason": "Dane osobowe"}
    data = answered(row, evidence_file=document(), evidence_citation="Umowa 7", **PROOF, **closed)
    official.post(address(row), data)
    official.logout()

    piece = FollowUp.objects.get().evidence.get()
    assert piece.document is not None
    assert official.get(piece.document.url).status_code == 404
    for role in ("contact", "deputy"):
        official.force_login(MandateFactory.create(organisation=row.organisation, role=role).user)
        assert official.get(piece.document.url).status_code == 200
        assert piece.document.url in official.get(address(row)).content.decode()
    official.logout()
    assert "Dane osobowe" in official.get(row.recommendation.source_page.url).content.decode()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (document(content=b""), "is empty"),
        (document(content=b"<script>"), "not what its ending says"),
        (document("program.exe", b"MZ"), "are not accepted"),
        (document("a" * 201 + ".pdf"), "longer than 200"),
        (document("a.txt", b"a" * (10 * 1024 * 1024 + 1)), "larger than 10 MB"),
    ],
    ids=["empty", "script", "program", "name", "size"],
)
def test_a_file_that_is_not_taken_is_named_with_the_remedy(
    file: SimpleUploadedFile, said: str, official: Client, row: Assignment
) -> None:
    file.seek(0)
    page = official.post(address(row), answered(row, evidence_file=file, **PROOF)).content.decode()

    assert re.search(rf'<a href="#id_evidence_file">[^<]*{said}', page)
    assert "#id_evidence_url" not in page
    assert not CustomDocument.objects.exists()


def test_the_files_of_an_institution_together_have_a_limit(
    official: Client, row: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_services, "INSTITUTION_LIMIT", len(pdf("Uchwała")) + 10)
    assert official.post(address(row), answered(row, evidence_file=document(), **PROOF)).status_code == 302
    again = official.post(address(row), answered(row, evidence_file=document(), **PROOF))

    assert again.status_code == 422
    assert "200 MB together" in again.content.decode()


def test_a_file_of_a_refused_reply_waits_for_the_next_try(official: Client, row: Assignment, tmp_path: Any) -> None:
    page = official.post(address(row), answered(row, evidence_file=document(), text="", **PROOF)).content.decode()
    assert "uchwala.pdf" in page
    assert official.post(address(row), answered(row, **PROOF)).status_code == 302

    taken = FollowUp.objects.get().evidence.get().document
    assert taken is not None
    assert taken.file.read() == pdf("Uchwała")
    assert not ReplyDraft.objects.exists()


def test_a_file_that_waits_can_be_left_out(official: Client, row: Assignment) -> None:
    official.post(address(row), answered(row, evidence_file=document(), text="", **PROOF))
    official.post(address(row), answered(row, drop_file="1"))

    assert not FollowUp.objects.get().evidence.exists()


def test_what_an_answer_does_not_ask_for_counts_for_nothing(official: Client, row: Assignment) -> None:
    official.post(address(row), answered(row))
    leftovers = {"when": "wczoraj", "position": "declined", "evidence_url": "x", "evidence_issued_on": "y"}
    sent = official.post(address(row), answered(row, answer=Answer.NO_CHANGE, text="", **leftovers))

    assert sent.status_code == 302
    assert not FollowUp.objects.order_by("-pk")[0].evidence.exists()


@pytest.mark.law("clock-no-change-twice")
def test_no_change_for_the_second_time_in_a_row_proposes_stalled(official: Client, row: Assignment) -> None:
    proposal = "choose “Stalled” and say why"
    assert official.post(address(row), answered(row)).status_code == 302
    assert proposal not in official.get(address(row)).content.decode()

    assert official.post(address(row), answered(row, answer=Answer.NO_CHANGE, text="")).status_code == 302
    assert proposal in official.get(address(row)).content.decode()

    stalled = answered(row, answer=Answer.STALLED, when=f"{timezone.localdate():%d.%m.%Y}")
    assert official.post(address(row), stalled).status_code == 302
    assert proposal not in official.get(address(row)).content.decode()


# --- A date before what stands already


@pytest.mark.law("order-of-the-log")
@pytest.mark.parametrize("step", [Answer.IN_PROGRESS, Answer.NO_CHANGE])
def test_proof_of_an_earlier_date_is_asked_about_before_it_goes_into_the_history(
    official: Client, row: Assignment, user: User, step: str
) -> None:
    official.post(address(row), answered(row))
    official.post(address(row), answered(row, answer=step, when=f"{timezone.localdate():%d.%m.%Y}"))
    state_day = f"{timezone.localdate():%d.%m.%Y}"
    done = answered(row, answer=Answer.IMPLEMENTED, when="12.2025", evidence_citation="Uchwała 7", **PROOF)

    asked = official.post(address(row), done)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert FollowUp.objects.count() == 2
    assert f"write a date from {state_day} on" in page
    assert "Uchwała 7" in page

    now = official.post(address(row), done | {"when": state_day, **hidden(page)})
    assert now.status_code == 302
    row.refresh_from_db()
    assert row.implementation == "implemented"


def test_a_second_press_records_it_as_history_on_purpose_and_its_proof_waits(official: Client, row: Assignment) -> None:
    official.post(address(row), answered(row, when=f"{timezone.localdate():%d.%m.%Y}"))
    done = answered(row, answer=Answer.IMPLEMENTED, when="12.2025", evidence_citation="Uchwała 7", **PROOF)
    page = official.post(address(row), done).content.decode()
    thanks = official.post(address(row), done | hidden(page), follow=True).content.decode()

    row.refresh_from_db()
    assert (row.implementation, FollowUp.objects.count()) == ("in_progress", 2)
    assert "Saved in the history" in thanks
    waiting = official.get("/en/moja-instytucja/?show=waiting").content.decode()
    assert row.recommendation.reference in waiting


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(later)" value="([^"]*)"', page))


# --- Drafts


def save(client: Client, row: Assignment, **values: Any) -> Any:
    return client.post(f"{address(row)}szkic/", answered(row, **values))


def test_what_is_typed_is_kept_and_stands_in_the_form_again_with_its_time(
    official: Client, row: Assignment, user: User
) -> None:
    response = save(official, row, answer=Answer.STALLED, text="Zaczęte <b>zdanie", when="nie wiem")
    page = official.get(address(row)).content.decode()

    assert response.json()["said"].startswith("Draft saved ")
    assert "Zaczęte &lt;b&gt;zdanie" in page
    assert 'value="nie wiem"' in page
    assert re.search(r'value="stalled"[^>]*checked', page)
    assert "Your draft of" in page
    assert ReplyDraft.objects.get().user == user
    assert not FollowUp.objects.exists()


def test_the_button_keeps_a_draft_without_scripts_and_another_deletes_it(official: Client, row: Assignment) -> None:
    official.post(address(row), answered(row, keep="1", text="Na później", evidence_file=document()))
    draft = ReplyDraft.objects.get()
    assert "Na później" in official.get(address(row)).content.decode()
    assert draft.file_name == "uchwala.pdf"

    official.post(address(row), {"discard": "1"})
    assert "Na później" not in official.get(address(row)).content.decode()
    assert not FollowUp.objects.exists()


def test_the_file_of_a_draft_goes_with_it(
    official: Client, row: Assignment, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    def left_after(**values: Any) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            official.post(address(row), answered(row, **values))
        return len(list((tmp_path / "drafts").iterdir()))

    assert left_after(keep="1", evidence_file=document()) == 1
    assert left_after(keep="1", evidence_file=document("inna.pdf")) == 1
    assert left_after(keep="1") == 1
    assert left_after(discard="1") == 0


def test_a_draft_is_gone_once_the_reply_is_sent_and_what_arrives_late_makes_none(
    official: Client, row: Assignment
) -> None:
    late = answered(row, text="Szkic")
    save(official, row)
    official.post(address(row), answered(row))

    assert not ReplyDraft.objects.exists()
    assert official.post(f"{address(row)}szkic/", late).status_code == 204
    assert not ReplyDraft.objects.exists()


def test_a_second_tab_keeps_nothing_over_the_first_unseen(official: Client, row: Assignment) -> None:
    first, second = ({"tab": name, "draft_at": ""} for name in "ab")
    assert save(official, row, text="Z pierwszej karty", **first).status_code == 200
    assert save(official, row, text="Z pierwszej karty, dalej", **first).status_code == 200

    refused = save(official, row, text="Z drugiej karty", **second)
    assert (refused.status_code, "another tab" in refused.json()["error"]) == (409, True)
    both = official.post(address(row), answered(row, keep="1", text="Z drugiej karty", **second))
    page = both.content.decode()
    assert both.status_code == 409
    assert ("Z pierwszej karty, dalej" in page, "Z drugiej karty" in page) == (True, True)
    assert ReplyDraft.objects.get().data["text"] == "Z pierwszej karty, dalej"

    marks = dict(re.findall(r'name="(tab|draft_at)" value="([^"]*)"', page))
    assert official.post(address(row), answered(row, keep="1", text="Z drugiej karty", **marks)).status_code == 302
    assert ReplyDraft.objects.get().data["text"] == "Z drugiej karty"


def test_a_draft_is_seen_by_nobody_else(official: Client, row: Assignment, client: Client) -> None:
    save(official, row, text="Kanarek szkicu")
    deputy = MandateFactory.create(organisation=row.organisation, role="deputy").user
    client.force_login(deputy)

    for path in (address(row), "/en/moja-instytucja/", row.recommendation.source_page.url):
        assert "Kanarek szkicu" not in client.get(path).content.decode()


def test_nobody_keeps_a_draft_on_an_item_of_another_institution(official: Client, client: Client) -> None:
    other = make_recommendation().assignments.get()
    assert save(official, other).status_code == 404
    client.logout()
    assert save(client, other).status_code == 401
    assert not ReplyDraft.objects.exists()


def test_a_draft_has_a_limit_and_says_so(official: Client, row: Assignment) -> None:
    assert save(official, row, text="a" * 20_001).status_code == 409
    assert "20,000" in official.post(address(row), answered(row, text="a" * 20_001)).content.decode()


# --- The session is over


def sign_in(client: Client, user: User, page: str, password: str = PASSWORD) -> Any:
    fields = dict(re.findall(r'<input type="hidden" name="(next|kept)" value="([^"]*)"', page))
    return client.post("/en/sign-in/", {"username": user.username, "password": password} | fields)


def test_what_is_sent_after_the_session_is_over_stands_in_the_form_after_the_sign_in(
    client: Client, row: Assignment, user: User
) -> None:
    refused = client.post(address(row), answered(row, text="Nie zginie"))
    assert refused.status_code == 403
    assert "not lost" in refused.content.decode()
    wrong = sign_in(client, user, refused.content.decode(), password="nie to")
    signed_in = sign_in(client, user, wrong.content.decode())

    assert signed_in.headers["Location"] == address(row)
    page = client.get(address(row)).content.decode()
    assert "Nie zginie" in page
    assert not FollowUp.objects.exists()
    assert ReplyDraft.objects.get().user == user


def test_the_answer_that_was_chosen_outlives_the_sign_in(client: Client, row: Assignment) -> None:
    sent = client.get(f"{address(row)}?answer=implemented")

    assert unquote(sent.headers["Location"]).endswith(f"?next={address(row)}?answer=implemented")


def test_what_was_kept_reaches_no_item_that_the_person_may_not_answer(client: Client, row: Assignment) -> None:
    refused = client.post(address(row), answered(row, text="Nie zginie"))
    stranger = MandateFactory.create().user
    sign_in(client, stranger, refused.content.decode())

    assert client.get(address(row)).status_code == 404
    assert not ReplyDraft.objects.exists()


@pytest.mark.parametrize("sealed", ["", "x", "a:b:c", "{}" * 300_000])
def test_what_is_forged_into_the_sign_in_is_nothing(sealed: str, client: Client, row: Assignment, user: User) -> None:
    data = {"username": user.username, "password": PASSWORD, "next": address(row), "kept": sealed}

    assert client.post("/en/sign-in/", data).status_code == 302
    assert client.get(address(row)).status_code == 200
    assert not ReplyDraft.objects.exists()


def test_files_cannot_be_carried_and_the_page_says_so(client: Client, row: Assignment) -> None:
    page = client.post(address(row), answered(row, evidence_file=document())).content.decode()

    assert "Only the file" in page


def test_what_is_too_long_to_be_carried_is_said_before_the_sign_in(client: Client, row: Assignment) -> None:
    noise = random.Random(1).randbytes(300_000).hex()
    page = client.post(address(row), answered(row, text=noise)).content.decode()

    assert "too long to be kept" in page
    assert 'name="kept"' not in page


# --- Who answers for whom


def test_the_body_a_unit_is_a_part_of_answers_for_it_in_its_own_name(client: Client) -> None:
    city = OrganisationFactory.create()
    unit = OrganisationFactory.create(parent=city)
    asked = make_recommendation(addressees=[unit]).assignments.get()
    client.force_login(MandateFactory.create(organisation=city).user)

    assert "which this institution is a part of" in client.get(address(asked)).content.decode()
    assert client.post(address(asked), answered(asked)).status_code == 302
    assert FollowUp.objects.get().declared_by == city


def test_a_unit_sees_nothing_of_the_body_above_it_nor_of_another_unit(client: Client) -> None:
    city = OrganisationFactory.create()
    rows = [
        make_recommendation(addressees=[body]).assignments.get()
        for body in (city, OrganisationFactory.create(parent=city))
    ]
    client.force_login(MandateFactory.create(organisation=OrganisationFactory.create(parent=city)).user)

    for asked in rows:
        assert client.get(address(asked)).status_code == 404
        assert client.post(address(asked), answered(asked)).status_code == 404
        assert save(client, asked).status_code == 404
    assert not FollowUp.objects.exists()
