"""The whole answer as a file: every recommendation, in order, safe for spreadsheets, and nothing that is not public."""

import csv
import datetime as dt
import io
import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from wagtail.models import PageViewRestriction

from recommendations.models import Evidence, FollowUp, Recommendation
from recommendations.transfer.batches import batches
from recommendations.transfer.export import COLUMNS
from recommendations.transfer.formats import NAMES
from search.engines.base import Engine
from search.sync.drain import drain
from search.sync.rebuild import rebuild
from tests.factories.pages import make_group, make_recommendation, make_recommendation_page
from tests.factories.scale import multiply
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory
from tests.search.conftest import translate

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1")


def body(response: Any) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def lines(client: Client, question: str = "", language: str = "") -> list[dict[str, str]]:
    text = body(client.get(f"{language}/search/export.csv{question}"))
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


pytestmark = [pytest.mark.usefixtures("three_once"), pytest.mark.usefixtures("ground")]


@pytest.fixture(scope="module")
def three_once(stage_index: Engine) -> list[Recommendation]:
    group = make_group()
    found = [
        make_recommendation(parent=group, title=title, text=f"Zapewnić {word} naukę.", starts_on=day)
        for title, word, day in (
            ("Szkoła", "dzieciom", "2013-05-01"),
            ("Język", "dzieciom", "2015-05-01"),
            ("Lekarz", "rodzinom", "2014-05-01"),
        )
    ]
    drain(stage_index)
    return found


@pytest.fixture
def three(index: Engine, three_once: list[Recommendation]) -> list[Recommendation]:
    return deepcopy(three_once)


def test_every_recommendation_of_the_answer_is_a_row_in_the_order_of_the_pages(
    three: list[Recommendation], client: Client
) -> None:
    assert [row["title"] for row in lines(client)] == ["Język", "Lekarz", "Szkoła"]
    assert [row["title"] for row in lines(client, "?q=dziecko&sort=oldest")] == ["Szkoła", "Język"]
    assert [row["title"] for row in lines(client, "?year=2014")] == ["Lekarz"]
    assert lines(client, "?q=xqzwv") == []


@pytest.mark.parametrize("address", ["export.csv", "export.json", "export.bib", "feed/"])
@pytest.mark.parametrize("question", ["tehme=x", "q=dziecko&tehme=x", "q=dziecko&since=wiosna"])
def test_a_misspelt_question_gives_no_file_but_says_what_is_wrong(
    three: list[Recommendation], client: Client, address: str, question: str
) -> None:
    answer = client.get(f"/search/{address}?{question}")

    assert answer.status_code == 400
    told = answer.content.decode()
    assert "wiosna" in told if "wiosna" in question else "tehme" in told and " theme," in told


@pytest.mark.parametrize("address", ["export.csv", "export.json", "feed/"])
def test_a_filter_by_what_nothing_goes_by_gives_no_file_but_says_so(
    three: list[Recommendation], client: Client, address: str
) -> None:
    year = "&year=2014"
    for slip in ("issuer=nosuch", "issuer=f999999", "year=abcd", "implementation=wdrozona"):
        answer = client.get(f"/search/{address}?{slip}{year}")

        assert answer.status_code == 400
        assert slip.split("=")[1] in answer.content.decode()
    # What is known and found nowhere is an answer.
    assert client.get(f"/search/{address}?implementation=mixed{year}").status_code == 200
    assert client.get(f"/search/{address}?year=1999").status_code == 200


def test_forums_groups_and_institutions_are_no_rows(three: list[Recommendation], client: Client) -> None:
    assert client.get("/search/?q=forum").context["total"] > len(lines(client, "?q=forum"))
    assert lines(client, "?kind=group") == []
    assert len(lines(client, "?kind=group&kind=recommendation")) == 3


