"""What a mailed link opens, until when, and how it ends.

It is signed, and has a row so that it can be revoked. It holds for the items of one mail, for the holder of one
mandate, until all are answered, at most 35 days, and never longer than the mandate. Whether it still holds is asked
at every use and stored nowhere.
"""

import datetime as dt
import enum
from collections.abc import Callable
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices import rules
from notices.choices import Act, Ending, Kind
from notices.models import ReplyLink, ReplyLinkUse
from notices.services.queue import queue
from notices.services.recipients import moderators_to_tell, pause
from pagekit.acts import Refused
from recommendations.models import Assignment, FollowUp
from taxonomy.models import Mandate


class Hold(enum.Enum):
    """Whether a link holds, and if not, why."""

    OPEN = "open"
    ANSWERED = "answered"
    OVER = "over"
    REVOKED = "revoked"
    DISOWNED = "disowned"
    NO_MANDATE = "no_mandate"


def signer_of(link: ReplyLink) -> Signer:
    # A dot: the signature itself may hold colons, hyphens and underscores.
    return Signer(sep=".", salt=f"notices.reply_link.{link.mandate_id}.{link.nonce}")


def token_of(link: ReplyLink) -> str:
    """What stands in the address: the number of the link and the signature, ``12.k3J...``."""
    return signer_of(link).sign(str(link.pk))


def way_of(link: ReplyLink) -> str:
    """The name under which drafts of this link are kept."""
    return f"link-{link.pk}"


def find_link(token: str) -> ReplyLink | None:
    """The link of a token; None for one that we did not sign."""
    number = token.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    link: ReplyLink | None = (
        ReplyLink.objects.filter(pk=int(number)).select_related("mandate__organisation", "mandate__user").first()
    )
    if link is None:
        return None
    try:
        signer_of(link).unsign(token)
    except BadSignature:
        return None
    return link


def items_of(link: ReplyLink) -> Any:
    """The rows that the mail mentioned to this institution and that can still be answered: visible, and asked."""
    return (
        Assignment.objects.visible_to()
        .answered_by([link.mandate.organisation_id])
        .filter(pk__in=link.message.items.values("assignment"), is_withdrawn=False)
        .order_by("recommendation__reference", "number")
    )


def waiting_items(link: ReplyLink) -> list[Assignment]:
    """The items that still wait for an answer: neither answered since the mail nor closed."""
    return list(items_of(link).open().silent_since(link.created_at))


def hold_of(link: ReplyLink, now: dt.datetime | None = None) -> Hold:
    moment = now or timezone.now()
    if link.ended_at is not None:
        return Hold.DISOWNED if link.ending == Ending.NOT_ME else Hold.REVOKED
    if rules.is_link_over(link.created_at, moment):
        return Hold.OVER
    if not Mandate.objects.active(timezone.localdate(moment)).filter(pk=link.mandate_id).exists():
        return Hold.NO_MANDATE
    return Hold.OPEN if waiting_items(link) else Hold.ANSWERED


def is_busy(link: ReplyLink) -> bool:
    """Whether the link was used more often within a minute than people do."""
    recent = link.uses.filter(used_at__gt=timezone.now() - dt.timedelta(minutes=1))
    return recent.count() >= rules.USES_A_MINUTE


def note_use(link: ReplyLink, act: Act, *, entry: FollowUp | None = None) -> None:
    ReplyLinkUse.objects.create(link=link, act=act, entry=entry)


def answer_by_link(link: ReplyLink, record: Callable[[Any], FollowUp]) -> FollowUp:
    """Record an answer as the holder of the mandate, and that it came by this link; one act.

    ``record`` gets the person. Refused where the link has ended since the form was opened, or as ``record`` refuses.
    """
    with transaction.atomic():
        ReplyLink.objects.select_for_update().get(pk=link.pk)
        link.refresh_from_db(fields=["ended_at", "ending"])
        if hold_of(link) != Hold.OPEN:
            raise Refused(_("Not saved: this link has ended. Sign in to answer, or wait for the next mail."))
        entry = record(link.mandate.user)
        note_use(link, Act.ANSWERED, entry=entry)
    return entry


@transaction.atomic
def pause_by_link(link: ReplyLink, *, until: dt.date) -> None:
    pause(link.mandate.user, until=until)
    note_use(link, Act.PAUSED)


@transaction.atomic
def disown(link: ReplyLink) -> None:
    """The person is not the contact: the link ends, no reminder follows, and the moderators are told."""
    row = ReplyLink.objects.select_for_update().get(pk=link.pk)
    if row.ended_at is not None:
        return
    row.ended_at, row.ending = timezone.now(), Ending.NOT_ME
    row.save(update_fields=["ended_at", "ending"])
    note_use(row, Act.NOT_ME)
    for moderator in moderators_to_tell():
        queue(moderator, kind=Kind.NOT_ME, occasion=f"mandate-{row.mandate_id}", mandate=row.mandate)


def revoke_links(user: Any) -> int:
    """End every link that was mailed to the person; answer how many still might have opened something."""
    links = ReplyLink.objects.filter(mandate__user=user, ended_at=None)
    return int(
        links.filter(created_at__gt=timezone.now() - rules.LINK_LIFE).update(
            ended_at=timezone.now(), ending=Ending.REVOKED
        )
    )
