"""Saves as the account `import` and approves as the account `redakcja`, through the same workflow as everybody."""

from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from wagtail.models import Page

from cms.roles import APPROVING_ACCOUNT, IMPORT_ACCOUNT
from pagekit.acts import Refused

REASON = "Poprawka w plikach treści serwisu"


def awake(username: str) -> Any:
    """The account for this process alone.

    In the database it is inactive and has no password, so nobody signs in as it; Wagtail gives an inactive
    account no permission at all, so the loader works with an active copy that is never saved. All other rules
    hold: groups, the workflow, and that nobody approves what they saved.
    """
    user = get_user_model().objects.get(username=username)
    user.is_active = True
    return user


class Publisher:
    """The two accounts, read when they are first needed: a plan can be made before there are any."""

    @cached_property
    def writer(self) -> Any:
        return awake(IMPORT_ACCOUNT)

    @cached_property
    def approver(self) -> Any:
        return awake(APPROVING_ACCOUNT)

    def publish(self, page: Page) -> None:
        """Save a source page as import and let redakcja approve it; Refused when a rule forbids it."""
        if page.first_published_at:
            page.change_reason = REASON if page.change_reason != REASON else f"{REASON}."
        page.save_revision(user=self.writer)
        task_state = self.submit(page)
        task_state.task.specific.on_action(task_state, self.approver, "approve")

    def publish_unreviewed(self, translation: Page) -> None:
        """Let redakcja approve a saved translation, whose text nobody has compared with the original."""
        self.submit(translation).approve(user=self.approver)

    def submit(self, page: Page) -> Any:
        """The step of moderation in which the newest draft of a page now is."""
        workflow = page.get_workflow()
        if workflow is None:
            raise Refused("The workflow Moderacja is not there. Run `manage.py load_roles` first.")
        if (running := page.current_workflow_state) is not None:
            running.cancel(user=self.writer)
        state = workflow.start(page, self.writer)
        return state.current_task_state.specific
