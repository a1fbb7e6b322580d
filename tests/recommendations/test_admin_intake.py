"""The screens of an intake, as an editor goes through them without any script."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import WorkflowState

from accounts.models import User
from forums.models import WorkingGroupPage
from recommendations.models import Intake, IntakeRow, RecommendationPage
from recommendations.transfer.intake import made_by
from recommendations.transfer.papers import take_in
from tests.factories.accounts import PASSWORD
from tests.factories.admin import edit_url
from tests.factories.admin import form_of as page_form
from tests.factories.files import word
from tests.factories.roles import Cast, make_cast
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = pytest.mark.django_db

PAPER = "Wstęp.\n\n1. Otworzyć punkt. (Urząd Miasta)\n2. Szkolić urzędników.\n3. Drukować ulotki."


@pytest.fixture(scope="module")
def cast(stage: None) -> Cast:
    cast = make_cast()
    OrganisationFactory.create(label_pl="Urząd Miasta")
    return cast


@pytest.fixture
def editor(cast: Cast, client: Client, db: None) -> Client:
    client.force_login(User.objects.get(username="redaktorka"))
    return client


@pytest.fixture
def intake(cast: Cast, db: None) -> Intake:
    return take_in(cast.own_group, by=cast.people["editor"], text=PAPER, title="Zbiór")


def address(name: str, pk: int) -> str:
    return reverse(f"intake:{name}", args=[pk])


def form_of(response: Any) -> dict[str, str]:
    """What the form of the rows would send if nothing were typed."""
    page = BeautifulSoup(response.content, "html.parser")
    form = page.select_one("form.intake, main form")
    assert form is not None
    data = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    return data | {
        str(one["name"]): one.text.removeprefix("\r\n").removeprefix("\n") for one in form.select("textarea")
    }


def sent(client: Client, intake: Intake, act: str, **typed: str) -> Any:
    data = form_of(client.get(address("rows", intake.pk)))
    return client.post(address("rows", intake.pk), data | typed | {"act": act})


def rows_of(intake: Intake) -> list[IntakeRow]:
    return list(intake.rows.filter(is_dropped=False))


def test_a_group_s_paper_becomes_drafts_step_by_step_and_is_undone(cast: Cast, editor: Client) -> None:
    group = cast.own_group
    assert address("start", group.pk) in editor.get(reverse("wagtailadmin_explore", args=[group.pk])).text
    file = SimpleUploadedFile("zbior.docx", word(("h1", "Rekomendacje"), ("1", "Otworzyć punkt."), ("1", "Szkolić.")))
    form = {"title": "Zbiór", "source_kind": "working_group", "wording_kind": "verbatim", "issued": "21.11.2026"}
    response = editor.post(address("start", group.pk), {**form, "file": file})
    intake = Intake.objects.get()
    assert response.headers["Location"] == address("rows", intake.pk)

    first, second = rows_of(intake)
    response = sent(editor, intake, "plan", **{f"row-{first.pk}-title": "Punkt informacyjny"})
    assert response.headers["Location"] == address("plan", intake.pk)
    assert "Punkt informacyjny" in editor.get(address("plan", intake.pk)).text

    editor.post(address("plan", intake.pk))
    drafts = RecommendationPage.objects.filter(translation_key__in=[first.key, second.key])
    assert sorted(drafts.values_list("title", "live")) == [("Punkt informacyjny", False), ("Szkolić", False)]
    assert "Punkt informacyjny" in editor.get(address("drafts", intake.pk)).text

    editor.post(address("drafts", intake.pk))
    assert drafts.count() == 2
    editor.post(address("drafts", intake.pk), {"sure": "1"})
    assert not drafts.exists()


def test_whichever_button_is_pressed_what_was_typed_is_kept(editor: Client, intake: Intake) -> None:
    first, second, third = rows_of(intake)
    sent(editor, intake, f"join:{third.pk}", **{f"row-{first.pk}-title": "Punkt", f"row-{third.pk}-text": "Ulotki."})
    assert [(row.title, row.text) for row in rows_of(intake)] == [
        ("Punkt", "Otworzyć punkt."),
        (second.title, "Szkolić urzędników.\nUlotki."),
    ]


def test_a_form_opened_before_a_newer_save_shows_both_texts(editor: Client, intake: Intake) -> None:
    first = rows_of(intake)[0]
    stale = form_of(editor.get(address("rows", intake.pk)))
    sent(editor, intake, "save", **{f"row-{first.pk}-title": "Tytuł koleżanki"})

    response = editor.post(address("rows", intake.pk), stale | {f"row-{first.pk}-title": "Mój tytuł", "act": "save"})
    assert response.status_code == 409
    assert "Tytuł koleżanki" in response.text
    assert form_of(response)[f"row-{first.pk}-title"] == "Mój tytuł"

    editor.post(address("rows", intake.pk), form_of(response) | {"act": "save"})
    first.refresh_from_db()
    assert first.title == "Mój tytuł"


def test_a_refused_act_leaves_what_was_typed_in_the_form(editor: Client, intake: Intake) -> None:
    first = rows_of(intake)[0]
    response = sent(editor, intake, f"split:{first.pk}", **{f"row-{first.pk}-title": "Mój tytuł"})
    assert response.status_code == 422
    assert form_of(response)[f"row-{first.pk}-title"] == "Mój tytuł"


def test_a_field_that_is_too_long_is_named(editor: Client, intake: Intake) -> None:
    first = rows_of(intake)[0]
    response = sent(editor, intake, "save", **{f"row-{first.pk}-number": "1" * 30})
    assert response.status_code == 422
    assert re.search(r'class="error-message"[^>]*>[^<]*20', response.text)


def test_a_guess_is_marked_and_can_be_taken_back_by_a_button(editor: Client, intake: Intake) -> None:
    first = rows_of(intake)[0]
    act = f"take-back:{first.pk}:addressees"
    assert act in editor.get(address("rows", intake.pk)).text
    sent(editor, intake, act)
    assert act not in editor.get(address("rows", intake.pk)).text
    assert rows_of(intake)[0].text == "Otworzyć punkt. (Urząd Miasta)"


def test_what_was_left_out_is_shown_and_can_be_taken(editor: Client, intake: Intake) -> None:
    left = intake.rows.get(is_dropped=True)
    assert "Wstęp." in editor.get(address("rows", intake.pk)).text
    sent(editor, intake, f"bring-back:{left.pk}")
    assert rows_of(intake)[0].text == "Wstęp."


@pytest.mark.parametrize(
    "act", ["", "join:", "join:x", "join:999999999999999999", "take-back:1", "rm -rf:1:2", "split:٣"]
)
def test_a_button_that_is_none_of_ours_does_nothing(editor: Client, intake: Intake, act: str) -> None:
    before = [(row.pk, row.text) for row in intake.rows.all()]
    assert sent(editor, intake, act).status_code in {302, 422}
    assert [(row.pk, row.text) for row in intake.rows.all()] == before


def test_a_paper_without_recommendations_is_refused_and_the_text_stays(cast: Cast, editor: Client) -> None:
    form = {
        "title": "Zbiór",
        "source_kind": "working_group",
        "wording_kind": "verbatim",
        "issued": "21.11.2026",
        "text": "Dziękujemy.",
    }
    response = editor.post(address("start", cast.own_group.pk), form)
    assert response.status_code == 422
    assert "Dziękujemy." in response.text


def test_the_plan_that_is_out_of_date_leads_back_to_the_rows(editor: Client, intake: Intake) -> None:
    sent(editor, intake, "plan")
    sent(editor, intake, "save")
    assert editor.get(address("plan", intake.pk)).headers["Location"] == address("rows", intake.pk)
    assert editor.post(address("plan", intake.pk)).headers["Location"] == address("rows", intake.pk)
    assert not intake.rows.exclude(drafted_at=None).exists()


def test_the_list_shows_the_intakes_of_own_groups_only(cast: Cast, editor: Client, intake: Intake) -> None:
    take_in(cast.foreign_group, by=cast.people["moderator"], text=PAPER, title="Kanarek")
    page = editor.get(reverse("intake:index")).text
    assert "Zbiór" in page
    assert "Kanarek" not in page


@pytest.mark.parametrize("rows", [3, 60])
def test_queries_do_not_grow_with_the_rows(
    cast: Cast, editor: Client, rows: int, django_assert_max_num_queries: Any
) -> None:
    text = "\n".join(f"{number}. Punkt numer {number}." for number in range(rows))
    intake = take_in(cast.own_group, by=cast.people["editor"], text=text, title="Zbiór")
    with django_assert_max_num_queries(20):
        assert editor.get(address("rows", intake.pk)).status_code == 200


def test_the_date_of_the_paper_is_asked_for_and_not_taken_from_the_group_unseen(cast: Cast, editor: Client) -> None:
    WorkingGroupPage.objects.filter(pk=cast.own_group.pk).update(starts_on="2016-03-17", precision="day")
    start = address("start", cast.own_group.pk)
    form = (
        {"source_kind": "working_group", "wording_kind": "verbatim"}
        | form_of(editor.get(start))
        | {"text": "1. Otworzyć punkt.\n2. Szkolić.", "title": "Zbiór"}
    )
    assert form["issued"] == "17.03.2016"
    for wrong in ("", "jesienią", "31.02.2026"):
        assert editor.post(start, form | {"issued": wrong}).status_code == 422
    assert not Intake.objects.exists()

    editor.post(start, form | {"issued": "11.2026"})
    intake = Intake.objects.get()
    sent(editor, intake, "plan", issued="10.2026")
    assert "10.2026" in editor.get(address("plan", intake.pk)).text
    editor.post(address("plan", intake.pk))

    made = RecommendationPage.objects.filter(translation_key__in=[row.key for row in rows_of(intake)])
    assert {(str(page.starts_on), page.precision) for page in made} == {("2026-10-01", "month")}


def test_a_row_bears_the_number_of_the_paper_on_every_screen(editor: Client, intake: Intake) -> None:
    first, second, third = rows_of(intake)
    sent(editor, intake, f"join:{second.pk}", **{f"row-{first.pk}-number": ""})
    sent(editor, intake, f"split:{third.pk}", **{f"row-{third.pk}-text": "Drukować.\n---\nRozdawać."})
    sent(editor, intake, "plan")
    legends = BeautifulSoup(editor.get(address("rows", intake.pk)).content, "html.parser").select("legend")
    links = BeautifulSoup(editor.get(address("plan", intake.pk)).content, "html.parser").select("td a[href*='#row-']")
    named = [one.get_text(" ", strip=True) for one in links]
    assert named == ["1 from the top", "3", "3a"]
    assert [one.get_text(" ", strip=True).removeprefix("Recommendation ") for one in legends] == named


def test_a_name_chosen_from_the_list_becomes_a_line_of_its_field(editor: Client, intake: Intake) -> None:
    first = rows_of(intake)[0]
    options = BeautifulSoup(editor.get(address("rows", intake.pk)).content, "html.parser").select("datalist option")
    assert "Urząd Miasta" in [one["value"] for one in options]
    sent(editor, intake, "save", **{f"row-{first.pk}-add_addressees": "Policja", f"row-{first.pk}-add_themes": "Praca"})
    first.refresh_from_db()
    assert (first.addressees, first.themes) == ("Urząd Miasta\nPolicja", "Praca")


def test_after_a_draft_was_sent_the_next_one_of_its_paper_is_offered(editor: Client, intake: Intake) -> None:
    theme = ThemeFactory.create(label_pl="Praca")
    Intake.objects.filter(pk=intake.pk).update(source_url="https://example.org/zbior")
    said = {"addressees": "Urząd Miasta", "themes": theme.label_pl}
    typed = {f"row-{row.pk}-{name}": text for row in rows_of(intake) for name, text in said.items()}
    sent(editor, intake, "plan", **typed)
    editor.post(address("plan", intake.pk))
    first, second, third = (made.page for made in made_by(intake))
    for draft, offered in ((third, first), (first, second)):
        submitted = editor.post(edit_url(draft), page_form(draft, **{"action-submit": "1"}), follow=True)
        assert f'href="{edit_url(offered)}"' in str([*submitted.context["messages"]])


def test_all_drafts_of_a_paper_go_to_moderation_with_one_press(cast: Cast, editor: Client, intake: Intake) -> None:
    sent(editor, intake, "plan")
    editor.post(address("plan", intake.pk))
    # One was published since, and taken off the site: it does not come back with the others.
    withdrawn = made_by(intake)[2].page
    type(withdrawn).objects.filter(pk=withdrawn.pk).update(first_published_at=timezone.now())
    editor.post(address("drafts", intake.pk), {"submit": "1"})
    assert [made.page.workflow_in_progress for made in made_by(intake)] == [True, True, False]

    editor.post(address("drafts", intake.pk), {"submit": "1"})
    assert WorkflowState.objects.count() == 2


def signed_in_again(client: Client, refused: Any) -> Any:
    """The page to which the form of a refusal leads, sent with what it carries."""
    page = BeautifulSoup(refused.content, "html.parser")
    form = page.select_one("form:has([name=kept])")
    assert form is not None
    data = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    response = client.post(str(form["action"]), data | {"username": "redaktorka", "password": PASSWORD})
    return client.get(response.headers["Location"])


def test_rows_sent_after_the_session_ended_stand_in_the_form_again(editor: Client, intake: Intake) -> None:
    first, second = rows_of(intake)[:2]
    here = address("rows", intake.pk)
    typed = form_of(editor.get(here)) | {f"row-{first.pk}-title": "Mój tytuł", "issued": "10.2026", "act": "plan"}
    sent(editor, intake, "save", **{f"row-{second.pk}-title": "Tytuł koleżanki"})
    editor.logout()

    response = signed_in_again(editor, editor.post(f"{here}?page=1", typed))
    assert response.request["QUERY_STRING"] == "page=1"
    form = form_of(response)
    assert (form[f"row-{first.pk}-title"], form["issued"]) == ("Mój tytuł", "10.2026")
    assert "Tytuł koleżanki" in response.text
    assert rows_of(intake)[0].title == first.title

    editor.post(here, form | {"act": "save"})
    assert rows_of(intake)[0].title == "Mój tytuł"
    assert form_of(editor.get(here))[f"row-{second.pk}-title"] == second.title


def test_a_form_older_than_the_sign_in_is_opened_again_with_what_was_typed(
    cast: Cast, db: None, intake: Intake
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="redaktorka"))
    here, first = address("rows", intake.pk), rows_of(intake)[0]
    stale = form_of(browser.get(here)) | {f"row-{first.pk}-title": "Mój tytuł", "csrfmiddlewaretoken": "x" * 32}

    foreign = browser.post(here, stale, headers={"origin": "https://example.org"})
    assert (foreign.status_code, "Mój tytuł" in foreign.text, 'name="kept"' in foreign.text) == (403, False, False)

    response = signed_in_again(browser, browser.post(here, stale))
    assert form_of(response)[f"row-{first.pk}-title"] == "Mój tytuł"


def test_no_other_form_of_an_intake_is_lost_with_the_session(cast: Cast, editor: Client) -> None:
    text = "1. Otworzyć punkt.\n2. Szkolić."
    start = address("start", cast.own_group.pk)
    sent_in = {"title": "Zbiór", "source_kind": "working_group", "wording_kind": "verbatim", "issued": "2026"}
    editor.logout()
    form = form_of(signed_in_again(editor, editor.post(start, sent_in | {"text": text})))
    assert (form["text"], form["issued"]) == (text, "2026")

    editor.post(start, sent_in | {"text": text})
    intake = Intake.objects.get()
    names = address("names", intake.pk)
    sent(editor, intake, "save", **{f"row-{rows_of(intake)[0].pk}-addressees": "Instytut Snów"})
    mark = "organisation:instytut snów"
    editor.logout()
    shown = signed_in_again(editor, editor.post(names, {"name": mark, f"kind:{mark}": "ngo"}))
    page = BeautifulSoup(shown.content, "html.parser")
    assert page.select_one("[name=name][checked]") is not None
    assert page.select_one("select option[value=ngo][selected]") is not None
