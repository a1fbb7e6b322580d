"""Every act that may change what a reader finds leaves its rows in the outbox, in its own transaction."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import PageViewRestriction, Site

from forums.models import Forum, WorkingGroup
from recommendations.choices import LinkKind
from recommendations.models import FollowUp, Recommendation, RecommendationLink
from search.documents import subject_of
from search.models import IndexState, Outbox
from search.sync import outbox
from taxonomy.models import OrganisationName, Tag, Theme
from taxonomy.services.merging import merge
from tests.factories.accounts import UserFactory
from tests.factories.pages import (
    forum_index,
    make_forum,
    make_group,
    make_recommendation,
    make_recommendation_page,
    publish,
)
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory, ThemeFactory
from tests.search.conftest import translate

pytestmark = pytest.mark.django_db


def queued_by(act: Callable[[], Any]) -> set[str]:
    Outbox.objects.all().delete()
    act()
    return set(Outbox.objects.values_list("key", flat=True))


@pytest.fixture
def fact() -> Recommendation:
    return make_recommendation(tags=["praca"])


@pytest.fixture
def tree(fact: Recommendation) -> set[str]:
    """A recommendation, its group and its forum: what one forum carries."""
    group = fact.working_group
    assert group is not None
    assert group.forum is not None
    return {subject_of(fact), subject_of(group), subject_of(group.forum)}


def forum_page(fact: Recommendation) -> Any:
    return Forum.objects.get(groups__recommendations=fact).source_page


def test_a_first_publication_queues_the_new_fact() -> None:
    page = make_recommendation_page(published=False)

    queued = queued_by(lambda: publish(page))

    assert f"recommendation:{Recommendation.objects.get().pk}" in queued


def test_saving_a_draft_of_a_live_page_queues_nothing(fact: Recommendation) -> None:
    page = fact.source_page
    page.title = "Szkic nowej wersji"

    assert queued_by(lambda: page.save_revision(user=UserFactory.create())) == set()


def test_what_asks_the_same_is_queued_with_whatever_changes_one_of_them(fact: Recommendation) -> None:
    first, second = make_recommendation(title="Pierwsza"), make_recommendation(title="Druga")
    everything = {subject_of(each) for each in (fact, first, second)}
    link = RecommendationLink.objects.create(source=second, target=first, kind=LinkKind.REPEATS)

    assert (
        everything
        & queued_by(lambda: RecommendationLink.objects.create(source=fact, target=second, kind=LinkKind.REPEATS))
        == everything
    )
    row = first.assignments.get()
    assert everything <= queued_by(row.save)
    assert everything <= queued_by(lambda: UnpublishPageAction(fact.source_page).execute(skip_permission_checks=True))
    assert everything <= queued_by(link.delete)
    assert subject_of(fact) not in queued_by(row.save)


def test_a_translation_queues_its_fact_when_published_and_when_unpublished(fact: Recommendation) -> None:
    queued = queued_by(lambda: translate(fact.source_page, "en", title="Lessons"))
    assert subject_of(fact) in queued

    english = fact.page_model().objects.get(translation_key=fact.translation_key, locale__language_code="en")
    assert queued_by(lambda: UnpublishPageAction(english).execute(skip_permission_checks=True)) == {subject_of(fact)}


def test_unpublishing_a_forum_queues_all_that_bears_its_name(fact: Recommendation, tree: set[str]) -> None:
    page = forum_page(fact)

    assert queued_by(lambda: UnpublishPageAction(page).execute(skip_permission_checks=True)) >= tree


def test_restricting_a_forum_and_lifting_it_queue_the_whole_subtree(fact: Recommendation, tree: set[str]) -> None:
    page = forum_page(fact)
    restriction = PageViewRestriction(page=page, restriction_type=PageViewRestriction.PASSWORD, password="tajne")

    assert queued_by(restriction.save) >= tree
    assert queued_by(restriction.delete) >= tree


def test_the_groups_of_a_restriction_queue_the_subtree(fact: Recommendation, tree: set[str]) -> None:
    restriction = PageViewRestriction.objects.create(page=forum_page(fact), restriction_type=PageViewRestriction.GROUPS)
    group = UserFactory.create(groups=["Czytelnicy"]).groups.get()

    assert queued_by(lambda: restriction.groups.set([group])) >= tree


def test_moving_a_group_queues_its_subtree_the_forum_it_left_and_the_one_it_joined(
    fact: Recommendation, tree: set[str]
) -> None:
    other = make_forum(title="V Forum")
    group = WorkingGroup.objects.get(recommendations=fact).source_page
    move = MovePageAction(group, other, pos="last-child", user=UserFactory.create(administrator=True))

    queued = queued_by(lambda: move.execute(skip_permission_checks=True))

    assert queued >= {*tree, subject_of(Forum.objects.get(translation_key=other.translation_key))}


@pytest.mark.parametrize("label", ["label_pl", "label_uk"])
def test_renaming_a_theme_queues_what_bears_it_or_one_below(label: str) -> None:
    above = ThemeFactory.create()
    fact = make_recommendation(themes=[ThemeFactory.create(parent=above)])
    other = make_recommendation(themes=[ThemeFactory.create()], title="Inna")
    setattr(above, label, "Nowa nazwa")

    queued = queued_by(above.save)

    assert subject_of(fact) in queued
    assert subject_of(other) not in queued


def test_renaming_a_tag_or_merging_it_queues_what_bears_it(fact: Recommendation) -> None:
    tag = Tag.objects.get(name="praca")
    tag.label_en = "work"
    assert queued_by(tag.save) == {subject_of(fact)}

    synonym = Tag.objects.create(name="zatrudnienie")
    synonym.merged_into = tag
    assert queued_by(synonym.save) == {subject_of(fact)}


def test_merging_a_theme_queues_what_bore_it() -> None:
    old, new = ThemeFactory.create(), ThemeFactory.create()
    fact = make_recommendation(themes=[old])

    assert subject_of(fact) in queued_by(lambda: merge(old, into=new))


def test_tags_and_themes_put_on_a_fact_queue_it(fact: Recommendation) -> None:
    assert queued_by(lambda: fact.tags.add("nowy")) == {subject_of(fact)}
    theme, place = ThemeFactory.create(), PlaceFactory.create()
    assert queued_by(lambda: fact.themes.add(theme)) == {subject_of(fact)}
    assert queued_by(lambda: fact.places.add(place)) == {subject_of(fact)}


def test_a_theme_queues_itself() -> None:
    assert queued_by(ThemeFactory.create().save) == {subject_of(Theme.objects.get())}


def test_another_name_of_a_body_queues_the_body_and_what_it_was_asked() -> None:
    organisation = OrganisationFactory.create()
    fact = make_recommendation(addressees=[organisation])

    queued = queued_by(lambda: OrganisationName.objects.create(organisation=organisation, name="Magistrat"))

    assert queued == {subject_of(organisation), subject_of(fact)}


def test_renaming_a_place_queues_what_lies_there() -> None:
    place = PlaceFactory.create()
    body = OrganisationFactory.create(place=place)
    fact = make_recommendation(parent=make_group(parent=make_forum(place=place)))
    place.label_pl = "Nowe Miasto"

    assert {subject_of(body), subject_of(fact)} <= queued_by(place.save)


def test_an_entry_of_the_log_queues_its_recommendation(fact: Recommendation) -> None:
    entry = FollowUp(
        assignment=fact.assignments.get(),
        kind="note",
        text="Miasto otworzyło punkt.",
        basis="published_source",
        refers_on=dt.date(2015, 5, 1),
    )

    assert queued_by(entry.save) == {subject_of(fact)}


def test_another_root_of_the_site_queues_everything(fact: Recommendation, tree: set[str]) -> None:
    site = Site.objects.get()
    site.root_page = forum_index()

    assert queued_by(site.save) >= tree


def test_an_act_that_is_rolled_back_leaves_no_row(fact: Recommendation) -> None:
    def fail() -> None:
        with transaction.atomic():
            fact.save()
            raise LookupError

    with pytest.raises(LookupError):
        queued_by(fail)

    assert not Outbox.objects.exists()


def test_one_setting_turns_listening_off(fact: Recommendation, settings: Any) -> None:
    settings.SEARCH_LISTENS = False

    assert queued_by(fact.save) == set()


def test_numbers_go_to_batches_and_pending_is_what_an_index_has_not_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Outbox.objects.all().delete()
    monkeypatch.setattr(outbox, "BATCH", 2)
    outbox.requeue(["forum:1", "forum:2", "forum:3"])
    assert outbox.pending(99) == {"forum:1", "forum:2", "forum:3"}

    last = outbox.give_numbers()

    assert (last, outbox.last_number()) == (2, 2)
    assert outbox.next_batch(0) == (1, ["forum:1", "forum:2"])
    assert (outbox.pending(1), outbox.pending(2)) == ({"forum:3"}, set())
    assert outbox.next_batch(2) is None


def test_old_rows_are_forgotten_and_an_index_that_would_need_them_is_too_old() -> None:
    Outbox.objects.all().delete()
    outbox.requeue(["forum:1"])
    number = outbox.give_numbers()
    Outbox.objects.update(created_at=timezone.now() - outbox.KEPT - dt.timedelta(hours=1))
    outbox.requeue(["forum:2"])

    assert outbox.forget_drained(number) == 1

    assert outbox.pending(number) == {"forum:2"}
    assert outbox.is_too_old(number - 1)
    assert not outbox.is_too_old(number)
    assert IndexState.objects.count() == 1
