"""The fence: every door that acts on a page is one transaction, and a failing receiver undoes the act."""

import datetime as dt
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import Signal
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail import actions as wagtail_actions
from wagtail.models import Locale, Page, PageLogEntry, PageViewRestriction, Revision
from wagtail.signals import (
    page_published,
    page_unpublished,
    post_page_move,
)
from wagtail_localize.models import Translation, TranslationSource

from accounts.models import User
from notices.models import Message
from pagekit.acts import ACTIONS, Refused
from recommendations.models import Recommendation, RecommendationPage
from tests.factories.accounts import UserFactory
from tests.factories.pages import (
    appear,
    author,
    make_forum,
    make_group,
    make_recommendation_page,
    make_site,
    moderator,
    publish,
)

pytestmark = pytest.mark.django_db


class Boom(Exception):
    pass


def raise_boom(**kwargs: Any) -> None:
    raise Boom


@pytest.fixture
def exploding() -> Iterator[Callable[[Signal], None]]:
    connected: list[Signal] = []

    def connect(signal: Signal) -> None:
        signal.connect(raise_boom, dispatch_uid="boom")
        connected.append(signal)

    yield connect
    for signal in connected:
        signal.disconnect(dispatch_uid="boom")


@pytest.fixture
def administrator(client: Client) -> User:
    user = UserFactory.create(administrator=True)
    client.force_login(user)
    return user


def states() -> list[Any]:
    return list(
        Page.objects.order_by("pk").values_list("pk", "path", "live", "title", "url_path", "live_revision", "alias_of")
    )


def test_the_fence_stands_round_every_action_class_that_wagtail_has() -> None:
    modules = [
        importlib.import_module(f"wagtail.actions.{found.name}")
        for found in pkgutil.iter_modules(wagtail_actions.__path__)
    ]
    names = {
        name
        for module in modules
        for name, found in vars(module).items()
        if inspect.isclass(found) and name.endswith("Action") and "execute" in vars(found)
    }

    fenced = {action.__name__ for action in ACTIONS}
    # These leave the public as it is: they write drafts, copy into another language, or belong to snippets alone.
    drafts_only = {
        "ConvertAliasPageAction",
        "CopyForTranslationAction",
        "CopyPageForTranslationAction",
        "CreateAction",
        "DeleteAction",
        "EditAction",
        "RevertToRevisionAction",
    }
    assert names - {"BaseAction"} - drafts_only == fenced
    assert all(getattr(action.execute, "is_fenced", False) for action in ACTIONS)
    assert PageViewRestriction.save.is_fenced
    assert PageViewRestriction.delete.is_fenced


def test_a_failing_receiver_undoes_an_approval_and_what_it_wrote(exploding: Callable[[Signal], None]) -> None:
    page = make_recommendation_page(published=False)
    page.save_revision(user=author())
    exploding(page_published)
    before = states()

    with pytest.raises(Boom):
        publish(page)

    assert [row for row in states() if row[2]] == [row for row in before if row[2]]
    assert not Recommendation.objects.exists()


@pytest.mark.parametrize("door", ["screen", "bulk"])
def test_a_failing_receiver_undoes_an_unpublication(
    door: str, client: Client, administrator: User, exploding: Callable[[Signal], None]
) -> None:
    page = make_recommendation_page()
    exploding(page_unpublished)
    address = (
        reverse("wagtailadmin_pages:unpublish", args=[page.pk])
        if door == "screen"
        else reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"]) + f"?id={page.pk}"
    )

    with pytest.raises(Boom):
        client.post(address)

    page.refresh_from_db()
    assert page.live


def test_a_failing_receiver_undoes_a_move_and_a_reorder(
    client: Client, administrator: User, exploding: Callable[[Signal], None]
) -> None:
    page = make_recommendation_page()
    other = make_group(parent=page.get_parent().get_parent(), title="Inna grupa")
    sibling = make_recommendation_page(parent=page.get_parent(), title="Druga")
    exploding(post_page_move)
    before = states()

    with pytest.raises(Boom):
        client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, other.pk]), {"confirm": "1"})
    with pytest.raises(Boom):
        client.post(reverse("wagtailadmin_pages:set_page_position", args=[sibling.pk]) + "?position=0")

    assert states() == before


