"""When an answer, an assessment or another look is due; what is late, ageing or stale; pure ("Clock")."""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from recommendations.choices import ACCEPTING, ACHIEVED, Age, EntryKind, Finding, Implementation, Position, Rung
from recommendations.rules.log import Entry, State, claim_of, in_order

RIGHT_OF_REPLY = dt.timedelta(days=14)
POSITION_WITHIN = dt.timedelta(days=90)
REPORT_MONTHS, REPORT_MONTHS_ACCEPTED = 12, 6
RECHECK_MONTHS = (12, 36)
AGEING_MONTHS, STALE_MONTHS = 12, 24
SILENCE_MONTHS = 24
# After the day on which an answer was due: the deputy is written to, a moderator writes, and no answer came.
DEPUTY_AFTER, MODERATOR_AFTER, SILENT_AFTER = (dt.timedelta(days=days) for days in (30, 60, 90))
ASSESSED_WITHIN = {
    Implementation.PARTIALLY_IMPLEMENTED: dt.timedelta(days=30),
    Implementation.IMPLEMENTED: dt.timedelta(days=60),
}
# Editions before it get one campaign of first contacts instead of overdue marks.
FIRST_YEAR_WITH_CLOCK = 2016


@dataclass(frozen=True)
class Clock:
    """What the times of an answer are reckoned from."""

    notified_on: dt.date | None = None
    is_collective: bool = False
    target_on: dt.date | None = None
    issued_in: int | None = None  # year of the recommendation


@dataclass(frozen=True)
class Waiting:
    """A claim that waits for an assessor: its newest entry, since when it waits, until when it should not."""

    entry: Entry
    since: dt.date
    due: dt.date


@dataclass(frozen=True)
class Step:
    """The next rung of the reply ladder and the first day for it."""

    rung: str
    from_day: dt.date


def waiting_claim(entries: Iterable[Entry], now: State) -> Waiting | None:
    """The open claim that nobody has looked at since it was made or repeated, if there is one.

    A claim that was returned or contradicted waits again when the institution has repeated or raised it. What the
    institution claimed last of all waits too where an entry of a later date stays the state.
    """
    log = in_order(entries)
    reports = [entry for entry in log if entry.kind == EntryKind.REPORT]
    if now.closure or not reports:
        return None
    claim = reports[-1] if now.implementation in ACHIEVED and not now.is_confirmed else _claimed_behind(reports, now)
    if claim is None:
        return None
    made = sorted(claim_of(log, claim), key=lambda entry: (entry.recorded_at, entry.id))
    judged = [place for place, entry in enumerate(made) if entry.judgements]
    left = made[judged[-1] + 1 :] if judged else made
    if not left:
        return None
    since = left[0].recorded_on
    return Waiting(left[-1], since, since + ASSESSED_WITHIN[Implementation(claim.implementation)])


def _claimed_behind(reports: Iterable[Entry], now: State) -> Entry | None:
    """The report recorded last of all, where the institution claims more by it than a later date lets stand."""
    last = max(reports, key=lambda entry: (entry.recorded_at, entry.id))
    is_more = last.implementation in ACHIEVED and now.implementation not in {
        last.implementation,
        Implementation.IMPLEMENTED,
    }
    return last if is_more and last.is_own else None


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def age_of(last_information_on: dt.date | None, today: dt.date) -> str:
    """Ageing from 12 months on, stale after more than 24."""
    if last_information_on is None:
        return Age.NONE
    if stale_from(last_information_on) <= today:
        return Age.STALE
    return Age.AGEING if ageing_from(last_information_on) <= today else Age.FRESH


def ageing_from(last_information_on: dt.date) -> dt.date:
    """The first day on which it is ageing."""
    return add_months(last_information_on, AGEING_MONTHS)


def stale_from(last_information_on: dt.date) -> dt.date:
    """The first day on which it is stale."""
    return add_months(last_information_on, STALE_MONTHS) + dt.timedelta(days=1)


def next_due(clock: Clock, state: State) -> dt.date | None:
    """The day until which the institution is to answer next; None before a first notice, for a group, once closed."""
    if clock.notified_on is None or clock.is_collective or state.closure:
        return None
    if state.position == Position.NO_ANSWER and state.last_answer_on is None:
        return clock.notified_on + POSITION_WITHIN
    months = REPORT_MONTHS_ACCEPTED if state.position in ACCEPTING else REPORT_MONTHS
    return add_months(max(clock.notified_on, state.last_answer_on or clock.notified_on), months)


def next_step(clock: Clock, now: State) -> Step | None:
    """What the reply ladder asks for next: None for a group, once closed, and once the institution has answered.

    Without a notice nothing has begun: the step is the notice, from any day on.
    """
    if clock.is_collective or now.closure or now.last_answer_on is not None:
        return None
    if clock.notified_on is None:
        return Step(Rung.NOTICE, dt.date.min)
    due = clock.notified_on + POSITION_WITHIN
    if now.silent_on is not None:
        return Step(Rung.CLOSING, add_months(clock.notified_on, SILENCE_MONTHS))
    letters = sorted(now.letters_on)
    to_deputy = next((day for day in letters if day >= due + DEPUTY_AFTER), None)
    if to_deputy is None:
        return Step(Rung.DEPUTY, due + DEPUTY_AFTER)
    # Another letter than the one before: a single late one is no ladder.
    if not any(day > to_deputy and day >= due + MODERATOR_AFTER for day in letters):
        return Step(Rung.MODERATOR, due + MODERATOR_AFTER)
    return Step(Rung.SILENCE, due + SILENT_AFTER)


def is_early(clock: Clock) -> bool:
    """Whether it was issued before the clock: one campaign of first contacts, and no mark of being overdue."""
    return clock.issued_in is not None and clock.issued_in < FIRST_YEAR_WITH_CLOCK


def overdue_from(clock: Clock, state: State) -> dt.date | None:
    """The first day after the target date or the day of the next answer; None for a group or an early edition."""
    if clock.is_collective or state.closure or is_early(clock):
        return None
    target = None if state.implementation == Implementation.IMPLEMENTED else clock.target_on
    due = [day for day in (target, next_due(clock, state)) if day is not None]
    return min(due) + dt.timedelta(days=1) if due else None


def is_overdue(clock: Clock, state: State, today: dt.date) -> bool:
    """Whether the target date or the day of the next answer has passed; never for a group or an early edition."""
    first = overdue_from(clock, state)
    return first is not None and first <= today


def no_answer_from(clock: Clock, state: State) -> dt.date | None:
    """The day from which the page says that no answer came: 90 days after it was due; None as for being overdue."""
    due = None if is_early(clock) else next_due(clock, state)
    return due + SILENT_AFTER if due else None


def recheck_due(state: State) -> dt.date | None:
    """When a verified implementation is to be looked at again, open or closed: after 12 and after 36 months."""
    if state.confirmed_on is None or state.implementation != Implementation.IMPLEMENTED:
        return None
    if state.rechecks >= len(RECHECK_MONTHS):
        return None
    return add_months(state.confirmed_on, RECHECK_MONTHS[state.rechecks])


def public_from(finding: str, recorded_on: dt.date) -> dt.date:
    """The day from which an assessment counts: a contradiction leaves the institution its right of reply."""
    return recorded_on + RIGHT_OF_REPLY if finding == Finding.CONTRADICTS else recorded_on
