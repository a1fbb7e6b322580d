"""What the mail hears of the log and of pages: one line each into the queue, in the transaction of the act."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.models import Comment, PageLogEntry, TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected

from notices.choices import Kind
from notices.services import pages, receipts
from pagekit.scheduling import publication_refused
from pagekit.translation import handed_over
from recommendations.models import Assessment, FollowUp


@receiver(post_save, sender=FollowUp)
def entry_recorded(instance: FollowUp, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        receipts.queue_receipt(instance)


@receiver(post_save, sender=Assessment)
def assessment_recorded(instance: Assessment, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        receipts.queue_finding(instance)


@receiver(task_submitted)
def page_submitted(instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    pages.tell_submitted(instance, by=user)


@receiver(workflow_rejected)
def page_returned(instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    pages.tell_decided(instance, kind=Kind.RETURNED, by=user)


@receiver(workflow_approved)
def page_approved(instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    pages.tell_decided(instance, kind=Kind.APPROVED, by=user)


@receiver(publication_refused)
def page_not_public(instance: PageLogEntry, revision: Any, **kwargs: Any) -> None:
    pages.tell_not_public(instance, revision)


# The log tells of each once, however often an open editor saves its page.
COMMENTED = {
    "wagtail.comments.create": pages.COMMENT,
    "wagtail.comments.create_reply": pages.REPLY,
    "wagtail.comments.resolve": pages.RESOLVED,
}


@receiver(post_save, sender=PageLogEntry)
def comment_logged(instance: PageLogEntry, created: bool, raw: bool = False, **kwargs: Any) -> None:
    kind = COMMENTED.get(instance.action)
    if not created or raw or kind is None:
        return
    data: Any = instance.data
    comment = Comment.objects.filter(pk=data["comment"]["id"]).select_related("page").first()
    if comment is not None:
        number = data["reply"]["id"] if kind == pages.REPLY else comment.pk
        pages.tell_commented(comment, f"{kind}-{number}", by=instance.user)


@receiver(handed_over)
def page_handed_over(instance: Any, by: Any = None, **kwargs: Any) -> None:
    pages.tell_translators(instance, by=by)
