"""The one campaign of first contacts about editions before 2016, as a moderator looks at it and sends it.

Its mails are the week's reminders of the people concerned: nobody gets two in a week. What is sent drops out of the
plan, so a run that was broken off goes on where it stopped.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from notices import rules
from notices.choices import Kind, Stage
from notices.models import Message
from notices.services.reminders import Digest, plan_reminders, queue_digest
from pagekit.acts import Refused
from recommendations.rules import FIRST_YEAR_WITH_CLOCK, is_early
from recommendations.services.log import clock_of

BATCH = 50
"""Mails queued in one request; each in a transaction of its own."""


@dataclass(frozen=True)
class Campaign:
    """Who would get what on a day, who would not and why, and how many were queued in its week."""

    day: dt.date
    digests: tuple[Digest, ...]
    withheld: tuple[Digest, ...]
    queued: int

    @property
    def total(self) -> int:
        return len(self.digests) + self.queued


def plan_campaign(today: dt.date) -> Campaign:
    """What the campaign would send today, or on the next working day; nothing is changed."""
    day = rules.working_day_from(today)
    plan = plan_reminders(day, is_campaign=True)
    queued = Message.objects.filter(
        kind=Kind.REMINDER,
        occasion=rules.week_of(day),
        items__stage=Stage.FIRST,
        items__assignment__recommendation__starts_on__lt=dt.date(FIRST_YEAR_WITH_CLOCK, 1, 1),
    )
    return Campaign(
        day,
        tuple(digest for digest in plan.digests if tells_of_early(digest)),
        tuple(digest for digest in plan.withheld if tells_of_early(digest)),
        queued.distinct().count(),
    )


def tells_of_early(digest: Digest) -> bool:
    return any(item.stage == Stage.FIRST and is_early(clock_of(item.assignment)) for item in digest.items)


def send_campaign(today: dt.date) -> int:
    """Queue the next mails of the campaign; answer how many are left. Refused on a day without mail."""
    if not rules.is_working_day(today):
        raise Refused(_("Not sent: nothing goes out on weekends and holidays. Send it on the next working day."))
    digests = plan_campaign(today).digests
    for digest in digests[:BATCH]:
        queue_digest(digest, today)
    return len(digests[BATCH:])
