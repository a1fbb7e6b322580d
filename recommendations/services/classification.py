"""Adding and removing the words that classify recommendations, many pages at once: each becomes a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from pagekit.acts import Refused
from pagekit.models import source_language
from recommendations.models import PageAddressee, RecommendationPage
from taxonomy.choices import Level
from taxonomy.models import Organisation, Tag, Theme

LEVELS = {
    Level.LOCAL: "is_local",
    Level.REGIONAL: "is_regional",
    Level.NATIONAL: "is_national",
    Level.EU: "is_eu",
}


@dataclass(frozen=True)
class WordChange:
    """What is added to each page, or removed from it; ``reason`` is that of a page which is public already."""

    is_adding: bool
    themes: Sequence[Theme] = ()
    tags: Sequence[Tag] = ()
    addressees: Sequence[Organisation] = ()
    levels: Sequence[str] = ()
    reason: str = ""


def may_change_words(user: Any, page: Page) -> bool:
    """Whether it is the source page of a recommendation that the person edits."""
    if page.specific_class is not RecommendationPage or page.locale.language_code != source_language():
        return False
    return bool(page.permissions_for_user(user).can_edit())


def hindrance_to_change(user: Any, page: Page) -> str:
    """Why the page is skipped though the person may edit it, in a sentence; else empty."""
    if page.workflow_in_progress:
        return _("It is in moderation.")
    if page.permissions_for_user(user).page_locked():
        return _("It is locked.")
    newest = page.latest_revision
    if page.live and page.has_unpublished_changes and newest is not None and newest.user_id != user.pk:
        return _("Somebody else's change of it is not published yet.")
    return ""


@transaction.atomic
def change_words(page: Page, *, by: Any, change: WordChange) -> bool:
    """Save a draft of the page with the words added or removed; whether there was anything to change.

    What readers see stays as it is: the draft goes its way through moderation. Refused where ``hindrance_to_change``
    says why, and for who may not edit the page.
    """
    locked = Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    if not may_change_words(by, locked):
        raise Refused(_("You may not edit it."))
    if hindrance := hindrance_to_change(by, locked):
        raise Refused(hindrance)
    draft: Any = locked.get_latest_revision_as_object()
    before = words_on(draft)
    (add_words if change.is_adding else remove_words)(draft, change)
    if words_on(draft) == before:
        return False
    if locked.first_published_at:
        draft.change_reason = change.reason
    draft.save_revision(user=by, changed=True, log_action=True)
    return True


def words_on(draft: RecommendationPage) -> tuple[Any, ...]:
    return (
        {theme.pk for theme in draft.themes.all()},
        {tag.pk for tag in draft.tags.all()},
        {row.organisation_id for row in draft.addressees.all()},
        draft.levels,
    )


def add_words(draft: RecommendationPage, change: WordChange) -> None:
    draft.themes.add(*change.themes)
    draft.tags.add(*change.tags)
    rows = list(draft.addressees.all())
    asked = {row.organisation_id for row in rows}
    for body in change.addressees:
        if body.pk not in asked:
            draft.addressees.add(PageAddressee(organisation=body, sort_order=len(rows)))
    for level in change.levels:
        setattr(draft, LEVELS[Level(level)], True)


def remove_words(draft: RecommendationPage, change: WordChange) -> None:
    draft.themes.remove(*change.themes)
    # By name: tags themselves it takes, and removes nothing.
    draft.tags.remove(*(tag.name for tag in change.tags))
    bodies = {body.pk for body in change.addressees}
    for row in list(draft.addressees.all()):
        if row.organisation_id in bodies:
            draft.addressees.remove(row)
    for level in change.levels:
        setattr(draft, LEVELS[Level(level)], False)
