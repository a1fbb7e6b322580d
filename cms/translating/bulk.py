"""The bulk action of every list of pages: publish what waits for approval, and hand all of it to the translators."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.models import Page

from cms.models.moderation import APPROVE_AND_TRANSLATE
from pagekit.bulk import EachPage
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
class PublishAndTranslate(EachPage):
    display_name = _("Publish and send to translation")
    aria_label = _("Publish the selected pages and send them to translation")
    action_type = "publish_and_translate"
    action_priority = 45
    icon = "globe"
    explanation = _(
        "What waits for approval is approved and published; then each page goes to the translators of every language."
    )
    no_access = _("These are neither public nor wait for your approval, or you wrote some of them:")

    def check_perm(self, page: Page) -> bool:
        return may_publish_and_translate(page.specific, self.request.user)

    @staticmethod
    def act(page: Page, user: Any) -> None:
        publish_and_translate(page.specific, user)

    @staticmethod
    def said(count: int) -> str:
        return ngettext(
            "%(count)d page is with the translators.", "%(count)d pages are with the translators.", count
        ) % {"count": count}
