"""All public status events as one list: complete, in order, safe for spreadsheets, and nothing that is not public."""

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from forums.models import ForumPage
from recommendations.models import Assessment, Assignment, FollowUp, RecommendationPage
from recommendations.services.stages import correct, record_action
from recommendations.transfer import events
from recommendations.transfer.events import COLUMNS
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_assignment, make_forum, make_recommendation
from tests.factories.stages import account, make_chosen, stage_keeper
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
ADDRESS = "/stan-realizacji/wpisy"


def write(row: Assignment, **values: Any) -> FollowUp:
    return FollowUp.objects.create(
        **{
            "assignment": row,
            "kind": "report",
            "implementation": "in_progress",
            "basis": "published_source",
            "refers_on": dt.date(2016, 5, 1),
            "text": "Ogłoszono konkurs.",
        }
        | values
    )


def body(client: Client, form: str, question: str = "") -> bytes:
    answer: Any = client.get(f"{ADDRESS}.{form}{question}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows(client: Client, question: str = "") -> list[dict[str, str]]:
    text = body(client, "csv", question)
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def test_an_entry_is_followed_by_what_was_found_about_it(client: Client) -> None:
    city = OrganisationFactory.create(code="um-lublin", label_pl="Miasto Lublin")
    row = make_assignment(addressees=[city])
    entry = write(row, basis="own_statement", declared_by=city)
    found = entry.assessments.create(
        finding="confirms", text="Potwierdzamy.", assessed_on="2016-09-01", public_from="2016-09-01"
    )
    note = write(row, kind="note", implementation="", refers_on=None, refers_precision="unknown", text="Nagroda.")

    first, second, third = rows(client)

    assert [one["event"] for one in (first, second, third)] == [
        f"entry-{entry.pk}", f"assessment-{found.pk}", f"entry-{note.pk}",
    ]  # fmt: skip
    assert first["address"] == f"http://testserver/r/{row.recommendation.reference}#entry-{entry.pk}"
    assert (first["addressee_code"], first["declared_by"], first["implementation"]) == (
        "um-lublin", "um-lublin", "in_progress",
    )  # fmt: skip
    assert (second["kind"], second["finding"], second["assesses"]) == ("assessment", "confirms", first["event"])
    assert (second["implementation"], second["refers_on"]) == ("", "2016-09-01")
    assert (third["refers_on"], third["refers_precision"]) == ("", "unknown")


def test_json_says_the_same_with_the_day_the_question_and_the_meaning_of_each_column(client: Client) -> None:
    row = make_assignment()
    write(row)

    found = json.loads(body(client, "json", f"?reference={row.recommendation.reference}"))

    assert found["question"].endswith(f"/stan-realizacji/wpisy.json?reference={row.recommendation.reference}")
    assert list(found["columns"]) == [column.name for column in COLUMNS]
    assert found["events"][0]["text"] == "Ogłoszono konkurs."
    assert json.loads(body(client, "json", "?since=2999-01-01"))["events"] == []


def test_every_filter_narrows(client: Client) -> None:
    wanted = make_assignment(
        parent=make_forum(title="Jedno", slug="jedno"), starts_on="2013-01-01",
        themes=[ThemeFactory.create(code="jezyk")], addressees=[OrganisationFactory.create(code="um-lublin")],
    )  # fmt: skip
    other = make_assignment(title="Inna", themes=[ThemeFactory.create()])
    write(wanted)
    write(other, refers_on=dt.date(2020, 1, 1))
    write(other, refers_on=None, refers_precision="unknown")

    for question in (
        f"reference={wanted.recommendation.reference.lower()}", "addressee=um-lublin", "theme=jezyk", "year=2013",
        f"issuer=f{wanted.recommendation.forum_id}", "until=2016-05-01", "since=2016-05-01&until=2019-12-31",
        "since=01.05.2016&until=2019", "until=05.2016&utm_source=list",
    ):  # fmt: skip
        assert [one["reference"] for one in rows(client, f"?{question}")] == [wanted.recommendation.reference], question
    assert len(rows(client, "?since=2020-01-01")) == 1
    assert len(rows(client)) == 3


@pytest.mark.parametrize("question", ["reference=NIE-MA-R01", "since=x", "until=2017-02-30", "addressee=%00"])
def test_a_filter_that_nothing_answers_to_gives_no_file(client: Client, question: str) -> None:
    write(make_assignment())

    answer = client.get(f"{ADDRESS}.csv?{question}")

    assert answer.status_code == 400
    assert question.split("=")[0] in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "wpisy.csv?addresse=um-lublin", "wpisy.json?position=declined", "wpisy.atom?adresat=um-lublin",
        "wpisy.atom?since=2030-01-01", "wpisy.atom?on=2017-01-01", "terminy.ics?until=2030",
        "theme.csv?reference=X-R01",
    ],
)  # fmt: skip
def test_a_misspelt_or_foreign_name_gives_no_file_but_the_names_there_are(client: Client, address: str) -> None:
    answer = client.get(f"/stan-realizacji/{address}", headers={"Accept-Language": "en"})

    told = answer.content.decode()
    assert (answer.status_code, address.partition("?")[2].partition("=")[0] in told) == (400, True)
    assert "addressee, theme, issuer, year" in told or "theme, issuer, addressee, year" in told


