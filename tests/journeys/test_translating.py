"""A page into Ukrainian by two people, on the screen and by a PO file; a moderator compares, readers read it."""

import re

import polib
import pytest
from playwright.sync_api import Page, expect
from wagtail.models import Locale
from wagtail_localize.models import Translation

from cms.roles import translators
from recommendations.models import RecommendationPage
from tests.factories.accounts import UserFactory
from tests.factories.pages import appear, make_recommendation_page
from tests.factories.roles import make_cast
from tests.journeys.looks import admin_faults
from tests.journeys.test_desk import tab
from tests.journeys.test_journeys import sign_in

__all__ = ["tab"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_page_is_translated_by_screen_and_by_file_and_read_without_a_mark(tab: Page) -> None:
    cast = make_cast()
    appear(cast.home.get_translation(Locale.objects.get(language_code="uk")))
    page = make_recommendation_page(parent=cast.own_group, title="Nauka języka", text="Uczyć polskiego.")
    by_screen, by_file = (UserFactory.create(username=name, groups=[translators("uk")]) for name in ("oksana", "ivan"))
    faults = {}

    sign_in(tab, by_screen)
    tab.goto("/admin/translations/?kind=recommendations")
    faults["board"] = admin_faults(tab)
    tab.click(f"form[action$='/start/{page.pk}/uk/'] button")
    tab.wait_for_url(re.compile(r"/translations/\d+/$"))
    faults["work"] = admin_faults(tab)
    work = Translation.objects.get(source__object_id=page.translation_key)
    tab.click("main a[href$='/edit/']")
    tab.locator(".js-translation-editor li button", has_text="Tłumacz").first.click()
    tab.locator(".js-translation-editor textarea").fill("Вивчення мови")
    tab.locator(".js-translation-editor li button", has_text="Zapisz").click()
    expect(tab.locator(".js-translation-editor")).to_contain_text("Вивчення мови")
    tab.click(f".translation-bar a[href$='/translations/{work.pk}/']")
    expect(tab.locator("main")).to_contain_text("1 of 2 texts")

    tab.context.clear_cookies()
    sign_in(tab, by_file)
    tab.goto(f"/admin/translations/{work.pk}/")
    with tab.expect_download() as download:
        tab.click("main a[href$='/po/']")
    po = polib.pofile(download.value.path().read_text(encoding="utf-8"))
    for entry in po:
        entry.msgstr = entry.msgstr or "Навчати польської."
    tab.goto("/admin/translations/po/")
    faults["upload"] = admin_faults(tab)
    tab.set_input_files("[name=file]", {"name": "uk.po", "mimeType": "text/plain", "buffer": str(po).encode()})
    tab.locator("main form button[type=submit]").last.click()
    tab.wait_for_url(re.compile(r"/translations/\d+/$"))
    tab.click("button[value=send]")
    expect(tab.locator("button[value=take_back]")).to_be_visible()
    assert not RecommendationPage.objects.get(pk=page.pk).get_translation(work.target_locale).live

    tab.context.clear_cookies()
    sign_in(tab, cast.people["moderator"])
    tab.goto("/admin/translations/?state=review")
    tab.click("table a:has-text('Compare and decide')")
    faults["decision"] = admin_faults(tab)
    tab.click("button[value=approve]")
    expect(tab.locator("button[value=send]")).to_be_visible()

    tab.context.clear_cookies()
    tab.goto(RecommendationPage.objects.get(locale__language_code="uk").url)
    expect(tab.locator("h1")).to_contain_text("Вивчення мови")
    expect(tab.locator("main")).to_contain_text("Навчати польської.")
    expect(tab.locator("main")).not_to_contain_text("not been reviewed")
    assert {name: found for name, found in faults.items() if found} == {}
