"""Mails about pages: what waits, came back, was approved, commented on, is to be translated.

What is no longer so, and what the reader may no longer see, is left out; with nothing left no mail is sent.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Comment, CommentReply, Page, PageLogEntry, TaskState, WorkflowState
from wagtail_localize.models import Translation

from notices.choices import Kind
from notices.models import Message
from notices.services.pages import COMMENT, REPLY, RESOLVED
from notices.services.paper import Letter, Line, Section, absolute
from pagekit.models import source_language
from pagekit.publication import authors_since_publication
from pagekit.translation import target_of

NEEDS_CHANGES, IN_PROGRESS = WorkflowState.STATUS_NEEDS_CHANGES, TaskState.STATUS_IN_PROGRESS


def numbers(message: Message, kind: str = "") -> list[int]:
    """The keys of what a mail tells of, of one kind of event if it is named."""
    events = [event.partition("-") for event in message.news]
    return [int(number) for name, _dash, number in events if kind in ("", name)]


def steps(message: Message) -> Iterator[tuple[TaskState, Any]]:
    """The steps of moderations that a mail tells of, each with its page, if the reader may still work on it."""
    rows = TaskState.objects.filter(pk__in=numbers(message)).order_by("pk")
    for step in rows.select_related("workflow_state__requested_by", "finished_by", "revision"):
        page = step.workflow_state.content_object
        if isinstance(page, Page) and may_edit(message.recipient, page):
            yield step, page.specific


def may_edit(person: Any, page: Page) -> bool:
    return bool(page.permissions_for_user(person).can_edit())


def screen(page: Page) -> str:
    return absolute(reverse("wagtailadmin_pages:edit", args=[page.pk]))


def name_of(person: Any) -> str:
    return str(person.get_full_name() or person.get_username()) if person else ""


def line(page: Any, notes: Iterable[str], url: str = "") -> Line:
    language = "" if page.locale.language_code == source_language() else page.locale.get_display_name()
    return Line(page.draft_title or page.title, language, url or screen(page), list(notes))


def submitted(message: Message) -> Letter | None:
    """To a moderator: what still waits and is not the moderator's own."""
    lines = []
    for step, page in steps(message):
        may_decide = page.permissions_for_user(message.recipient).can_publish()
        is_own = message.recipient_id in authors_since_publication(page)
        if step.status == IN_PROGRESS and may_decide and not is_own:
            by = _("Sent by %(person)s.") % {"person": name_of(step.workflow_state.requested_by)}
            changed = _("It is public; you approve a change of it.") if page.live else ""
            lines.append(line(page, [by, *([changed] if changed else [])]))
    if not lines:
        return None
    subject = ngettext(
        "%(count)d page waits for your approval", "%(count)d pages wait for your approval", len(lines)
    ) % {"count": len(lines)}
    return Letter(
        f"{subject}: {lines[0].reference}" if len(lines) == 1 else subject,
        [_("They were sent to moderation; a moderator who wrote none of it approves a page or sends it back.")],
        [Section(_("Waiting"), lines)],
        link=absolute(reverse("editorial_desk", args=["waiting"])),
        link_text=_("All that waits for you"),
    )


def returned(message: Message) -> Letter | None:
    """To who sent it: what came back and was not sent again."""
    lines = []
    for step, page in steps(message):
        state = step.workflow_state
        if state.status == NEEDS_CHANGES and state.current_task_state_id == step.pk:
            said = [_("The reason: %(text)s") % {"text": step.comment}] if step.comment else []
            lines.append(line(page, said))
    if not lines:
        return None
    subject = ngettext("%(count)d page was sent back", "%(count)d pages were sent back", len(lines))
    subject %= {"count": len(lines)}
    return Letter(
        f"{subject}: {lines[0].reference}" if len(lines) == 1 else subject,
        [_("A moderator asks for a change. Correct the page and send it to moderation again.")],
        [Section(_("Sent back"), lines)],
        link=absolute(reverse("editorial_desk", args=["returned"])),
        link_text=_("All that was returned to you"),
    )


