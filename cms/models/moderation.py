"""The one step before publication: a moderator's approval of what somebody else saved (domain.md)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Page, TaskState

from pagekit.acts import Refused
from pagekit.publication import authors_since_publication


class ModerationTask(AbstractGroupApprovalTask):
    """Approval by a member of the groups who saved no revision since the page was last published.

    The editor's screen offers such a person no approval; whoever asks all the same gets a Refused.
    Refusing a draft and asking for changes stays open to every moderator.
    """

    class Meta:
        verbose_name = _("approval by somebody who did not write it")
        verbose_name_plural = _("approvals by somebody who did not write it")

    def get_actions(self, obj: Page, user: Any) -> list[tuple[str, Any, bool]]:
        actions = super().get_actions(obj, user)
        if user.pk in authors_since_publication(obj):
            return [action for action in actions if action[0] != "approve"]
        return actions

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        page = task_state.workflow_state.content_object
        if action_name == "approve" and user.pk in authors_since_publication(page):
            raise Refused(
                gettext(
                    "Not approved: whoever saved a change since the last publication is its co-author. "
                    "Another moderator has to approve it."
                )
            )
        super().on_action(task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> Any:
        return _("A moderator approves who saved no change since the last publication")
