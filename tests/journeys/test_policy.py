"""Every kind of page as a browser meets it: nothing breaks the content policy, nothing comes from another host."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page

from tests.factories.pages import make_site
from tests.journeys.test_accessibility import build, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REPORT = """
window.policyViolations = [];
document.addEventListener("securitypolicyviolation", event => {
  window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""

# WCAG 2.2, success criterion 1.4.12.
SPACING = """
const style = new CSSStyleSheet();
style.replaceSync(`
  * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
  p { margin-bottom: 2em !important }
`);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
"""

CUT_OFF = """
() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter(e => e.checkVisibility() && !e.closest(".visually-hidden, .skip") && e.clientWidth > 1)
  .filter(e => ["hidden", "clip"].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.outerHTML.slice(0, 100))
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


def test_no_page_breaks_the_policy_or_asks_another_host(
    browser: Browser, live_server: Any, addresses: dict[str, str]
) -> None:
    context = browser.new_context(base_url=live_server.url, locale="pl-PL")
    context.add_init_script(REPORT)
    page = context.new_page()
    elsewhere: list[str] = []
    page.on("request", lambda r: elsewhere.append(r.url) if not r.url.startswith((live_server.url, "data:")) else None)

    violations = {name: page.evaluate("window.policyViolations") for name in walk(page, addresses)}
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    page.wait_for_function("window.policyViolations.length > 0")  # the control: a violation would have been seen
    context.close()

    assert {name: found for name, found in violations.items() if found} == {}
    assert elsewhere == []


def test_text_spaced_out_or_twice_as_large_is_neither_cut_off_nor_runs_out_of_the_page(
    browser: Browser, live_server: Any, addresses: dict[str, str]
) -> None:
    found: list[str] = []
    context = browser.new_context(base_url=live_server.url, locale="pl-PL", bypass_csp=True)
    page = context.new_page()
    for name in walk(page, addresses):
        page.evaluate(SPACING)
        for width, size in ((1280, "100%"), (640, "200%")):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
            found += [f"{name} at {size}: cut off {element}" for element in page.evaluate(CUT_OFF)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{name} at {size}: {wide} px wide"] if wide > width else []
    context.close()

    assert found == []


def test_the_first_key_of_the_keyboard_leads_past_the_navigation(page: Page, addresses: dict[str, str]) -> None:
    del addresses["not found"]  # its status is a fault in the console
    for name in walk(page, addresses):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('main, footer')"), name
