"""What an institution is asked, and what of it waits for whom: questions to the caches of the rows and their clock.

Institutions have thousands of items, so the rules of the clock are put to the database as conditions on days; the day
itself is worked out by the rules for the rows of one page only.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from recommendations import rules
from recommendations.choices import (
    ACCEPTING,
    ACHIEVED,
    RETURNING,
    Finding,
    Implementation,
    Position,
    Show,
)
from recommendations.models import Assessment, Assignment, FollowUp
from recommendations.querysets import AssignmentQuerySet
from recommendations.services.log import clock_of, state_in_caches
from taxonomy.models import Organisation

ANSWERERS = ("organisation", "taken_over_by")
ANSWERING = Coalesce("taken_over_by", "organisation")
LAST_WORD = Coalesce(Greatest("notified_at", "last_answered_at"), "notified_at")
# Due so soon, an item is to be done now: a first mail goes out as early.
SOON = dt.timedelta(days=30)
# In the order of the page: what is open comes first.
LATE, UNANSWERED, OPEN, CLOSED = range(4)

RUNS = Q(closure="", notified_at__isnull=False)
SILENT = Q(position=Position.NO_ANSWER, last_answered_at=None)
ACCEPTED = Q(position__in=ACCEPTING)
# How soon an answer is due, in months after the last word; a first position has its own time.
PACES = (
    (RUNS & ~SILENT & ACCEPTED, rules.REPORT_MONTHS_ACCEPTED),
    (RUNS & ~SILENT & ~ACCEPTED, rules.REPORT_MONTHS),
)


def bodies_of(user: Any) -> list[int]:
    """The keys of the institutions a person answers for, to be named in other queries.

    As a query within a query they would keep databases from looking the rows up by their institution.
    """
    return list(Organisation.objects.held_by(user).order_by().values_list("pk", flat=True))


def held_by(
    user: Any, hidden: tuple[int, ...] | None = None, bodies: Sequence[int] | None = None
) -> AssignmentQuerySet:
    """What a person may answer: rows of the institutions they answer for, still asked, of visible recommendations.

    ``hidden``: the others, where ``hidden_from_readers`` named them: the pages are asked once, not by each query.
    ``bodies``: what ``bodies_of`` says, where it was asked.
    """
    answered = _answered_by(bodies_of(user) if bodies is None else bodies)
    rows: AssignmentQuerySet = Assignment.objects.filter(pk__in=answered)
    rows = rows.visible_to(user) if hidden is None else rows.exclude(recommendation__in=hidden)
    return rows.filter(is_withdrawn=False, organisation__is_collective=False)


def _answered_by(bodies: Sequence[int]) -> Any:
    """The keys of the rows that these institutions answer, each part found by its own index."""
    asked, taken_over = (Assignment.objects.order_by().filter(**{f"{name}__in": bodies}) for name in ANSWERERS)
    return asked.filter(taken_over_by=None).values("pk").union(taken_over.values("pk"), all=True)


def items_of(
    user: Any, today: dt.date, hidden: tuple[int, ...] | None = None, bodies: Sequence[int] | None = None
) -> AssignmentQuerySet:
    """All items of a person, each with its ``section`` of the page, in the order of the page within an institution.

    What was never answered stands first, then what has waited longest for another word. For the others see ``held_by``.
    """
    late = late_on(today)
    silent = Q(position=Position.NO_ANSWER, implementation=Implementation.NO_INFORMATION)
    places = ((~Q(closure=""), CLOSED), (late, LATE), (silent, UNANSWERED))
    section = Case(
        *(When(condition, then=Value(place)) for condition, place in places),
        default=Value(OPEN),
        output_field=IntegerField(),
    )
    return (
        held_by(user, hidden, bodies)
        .annotate(word_at=LAST_WORD)
        .annotate(section=section)
        .order_by(
            "section",
            F("last_answered_at").asc(nulls_first=True),
            F("word_at").asc(nulls_last=True),
            "recommendation__reference",
            "number",
        )
    )


def overdue(today: dt.date) -> AssignmentQuerySet:
    """Open rows of single bodies whose target date or day of the next answer has passed."""
    rows: AssignmentQuerySet = Assignment.objects.filter(is_withdrawn=False, organisation__is_collective=False)
    return rows.annotate(word_at=LAST_WORD).filter(late_on(today))


def due_before(day: dt.date) -> Q:
    """Rows whose next answer is due before a day, as ``rules.next_due`` says; asks for ``word_at``."""
    found = RUNS & SILENT & Q(notified_at__lt=_midnight(day - rules.POSITION_WITHIN))
    for pace, months in PACES:
        found |= pace & Q(word_at__lt=_midnight(first_day_due_from(day, months)))
    return found


def first_day_due_from(day: dt.date, months: int) -> dt.date:
    """The earliest day that, so many months later, is not before ``day``: months differ in length."""
    first = rules.add_months(day, -months)
    while rules.add_months(first - dt.timedelta(days=1), months) >= day:
        first -= dt.timedelta(days=1)
    while rules.add_months(first, months) < day:
        first += dt.timedelta(days=1)
    return first


def late_on(today: dt.date) -> Q:
    """Rows that are overdue, as ``rules.is_overdue`` says."""
    has_clock = Q(recommendation__starts_on=None) | Q(
        recommendation__starts_on__gte=dt.date(rules.FIRST_YEAR_WITH_CLOCK, 1, 1)
    )
    past_target = Q(target_on__lt=today) & ~Q(implementation=Implementation.IMPLEMENTED)
    return Q(closure="") & has_clock & (past_target | due_before(today))


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def shows_of(bodies: Sequence[int], today: dt.date) -> dict[Show, Q]:
    """Which of the rows of ``items_of`` each list shows, of these institutions."""
    judged, returned = (Q(pk__in=keys) for keys in _judged(bodies, today))
    behind = Q(pk__in=_claimed_behind(bodies))
    late = Q(section=LATE)
    return {
        Show.DUE: Q(closure="") & (late | returned | due_before(today + SOON + dt.timedelta(days=1))),
        Show.OVERDUE: late,
        Show.WAITING: Q(closure="", implementation__in=ACHIEVED, is_confirmed=False) & ~judged | behind,
        Show.RETURNED: returned,
        Show.DISPUTED: Q(is_disputed=True),
        Show.ALL: Q(pk__isnull=False),
    }


def _claimed_behind(bodies: Sequence[int]) -> list[int]:
    """Open rows whose last claim waits for an assessor though an entry of a later date stays the state."""
    claimed = FollowUp.objects.claimed_behind().filter(assignment__in=_answered_by(bodies))
    return list(claimed.values_list("assignment", flat=True))


def _judged(bodies: Sequence[int], today: dt.date) -> tuple[list[int], list[int]]:
    """Open rows about which an assessor asked or contradicted, and the institution has not answered since; those of
    them, second, that wait for its answer: a contradiction that is public by now no longer does.
    """
    is_returned = Q(finding__in=RETURNING) | Q(finding=Finding.CONTRADICTS, public_from__gt=today)
    # Seen or not: who looks at them asks for what is seen.
    found = Assessment.objects.filter(
        finding__in=(*RETURNING, Finding.CONTRADICTS),
        follow_up__assignment__in=_answered_by(bodies),
        follow_up__assignment__closure="",
    )
    moments = {"judged": Max("recorded_at"), "returned": Max("recorded_at", filter=is_returned)}
    rows = found.order_by().values_list("follow_up__assignment").annotate(**moments)
    latest = {row: (judged, returned) for row, judged, returned in rows}
    if not latest:
        return [], []
    own = FollowUp.objects.filter(assignment__in=list(latest), declared_by__isnull=False)
    answered = dict(own.order_by().values_list("assignment").annotate(Max("recorded_at")))

    def unanswered(place: int) -> list[int]:
        return [pk for pk, of in latest.items() if of[place] and (pk not in answered or answered[pk] < of[place])]

    return unanswered(0), unanswered(1)


@dataclass
class Outlook:
    """Of the items of one institution how many each list shows, are ``open``, wait ``unanswered``; what is due next.

    ``published_at`` and ``changed_at``: when the first of them was published, and the last change in the log of any.
    """

    counts: Counter[str]
    # The first day from today on at which an answer is due.
    next_due: dt.date | None
    published_at: dt.datetime | None
    changed_at: dt.datetime | None


def outlook_by_body(rows: AssignmentQuerySet, shows: dict[Show, Q], today: dt.date) -> dict[int, Outlook]:
    """The outlook of each institution that answers; one query, which asks each row once."""
    is_coming = ~due_before(today)
    counts = {show.value: Count("pk", filter=condition) for show, condition in shows.items()}
    counts |= {"open": Count("pk", filter=Q(closure="")), "unanswered": Count("pk", filter=Q(section=UNANSWERED))}
    first = {
        "notice": Min("notified_at", filter=RUNS & SILENT & is_coming),
        **{f"report_{months}": Min("word_at", filter=pace & is_coming) for pace, months in PACES},
    }
    moments = {
        "published_at": Min("recommendation__published_at"),
        "changed_at": Max("recommendation__last_change_at"),
    }
    found = rows.order_by().values(body=ANSWERING).annotate(**counts, **first, **moments)
    return {
        one["body"]: Outlook(
            Counter({name: one[name] for name in counts}), _first_due(one), one["published_at"], one["changed_at"]
        )
        for one in found
    }


def _first_due(first: dict[str, Any]) -> dt.date | None:
    days = [timezone.localdate(first["notice"]) + rules.POSITION_WITHIN] if first["notice"] else []
    for _pace, months in PACES:
        if first[f"report_{months}"]:
            days.append(rules.add_months(timezone.localdate(first[f"report_{months}"]), months))
    return min(days, default=None)


def due_of(row: Assignment) -> dt.date | None:
    """The day until which the institution is to answer about one row next, from its caches."""
    return rules.next_due(clock_of(row), state_in_caches(row))


def in_their_order(rows: AssignmentQuerySet, bodies: Iterable[int]) -> AssignmentQuerySet:
    """The rows by institution, these in the given order, then as ``items_of`` has them."""
    places = [When(answering_body=pk, then=Value(place)) for place, pk in enumerate(bodies)]
    if len(places) < 2:
        return rows
    place = Case(*places, default=Value(len(places)), output_field=IntegerField())
    return rows.annotate(answering_body=ANSWERING).order_by(place, *rows.query.order_by)
