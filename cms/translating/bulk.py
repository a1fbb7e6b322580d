"""The bulk action of every list of pages: publish what waits for approval, and hand all of it to the translators."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page

from cms.models.moderation import APPROVE_AND_TRANSLATE
from pagekit.acts import Refused
from pagekit.models import AbstractContentPage
from pagekit.translation import hand_over_everywhere, may_translate


def may_publish_and_translate(page: Any, user: Any) -> bool:
    """Whether the person may approve what waits there, or hand over what is public."""
    if not (isinstance(page, AbstractContentPage) and page.is_source):
        return False
    if page.workflow_in_progress:
        actions = page.current_workflow_task_state.task.specific.get_actions(page, user)
        return APPROVE_AND_TRANSLATE in {name for name, _label, _asks in actions}
    return bool(page.live and may_translate(user) and page.permissions_for_user(user).can_publish())


def publish_and_translate(page: Any, user: Any) -> None:
    """Approve the draft that waits, if one does, and hand the public page over; raises Refused."""
    if page.workflow_in_progress:
        step = page.current_workflow_task_state.specific
        step.task.specific.on_action(step, user, APPROVE_AND_TRANSLATE)
    else:
        hand_over_everywhere(page, by=user)


@hooks.register("register_bulk_action")
class PublishAndTranslate(PageBulkAction):
    display_name = _("Publish and send to translation")
    aria_label = _("Publish the selected pages and send them to translation")
    action_type = "publish_and_translate"
    asks_for = "publish"
    template_name = "admin/cms/confirm_publish_and_translate.html"
    action_priority = 45

    def check_perm(self, page: Page) -> bool:
        return may_publish_and_translate(page.specific, self.request.user)

    def get_execution_context(self) -> dict[str, Any]:
        return {**super().get_execution_context(), "request": self.request}

    @classmethod
    def execute_action(
        cls, objects: list[Page], user: Any = None, request: HttpRequest | None = None, **kwargs: Any
    ) -> tuple[int, int]:
        """Each page by itself: what one refuses is said and keeps no other from going."""
        done = 0
        for page in objects:
            try:
                with transaction.atomic():
                    publish_and_translate(page.specific, user)
            except Refused as refusal:
                if request is None:
                    raise
                messages.error(request, f"{page.get_admin_display_title()}: {refusal}")
            else:
                done += 1
        return done, 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        if not num_parent_objects:
            return None
        return ngettext(
            "%(count)d page is with the translators.", "%(count)d pages are with the translators.", num_parent_objects
        ) % {"count": num_parent_objects}
