"""Decides who may publish what: publication is an approval by somebody who wrote none of it (domain.md)."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from wagtail.models import Revision, TaskState, get_default_page_content_type
from wagtail_localize.models import SegmentOverride, StringTranslation

from pagekit.acts import Refused


def authors_of_texts(page: Any, since: Any = None) -> set[int]:
    """Ids of the users whose words stand in a translated page, those written after ``since`` if it is given."""
    found: set[int] = set()
    for model in (StringTranslation, SegmentOverride):
        written = model.objects.filter(context__object_id=page.translation_key, locale_id=page.locale_id)
        if since:
            written = written.filter(updated_at__gt=since)
        found |= set(written.exclude(last_translated_by=None).values_list("last_translated_by", flat=True))
    return found


def approval_of(revision: Revision) -> TaskState | None:
    """The approved step of the moderation that looked at this very revision, or None."""
    return (
        TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED, finished_by__isnull=False)
        .order_by("-finished_at")
        .first()
    )


def authors_since_publication(page: Any, *, of: Revision | None = None) -> set[int]:
    """Ids of the users who wrote something of the page after it was last published (ever, if it never was).

    A revision of a translation bears one name, and its texts may be those of others. Of a revision ``of``: what was
    saved after it is not in it.
    """
    revisions = Revision.objects.for_instance(page).exclude(user=None)
    if of is not None:
        revisions = revisions.filter(pk__lte=of.pk)
    if page.last_published_at:
        revisions = revisions.filter(created_at__gt=page.last_published_at)
    found = set(revisions.values_list("user_id", flat=True))
    if page.locale.language_code != settings.LANGUAGE_CODE:
        found |= authors_of_texts(page, since=page.last_published_at)
    return found


def written_by(user: Any, pages: Iterable[Any]) -> set[int]:
    """Ids of those ``pages`` whose co-author the user is, as ``authors_since_publication`` says; one query."""
    published = {str(page.pk): page.last_published_at for page in pages}
    saved = Revision.objects.filter(
        base_content_type=get_default_page_content_type(), object_id__in=published, user=user
    ).values_list("object_id", "created_at")
    return {int(pk) for pk, at in saved if published[pk] is None or at > published[pk]}


def refuse_unapproved(page: Any, revision: Revision) -> None:
    """Raise Refused unless a moderator who saved no revision since the last publication approved ``revision``."""
    approval = approval_of(revision)
    if approval is None:
        raise Refused(
            _(
                "Not published: publication is a moderator's approval. "
                "Send the page to moderation; somebody who did not write it approves it."
            )
        )
    if approval.finished_by_id in authors_since_publication(page, of=revision):
        raise Refused(
            _(
                "Not published: whoever saved a change since the last publication is its co-author. "
                "Another moderator has to approve it."
            )
        )


def refuse_without_reason(page: Any, published: Any) -> None:
    """Raise Refused when something already published changes without a new reason.

    ``published`` is the row as readers see it now, or None before the first publication.
    """
    if published is None or not published.first_published_at:
        return
    reason = page.change_reason.strip()
    if not reason or (published.live and reason == published.change_reason.strip()):
        raise Refused(
            _(
                "Not published: this page was public before and the reason of the change is missing. "
                "Write it under “Publication”; readers see it with the date."
            )
        )
