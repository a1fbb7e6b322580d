"""An official answers from the mail in a real browser, without an account; the pages are usable by anybody."""

import re
from typing import Any

import pytest
from django.conf import settings as project
from django.core import mail
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from notices import rules
from notices.models import ReplyLink
from notices.services.delivery import send_waiting
from notices.services.reminders import plan_reminders, queue_reminders
from recommendations.models import FollowUp
from tests.factories.accounts import PASSWORD
from tests.factories.pages import make_recommendation
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.journeys.looks import faults, faults_when_stretched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address() -> str:
    """Where the link of the mail leads that the contact got: one institution, two recommendations."""
    office = OrganisationFactory.create(label_pl="Miasto Wrocław")
    for title in ("Punkt informacyjny", "Kursy języka"):
        make_recommendation(title=title, addressees=[office], starts_on="2020-05-17")
    MandateFactory.create(user__username="urzedniczka", organisation=office)
    queue_reminders(plan_reminders(rules.working_day_from(timezone.localdate())))
    assert send_waiting() == {"sent": 1}
    found = re.search(r"https?://[^/\s]+(/odpowiedz/\S+)", str(mail.outbox[0].body))
    assert found
    return found[1]


def test_from_the_mail_to_the_thanks_it_takes_two_clicks_for_each_item(page: Page, address: str) -> None:
    page.goto(address)
    for place in range(2):
        page.locator("main a.button[href*='answer=in_progress']").first.click()
        expect(page.locator("input[name=answer][value=in_progress]")).to_be_checked()
        page.fill("textarea[name=text]", f"Krok {place + 1}.")
        page.get_by_role("button", name="Send the answer").click()
        page.wait_for_url(re.compile(f"{re.escape(address)}$"))

    expect(page.locator("main [role=status]")).to_contain_text("Thank you")
    assert sorted(FollowUp.objects.values_list("text", "recorded_by__username")) == [
        ("Krok 1.", "urzedniczka"),
        ("Krok 2.", "urzedniczka"),
    ]
    assert [cookie["name"] for cookie in page.context.cookies() if "session" in cookie.get("name", "")] == []


def test_who_is_the_wrong_person_says_so_with_one_press(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="It is not me").click()
    expect(page.locator("main [role=status]")).to_contain_text("Thank you")

    assert ReplyLink.objects.get().ending == "not_me"


def test_a_pause_is_set_from_the_mail(page: Page, address: str) -> None:
    until = timezone.localdate() + rules.LONGEST_PAUSE
    page.goto(address)
    page.fill("input[name=until]", until.isoformat())
    page.get_by_role("button", name="Pause", exact=True).click()

    expect(page.locator("main [role=status]")).to_contain_text("No mail is sent to you before")
    assert ReplyLink.objects.get().mandate.user.mail_preference.paused_until == until


def test_axe_finds_nothing_on_the_pages_of_a_mailed_link_and_of_the_mails(
    browser: Browser, live_server: Any, address: str
) -> None:
    found: list[str] = []
    # axe is not of our origin.
    context = browser.new_context(base_url=live_server.url, locale="pl-PL", bypass_csp=True)
    page = context.new_page()

    def look(name: str) -> None:
        nonlocal found
        found += faults(page, name) + faults_when_stretched(page, name)

    with override_settings(LOCALE_PATHS=[project.BASE_DIR / "locale"]):
        page.goto(address)
        look("items of a mail")
        page.goto(address)
        page.locator("main a.button[href*='answer=in_progress']").first.click()
        look("reply from a mail")
        page.goto(address)
        page.locator("form[action$='/przerwa/'] button").click()
        look("a pause without a day")
        page.goto(address)
        page.locator("form[action$='/to-nie-ja/'] button").click()
        look("it is not me")
        page.goto("/sign-in/")
        page.fill("input[name=username]", "urzedniczka")
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button")
        page.goto("/powiadomienia/")
        look("mails")
    context.close()

    assert found == []
