"""An official at work in a real browser: "no change" in a few keys, a draft that survives, a sheet there and back."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from recommendations.choices import Implementation
from recommendations.models import Assignment, FollowUp, ReplyDraft
from recommendations.services.follow_up import record_report
from tests.factories.accounts import PASSWORD
from tests.factories.pages import make_forum, make_group, make_recommendation
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.journeys.looks import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The figure, and what "no change" takes: the button of the item, and the one that sends.
MOST_ACTS, NO_CHANGE_ACTS = 5, 2
COUNT_ACTS = """
for (const kind of ["click", "keydown"]) {
  addEventListener(kind, event => {
    // A key that presses a button also clicks it: one act.
    if (event.isTrusted && !(kind === "click" && event.detail === 0)) {
      sessionStorage.setItem("acts", Number(sessionStorage.getItem("acts") ?? 0) + 1);
    }
  }, true);
}
"""


@pytest.fixture
def user(settings: Any, tmp_path: Path) -> User:
    """An official whose institution is asked twice and has answered once."""
    settings.SEARCH_DIR, settings.MEDIA_ROOT = tmp_path / "search", tmp_path / "media"
    office = OrganisationFactory.create(label_pl="Miasto Wrocław")
    group = make_group(parent=make_forum())
    facts = [make_recommendation(parent=group, title=title, addressees=[office]) for title in ("Asystenci", "Punkt")]
    found = MandateFactory.create(organisation=office, user__username="urzedniczka").user
    record_report(
        facts[0].assignments.get(),
        implementation=Implementation.IN_PROGRESS,
        text="Ogłoszono konkurs.",
        refers_on=facts[0].published_at.date().replace(month=1),
        recorded_by=found,
        basis="own_statement",
    )
    call_command("search_rebuild", verbosity=0)
    return found


def row(title: str) -> Assignment:
    return next(one for one in Assignment.objects.all() if one.recommendation.source_page.title == title)


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    fill_in_the_door(page)
    expect(page).not_to_have_url(re.compile("sign-in"))


def fill_in_the_door(page: Page) -> None:
    page.fill("input[name=username]", "urzedniczka")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")


def acts(page: Page) -> int:
    return int(page.evaluate("sessionStorage.getItem('acts') ?? 0"))


def test_no_change_takes_two_clicks_and_five_keys_at_most(page: Page, user: User) -> None:
    sign_in(page)
    page.context.add_init_script(COUNT_ACTS)
    page.goto("/moja-instytucja/")
    item = page.locator("article", has_text="Asystenci")
    item.locator("a[href*='answer=no_change']").click()
    expect(page.locator("textarea[name=text]")).to_be_visible()
    expect(page.locator("input[name=when]")).to_be_hidden()
    page.locator("form.reply button").first.click()
    expect(page.locator(".notice.is-good")).to_be_visible()

    assert acts(page) == NO_CHANGE_ACTS
    assert FollowUp.objects.count() == 2

    page.evaluate("sessionStorage.setItem('acts', 0)")
    page.locator("article", has_text="Asystenci").locator("a[href*='answer=no_change']").focus()
    page.keyboard.press("Enter")
    page.locator("form.reply input[name=answer]:checked").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".notice.is-good")).to_be_visible()
    assert acts(page) <= MOST_ACTS
    assert FollowUp.objects.count() == 3


def test_what_is_typed_outlives_the_tab_and_the_session(browser: Browser, live_server: Any, user: User) -> None:
    # A tab of its own: that somebody has to sign in again is a fault in the console.
    context = browser.new_context(base_url=live_server.url, locale="pl-PL")
    page = context.new_page()
    path = f"/moja-instytucja/{row('Punkt').pk}/"
    sign_in(page)
    page.goto(f"{path}?answer=in_progress")
    page.fill("textarea[name=text]", "Otwarto punkt informacyjny.")
    expect(page.locator("[data-draft-said]")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.goto("/moja-instytucja/")
    page.goto(path)
    expect(page.locator("textarea[name=text]")).to_have_value("Otwarto punkt informacyjny.")

    Session.objects.all().delete()
    page.fill("input[name=when]", "10.2025")
    page.locator("form.reply button").first.click()
    expect(page.locator("main [role=status]")).to_be_visible()
    fill_in_the_door(page)
    expect(page).to_have_url(re.compile(f"{path}$"))
    expect(page.locator("input[name=when]")).to_have_value("10.2025")
    page.locator("form.reply button").first.click()
    expect(page.locator(".notice.is-good")).to_be_visible()
    context.close()

    entry = FollowUp.objects.order_by("-pk")[0]
    assert (entry.text, str(entry.refers_on)) == ("Otwarto punkt informacyjny.", "2025-10-01")
    assert not ReplyDraft.objects.exists()


def test_while_the_server_takes_no_draft_this_tab_keeps_it(page: Page, user: User) -> None:
    path = f"/moja-instytucja/{row('Punkt').pk}/?answer=in_progress"
    sign_in(page)
    page.goto(path)
    page.route("**/szkic/", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>portal</p>"))
    page.fill("textarea[name=text]", "Pisane bez sieci.")
    expect(page.locator("[data-draft-said]")).not_to_be_empty()
    page.unroute("**/szkic/")
    page.reload()
    expect(page.locator("textarea[name=text]")).to_have_value("Pisane bez sieci.")
    expect(page.locator("[data-draft-said]")).to_have_text(re.compile(r"\d\d:\d\d"))

    assert ReplyDraft.objects.get().data["text"] == "Pisane bez sieci."


def test_a_reply_and_its_draft_need_no_scripts(browser: Browser, live_server: Any, user: User) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="pl-PL")
    page = context.new_page()
    sign_in(page)
    page.goto(f"/moja-instytucja/{row('Punkt').pk}/")
    expect(page.locator("textarea[name=text]")).to_be_hidden()
    page.check("input[name=answer][value=implemented]")
    page.select_option("select[name=evidence_kind]", "resolution")
    page.fill("input[name=evidence_citation]", "Uchwała nr 5")
    page.locator("button[name=keep]").click()
    expect(page.locator("input[name=evidence_citation]")).to_have_value("Uchwała nr 5")
    page.locator("form.reply button").first.click()
    expect(page.locator(".notice.is-good")).to_be_visible()
    context.close()

    assert FollowUp.objects.order_by("-pk")[0].evidence.get().citation == "Uchwała nr 5"


def test_a_sheet_goes_there_and_back(page: Page, user: User, tmp_path: Path) -> None:
    sign_in(page)
    page.goto("/moja-instytucja/")
    page.locator("a[href$='/arkusz/']").click()
    with page.expect_download() as download:
        page.locator("a[href$='arkusz.xlsx']").click()
    path = tmp_path / "arkusz.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    columns = [str(cell.value) for cell in sheet[1]]
    first = next(place for place, name in enumerate(columns, 1) if name in {"ANSWER", "ODPOWIEDŹ"})
    for number, (answer, day, text) in enumerate([("stalled", "2025", "Brak środków."), ("kiedyś", "", "")], 2):
        for shift, value in enumerate((answer, day, text)):
            sheet.cell(number, first + shift, value)
    book.save(path)

    page.set_input_files("input[type=file]", path)
    page.locator("main form button").click()
    expect(page.locator(".plan-errors")).to_contain_text("kiedyś")
    expect(page.locator("table.plan ins").first).to_be_visible()
    expect(page.locator("table.plan del")).to_be_visible()
    page.locator("main form button").click()
    expect(page.locator(".notice.is-good")).to_be_visible()
    assert FollowUp.objects.filter(text="Brak środków.").count() == 1


def test_axe_finds_nothing_on_the_pages_of_an_official(
    browser: Browser, live_server: Any, user: User, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=live_server.url, locale="pl-PL", bypass_csp=True)  # axe comes from elsewhere
    page = context.new_page()
    found: list[str] = []

    def look(name: str) -> None:
        found.extend(faults(page, name))

    sign_in(page)
    page.goto("/moja-instytucja/?show=all")
    look("all items")
    page.goto("/moja-instytucja/?show=overdue")
    look("nothing overdue")
    address = f"/moja-instytucja/{row('Punkt').pk}/"
    for answer in ("", "no_change", "in_progress", "implemented", "not_ours", "position", "partially_implemented"):
        page.goto(f"{address}?answer={answer}")
        look(f"reply {answer}")
    page.check("input[name=answer][value=implemented]")
    page.locator("form.reply details summary").click()
    page.locator("button[name=keep]").click()
    look("draft")
    page.locator("form.reply button").first.click()
    look("errors")
    page.goto("/moja-instytucja/arkusz/")
    look("sheet")
    page.locator("main form button").click()
    look("no sheet")
    path = tmp_path / "arkusz.csv"
    path.write_text(
        "reference;assignment;seen;answer;when;text\n"
        + "".join(
            f"{one.recommendation.reference};A1;99;{answer};2025;Tekst.\n"
            for one, answer in zip(Assignment.objects.all(), ("stalled", "x"), strict=True)
        ),
        "utf-8",
    )
    page.set_input_files("input[type=file]", path)
    page.locator("main form button").click()
    look("plan")
    Session.objects.all().delete()
    page.locator("main form button").click()
    look("signed out")
    context.close()

    assert found == []
