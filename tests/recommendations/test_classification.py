"""The bulk action on recommendations: drafts with other themes, tags, addressees and levels, and nothing public."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from pagekit.acts import Refused
from recommendations.models import Recommendation, RecommendationPage
from recommendations.services.classification import WordChange, change_words
from tests.factories.accounts import UserFactory
from tests.factories.pages import author, make_recommendation_page
from tests.factories.roles import Cast, make_cast
from tests.factories.taxonomy import OrganisationFactory, TagFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def cast(stage: None) -> Cast:
    return make_cast()


@pytest.fixture
def editor(cast: Cast, db: None) -> User:
    return User.objects.get(username="redaktorka")


@pytest.fixture
def public(cast: Cast, db: None) -> RecommendationPage:
    return make_recommendation_page(parent=cast.own_group, title="Publiczna", tags=["stary"])


def draft_of(page: Any) -> Any:
    return RecommendationPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def words(page: Any) -> tuple[Any, ...]:
    return (
        sorted(theme.code for theme in page.themes.all()),
        sorted(tag.name for tag in page.tags.all()),
        [row.organisation.label_pl for row in page.addressees.all()],
        page.levels,
    )


def test_words_are_added_and_removed_in_a_draft_while_readers_see_what_they_saw(
    editor: User, public: RecommendationPage
) -> None:
    seen = words(public)
    theme, tag, body = ThemeFactory.create(code="nowy"), TagFactory.create(name="nowy"), OrganisationFactory.create()
    asked: dict[str, Any] = {"themes": [theme], "tags": [tag], "addressees": [body], "levels": ["national"]}

    assert change_words(public, by=editor, change=WordChange(is_adding=True, reason="Nowy obszar.", **asked))
    assert words(draft_of(public)) == (
        ["nowy", *seen[0]],
        ["nowy", "stary"],
        [*seen[2], body.label_pl],
        ["national"],
    )
    now = RecommendationPage.objects.get(pk=public.pk)
    assert (words(now), now.live, now.has_unpublished_changes) == (seen, True, True)
    assert draft_of(public).change_reason == "Nowy obszar."
    assert not Recommendation.objects.get(translation_key=public.translation_key).levels.exists()

    assert change_words(public, by=editor, change=WordChange(is_adding=False, **asked))
    assert words(draft_of(public)) == seen


def test_what_has_the_word_already_gets_no_draft(editor: User, public: RecommendationPage) -> None:
    change = WordChange(is_adding=True, themes=list(public.themes.all()))

    assert not change_words(public, by=editor, change=change)
    assert not RecommendationPage.objects.get(pk=public.pk).has_unpublished_changes


def test_a_change_of_somebody_else_and_what_is_in_moderation_are_left_alone(
    cast: Cast, editor: User, public: RecommendationPage
) -> None:
    change = WordChange(is_adding=True, levels=["eu"])
    public.title = "W toku"
    public.save_revision(user=author())
    with pytest.raises(Refused, match="Somebody else"):
        change_words(public, by=editor, change=change)

    waiting = make_recommendation_page(parent=cast.own_group, title="Czeka", published=False)
    waiting.save_revision(user=editor)
    waiting.get_workflow().start(waiting, editor)
    with pytest.raises(Refused, match="moderation"):
        change_words(waiting, by=editor, change=change)

    with pytest.raises(Refused, match="may not edit"):
        change_words(waiting, by=UserFactory.create(), change=change)


def test_the_list_changes_what_may_be_changed_and_names_what_is_skipped(
    client: Client, cast: Cast, editor: User, public: RecommendationPage
) -> None:
    other = make_recommendation_page(parent=cast.own_group, title="Zajęta")
    other.save_revision(user=author())
    client.force_login(editor)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "change_words"])
    address += f"?id={public.pk}&id={other.pk}"
    assert "Somebody else" in client.get(address).text
    assert client.post(address, {"act": "add"}).status_code == 200

    response = client.post(address, {"act": "add", "levels": ["eu"]})

    said = " ".join(str(message) for message in get_messages(response.wsgi_request))
    assert "1 draft is saved" in said
    assert "Skipped: “Zajęta”" in said
    assert (draft_of(public).is_eu, draft_of(other).is_eu) == (True, False)


@pytest.mark.parametrize("who", ["editor", "moderator"])
def test_words_of_several_pages_are_changed_by_who_may_edit_them_all(
    client: Client, cast: Cast, public: RecommendationPage, who: str
) -> None:
    waiting = make_recommendation_page(parent=cast.own_group, title="Szkic grupy", published=False)
    waiting.save_revision(user=cast.people["editor"])
    theme, tag, body = ThemeFactory.create(code="nowy"), TagFactory.create(name="nowy"), OrganisationFactory.create()
    sent = {
        "act": "add",
        "themes": theme.pk,
        "tags": tag.pk,
        "addressees": body.pk,
        "levels": ["eu"],
        "reason": "Nowe.",
    }
    client.force_login(cast.people[who])
    own = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "change_words"])
    own += f"?id={public.pk}&id={waiting.pk}"

    client.post(f"{own}&id={cast.foreign.pk}", sent)
    reached = {page.pk for page in (public, waiting, cast.foreign) if "nowy" in words(draft_of(page))[0]}
    assert reached == ({public.pk, waiting.pk, cast.foreign.pk} if who == "moderator" else set())

    client.post(own, sent)
    for page in (public, waiting):
        themes, tags, bodies, levels = words(draft_of(page))
        assert ("nowy" in themes, "nowy" in tags, body.label_pl in bodies, "eu" in levels) == (True,) * 4
