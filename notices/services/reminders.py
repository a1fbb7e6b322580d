"""Who is to be reminded of what on a day, and the queue that follows from it: plan, then act.

A person gets one digest a week, grouped by institution. Planning twice, or late, plans nothing twice: what somebody
was told is kept with the mail (MessageItem), and a mail is one for person, kind and week.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from notices import rules
from notices.choices import Addressed, Kind, Stage
from notices.models import Message, MessageItem, ReplyLink
from notices.services.queue import queue
from notices.services.recipients import has_bounced, moderators_to_tell, obstacle, paced, preference_of
from recommendations.models import Assignment
from recommendations.rules import next_due, state_of
from recommendations.services.log import clock_of, entries_of
from taxonomy.choices import MandateRole
from taxonomy.models import Mandate

# Printed by the command as they stand; a page of the admin translates them.
SERVED = gettext_noop("has a digest of this week")
SLOW = gettext_noop("wants mails less often")


@dataclass(frozen=True)
class Item:
    """One row that was asked, and the step for which it is mentioned; no day is due before the first notice."""

    assignment: Assignment
    stage: Stage
    due_on: dt.date | None
    # Reached by the day of the plan, and no mere look ahead.
    is_reached: bool = True

    @property
    def key(self) -> tuple[int, dt.date | None]:
        return self.assignment.pk, self.due_on


@dataclass(frozen=True)
class Digest:
    recipient: Any
    items: tuple[Item, ...]
    # Why it is not sent though something is to be said; empty where it is.
    withheld: str = ""


@dataclass(frozen=True)
class Plan:
    day: dt.date
    digests: tuple[Digest, ...] = ()
    withheld: tuple[Digest, ...] = ()
    # Open items that only a campaign of first contacts would mention.
    early: int = 0
    is_working_day: bool = True


@dataclass
class Bodies:
    """Who is reached at each institution, as what."""

    holders: dict[int, dict[Addressed, list[Any]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, mandate: Mandate) -> None:
        role = Addressed.CONTACT if mandate.role == MandateRole.CONTACT else Addressed.DEPUTY
        self.holders[mandate.organisation_id][role].append(mandate.user)

    def at(self, organisation: int, addressed: Addressed) -> list[Any]:
        """The people of a body; its deputies stand in where no contact can be reached."""
        found = self.holders[organisation]
        if addressed == Addressed.CONTACT and not found[Addressed.CONTACT]:
            return found[Addressed.DEPUTY]
        return found[addressed]


def plan_reminders(day: dt.date, *, is_campaign: bool = False) -> Plan:
    """What would be mailed on a day. ``is_campaign``: also first contacts about editions before 2016."""
    if not rules.is_working_day(day):
        return Plan(day, is_working_day=False)
    bodies = bodies_on(day)
    wanted: dict[int, list[Item]] = defaultdict(list)
    people: dict[int, Any] = {}
    early = 0
    moderators = list(moderators_to_tell())
    for assignment in open_rows(bodies.holders):
        item, is_early = item_of(assignment, day, is_campaign=is_campaign)
        early += is_early
        if item is None:
            continue
        for addressed in rules.addressed_at(item.stage):
            found = moderators if addressed == Addressed.MODERATOR else bodies.at(assignment.answering.pk, addressed)
            for person in found:
                people[person.pk] = person
                if item not in wanted[person.pk]:
                    wanted[person.pk].append(item)
    return assembled(day, people, wanted, early)


def assembled(day: dt.date, people: dict[int, Any], wanted: dict[int, list[Item]], early: int) -> Plan:
    """The plan without what was told before and without a second digest in a week."""
    told = told_to(people)
    week = rules.week_of(day)
    served = set(
        Message.objects.filter(recipient__in=people, kind=Kind.REMINDER, occasion=week).values_list(
            "recipient", flat=True
        )
    )
    slow = paced(people.values(), Kind.REMINDER, day)
    digests: list[Digest] = []
    withheld: list[Digest] = []
    for key in sorted(wanted, key=lambda number: people[number].get_username()):
        pace = preference_of(people[key]).pace
        items = [item for item in wanted[key] if not is_told(item, told[key]) and rules.is_wanted(pace, item.stage)]
        if not any(item.is_reached for item in items):
            continue
        items.sort(key=lambda item: (item.assignment.answering.label, item.due_on or day, item.assignment.pk))
        reason = SERVED if key in served else obstacle(people[key], Kind.REMINDER, day)
        if not reason and key in slow and not any(item.is_reached and item.stage in rules.ON_TIME for item in items):
            reason = SLOW
        (withheld if reason else digests).append(Digest(people[key], tuple(items), reason))
    return Plan(day, tuple(digests), tuple(withheld), early)


def item_of(assignment: Assignment, day: dt.date, *, is_campaign: bool) -> tuple[Item | None, bool]:
    """What there is to say about a row on a day; and whether only a campaign would say something."""
    clock, state = clock_of(assignment), state_of(entries_of(assignment), today=day)
    if rules.wants_first_notice(clock, state, is_campaign=is_campaign):
        return Item(assignment, Stage.FIRST, None), False
    if clock.notified_on is None:
        return None, rules.wants_first_notice(clock, state, is_campaign=True)
    due = next_due(clock, state)
    stage = rules.stage_this_week(clock, due, day) if due else None
    if due is None or stage is None:
        return None, False
    return Item(assignment, stage, due, is_reached=stage == rules.stage_on(clock, due, day)), False


def is_told(item: Item, told: dict[tuple[int, dt.date | None], set[str]]) -> bool:
    return any(rules.is_reached(item.stage, by=Stage(stage)) for stage in told.get(item.key, ()))


def told_to(people: Iterable[int]) -> dict[int, dict[tuple[int, dt.date | None], set[str]]]:
    """The steps that each person was told, by row and day."""
    found: dict[int, dict[tuple[int, dt.date | None], set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = MessageItem.objects.told().filter(message__recipient__in=people)
    for person, row, due_on, stage in rows.values_list("message__recipient", "assignment", "due_on", "stage"):
        found[person][row, due_on].add(stage)
    return found


def bodies_on(day: dt.date) -> Bodies:
    """Who can be reached at each body on a day; a mandate that its holder disowned waits for a moderator."""
    bodies = Bodies()
    mandates = (
        Mandate.objects.active(day)
        .filter(organisation__is_collective=False)
        .exclude(pk__in=ReplyLink.objects.disowned().values("mandate"))
        .exclude(user__email="")
        .select_related("user__mail_preference")
        .order_by("pk")
    )
    for mandate in mandates:
        if not has_bounced(mandate.user):
            bodies.add(mandate)
    return bodies


def open_rows(organisations: Iterable[int]) -> Iterable[Assignment]:
    """Open rows that these bodies answer and readers can see, with their logs."""
    rows: Iterable[Assignment] = (
        Assignment.objects.open()
        .visible_to()
        .answered_by(list(organisations))
        .filter(is_withdrawn=False, organisation__is_collective=False)
        .with_log()
        .order_by("pk")
    )
    return rows


def queue_reminders(plan: Plan) -> int:
    """Queue the digests of a plan, each in its own transaction; answer how many were not queued before."""
    return sum(queue_digest(digest, plan.day) for digest in plan.digests)


@transaction.atomic
def queue_digest(digest: Digest, day: dt.date) -> bool:
    message = queue(digest.recipient, kind=Kind.REMINDER, occasion=rules.week_of(day))
    if message is None:
        return False
    MessageItem.objects.bulk_create(
        MessageItem(message=message, assignment=item.assignment, stage=item.stage, due_on=item.due_on)
        for item in digest.items
    )
    mandates = digest.recipient.mandates.active(day).filter(
        organisation__in={item.assignment.answering.pk for item in digest.items}
    )
    one_each = {mandate.organisation_id: mandate for mandate in mandates}
    ReplyLink.objects.bulk_create(ReplyLink(message=message, mandate=mandate) for mandate in one_each.values())
    return True
