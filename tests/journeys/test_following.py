"""A researcher follows a search and an institution in a real browser, without scripts and without an account."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core import mail
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from notices import rules
from notices.models import Remark, Subscriber
from notices.services.delivery import send_waiting
from notices.services.digests import plan_digests, queue_digests
from recommendations.models import FollowUp, Recommendation
from search.sync.drain import drain
from search.sync.rebuild import rebuild
from tests.factories.pages import make_recommendation
from tests.factories.taxonomy import OrganisationFactory
from tests.journeys.looks import faults, faults_when_stretched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = "badaczka@example.org"


@pytest.fixture
def fact(settings: Any, tmp_path: Path) -> Recommendation:
    settings.SEARCH_DIR = tmp_path
    office = OrganisationFactory.create(label_pl="Miasto Wrocław", code="wroclaw")
    found = make_recommendation(title="Kursy języka", addressees=[office])
    rebuild()
    return found


def link_in_last_mail(words: str) -> str:
    found = re.search(rf"https?://[^/\s]+({words}\S*)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def follow(page: Page, look: Callable[[str, str], None]) -> None:
    """From a page with a button, over the mail, to the list of what is followed."""
    page.locator("main a[href^='/obserwuj/']").first.click()
    look("follow", page.url)
    page.fill("input[name=email]", ADDRESS)
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.locator("main [role=status]")).to_contain_text("a mail with a link is on its way")
    look("sent", page.url)
    assert send_waiting() == {"sent": 1}
    page.goto(link_in_last_mail("/obserwuj/potwierdz/"))
    look("confirm", page.url)
    page.get_by_role("button", name="Yes, follow it by mail").click()
    expect(page.locator("h1")).to_have_text("What you follow")


def test_a_researcher_follows_without_scripts_gets_the_news_and_ends_it_with_one_press(
    browser: Browser, live_server: Any, fact: Recommendation
) -> None:
    found: list[str] = []
    # axe is not of our origin, and needs the scripts that the researcher has switched off.
    eye = browser.new_context(base_url=live_server.url, locale="pl-PL", bypass_csp=True).new_page()
    seen: set[str] = set()

    def look(name: str, address: str) -> None:
        if name not in seen:
            seen.add(name)
            with override_settings(LOCALE_PATHS=[project.BASE_DIR / "locale"]):
                eye.goto(address)
                found.extend([*faults(eye, name), *faults_when_stretched(eye, name)])

    context = browser.new_context(base_url=live_server.url, locale="pl-PL", java_script_enabled=False)
    page = context.new_page()
    page.goto("/search/?q=kursy")
    follow(page, look)
    page.goto("/instytucje/wroclaw/")
    follow(page, look)
    expect(page.locator("main ul.plain-list li")).to_have_count(2)
    look("subscriptions", page.url)
    assert [cookie["name"] for cookie in context.cookies() if "session" in cookie.get("name", "")] == []

    FollowUp.objects.create(
        assignment=fact.assignments.get(),
        kind="report",
        implementation="in_progress",
        basis="published_source",
        refers_on="2026-10-01",
        text="Ogłoszono konkurs.",
    )
    drain()
    next_week = rules.first_day_of_week(timezone.localdate()) + dt.timedelta(days=7)
    assert queue_digests(plan_digests(rules.working_day_from(next_week))) == 1
    assert send_waiting() == {"sent": 1}
    assert fact.reference in mail.outbox[-1].body

    page.goto(link_in_last_mail(r"/obserwowane/[^/\s]+/koniec/"))
    look("end", page.url)
    page.get_by_role("button", name="End all of it").click()
    expect(page.locator("main [role=status]")).to_contain_text("the address is deleted")
    assert not Subscriber.objects.exists()

    page.goto(f"/r/{fact.reference}")
    page.get_by_role("link", name="Is something wrong or new here?").click()
    look("remark", page.url)
    page.get_by_role("radio", name="There is something new").check()
    page.fill("textarea[name=text]", "Powstał nowy punkt.")
    page.get_by_role("button", name="Send to the moderators").click()
    expect(page.locator("main [role=status]")).to_contain_text("The moderators have got it")
    assert Remark.objects.get().text == "Powstał nowy punkt."
    for one in (context, eye.context):
        one.close()

    assert found == []
