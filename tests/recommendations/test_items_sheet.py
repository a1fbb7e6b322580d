"""The sheet of an institution's items: out, filled in, back, looked at, confirmed; nothing half, nothing twice."""

import csv
import datetime as dt
import io
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from accounts.models import User
from recommendations.choices import Answer, Implementation
from recommendations.models import Assignment, FollowUp
from recommendations.services import follow_up as services
from recommendations.transfer.rows import HEADINGS, MOST_ANSWERS
from taxonomy.models import Mandate
from tests.factories.files import sheet_file
from tests.factories.pages import make_forum, make_recommendation
from tests.factories.taxonomy import MandateFactory, OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("mandate")]

PAGE = "/moja-instytucja/arkusz/"
COLUMNS = list(HEADINGS)


@pytest.fixture(scope="module")
def mandate(stage: None) -> Mandate:
    """Of an institution that two recommendations ask."""
    office = OrganisationFactory.create(label_pl="Miasto Wrocław")
    forum = make_forum(starts_on="2020-01-01", ends_on=None)
    make_recommendation(parent=forum, title="=1+1", addressees=[office])
    make_recommendation(parent=forum, title="Asystenci", addressees=[office])
    return MandateFactory.create(organisation=office)


@pytest.fixture
def rows(mandate: Mandate, db: None) -> list[Assignment]:
    return list(Assignment.objects.filter(organisation=mandate.organisation).order_by("recommendation__reference"))


def taken(official: Client, form: str = "csv") -> list[list[str]]:
    """The cells of a sheet as it is downloaded, its heading first."""
    content = official.get(f"/moja-instytucja/arkusz.{form}").content
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def filled(sheet: list[list[str]], number: int, **values: str) -> list[list[str]]:
    for column, value in values.items():
        sheet[number][COLUMNS.index(column)] = value
    return sheet


def brought(official: Client, file: SimpleUploadedFile) -> str:
    return official.post(PAGE, {"sheet": file}).content.decode()


def confirmed(official: Client, page: str) -> Any:
    sealed = re.search(r'name="rows" value="([^"]+)"', page)
    assert sealed, page
    return official.post(PAGE, {"rows": sealed[1]})


STEP = {"answer": "A new step", "when": "11.2025", "text": "Ogłoszono konkurs."}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_goes_round_and_its_second_upload_changes_nothing(
    form: str, official: Client, rows: list[Assignment], user: User
) -> None:
    file = sheet_file(filled(taken(official, form), 1, **STEP), form)
    page = brought(official, file)
    assert not FollowUp.objects.exists()
    assert "Ogłoszono konkurs." in page
    assert confirmed(official, page).status_code == 302

    entry = FollowUp.objects.get()
    assert (entry.assignment, entry.implementation, entry.recorded_by) == (rows[0], Implementation.IN_PROGRESS, user)
    assert (str(entry.refers_on), entry.refers_precision, entry.basis) == ("2025-11-01", "month", "own_statement")
    file.seek(0)
    again = brought(official, file)
    assert 'class="plan' not in again
    assert FollowUp.objects.count() == 1


def test_what_was_confirmed_twice_is_said_to_be_saved_already(official: Client, rows: list[Assignment]) -> None:
    page = brought(official, sheet_file(filled(taken(official), 1, **STEP)))
    confirmed(official, page)
    confirmed(official, page)

    shown = official.get("/en/moja-instytucja/").content.decode()
    assert "saved already; nothing was saved twice" in shown
    assert FollowUp.objects.count() == 1


def test_evidence_added_to_a_row_later_becomes_an_entry_that_repeats_it(
    official: Client, rows: list[Assignment]
) -> None:
    sheet = filled(taken(official), 1, **STEP)
    confirmed(official, brought(official, sheet_file(sheet)))
    proof = {"evidence_kind": "resolution", "evidence_citation": "Uchwała 5"}
    proven = sheet_file(filled(sheet, 1, **proof))

    confirmed(official, brought(official, proven))
    proven.seek(0)
    again = brought(official, proven)

    first, second = FollowUp.objects.order_by("pk")
    assert (first.text, first.refers_on, first.evidence.count()) == (second.text, second.refers_on, 0)
    assert second.evidence.get().citation == "Uchwała 5"
    assert 'class="plan' not in again


def test_every_answer_can_be_given_in_words_of_any_language_or_by_its_code(
    official: Client, rows: list[Assignment]
) -> None:
    other = OrganisationFactory.create(label_pl="Kuratorium", label_en="School board")
    sheet = filled(taken(official), 1, answer="NOT OURS", competent_body="school  board", text="Nie nasze.")
    filled(sheet, 2, answer="position", position="accepted", when="2025", text="Tak.")
    confirmed(official, brought(official, sheet_file(sheet)))

    assert [(one.position, one.competent_body) for one in FollowUp.objects.order_by("pk")] == [
        ("not_competent", other),
        ("accepted", None),
    ]


