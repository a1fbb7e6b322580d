"""Stages of action: what is written about chosen recommendations, by whom, and how a mistake is mended.

Each act is one transaction or raises Refused with the rule and the remedy. Entries are never edited nor deleted: a
newer one corrects an older one, and both stay readable. No act here touches an addressee's log or badge.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from forums.models import Forum, ForumPage
from pagekit.acts import Refused
from recommendations import rules
from recommendations.choices import FactPrecision, StageEntryKind
from recommendations.models import ActionStage, ChosenRecommendation, FollowUp, Recommendation, StageBody, StageEntry
from recommendations.models.stage import attach_entries
from recommendations.services.evidence import INNER_ADDRESS, is_web_address, refuse_misfit
from taxonomy.models import Organisation

RIGHT = "recommendations.add_stageentry"
RIGHT_TO_LOOK = "recommendations.view_actionstage"
LOG_ACTION = "recommendations.stage"


@dataclass(frozen=True)
class Account:
    """What one entry tells, from which source; a month or a year is kept as its first day."""

    text: str
    bodies: Sequence[Organisation] = ()
    refers_on: dt.date | None = None
    refers_precision: str = FactPrecision.DAY
    source_title: str = ""
    source_url: str = ""
    result: str = ""
    follow_up: FollowUp | None = None


def forums_written_by(user: Any) -> QuerySet[Forum]:
    """Forums whose own pages the person publishes: what is written about a stage is public at once."""
    pages = ForumPage.objects.sources().filter(pk__in=pages_of(user, RIGHT, "publish").values("pk"))
    return Forum.objects.filter(translation_key__in=pages.order_by().values("translation_key"))


def forums_seen_by(user: Any) -> QuerySet[Forum]:
    """Forums of which the person edits the page or that of any group below."""
    edited = pages_of(user, RIGHT_TO_LOOK, "change").filter(path__startswith=OuterRef("path"))
    pages = ForumPage.objects.sources().filter(Exists(edited))
    return Forum.objects.filter(translation_key__in=pages.order_by().values("translation_key"))


def pages_of(user: Any, right: str, action: str) -> QuerySet[Page]:
    if not (user.is_active and user.has_perm(right)):
        return Page.objects.none()
    return PagePermissionPolicy(Page).instances_user_has_permission_for(user, action).order_by()


def refuse_strangers(user: Any, forum: Forum) -> None:
    if not forums_written_by(user).filter(pk=forum.pk).exists():
        raise Refused(_("Only who publishes the pages of this forum writes about its stages. Write to the moderators."))


@transaction.atomic
def write_stage(stage: ActionStage, *, by: Any) -> ActionStage:
    """Save a new or changed stage and log what changed; its address and its forum stay as they were first."""
    refuse_strangers(by, stage.forum)
    before = ActionStage.objects.select_for_update().filter(pk=stage.pk).first()
    if before is not None and (before.code, before.forum_id) != (stage.code, stage.forum_id):
        raise Refused(_("The address and the forum of a stage stay as they are. Write another stage."))
    refuse_bad_address(stage.source_url)
    try:
        stage.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        field: Any = None if name == NON_FIELD_ERRORS else stage._meta.get_field(name)
        raise Refused(": ".join(filter(None, (field and str(field.verbose_name), " ".join(messages))))) from error
    names = [one.name for one in stage._meta.local_concrete_fields]
    changed = [name for name in names if before is None or getattr(before, name) != getattr(stage, name)]
    stage.save()
    log(instance=stage, action=LOG_ACTION, user=by, data={"changed": changed})
    return stage


def edited_by_others(username: str) -> set[str]:
    """The codes of stages that anybody but this account has saved, as the log of the admin says."""
    saved = ModelLogEntry.objects.filter(action=LOG_ACTION).exclude(user__username=username)
    touched = {int(key) for key in saved.values_list("object_id", flat=True) if key.isdigit()}
    return set(ActionStage.objects.filter(pk__in=touched).values_list("code", flat=True))


def refuse_deletion(stage: ActionStage) -> None:
    raise Refused(_("Not deleted: what was public once stays. Correct the stage instead."))


@transaction.atomic
def choose(stage: ActionStage, recommendation: Recommendation, *, by: Any, account: Account) -> ChosenRecommendation:
    """Record that a public recommendation was chosen, why and by whom; once in one stage."""
    refuse_strangers(by, stage.forum)
    if not Recommendation.objects.visible_to(by).filter(pk=recommendation.pk).exists():
        raise Refused(_("Only a published recommendation can be chosen. Publish it first."))
    if stage.chosen.filter(recommendation=recommendation).exists():
        raise Refused(_("This stage names the recommendation already. Record an action, or correct the choice."))
    try:
        with transaction.atomic():
            chosen: ChosenRecommendation = stage.chosen.create(recommendation=recommendation)
    except IntegrityError as error:
        raise Refused(_("Somebody chose this recommendation just now. Open the stage again.")) from error
    write_entry(chosen, StageEntryKind.CHOICE, account, by=by)
    return chosen


@transaction.atomic
def record_action(chosen: ChosenRecommendation, *, by: Any, account: Account) -> StageEntry:
    """Record what was done about a chosen recommendation; the addressees' status and badge stay as they are."""
    return write_entry(lock(chosen, by), StageEntryKind.ACTION, account, by=by)


