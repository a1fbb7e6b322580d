"""Takes the pictures of the guides from a running site in Chromium: .ci/screenshots.py ADDRESS LOGINS.JSON

ADDRESS is that of a site that `make run` started, LOGINS.JSON the file of the first accounts beside its database. Each
picture shows what an account sees at an address, 1280 pixels wide, in few colours so that it stays small.
"""

import io
import json
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from cms.launch import chromium

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
WIDTH, HEIGHT, COLOURS, MOST_BYTES = 1280, 800, 48, 60_000
# Name of the picture, whose screen, and what is pressed on the way from the address to it.
PICTURES = (
    ("editor-desk", "redaktor-gds", "/admin/", ""),
    ("editor-list", "redaktor-gds", "/admin/recommendation_pages/", ""),
    ("editor-page", "redaktor-gds", "/admin/", "main th.title a"),
    ("moderator-claims", "moderator-1", "/admin/claims/", ""),
    ("moderator-words", "moderator-1", "/admin/theme/", ""),
    ("official-items", "urzednik-wroclaw", "/moja-instytucja/", ""),
    ("official-answer", "urzednik-wroclaw", "/moja-instytucja/?show=all", "main a[href*='/moja-instytucja/']"),
    ("official-mails", "urzednik-wroclaw", "/powiadomienia/", ""),
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


def main(address: str, logins: str) -> int:
    """Write the pictures and say how large they are; 1 if one is larger than a guide should load."""
    passwords = {name: one["password"] for name, one in json.loads(Path(logins).read_text(encoding="utf-8")).items()}
    largest = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, account, path, press in PICTURES:
            context = browser.new_context(
                base_url=address, locale="pl-PL", viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"
            )
            page = context.new_page()
            sign_in(page, account, passwords[account])
            page.goto(path)
            if press:
                with page.expect_navigation():
                    page.locator(press).first.click()
            # The editor draws its fields after the page has come, and is never quite idle.
            page.wait_for_timeout(2_000)
            picture = small(page.screenshot())
            (IMAGES / f"{name}.png").write_bytes(picture)
            largest = max(largest, len(picture))
            print(f"{name}.png  {len(picture)} bytes")
            context.close()
        browser.close()
    return int(largest > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
