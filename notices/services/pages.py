"""What those who write, approve and translate pages hear of: one event, one line, to those whom it concerns.

Events of one kind that follow each other within minutes (a set approved at once, comments typed one after another)
are one mail. Wagtail's own mails, which leave inside the request, are silenced (cms.apps). What an account does
that nobody can sign in with - a file of the site's content is loaded - is told to nobody.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.models import (
    AbstractGroupApprovalTask,
    Comment,
    GroupPagePermission,
    Page,
    PageLogEntry,
    Revision,
    TaskState,
    WorkflowState,
)
from wagtail_localize.models import Translation

from notices.choices import Kind
from notices.models import Message
from pagekit.models import HOME_DEPTH
from pagekit.publication import approval_of, authors_since_publication

# A mail waits for what follows at once, but not for ever.
QUIET = dt.timedelta(minutes=5)
AT_MOST = dt.timedelta(hours=1)
STEP, ENTRY, COMMENT, REPLY, RESOLVED, WORK = "step", "entry", "comment", "reply", "resolved", "work"


@transaction.atomic
def tell(people: Iterable[Any], *, kind: Kind, event: str, by: Any) -> None:
    """Add an event to the mail of this kind that each of these people is about to get, or begin one.

    ``by`` did it (None: the clock) and hears nothing of it; nobody hears twice of one event.
    """
    if by is not None and not by.has_usable_password():
        return
    now = timezone.now()
    for person in people:
        if person == by or not person.is_active:
            continue
        waiting = Message.objects.waiting().filter(recipient=person, kind=kind, attempts=0)
        # A worker that is about to take it looks again whether its time has come.
        row = waiting.filter(created_at__gt=now - AT_MOST).select_for_update().order_by("pk").last()
        if row is None:
            about = {"news": [event], "created_at": now, "next_attempt_at": now + QUIET}
            Message.objects.get_or_create(recipient=person, kind=kind, occasion=event, defaults=about)
        elif event not in row.news:
            row.news, row.next_attempt_at = [*row.news, event], now + QUIET
            row.save(update_fields=["news", "next_attempt_at"])


def members(task: Any) -> QuerySet[Any]:
    """The people of the groups that decide a step of a moderation."""
    users = get_user_model().objects.filter(is_active=True)
    if not isinstance(task, AbstractGroupApprovalTask):
        return users.none()
    return users.filter(groups__in=task.groups.all()).distinct().order_by("pk")


def tell_submitted(step: TaskState, *, by: Any) -> None:
    """To the moderators who may decide: never to who wrote some of it."""
    page = step.workflow_state.content_object
    if isinstance(page, Page):
        people = members(step.task.specific).exclude(pk__in=authors_since_publication(page))
        tell(people, kind=Kind.SUBMITTED, event=f"{STEP}-{step.pk}", by=by)


def tell_decided(state: WorkflowState, *, kind: Kind, by: Any) -> None:
    """To who sent it to moderation: that it was sent back, or approved."""
    step = state.current_task_state
    if state.requested_by is not None and step is not None and isinstance(state.content_object, Page):
        tell([state.requested_by], kind=kind, event=f"{STEP}-{step.pk}", by=by)


def tell_not_public(entry: PageLogEntry, revision: Revision) -> None:
    """To who sent it and who approved it: its day came, and the publication was refused."""
    approval = approval_of(revision)
    if approval is not None:
        people = {approval.finished_by, approval.workflow_state.requested_by} - {None}
        tell(people, kind=Kind.NOT_PUBLIC, event=f"{ENTRY}-{entry.pk}", by=None)


def tell_commented(comment: Comment, event: str, *, by: Any) -> None:
    """To who takes part: in the thread or, for a new one, in writing the draft; and to who asked for all comments."""
    page = comment.page
    people = set(page.subscribers.filter(comment_notifications=True).values_list("user", flat=True))
    people.add(comment.user_id)
    people |= set(comment.replies.values_list("user", flat=True))
    if event.startswith(COMMENT):
        people |= authors_since_publication(page)
    tell(get_user_model().objects.filter(pk__in=people).order_by("pk"), kind=Kind.COMMENTED, event=event, by=by)


def tell_translators(work: Translation, *, by: Any) -> None:
    """To those who translate into the language: they may change its home page, and publish nothing there."""
    rights = GroupPagePermission.objects.filter(page__locale=work.target_locale, page__depth=HOME_DEPTH)
    publishing = rights.filter(permission__codename="publish_page").values("group")
    groups = rights.filter(permission__codename="change_page").exclude(group__in=publishing).values("group")
    people = get_user_model().objects.filter(is_active=True, groups__in=groups).distinct().order_by("pk")
    tell(people, kind=Kind.TRANSLATE, event=f"{WORK}-{work.pk}", by=by)
