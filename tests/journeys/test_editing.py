"""Two people at one text, and a correction of what is public, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from recommendations.models import RecommendationPage, Wording
from taxonomy.models import Organisation
from tests.factories.pages import publish
from tests.factories.roles import make_cast
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory
from tests.journeys.test_journeys import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLE = "[name=title]"
# Wagtail takes what stands in the form some seconds after loading for what was there, and then says so.
WATCHING = "addEventListener('w-unsaved:watch-edits', () => document.documentElement.setAttribute('data-watching', ''))"


@pytest.fixture
def tabs(browser: Browser, live_server: Any) -> Any:
    """Two people, each with a browser of their own."""
    contexts = [browser.new_context(base_url=live_server.url, locale="pl-PL") for _n in range(2)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def test_of_two_at_one_text_the_second_sees_both_and_loses_nothing(tabs: list[Page]) -> None:
    cast = make_cast()
    anna, beata = tabs
    sign_in(anna, cast.people["moderator"])
    sign_in(beata, cast.people["administrator"])
    body = OrganisationFactory.create(label_pl="Urząd Miasta", kind="city")

    for tab in tabs:
        tab.goto(f"/admin/organisation/edit/{body.pk}/")
    for tab, words in ((anna, "Urząd Anny"), (beata, "Urząd Beaty")):
        tab.fill("[name=label_pl]", words)
        with tab.expect_navigation():
            tab.locator("main form button[type=submit]").first.click()
    expect(beata.locator("main")).to_contain_text("Urząd Anny")
    expect(beata.locator("[name=label_pl]")).to_have_value("Urząd Beaty")
    assert Organisation.objects.get(pk=body.pk).label_pl == "Urząd Anny"

    cast.own.save_revision(user=cast.people["editor"])
    beata.add_init_script(WATCHING)
    beata.goto(f"/admin/pages/{cast.own.pk}/edit/")
    beata.wait_for_selector("html[data-watching]")
    # What is typed before the screen watches for changes is saved like any other words.
    with anna.expect_response(lambda answer: is_autosave(answer.request), timeout=30_000):
        anna.goto(f"/admin/pages/{cast.own.pk}/edit/")
        anna.fill(TITLE, "Tytuł Anny")
    # Of a page the second is told as soon as she types; who presses on all the same gets both texts.
    beata.route("**/edit/", lambda route: route.abort() if is_autosave(route.request) else route.continue_())
    beata.fill(TITLE, "Tytuł Beaty")
    with beata.expect_navigation():
        beata.evaluate("document.querySelector('[data-edit-form]').submit()")
    expect(beata.locator("main")).to_contain_text("Tytuł Anny")
    expect(beata.locator(TITLE)).to_have_value("Tytuł Beaty")
    kept = RecommendationPage.objects.get(pk=cast.own.pk).get_latest_revision_as_object()
    assert kept.title == "Tytuł Anny"
    # Her own words, which the screen saved by itself, are not held against the first.
    with anna.expect_navigation():
        anna.evaluate("document.querySelector('[data-edit-form]').submit()")
    expect(anna.locator("main")).not_to_contain_text("Saved meanwhile")


def is_autosave(request: Any) -> bool:
    return request.method == "POST" and "application/json" in request.headers.get("accept", "")


def test_a_correction_asks_for_a_reason_and_the_former_wording_stays_at_its_address(tabs: list[Page]) -> None:
    cast = make_cast()
    editor, reader = tabs
    page = cast.own
    page.themes = [ThemeFactory.create()]
    page = publish(page, by=cast.people["editor"], approved_by=cast.people["moderator"], text="Otworzyć punkt.")
    sign_in(editor, cast.people["editor"])

    editor.goto(f"/admin/pages/{page.pk}/edit/")
    # A day that does not exist is not made another one when the field is left.
    day = editor.input_value("[name=starts_on]")
    editor.fill("[name=starts_on]", "2014-02-31")
    editor.fill("[name=text]", "Otworzyć punkt i infolinię.")
    expect(editor.locator("[name=starts_on]")).to_have_value("2014-02-31")
    editor.fill("[name=starts_on]", day)
    with editor.expect_navigation():
        editor.evaluate(SUBMIT)
    expect(editor.locator("main")).to_contain_text("reason of the change is missing")
    editor.evaluate("document.querySelector('[name=change_reason]').value = 'Grupa dopisała infolinię.'")
    with editor.expect_navigation():
        editor.evaluate(SUBMIT)
    waiting = RecommendationPage.objects.get(pk=page.pk).current_workflow_task_state
    assert waiting is not None
    waiting.specific.task.specific.on_action(waiting.specific, cast.people["moderator"], "approve")

    newest, first = Wording.objects.order_by("-number")
    reference = newest.recommendation.reference
    reader.goto(f"/r/{reference}")
    expect(reader.locator("main")).to_contain_text("Otworzyć punkt i infolinię.")
    expect(reader.locator("main")).to_contain_text("Grupa dopisała infolinię.")
    reader.goto(f"/r/{reference}/v2")
    expect(reader.locator("main ins")).to_contain_text("infolinię")
    reader.goto(f"/r/{reference}/v1")
    expect(reader.locator("main .notice, main .banner").first).to_be_visible()
    expect(reader.locator("main")).to_contain_text(first.text)


# The menu of actions opens by a script of Wagtail's, which is not what this is about.
SUBMIT = """() => {
  const form = document.querySelector('[data-edit-form]');
  const wish = document.createElement('input');
  Object.assign(wish, {type: 'hidden', name: 'action-submit', value: '1'});
  form.append(wish);
  form.submit();
}"""
