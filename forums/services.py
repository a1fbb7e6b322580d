"""What the publication of a forum or group writes: its fact, in the transaction of the act."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from wagtail.models import Page

from forums.models import ExpectedEffect, Forum, ForumPage, WorkingGroup, WorkingGroupPage
from pagekit.acts import Refused


def assert_in_act() -> None:
    """A fact is part of the act that publishes its page; outside a transaction a crash would tear them apart."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A fact is written inside the transaction of the publication.")


def nearest(page: Page, model: type[Any]) -> Any:
    """The closest page above ``page`` that is a ``model``, or None."""
    return model.objects.ancestor_of(page).order_by("-depth").first()


def forum_above(page: Page) -> Forum | None:
    """The fact of the closest forum page above, or None; Refused when that forum was never published."""
    above = nearest(page, ForumPage)
    if above is None:
        return None
    fact = Forum.objects.filter(translation_key=above.translation_key).first()
    if fact is None:
        raise Refused(_("Not published: publish “%(title)s” above it first.") % {"title": above.title})
    return fact


def group_above(page: Page) -> WorkingGroup | None:
    """The fact of the group page directly above, or None; Refused when that group was never published."""
    above = page.get_parent().specific
    if not isinstance(above, WorkingGroupPage):
        return None
    fact = WorkingGroup.objects.filter(translation_key=above.translation_key).first()
    if fact is None:
        raise Refused(_("Not published: publish “%(title)s” above it first.") % {"title": above.title})
    return fact


def write_forum_fact(page: ForumPage) -> Forum:
    """Write the fact of a published forum page and return it; call it inside the act only."""
    assert_in_act()
    fact, _created = Forum.objects.update_or_create(
        translation_key=page.translation_key,
        defaults={
            "kind": page.kind,
            "number": page.number,
            "parent": forum_above(page),
            "place": page.place,
            "programme_code": page.programme_code,
            "group_code": page.group_code,
            "starts_on": page.starts_on,
            "ends_on": page.ends_on,
            "precision": page.precision,
            "date_words": page.date_words,
        },
    )
    fact.themes.set(page.themes.all())
    return fact


def write_group_fact(page: WorkingGroupPage) -> WorkingGroup:
    """Write the fact of a published group page with its expected effects and return it; inside the act only.

    Refused when neither the page nor anything above it names a programme for references.
    """
    assert_in_act()
    forum, group = forum_above(page), group_above(page)
    programme = page.programme_code or (group and group.programme_code) or (forum and forum.programme_code)
    if not programme:
        raise Refused(_("Not published: give the programme for references, for example FLPM."))
    fact, _created = WorkingGroup.objects.update_or_create(
        translation_key=page.translation_key,
        defaults={
            "kind": page.kind,
            "number": page.number,
            "forum": forum,
            "parent": group,
            "place": page.place or (forum.place if forum else None),
            "programme_code": programme,
            "group_code": page.group_code,
            "set_state": page.set_state,
            "starts_on": page.starts_on,
            "ends_on": page.ends_on,
            "precision": page.precision,
            "date_words": page.date_words,
        },
    )
    fact.themes.set(page.themes.all())
    keys = [uuid.UUID(str(block.id)) for block in page.effects]
    try:
        fact.effects.exclude(key__in=keys).delete()
    except ProtectedError as error:
        raise Refused(
            _("Not published: an expected effect was taken off of which it is recorded what became. Put it back.")
        ) from error
    for position, key in enumerate(keys, 1):
        ExpectedEffect.objects.update_or_create(key=key, defaults={"working_group": fact, "position": position})
    return fact


def rewrite_facts_below(page: Page) -> None:
    """After a move: every published forum and group at or below ``page`` learns what it stands under now."""
    for forum_page in (
        ForumPage.objects.descendant_of(page, inclusive=True)
        .sources()
        .filter(translation_key__in=Forum.objects.values("translation_key"))
    ):
        Forum.objects.filter(translation_key=forum_page.translation_key).update(parent=forum_above(forum_page))
    for group_page in (
        WorkingGroupPage.objects.descendant_of(page, inclusive=True)
        .sources()
        .filter(translation_key__in=WorkingGroup.objects.values("translation_key"))
    ):
        WorkingGroup.objects.filter(translation_key=group_page.translation_key).update(
            forum=forum_above(group_page), parent=group_above(group_page)
        )
