"""A canary word that readers may not see is in no hit, total, facet or suggestion: before the drain and after it."""

import datetime as dt
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import PageViewRestriction

from cms.models import ContentPage
from forums.models import Forum
from recommendations.models import Recommendation
from search.documents import all_documents
from search.engines.base import Engine
from search.parser import parse
from search.query import SearchQuery
from search.sync.drain import drain
from search.views.answers import counter
from taxonomy.models import Tag
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_forum, make_group, make_recommendation, make_recommendation_page, make_site
from tests.factories.taxonomy import OrganisationFactory
from tests.search.conftest import translate

CANARY = "wieloryb"


pytestmark = pytest.mark.usefixtures("canary_once")


@pytest.fixture(scope="module")
def canary_once(stage_index: Engine) -> Recommendation:
    """A public recommendation of a public group of a public forum; the word stands in all three titles."""
    forum = make_forum(title="Forum Wieloryb")
    fact = make_recommendation(
        parent=make_group(parent=forum, title="Grupa Wieloryb"),
        title="Ochrona Wieloryba",
        text="Chronić wieloryba.",
        tags=["wieloryby"],
    )
    drain(stage_index)
    return fact


@pytest.fixture
def canary(index: Engine, canary_once: Recommendation) -> Recommendation:
    return deepcopy(canary_once)


def unpublish(page: Any) -> None:
    UnpublishPageAction(page).execute(skip_permission_checks=True)


def restrict(page: Any) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.PASSWORD, password="tajne")


def move_under_private(page: Any) -> None:
    private = make_forum(title="Prywatne forum")
    restrict(private)
    move(page, private)


def move(page: Any, target: Any) -> None:
    MovePageAction(page, target, pos="last-child", user=UserFactory.create(administrator=True)).execute(
        skip_permission_checks=True
    )


def expire(page: Any) -> None:
    """As time does it: nobody is told."""
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() - dt.timedelta(seconds=1))


def found(client: Client, language: str = "", word: str = CANARY) -> tuple[int, set[str], dict[str, int]]:
    """Total, kinds of hits, and counts of facet values for the canary, or for another word."""
    context = client.get(f"{language}/search/?q={word}").context
    counts = {f"{p.name}={v.value}": v.count for p in context["panels"] for v in (*p.shown, *p.folded)}
    return context["total"], {item.kind for item in context["items"]}, {k: c for k, c in counts.items() if c}


def forum_of(fact: Recommendation) -> Any:
    return Forum.objects.get(groups__recommendations=fact).source_page


def test_the_canary_is_found_while_it_is_public(canary: Recommendation, client: Client) -> None:
    total, kinds, counts = found(client)

    assert total == 3
    assert kinds == {"recommendation", "group", "forum"}
    assert counts["kind=recommendation"] == 1


@pytest.mark.parametrize("drained", [False, True])
@pytest.mark.parametrize("act", [unpublish, restrict, expire])
def test_a_recommendation_that_vanishes_counts_nowhere_at_once(
    canary: Recommendation, client: Client, act: Callable[[Any], None], drained: bool
) -> None:
    act(canary.source_page)
    if drained:
        drain()

    _total, kinds, counts = found(client)

    assert kinds == {"group", "forum"}
    assert "kind=recommendation" not in counts
    assert "tag=wieloryby" not in counts


@pytest.mark.parametrize("drained", [False, True])
@pytest.mark.parametrize("act", [restrict, move_under_private])
def test_restricting_or_moving_a_branch_hides_all_of_it_at_once(
    canary: Recommendation, client: Client, act: Callable[[Any], None], drained: bool
) -> None:
    act(forum_of(canary))
    if drained:
        drain()

    for language in ("", "/en", "/uk", "/ru"):
        assert found(client, language) == (0, set(), {})


def test_the_name_of_a_forum_that_vanishes_does_not_find_what_it_issued(canary: Recommendation, client: Client) -> None:
    assert canary.working_group is not None
    for page in (canary.working_group.source_page, forum_of(canary)):
        unpublish(page)
    assert found(client)[1] <= {"recommendation"}
    drain()

    _total, kinds, _counts = found(client)

    assert kinds == {"recommendation"}
    assert client.get('/search/?q="forum wieloryb"').context["total"] == 0


