"""From a search onwards in a real browser: narrow, compare, cite, export, follow the source; save and come back."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from recommendations.models import Recommendation
from tests.factories.pages import make_forum, make_group, make_recommendation
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory
from tests.journeys.looks import faults

# All letters before the page comes to think of any of them.
TYPE = """
(box, text) => {
  for (const letter of text) {
    box.value += letter;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def schools(settings: Any, tmp_path: Path) -> list[Recommendation]:
    settings.SEARCH_DIR = tmp_path / "search"
    group = make_group(title="Edukacja", parent=make_forum(title="IV Forum"))
    education, health = ThemeFactory.create(label_pl="Edukacja dzieci"), ThemeFactory.create(label_pl="Zdrowie")
    texts = (
        ("Miejsca w szkołach", "Zapewnić dzieciom uchodźców miejsca w szkołach.", education),
        ("Asystenci w szkołach", "Zatrudnić asystentów dla dzieci uchodźców.", education),
        ("Lekarz", "Zapewnić dzieciom uchodźców opiekę lekarza.", health),
    )
    facts = [
        make_recommendation(
            parent=group,
            title=title,
            text=text,
            themes=[theme],
            addressees=[OrganisationFactory.create(label_pl=f"Miasto {title}")],
            source_url="https://example.org/zrodlo",
        )
        for title, text, theme in texts
    ]
    call_command("search_rebuild", verbosity=0)
    return facts


def test_search_narrow_compare_cite_export_and_follow_the_source(page: Page, schools: list[Recommendation]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    page.fill("main input[name=q]", "dzieci uchodzcow")
    page.press("main input[name=q]", "Enter")
    expect(page.locator("main mark").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Edukacja dzieci")).first.click()
    page.wait_for_url(re.compile("theme="))
    expect(page.locator(".hits article")).to_have_count(2)

    for fact in schools[:2]:
        page.locator(f"input[name=pick][value='{fact.reference}']").check()
    page.locator("#picks button[type=submit]").click()
    page.wait_for_url(re.compile(r"/search/compare/\?pick="))
    table = page.locator("table.compare")
    for fact in schools[:2]:
        expect(table).to_contain_text(fact.reference)
    expect(table).to_contain_text("Zatrudnić asystentów dla dzieci uchodźców.")
    assert f"pick={schools[0].reference}" in page.url

    citations = page.locator("#citations")
    expect(citations).to_contain_text(f"/r/{schools[0].reference}/v1")
    page.locator("[data-copy='#citations']").click()
    expect(page.locator("[data-copies] [role=status]")).not_to_be_empty()
    assert f"/r/{schools[1].reference}/v1" in page.evaluate("navigator.clipboard.readText()")

    with page.expect_download() as download:
        page.locator("main").get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text("utf-8-sig").splitlines()))
    assert {row["reference"] for row in rows} == {fact.reference for fact in schools[:2]}
    assert re.fullmatch(r"rekomendacje-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)

    table.get_by_role("link", name="Miejsca w szkołach", exact=True).click()
    expect(page.locator("h1")).to_have_text("Miejsca w szkołach")
    expect(page.locator("main a[href='https://example.org/zrodlo']").first).to_be_visible()


def test_the_whole_answer_is_handed_over_from_below_the_question(page: Page, schools: list[Recommendation]) -> None:
    page.goto("/search/?q=dzieci")
    page.locator(".take-away summary").click()

    with page.expect_download() as download:
        page.locator(".take-away").get_by_role("link", name="BibTeX").click()

    assert Path(download.value.path()).read_text().count("@misc{") == 3


def test_suggestions_are_chosen_with_the_keyboard_and_never_in_the_way(
    page: Page, schools: list[Recommendation]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest/" in request.url else None)
    page.goto("/search/")
    box = page.locator("main input[name=q]")
    box.focus()
    box.evaluate(TYPE, "asyste")
    options = page.locator("main [role=option]")
    expect(options.first).to_be_visible()
    assert len(asked) == 1
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("main form[data-suggest] [role=status]")).to_contain_text(str(options.count()))

    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_value("asyste")
    box.press("Enter")
    page.wait_for_url(re.compile("q=asyste"))
    # The address changes before the page does: what is typed into the old box is lost with it.
    expect(page).to_have_title(re.compile("asyste"))
    expect(box).to_have_attribute("role", "combobox")

    box.fill("miejsca w szk")
    option = page.locator("main [role=option]", has_text=re.compile("^Miejsca w szkołach"))
    expect(option).to_be_visible()
    option.click()
    expect(page.locator("h1")).to_have_text("Miejsca w szkołach")


def test_another_language_asks_what_is_asked_now_and_not_what_the_page_was_opened_with(
    page: Page, schools: list[Recommendation]
) -> None:
    page.goto("/search/?q=lekarz")
    box = page.locator("#search-text")
    box.fill("miejsca")
    box.press("Enter")
    expect(page).to_have_title(re.compile("miejsca"))
    expect(page.locator("link[type='application/atom+xml']")).to_have_attribute("href", re.compile("q=miejsca"))

    page.locator("nav.languages").get_by_role("link", name="English").click()
    page.wait_for_url(re.compile("/en/search/.*q=miejsca"))
    expect(page.locator("nav.languages")).to_have_count(1)
    expect(page.locator("main mark").first).to_be_visible()


def test_a_search_is_saved_in_the_browser_and_tells_what_is_new(page: Page, schools: list[Recommendation]) -> None:
    page.goto("/search/?q=dzieci")
    page.locator(".take-away summary").click()
    page.fill("#save-name", "Dzieci <b>")
    page.locator(".save-search button").click()
    expect(page.locator("[data-saved]")).not_to_be_empty()

    page.goto("/search/saved/")
    entry = page.locator("[data-list] > li")
    expect(entry).to_have_count(1)
    expect(entry.locator("h2")).to_have_text("Dzieci <b>")
    expect(entry.locator("[data-news]")).not_to_have_class(re.compile("is-news"))

    make_recommendation(title="Świetlica", text="Otworzyć dzieciom świetlicę.")
    page.reload()
    expect(entry.locator("[data-news]")).to_contain_text("1")
    expect(entry.locator("[data-news]")).to_have_class(re.compile("is-news"))
    entry.get_by_role("link", name="Dzieci <b>").click()
    page.wait_for_url(re.compile("q=dzieci"))

    page.goto("/search/saved/")
    expect(entry.locator("[data-news]")).not_to_have_class(re.compile("is-news"))
    entry.locator("[data-delete]").click()
    expect(entry).to_have_count(0)
    expect(page.locator("[data-empty]")).to_be_visible()


def test_what_somebody_wrote_into_the_storage_of_the_browser_breaks_nothing(
    page: Page, schools: list[Recommendation]
) -> None:
    for kept in ("{", "[1, null, {}]", '[{"name": "x", "address": "javascript:alert(1)", "feed": "//evil.example/"}]'):
        page.goto("/search/saved/")
        page.evaluate("kept => localStorage.setItem('saved-searches', kept)", kept)
        page.reload()
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("[data-list] > li")).to_have_count(0)


def test_ticks_survive_the_way_to_another_answer_in_this_tab(page: Page, schools: list[Recommendation]) -> None:
    page.goto("/search/?q=lekarz")
    page.locator("input[name=pick]").first.check()
    page.goto("/search/?q=asystent")
    page.locator(f"input[name=pick][value='{schools[1].reference}']").check()
    expect(page.locator("[data-number]")).to_have_text("2")
    page.locator("#picks button[type=submit]").click()

    expect(page.locator("table.compare thead th")).to_have_count(2)
    page.locator("a.remove").first.click()
    expect(page.locator("table.compare thead th")).to_have_count(1)
    page.goto("/search/?q=lekarz")
    expect(page.locator("[data-number]")).to_have_text("1")

    # One record more is compared with what is ticked, and what an address brings along is no more than that.
    page.goto(f"/r/{schools[2].reference}")
    page.locator("a[data-compare-with]").click()
    expect(page.locator("table.compare thead th")).to_have_count(2)
    page.goto(f"/search/?q=dzieci&pick={schools[0].reference}")
    expect(page.locator("[data-number]")).to_have_text("3")
    page.locator(f"input[data-pick][value='{schools[0].reference}']").uncheck()
    page.reload()
    expect(page.locator("[data-number]")).to_have_text("2")


def test_everything_works_without_scripts(browser: Browser, live_server: Any, schools: list[Recommendation]) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="pl-PL")
    page = context.new_page()
    page.goto("/search/?q=dzieci")
    for fact in schools[:2]:
        page.locator(f"input[name=pick][value='{fact.reference}']").check()
    page.locator("#picks button[type=submit]").click()
    expect(page.locator("table.compare thead th")).to_have_count(2)
    page.fill("#add-pick", f"{schools[2].reference.lower()}, NIE-MA-R01")
    page.locator(".add-pick button").click()
    expect(page.locator("table.compare thead th")).to_have_count(3)
    expect(page.locator(".notice.is-error")).to_contain_text("NIE-MA-R01")
    page.goto("/search/saved/")
    expect(page.locator("noscript p")).to_be_visible()
    context.close()


def test_axe_finds_nothing_with_everything_open(
    browser: Browser, live_server: Any, schools: list[Recommendation]
) -> None:
    context = browser.new_context(base_url=live_server.url, locale="pl-PL", bypass_csp=True)  # axe comes from elsewhere
    page = context.new_page()
    found: list[str] = []

    def look(name: str) -> None:
        found.extend(faults(page, name))

    page.goto("/search/?q=dzieci")
    page.locator(".take-away summary").click()
    page.locator("input[name=pick]").first.check()
    look("take away")
    page.locator(".save-search button").click()
    page.fill("#search-text", "dzieci szk")
    expect(page.locator("main [role=option]").first).to_be_visible()
    page.locator("#search-text").press("ArrowDown")
    look("suggestions")
    page.goto("/search/saved/")
    expect(page.locator("[data-list] > li")).to_have_count(1)
    look("saved searches")
    page.goto("/search/compare/?" + "&".join(f"pick={fact.reference}" for fact in schools) + "&pick=NIE-MA-R01")
    look("comparison")
    page.goto("/search/compare/")
    look("nothing to compare")
    context.close()

    assert found == []
