"""Takes the pictures of the guides from a running site in Chromium: .ci/screenshots.py ADDRESS LOGINS.JSON

ADDRESS is that of a site that `make run` started, LOGINS.JSON the file of the first accounts beside its database. Each
picture of the admin shows what an account sees at an address, 1280 pixels wide; those of a researcher's way through the
site are taken at the width of a telephone as well. All are in few colours so that they stay small. The desks are worth
a picture when there is work: as redaktor-gds, send one draft to moderation and then save another; as tlumacz-en, send
the translation of a page on a strategy to moderation.
"""

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from cms.launch import chromium

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
WIDTH, HEIGHT, COLOURS, MOST_BYTES = 1280, 800, 48, 60_000
WIDTHS = {WIDTH: HEIGHT, 320: 640}
# Name of the picture, whose screen, and what is pressed on the way from the address to it.
PICTURES = (
    ("editor-desk", "redaktor-gds", "/admin/", ""),
    ("editor-list", "redaktor-gds", "/admin/recommendation_pages/", ""),
    ("editor-page", "redaktor-gds", "/admin/", "main th.title a"),
    ("moderator-desk", "moderator-1", "/admin/", ""),
    ("moderator-claims", "moderator-1", "/admin/claims/", ""),
    ("moderator-words", "moderator-1", "/admin/theme/", ""),
    ("translations", "moderator-1", "/admin/translations/?title=strategia", ""),
    ("translation", "moderator-1", "/admin/translations/?state=review", "main td a[href*='/translations/']"),
    ("official-items", "urzednik-wroclaw", "/moja-instytucja/", ""),
    ("official-answer", "urzednik-wroclaw", "/moja-instytucja/?show=all", "main a[href*='/moja-instytucja/']"),
    ("official-mails", "urzednik-wroclaw", "/powiadomienia/", ""),
)


ASKED, PICKED = "edukacja dzieci uchodzcow", 2


def search(page: Page) -> None:
    page.goto("/")
    page.fill("main input[name=q]", ASKED)
    with page.expect_navigation():
        page.press("main input[name=q]", "Enter")


def narrow(page: Page) -> None:
    follow(page, "#filters a[href*='theme=']")


def compare(page: Page) -> None:
    for box in page.locator("input[name=pick]").all()[:PICKED]:
        box.check()
    with page.expect_navigation():
        page.locator("#picks button[type=submit]").click()


def cite(page: Page) -> None:
    """On the same page, below the table."""


def export(page: Page) -> None:
    """Back where it was narrowed: the whole answer, not only what was picked."""
    page.go_back()
    page.locator(".take-away summary").click()


def source(page: Page) -> None:
    page.go_forward()
    follow(page, "table.compare thead a")


class Step(NamedTuple):
    """One step of the researcher: what is done, and what stands at the top of the picture, wide and narrow."""

    act: Callable[[Page], None]
    top: str
    narrow_top: str


CITED = "xpath=//*[@id='citations']/preceding::h2[1]"
STEPS = (
    Step(search, "h1", "main h1"),
    Step(narrow, "h1", "#filters"),
    Step(compare, "h1", "main h1"),
    Step(cite, CITED, CITED),
    Step(export, "h1", ".take-away"),
    Step(source, "h1", "main aside"),
)


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")


def small(picture: bytes) -> bytes:
    """The picture with a palette."""
    kept = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def follow(page: Page, link: str) -> None:
    with page.expect_navigation():
        page.locator(link).first.click()
    page.wait_for_load_state("networkidle")


def window(browser: Browser, address: str, width: int = WIDTH) -> Page:
    return browser.new_context(
        base_url=address,
        locale="pl-PL",
        viewport={"width": width, "height": WIDTHS[width]},
        reduced_motion="reduce",
    ).new_page()


def keep(page: Page, name: str) -> int:
    """Write what the window shows as a picture; answer its size."""
    picture = small(page.screenshot())
    (IMAGES / f"{name}.png").write_bytes(picture)
    print(f"{name}.png  {len(picture)} bytes")
    return len(picture)


def of_the_admin(browser: Browser, address: str, passwords: dict[str, str]) -> Iterator[int]:
    for name, account, path, press in PICTURES:
        page = window(browser, address)
        sign_in(page, account, passwords[account])
        page.goto(path)
        if press:
            follow(page, press)
        # The editor draws its fields after the page has come, and is never quite idle.
        page.wait_for_timeout(2_000)
        yield keep(page, name)
        page.context.close()


def of_a_researcher(browser: Browser, address: str) -> Iterator[int]:
    for width in WIDTHS:
        page = window(browser, address, width)
        for number, step in enumerate(STEPS, 1):
            step.act(page)
            top = step.top if width == WIDTH else step.narrow_top
            page.locator(top).first.evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 16)")
            yield keep(page, f"researcher-{number}-{width}")
        page.context.close()


def main(address: str, logins: str) -> int:
    """Write the pictures and say how large they are; 1 if one is larger than a guide should load."""
    passwords = {name: one["password"] for name, one in json.loads(Path(logins).read_text(encoding="utf-8")).items()}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        largest = max([*of_a_researcher(browser, address), *of_the_admin(browser, address, passwords)])
        browser.close()
    return int(largest > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
