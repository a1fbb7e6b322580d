"""The log as the rules see it, and the caches that are written from it."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from recommendations import rules
from recommendations.choices import Age, Finding
from recommendations.models import Assessment, Assignment, FollowUp, Recommendation

CACHES = (
    "position",
    "implementation",
    "is_confirmed",
    "closure",
    "is_disputed",
    "last_information_on",
    "last_answered_at",
)


def assert_in_act() -> None:
    """An entry and its caches are one act; select_for_update outside a transaction passes silently on SQLite."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The log is written inside a transaction only.")


def lock(assignment: Assignment) -> Assignment:
    """The assignment as it stands now, locked with its recommendation until the transaction ends.

    The recommendation first: its badge is written from all its rows, so two acts on two rows must not overlap.
    """
    assert_in_act()
    Recommendation.objects.select_for_update().get(pk=assignment.recommendation_id)
    return (
        Assignment.objects.select_related("organisation", "recommendation", "taken_over_by")
        .select_for_update(of=("self",))
        .get(pk=assignment.pk)
    )


def entry_of(follow_up: FollowUp, assessments: Iterable[Assessment] | None = None) -> rules.Entry:
    """The entry as the rules see it; ``assessments`` where they were read already."""
    return rules.Entry(
        id=follow_up.pk,
        kind=follow_up.kind,
        recorded_at=follow_up.recorded_at,
        recorded_on=timezone.localdate(follow_up.recorded_at),
        refers_on=follow_up.refers_on,
        position=follow_up.position,
        implementation=follow_up.implementation,
        closure=follow_up.closure,
        is_own=follow_up.declared_by_id is not None,
        judgements=tuple(
            judgement_of(one) for one in (follow_up.assessments.all() if assessments is None else assessments)
        ),
    )


def judgement_of(assessment: Assessment) -> rules.Judgement:
    return rules.Judgement(
        id=assessment.pk,
        finding=assessment.finding,
        assessed_on=assessment.assessed_on,
        public_from=assessment.public_from,
    )


def entries_of(assignment: Assignment) -> list[rules.Entry]:
    """The whole log of an assignment; two queries, or none where follow_ups__assessments is prefetched."""
    if "follow_ups" in getattr(assignment, "_prefetched_objects_cache", {}):
        return [entry_of(follow_up) for follow_up in assignment.follow_ups.all()]
    return [entry_of(follow_up) for follow_up in assignment.follow_ups.prefetch_related("assessments")]


def staying_over(follow_up: FollowUp) -> FollowUp | None:
    """The entry of a later date that stayed the state when this one was recorded, if there is one."""
    row = follow_up.assignment
    found = rules.staying(entries_of(row), entry_of(follow_up))
    return row.follow_ups.get(pk=found.id) if found else None


def clock_of(assignment: Assignment) -> rules.Clock:
    issued = assignment.recommendation
    return rules.Clock(
        notified_on=timezone.localdate(assignment.notified_at) if assignment.notified_at else None,
        is_collective=assignment.organisation.is_collective,
        target_on=assignment.target_on,
        issued_in=issued.starts_on.year if issued.starts_on else None,
    )


@transaction.atomic
def start_clock(assignment: Assignment, *, notified_at: dt.datetime) -> None:
    """The first notice reached a contact: from this moment on an answer is awaited. A later notice moves nothing."""
    row = lock(assignment)
    if row.notified_at is None and not row.organisation.is_collective:
        row.notified_at = notified_at
        # save, not update: the search listens to saved rows.
        row.save(update_fields=["notified_at"])


def write_caches(assignment: Assignment, *, now: dt.datetime | None = None) -> rules.State:
    """Write what the log of a locked assignment says today, and the badge above it; answer the state.

    ``now``: the moment of the entry, where one was added.
    """
    assert_in_act()
    state = rules.state_of(entries_of(assignment), today=timezone.localdate())
    for name in CACHES:
        setattr(assignment, name, getattr(state, name))
    assignment.save(update_fields=CACHES)
    write_badge(assignment.recommendation, now=now)
    return state


def write_badge(recommendation: Recommendation, *, now: dt.datetime | None = None) -> None:
    """Write the badge and the age of the last information from the rows; call it when rows come or go."""
    assert_in_act()
    rows = list(recommendation.assignments.all())
    recommendation.badge = summary_of(rows).badge
    informed = [row.last_information_on for row in rows if row.last_information_on and not row.is_withdrawn]
    recommendation.last_information_on = max(informed, default=None)
    fields = ["badge", "last_information_on"]
    if now is not None:
        recommendation.last_change_at = now
        fields.append("last_change_at")
    # save, not update: the search listens to saved rows.
    recommendation.save(update_fields=fields)


def summary_of(assignments: Iterable[Assignment]) -> rules.Summary:
    """The badge over these rows of one recommendation, and how many deciding open ones stand on each step."""
    return rules.summary_of(row.as_row for row in assignments)


def refresh_disputed(today: dt.date | None = None) -> int:
    """Write the caches of rows whose contradicting assessment has become public; answer how many changed."""
    day = today or timezone.localdate()
    waiting = Assignment.objects.filter(
        follow_ups__assessments__finding=Finding.CONTRADICTS, follow_ups__assessments__public_from__lte=day
    ).distinct()
    changed = 0
    for assignment in waiting:
        with transaction.atomic():
            row = lock(assignment)
            before = [getattr(row, name) for name in CACHES]
            state = rules.state_of(entries_of(row), today=day)
            if before != [getattr(state, name) for name in CACHES]:
                write_caches(row, now=timezone.now())
                changed += 1
    return changed


def state_in_caches(row: Assignment) -> rules.State:
    """What the times of an answer are reckoned from, without the log."""
    return rules.State(
        position=row.position,
        implementation=row.implementation,
        closure=row.closure,
        last_answer_on=timezone.localdate(row.last_answered_at) if row.last_answered_at else None,
    )


def count_by_age(today: dt.date | None = None) -> dict[str, int]:
    """How many open rows have no, fresh, ageing or stale information."""
    day = today or timezone.localdate()
    counts = dict.fromkeys([str(age) for age in Age], 0)
    open_rows = Assignment.objects.open().filter(is_withdrawn=False)
    for last_information_on in open_rows.values_list("last_information_on", flat=True):
        counts[str(rules.age_of(last_information_on, day))] += 1
    return counts