def let_time_pass(page: RecommendationPage) -> None:
    """The moment for which the page's newest revision was scheduled is over."""
    revision = RecommendationPage.objects.get(pk=page.pk).get_latest_revision()
    past = timezone.now() - dt.timedelta(minutes=1)
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()


def test_a_failing_receiver_undoes_a_scheduled_publication_and_an_expiry(
    exploding: Callable[[Signal], None],
) -> None:
    due = make_recommendation_page(published=False)
    publish(due, go_live_at=timezone.now() + dt.timedelta(days=1))
    assert not RecommendationPage.objects.get(pk=due.pk).live
    let_time_pass(due)
    expiring = make_recommendation_page(title="Wygasa", parent=due.get_parent())
    Page.objects.filter(pk=expiring.pk).update(expire_at=timezone.now() - dt.timedelta(minutes=1))
    exploding(page_published)
    exploding(page_unpublished)

    for _attempt in range(2):
        with pytest.raises(CommandError, match="2 failed"):
            call_command("publish_scheduled", verbosity=0)

    assert RecommendationPage.objects.get(pk=expiring.pk).live
    assert not RecommendationPage.objects.get(pk=due.pk).live


def test_a_scheduled_publication_that_was_approved_writes_the_fact_when_its_time_comes() -> None:
    page = make_recommendation_page(published=False)
    publish(page, go_live_at=timezone.now() + dt.timedelta(days=1))
    assert not Recommendation.objects.exists()
    let_time_pass(page)

    call_command("publish_scheduled", verbosity=0)

    assert Recommendation.objects.get().reference
    assert RecommendationPage.objects.get(pk=page.pk).live


def published_on_its_day_beside_a_later_draft() -> Revision:
    """The clock publishes what was approved, "Zatwierdzone", though its moderator has saved a draft since."""
    page = make_recommendation_page(published=False, title="Zatwierdzone")
    publish(page, go_live_at=timezone.now() + dt.timedelta(days=1))
    approved = RecommendationPage.objects.get(pk=page.pk).get_latest_revision()
    let_time_pass(page)
    later = RecommendationPage.objects.get(pk=page.pk)
    later.title, later.go_live_at = "Dopisane później", None
    later.save_revision(user=moderator())
    call_command("publish_scheduled", verbosity=0)
    return approved


def test_what_was_approved_is_published_though_its_moderator_has_saved_a_draft_since() -> None:
    approved = published_on_its_day_beside_a_later_draft()

    page = RecommendationPage.objects.get()
    assert (page.live_revision, page.title, page.has_unpublished_changes) == (approved, "Zatwierdzone", True)
    assert page.get_latest_revision_as_object().title == "Dopisane później"


def test_what_is_public_stays_while_a_draft_begun_before_its_publication_waits_for_its_day() -> None:
    approved = published_on_its_day_beside_a_later_draft()
    newest = RecommendationPage.objects.get().get_latest_revision_as_object()

    tomorrow = timezone.now() + dt.timedelta(days=1)
    publish(newest, title="Dopiero jutro", change_reason="Nowe", go_live_at=tomorrow)

    page = RecommendationPage.objects.get()
    assert (page.live, page.title, page.live_revision) == (True, "Zatwierdzone", approved)


def test_what_is_refused_on_its_day_is_said_in_its_history_and_keeps_no_other_waiting(
    capsys: pytest.CaptureFixture[str],
) -> None:
    orphan = make_recommendation_page(parent=make_group(published=False), published=False, title="Bez grupy")
    other = make_recommendation_page(published=False, title="Na swój dzień")
    for page in (orphan, other):
        publish(page, go_live_at=timezone.now() + dt.timedelta(days=1))
        let_time_pass(page)

    call_command("publish_scheduled", verbosity=0)
    call_command("publish_scheduled", verbosity=0)

    assert RecommendationPage.objects.get(pk=other.pk).live
    assert not RecommendationPage.objects.get(pk=orphan.pk).live
    assert capsys.readouterr().err.count("Bez grupy: Not published") == 1
    assert PageLogEntry.objects.get(action="pagekit.schedule_refused").page_id == orphan.pk
    kinds = Message.objects.filter(kind="not_public").values_list("recipient__username", flat=True)
    assert set(kinds) == {"autorka", "moderatorka"}


