"""What axe and the eye find on a page that stands in the browser, at several widths, light and dark."""

from collections.abc import Sequence
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEIGHT = 900
ASK_AXE = "axe.run(document, {resultTypes: ['violations'], selectors: false}).then(found => found.violations)"


def faults(page: Page, name: str, widths: Sequence[int]) -> list[str]:
    """A line for each place where axe finds something wrong, no rule switched off, or the page scrolls sideways.

    The page is not loaded anew: its colours and width change under it. Its context passes by the content policy,
    because axe is not of our origin.
    """
    found: list[str] = []
    page.evaluate(AXE_SCRIPT)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in widths:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            where = f"{name} {width} {scheme}"
            for violation in page.evaluate(ASK_AXE):
                found += [f"{where}: {violation['id']} {node['html'][:150]}" for node in violation["nodes"]]
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{where}: scrolls sideways, {wide} px"] if wide > width else []
    return found
