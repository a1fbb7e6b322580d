"""The browser itself: without it no journey says anything."""

import pytest
from playwright.sync_api import Page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_browser_reaches_the_live_server(page: Page) -> None:
    answer = page.goto("/robots.txt")
    assert answer is not None
    assert answer.status == 200