@pytest.mark.law("kept-public")
@pytest.mark.parametrize(
    "door",
    ["delete", "bulk_delete", "parent", "model", "queryset"],
)
def test_what_was_public_survives_every_door_that_deletes(door: str, client: Client, administrator: User) -> None:
    page = make_recommendation_page()
    doors: dict[str, Callable[[], object]] = {
        "delete": lambda: client.post(reverse("wagtailadmin_pages:delete", args=[page.pk])),
        "bulk_delete": lambda: client.post(
            reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={page.pk}"
        ),
        "parent": lambda: client.post(reverse("wagtailadmin_pages:delete", args=[page.get_parent().pk])),
        "model": lambda: ignoring_refusal(page.delete),
        "queryset": lambda: ignoring_refusal(RecommendationPage.objects.filter(pk=page.pk).delete),
    }

    doors[door]()

    assert RecommendationPage.objects.filter(pk=page.pk, live=True).exists()
    assert Recommendation.objects.exists()


def ignoring_refusal(call: Callable[[], object]) -> None:
    with pytest.raises(Refused), transaction.atomic():
        call()


def test_the_publish_button_of_the_admin_is_refused_with_a_sentence_and_the_draft_stays(
    client: Client, administrator: User
) -> None:
    page = make_recommendation_page(published=False)
    page.save_revision(user=author())

    answer = client.post(
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={page.pk}", follow=False
    )

    assert answer.status_code == 302
    page.refresh_from_db()
    assert not page.live
    assert not Recommendation.objects.exists()


@pytest.mark.law("kept-issuer")
def test_a_published_page_leaves_its_issuer_only_by_an_administrator(client: Client) -> None:
    page = make_recommendation_page()
    other = make_group(parent=page.get_parent().get_parent(), title="Inna grupa")

    with pytest.raises(Refused, match="stays under its issuer"):
        RecommendationPage.objects.get(pk=page.pk).move(other, "last-child", user=author())
    RecommendationPage.objects.get(pk=page.pk).move(other, "last-child", user=UserFactory.create(administrator=True))

    fact = Recommendation.objects.get()
    assert fact.working_group is not None
    assert fact.working_group.translation_key == other.translation_key


def test_copies_are_drafts_through_every_door(client: Client, administrator: User) -> None:
    page = make_recommendation_page()
    client.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {
            "new_title": "Kopia",
            "new_slug": "kopia",
            "new_parent_page": page.get_parent().pk,
            "publish_copies": "on",
            "copy_subpages": "on",
        },
    )

    copy = RecommendationPage.objects.get(slug="kopia")
    assert not copy.live
    assert Recommendation.objects.count() == 1


def english(page: Any) -> Any:
    """The English copy of a page, made as wagtail-localize makes it, still a draft."""
    locale = Locale.objects.get_or_create(language_code="en")[0]
    source, _created = TranslationSource.get_or_create_from_instance(page)
    Translation.objects.get_or_create(source=source, target_locale=locale)[0].save_target(user=author(), publish=False)
    return page.get_translation(locale)


def test_a_translation_is_not_public_before_its_source() -> None:
    page = make_recommendation_page(published=False)
    copy = english(page)

    with pytest.raises(Refused, match="before its original"):
        copy.save_revision(user=author()).publish()


def test_unpublishing_a_source_unpublishes_its_translations_in_the_same_act() -> None:
    page = make_recommendation_page()
    copy = appear(english(page))
    assert Recommendation.objects.get().wordings.filter(language="en").count() == 1

    page.unpublish()

    copy.refresh_from_db()
    assert not copy.live


def test_a_restriction_and_what_listens_to_it_are_one_transaction(exploding: Callable[[Signal], None]) -> None:
    page = make_recommendation_page()
    post_save.connect(raise_boom, sender=PageViewRestriction, dispatch_uid="boom")
    try:
        with pytest.raises(Boom):
            PageViewRestriction.objects.create(page=page, restriction_type="login")
    finally:
        post_save.disconnect(sender=PageViewRestriction, dispatch_uid="boom")

    assert not PageViewRestriction.objects.exists()


def test_the_log_of_a_refused_act_is_not_kept() -> None:
    page = make_recommendation_page()
    make_site()
    before = PageLogEntry.objects.count()

    ignoring_refusal(lambda: make_forum(parent=page.get_parent().get_parent()).create_alias(update_slug="alias"))

    assert not PageLogEntry.objects.filter(action="wagtail.create_alias").exists()
    assert PageLogEntry.objects.count() >= before