def test_a_row_says_everything_by_name_with_absolute_addresses_the_day_and_the_question(
    index: Engine, client: Client
) -> None:
    office = OrganisationFactory.create(label_pl="Miasto Wrocław")
    fact = make_recommendation(
        title="Pływanie", addressees=[office], themes=[ThemeFactory.create(label_pl="Edukacja")], tags=["asystent"]
    )
    entry = FollowUp.objects.create(
        assignment=fact.assignments.get(), kind="note", basis="published_source", refers_precision="unknown", text="x"
    )
    Evidence.objects.create(follow_up=entry, kind="press", url="https://example.org/a")
    drain(index)

    [row] = lines(client, "?q=pływanie")

    assert list(row) == [column.name for column in COLUMNS]
    assert row["reference"] == fact.reference
    assert row["address"] == f"http://testserver/r/{fact.reference}"
    assert row["version_address"] == f"http://testserver/r/{fact.reference}/v1"
    assert (row["addressees"], row["positions"], row["themes"], row["tags"]) == (
        "Miasto Wrocław",
        "no_answer",
        "Edukacja",
        "asystent",
    )
    assert row["evidence_count"] == "1"
    assert row["question"] == "http://testserver/search/?q=p%C5%82ywanie"
    assert dt.date.fromisoformat(row["retrieved_on"])


def test_the_name_of_the_file_carries_the_day(three: list[Recommendation], client: Client) -> None:
    for form in NAMES:
        response = client.get(f"/search/export.{form}")
        body(response)
        assert re.search(
            rf'^attachment; filename="rekomendacje-\d{{4}}-\d\d-\d\d\.{re.escape(form)}"$',
            response["Content-Disposition"],
        )
        assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_spreadsheet_is_a_formula(index: Engine, client: Client, text: str) -> None:
    office = OrganisationFactory.create(label_pl=f"{text} urząd")
    make_recommendation(title=f"{text.strip()} tytuł", text=f"{text} wszystko", addressees=[office], source_title=text)
    drain(index)

    [row] = [row for row in lines(client) if "tytuł" in row["title"]]
    sheet = load_workbook(io.BytesIO(body(client.get("/search/export.xlsx"))))["recommendations"]
    in_sheet = [cell for line in sheet.iter_rows(min_row=2) for cell in line]

    for value in [*row.values(), *(cell.value for cell in in_sheet if isinstance(cell.value, str))]:
        assert not value.lstrip().startswith(("=", "+", "-", "@", "＝")), value
        assert not value.startswith(("\t", "\r", "\n")), value
    assert "f" not in {cell.data_type for cell in in_sheet}
    assert row["title"].startswith("'")


def test_the_workbook_says_what_its_columns_mean(three: list[Recommendation], client: Client) -> None:
    book = load_workbook(io.BytesIO(body(client.get("/search/export.xlsx?q=dziecko"))))

    rows = list(book["recommendations"].values)
    assert list(rows[0]) == [column.name for column in COLUMNS]
    assert len(rows) == 3
    assert [name for name, _meaning in book["columns"].values] == list(rows[0])


def test_what_no_sheet_can_hold_is_left_out_of_the_cell(index: Engine, client: Client) -> None:
    make_recommendation(title="Znak", text="a\x07b" + "ż" * 40_000)
    drain(index)

    sheet = load_workbook(io.BytesIO(body(client.get("/search/export.xlsx?q=znak"))))["recommendations"]
    [wording] = [line[[c.name for c in COLUMNS].index("wording")] for line in list(sheet.values)[1:]]

    assert wording.startswith("abż")
    assert len(wording) == 32_767


def test_json_is_one_object_with_the_question_on_top(three: list[Recommendation], client: Client) -> None:
    found = json.loads(body(client.get("/search/export.json?q=dziecko")))

    assert found["question"] == "http://testserver/search/?q=dziecko"
    assert dt.datetime.fromisoformat(found["retrieved_at"])
    assert {row["title"] for row in found["recommendations"]} == {"Szkoła", "Język"}
    assert list(found["recommendations"][0]) == list(found["columns"])
    assert isinstance(found["recommendations"][0]["addressees"], list)
    assert json.loads(body(client.get("/search/export.json?q=xqzwv")))["recommendations"] == []


