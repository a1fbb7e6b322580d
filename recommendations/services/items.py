"""What an institution is asked, and what of it waits for whom: from the caches of the rows and their clock.

Institutions have thousands of items, so their list is worked out from a few columns of each; whole rows are loaded for
one page of it only.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from recommendations import rules
from recommendations.choices import ACHIEVED, RETURNING, EntryKind, Finding, Implementation, Position, Show
from recommendations.models import Assessment, Assignment, FollowUp
from recommendations.querysets import AssignmentQuerySet

# Due so soon, an item is to be done now: a first mail goes out as early.
SOON = dt.timedelta(days=30)
# In the order of the page: what is open comes first.
LATE, UNANSWERED, OPEN, CLOSED = range(4)

COLUMNS = (
    "pk",
    "organisation_id",
    "recommendation__reference",
    "number",
    "recommendation__starts_on",
    "notified_at",
    "target_on",
    "position",
    "implementation",
    "is_confirmed",
    "closure",
    "is_disputed",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing an institution is asked: where it stands on the page and in which lists it shows."""

    pk: int
    organisation: int
    reference: str
    number: int
    section: int
    due: dt.date | None
    shows: frozenset[Show]

    @property
    def order(self) -> tuple[Any, ...]:
        return self.section, self.due or dt.date.max, self.reference, self.number


def held_by(user: Any) -> AssignmentQuerySet:
    """What a person may answer: rows of the institutions they answer for, still asked, of visible recommendations."""
    rows: AssignmentQuerySet = Assignment.objects.held_by(user).visible_to(user)
    return rows.filter(is_withdrawn=False, organisation__is_collective=False)


def items_of(user: Any, today: dt.date) -> list[Item]:
    """All items of a person, in no order; three queries, however many there are."""
    rows = held_by(user).order_by()
    asked = rows.filter(notified_at__isnull=False).values("pk")
    said = FollowUp.objects.filter(assignment__in=asked).filter(
        Q(kind=EntryKind.POSITION) | Q(kind=EntryKind.REPORT, declared_by__isnull=False)
    )
    answered = dict(said.order_by().values_list("assignment").annotate(Max("recorded_at")))
    returned = _returned(rows, today)
    return [
        _item(values, answered.get(values[0]), is_returned=values[0] in returned, today=today)
        for values in rows.values_list(*COLUMNS)
    ]


def _returned(rows: AssignmentQuerySet, today: dt.date) -> set[int]:
    """Open rows about which an assessor asked or found something that the institution has not answered since."""
    found = Assessment.objects.filter(follow_up__assignment__in=rows.filter(closure="").values("pk")).filter(
        Q(finding__in=RETURNING) | Q(finding=Finding.CONTRADICTS, public_from__gt=today)
    )
    latest = dict(found.order_by().values_list("follow_up__assignment").annotate(Max("recorded_at")))
    if not latest:
        return set()
    own = FollowUp.objects.filter(assignment__in=list(latest), declared_by__isnull=False)
    answered = dict(own.order_by().values_list("assignment").annotate(Max("recorded_at")))
    return {pk for pk, moment in latest.items() if pk not in answered or answered[pk] < moment}


def _item(values: Sequence[Any], answered_at: dt.datetime | None, *, is_returned: bool, today: dt.date) -> Item:
    (pk, organisation, reference, number, starts_on, notified_at, target_on) = values[:7]
    position, implementation, is_confirmed, closure, is_disputed = values[7:]
    due, is_late = None, False
    if not closure and (notified_at or target_on):
        clock = rules.Clock(
            notified_on=timezone.localdate(notified_at) if notified_at else None,
            target_on=target_on,
            issued_in=starts_on.year if starts_on else None,
        )
        state = rules.State(
            position=position,
            implementation=implementation,
            last_answer_on=timezone.localdate(answered_at) if answered_at else None,
        )
        due, is_late = rules.next_due(clock, state), rules.is_overdue(clock, state, today)
    shows = {Show.ALL}
    if not closure and (is_late or is_returned or (due and due <= today + SOON)):
        shows.add(Show.DUE)
    if is_late:
        shows.add(Show.OVERDUE)
    if not closure and implementation in ACHIEVED and not is_confirmed:
        shows.add(Show.WAITING)
    if is_returned:
        shows.add(Show.RETURNED)
    if is_disputed:
        shows.add(Show.DISPUTED)
    is_silent = position == Position.NO_ANSWER and implementation == Implementation.NO_INFORMATION
    section = CLOSED if closure else LATE if is_late else UNANSWERED if is_silent else OPEN
    return Item(pk, organisation, reference, number, section, due, frozenset(shows))


def counts_of(items: Iterable[Item]) -> dict[Show, int]:
    """How many items each list shows."""
    counts = Counter(show for item in items for show in item.shows)
    return {show: counts[show] for show in Show}