def approved(message: Message) -> Letter | None:
    """To who sent it: what readers see now, or from which day on."""
    lines = []
    for step, page in steps(message):
        at = step.revision.approved_go_live_at
        if at is not None and at > timezone.now():
            moment = date_format(timezone.localtime(at), "j E Y, H:i")
            lines.append(line(page, [_("Approved; readers see it from %(moment)s on.") % {"moment": moment}]))
        elif page.live:
            lines.append(line(page, [_("Approved; readers see it.")], absolute(page.url)))
    if not lines:
        return None
    subject = ngettext("%(count)d page was approved", "%(count)d pages were approved", len(lines))
    subject %= {"count": len(lines)}
    return Letter(
        f"{subject}: {lines[0].reference}" if len(lines) == 1 else subject,
        [_("A moderator has approved what you sent to moderation.")],
        [Section(_("Approved"), lines)],
    )


def not_public(message: Message) -> Letter | None:
    """To who sent and who approved it: why its day came and readers do not see it."""
    lines = []
    for entry in PageLogEntry.objects.filter(pk__in=numbers(message)).select_related("page__locale").order_by("pk"):
        if entry.page is not None and may_edit(message.recipient, entry.page):
            lines.append(line(entry.page, [entry.data["reason"]]))
    if not lines:
        return None
    subject = ngettext(
        "%(count)d page did not become public on its day",
        "%(count)d pages did not become public on their day",
        len(lines),
    ) % {"count": len(lines)}
    return Letter(
        f"{subject}: {lines[0].reference}" if len(lines) == 1 else subject,
        [_("They were approved for a day that has come. Mend what is named and send them to moderation again.")],
        [Section(_("Not public"), lines)],
    )


def commented(message: Message) -> Letter | None:
    """To those of a thread: what was said, and what was said before it; a comment that was deleted is left out."""
    replies = dict(CommentReply.objects.filter(pk__in=numbers(message, REPLY)).values_list("pk", "comment"))
    told = {*numbers(message, COMMENT), *numbers(message, RESOLVED), *replies.values()}
    closed = set(numbers(message, RESOLVED))
    lines = []
    threads = Comment.objects.filter(pk__in=told).select_related("page__locale", "user", "resolved_by").order_by("pk")
    for comment in threads.prefetch_related("replies__user"):
        is_new = comment.resolved_at is None or comment.pk in closed
        if is_new and may_edit(message.recipient, comment.page):
            said = [comment, *sorted(comment.replies.all(), key=lambda reply: reply.pk)]
            notes = [f"{name_of(one.user)}: {one.text}" for one in said]
            if comment.resolved_at is not None:
                notes.append(_("Resolved by %(person)s.") % {"person": name_of(comment.resolved_by)})
            lines.append(line(comment.page, notes))
    if not lines:
        return None
    subject = ngettext("Comments on a draft", "Comments on drafts", len({one.url for one in lines}))
    return Letter(
        f"{subject}: {lines[0].reference}",
        [_("You wrote the draft, take part in the thread or asked for the comments on the page.")],
        [Section(_("Comments"), lines)],
        [_("Answer beside the field on the page; a comment that is settled is marked as resolved there.")],
    )


def to_translate(message: Message) -> Letter | None:
    """To a translator: what is to be put into the language and was not begun to be looked at by moderators."""
    lines = []
    works = Translation.objects.filter(pk__in=numbers(message), enabled=True).order_by("pk")
    for work in works.select_related("source", "target_locale"):
        page = target_of(work)
        if page is not None and not page.workflow_in_progress and may_edit(message.recipient, page):
            lines.append(line(page, [], absolute(reverse("translations:job", args=[work.pk]))))
    if not lines:
        return None
    subject = ngettext("%(count)d page is to be translated", "%(count)d pages are to be translated", len(lines))
    subject %= {"count": len(lines)}
    return Letter(
        f"{subject}: {lines[0].reference}" if len(lines) == 1 else subject,
        [_("They were published in Polish and sent to translation. Nobody sees a translation before it is approved.")],
        [Section(_("To translate"), lines)],
        link=absolute(reverse("translations:index")),
        link_text=_("The board of translations"),
    )


COMPOSERS = {
    Kind.SUBMITTED: submitted,
    Kind.RETURNED: returned,
    Kind.APPROVED: approved,
    Kind.NOT_PUBLIC: not_public,
    Kind.COMMENTED: commented,
    Kind.TRANSLATE: to_translate,
}
