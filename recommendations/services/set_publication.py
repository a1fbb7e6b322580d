"""Publishing what waits under an issuer: each draft is approved in its own moderation, one transaction for each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, TaskState, WorkflowState, get_default_page_content_type

from forums.models import ForumPage, WorkingGroupPage
from pagekit.acts import Refused
from pagekit.models import source_language
from pagekit.publication import approval_of, refuse_without_reason, written_by
from pagekit.scheduling import appearance_of
from recommendations.choices import Approval
from recommendations.models import RecommendationPage
from recommendations.models.page import missing_in
from recommendations.models.proposal import decided
from recommendations.rules.proposals import proposed_in, settled

ISSUERS = (ForumPage, WorkingGroupPage)


@dataclass
class Waiting:
    """A draft of the set: the revision that would be approved, and what hinders this person to approve it."""

    page: Any
    revision: Revision
    # None where the draft was never sent, or was taken back.
    moderation: WorkflowState | None
    hindrance: str = ""
    # What it would say, and the names in it about which nobody has decided.
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def proposed(self) -> list[str]:
        return [row["label"] for _key, row in proposed_in(self.content)]

    @property
    def mark(self) -> str:
        """What is ticked: this page as it was seen, and not what somebody makes of it meanwhile."""
        return f"{self.page.pk}:{self.revision.pk}"

    @property
    def is_returned(self) -> bool:
        return self.moderation is not None and self.moderation.status == WorkflowState.STATUS_NEEDS_CHANGES


def may_publish_set(user: Any, page: Page) -> bool:
    """Whether the person approves drafts under the source page of this forum or group."""
    if page.specific_class not in ISSUERS or page.locale.language_code != source_language():
        return False
    if not page.permissions_for_user(user).can_publish():
        return False
    workflow = page.get_workflow()
    return workflow is not None and any(task.get_actions(page, user) for task in workflow.tasks.specific())


def waiting_under(issuer: Page, user: Any) -> list[Waiting]:
    """The drafts of forums, groups and recommendations at and below ``issuer``, in the order of the set.

    What was taken off the site stands here only while somebody asks for its return. The number of queries does not
    depend on that of the drafts.
    """
    running = {state.object_id: state for state in moderations()}
    kept = Q(live=True, has_unpublished_changes=True) | Q(live=False, first_published_at=None)
    pages = list(
        Page.objects.descendant_of(issuer, inclusive=True)
        .type(*ISSUERS, RecommendationPage)
        .filter(kept | Q(pk__in=[int(pk) for pk in running]), latest_revision__isnull=False, alias_of=None)
        .prefetch_related("latest_revision")
        .order_by("path")
        .specific()
    )
    found = [Waiting(page, page.latest_revision, running.get(str(page.pk))) for page in pages]
    own = written_by(user, pages)
    states = [one.moderation.current_task_state_id for one in found if one.moderation]
    mine = set(TaskState.objects.reviewable_by(user).filter(pk__in=states).values_list("pk", flat=True))
    decisions = decided(key for one in found for key, _row in proposed_in(one.revision.content))
    free: set[str] = set()
    unpublished = unpublished_issuers(pages)
    for one in found:
        above = unpublished.get(one.page.path[: -Page.steplen])
        one.content = settled(one.revision.content, decisions)
        one.hindrance = hindrance_of(one, is_own=one.page.pk in own, is_mine=task_state_of(one) in mine)
        if not one.hindrance and above is not None and above.path not in free:
            one.hindrance = _("“%(title)s” above it is not public. Publish that first.") % {"title": above.title}
        if not one.hindrance:
            free.add(one.page.path)
    return found


def moderations() -> Any:
    """What is in moderation or was sent back from it; pages only."""
    states = WorkflowState.objects.active().filter(base_content_type=get_default_page_content_type())
    return states.select_related("current_task_state", "requested_by")


def task_state_of(one: Waiting) -> int | None:
    return one.moderation.current_task_state_id if one.moderation else None


def unpublished_issuers(pages: Iterable[Page]) -> dict[str, Page]:
    """Forums and groups above these pages that were never public, by their path."""
    above = {page.path[: -Page.steplen] for page in pages}
    found = Page.objects.filter(path__in=above, first_published_at=None).type(*ISSUERS)
    return {page.path: page for page in found}


def hindrance_of(one: Waiting, *, is_own: bool, is_mine: bool) -> str:
    """Why this person cannot approve the draft as it stands, and who can or what is to be done; else empty."""
    if one.moderation is None:
        return appearance_of(one.page) or _("The editor has not sent it to moderation.")
    if one.is_returned:
        return _("It was sent back to the editor and not sent again.")
    if one.moderation.current_task_state.revision_id != one.revision.pk:
        return _("It was changed after it was sent to moderation. Open it and look.")
    if is_own:
        return _("You saved a change of it since it was last published: another moderator approves it.")
    if not is_mine:
        return _("Its moderation waits for somebody else.")
    if one.proposed:
        return _("Nobody decided about the proposed name yet: %(names)s.") % {"names": ", ".join(one.proposed)}
    if isinstance(one.page, RecommendationPage) and (missing := missing_in(one.content)):
        return _("Missing: %(missing)s.") % {"missing": ", ".join(missing)}
    try:
        refuse_without_reason(SimpleNamespace(change_reason=one.content.get("change_reason") or ""), one.page)
    except Refused as refused:
        return str(refused)
    return ""


@transaction.atomic
def approve_draft(issuer: Page, *, page: int, revision: int, by: Any) -> Approval:
    """Approve ``revision`` of a page at or below ``issuer`` in its own moderation, which publishes it.

    What was approved already stays as it is (Approval.SAME). Refused, with the rule and the remedy, for what waits
    for somebody else, was changed meanwhile or may not be published; then its moderation goes on waiting.
    """
    locked = Page.objects.select_for_update(of=("self",)).descendant_of(issuer, inclusive=True).filter(pk=page).first()
    if locked is None:
        raise Refused(_("Not published: it does not stand here any more."))
    state = locked.current_workflow_state
    task_state = state.current_task_state if state else None
    if task_state is None or task_state.status != TaskState.STATUS_IN_PROGRESS:
        seen = Revision.objects.for_instance(locked).filter(pk=revision).first()
        if seen is not None and approval_of(seen):
            return Approval.SAME
        raise Refused(_("Not published: it does not wait for moderation any more. The editor sends it again."))
    if {task_state.revision_id, locked.latest_revision_id} != {revision}:
        raise Refused(_("Not published: it was changed since you looked at it. Look again and tick it again."))
    is_mine = TaskState.objects.reviewable_by(by).filter(pk=task_state.pk).exists()
    if not is_mine or not locked.permissions_for_user(by).can_publish():
        raise Refused(_("Not published: its moderation waits for somebody else."))
    try:
        task_state.task.specific.on_action(task_state, by, "approve")
    except ValidationError as error:
        # A draft may lack what a publication asks for; the approval is taken back with it.
        raise Refused(" ".join([_("Not published:"), *error.messages])) from error
    now = Page.objects.get(pk=page)
    # A later day or a further step of the moderation: approved all the same.
    return Approval.PUBLISHED if now.live and now.live_revision_id == revision else Approval.APPROVED
