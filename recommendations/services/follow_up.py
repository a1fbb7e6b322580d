"""Everything that is added to the log: positions, reports, notes, letters, silences, closures, reopenings.

Each act locks the row, asks the rules, writes entry, evidence and caches in one transaction, or raises Refused with
a sentence that says which rule forbids it and what would satisfy it. Nothing is ever edited or deleted: a newer entry
corrects an older one. ``refers_on`` is the day the fact refers to; a month or a year is kept as its first day.
"""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from recommendations import rules
from recommendations.choices import Basis, Closure, EntryKind, Implementation, Position
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.services.actors import actors_of
from recommendations.services.log import clock_of
from recommendations.services.recording import Said, known, record, refuse_overtaken
from recommendations.services.rows import open_named_row
from taxonomy.models import Organisation


def record_position(
    assignment: Assignment, *, position: str, competent_body: Organisation | None = None, **said: Any
) -> FollowUp:
    """Record an answer of the institution; ``said`` are the fields of Said."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        return rules.position_fault(move, today=today)

    values = {"position": known(Position, position), "competent_body": competent_body}
    return record(assignment, EntryKind.POSITION, Said(**said), fault, **values)


def record_report(assignment: Assignment, *, implementation: str | None, missing: str = "", **said: Any) -> FollowUp:
    """Record how far it has got; ``implementation`` None says "no change". ``said`` are the fields of Said.

    A partial claim needs ``missing``: what has not been done.
    """

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        before = rules.state_of(rules.preceding(entries, move.refers_on), today=today)
        return rules.report_fault(move, before=before, now=rules.state_of(entries, today=today), today=today)

    if implementation is None:
        return record(assignment, EntryKind.REPORT, Said(**said), fault, implementation=None, missing=missing)
    values = {"implementation": known(Implementation, implementation), "missing": missing.strip()}
    return record(assignment, EntryKind.REPORT, Said(**said), fault, **values)


def record_note(assignment: Assignment, **said: Any) -> FollowUp:
    """Record something that moves nothing: an award, a similar practice, a submission without an answer."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        return rules.note_fault(move, today=today)

    return record(assignment, EntryKind.NOTE, Said(**said), fault)


@transaction.atomic
def record_letter(assignment: Assignment, **said: Any) -> FollowUp:
    """Record a letter that was sent to the institution; a moderator's first one starts the clock of a single body."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        return rules.letter_fault(move, now=rules.state_of(entries, today=today), today=today)

    entry = record(assignment, EntryKind.LETTER, Said(**said), fault)
    row = entry.assignment
    # Never at import (domain.md, "Clock"): what is loaded was sent by others, long ago.
    is_ours = rules.Actor.MODERATOR in actors_of(entry.recorded_by, row.answering)
    if row.notified_at is None and is_ours and not row.organisation.is_collective and entry.refers_on:
        row.notified_at = timezone.make_aware(dt.datetime.combine(entry.refers_on, dt.time(12)))
        row.save(update_fields=["notified_at"])
    return entry


def record_silence(assignment: Assignment, **said: Any) -> FollowUp:
    """Record that no answer came: what finishes the reply ladder."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        now = rules.state_of(entries, today=today)
        return rules.silence_fault(move, now=now, clock=clock_of(row), today=today)

    return record(assignment, EntryKind.SILENCE, Said(**said), fault)


@transaction.atomic
def close(
    assignment: Assignment,
    *,
    closure: str,
    reason: str = "",
    competent_body: Organisation | None = None,
    superseded_by: Recommendation | None = None,
    **said: Any,
) -> FollowUp:
    """Close a row. Closing as not competent opens the row of the body that is: the one given, else the one named."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        now = rules.state_of(entries, today=today)
        return rules.closure_fault(move, now=now, clock=clock_of(row), today=today)

    if closure == Closure.NOT_COMPETENT and competent_body is None:
        named = assignment.follow_ups.filter(position=Position.NOT_COMPETENT).newest_first().first()
        competent_body = named.competent_body if named else None
    entry = record(
        assignment,
        EntryKind.CLOSURE,
        _decided(reason, said),
        fault,
        closure=known(Closure, closure),
        competent_body=competent_body,
        superseded_by=superseded_by,
    )
    if closure == Closure.NOT_COMPETENT:
        open_named_row(entry)
    return entry


def accept_not_ours(assignment: Assignment, *, reason: str, **said: Any) -> FollowUp:
    """Accept that a matter is not the institution's own: its row closes and that of the body it named opens."""
    return close(assignment, closure=Closure.NOT_COMPETENT, reason=reason, **said)


@transaction.atomic
def close_whole(
    recommendation: Recommendation,
    *,
    closure: str,
    reason: str = "",
    seen: int | None = None,
    judged: int | None = None,
    **said: Any,
) -> list[FollowUp]:
    """Close every open row of a recommendation by one act; all or none. ``seen`` and ``judged``: of all these rows."""
    Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    rows = list(recommendation.assignments.open().filter(is_withdrawn=False).order_by("number"))
    if not rows:
        raise Refused(_("Nothing is open here. There is nothing to close."))
    refuse_overtaken(rows, seen=seen, judged=judged)
    act = uuid.uuid4()
    return [close(row, closure=closure, reason=reason, act=act, **said) for row in rows]


def reopen(assignment: Assignment, *, reason: str, **said: Any) -> FollowUp:
    """Open a closed row again, on contradicting evidence that has become public."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        return rules.reopening_fault(move, now=rules.state_of(entries, today=today), today=today)

    return record(assignment, EntryKind.REOPENING, _decided(reason, said), fault)


def _decided(reason: str, said: dict[str, Any]) -> Said:
    """A moderator's decision: of today, on no institution's word."""
    decided: dict[str, Any] = {"basis": Basis.PUBLISHED_SOURCE, "refers_on": timezone.localdate(), "text": reason}
    return Said(**decided | said)
