"""What axe and the eye find on a page that stands in the browser, at several widths, light and dark."""

from collections.abc import Sequence
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Look = tuple[int, Literal["light", "dark"]]

EVERY_LOOK: tuple[Look, ...] = tuple((width, scheme) for scheme in ("light", "dark") for width in (320, 360, 1280))
# Each width and each scheme once: the pages that show them in every combination are made of the same parts.
EACH_ONCE: tuple[Look, ...] = ((320, "dark"), (1280, "light"))
HEIGHT = 900
# Fetching the style sheets anew each time serves only a rule that axe itself leaves off.
ASK_AXE = """
axe.run(document, {
  rules: {"target-size": {enabled: true}}, resultTypes: ["violations"], selectors: false, preload: false
}).then(found => found.violations)
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

# Half a second for each message that fades in.
STILL = """
const still = new CSSStyleSheet();
still.replaceSync("* { transition: none !important; animation: none !important }");
document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
"""

CUT_OFF = """
() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter(e => e.checkVisibility() && !e.closest(".visually-hidden, .skip") && e.clientWidth > 1)
  .filter(e => ["hidden", "clip"].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.outerHTML.slice(0, 100))
"""


def faults(page: Page, name: str, looks: Sequence[Look] = EACH_ONCE) -> list[str]:
    """A line for each place where axe finds something wrong, no rule switched off, or the page scrolls sideways.

    The page is not loaded anew: its colours and width change under it. Its context passes by the content policy,
    because axe is not of our origin.
    """
    found: list[str] = []
    # A click that led here waits for the first byte only.
    page.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    for width, scheme in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        where = f"{name} {width} {scheme}"
        for violation in page.evaluate(ASK_AXE):
            found += [f"{where}: {violation['id']} {node['html'][:150]}" for node in violation["nodes"]]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{where}: scrolls sideways, {wide} px"] if wide > width else []
    return found


def admin_faults(page: Page) -> list[str]:
    """A line for each place of an admin page where axe finds something wrong in what our templates print."""
    page.wait_for_load_state()
    page.evaluate(STILL)
    # A message that has not come yet has no contrast.
    page.wait_for_function(
        "[...document.querySelectorAll('.messages > ul')].every(e => getComputedStyle(e).opacity === '1')"
    )
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(ASK_AXE.replace("document,", "document.querySelector('#main'),"))
    return [f"{fault['id']} {node['html'][:150]}" for fault in found for node in fault["nodes"]]


def faults_when_stretched(page: Page, name: str) -> list[str]:
    """A line for each text that is cut off, or page that scrolls sideways, with text spaced out or twice as large.

    The page stays as it was made: load another after it.
    """
    found: list[str] = []
    page.evaluate(SPACING)
    for width, size in ((1280, "100%"), (640, "200%")):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
        found += [f"{name} at {size}: cut off {element}" for element in page.evaluate(CUT_OFF)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{name} at {size}: {wide} px wide"] if wide > width else []
    return found
