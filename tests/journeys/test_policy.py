"""Every kind of page as a browser meets it: nothing breaks the content policy, nothing comes from another host."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page

from tests.factories.pages import make_site
from tests.journeys.test_accessibility import build, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REPORT = """
window.policyViolations = [];
document.addEventListener("securitypolicyviolation", event => {
  window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


@pytest.fixture
def addresses(settings: Any, tmp_path: Path) -> dict[str, str]:
    settings.SEARCH_DIR = tmp_path
    found = build(make_site())
    call_command("search_rebuild", verbosity=0)
    return found


def walk(page: Page, addresses: dict[str, str]) -> Any:
    for name, address in addresses.items():
        if name == "my institution":
            sign_in(page)
        page.goto(address)
        yield name


def test_no_page_breaks_the_policy_or_asks_another_host_and_its_first_key_leads_past_the_navigation(
    page: Page, live_server: Any, addresses: dict[str, str]
) -> None:
    page.context.add_init_script(REPORT)
    elsewhere: list[str] = []
    page.context.on(
        "request", lambda r: elsewhere.append(r.url) if not r.url.startswith((live_server.url, "data:")) else None
    )
    # A tab of its own: the status of this page, and the control, are faults in the console.
    control = page.context.new_page()
    control.goto(addresses.pop("not found"))
    violations = {"not found": control.evaluate("window.policyViolations")}
    control.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    control.wait_for_function("window.policyViolations.length > 0")

    for name in walk(page, addresses):
        violations[name] = page.evaluate("window.policyViolations")
        for key in ("Tab", "Enter", "Tab"):
            page.keyboard.press(key)
        assert page.evaluate("!!document.activeElement.closest('main, footer')"), name

    assert {name: found for name, found in violations.items() if found} == {}
    assert elsewhere == []
