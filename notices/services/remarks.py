"""What readers tell us, from the form to the answer; only moderators see any of it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices import rules
from notices.choices import CLOSED_REMARKS, Kind, RemarkKind, RemarkState
from notices.models import Message, Remark
from notices.services.queue import queue
from notices.services.recipients import moderators_to_tell
from pagekit.acts import Refused
from recommendations.models import FollowUp, Recommendation
from recommendations.services.actors import is_moderator

# When the moderators of the next working day hear of it.
MORNING = dt.time(7, 30)


@transaction.atomic
def send_remark(
    recommendation: Recommendation, *, kind: RemarkKind, text: str, link: str = "", email: str = "", language: str
) -> Remark:
    """Put it on the desk; the moderators hear of it on the next working day, of all that came till then in one mail."""
    remark = Remark.objects.create(
        recommendation=recommendation, kind=kind, text=text, link=link, email=email, language=language
    )
    day = rules.working_day_from(timezone.localdate() + dt.timedelta(days=1))
    morning = timezone.make_aware(dt.datetime.combine(day, MORNING))
    for moderator in moderators_to_tell():
        queue(moderator, kind=Kind.REMARKS, occasion=f"remarks-{day}", next_attempt_at=morning)
    return remark


@transaction.atomic
def take_up(remark: Remark, *, by: Any) -> None:
    row = locked(remark, by)
    row.state, row.handled_by = RemarkState.TAKEN_UP, by
    row.save(update_fields=["state", "handled_by"])


def turn_down(remark: Remark, *, by: Any, reason: str) -> None:
    """Nothing is changed; Refused without a reason, which is mailed to who left an address."""
    if not reason.strip():
        raise Refused(_("Not saved: the reason is missing. Say why nothing is changed."))
    close(remark, RemarkState.TURNED_DOWN, by=by, answer=reason)


def finish(remark: Remark, *, by: Any, entry: FollowUp | None = None, answer: str = "") -> None:
    """It led to something: an entry of the log, or what is said in words; Refused without either."""
    if entry is None and not answer.strip():
        raise Refused(_("Not saved: it is not said what came of it. Name the entry, or say it in a sentence."))
    if entry is not None and entry.assignment.recommendation_id != remark.recommendation_id:
        raise Refused(_("Not saved: the entry belongs to another recommendation. Choose one of this recommendation."))
    close(remark, RemarkState.DONE, by=by, answer=answer, entry=entry)


@transaction.atomic
def close(remark: Remark, state: RemarkState, *, by: Any, answer: str, entry: FollowUp | None = None) -> None:
    """The address goes from the remark into the one mail that answers, and with that mail it is gone."""
    row = locked(remark, by)
    address, row.email = row.email, ""
    row.state, row.answer, row.entry = state, answer.strip(), entry
    row.handled_by, row.closed_at = by, timezone.now()
    row.save()
    if address:
        Message.objects.create(
            remark=row, kind=Kind.ANSWER, occasion=f"remark-{row.pk}", address=address, language=row.language
        )


def locked(remark: Remark, by: Any) -> Remark:
    """The row as it stands; Refused to who is no moderator, and for what is closed."""
    if not (by.is_active and is_moderator(by)):
        raise Refused(_("Not saved: only moderators decide on what readers tell us."))
    row: Remark = Remark.objects.select_for_update().get(pk=remark.pk)
    if row.state in CLOSED_REMARKS:
        raise Refused(_("Not saved: somebody else has closed it meanwhile. Look at what came of it."))
    return row