def test_reference_managers_get_one_record_each_with_the_day_and_the_question(
    three: list[Recommendation], client: Client
) -> None:
    bib = body(client.get("/search/export.bib?q=dziecko")).decode()
    ris = body(client.get("/search/export.ris?q=dziecko")).decode()
    csl = json.loads(body(client.get("/search/export.csl.json?q=dziecko")))

    assert bib.count("@misc{") == 2 == ris.count("TY  - ELEC\r\n") == len(csl)
    assert "urldate = {" in bib
    assert "http://testserver/search/?q=dziecko" in ris
    assert csl[0]["annote"] == "http://testserver/search/?q=dziecko"
    assert csl[0]["accessed"]["date-parts"][0][0] >= 2026
    assert json.loads(body(client.get("/search/export.csl.json?q=xqzwv"))) == []


def test_words_and_texts_are_in_the_language_of_the_address(index: Engine, client: Client) -> None:
    fact = make_recommendation(title="Nauka", themes=[ThemeFactory.create(label_pl="Edukacja", label_en="Education")])
    translate(fact.source_page, "en", title="Learning", text="Provide learning.")
    drain(index)

    [row] = lines(client, "?q=learning", "/en")

    assert (row["title"], row["themes"], row["language"]) == ("Learning", "Education", "en")
    assert row["version_address"] == f"http://testserver/r/{fact.reference}/en/v1"


def test_a_batch_costs_the_same_number_of_queries_however_many_it_holds(
    three: list[Recommendation], client: Client, index: Engine
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            body(client.get("/search/export.csv"))
        return len(captured)

    queries()
    few = queries()
    multiply(three[0], 200)
    # Rows written past the workflow are in no outbox.
    rebuild(index)

    assert len(lines(client)) == 203
    assert queries() == few


def test_an_answer_longer_than_its_pages_is_whole_and_without_repetition(
    three: list[Recommendation], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.query.MAX_DEPTH", 2)

    assert [row["title"] for row in lines(client)] == ["Język", "Lekarz", "Szkoła"]
    assert {row["title"] for row in lines(client, "?q=naukę&page=2")} == {"Język", "Lekarz", "Szkoła"}


def test_permission_is_asked_for_each_batch_when_it_is_read(
    three: list[Recommendation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommendations.transfer.batches.BATCH", 1)
    read = batches([fact.pk for fact in three], "pl", lambda path: path)

    assert [row.fact.pk for row in next(read)] == [three[0].pk]
    PageViewRestriction.objects.create(page=three[1].source_page, restriction_type="login")

    assert [[row.fact.pk for row in batch] for batch in read] == [[], [three[2].pk]]


@pytest.mark.parametrize("form", NAMES)
def test_nothing_hidden_is_in_any_file_before_the_drain_and_after_it(
    three: list[Recommendation], client: Client, index: Engine, form: str
) -> None:
    make_recommendation_page(parent=make_group(title="Druga"), title="Szkic dzieci", published=False)
    hidden = three[0]
    PageViewRestriction.objects.create(page=hidden.source_page, restriction_type="login")

    for drained in (False, True):
        if drained:
            drain(index)
        for question in ("", "?q=dziecko", f"?q={hidden.reference}"):
            text = body(client.get(f"/search/export.{form}{question}"))
            assert hidden.reference.encode() not in text.replace(f"q={hidden.reference}".encode(), b"")
            assert "Szkoła".encode() not in text
            assert b"Szkic" not in text


def test_without_an_index_there_is_no_file_rather_than_half_of_one(
    three: list[Recommendation], client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_DIR = tmp_path / "gone"

    response = client.get("/search/export.csv")

    assert response.status_code == 503
    assert response["Retry-After"]


@pytest.mark.parametrize("value", ["x" * 10_000, "\x00", '"', "\ud800", "%", "=1", "<script>"])
def test_hostile_questions_give_a_file_or_a_sentence(three: list[Recommendation], client: Client, value: str) -> None:
    for parameter in ("q", "theme", "sort", "page", "year"):
        response = client.get("/search/export.csv", {parameter: value.encode("utf-8", "surrogatepass")})
        is_refused = parameter in {"theme", "year"} or (parameter == "q" and value in "\x00\ud800")
        assert response.status_code == (400 if is_refused else 200), parameter
        assert is_refused or b"<script>" not in body(response)


def test_other_forms_and_other_methods_are_refused(three: list[Recommendation], client: Client) -> None:
    assert client.get("/search/export.exe").status_code == 404
    assert client.post("/search/export.csv").status_code == 405
    assert client.head("/search/export.csv").status_code == 200
