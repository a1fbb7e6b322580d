"""Several people about one matter in a real browser: deputy, moderator, the body named instead, and who looks back."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from recommendations.models import Assignment
from recommendations.rules import RIGHT_OF_REPLY
from recommendations.services.evidence import EvidenceData
from recommendations.services.follow_up import record_report
from recommendations.services.log import refresh_disputed
from taxonomy.choices import MandateRole
from tests.factories.accounts import PASSWORD
from tests.factories.pages import make_assignment
from tests.factories.roles import Cast, make_cast
from tests.factories.taxonomy import MandateFactory, OrganisationFactory, ThemeFactory
from tests.journeys.looks import admin_faults, faults
from tests.journeys.test_journeys import sign_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def enter(page: Page, person: User, address: str) -> None:
    """Sign in on the way to an address, whoever was signed in before: no other page is loaded for it."""
    sign_out(page)
    page.goto(f"/sign-in/?next={address}")
    page.fill("input[name=username]", person.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    expect(page).to_have_url(address)


@dataclass
class Scene:
    """A tab that axe may enter, what it found there, the people, and one matter of an office with a deputy."""

    tab: Page
    cast: Cast
    row: Assignment
    faults: dict[str, list[str]] = field(default_factory=dict)

    def look(self, name: str) -> None:
        is_admin = "/admin/" in self.tab.url
        self.faults[name] = admin_faults(self.tab) if is_admin else faults(self.tab, name)


@pytest.fixture
def scene(browser: Browser, live_server: Any) -> Iterator[Scene]:
    cast = make_cast()
    office = OrganisationFactory.create(label_pl="Miasto Wrocław")
    cast.people["deputy"] = MandateFactory.create(organisation=office, role=MandateRole.DEPUTY).user
    row = make_assignment(
        parent=cast.own_group,
        title="Asystenci międzykulturowi",
        addressees=[office],
        themes=[ThemeFactory.create(code="szkoly")],
    )
    # axe is not of our origin.
    context = browser.new_context(
        base_url=live_server.url, locale="pl-PL", timezone_id="Europe/Warsaw", bypass_csp=True
    )
    found = Scene(context.new_page(), cast, row)
    yield found
    context.close()
    assert {name: what for name, what in found.faults.items() if what} == {}


def test_a_deputy_names_who_is_competent_and_once_accepted_that_body_is_asked_instead(scene: Scene) -> None:
    tab, row = scene.tab, scene.row
    other = MandateFactory.create(organisation=OrganisationFactory.create(label_pl="Kuratorium Oświaty"))
    contact = MandateFactory.create(organisation=row.organisation).user
    said: dict[str, Any] = {"text": "Od września.", "refers_on": dt.date(2026, 1, 5), "basis": "own_statement"}
    record_report(row, implementation="not_started", recorded_by=contact, **said)

    enter(tab, scene.cast.people["deputy"], "/moja-instytucja/")
    expect(tab.locator("main article")).to_contain_text("Od września.")
    tab.locator("main article a[href*='answer=not_ours']").click()
    tab.select_option("select[name=competent_body]", label="Kuratorium Oświaty")
    tab.fill("textarea[name=text]", "Asystentów zatrudnia kuratorium.")
    tab.locator("form.reply button").first.click()
    expect(tab.locator(".notice.is-good")).to_be_visible()

    enter(tab, scene.cast.people["moderator"], "/admin/claims/not-ours/")
    tab.locator(f"main a[href$='/{row.pk}/not-ours/']").click()
    expect(tab.locator("main")).to_contain_text("Kuratorium Oświaty")
    scene.look("accept")
    tab.fill("[name=reason]", "Tak stanowi ustawa.")
    tab.locator("main form button[type=submit], main form input[type=submit]").first.click()
    tab.wait_for_url(lambda address: "not-ours" not in address)
    sign_out(tab)

    tab.goto(f"/r/{row.recommendation.reference}")
    expect(tab.locator("main")).to_contain_text("closed: not competent")
    expect(tab.locator("main")).to_contain_text("Kuratorium Oświaty")
    expect(tab.locator("main")).to_contain_text("Asystentów zatrudnia kuratorium.")
    enter(tab, other.user, "/moja-instytucja/")
    expect(tab.locator("main article")).to_contain_text("Asystenci międzykulturowi")
    assert [one.closure for one in row.recommendation.assignments.order_by("number")] == ["not_competent", ""]


def test_a_contradiction_waits_for_a_reply_and_a_past_day_shows_what_stood_before(scene: Scene) -> None:
    tab, row = scene.tab, scene.row
    deputy = scene.cast.people["deputy"]
    proof = EvidenceData(kind="resolution", citation="Uchwała nr 7")
    record_report(
        row,
        implementation="implemented",
        text="Rada przyjęła program.",
        recorded_by=deputy,
        basis="own_statement",
        refers_on=dt.date(2026, 1, 5),
        evidence=[proof],
    )
    address, today = f"/r/{row.recommendation.reference}", timezone.localdate()

    enter(tab, scene.cast.people["moderator"], "/admin/claims/")
    tab.locator("main a[href*='/assess/']").click()
    tab.select_option("[name=finding]", "contradicts")
    tab.fill("[name=text]", "Uchwałę uchylono.")
    tab.select_option("[name=evidence-0-kind]", "resolution")
    tab.fill("[name=evidence-0-citation]", "Uchwała nr 8")
    tab.locator("main form button[type=submit], main form input[type=submit]").first.click()
    tab.wait_for_url(lambda found: "/assess/" not in found)
    sign_out(tab)
    tab.goto(address)
    expect(tab.locator("main")).to_contain_text("Rada przyjęła program.")
    expect(tab.locator("main")).not_to_contain_text("Uchwałę uchylono.")

    enter(tab, deputy, "/moja-instytucja/?show=returned")
    tab.locator(f"main article a[href$='/{row.pk}/']").click()
    expect(tab.locator("main .assessment")).to_contain_text("Uchwałę uchylono.")
    expect(tab.locator("main .assessment")).to_contain_text("Readers see this from")
    scene.look("before it is public")
    sign_out(tab)

    with time_machine.travel(timezone.now() + RIGHT_OF_REPLY, tick=True):
        assert refresh_disputed() == 1
        tab.goto(address)
        expect(tab.locator("main")).to_contain_text("Uchwałę uchylono.")
        expect(tab.locator("main")).to_contain_text("disputed")

        tab.goto("/tematy/szkoly/")
        look_back(tab, today)
        expect(tab.locator("main .recommendation-item")).to_contain_text("implemented, declared")
        tab.goto(address)
        look_back(tab, today)
        expect(tab.locator("main")).not_to_contain_text("Uchwałę uchylono.")
        tab.goto("/stan-realizacji/")
        look_back(tab, dt.date(2026, 1, 4))
        expect(tab.locator("main")).to_contain_text("Without information on implementation: 1 of 1.")
        scene.look("figures of a past day")
        tab.get_by_role("link", name="Back to the state of today").click()
        expect(tab.locator("main")).to_contain_text("Without information on implementation: 0 of 1.")


def look_back(tab: Page, day: dt.date) -> None:
    """Through the form that stands on every page that has a past."""
    tab.locator(".day-switch summary").click()
    tab.fill("#day-on", day.isoformat())
    tab.locator(".day-switch button").click()
    expect(tab.locator(".notice.is-past")).to_be_visible()
