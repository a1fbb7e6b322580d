"""Bulk actions of the lists of pages that do one act on each page, and the one that sends drafts to moderation."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page

from pagekit.acts import Refused
from pagekit.submission import may_submit, submit


def act_on_each(pages: Iterable[Page], act: Callable[[Page], object], request: HttpRequest | None) -> int:
    """Do ``act`` on each page in a transaction of its own and return on how many; one that is refused is named.

    Without a request there is nobody to name it to, and the first Refused is raised.
    """
    done = 0
    for page in pages:
        try:
            with transaction.atomic():
                act(page)
        except Refused as refused:
            if request is None:
                raise
            messages.error(request, f"{page.get_admin_display_title()}: {refused}")
        else:
            done += 1
    return done


class EachPage(PageBulkAction):
    """One act on each ticked page, after a screen that names them and says in ``explanation`` what is done."""

    template_name = "admin/pagekit/confirm_each.html"
    icon: str
    explanation: Any
    # What is said above the pages on which the person may not do it.
    no_access: Any

    @staticmethod
    def act(page: Page, user: Any) -> None:
        """Raises Refused with the reason; the other pages go on."""
        raise NotImplementedError

    @staticmethod
    def said(count: int) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.display_name,
            icon=self.icon,
            explanation=self.explanation,
            no_access=self.no_access,
            **kwargs,
        )

    def get_execution_context(self) -> dict[str, Any]:
        return {**super().get_execution_context(), "request": self.request}

    @classmethod
    def execute_action(
        cls, objects: list[Page], user: Any = None, request: HttpRequest | None = None, **kwargs: Any
    ) -> tuple[int, int]:
        return act_on_each(objects, lambda page: cls.act(page, user), request), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        return self.said(num_parent_objects) if num_parent_objects else None


@hooks.register("register_bulk_action")
class SubmitToModeration(EachPage):
    display_name = _("Send to moderation")
    aria_label = _("Send the selected drafts to moderation")
    action_type = "submit_to_moderation"
    action_priority = 40
    icon = "check"
    explanation = _("The newest draft of each page waits then for a moderator, who did not write it.")
    no_access = _("These have no new draft, wait for a moderator already, or are not yours to send:")

    def check_perm(self, page: Page) -> bool:
        return may_submit(page, self.request.user)

    @staticmethod
    def act(page: Page, user: Any) -> None:
        submit(page, by=user)

    @staticmethod
    def said(count: int) -> str:
        return ngettext("%(count)d draft waits for a moderator.", "%(count)d drafts wait for a moderator.", count) % {
            "count": count
        }
