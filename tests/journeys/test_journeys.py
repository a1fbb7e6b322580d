"""The three people of the product do their jobs in a real browser: find and cite, publish, report."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import User
from recommendations.models import FollowUp, Recommendation, RecommendationPage
from taxonomy.models import Organisation
from tests.factories.accounts import PASSWORD
from tests.factories.pages import make_recommendation
from tests.factories.roles import Cast, make_cast
from tests.factories.taxonomy import ThemeFactory

# The list of pages: an error would have kept the form.
TAKEN = re.compile(r"/admin/pages/\d+/$")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(settings: Any, tmp_path: Any) -> Cast:
    settings.SEARCH_DIR = tmp_path
    found = make_cast()
    call_command("search_rebuild", verbosity=0)
    return found


def sign_in(page: Page, person: User) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=username]", person.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    expect(page).not_to_have_url(re.compile("sign-in"))


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def search(page: Page, words: str) -> None:
    page.goto("/search/")
    page.fill("main input[name=q]", words)
    page.press("main input[name=q]", "Enter")
    page.wait_for_url(re.compile("q="))


def test_a_researcher_finds_narrows_copies_the_address_and_cites(page: Page, cast: Cast) -> None:
    school, health = ThemeFactory.create(label_pl="Edukacja dzieci"), ThemeFactory.create(label_pl="Zdrowie")
    wanted = make_recommendation(
        title="Miejsca w szkołach", text="Zapewnić dzieciom uchodźców edukację w szkołach publicznych.", themes=[school]
    )
    make_recommendation(title="Lekarz", text="Zapewnić dzieciom uchodźców opiekę lekarza.", themes=[health])

    page.goto("/")
    page.fill("main input[name=q]", "dzieci uchodzcow")
    page.press("main input[name=q]", "Enter")
    expect(page.locator("main mark").first).to_be_visible()
    page.locator("#filters").get_by_role("link", name=re.compile("^Edukacja dzieci")).click()
    page.wait_for_url(re.compile("theme="))
    address = page.url

    page.goto("about:blank")
    page.goto(address)
    page.get_by_role("link", name="Miejsca w szkołach").click()

    expect(page.locator("main")).to_contain_text(wanted.reference)
    expect(page.locator("main")).to_contain_text(f"/r/{wanted.reference}/v1")
    page.goto(f"/r/{wanted.reference}")
    expect(page.locator("h1")).to_have_text("Miejsca w szkołach")


def submit_to_moderation(page: Page) -> None:
    button = page.locator('button[name="action-submit"]')
    if not button.is_visible():
        page.locator(
            "footer [data-w-dropdown-target=toggle], footer .w-dropdown__toggle, footer button[aria-haspopup]"
        ).last.click()
    button.click()
    page.wait_for_url(TAKEN)


def approve(page: Page) -> None:
    button = page.locator(
        '[data-workflow-action-name="approve"], button[name="workflow-action"][value="approve"]'
    ).first
    if not button.is_visible():
        page.locator(
            "footer [data-w-dropdown-target=toggle], footer .w-dropdown__toggle, footer button[aria-haspopup]"
        ).last.click()
    # The first of two: the one that asks for no comment.
    button.click()
    page.wait_for_url(TAKEN)


def test_an_editors_draft_becomes_public_only_by_somebody_else(page: Page, cast: Cast) -> None:
    draft = cast.own

    sign_in(page, cast.people["editor"])
    page.goto(f"/admin/pages/{draft.pk}/edit/")
    page.fill("textarea[name=text]", "Otworzyć przedszkola dla dzieci cudzoziemców.")
    submit_to_moderation(page)
    sign_out(page)
    search(page, "przedszkole")
    expect(page.locator("main mark")).to_have_count(0)

    sign_in(page, cast.people["moderator"])
    page.goto(f"/admin/pages/{draft.pk}/edit/")
    approve(page)
    expect(page.locator("body")).not_to_contain_text("Not published")
    assert RecommendationPage.objects.get(pk=draft.pk).live
    sign_out(page)

    search(page, "przedszkole")
    expect(page.locator("main mark").first).to_have_text("przedszkola")
    page.get_by_role("link", name="Własna rekomendacja").first.click()
    expect(page.locator("main")).to_contain_text("Otworzyć przedszkola")

    sign_in(page, cast.people["editor"])
    page.goto(f"/admin/pages/{draft.pk}/edit/")
    page.fill("textarea[name=text]", "Otworzyć żłobki dla dzieci cudzoziemców.")
    page.click("#tab-label-publication")
    page.fill("input[name=change_reason]", "Grupa poprawiła swój tekst.")
    submit_to_moderation(page)
    sign_out(page)
    fact = Recommendation.objects.get(translation_key=draft.translation_key)
    page.goto(f"/r/{fact.reference}")
    expect(page.locator("main")).to_contain_text("przedszkola")
    expect(page.locator("main")).not_to_contain_text("żłobki")


def test_an_official_reports_and_the_public_page_shows_it_apart_and_dated(page: Page, cast: Cast) -> None:
    official = cast.people["official"]
    office = Organisation.objects.get(mandates__user=official)
    fact = make_recommendation(title="Punkt informacyjny", addressees=[office])
    row = fact.assignments.get(organisation=office)

    sign_in(page, official)
    expect(page).to_have_url(re.compile("/moja-instytucja/"))
    page.get_by_role("link", name="Punkt informacyjny").first.click()
    page.goto(f"/moja-instytucja/{row.pk}/")
    fill_new_step(page)
    page.wait_for_load_state()
    sign_out(page)

    assert FollowUp.objects.filter(assignment=row, implementation="in_progress").exists()
    page.goto(f"/r/{fact.reference}")
    expect(page.locator("main")).to_contain_text("Ogłoszono konkurs na prowadzenie punktu.")
    expect(page.locator("main")).to_contain_text(str(office))
    expect(page.locator("main .badge").first).to_have_text("in progress")
    row.refresh_from_db()
    assert row.implementation == "in_progress"


def fill_new_step(page: Page) -> None:
    page.check("input[name=answer][value=in_progress], input[name=answer][value=step]")
    page.fill("textarea[name=text]", "Ogłoszono konkurs na prowadzenie punktu.")
    page.click("main form button[type=submit], main form button:not([type])")