def test_the_page_of_figures_says_what_it_does_not_know(client: Client) -> None:
    answer = client.get("/stan-realizacji/?addresse=um-lublin&utm_source=list").content.decode()

    assert "addresse. " in answer
    assert "utm_source. " not in answer


def test_a_contradiction_is_left_out_until_its_day(client: Client) -> None:
    entry = write(make_assignment())
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    Assessment.objects.create(
        follow_up=entry, finding="contradicts", text="Kanarek", assessed_on="2020-01-01", public_from=tomorrow
    )

    assert "Kanarek" not in str(rows(client))


def test_nobody_is_named_and_a_restricted_file_has_no_address(client: Client) -> None:
    person = UserFactory.create(username="kanarek", first_name="Kanarek", email="kanarek@example.org")
    entry = write(make_assignment(), recorded_by=person)
    entry.evidence.create(kind="report", url="https://example.org/jawne")
    entry.evidence.create(
        kind="letter", title="Pismo", url="https://example.org/kanarek", is_restricted=True, restriction_reason="dane"
    )

    (found,) = rows(client)

    assert "anarek" not in str(found) + body(client, "json").decode()
    assert found["evidence_kinds"] == "report; letter"
    assert (found["evidence_addresses"], found["restricted_count"]) == ("https://example.org/jawne", "1")


@pytest.mark.parametrize("how", ["unpublished", "private"])
def test_the_log_of_a_hidden_recommendation_is_in_no_file_nor_is_its_reference(client: Client, how: str) -> None:
    hidden = make_assignment(parent=make_forum(title="Tajne", slug="tajne"), title="Kanarek")
    write(hidden, text="Kanarek")
    shown = make_assignment(title="Jawna")
    write(shown, kind="closure", implementation="", closure="superseded", superseded_by=hidden.recommendation)
    page = RecommendationPage.objects.get(title="Kanarek")
    if how == "private":
        PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="login")
    else:
        page.unpublish()

    for form in events.TYPES:
        text = body(client, form).decode()
        assert shown.recommendation.reference in text
        assert "Kanarek" not in text
        assert hidden.recommendation.reference not in text.replace(shown.recommendation.reference, "")
    assert client.get(f"{ADDRESS}.csv?reference={hidden.recommendation.reference}").status_code == 400


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_no_cell_is_a_formula(client: Client, text: str) -> None:
    write(make_assignment(), text=text, missing=text)

    (found,) = rows(client)

    assert found["text"].startswith("'")
    assert found["missing"].startswith("'")