def test_what_leaves_a_group_past_its_time_while_a_reader_asks_is_not_found_by_its_name(
    index: Engine, client: Client
) -> None:
    past = make_group(title="Grupa Delfin")
    page, target = make_recommendation(parent=past, title="Publiczna").source_page, make_group()
    drain(index)
    expire(past)
    to_come = [lambda: move(page, target)]

    def move_when_the_outbox_was_read(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if to_come and 'FROM "search_outbox"' in sql:
            to_come.pop()()
        return found

    with connection.execute_wrapper(move_when_the_outbox_was_read):
        assert found(client, word="delfin") == (0, set(), {})

    assert to_come == []
    assert type(page).objects.get(pk=page.pk).is_child_of(target)


@pytest.fixture
def older_swapped_in(canary: Recommendation, index: Engine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The recommendation is unpublished and drained; between the mask and the first question of the next reader comes a
    generation that was read before. What has come is told by the numbers of both."""
    older, number = list(all_documents()), index.number
    unpublish(canary.source_page)
    drain(index)
    drained, search = index.number, type(index).search
    came: list[int] = []

    def search_what_has_come(engine: Any, *question: Any) -> Any:
        if not came:
            came.extend((number, drained))
            engine.rebuild(older, number, fingerprint=engine.fingerprint)
        return search(engine, *question)

    monkeypatch.setattr(type(index), "search", search_what_has_come)
    return came


def test_an_older_generation_swapped_in_while_a_reader_asks_finds_nothing_hidden_since(
    older_swapped_in: list[int], client: Client
) -> None:
    assert found(client, word="ochrona") == (0, set(), {})
    assert older_swapped_in[0] < older_swapped_in[1]


def test_nor_does_it_suggest_anything_hidden_since(older_swapped_in: list[int], client: Client) -> None:
    told = client.get("/search/suggest/?q=wieloryby").json()["suggestions"]

    assert older_swapped_in[0] < older_swapped_in[1]
    assert "wieloryby" not in {one["text"] for one in told}


def test_nor_does_it_count_words_hidden_since(older_swapped_in: list[int]) -> None:
    assert counter(SearchQuery())(parse("ochrona", "pl")) == 0
    assert older_swapped_in[0] < older_swapped_in[1]


def test_drafts_scheduled_pages_and_drafts_of_live_pages_are_never_indexed(index: Engine, client: Client) -> None:
    group = make_group()
    make_recommendation_page(parent=group, published=False, title="Szkic delfina")
    scheduled = make_recommendation_page(parent=group, published=False, title="Jutro delfin")
    scheduled.go_live_at = timezone.now() + dt.timedelta(days=1)
    scheduled.save_revision()
    live = make_recommendation(parent=group, title="Publiczna")
    draft = live.source_page
    draft.title = "Nowy delfin"
    draft.tags.add("delfiny")
    draft.save_revision()
    drain(index)

    assert Tag.objects.filter(name="delfiny").exists()
    assert found(client, word="delfin") == (0, set(), {})
    assert client.get("/search/?q=publiczna").context["total"] == 1


def test_an_unpublished_source_hides_its_translations(canary: Recommendation, client: Client) -> None:
    translate(canary.source_page, "en", title="Wieloryb protection")
    drain()
    assert "recommendation" in found(client, "/en")[1]

    unpublish(canary.source_page)

    assert "recommendation" not in found(client, "/en")[1]
    drain()
    assert "recommendation" not in found(client, "/en")[1]


def test_lifting_a_restriction_brings_everything_back(canary: Recommendation, client: Client) -> None:
    restrict(forum_of(canary))
    drain()
    PageViewRestriction.objects.get().delete()
    drain()

    assert found(client)[0] == 3


def test_pages_that_search_does_not_know_are_no_hits(index: Engine, client: Client) -> None:
    make_site().add_child(instance=ContentPage(title="Strona o delfinie", slug="delfin"))
    OrganisationFactory.create(label_pl="Morze")
    drain(index)

    assert found(client, word="delfin") == (0, set(), {})


def test_when_the_index_fails_the_database_leaks_nothing_either(
    canary: Recommendation, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.SEARCH_DIR = tmp_path / "gone"
    assert found(client)[0] == 3

    restrict(forum_of(canary))

    assert found(client) == (0, set(), {})
