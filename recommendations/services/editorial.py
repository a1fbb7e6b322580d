"""Taking a page that was public off its place, and putting it back: archive, withdrawal from publication, restoration.

Each act is one transaction or raises Refused with the rule and the remedy. Nothing is deleted: the reference, every
wording and the log stay in the database, and a restored page is what readers saw last. An addressee who takes an
answer back, or a closure of the follow-up, is none of this.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import log
from wagtail.models import Page

from pagekit.acts import Refused, Republication
from recommendations.choices import EditorialState
from recommendations.models import EditorialAct, KeptRevision, Recommendation, RecommendationPage
from recommendations.rules import editorial_fault

RIGHT_TO_ARCHIVE = "recommendations.archive_recommendation"
RIGHT_TO_WITHDRAW = "recommendations.withdraw_recommendation"


def right_to(before: str, after: str) -> str:
    """The right that an act asks for; whoever may do it may undo it."""
    return RIGHT_TO_WITHDRAW if EditorialState.WITHDRAWN in (before, after) else RIGHT_TO_ARCHIVE


def may_act(user: Any, page: Page, before: str, after: str) -> bool:
    """Whether the person may do this act: the right to the act, and to publish this very page."""
    may_publish = page.permissions_for_user(user).can_publish()
    return bool(user.is_active and user.has_perm(right_to(before, after)) and may_publish)


@transaction.atomic
def archive(recommendation: Recommendation, *, by: Any, reason: str) -> EditorialAct:
    """Mark what is readable and found as before, but kept for the record only: nobody changes it any more."""
    act, page = begun(recommendation, EditorialState.ARCHIVED, by=by, reason=reason)
    return done(act, page)


@transaction.atomic
def withdraw(recommendation: Recommendation, *, by: Any, reason: str) -> EditorialAct:
    """Take the page and its translations from the public; a tombstone answers at every address that it had."""
    act, page = begun(recommendation, EditorialState.WITHDRAWN, by=by, reason=reason)
    shown = [one for one in (page, *page.get_translations().filter(alias_of=None).specific()) if one.live]
    # A page that was written by a program has none; what readers see is kept all the same.
    kept = [one.live_revision or one.save_revision(clean=False, log_action=False) for one in shown]
    KeptRevision.objects.bulk_create(KeptRevision(act=act, revision=revision) for revision in kept)
    done(act, page)
    if page.live:
        # Its translations go with it (pagekit).
        UnpublishPageAction(page, user=by).execute(skip_permission_checks=True)
    return act


@transaction.atomic
def restore(recommendation: Recommendation, *, by: Any, reason: str) -> EditorialAct:
    """Undo the archive or the withdrawal: readers see again what they saw last, in every language."""
    act, page = begun(recommendation, EditorialState.PUBLISHED, by=by, reason=reason)
    last = act.recommendation.editorial_acts.exclude(pk=act.pk).first()
    done(act, page)
    revisions = [one.revision for one in last.kept.select_related("revision")] if last else []
    # The source first: no translation is public without it.
    for revision in sorted(revisions, key=lambda one: one.object_id != str(page.pk)):
        Republication(revision, user=by, changed=False).execute(skip_permission_checks=True)
    return act


def begun(recommendation: Recommendation, state: str, *, by: Any, reason: str) -> tuple[EditorialAct, Any]:
    """The act, written if nothing forbids it, and the source page; the recommendation is locked."""
    fact = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    page = fact.source_page
    if page is None or not may_act(by, page, fact.editorial_state, state):
        raise Refused(_("Moderators archive, administrators withdraw, and each restores it. Ask one of them."))
    is_public = Recommendation.objects.visible_to().filter(pk=fact.pk).exists()
    if fault := editorial_fault(fact.editorial_state, state, reason=reason, is_public=is_public):
        raise Refused(fault)
    return EditorialAct.objects.create(recommendation=fact, state=state, reason=reason.strip(), recorded_by=by), page


def done(act: EditorialAct, page: RecommendationPage) -> EditorialAct:
    """The state follows its newest act, and the history of the page says so."""
    act.recommendation.editorial_state = act.state
    act.recommendation.save(update_fields=["editorial_state"])
    log(instance=page, action=f"recommendations.{act.state}", user=act.recorded_by, data={"reason": act.reason})
    return act
