"""From the invitation to the end of the access, in a real browser: an administrator and the person who is invited."""

import re
from typing import Any

import pytest
from django.conf import settings as project
from django.core import mail
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from cms.roles import load_roles
from notices.services.delivery import send_waiting
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.pages import make_recommendation, make_site
from tests.factories.taxonomy import OrganisationFactory
from tests.journeys.looks import admin_faults, faults, faults_when_stretched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STRONG = "siedem zielonych parasoli"


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("main form button")


def test_an_invited_contact_comes_in_and_goes_out_again(browser: Browser, live_server: Any) -> None:
    load_roles(make_site())
    office = OrganisationFactory.create(label_pl="Miasto Łódź")
    make_recommendation(title="Punkt informacyjny", addressees=[office])
    UserFactory.create(username="administratorka", administrator=True)
    found: list[str] = []
    # axe is not of our origin.
    rooms = [browser.new_context(base_url=live_server.url, locale="pl-PL", bypass_csp=True) for _person in range(2)]
    desk, home = (room.new_page() for room in rooms)

    with override_settings(LOCALE_PATHS=[project.BASE_DIR / "locale"]):
        sign_in(desk, "administratorka", PASSWORD)
        desk.goto(f"/admin/users/invite/?institution={office.pk}")
        expect(desk.locator("main")).to_contain_text("Miasto Łódź")
        desk.fill("input[name=email]", "anna.nowak@um.example.pl")
        desk.fill("input[name=first_name]", "Anna")
        found += admin_faults(desk)
        desk.locator("#w-editor-form button[type=submit]").click()
        expect(desk.locator("main dl")).to_contain_text("anna.nowak@um.example.pl")
        found += admin_faults(desk)
        assert send_waiting() == {"sent": 1}
        address = re.search(r"https?://[^/\s]+(/zaproszenie/\S+)", str(mail.outbox[0].body))
        assert address

        home.goto(address[1])
        home.fill("input[name=new_password1]", "krotkie1")
        home.fill("input[name=new_password2]", "krotkie1")
        home.click("main form button[type=submit]")
        expect(home.locator("main .error").first).to_be_visible()
        found += faults(home, "a weak password") + faults_when_stretched(home, "a weak password")
        home.goto(address[1])
        home.fill("input[name=new_password1]", STRONG)
        home.fill("input[name=new_password2]", STRONG)
        home.click("main form button[type=submit]")
        expect(home.locator("main [role=status]")).to_contain_text("anna.nowak@um.example.pl")
        sign_in(home, "anna.nowak@um.example.pl", STRONG)
        expect(home.locator("main")).to_contain_text("Punkt informacyjny")

        person = User.objects.get(email="anna.nowak@um.example.pl")
        desk.goto(f"/admin/users/access/{person.pk}/end/")
        found += admin_faults(desk)
        desk.locator("main form button[type=submit]").last.click()
        expect(desk.locator("main .help-warning")).to_contain_text("Miasto Łódź")

        home.reload()
        expect(home.locator("input[name=username]")).to_be_visible()
        home.fill("input[name=username]", "anna.nowak@um.example.pl")
        home.fill("input[name=password]", STRONG)
        home.click("main form button")
        expect(home.locator("main [role=alert]")).to_be_visible()
        home.goto(address[1])
        expect(home.locator("main [role=status]")).to_be_visible()
        found += faults(home, "an invitation that ended")
        desk.goto("/admin/users/contacts/")
        found += admin_faults(desk)
    for room in rooms:
        room.close()

    assert found == [], "\n".join(found)
