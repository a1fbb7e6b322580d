"""A moderator publishes a whole set: what may be ticked, in which order it is published, and what stands after it."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forums.models import WorkingGroupPage
from pagekit.acts import Refused
from recommendations.choices import Approval
from recommendations.models import Recommendation, RecommendationPage
from recommendations.services.set_publication import approve_draft, waiting_under
from recommendations.wagtail_hooks import publishing
from tests.factories.pages import author, make_group, make_recommendation, make_recommendation_page, publish
from tests.factories.roles import Cast, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def cast(stage: None) -> Cast:
    return make_cast()


@pytest.fixture
def moderator(cast: Cast, db: None) -> User:
    return User.objects.get(username="druga-moderatorka")


@pytest.fixture
def group(cast: Cast, db: None) -> WorkingGroupPage:
    return make_group(title="Nowa grupa", slug="nowa", parent=cast.own_group.get_parent().specific, group_code="G9")


def sent(parent: Any, *, by: User | None = None, **values: Any) -> RecommendationPage:
    """A draft that waits for moderation."""
    page = make_recommendation_page(parent=parent, published=False, **values)
    page.save_revision(user=by or author())
    page.refresh_from_db()
    page.get_workflow().start(page, by or author())
    return RecommendationPage.objects.get(pk=page.pk)


def address(group: WorkingGroupPage) -> str:
    return reverse("sets:publish", args=[group.pk])


def newest(page: RecommendationPage) -> int:
    assert page.latest_revision_id is not None
    return page.latest_revision_id


def mark(page: RecommendationPage) -> str:
    return f"{page.pk}:{page.latest_revision_id}"


def references() -> dict[str, str]:
    """References by the titles of their pages."""
    pages = dict(RecommendationPage.objects.values_list("translation_key", "title"))
    return {pages[one.translation_key]: one.reference for one in Recommendation.objects.all()}


def text_of(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def test_what_is_ticked_is_published_in_the_order_of_the_set_and_a_second_press_changes_nothing(
    client: Client, moderator: User, group: WorkingGroupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "BATCH", 2)
    pages = [sent(group, title=title) for title in ("Pierwsza", "Druga", "Trzecia")]
    client.force_login(moderator)
    sends = {"act": "publish", "draft": [mark(page) for page in reversed(pages)]}

    first = client.post(address(group), sends)
    assert references() == {"Pierwsza": "FLPM-2015-G9-R01", "Druga": "FLPM-2015-G9-R02"}
    assert "2 of 3" in text_of(client.get(first.headers["Location"]))

    client.post(address(group), {"act": "go-on"})
    assert references()["Trzecia"] == "FLPM-2015-G9-R03"

    client.post(address(group), sends)
    client.post(address(group), {"act": "go-on"})
    assert len(references()) == 3
    assert text_of(client.get(address(group))).count("was published already") == 3

    client.post(address(group), {"act": "close"})
    assert "Pierwsza" not in text_of(client.get(address(group)))


def test_what_cannot_be_published_says_why_and_goes_on_waiting(
    client: Client, moderator: User, group: WorkingGroupPage
) -> None:
    taken = make_recommendation(parent=group, title="Dawna", identifiers=["II Forum 1"])
    clash = sent(group, title="Sporna", identifiers=["II Forum 1"])
    good = sent(group, title="Dobra")
    client.force_login(moderator)
    client.post(address(group), {"act": "publish", "draft": [mark(clash), mark(good)]})

    said = text_of(client.get(address(group)))
    assert f"belongs to {taken.reference}" in said
    assert references().keys() == {"Dawna", "Dobra"}
    clash.refresh_from_db()
    assert clash.workflow_in_progress
    assert not clash.live


def test_every_draft_stands_there_with_its_hindrance_at_no_cost_for_each(
    moderator: User, group: WorkingGroupPage
) -> None:
    # The group itself waits too: what it asks for first is published first.
    below = make_group(title="Podgrupa", slug="podgrupa", parent=group, published=False)
    below.save_revision(user=author())
    under = sent(below, title="Pod nieopublikowaną")
    sent(group, title="Wolna")
    own = sent(group, title="Własna", by=moderator)
    lacking = sent(group, title="Bez źródła", source_url="")
    back = sent(group, title="Odesłana")
    back.current_workflow_task_state.reject(user=moderator)
    changed = sent(group, title="Zmieniona")
    changed.save_revision(user=author())
    later = sent(group, title="Na później", go_live_at=timezone.now() + dt.timedelta(days=9))
    later.current_workflow_task_state.specific.approve(user=moderator)
    with CaptureQueriesContext(connection) as queries:
        found = {one.page.draft_title: one.hindrance for one in waiting_under(group, moderator)}

    assert found.pop("Wolna") == ""
    for title, word in {
        "Podgrupa": "has not sent",
        under.title: "Podgrupa",
        own.title: "another moderator",
        lacking.title: "the source",
        back.title: "sent back",
        changed.title: "changed after",
        later.title: "becomes public on",
    }.items():
        assert word in found.pop(title), title
    assert not found
    for number in range(5):
        sent(group, title=f"Dalsza {number}")
    with CaptureQueriesContext(connection) as more:
        waiting_under(group, moderator)
    assert len(more) <= len(queries) <= 15


def test_what_was_changed_after_it_was_looked_at_is_not_approved_unseen(
    moderator: User, group: WorkingGroupPage
) -> None:
    page = sent(group, title="Ruchoma")
    seen = newest(page)
    page.text = "Inne brzmienie."
    page.save_revision(user=author())

    with pytest.raises(Refused, match="changed since"):
        approve_draft(group, page=page.pk, revision=seen, by=moderator)

    page.refresh_from_db()
    assert page.workflow_in_progress


@pytest.mark.law("publish-four-eyes")
def test_nobody_publishes_their_own_text_by_the_set_either(moderator: User, group: WorkingGroupPage) -> None:
    page = sent(group, title="Własna", by=moderator)

    with pytest.raises(Refused, match="co-author"):
        approve_draft(group, page=page.pk, revision=newest(page), by=moderator)

    assert not Recommendation.objects.exists()


def test_a_changed_page_needs_its_reason_and_is_published_with_it(moderator: User, group: WorkingGroupPage) -> None:
    fact = make_recommendation(parent=group, title="Publiczna")
    page = fact.source_page
    page.text = "Nowe brzmienie."
    page.save_revision(user=author())
    page.refresh_from_db()
    page.get_workflow().start(page, author())
    assert "reason" in waiting_under(group, moderator)[0].hindrance

    page = fact.source_page
    page.current_workflow_state.cancel(user=author())
    page.text, page.change_reason = "Nowe brzmienie.", "Sprostowanie."
    revision = page.save_revision(user=author())
    page.refresh_from_db()
    page.get_workflow().start(page, author())

    assert approve_draft(group, page=page.pk, revision=revision.pk, by=moderator) == Approval.PUBLISHED
    assert fact.source_page.text == "Nowe brzmienie."


def test_a_draft_of_another_group_cannot_be_slipped_in(moderator: User, cast: Cast, group: WorkingGroupPage) -> None:
    page = sent(publish(cast.foreign_group), title="Cudza")

    with pytest.raises(Refused, match="does not stand"):
        approve_draft(group, page=page.pk, revision=newest(page), by=moderator)