def test_evidence_comes_with_its_row(official: Client, rows: list[Assignment]) -> None:
    proof = {"evidence_kind": "resolution", "evidence_url": "https://example.org/u", "evidence_citation": "Uchwała 5"}
    sheet = filled(taken(official), 1, answer="implemented", when="2025-05-01", **proof)
    confirmed(official, brought(official, sheet_file(sheet)))

    piece = FollowUp.objects.get().evidence.get()
    assert (piece.kind, piece.url, piece.citation) == ("resolution", "https://example.org/u", "Uchwała 5")


@pytest.mark.parametrize(
    ("values", "column", "remedy"),
    [
        ({"reference": "XX-2000-R01"}, "reference", "item of your institution"),
        ({"assignment": "A9"}, "reference", "item of your institution"),
        ({"seen": "dużo"}, "seen", "Download the sheet anew"),
        ({"answer": "kiedyś"}, "answer", "not known. Write one of: No change; A new step"),
        ({"answer": "no_change", "when": ""}, "answer", "cannot be reported"),
        ({"when": ""}, "when", "Missing"),
        ({"when": "wczoraj"}, "when", "no date"),
        ({"when": "2099"}, "when", "future"),
        ({"text": ""}, "answer", "needs words"),
        ({"text": "a" * 5001}, "text", "Longer than 5000"),
        ({"answer": "position"}, "position", "Missing"),
        ({"answer": "not_ours", "competent_body": "Nikt"}, "competent_body", "Not known"),
        ({"answer": "implemented"}, "answer", "needs evidence"),
        ({"evidence_url": "https://example.org"}, "evidence_kind", "Missing"),
        ({"evidence_url": "javascript:1", "evidence_kind": "report"}, "evidence_url", "not one of the web"),
        ({"evidence_kind": "report"}, "evidence_url", "Missing"),
    ],
)
def test_a_wrong_row_is_named_with_column_and_remedy_and_the_rest_waits(
    values: dict[str, str], column: str, remedy: str, official: Client, rows: list[Assignment]
) -> None:
    sheet = filled(filled(taken(official), 1, **STEP | values), 2, **STEP)
    sheet[0] = COLUMNS
    page = official.post(f"/en{PAGE}", {"sheet": sheet_file(sheet)}).content.decode()

    wrong = page[page.index('class="plan-errors"') : page.index('class="cards plan"')]
    cells = [cell.replace("&#x27;", "'") for cell in re.findall(r"<td[^>]*>(.*?)</td>", wrong, re.DOTALL)]
    assert cells[:2] == ["2", str(HEADINGS[column])]
    assert remedy in cells[2]
    confirmed(official, page)
    assert FollowUp.objects.get().assignment == rows[1]


def test_an_item_of_another_institution_reads_as_one_that_does_not_exist(official: Client) -> None:
    other = make_recommendation(title="Cudza").assignments.get()
    own, strange = taken(official), taken(official)
    filled(own, 1, **STEP, reference=other.recommendation.reference)
    filled(strange, 1, **STEP, reference="NIE-MA-R01")

    def told(sheet: list[list[str]]) -> str:
        page = brought(official, sheet_file(sheet))
        return page[page.index('class="plan-errors"') : page.index("</section>")]

    assert told(own) == told(strange)
    assert "Cudza" not in brought(official, sheet_file(own))


def test_a_confirmation_that_belongs_to_somebody_else_or_is_forged_records_nothing(
    official: Client, client: Client, mandate: Mandate
) -> None:
    page = brought(official, sheet_file(filled(taken(official), 1, **STEP)))
    colleague = MandateFactory.create(organisation=mandate.organisation).user
    client.force_login(colleague)

    assert confirmed(client, page).status_code == 422
    assert client.post(PAGE, {"rows": "x:y:z"}).status_code == 422
    assert not FollowUp.objects.exists()


def test_an_item_answered_on_the_site_since_the_download_is_not_overwritten(
    official: Client, rows: list[Assignment], user: User
) -> None:
    file = sheet_file(filled(filled(taken(official), 1, **STEP), 2, **STEP))
    page = brought(official, file)
    said: dict[str, Any] = {"recorded_by": user, "basis": "own_statement", "refers_on": dt.date(2025, 1, 1)}
    services.record_report(rows[0], implementation=Implementation.STALLED, text="Cudze słowa.", **said)

    late = confirmed(official, page)
    assert late.status_code == 409
    assert FollowUp.objects.count() == 1
    assert "Cudze słowa." in late.content.decode()
    confirmed(official, late.content.decode())
    assert FollowUp.objects.count() == 2


