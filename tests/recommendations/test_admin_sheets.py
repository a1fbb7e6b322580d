"""The screens of a spreadsheet, as an editor goes through them without any script."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recommendations.choices import PlanKind
from recommendations.models import Intake, RecommendationPage
from recommendations.transfer import background
from recommendations.transfer.sheet_intake import start_sheet
from tests.factories.files import sheet_file
from tests.factories.roles import Cast, make_cast
from tests.factories.sheets import make_sheet

pytestmark = pytest.mark.django_db

SHEET = [
    ["Lp.", "co", "Status", "Kto zgłosił"],
    ["1", "Otworzyć punkt.", "w toku", "Ola"],
    ["2", "Szkolić.", "", "Ola"],
]
FORM = {"title": "Arkusz", "source_kind": "working_group", "wording_kind": "verbatim", "issued": "21.11.2026"}


@pytest.fixture(scope="module")
def cast(stage: None) -> Cast:
    return make_cast()


@pytest.fixture
def editor(cast: Cast, client: Client, db: None) -> Client:
    client.force_login(User.objects.get(username="redaktorka"))
    return client


def address(name: str, intake: Intake) -> str:
    return reverse(f"intake:{name}", args=[intake.pk])


def fields_of(response: Any) -> dict[str, str]:
    """What the form of the columns would send if nothing were chosen."""
    form = BeautifulSoup(response.content, "html.parser").select_one("form.intake")
    assert form is not None
    data = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]:not([type=checkbox])")}
    for select in form.select("select"):
        chosen = select.select_one("option[selected]") or select.select_one("option")
        data[str(select["name"])] = str(chosen["value"]) if chosen else ""
    return data


def test_a_spreadsheet_is_read_once_its_columns_are_named_and_its_statuses_explained(
    cast: Cast, editor: Client
) -> None:
    start = reverse("intake:start", args=[cast.own_group.pk])
    response = editor.post(start, {**FORM, "file": sheet_file(SHEET)})
    intake = Intake.objects.get()
    assert response.headers["Location"] == address("columns", intake)
    # Nothing was read yet, so there are no rows and no plan to look at.
    assert editor.get(address("rows", intake)).headers["Location"] == address("columns", intake)

    page = editor.get(address("columns", intake))
    data = fields_of(page)
    assert [data[f"column-{place}"] for place in range(4)] == ["number", "", "statuses", ""]
    data |= {"column-1": "text", "separator": ";"}
    preview = editor.post(address("columns", intake), data | {"act": "preview"})
    assert "Otworzyć punkt" in preview.text
    assert not intake.rows.exists()

    assert editor.post(address("columns", intake), data | {"column-1": ""}).status_code == 422
    response = editor.post(address("columns", intake), data | {"act": "read"})
    assert response.headers["Location"] == address("rows", intake)
    assert [row.text for row in intake.rows.all()] == ["Otworzyć punkt.", "Szkolić."]
    assert "w toku" in editor.get(address("rows", intake)).text

    plan = editor.get(address("plan", intake))
    assert address("statuses", intake) in plan.text
    assert "w toku" in editor.get(address("statuses", intake)).text
    editor.post(address("statuses", intake), {"status-0": "in_progress"})
    assert {row.plan_kind for row in intake.rows.all()} == {PlanKind.CREATE}
    editor.post(address("plan", intake))
    assert RecommendationPage.objects.filter(source_title="Arkusz", live=False).count() == 2


def test_what_takes_long_is_left_to_the_worker_and_the_page_says_how_far_it_is(
    cast: Cast, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "BATCH", 1)
    intake = make_sheet(cast.own_group, by=cast.people["editor"], rows=[["Treść"], ["Otworzyć."], ["Szkolić."]])
    assert editor.post(address("plan", intake)).headers["Location"] == address("plan", intake)
    page = editor.get(address("plan", intake))
    assert BeautifulSoup(page.content, "html.parser").select_one("progress[max='2'][value='0']")
    assert editor.get(address("rows", intake)).headers["Location"] == address("plan", intake)

    assert background.work_once()
    drafts = editor.get(address("drafts", intake)).text
    assert "Otworzyć" in drafts
    editor.post(address("drafts", intake), {"sure": "1"})
    assert RecommendationPage.objects.filter(source_title="Arkusz").count() == 2
    background.work_once()
    assert not RecommendationPage.objects.filter(source_title="Arkusz").exists()


def test_letters_in_doubt_are_asked_about_with_a_preview(cast: Cast, editor: Client) -> None:
    file = sheet_file([["Nr", "Рекомендація"], ["1", "Відкрити пункт"]], encoding="cp1251")
    intake = start_sheet(cast.own_group, by=cast.people["editor"], file=file, title="Arkusz")
    page = editor.get(address("columns", intake))
    data = fields_of(page) | {"column-1": "text"}
    assert data["encoding"] == ""
    assert editor.post(address("columns", intake), data | {"act": "read"}).status_code == 422
    data["encoding"] = "cp1251"
    assert "Відкрити пункт" in editor.post(address("columns", intake), data | {"act": "preview"}).text
    editor.post(address("columns", intake), data | {"act": "read"})
    assert intake.rows.get().text == "Відкрити пункт"


@pytest.mark.parametrize("rows", [2, 120])
def test_queries_of_a_plan_do_not_grow_with_the_rows(
    cast: Cast, editor: Client, rows: int, django_assert_max_num_queries: Any
) -> None:
    sheet = [["ID", "Treść"], *([f"P-{n}", f"Punkt {n}."] for n in range(rows))]
    intake = make_sheet(cast.own_group, by=cast.people["editor"], rows=sheet)
    with django_assert_max_num_queries(30):
        assert editor.get(address("plan", intake)).status_code == 200
