"""A moderator at the desk, in a real browser: a claim with its evidence, the checklist, what readers then see."""

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from recommendations.choices import Badge
from recommendations.models import Assignment
from recommendations.services import follow_up
from recommendations.services.evidence import EvidenceData
from taxonomy.models import Succession
from tests.factories.pages import make_assignment
from tests.factories.roles import make_cast
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.journeys.looks import admin_faults
from tests.journeys.test_journeys import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tab(browser: Browser, live_server: Any) -> Any:
    """A tab that axe may enter: it is not of our origin."""
    context = browser.new_context(
        base_url=live_server.url, locale="pl-PL", timezone_id="Europe/Warsaw", bypass_csp=True
    )
    yield context.new_page()
    context.close()


def claimed(row: Assignment, title: str) -> None:
    follow_up.record_report(
        row,
        implementation="implemented",
        recorded_by=MandateFactory.create(organisation=row.organisation).user,
        basis="own_statement",
        refers_on=dt.date(2026, 1, 5),
        text="Rada miasta przyjęła program i pieniądze na dwa lata.",
        evidence=[EvidenceData(kind="resolution", url="https://example.org/uchwala", title=title)],
    )


def test_a_moderator_assesses_a_claim_from_the_queue_and_readers_see_it_verified(tab: Page) -> None:
    cast = make_cast()
    office = OrganisationFactory.create(label_pl="Miasto Wrocław")
    row = make_assignment(parent=cast.own_group, title="Asystenci międzykulturowi", addressees=[office])
    make_assignment(parent=cast.own_group, title="Kursy języka", addressees=[OrganisationFactory.create()])
    claimed(row, "Uchwała nr 7 Rady Miasta")
    Succession.objects.create(predecessor=office, successor=OrganisationFactory.create(), starts_on="2026-01-01")

    sign_in(tab, cast.people["moderator"])
    faults = {}
    for name in ("", "not-ours/", "rechecks/", "ladders/", "contradictions/", "disputed/", "orphaned/"):
        tab.goto(f"/admin/claims/{name}")
        faults[name] = admin_faults(tab)
    tab.goto("/admin/claims/")
    expect(tab.locator("main")).to_contain_text("Uchwała nr 7 Rady Miasta")
    tab.locator("main a[href*='/assess/']").click()
    tab.wait_for_url(re.compile("/assess/"))
    faults["assess"] = admin_faults(tab)
    tab.select_option("[name=finding]", "confirms")
    tab.fill("[name=text]", "Uchwała obowiązuje, pieniądze są w budżecie.")
    tab.locator("main form button[type=submit], main form input[type=submit]").first.click()
    expect(tab.locator("main")).to_contain_text("Checklist: not done")
    for box in tab.locator("[name=checked]").all():
        box.check()
    tab.locator("main form button[type=submit], main form input[type=submit]").first.click()
    tab.wait_for_url(re.compile(rf"/admin/follow_up/{row.pk}/$"))
    faults["row"] = admin_faults(tab)
    acts = [f"follow_up/{row.pk}/{act}/" for act in ("letter", "silence", "close")]
    for address in ("campaign/", "contacts/", "handover/", f"handover/{Succession.objects.get().pk}/", *acts):
        tab.goto(f"/admin/{address}")
        faults[address] = admin_faults(tab)

    row.refresh_from_db()
    assert row.is_confirmed
    assert row.recommendation.badge == Badge.VERIFIED
    assert {name: found for name, found in faults.items() if found} == {}
