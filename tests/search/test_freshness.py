"""What changes anywhere reaches the index with the next drain; what nobody is told of is found by the check."""

import datetime as dt
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import PageViewRestriction

from forums.models import Forum, WorkingGroup
from recommendations.models import Recommendation, RecommendationPage
from search.documents import subject_of
from search.engines.base import Engine
from search.sync import outbox
from search.sync.drain import drain
from search.sync.drift import find_drift
from taxonomy.models import AffectedGroup, Organisation, Place, Tag, Theme
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_forum, make_group, make_recommendation, publish
from tests.factories.taxonomy import AffectedGroupFactory, OrganisationFactory, PlaceFactory, ThemeFactory
from tests.search.conftest import translate

NEW = "węgorz"


pytestmark = pytest.mark.usefixtures("fact_once")


@pytest.fixture(scope="module")
def fact_once(stage_index: Engine) -> Recommendation:
    """A recommendation that bears a word of every vocabulary, under a forum at a place."""
    above = ThemeFactory.create(label_pl="Nadrzędny")
    forum = make_forum(place=PlaceFactory.create(), title="Forum")
    fact = make_recommendation(
        parent=make_group(parent=forum, title="Grupa"),
        title="Pierwotny tytuł",
        themes=[ThemeFactory.create(parent=above)],
        tags=["praca"],
        addressees=[OrganisationFactory.create(label_pl="Urząd", parent=OrganisationFactory.create())],
    )
    fact.affected_groups.add(AffectedGroupFactory.create())
    drain(stage_index)
    return fact


@pytest.fixture
def fact(index: Engine, fact_once: Recommendation) -> Recommendation:
    return deepcopy(fact_once)


def found(word: str) -> set[str]:
    page = Client().get("/search/", {"q": word, "literal": "1"}).context
    return {item.kind for item in page["items"]}


def renamed(row: Any) -> None:
    row.label_pl = f"Nazwa {NEW}"
    row.save()


def renamed_tag() -> None:
    tag = Tag.objects.get(name="praca")
    tag.label_uk = NEW
    tag.save()


def renamed_page(model: type[Any]) -> Callable[[], object]:
    return lambda: publish(model.objects.get().source_page, title=f"Nazwa {NEW}", change_reason="Nowa nazwa")


RENAMINGS: dict[str, Callable[[], object]] = {
    "its theme": lambda: renamed(Theme.objects.get(parent__isnull=False)),
    "the theme above": lambda: renamed(Theme.objects.get(parent=None)),
    "a tag": renamed_tag,
    "an addressee": lambda: renamed(Organisation.objects.get(label_pl="Urząd")),
    "the place of its forum": lambda: renamed(Place.objects.get()),
    "a group it concerns": lambda: renamed(AffectedGroup.objects.get()),
    "its forum": renamed_page(Forum),
    "its working group": renamed_page(WorkingGroup),
    "itself": renamed_page(Recommendation),
}


@pytest.mark.parametrize("what", RENAMINGS)
def test_a_new_name_finds_the_recommendation_and_leaves_no_document_behind(fact: Recommendation, what: str) -> None:
    RENAMINGS[what]()
    assert found(NEW) == set(), "what waits is masked"

    drain()

    assert "recommendation" in found(NEW)
    assert find_drift().keys == ()


def hidden_by_expiry(fact: Recommendation) -> None:
    page = fact.source_page
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() - dt.timedelta(seconds=1))
    call_command("publish_scheduled", verbosity=0)


def hidden_by_restricting_an_ancestor(fact: Recommendation) -> None:
    forum = Forum.objects.get().source_page
    PageViewRestriction.objects.create(page=forum, restriction_type=PageViewRestriction.LOGIN)


def hidden_by_moving_the_subtree(fact: Recommendation) -> None:
    private = make_forum(title="Prywatne")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    group = WorkingGroup.objects.get().source_page
    MovePageAction(group, private, pos="last-child", user=UserFactory.create(administrator=True)).execute(
        skip_permission_checks=True
    )


@pytest.mark.parametrize(
    "hide",
    [hidden_by_expiry, hidden_by_restricting_an_ancestor, hidden_by_moving_the_subtree],
    ids=lambda f: f.__name__,
)
def test_what_is_hidden_leaves_the_index_itself(
    fact: Recommendation, index: Engine, hide: Callable[[Recommendation], None]
) -> None:
    hide(fact)
    assert found("pierwotny") == set()

    drain()

    assert not any(key.startswith(f"{subject_of(fact)}:") for key, _ in index.stream())
    assert find_drift().keys == ()


def test_a_deleted_translation_leaves_the_index_and_the_original_takes_its_place(
    fact: Recommendation, index: Engine
) -> None:
    english = translate(fact.source_page, "en", title="Lessons")
    drain()
    assert dict(index.stream()).keys() >= {f"{subject_of(fact)}:pl", f"{subject_of(fact)}:en"}
    UnpublishPageAction(english).execute(skip_permission_checks=True)
    drain()
    RecommendationPage.objects.filter(pk=english.pk).update(first_published_at=None)

    DeletePageAction(RecommendationPage.objects.get(pk=english.pk), user=None).execute(skip_permission_checks=True)
    drain()

    assert f"{subject_of(fact)}:en" not in dict(index.stream())
    assert Client().get("/en/search/?q=pierwotny").context["total"] == 1
    assert find_drift().keys == ()


def test_what_a_fixture_or_an_update_past_the_models_changed_is_found_by_the_check(
    fact: Recommendation, tmp_path: Path
) -> None:
    row = Organisation.objects.get(label_pl="Urząd")
    (record,) = json.loads(serializers.serialize("json", [row]))
    record["fields"]["label_pl"] = f"Urząd {NEW}"
    (tmp_path / "row.json").write_text(json.dumps([record]))

    call_command("loaddata", tmp_path / "row.json", verbosity=0)
    Recommendation.objects.filter(pk=fact.pk).update(source_title=f"Protokół {NEW}")
    drain()

    call_command("search_check", "--repair", verbosity=0)
    assert found(NEW) == {"recommendation", "organisation"}
    assert find_drift().keys == ()


def test_a_page_past_its_time_that_no_timer_withdrew_is_found_by_the_check(fact: Recommendation, index: Engine) -> None:
    RecommendationPage.objects.update(expire_at=timezone.now() - dt.timedelta(seconds=1))
    assert outbox.pending(index.number) == set()

    # The forum and the group still name what they issued.
    assert f"{subject_of(fact)}:pl" in find_drift().extra
    call_command("search_check", "--repair", verbosity=0)
    assert find_drift().keys == ()
