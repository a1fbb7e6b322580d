"""An editor on the Monday after a forum: the group's DOCX becomes rows, a plan and drafts, in a real browser."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from recommendations.models import IntakeRow, RecommendationPage
from tests.factories.files import sheet_file, word
from tests.factories.roles import make_cast
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory
from tests.journeys.looks import admin_faults
from tests.journeys.test_desk import tab
from tests.journeys.test_journeys import sign_in

__all__ = ["tab"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAPER = word(
    ("p", "Spotkaliśmy się w maju."),
    ("h1", "Rekomendacje"),
    ("h2", "Edukacja"),
    ("1", "Miasto Wrocław powinno zatrudnić asystentów międzykulturowych."),
    ("1", "Przyjmować dzieci przez cały rok. (szkoły, Miasto Wrocław)"),
    ("1", "a także w ferie."),
    ("1", "Szkolić urzędników. (Instytut Snów)"),
)


def test_a_docx_becomes_drafts_of_the_group(tab: Page) -> None:
    cast = make_cast()
    OrganisationFactory.create(label_pl="Miasto Wrocław")
    OrganisationFactory.create(label_pl="szkoły", collective=True)
    ThemeFactory.create(label_pl="Edukacja")
    sign_in(tab, cast.people["editor"])
    faults = {}

    tab.goto(f"/admin/pages/{cast.own_group.pk}/")
    tab.get_by_role("button", name="Akcje", exact=True).first.click()
    tab.locator("a[href*='/intake/from/']").click()
    faults["start"] = admin_faults(tab)
    tab.set_input_files("[name=file]", {"name": "zbior.docx", "mimeType": "application/zip", "buffer": PAPER})
    tab.fill("[name=issued]", "11.2026")
    tab.locator("main form button[type=submit]").last.click()
    tab.wait_for_url(re.compile(r"/intake/\d+/$"))
    faults["rows"] = admin_faults(tab)
    _first, second, third, _fourth = IntakeRow.objects.filter(is_dropped=False)
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    tab.on("dialog", leave)
    # The screen takes note of what it holds a moment after it has opened; nobody types as fast as this.
    expect(tab.locator("form.intake")).to_have_attribute("data-w-unsaved-has-edits-value", "false")
    tab.locator(f"[name=row-{third.pk}-add_themes]").press_sequentially("Praca\n")
    expect(tab.locator(f"[name=row-{third.pk}-themes]")).to_have_value("Edukacja\nPraca")
    expect(tab.locator("form.intake")).to_have_attribute("data-w-unsaved-has-edits-value", "true")
    tab.reload()
    assert asked == ["beforeunload"]
    tab.fill(f"[name=row-{second.pk}-title]", "Przyjmowanie dzieci przez cały rok")
    tab.context.set_offline(True)
    tab.click(f"button[value='join:{third.pk}']")
    expect(tab.locator("[role=alert][data-unreached]")).to_have_text(re.compile(r"\w{3}"))
    tab.context.set_offline(False)
    tab.click(f"button[value='join:{third.pk}']")
    tab.wait_for_url(re.compile(r"#row-"))
    expect(tab.locator(f"[name=row-{second.pk}-text]")).to_have_value(re.compile("a także w ferie"))
    assert asked == ["beforeunload"]

    tab.locator("button[value=plan]").first.click()
    tab.wait_for_url(re.compile("/plan/"))
    faults["plan"] = admin_faults(tab)
    tab.locator("main form button[type=submit]").click()
    tab.wait_for_url(re.compile("/drafts/"))
    faults["drafts"] = admin_faults(tab)
    tab.goto("/admin/intake/")
    faults["list"] = admin_faults(tab)

    draft = RecommendationPage.objects.get(translation_key=second.key)
    assert draft.title == "Przyjmowanie dzieci przez cały rok"
    assert {one.organisation.label_pl for one in draft.addressees.all()} == {"szkoły", "Miasto Wrocław"}
    assert not draft.live
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_spreadsheet_of_foreign_headings_becomes_drafts_of_the_group(tab: Page) -> None:
    cast = make_cast()
    OrganisationFactory.create(label_pl="Miasto Wrocław")
    rows = [
        ["Lp.", "co proponujemy", "Adresat", "Status", "E-mail"],
        ["1", "Zatrudnić asystentów.", "Miasto Wrocław", "w toku", "ola@example.org"],
        ["2", "Szkolić urzędników.", "Instytut Snów", "", "ola@example.org"],
    ]
    sheet = sheet_file(rows, "xlsx").read()
    sign_in(tab, cast.people["editor"])
    faults = {}

    tab.goto(f"/admin/intake/from/{cast.own_group.pk}/")
    tab.set_input_files("[name=file]", {"name": "zbior.xlsx", "mimeType": "application/zip", "buffer": sheet})
    tab.fill("[name=issued]", "11.2026")
    tab.locator("main form button[type=submit]").last.click()
    tab.wait_for_url(re.compile(r"/columns/$"))
    tab.select_option("[name=column-1]", "text")
    tab.click("button[value=preview]")
    expect(tab.get_by_text("Zatrudnić asystentów.").last).to_be_visible()
    faults["columns"] = admin_faults(tab)
    tab.click("button[value=read]")
    tab.wait_for_url(re.compile(r"/intake/\d+/$"))
    faults["rows"] = admin_faults(tab)
    tab.locator("button[value=plan]").first.click()
    tab.wait_for_url(re.compile("/plan/"))
    faults["plan"] = admin_faults(tab)
    tab.locator("a[href*='/statuses/']").click()
    tab.select_option("[name=status-0]", "in_progress")
    faults["statuses"] = admin_faults(tab)
    tab.locator("main form button[type=submit]").click()
    tab.wait_for_url(re.compile("/plan/"))
    tab.locator("main form button[type=submit]").click()
    tab.wait_for_url(re.compile("/drafts/"))

    draft = RecommendationPage.objects.get(text="Zatrudnić asystentów.")
    assert (draft.live, draft.source_document) == (False, None)
    assert not RecommendationPage.objects.filter(text="Szkolić urzędników.").exists()
    assert {name: found for name, found in faults.items() if found} == {}