@transaction.atomic
def correct(entry: StageEntry, *, by: Any, account: Account) -> StageEntry:
    """Write a newer entry in the place of one that was wrong; the older one stays readable."""
    chosen = lock(entry.chosen, by)
    refuse_corrected(entry)
    return write_entry(chosen, entry.kind, account, by=by, corrects=entry)


@transaction.atomic
def retract(entry: StageEntry, *, by: Any, reason: str) -> StageEntry:
    """Take back an entry that should not be there; it stays readable, with the reason beside it."""
    chosen = lock(entry.chosen, by)
    refuse_corrected(entry)
    if entry.is_retraction:
        raise Refused(_("This entry was taken back already. Correct it if it was right after all."))
    account = Account(reason, refers_precision=FactPrecision.UNKNOWN)
    return write_entry(chosen, entry.kind, account, by=by, corrects=entry, is_retraction=True)


def lock(chosen: ChosenRecommendation, by: Any) -> ChosenRecommendation:
    """The chosen recommendation, locked until the transaction ends; Refused for who may not write about its stage."""
    row = ChosenRecommendation.objects.select_for_update(of=("self",)).select_related("stage__forum").get(pk=chosen.pk)
    refuse_strangers(by, row.stage.forum)
    attach_entries([row])
    return row


def refuse_corrected(entry: StageEntry) -> None:
    if StageEntry.objects.filter(corrects=entry).exists():
        raise Refused(_("A newer entry corrects this one already. Correct the newer one."))


def refuse_bad_address(address: str) -> None:
    if not address:
        return
    try:
        is_web_address(address)
    except ValidationError as error:
        if error.code == "inner":
            raise Refused(INNER_ADDRESS) from error
        raise Refused(_("The address of the source is none of the web. It begins with http:// or https://.")) from error


def write_entry(
    chosen: ChosenRecommendation,
    kind: str,
    account: Account,
    *,
    by: Any,
    corrects: StageEntry | None = None,
    is_retraction: bool = False,
) -> StageEntry:
    """Ask the rules and write the entry with whom it names; ``chosen`` is locked or was created in this act."""
    move = rules.StageMove(
        kind=kind,
        text=account.text.strip(),
        refers_on=account.refers_on,
        has_bodies=bool(account.bodies),
        has_source=bool(account.source_title.strip() or account.source_url.strip()),
        is_retraction=is_retraction,
        is_chosen=kind == StageEntryKind.CHOICE or chosen.is_standing,
    )
    if fault := rules.stage_fault(move, today=timezone.localdate()):
        raise Refused(fault)
    refuse_bad_address(account.source_url)
    if account.follow_up and account.follow_up.assignment.recommendation_id != chosen.recommendation_id:
        raise Refused(_("That entry belongs to the log of another recommendation. Choose one of this recommendation."))
    entry = StageEntry(
        chosen=chosen,
        kind=kind,
        text=account.text.strip(),
        result=account.result.strip() if kind == StageEntryKind.ACTION else "",
        refers_on=account.refers_on,
        refers_precision=account.refers_precision if account.refers_on else FactPrecision.UNKNOWN,
        source_title=account.source_title.strip(),
        source_url=account.source_url.strip(),
        follow_up=account.follow_up if kind == StageEntryKind.ACTION else None,
        corrects=corrects,
        is_retraction=is_retraction,
        recorded_by=by,
    )
    refuse_misfit(entry)
    entry.save()
    StageBody.objects.bulk_create(StageBody(entry=entry, organisation=body) for body in dict.fromkeys(account.bodies))
    return entry
