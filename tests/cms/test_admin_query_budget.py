"""No list of the admin asks the database more than thirty times, or more when there is more to list."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker
from wagtail.log_actions import log
from wagtail.models import Site

from accounts.models import User
from pagekit.models import CustomDocument, CustomImage
from recommendations.models import Recommendation
from taxonomy.models import AffectedGroup, Mandate, Organisation, Place, Succession, Tag, Theme
from tests.factories.follow_up import make_entry
from tests.factories.pages import (
    author,
    forum_index,
    make_forum,
    make_group,
    make_recommendation,
    make_recommendation_page,
)
from tests.factories.roles import Cast, kept_cast
from tests.factories.taxonomy import (
    AffectedGroupFactory,
    MandateFactory,
    OrganisationFactory,
    PlaceFactory,
    TagFactory,
    ThemeFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BUDGET = 30
LISTS = (
    "recommendation_pages/", "forum_pages/", "working_group_pages/",
    "reports/site-history/", "reports/workflow/", "reports/workflow_tasks/", "reports/locked/",
    "reports/page-types-usage/", "reports/aging-pages/", "reports/search/",
    "theme/", "affectedgroup/", "place/", "organisation/", "succession/", "mandate/", "tag/",
    "follow_up/", "claims/", "claims/orphaned/", "handover/", "remarks/", "stages/", "intake/", "translations/",
    "desk/waiting/", "images/", "documents/", "users/", "groups/", "workflows/list/",
)  # fmt: skip
OF_MODERATORS = (
    "recommendation_pages/", "reports/site-history/", "reports/workflow/", "tag/", "follow_up/", "desk/waiting/",
)  # fmt: skip
OF_WRITERS = ("recommendation_pages/", "forum_pages/", "working_group_pages/", "reports/site-history/")


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), kept_cast() as cast:
        yield cast


def add_some_of_everything(number: int, cast: Cast) -> None:
    for published in (True, False):
        own = make_recommendation_page(parent=cast.own_group, published=published)
        own.copy_for_translation(cast.translated.locale, copy_parents=True)
    forum = make_forum(title=f"Forum {number}", slug=f"forum-{number}")
    group = make_group(title=f"Grupa {number}", slug=f"grupa-{number}", parent=forum)
    body = OrganisationFactory.create()
    fact: Recommendation = make_recommendation(parent=group, title=f"Rekomendacja {number}", addressees=[body])
    make_entry(fact.assignments.get(), kind="position", position="noted")
    group.save_revision(user=author(), log_action=True)
    group.get_workflow().start(group, author())
    Succession.objects.create(predecessor=OrganisationFactory.create(), successor=body, starts_on=dt.date(2020, 1, 1))
    for factory in (ThemeFactory, AffectedGroupFactory, PlaceFactory, TagFactory, MandateFactory):
        factory.create()


def counted(client: Client, lists: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for name in lists:
        cache.clear()
        # Wagtail keeps these until a site or its first page changes.
        Site.get_site_root_paths()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/admin/{name}").status_code == 200, name
        found[name] = len(captured)
    return found


@pytest.mark.parametrize(
    ("role", "lists"),
    [("superuser", LISTS), ("moderator", OF_MODERATORS), ("editor", OF_WRITERS), ("translator", OF_WRITERS)],
)
def test_no_list_of_the_admin_grows_by_queries(cast: Cast, client: Client, role: str, lists: tuple[str, ...]) -> None:
    client.force_login(cast.people[role])
    top = {"editor": cast.own_group, "translator": cast.translated}.get(role) or forum_index()
    tree = f"pages/{top.pk}/"
    for number in range(2):
        add_some_of_everything(number, cast)
    # The first visit fills what a process keeps.
    counted(client, (*lists, tree))
    few = counted(client, (*lists, tree))

    for number in range(2, 8):
        add_some_of_everything(number, cast)
    many = counted(client, (*lists, tree))

    assert {name: count for name, count in many.items() if count > BUDGET} == {}
    assert {name: (few[name], count) for name, count in many.items() if count > few[name]} == {}


@pytest.mark.parametrize("role", ["superuser", "moderator"])
def test_the_history_of_the_site_asks_no_more_when_all_kinds_of_things_stand_in_it(
    cast: Cast, client: Client, role: str
) -> None:
    client.force_login(cast.people[role])
    add_some_of_everything(1, cast)
    gone = TagFactory.create()
    kinds = (AffectedGroup, Mandate, Organisation, Place, Succession, Tag, Theme, User)
    files = (CustomImage.objects.create(title="Obraz", width=1, height=1), CustomDocument.objects.create(title="Plik"))
    for thing in (*(kind.objects.first() for kind in kinds), *files, gone):
        log(thing, "wagtail.edit", user=cast.people[role])
    gone.delete()

    counted(client, ("reports/site-history/",))
    (asked,) = counted(client, ("reports/site-history/",)).values()
    shown = client.get("/admin/reports/site-history/").content.decode()

    assert asked <= BUDGET
    assert f"/admin/pages/{cast.own.pk}/edit/" in shown
    assert "/admin/theme/edit/" in shown
    assert f"/admin/tag/edit/{gone.pk}/" not in shown