def test_one_item_answered_twice_in_a_sheet_is_asked_about(official: Client) -> None:
    sheet = filled(taken(official), 1, **STEP)
    page = brought(official, sheet_file([*sheet, sheet[1]]))

    assert page.count('class="plan-errors"') == 1
    assert "2" in page


def test_what_goes_out_computes_nothing_and_comes_back_as_it_was(official: Client, rows: list[Assignment]) -> None:
    sheet = taken(official)
    assert sheet[1][COLUMNS.index("title")] == "'=1+1"
    content = official.get("/moja-instytucja/arkusz.xlsx").content
    formulas = re.findall(rb"<f>", zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml"))
    assert formulas == []
    confirmed(official, brought(official, sheet_file(filled(sheet, 1, **STEP | {"text": "'-5 etatów"}))))
    assert FollowUp.objects.get().text == "-5 etatów"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
def test_a_csv_of_any_office_program_is_understood(encoding: str, official: Client) -> None:
    sheet = [[cell.replace("\xa0", " ") for cell in row] for row in filled(taken(official), 1, **STEP)]

    assert "Ogłoszono konkurs." in brought(official, sheet_file(sheet, encoding=encoding))


def bomb(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * size)
    return out.getvalue()


def entities() -> bytes:
    """A workbook whose text wants to read a file of the server."""
    book, out = io.BytesIO(), io.BytesIO()
    Workbook().save(book)
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><worksheet>&e;</worksheet>'
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, evil if name.endswith("sheet1.xml") else source.read(name))
    return out.getvalue()


HEAD = ";".join(COLUMNS)
LINE = ";".join(["X", "A1", *[""] * 8, "0", "no_change"])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"x", "neither XLSX nor ODS nor CSV"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"a;b", "is missing"),
        ("a.csv", f"{HEAD};{COLUMNS[0]}".encode(), "stands twice"),
        ("a.csv", HEAD.encode(), "Nothing is answered"),
        ("a.csv", f'{HEAD}\n"abc'.encode(), "Row 2"),
        ("a.csv", f"{HEAD}\nab\x00c".encode(), "Row 2"),
        ("a.csv", f"{HEAD}\n{';' * 200_000}".encode(), "Nothing is answered"),
        ("a.csv", (HEAD + "\nx" * 10_001).encode(), "more than 10,000 rows"),
        ("a.csv", (HEAD + f"\n{LINE}" * (MOST_ANSWERS + 1)).encode(), "200 are the most"),
        ("a.csv", b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
        ("a.csv", b"\xff\xfe\xd8", "letters of the file"),
        ("a.xlsx", b"PK\x03\x04 broken", "damaged or no workbook"),
        ("a.xlsx", b"<html>", "damaged or no workbook"),
        ("a.xlsx", bomb(41 * 1024 * 1024), "more than 40 MB"),
        ("a.xlsx", bomb(1000), "damaged or no workbook"),
        ("a.xlsx", entities(), "definitions (entities)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    name: str, content: bytes, said: str, official: Client
) -> None:
    response = official.post(f"/en{PAGE}", {"sheet": SimpleUploadedFile(name, content)})

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not FollowUp.objects.exists()


def test_without_a_file_the_page_asks_for_one(official: Client) -> None:
    assert official.post(PAGE).status_code == 422


def test_only_who_is_signed_in_gets_or_brings_a_sheet_and_looking_changes_nothing(client: Client) -> None:
    for path in (PAGE, "/moja-instytucja/arkusz.xlsx"):
        assert client.get(path).status_code == 302
    assert client.post(PAGE, {"rows": "x"}).status_code == 403
    client.force_login(MandateFactory.create().user)
    assert len(taken(client)) == 1


def test_the_sheet_costs_the_same_however_many_items_it_holds(
    official: Client, rows: list[Assignment], django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        make_recommendation(title=f"Nr {number}", addressees=[rows[0].organisation])

    with django_assert_max_num_queries(20):
        assert len(taken(official)) == 13


def test_the_words_of_the_lists_are_all_understood(official: Client) -> None:
    book = load_workbook(io.BytesIO(official.get("/moja-instytucja/arkusz.xlsx").content))
    words = [row[0] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True) if row[0]]

    assert len(words) == len(Answer)
    for word in words:
        page = brought(official, sheet_file(filled(taken(official), 1, answer=str(word))))
        assert "is not known" not in page
