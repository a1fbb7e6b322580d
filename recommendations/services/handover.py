"""A succession takes effect: the successor answers for what is open, and nothing that was said or asked is rewritten.

The row keeps the body that the recommendation asked, and its log keeps who declared what; only who answers from now
on is noted on the row (docs/decisions/0012).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from pagekit.acts import Refused
from recommendations.models import Assignment
from recommendations.querysets import AssignmentQuerySet
from recommendations.services.log import lock
from taxonomy.models import Succession
from taxonomy.services.mandates import contacts_of, in_words, move_mandates, officials

RIGHT = "taxonomy.change_succession"
RIGHTS_ON_CONTACTS = ("taxonomy.add_mandate", "taxonomy.change_mandate")


@dataclass(frozen=True)
class HandedOver:
    items: int
    contacts: int


def left_behind(succession: Succession) -> AssignmentQuerySet:
    """Open rows that the predecessor still answers for, by reference."""
    rows: AssignmentQuerySet = Assignment.objects.open().answered_by([succession.predecessor_id])
    return rows.filter(is_withdrawn=False).order_by("recommendation__reference", "number")


def may_hand_over(user: Any) -> bool:
    return bool(user.is_active and user.has_perm(RIGHT))


def may_move_contacts(user: Any, succession: Succession) -> bool:
    """Whether all contacts of the predecessor may follow: moderators move officials, administrators anybody."""
    if not may_hand_over(user):
        return False
    if user.has_perms(RIGHTS_ON_CONTACTS):
        return True
    return not contacts_of(succession.predecessor).exclude(user__in=officials()).exists()


@transaction.atomic
def hand_over(
    succession: Succession, *, by: Any, only: Collection[int] | None = None, with_contacts: bool = False
) -> HandedOver:
    """Let the successor answer for the open rows (``only`` those keys, all by default) and take over the contacts.

    One act: all of it or, with Refused, nothing. Contacts move with all rows only.
    """
    if not may_hand_over(by):
        raise Refused(_("Only moderators and administrators hand items over. Write to the moderators."))
    if with_contacts and not may_move_contacts(by, succession):
        raise Refused(
            _(
                "A contact of the predecessor has another role on this site, too. Hand over the items alone, or ask "
                "an administrator to move the contacts."
            )
        )
    if succession.starts_on > timezone.localdate():
        raise Refused(_("This succession has not begun. Hand over on its first day or later."))
    if succession.successor.is_collective or succession.predecessor.is_collective:
        raise Refused(_("A group of institutions neither answers nor hands over. Name single bodies."))
    rows = list(left_behind(succession) if only is None else left_behind(succession).filter(pk__in=only))
    for row in rows:
        row = lock(row)
        # Back to the body that was asked: nobody stands in for it any more.
        is_back = row.organisation_id == succession.successor_id
        row.taken_over_by = None if is_back else succession.successor
        row.save(update_fields=["taken_over_by"])
    contacts = []
    if with_contacts:
        if left_behind(succession).exists():
            raise Refused(
                _("Contacts follow when all items are handed over. Choose all of them, or leave the contacts out.")
            )
        contacts = move_mandates(succession)
    if not (rows or contacts):
        raise Refused(_("Nothing open is left with the predecessor. There is nothing to hand over."))
    log(
        instance=succession,
        action="recommendations.hand_over",
        user=by,
        data={"items": [str(row) for row in rows], "contacts": [str(before.user) for before, _after in contacts]},
    )
    for before, after in contacts:
        log(instance=before, action="wagtail.edit", user=by, data={"mandate": in_words(before), "before": ""})
        if after is not None:
            log(instance=after, action="wagtail.create", user=by, data={"mandate": in_words(after), "before": ""})
    return HandedOver(len(rows), sum(after is not None for _before, after in contacts))
