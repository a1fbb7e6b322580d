"""Sends drafts to moderation without opening each: what the button of the editor's screen does, for many pages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, WorkflowState

from pagekit.acts import Refused


def may_submit(page: Page, user: Any) -> bool:
    """Whether the page holds a draft that readers do not see and that the person may send to a moderator now."""
    has_draft = page.latest_revision_id and (page.has_unpublished_changes or not page.live)
    rights = page.permissions_for_user(user)
    # Wagtail asks here whether the page could be sent, not whether this person may.
    return bool(has_draft and rights.can_edit() and rights.can_submit_for_moderation())


@transaction.atomic
def submit(page: Page, *, by: Any) -> None:
    """Start the moderation of the newest draft, or go on with the one that sent it back; Refused with what it lacks."""
    # Two people, or one twice, must not start two moderations of one page.
    Page.objects.select_for_update().get(pk=page.pk)
    draft: Any = page.get_latest_revision_as_object()
    if not may_submit(draft, by):
        raise Refused(_("It waits for a moderator already, has nothing new, or is not yours to send."))
    try:
        draft.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    state = draft.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(by)
    else:
        draft.get_workflow().start(draft, by)
