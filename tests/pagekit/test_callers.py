"""The callers of acts that test_acts.py does not walk: when what listens to an act fails, the whole act is undone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.db.models.signals import m2m_changed, post_save
from django.dispatch import Signal
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page, PageViewRestriction, TaskState
from wagtail.signals import page_published, post_page_move
from wagtail_localize.models import Translation, TranslationSource

from accounts.models import User
from pagekit.acts import Refused
from recommendations.models import Recommendation, RecommendationPage, Wording
from tests.factories.accounts import UserFactory
from tests.factories.pages import (
    author,
    make_forum,
    make_group,
    make_recommendation_page,
    some_group,
)

pytestmark = pytest.mark.django_db

Explode = Callable[..., None]


class Boom(Exception):
    pass


@pytest.fixture
def explode() -> Iterator[Explode]:
    """`explode(signal)` makes whoever sends that signal fail; `at=2` only the second time."""
    undo: list[Callable[[], object]] = []

    def connect(signal: Signal, sender: Any = None, at: int = 1) -> None:
        heard: list[object] = []

        def receiver(**kwargs: Any) -> None:
            heard.append(kwargs)
            if len(heard) >= at:
                raise Boom

        signal.connect(receiver, sender=sender, weak=False)
        undo.append(lambda: signal.disconnect(receiver, sender=sender))

    yield connect
    for disconnect in undo:
        disconnect()


@pytest.fixture
def administrator(client: Client) -> User:
    user = UserFactory.create(administrator=True)
    client.force_login(user)
    return user


def tree() -> list[Any]:
    return list(Page.objects.order_by("path").values_list("pk", "path", "live", "title", "url_path", "alias_of"))


def undone(act: Callable[[], object]) -> None:
    """Assert that the act fails loudly and leaves the tree as it was."""
    before = tree()
    with pytest.raises(Boom):
        act()
    assert tree() == before


def english(page: Any) -> tuple[Translation, Any]:
    """The draft copy of a page in English, as wagtail-localize makes it."""
    locale = Locale.objects.get_or_create(language_code="en")[0]
    source, _created = TranslationSource.get_or_create_from_instance(page)
    translation, _created = Translation.objects.get_or_create(source=source, target_locale=locale)
    translation.save_target(user=author(), publish=False)
    return translation, page.get_translation(locale)


def form_of(client: Client, address: str) -> dict[str, Any]:
    """What the edit form of a page would send if nothing were typed."""
    form = client.get(address).context["form"]
    data: dict[str, Any] = {}
    forms = [form, *(one for formset in form.formsets.values() for one in (formset.management_form, *formset.forms))]
    for one in forms:
        for bound in one:
            value = bound.field.widget.format_value(bound.value())
            if value:
                data[bound.html_name] = value
    return data


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_the_workflow_screen(client: Client, administrator: User, explode: Explode) -> None:
    page = make_recommendation_page(published=False)
    page.save_revision(user=author())
    state = page.get_workflow().start(page, author()).current_task_state
    explode(page_published)

    undone(lambda: client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])))

    assert TaskState.objects.get(pk=state.pk).status == TaskState.STATUS_IN_PROGRESS
    assert not Recommendation.objects.exists()
    assert not Wording.objects.exists()


def test_the_create_and_the_edit_screen_publish_nothing(client: Client, administrator: User) -> None:
    page = make_recommendation_page(published=False)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = form_of(client, address) | {
        "action-publish": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }
    refusals = [said(client.post(address, data))]

    new = reverse("wagtailadmin_pages:add", args=["recommendations", "recommendationpage", some_group().pk])
    refusals.append(said(client.post(new, data | {"slug": "nowa"})))

    assert all("Not published: publication is a moderator" in sentence for sentence in refusals), refusals
    assert not RecommendationPage.objects.live().exists()
    assert not Recommendation.objects.exists()


def test_copying_a_subtree_breaks_off_whole(client: Client, administrator: User, explode: Explode) -> None:
    group = make_group(title="Wzór")
    for n in range(2):
        make_recommendation_page(parent=group, title=f"Nr {n}")
    explode(post_save, sender=RecommendationPage, at=2)

    undone(
        lambda: client.post(
            reverse("wagtailadmin_pages:copy", args=[group.pk]),
            {
                "new_title": "Kopia",
                "new_slug": "kopia",
                "new_parent_page": group.get_parent().pk,
                "copy_subpages": "on",
            },
        )
    )


def test_an_alias_in_another_language(explode: Explode) -> None:
    page = make_recommendation_page()
    locale = Locale.objects.get_or_create(language_code="uk")[0]
    explode(post_save, sender=RecommendationPage)

    undone(lambda: page.copy_for_translation(locale, copy_parents=True, alias=True))


def test_the_bulk_move(client: Client, administrator: User, explode: Explode) -> None:
    page = make_recommendation_page(published=False)
    other = make_group(title="Inna grupa")
    explode(post_page_move)

    undone(
        lambda: client.post(
            reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"]) + f"?id={page.pk}",
            {"chooser": other.pk},
        )
    )


def test_the_move_command_moves_drafts_whole_and_nothing_that_was_public(explode: Explode) -> None:
    source, target = make_forum(title="Skąd", slug="skad"), make_forum(title="Dokąd", slug="dokad")
    make_recommendation_page(parent=source, title="Szkic", published=False)
    public = make_group(parent=source, title="Publiczna")

    with pytest.raises(Refused):
        call_command("move_pages", str(source.pk), str(target.pk), verbosity=0)

    assert Page.objects.get(pk=public.pk).is_child_of(Page.objects.get(pk=source.pk))


@pytest.mark.parametrize("signal", [post_save, m2m_changed])
def test_the_privacy_screen(signal: Signal, client: Client, administrator: User, explode: Explode) -> None:
    page = make_recommendation_page()
    group = administrator.groups.create(name="Czytelnicy")
    sender = PageViewRestriction if signal is post_save else PageViewRestriction.groups.through
    explode(signal, sender=sender)

    with pytest.raises(Boom):
        client.post(
            reverse("wagtailadmin_pages:set_privacy", args=[page.pk]),
            {"restriction_type": "groups", "groups": [group.pk], "password": ""},
        )

    assert not PageViewRestriction.objects.exists()


@pytest.mark.parametrize("door", ["editor", "code"])
def test_the_translation_editor_publishes_nothing_past_the_moderation(
    door: str, client: Client, administrator: User, django_capture_on_commit_callbacks: Any
) -> None:
    translation, copy = english(make_recommendation_page())

    doors: dict[str, Callable[[], object]] = {
        "editor": lambda: client.post(reverse("wagtailadmin_pages:edit", args=[copy.pk]), {"action": "publish"}),
        "code": lambda: translation.save_target(user=author(), publish=True),
    }

    with pytest.raises(Refused, match="moderator's approval"), django_capture_on_commit_callbacks(execute=True):
        doors[door]()

    copy.refresh_from_db()
    assert not copy.live
    assert not Wording.objects.filter(language="en").exists()
