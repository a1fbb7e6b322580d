"""What happens to pages by the clock: those approved for a day become public on it, those that expire are taken off.

Each by itself: what is refused or fails keeps no other from its day.
"""

import datetime as dt
import logging
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from pagekit.acts import Refused
from pagekit.models import source_language

logger = logging.getLogger(__name__)

# Sent by PageLogEntry with ``instance``, whose data hold the reason, and the ``revision``.
publication_refused = Signal()
REFUSED = "pagekit.schedule_refused"


@dataclass
class Done:
    published: int = 0
    expired: int = 0
    # Of each page that was refused: its title and the reason.
    refused: list[str] = field(default_factory=list)
    # Faults of the program: tried again the next time.
    failed: list[Exception] = field(default_factory=list)


def appearance_of(page: Page) -> str:
    """When a page that is approved for a later moment becomes public, in words; empty for any other page."""
    # The approval costs a query.
    if page.go_live_at is None or not page.approved_schedule:
        return ""
    moment = date_format(timezone.localtime(page.go_live_at), "j E Y, H:i")
    return gettext("approved, becomes public on %(moment)s") % {"moment": moment}


def do_what_is_due(now: dt.datetime | None = None) -> Done:
    """Take off what has expired, then publish what was approved for a moment that has come.

    A rule may refuse what was approved (its issuer is not public): the approval is spent, the history of the page
    says why, and who sent and approved it are told. Anything else is left for the next time.
    """
    moment, done = now or timezone.now(), Done()
    with translation.override(source_language()):
        for page in list(Page.objects.filter(live=True, expire_at__lt=moment).order_by("expire_at", "pk")):
            try:
                page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
                done.expired += 1
            except Exception as fault:
                logger.exception("Page %s was not taken off on its day.", page.pk)
                done.failed.append(fault)
        due = Revision.objects.page_revisions().filter(approved_go_live_at__lt=moment)
        for revision in list(due.order_by("approved_go_live_at", "pk")):
            try:
                revision.publish(log_action="wagtail.publish.scheduled")
                done.published += 1
            except (Refused, ValidationError) as refusal:
                done.refused.append(take_back(revision, refusal))
            except Exception as fault:
                logger.exception("Revision %s was not published on its day.", revision.pk)
                done.failed.append(fault)
    return done


@transaction.atomic
def take_back(revision: Revision, refusal: Refused | ValidationError) -> str:
    """The revision waits for no day any more; answers the title of its page and the reason."""
    reason = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
    revision.approved_go_live_at = None
    revision.save(update_fields=["approved_go_live_at"])
    page = revision.content_object
    entry = log(instance=page, action=REFUSED, revision=revision, data={"reason": reason})
    publication_refused.send(sender=PageLogEntry, instance=entry, revision=revision)
    return f"{page.get_admin_display_title()}: {reason}"
