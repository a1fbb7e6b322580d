"""On any kind of page axe finds nothing, light and dark; no text is cut off, nothing scrolls sideways."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command
from playwright.sync_api import Browser, Page

from cms.models import ContentPage
from recommendations.choices import Basis, FactPrecision
from recommendations.models import FollowUp, RecommendationIndexPage, RecommendationPage
from recommendations.services.stages import correct, record_action
from tests.factories.accounts import PASSWORD
from tests.factories.pages import make_forum, make_group, make_recommendation, make_site, publish
from tests.factories.stages import account, make_chosen, stage_keeper
from tests.factories.taxonomy import MandateFactory, OrganisationFactory, ThemeFactory
from tests.journeys.looks import EACH_ONCE, EVERY_LOOK, faults, faults_when_stretched

# One of each kind in every look; the others are these kinds with less, more or something else on them.
KINDS = {
    *("home", "text", "forum", "group", "recommendation", "list", "organisation", "figures", "reply"),
    *("search", "names"),
}


def build(home: Any) -> dict[str, str]:
    """One page of each kind with something on it, and where it is."""
    publish(home.add_child(instance=RecommendationIndexPage(title="Rekomendacje", slug="rekomendacje")))
    text = publish(
        home.add_child(
            instance=ContentPage(
                title="Metoda",
                slug="metoda",
                lead="Jak liczymy.",
                body=[("heading", "Odznaka"), ("text", "<p>Tekst.</p>")],
            )
        )
    )
    office = OrganisationFactory.create(label_pl="Miasto Wrocław")
    group = make_group(
        parent=make_forum(description="<p>Opis.</p>", not_known="<p>Miejsce.</p>"),
        areas=[("area", {"title": "Edukacja", "themes": []})],
        effects=[("effect", {"text": "Opisanie sytuacji"})],
    )
    theme = ThemeFactory.create(label_pl="Edukacja dzieci")
    fact = make_recommendation(
        parent=group,
        title="Miejsca w szkołach",
        text="Zapewnić dzieciom edukację.",
        addressees=[office, OrganisationFactory.create(collective=True, label_pl="szkoły")],
        themes=[theme],
        tags=["asystent"],
    )
    below = ThemeFactory.create(label_pl="Asystenci", parent=theme)
    other = make_recommendation(parent=group, title="Asystenci", text="Zatrudnić asystentów dzieci.", themes=[below])
    row = fact.assignments.get(organisation=office)
    FollowUp.objects.create(
        assignment=row,
        kind="report",
        implementation="in_progress",
        text="Ogłoszono konkurs.",
        refers_on="2016-05-01",
        refers_precision=FactPrecision.MONTH,
        basis=Basis.OWN_STATEMENT,
        declared_by=office,
    )
    chosen = make_chosen(recommendation=fact)
    action = record_action(chosen, by=stage_keeper(), account=account(text="Wydano informator."))
    correct(action, by=stage_keeper(), account=account(text="Wydano dwa.", result="Rozdano."))
    page = RecommendationPage.objects.get(translation_key=fact.translation_key)
    MandateFactory.create(user__username="urzedniczka", organisation=office)
    return {
        "home": "/",
        "text": text.url,
        "forums": "/fora/",
        "forum": group.get_parent().url,
        "group": group.url,
        "recommendation": page.url,
        "list": "/rekomendacje/",
        "theme": f"/tematy/{theme.code}/",
        "organisation": f"/instytucje/{office.code}/",
        "changes": "/zmiany/",
        "stages of action": "/w-dzialaniu/",
        "stage of action": chosen.stage.get_absolute_url(),
        "past list": "/rekomendacje/?on=2016-06-01",
        "past recommendation": f"{page.url}?on=2016-06-01&known=1",
        "day that is none": f"{page.url}?on=x",
        "figures": "/stan-realizacji/",
        "figures of a theme": f"/stan-realizacji/?theme={theme.code}&year=2015",
        "figures of nothing": "/stan-realizacji/?year=1999",
        "search": "/search/?q=dzieci",
        "names": "/search/?q=R01+grupa",
        "nothing found": "/search/?q=xqzwv",
        "table of results": "/search/?q=dzieci&view=table",
        "misspelt search": "/search/?them=x",
        "comparison": f"/search/compare/?pick={fact.reference}&pick={other.reference}&pick=NIE-MA-R01",
        "nothing to compare": "/search/compare/",
        "saved searches": "/search/saved/",
        "version": f"/r/{fact.reference}/v1",
        "sign in": "/sign-in/",
        "not found": "/nie-ma-takiej/",
        "my institution": "/moja-instytucja/",
        "reply": f"/moja-instytucja/{row.pk}/",
    }


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=username]", "urzedniczka")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_neither_axe_nor_stretched_text_finds_a_fault_on_any_kind_of_page(
    browser: Browser, live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_DIR = tmp_path
    settings.LOCALE_PATHS = [project.BASE_DIR / "locale"]
    addresses = build(make_site())
    assert addresses.keys() >= KINDS
    call_command("search_rebuild", verbosity=0)
    found: list[str] = []
    # axe is not of our origin.
    context = browser.new_context(base_url=live_server.url, locale="pl-PL", bypass_csp=True)
    page = context.new_page()
    for name, address in addresses.items():
        if name == "my institution":
            sign_in(page)
        page.goto(address)
        found += faults(page, name, EVERY_LOOK if name in KINDS else EACH_ONCE)
        found += faults_when_stretched(page, name)
    context.close()

    assert found == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_menu_is_folded_where_it_would_fill_the_screen_and_stands_open_elsewhere(
    browser: Browser, live_server: Any
) -> None:
    publish(make_site().add_child(instance=RecommendationIndexPage(title="Rekomendacje", slug="rekomendacje")))
    # Without scripts, and by keyboard alone; axe needs scripts, and is not of our origin.
    for scripts in (False, True):
        context = browser.new_context(
            base_url=live_server.url, locale="pl-PL", bypass_csp=True, java_script_enabled=scripts
        )
        page = context.new_page()
        page.set_viewport_size({"width": 320, "height": 568})
        page.goto("/")
        link = page.get_by_role("navigation").get_by_role("link", name="Rekomendacje")
        head = page.get_by_role("banner").bounding_box()

        assert not link.is_visible()
        assert head is not None
        assert head["height"] < 568 / 2.5
        page.locator(".menu > summary").press("Enter")
        assert link.is_visible()
        if scripts:
            assert faults(page, "open menu", EVERY_LOOK) == []
        page.goto("/")
        page.set_viewport_size({"width": 1280, "height": 900})
        assert link.is_visible()
        context.close()