def test_the_file_is_read_in_batches_whose_queries_do_not_grow(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    row = make_assignment()
    for _n in range(6):
        write(row)

    def asked(batch: int) -> int:
        monkeypatch.setattr(events, "BATCH", batch)
        with CaptureQueriesContext(connection) as captured:
            assert len(rows(client)) == 6
        return len(captured)

    whole, in_threes = asked(100), asked(3)
    assert asked(6) == whole
    assert in_threes > whole


def test_a_recommendation_hidden_while_the_file_is_sent_is_left_out_of_the_rest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "BATCH", 1)
    first, second = make_assignment(), make_assignment(title="Kanarek")
    write(first)
    write(second, text="Kanarek")

    stream = iter(client.get(f"{ADDRESS}.csv"))
    next(stream)
    RecommendationPage.objects.get(title="Kanarek").unpublish()

    assert b"Kanarek" not in b"".join(stream)


def test_a_head_request_reads_nothing_and_a_post_is_refused(client: Client) -> None:
    write(make_assignment())

    assert client.head(f"{ADDRESS}.csv").status_code == 200
    assert client.post(f"{ADDRESS}.csv").status_code == 405
    assert client.get(f"{ADDRESS}.csv")["X-Robots-Tag"] == "noindex"


def test_every_column_is_described_for_readers_in_the_order_of_the_files() -> None:
    described = (Path(__file__).parents[2] / "docs/status-events.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `(\w+)` \|", described, re.MULTILINE) == [column.name for column in COLUMNS]


def test_what_was_told_of_a_stage_follows_the_log_and_is_nobodys_answer(client: Client) -> None:
    chosen = make_chosen(text="Najtańsza.", source_url="https://example.org/protokol")
    wrong = record_action(chosen, by=stage_keeper(), account=account(text="Wydano 10.", refers_on=dt.date(2016, 3, 1)))
    newer = correct(wrong, by=stage_keeper(), account=account(text="Wydano 100.", result="Rozdano."))
    reference = chosen.recommendation.reference

    choice, action, correction = rows(client, f"?reference={reference}")

    assert [one["kind"] for one in (choice, action)] == ["stage_choice", "stage_action"]
    assert (choice["stage"], choice["evidence_addresses"]) == (chosen.stage.code, "https://example.org/protokol")
    assert choice["acting"]
    assert (action["refers_on"], action["addressee"], action["implementation"]) == ("2016-03-01", "", "")
    assert (correction["corrects"], correction["result"]) == (f"stage-entry-{wrong.pk}", "Rozdano.")
    assert correction["address"] == f"http://testserver/r/{reference}#stage-entry-{newer.pk}"
    assert 'id="stage-entry-' in client.get(correction["address"], follow=True).content.decode()
    assert rows(client, f"?addressee={chosen.recommendation.assignments.get().organisation.code}") == []
    assert [one["event"] for one in rows(client, "?on=2016-03-01")] == [action["event"]]
    feed = client.get("/stan-realizacji/wpisy.atom").content.decode()
    assert feed.index("Wydano 100.") < feed.index("Wydano 10.") < feed.index("Najtańsza.")
    assert "Wydano 100." in client.get("/zmiany/").content.decode()

    ForumPage.objects.get(translation_key=chosen.stage.forum.translation_key).unpublish()
    assert rows(client) == []
    for address in ("/stan-realizacji/wpisy.atom", "/zmiany/"):
        assert "Wydano" not in client.get(address).content.decode()


def test_of_two_addressees_each_has_its_own_entries(client: Client) -> None:
    found = make_recommendation(addressees=[OrganisationFactory.create(code=code) for code in ("a", "b")])
    for row in found.assignments.all():
        write(row, text=row.organisation.code)

    assert [(one["addressee_number"], one["text"]) for one in rows(client, "?addressee=b")] == [("A2", "b")]
