"""The one step before publication: a moderator's approval of what somebody else saved (domain.md)."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Page, TaskState

from pagekit.acts import Refused
from pagekit.publication import authors_since_publication
from pagekit.translation import hand_over_everywhere, may_translate, note

APPROVE, APPROVE_AND_TRANSLATE = "approve", "publish_and_translate"


def is_for_a_later_day(page: Page) -> bool:
    """Whether the newest draft asks to become public at a moment that has not come."""
    go_live_at = page.get_latest_revision_as_object().go_live_at
    return go_live_at is not None and go_live_at > timezone.now()


class ModerationTask(AbstractGroupApprovalTask):
    """Approval by a member of the groups who wrote nothing of the page since it was last published.

    It marks a translation as reviewed; that of an original may hand it to the translators at once.

    The editor's screen offers such a person no approval; whoever asks all the same gets a Refused.
    Refusing a draft and asking for changes stays open to every moderator.
    """

    class Meta:
        verbose_name = _("approval by somebody who did not write it")
        verbose_name_plural = _("approvals by somebody who did not write it")

    def get_actions(self, obj: Page, user: Any) -> list[tuple[str, Any, bool]]:
        actions = super().get_actions(obj, user)
        if not actions:
            return actions
        if user.pk in authors_since_publication(obj):
            return [action for action in actions if action[0] != APPROVE]
        # What becomes public on a later day is handed over when it is.
        if obj.specific.is_source and may_translate(user) and not is_for_a_later_day(obj):
            actions.append((APPROVE_AND_TRANSLATE, _("Publish and send to translation"), False))
        return actions

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        page = task_state.workflow_state.content_object.specific
        if action_name not in {APPROVE, APPROVE_AND_TRANSLATE}:
            super().on_action(task_state, user, action_name, **kwargs)
            return
        if user.pk in authors_since_publication(page):
            raise Refused(
                gettext(
                    "Not approved: whoever saved a change since the last publication is its co-author. "
                    "Another moderator has to approve it."
                )
            )
        newest = page.get_latest_revision()
        if task_state.revision_id != newest.pk:
            # Saved while it waited, and what the moderator's screen shows. Wagtail would approve the text before it,
            # publish nothing, say that it did, and begin anew.
            task_state.revision = newest
            task_state.save(update_fields=["revision"])
            task_state.workflow_state.refresh_from_db()
        if not page.is_source:
            # Who approves a translation has compared it.
            note(newest, reviewed_on=timezone.localdate())
        super().on_action(task_state, user, APPROVE, **kwargs)
        if action_name == APPROVE_AND_TRANSLATE:
            page.refresh_from_db()
            # A publication that was only scheduled leaves nothing to translate yet.
            if page.live:
                hand_over_everywhere(page, by=user)

    @classmethod
    def get_description(cls) -> Any:
        return _("A moderator approves who saved no change since the last publication")
