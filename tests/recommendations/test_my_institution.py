"""The official's pages: only what the mandate opens, every answer, every error at its field, nothing typed is lost."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from recommendations.choices import Answer, Implementation, Position
from recommendations.models import Assignment, FollowUp
from recommendations.services import assessing, recording
from recommendations.services import follow_up as services
from recommendations.services.evidence import EvidenceData
from recommendations.services.reply import answers_for
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_recommendation
from tests.factories.taxonomy import MandateFactory, OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mandate")]

PAGE = "/en/moja-instytucja/"


def address(row: Assignment) -> str:
    return f"{PAGE}{row.pk}/"


def answered(row: Assignment, **values: Any) -> dict[str, Any]:
    sound = {
        "seen": recording.newest_entry(row),
        "answer": Answer.IN_PROGRESS,
        "when": "01.11.2025",
        "text": "Otwarto punkt.",
    }
    return sound | values


def test_whoever_is_not_signed_in_is_sent_to_the_door(client: Client, row: Assignment) -> None:
    for path in (PAGE, address(row)):
        response = client.get(path)
        assert response.status_code == 302
        assert "sign-in" in response.headers["Location"]


def test_without_a_mandate_the_page_says_so(client: Client) -> None:
    client.force_login(UserFactory.create())

    assert "holds no mandate" in client.get(PAGE).content.decode()


def test_the_page_lists_what_the_institution_is_asked(official: Client, row: Assignment) -> None:
    other = make_recommendation(title="Cudza sprawa")
    page = official.get(PAGE).content.decode()

    assert "1 open of 1 request" in page
    assert row.recommendation.reference in page
    assert "Waiting for a first answer" in page
    assert "Cudza sprawa" not in page
    assert other.assignments.count() == 1


def test_a_body_that_is_asked_nothing_is_named(client: Client) -> None:
    mandate = MandateFactory.create()
    client.force_login(mandate.user)
    page = client.get(PAGE).content.decode()

    assert str(mandate.organisation) in page
    assert "Nothing is asked" in page


def test_what_is_overdue_comes_first_and_what_is_closed_last(official: Client, row: Assignment, user: User) -> None:
    forum = row.recommendation.forum or row.recommendation.working_group
    assert forum is not None
    rows = [
        make_recommendation(title=title, addressees=[row.organisation]).assignments.get()
        for title in ("Zamknięta", "W toku", "Po terminie")
    ]
    moderator = UserFactory.create(groups=["Moderatorzy"])
    services.close(rows[0], closure="unverifiable", reason="x", recorded_by=moderator)
    said: dict[str, Any] = {
        "recorded_by": user,
        "basis": "own_statement",
        "refers_on": dt.date(2026, 1, 1),
        "text": "x",
    }
    services.record_report(rows[1], implementation=Implementation.STALLED, **said)
    Assignment.objects.filter(pk=rows[2].pk).update(target_on=dt.date(2020, 1, 1))
    type(rows[2].recommendation).objects.filter(pk=rows[2].recommendation_id).update(starts_on="2020-01-01")
    page = official.get(PAGE + "?show=all").content.decode()

    places = [page.index(title) for title in ("Po terminie", row.recommendation.reference, "W toku", "Zamknięta")]
    assert places == sorted(places)
    assert "1 is overdue" in page
    assert "3 open of 4 requests" in page


@pytest.mark.parametrize("hide", ["other", "unpublished", "withdrawn", "expired mandate", "unknown", "huge"])
def test_what_is_not_the_institutions_own_public_item_does_not_exist(
    hide: str, official: Client, row: Assignment, user: User
) -> None:
    path = address(row)
    if hide == "other":
        path = address(make_recommendation().assignments.get())
    elif hide == "unpublished":
        row.recommendation.source_page.unpublish()
    elif hide == "withdrawn":
        Assignment.objects.update(is_withdrawn=True)
    elif hide == "expired mandate":
        user.mandates.update(starts_on="2019-01-01", ends_on="2019-12-31")
    else:
        path = f"{PAGE}{'9' * (25 if hide == 'huge' else 6)}/"

    assert official.get(path).status_code == 404
    assert official.post(path, answered(row)).status_code == 404
    assert not FollowUp.objects.exists()


def test_a_step_is_saved_as_the_institutions_own_word(official: Client, row: Assignment, user: User) -> None:
    data = answered(row, evidence_kind="report", evidence_url="https://example.org/raport", when="11.2025")
    response = official.post(address(row), data, follow=True)

    entry = FollowUp.objects.get()
    assert response.redirect_chain[-1][0] == PAGE
    assert "Thank you." in response.content.decode()
    assert (entry.implementation, entry.text) == (Implementation.IN_PROGRESS, "Otwarto punkt.")
    assert (str(entry.refers_on), entry.refers_precision) == ("2025-11-01", "month")
    assert (entry.declared_by, entry.recorded_by, entry.language) == (row.organisation, user, "en")
    assert entry.evidence.get().url == "https://example.org/raport"


@pytest.mark.parametrize(
    ("answer", "values", "said"),
    [
        (Answer.STALLED, {}, {"implementation": "stalled"}),
        (Answer.NOT_STARTED, {}, {"implementation": "not_started"}),
        (Answer.PARTIALLY_IMPLEMENTED, {"missing": "Lekcje."}, {"missing": "Lekcje."}),
        (
            Answer.IMPLEMENTED,
            {"evidence_kind": "resolution", "evidence_citation": "Uchwała nr 5", "text": ""},
            {"implementation": "implemented"},
        ),
        (Answer.POSITION, {"position": "accepted"}, {"position": "accepted"}),
        (Answer.POSITION, {"position": "declined"}, {"position": "declined"}),
    ],
)
def test_every_answer_of_the_form_is_recorded(
    answer: str, values: dict[str, Any], said: dict[str, str], official: Client, row: Assignment
) -> None:
    assert official.post(address(row), answered(row, answer=answer, **values)).status_code == 302

    entry = FollowUp.objects.get()
    assert {name: getattr(entry, name) for name in said} == said


def test_not_ours_names_who_is_competent(official: Client, row: Assignment) -> None:
    body = OrganisationFactory.create()
    data = answered(row, answer=Answer.NOT_OURS, competent_body=body.pk)
    official.post(address(row), data)

    assert FollowUp.objects.get().competent_body == body


def test_no_change_repeats_the_last_state(official: Client, row: Assignment, user: User) -> None:
    official.post(address(row), answered(row))
    official.post(address(row), answered(row, answer=Answer.NO_CHANGE, text=""))

    assert [entry.implementation for entry in FollowUp.objects.order_by("pk")] == ["in_progress"] * 2


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"answer": ""}, "answer_0", "Answer: missing"),
        ({"answer": "finished"}, "answer_0", "cannot be reported"),
        ({"answer": "no_change"}, "answer_0", "cannot be reported"),
        ({"when": ""}, "when", "Date: missing"),
        ({"when": "31.02.2026"}, "when", "is no date"),
        ({"when": "13.2026"}, "when", "is no date"),
        ({"when": "wczoraj"}, "when", "is no date"),
        ({"when": "0000"}, "when", "is no date"),
        ({"when": "٢٠٢٦"}, "when", "is no date"),
        ({"when": "2099-01-01"}, "when", "lies in the future"),
        ({"text": " "}, "text", "What happened: missing"),
        ({"text": "a" * 5001}, "text", "longer than 5000"),
        ({"answer": "partially_implemented"}, "missing", "What is missing: empty"),
        ({"answer": "implemented"}, "evidence_url", "Web address of the evidence: missing"),
        ({"evidence_url": "ratusz", "evidence_kind": "report"}, "evidence_url", "this is none"),
        ({"evidence_url": "javascript:alert(1)", "evidence_kind": "report"}, "evidence_url", "this is none"),
        ({"evidence_url": "http://10.0.0.1/akt", "evidence_kind": "report"}, "evidence_url", "inner network"),
        ({"evidence_url": "https://bip.urzad.local/", "evidence_kind": "report"}, "evidence_url", "inner network"),
        ({"evidence_url": "https://example.org"}, "evidence_kind", "Kind of evidence: missing"),
        ({"evidence_kind": "report"}, "evidence_url", "Web address of the evidence: missing"),
        ({"evidence_kind": "gossip"}, "evidence_kind", "not known"),
        ({"answer": "position"}, "position", "Position: missing"),
        ({"answer": "position", "position": "no_answer"}, "position", "not known"),
        ({"answer": "position", "position": "declined", "text": ""}, "text", "reasons"),
        ({"answer": "position", "position": "accepted", "text": ""}, "text", "Write the answer"),
        ({"answer": "position", "position": "not_competent"}, "position", "not known"),
        ({"answer": "not_ours"}, "competent_body", "Who is competent: missing"),
        ({"answer": "not_ours", "competent_body": "0"}, "competent_body", "not known"),
        ({"evidence_kind": "report", "evidence_issuer": "MEN"}, "evidence_url", "Web address of the evidence: missing"),
        ({"evidence_issued_on": "2025"}, "evidence_issued_on", "this is no day"),
        ({"evidence_is_restricted": "on"}, "evidence_file", "Only a file"),
    ],
)
def test_an_error_names_field_and_remedy_links_to_it_and_keeps_what_was_typed(
    values: dict[str, Any], field: str, sentence: str, official: Client, row: Assignment
) -> None:
    data = answered(row, **{"evidence_citation": "", "missing": ""} | values)
    response = official.post(address(row), data)
    page = response.content.decode()

    assert response.status_code == 422
    assert re.search(rf'<a href="#id_{field}">[^<]*{sentence}', page)
    assert f'id="id_{field}"' in page
    assert not FollowUp.objects.exists()
    if "text" not in values:
        assert "Otwarto punkt." in page


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 30])
def test_a_damaged_form_is_refused_with_a_way_out(seen: str, official: Client, row: Assignment) -> None:
    response = official.post(address(row), answered(row, seen=seen))

    assert response.status_code == 422
    assert "form is damaged" in response.content.decode()


def test_a_reply_over_a_newer_entry_shows_both_texts_and_can_be_saved_after_reading(
    official: Client, row: Assignment, user: User
) -> None:
    mine = answered(row, text="Moja wersja.")
    official.post(address(row), answered(row, text="Cudza wersja.", answer=Answer.STALLED))
    response = official.post(address(row), mine)
    page = response.content.decode()

    assert response.status_code == 409
    assert "Cudza wersja." in page
    assert "Moja wersja." in page
    assert FollowUp.objects.count() == 1
    again = re.search(r'name="seen" value="(\d+)"', page)
    assert again
    assert official.post(address(row), mine | {"seen": again[1]}).status_code == 302
    assert FollowUp.objects.count() == 2


def test_sending_one_form_twice_saves_once(official: Client, row: Assignment) -> None:
    data = answered(row)

    assert [official.post(address(row), data).status_code for _ in range(2)] == [302, 409]
    assert FollowUp.objects.count() == 1


def test_a_refusal_of_the_rules_is_shown_on_the_form(official: Client, row: Assignment, user: User) -> None:
    said: dict[str, Any] = {"recorded_by": user, "basis": "own_statement", "refers_on": dt.date(2020, 1, 1)}
    evidence = [EvidenceData(kind="letter", url="https://example.org")]
    data = answered(row, seen=2**62)
    form = official.get(address(row))
    assert form.status_code == 200
    services.record_report(row, implementation=Implementation.IMPLEMENTED, evidence=evidence, **said)
    response = official.post(address(row), data)

    assert response.status_code == 422
    assert "cannot be reported as the item stands" in response.content.decode()


def test_only_answers_that_the_rules_allow_are_offered(row: Assignment) -> None:
    def offered(**values: Any) -> set[str]:
        for name, value in values.items():
            setattr(row, name, value)
        return {value for value, _label in answers_for(row)}

    assert offered() == set(Answer) - {Answer.NO_CHANGE}
    assert offered(implementation=Implementation.STALLED) == set(Answer)
    achieved = {Answer.POSITION, Answer.NOT_OURS, Answer.IMPLEMENTED, Answer.NO_CHANGE}
    assert offered(implementation=Implementation.IMPLEMENTED) == achieved
    assert offered(implementation=Implementation.PARTIALLY_IMPLEMENTED) == achieved | {Answer.PARTIALLY_IMPLEMENTED}
    assert offered(closure="declined") == {Answer.POSITION, Answer.NOT_OURS}


def test_a_button_of_the_list_chooses_the_answer_and_hostile_values_choose_nothing(
    official: Client, row: Assignment
) -> None:
    checked = re.compile(r'<input[^>]*value="stalled"[^>]*checked')

    assert checked.search(official.get(address(row) + "?answer=stalled").content.decode())
    hostile = official.get(address(row) + "?answer=%22%3E%3Cscript%3E%00")
    assert hostile.status_code == 200
    assert "<script>" not in hostile.content.decode()


def test_reading_changes_nothing_and_is_kept_by_nobody(official: Client, row: Assignment) -> None:
    for path in (PAGE, address(row) + "?answer=implemented"):
        response = official.get(path)
        assert "no-store" in response.headers["Cache-Control"]
    assert not FollowUp.objects.exists()
    assert official.put(address(row)).status_code == 405
    assert official.post(PAGE).status_code == 405


def test_nobody_is_named_and_what_was_typed_is_printed_as_text(official: Client, row: Assignment, user: User) -> None:
    official.post(address(row), answered(row, text="<b>Krok</b>"))
    page = official.get(address(row)).content.decode()

    assert "&lt;b&gt;Krok&lt;/b&gt;" in page
    assert user.username not in page


@pytest.mark.parametrize("language", ["pl", "en", "uk", "ru"])
def test_both_pages_stand_in_every_language(language: str, official: Client, row: Assignment) -> None:
    with translation.override(language):
        paths = [reverse("my_institution"), reverse("follow_up_create", args=[row.pk])]

    assert [official.get(path).status_code for path in paths] == [200, 200]


def test_the_list_costs_the_same_however_long_it_is(
    official: Client, row: Assignment, user: User, django_assert_max_num_queries: Any
) -> None:
    said: dict[str, Any] = {
        "recorded_by": user,
        "basis": "own_statement",
        "refers_on": timezone.localdate(),
        "text": "x",
    }
    parent = row.recommendation.source_page.get_parent().specific
    for number in range(22):
        other = make_recommendation(
            title=f"Nr {number}", addressees=[row.organisation], parent=parent
        ).assignments.get()
        services.record_position(other, position=Position.NOTED, **said)

    with django_assert_max_num_queries(20):
        first = official.get(PAGE)
    with django_assert_max_num_queries(20):
        last = official.get(PAGE + "?page=2")
    assert first.content.count(b"<article") == 20
    assert last.content.count(b"<article") == 3


# --- Which list an item stands in


def shown(client: Client, show: str, **more: str) -> set[str]:
    """The references of a list; its count must be that of its filter."""
    page = client.get(PAGE, {"show": show} | more).content.decode()
    found = set(re.findall(r'<p class="ref">([^<]+) A1</p>', page))
    label = re.search(rf'href="\?show={show}[^"]*"[^>]*aria-current="true"[^>]*>[^<]*<span class="count">(\d+)<', page)
    assert label
    assert int(label[1]) == len(found)
    return found


def asked_again(row: Assignment, title: str, **values: Any) -> Assignment:
    parent = row.recommendation.source_page.get_parent().specific
    fact = make_recommendation(title=title, addressees=[row.organisation], parent=parent)
    type(fact).objects.filter(pk=fact.pk).update(starts_on="2020-01-01")
    Assignment.objects.filter(recommendation=fact).update(**values)
    found: Assignment = fact.assignments.get()
    return found


def test_each_list_shows_what_its_name_says(official: Client, row: Assignment, user: User) -> None:
    now = timezone.localtime()
    late = asked_again(row, "Po terminie", notified_at=now - dt.timedelta(days=91))
    soon = asked_again(row, "Niedługo", notified_at=now - dt.timedelta(days=61))
    calm = asked_again(row, "Spokojnie", notified_at=now - dt.timedelta(days=10))
    claimed, disputed = asked_again(row, "Zrobione"), asked_again(row, "Sporne")
    evidence = [EvidenceData(kind="letter", url="https://example.org/a")]
    said: dict[str, Any] = {"recorded_by": user, "basis": "own_statement", "refers_on": dt.date(2025, 1, 1)}
    for one in (claimed, disputed):
        services.record_report(one, implementation=Implementation.IMPLEMENTED, evidence=evidence, **said)
    moderator = UserFactory.create(groups=["Moderatorzy"])
    found: dict[str, Any] = {"finding": "contradicts", "text": "x", "recorded_by": moderator, "evidence": evidence}
    assessing.assess(disputed.follow_ups.get(), **found)

    def names(*rows: Assignment) -> set[str]:
        return {one.recommendation.reference for one in rows}

    assert shown(official, "overdue") == names(late)
    assert shown(official, "due") == names(late, soon, disputed)
    assert shown(official, "waiting") == names(claimed), "of the other it is the turn of the institution"
    assert shown(official, "returned") == names(disputed)
    assert shown(official, "disputed") == set()
    assert shown(official, "all") == names(row, late, soon, calm, claimed, disputed)

    Assignment.objects.filter(pk=disputed.pk).update(is_disputed=True)
    assert shown(official, "disputed") == names(disputed)
    services.record_report(disputed, implementation=None, **said | {"refers_on": timezone.localdate()})
    assert shown(official, "returned") == set()
    assert shown(official, "waiting") == names(claimed, disputed)
    assert "To do now" in official.get(PAGE).content.decode()


def test_a_closed_item_is_due_to_nobody(official: Client, row: Assignment) -> None:
    Assignment.objects.filter(pk=row.pk).update(
        closure="unverifiable", notified_at=timezone.now() - dt.timedelta(days=900), implementation="implemented"
    )

    assert [shown(official, show) for show in ("due", "overdue", "waiting", "returned")] == [set()] * 4


def test_with_nothing_due_the_page_says_so_names_the_next_day_and_shows_everything(
    official: Client, row: Assignment
) -> None:
    Assignment.objects.filter(pk=row.pk).update(notified_at=timezone.now())
    day = timezone.localdate() + dt.timedelta(days=90)
    page = official.get(PAGE).content.decode()

    assert "Nothing is due now." in page
    assert "1 request waits for a first answer." in page
    assert f'<time datetime="{day:%Y-%m-%d}">' in page
    assert row.recommendation.reference in page
    assert "Nothing is due in this list." in official.get(PAGE + "?show=overdue").content.decode()


@pytest.mark.parametrize("query", ["?show=x", "?show=&institution=", "?institution=nie-ma", "?show=due%00&page=-1"])
def test_hostile_filters_show_everything(query: str, official: Client, row: Assignment) -> None:
    response = official.get(PAGE + query)

    assert response.status_code == 200
    assert row.recommendation.reference in response.content.decode()


def test_several_institutions_stand_under_their_names_and_one_can_be_chosen(
    official: Client, row: Assignment, user: User
) -> None:
    second = MandateFactory.create(user=user, role="deputy").organisation
    unit = OrganisationFactory.create(parent=second, label_pl="Ośrodek Pomocy")
    quiet = OrganisationFactory.create(parent=second, label_pl="Cicha jednostka")
    asked = make_recommendation(addressees=[unit]).assignments.get()
    page = official.get(PAGE).content.decode()

    assert asked.recommendation.reference in page
    assert f"a unit of: {second}" in page
    assert str(quiet) not in page
    assert shown(official, "all", institution=unit.code) == {asked.recommendation.reference}
