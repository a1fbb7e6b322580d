"""A merge is taken back: the row, what it classified, and the rows below it; what was saved since stays."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import ModelLogEntry, WorkflowTask

from cms.roles import load_roles
from forums.models import Forum, ForumPage, WorkingGroupPage
from forums.models.sheets import areas_of
from pagekit.acts import Refused
from recommendations.models import PageAddressee, Recommendation, RecommendationPage
from taxonomy.models import Organisation, Theme
from taxonomy.services.merging import merge, take_back
from tests.factories.accounts import UserFactory
from tests.factories.pages import author, make_forum, make_recommendation_page, make_site, some_group
from tests.factories.taxonomy import AffectedGroupFactory, OrganisationFactory, PlaceFactory, TagFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stage_site")]


@pytest.fixture(scope="module")
def stage_site(stage: None) -> None:
    home = make_site()
    # The step of the small site gives way to that of the prepared one.
    WorkflowTask.objects.all().delete()
    load_roles(home)
    UserFactory.create(username="anna", groups=["Moderatorzy"])
    group = some_group()
    for title in ("Pierwsza", "Druga", "Trzecia"):
        make_recommendation_page(parent=group, title=title)


@pytest.fixture
def anna(django_user_model: Any) -> Any:
    return django_user_model.objects.get(username="anna")


def page(title: str) -> RecommendationPage:
    found: RecommendationPage = RecommendationPage.objects.get(title=title)
    return found


def classify(title: str, *themes: Theme) -> None:
    one = page(title)
    one.themes.set(themes)
    one.save()
    fact(title).themes.set(themes)


def fact(title: str) -> Recommendation:
    return Recommendation.objects.get(translation_key=page(title).translation_key)


def themes(title: str) -> tuple[set[str], set[str]]:
    """Of the fact and of its page."""
    of_fact, of_page = fact(title).themes, page(title).themes
    return set(of_fact.values_list("code", flat=True)), set(of_page.values_list("code", flat=True))


def test_a_merge_taken_back_leaves_everything_as_it_was(anna: Any) -> None:
    old, new = ThemeFactory.create(code="stary"), ThemeFactory.create(code="nowy")
    child, synonym = ThemeFactory.create(parent=old), ThemeFactory.create(merged_into=old)
    classify("Pierwsza", old)
    classify("Druga", old, new)
    classify("Trzecia", new)

    merge(old, into=new, by=anna)
    assert [themes(title) for title in ("Pierwsza", "Druga", "Trzecia")] == [({"nowy"}, {"nowy"})] * 3
    take_back(old, by=anna)

    assert themes("Pierwsza") == ({"stary"}, {"stary"})
    assert themes("Druga") == ({"stary", "nowy"}, {"stary", "nowy"})
    assert themes("Trzecia") == ({"nowy"}, {"nowy"})
    for row in (old, child, synonym):
        row.refresh_from_db()
    assert (old.merged_into, child.parent, synonym.merged_into) == (None, old, old)


def test_what_was_saved_or_moved_since_stays_as_somebody_left_it(anna: Any) -> None:
    old, new, other = (ThemeFactory.create(code=code) for code in ("stary", "nowy", "inny"))
    child = ThemeFactory.create(parent=old)
    for title in ("Pierwsza", "Druga", "Trzecia"):
        classify(title, old)
    merge(old, into=new, by=anna)

    page("Pierwsza").save_revision(user=author())
    fact("Druga").themes.set([other])
    child.refresh_from_db()
    child.parent = other
    child.save()
    found = take_back(old, by=anna)

    assert [themes(title)[0] for title in ("Pierwsza", "Druga", "Trzecia")] == [{"nowy"}, {"inny"}, {"stary"}]
    child.refresh_from_db()
    assert child.parent == other
    assert page("Pierwsza").translation_key in found.staying


def test_merges_one_after_the_other_are_taken_back_in_the_opposite_order(anna: Any) -> None:
    first, second, third = (ThemeFactory.create() for _turn in range(3))
    merge(first, into=second, by=anna)
    merge(second, into=third, by=anna)
    with pytest.raises(Refused):
        take_back(first, by=anna)
    take_back(second, by=anna)
    take_back(first, by=anna)
    assert not Theme.objects.filter(pk__in=[first.pk, second.pk, third.pk]).exclude(merged_into=None).exists()


def test_what_stands_at_a_place_stands_at_the_one_that_stayed_and_returns(anna: Any) -> None:
    old, new = PlaceFactory.create(), PlaceFactory.create()
    moved, stays = (make_forum(title=title, slug=title.lower(), place=old) for title in ("Pierwsze", "Drugie"))
    body = OrganisationFactory.create(place=old)

    def places() -> list[Any]:
        body.refresh_from_db()
        facts = [Forum.objects.get(translation_key=one.translation_key).place for one in (moved, stays)]
        return [*facts, ForumPage.objects.get(pk=moved.pk).place, body.place]

    merge(old, into=new, by=anna)
    assert places() == [new] * 4
    ForumPage.objects.get(pk=stays.pk).save_revision(user=author())
    found = take_back(old, by=anna)
    assert places() == [old, new, old, old]
    assert (found.things, found.staying) == ({moved.translation_key}, {stays.translation_key})


def test_a_draft_sent_before_a_merge_is_published_with_the_row_that_stayed(anna: Any) -> None:
    old, new = ThemeFactory.create(code="stary"), ThemeFactory.create(code="nowy")
    twin, tag = (TagFactory.create(name=name) for name in ("obcokrajowcy", "cudzoziemcy"))
    gone, body = OrganisationFactory.create(), OrganisationFactory.create()
    draft = page("Pierwsza")
    draft.themes.set([old])
    draft.tags.set([twin, tag])
    draft.addressees.set([PageAddressee(organisation=one, sort_order=place) for place, one in enumerate((gone, body))])
    # As a page that was never public: its own rows say what the draft says.
    draft.save()
    draft.change_reason = "Uzupełnienie"
    draft.save_revision(user=author())
    state = draft.get_workflow().start(page("Pierwsza"), author())

    merge(old, into=new, by=anna)
    merge(twin, into=tag, by=anna)
    Organisation.objects.filter(pk=gone.pk).update(merged_into=body)
    state.current_task_state.specific.approve(user=anna)

    assert themes("Pierwsza") == ({"nowy"}, {"nowy"})
    assert [str(one) for one in fact("Pierwsza").tags.all()] == ["cudzoziemcy"]
    assert [row.organisation for row in fact("Pierwsza").assignments.filter(is_withdrawn=False)] == [body]
    take_back(old, by=anna)
    assert themes("Pierwsza") == ({"nowy"}, {"nowy"})


def test_the_area_of_a_group_names_the_theme_that_stayed_also_where_its_draft_is_edited(anna: Any) -> None:
    old, new = ThemeFactory.create(code="stary"), ThemeFactory.create(code="nowy")
    group = some_group()
    group.areas = [("area", {"title": "Praca", "themes": ["stary", "nowy"]})]
    group.save_revision(user=author())
    merge(old, into=new, by=anna)
    group = WorkingGroupPage.objects.get(pk=group.pk).get_latest_revision_as_object()
    assert [area.themes for area in areas_of(group, [])] == [[new]]
    assert group.areas[0].value["themes"] == ["nowy"]


def test_a_theme_stands_below_no_theme_that_was_merged_away(anna: Any, client: Client) -> None:
    old, new = ThemeFactory.create(), ThemeFactory.create()
    child = ThemeFactory.create(parent=old)
    merge(old, into=new, by=anna)
    entry = ModelLogEntry.objects.for_instance(child).get()
    client.force_login(anna)

    answer = client.post(f"/admin/theme/history/{child.pk}/{entry.pk}/", {"side": "before"})

    child.refresh_from_db()
    assert (answer.status_code, child.parent) == (422, new)


@pytest.mark.parametrize("kind", ["tag", "affectedgroup"])
def test_tags_and_groups_are_taken_back_on_a_screen_that_says_what_comes(anna: Any, client: Client, kind: str) -> None:
    factory: Any = TagFactory if kind == "tag" else AffectedGroupFactory
    old, new = factory.create(), factory.create()
    words = "tags" if kind == "tag" else "affected_groups"
    one = page("Pierwsza")
    getattr(one, words).add(old)
    one.save()
    getattr(fact("Pierwsza"), words).add(old)
    client.force_login(anna)
    client.post(f"/admin/{kind}/merge/{old.pk}/", {"into": new.pk})
    address = f"/admin/{kind}/merge/{old.pk}/take-back/"

    assert address in client.get(f"/admin/{kind}/").content.decode()
    assert address in client.get(f"/admin/{kind}/history/{old.pk}/").content.decode()
    assert "Pierwsza" in client.get(address).content.decode()
    assert client.post(address).status_code == 302

    assert old in getattr(fact("Pierwsza"), words).all()
    assert new not in getattr(page("Pierwsza"), words).all()
    assert "A merge taken back" in client.get(f"/admin/{kind}/history/{old.pk}/").content.decode()
    assert client.get(address).status_code == 404


def test_a_merge_that_left_no_trace_is_not_taken_back_and_the_screen_says_so(anna: Any, client: Client) -> None:
    old = ThemeFactory.create(merged_into=ThemeFactory.create())
    client.force_login(anna)
    address = f"/admin/theme/merge/{old.pk}/take-back/"
    assert "is not known" in client.get(address).content.decode()
    assert client.post(address).status_code == 422
