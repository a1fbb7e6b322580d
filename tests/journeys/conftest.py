"""A real browser on a real server: what every journey needs."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from cms.launch import chromium

# Playwright keeps an event loop in the thread of the test, and Django then refuses every query there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Root has no sandbox; the pages are our own.
        found = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield found
        found.close()


def is_fault(message: ConsoleMessage) -> bool:
    # A plain file names no icon, so the browser guesses one.
    return message.type == "error" and not message.location["url"].endswith("/favicon.ico")


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """An empty tab whose relative addresses lead to the live server; a fault in the console fails the test."""
    context = browser.new_context(base_url=live_server.url, locale="pl-PL", timezone_id="Europe/Warsaw")
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
    yield tab
    context.close()
    assert faults == []
