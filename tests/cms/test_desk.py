"""The editorial desk on the dashboard: each page in its list, for whom it concerns, and for nobody else."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from accounts.models import User
from cms.desk import LISTS, DeskPanel, EditorialDesk
from recommendations.models import RecommendationPage
from tests.factories.pages import make_recommendation_page
from tests.factories.roles import Cast, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def cast(stage: None) -> Cast:
    return make_cast()


@pytest.fixture
def editor(cast: Cast, db: None) -> User:
    return User.objects.get(username="redaktorka")


@pytest.fixture
def moderator(cast: Cast, db: None) -> User:
    return User.objects.get(username="druga-moderatorka")


def drafted(parent: Any, by: User, title: str) -> RecommendationPage:
    page = make_recommendation_page(parent=parent, published=False, title=title)
    page.save_revision(user=by)
    return RecommendationPage.objects.get(pk=page.pk)


def sent(parent: Any, by: User, title: str) -> RecommendationPage:
    page = drafted(parent, by, title)
    page.get_workflow().start(page, by)
    return RecommendationPage.objects.get(pk=page.pk)


def desk_of(user: User) -> dict[str, list[str]]:
    desk = EditorialDesk(User.objects.get(pk=user.pk))
    return {name: [page.draft_title for page in one.pages(desk)] for name, one in LISTS.items()}


def test_a_draft_goes_from_list_to_list(cast: Cast, editor: User, moderator: User) -> None:
    page = drafted(cast.own_group, editor, "Szkic")
    assert (desk_of(editor)["drafts"], desk_of(moderator)["waiting"]) == (["Szkic"], [])

    page.get_workflow().start(page, editor)
    assert (desk_of(editor)["drafts"], desk_of(moderator)["waiting"]) == (["Szkic"], ["Szkic"])

    page.current_workflow_task_state.reject(user=moderator, comment="Brak źródła.")
    assert (desk_of(editor)["drafts"], desk_of(editor)["returned"]) == ([], ["Szkic"])
    assert (desk_of(moderator)["waiting"], desk_of(moderator)["returned"]) == ([], [])

    page = RecommendationPage.objects.get(pk=page.pk)
    page.current_workflow_state.resume(user=editor)
    page.current_workflow_task_state.task.specific.on_action(page.current_workflow_task_state, moderator, "approve")
    assert (desk_of(editor)["returned"], desk_of(moderator)["waiting"], desk_of(editor)["drafts"]) == ([], [], [])
    assert "Szkic" in desk_of(editor)["published"]

    last_month = timezone.now() - dt.timedelta(days=32)
    Page.objects.filter(pk=page.pk).update(last_published_at=last_month)
    assert "Szkic" not in desk_of(editor)["published"]


def test_nobody_waits_for_the_approval_of_who_wrote_it(cast: Cast, moderator: User) -> None:
    page = sent(cast.own_group, moderator, "Własna")
    assert desk_of(moderator)["waiting"] == []

    # Since it was published nobody but the editor has changed it.
    Page.objects.filter(pk=page.pk).update(first_published_at=timezone.now(), last_published_at=timezone.now())
    assert desk_of(moderator)["waiting"] == ["Własna"]


def test_an_editor_sees_only_the_own_group(cast: Cast, editor: User) -> None:
    drafted(cast.foreign_group, editor, "Dawna praca")
    sent(cast.foreign_group, User.objects.get(username="zarzadczyni"), "Cudza")

    assert not any("Dawna praca" in titles or "Cudza" in titles for titles in desk_of(editor).values())


def test_the_dashboard_shows_ten_of_each_with_the_comment_and_stays_cheap(
    client: Client, cast: Cast, editor: User, moderator: User
) -> None:
    for number in range(12):
        drafted(cast.own_group, editor, f"Szkic {number}")
    page = sent(cast.own_group, editor, "Odesłana")
    page.current_workflow_task_state.reject(user=moderator, comment="Brak źródła.")
    client.force_login(editor)
    answer = client.get("/admin/")

    soup = BeautifulSoup(answer.content, "html.parser")
    drafts = soup.find("section", {"aria-labelledby": "desk-drafts"})
    assert drafts is not None
    assert len(drafts.select("tbody tr")) == 10
    assert "(12)" in drafts.text
    assert "Brak źródła." in answer.text
    # Wagtail's own lists of the same are gone.
    assert soup.find(id="recent-edits-heading") is None
    # Neither are its name, its bird and its colours.
    assert soup.title is not None
    assert soup.title.text.strip().endswith("Forums on Migration Policy")
    assert "/static/img/icon.svg" in str(soup.find("template", {"data-wagtail-sidebar-branding-logo": ""}))
    assert soup.find("link", {"href": "/static/css/admin/theme.css"}) is not None
    with CaptureQueriesContext(connection) as of_desk:
        DeskPanel(User.objects.get(pk=editor.pk)).get_context_data({})
    assert len(of_desk) <= 20
    everything = client.get("/admin/desk/drafts/")
    assert everything.text.count("Szkic ") == 12
