"""The bulk action of every list of pages that sends all the ticked drafts to moderation, and who is offered which."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from pagekit.acts import Refused
from pagekit.submission import may_submit, submit

# Of Wagtail's own acts on pages; ours say it themselves, as ``asks_for``.
ASK_FOR = {"publish": "publish", "unpublish": "publish"}


def is_offered(act: Any, user: Any, model_name: str) -> bool:
    """Whether some page may take the act from the person: without the right anywhere all would be refused."""
    verb = getattr(act, "asks_for", ASK_FOR.get(act.action_type))
    return model_name != "page" or verb is None or PagePermissionPolicy().user_has_permission(user, verb)


@hooks.register("register_bulk_action")
class SubmitToModeration(PageBulkAction):
    display_name = _("Send to moderation")
    aria_label = _("Send the selected drafts to moderation")
    action_type = "submit_to_moderation"
    template_name = "admin/pagekit/confirm_submit.html"
    action_priority = 40

    def check_perm(self, page: Page) -> bool:
        return may_submit(page, self.request.user)

    def get_execution_context(self) -> dict[str, Any]:
        return {**super().get_execution_context(), "request": self.request}

    @classmethod
    def execute_action(
        cls, objects: list[Page], user: Any = None, request: HttpRequest | None = None, **kwargs: Any
    ) -> tuple[int, int]:
        """Each page for itself: one that is refused is named and keeps no other from going."""
        return submit_each(objects, user, request), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        return said_of(num_parent_objects) if num_parent_objects else None


def submit_each(pages: list[Page], user: Any, request: HttpRequest | None) -> int:
    """Send each to moderation and say of each that is refused why; how many went."""
    done = 0
    for page in pages:
        try:
            submit(page, by=user)
        except Refused as refused:
            if request is None:
                raise
            messages.error(request, f"{page.get_admin_display_title()}: {refused}")
        else:
            done += 1
    return done


def said_of(count: int) -> str:
    return ngettext("%(count)d draft waits for a moderator.", "%(count)d drafts wait for a moderator.", count) % {
        "count": count
    }
