"""Ages, dates due, and the days from which something holds."""

import datetime as dt

import pytest

from recommendations import rules
from recommendations.choices import (
    Age,
    Closure,
    Finding,
    Implementation,
    Position,
    Rung,
)
from recommendations.rules import Clock, Entry, State
from tests.recommendations.rules.builders import (
    TODAY,
    closure,
    day,
    found,
    report,
    state_of,
)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2023-12-15", 1, "2024-01-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-21", 24, "2028-11-21"),
        ("2026-11-30", 13, "2027-12-30"),
    ],
)
def test_months_end_where_the_month_is_shorter(start: str, months: int, end: str) -> None:
    assert rules.add_months(day(start), months) == day(end)


@pytest.mark.parametrize(
    ("last", "age"),
    [
        (None, Age.NONE),
        ("2026-11-21", Age.FRESH),
        ("2025-11-22", Age.FRESH),
        ("2025-11-21", Age.AGEING),
        ("2024-11-21", Age.AGEING),
        ("2024-11-20", Age.STALE),
    ],
)
def test_information_ages_from_twelve_months_on_and_is_stale_after_twenty_four(last: str | None, age: str) -> None:
    assert rules.age_of(day(last) if last else None, TODAY) == age


NOTIFIED = Clock(notified_on=day("2026-01-10"), issued_in=2020)


@pytest.mark.law("clock-position")
def test_a_position_is_due_ninety_days_after_the_first_notice() -> None:
    assert rules.next_due(NOTIFIED, State()) == day("2026-04-10")


@pytest.mark.law("clock-report")
@pytest.mark.parametrize(
    ("value", "due"),
    [
        (Position.ACCEPTED, "2026-09-01"),
        (Position.ACCEPTED_IN_PART, "2026-09-01"),
        (Position.ACCEPTED_OTHER_MEANS, "2026-09-01"),
        (Position.NOTED, "2027-03-01"),
        (Position.DECLINED, "2027-03-01"),
    ],
)
def test_a_report_is_due_six_months_after_the_last_answer_when_accepted_else_twelve(value: str, due: str) -> None:
    assert rules.next_due(NOTIFIED, State(position=value, last_answer_on=day("2026-03-01"))) == day(due)


def test_an_answer_older_than_the_first_notice_does_not_shorten_the_time() -> None:
    state = State(position=Position.NOTED, last_answer_on=day("2019-01-01"))

    assert rules.next_due(NOTIFIED, state) == day("2027-01-10")


def test_a_report_without_a_position_is_an_answer() -> None:
    assert rules.next_due(NOTIFIED, State(last_answer_on=day("2026-03-01"))) == day("2027-03-01")


def test_a_position_known_before_any_own_word_runs_from_the_notice() -> None:
    assert rules.next_due(NOTIFIED, State(position=Position.NOTED)) == day("2027-01-10")


@pytest.mark.law("clock-start", "clock-closed")
@pytest.mark.parametrize(
    ("clock", "state"),
    [
        (Clock(), State()),
        (Clock(notified_on=day("2026-01-10"), is_collective=True), State()),
        (NOTIFIED, State(closure=Closure.DECLINED)),
    ],
)
def test_nothing_is_due_before_a_notice_from_a_group_or_once_closed(clock: Clock, state: State) -> None:
    assert rules.next_due(clock, state) is None
    assert not rules.is_overdue(clock, state, TODAY)


def test_overdue_begins_on_the_day_after() -> None:
    assert not rules.is_overdue(NOTIFIED, State(), day("2026-04-10"))
    assert rules.is_overdue(NOTIFIED, State(), day("2026-04-11"))


def test_a_target_date_that_passed_is_overdue_without_any_notice() -> None:
    clock = Clock(target_on=day("2026-06-30"))

    assert rules.is_overdue(clock, State(), TODAY)
    assert not rules.is_overdue(clock, State(), day("2026-06-30"))
    assert rules.is_overdue(clock, State(implementation=Implementation.PARTIALLY_IMPLEMENTED), TODAY)
    assert not rules.is_overdue(clock, State(implementation=Implementation.IMPLEMENTED), TODAY)
    assert not rules.is_overdue(clock, State(closure=Closure.DECLINED), TODAY)


def test_a_group_is_never_overdue_even_past_a_target_date() -> None:
    assert not rules.is_overdue(Clock(is_collective=True, target_on=day("2020-01-01")), State(), TODAY)


@pytest.mark.parametrize(
    ("clock", "state", "first"),
    [
        (NOTIFIED, State(), "2026-07-09"),
        (NOTIFIED, State(position=Position.ACCEPTED, last_answer_on=day("2026-03-01")), "2026-11-30"),
        (NOTIFIED, State(closure=Closure.UNVERIFIABLE), None),
        (Clock(issued_in=2020), State(), None),
        (Clock(notified_on=day("2026-01-10"), issued_in=2015), State(), None),
        (Clock(notified_on=day("2026-01-10"), is_collective=True), State(), None),
    ],
    ids=["position", "report", "closed", "never asked", "edition of 2015", "group"],
)
def test_that_no_answer_came_is_said_ninety_days_after_one_was_due(
    clock: Clock, state: State, first: str | None
) -> None:
    assert rules.no_answer_from(clock, state) == (day(first) if first else None)


@pytest.mark.law("clock-early")
def test_editions_before_2016_are_never_overdue() -> None:
    early = Clock(notified_on=day("2020-01-01"), issued_in=2015)

    assert not rules.is_overdue(early, State(), TODAY)
    assert rules.is_overdue(Clock(notified_on=day("2020-01-01"), issued_in=2016), State(), TODAY)
    assert rules.is_overdue(Clock(notified_on=day("2020-01-01")), State(), TODAY)


def test_whether_something_is_disputed_on_a_day_is_told_by_the_day_from_which_it_is() -> None:
    logs = [
        [report(Implementation.IMPLEMENTED)],
        [
            report(
                Implementation.IMPLEMENTED, judgements=(found(Finding.CONTRADICTS, "2026-02-01", public="2026-02-15"),)
            )
        ],
        [
            report(
                Implementation.IMPLEMENTED,
                judgements=(
                    found(Finding.CONTRADICTS, "2026-02-01", public="2026-02-15"),
                    found(Finding.HOLDS, "2026-03-01"),
                    found(Finding.CONTRADICTS, "2026-11-15", public="2026-11-29"),
                ),
            )
        ],
        [
            report(Implementation.IMPLEMENTED, judgements=(found(Finding.CONTRADICTS, "2026-02-01"),)),
            report(Implementation.STALLED, "2026-05-01", recorded="2026-05-02"),
        ],
        [closure(Closure.DECLINED, judgements=(found(Finding.CONTRADICTS, "2026-02-01", public="2026-02-15"),))],
    ]

    firsts = [rules.disputed_from(log) for log in logs]

    assert firsts == [None, day("2026-02-15"), day("2026-11-29"), None, day("2026-02-15")]
    for log, first in zip(logs, firsts, strict=True):
        for later in range(60):
            on = TODAY + dt.timedelta(days=later)
            assert rules.state_of(log, today=on).is_disputed == (first is not None and first <= on)


@pytest.mark.law("verified-again")
@pytest.mark.parametrize(("rechecks", "due"), [(0, "2021-02-01"), (1, "2023-02-01"), (2, None)])
def test_a_verified_implementation_is_checked_again_after_twelve_and_thirty_six_months(
    rechecks: int, due: str | None
) -> None:
    state = State(implementation=Implementation.IMPLEMENTED, confirmed_on=day("2020-02-01"), rechecks=rechecks)

    assert rules.recheck_due(state) == (day(due) if due else None)


def test_only_a_verified_implementation_is_checked_again() -> None:
    assert rules.recheck_due(State(implementation=Implementation.IMPLEMENTED)) is None
    partial = State(implementation=Implementation.PARTIALLY_IMPLEMENTED, confirmed_on=day("2020-02-01"))
    assert rules.recheck_due(partial) is None


def test_only_a_contradiction_waits_for_the_right_of_reply() -> None:
    for finding in Finding:
        expected = day("2026-12-05") if finding == Finding.CONTRADICTS else TODAY
        assert rules.public_from(finding, TODAY) == expected


# --- What waits for an assessor


def waiting(*log: Entry) -> tuple[dt.date, dt.date] | None:
    found = rules.waiting_claim(log, state_of(*log))
    return (found.since, found.due) if found else None


@pytest.mark.law("clock-assessment")
@pytest.mark.parametrize(
    ("claimed", "days"), [(Implementation.PARTIALLY_IMPLEMENTED, 30), (Implementation.IMPLEMENTED, 60)]
)
def test_a_claim_is_assessed_within_thirty_days_a_whole_one_within_sixty(claimed: str, days: int) -> None:
    since = day("2026-01-01")

    assert waiting(report(claimed, recorded="2026-01-01")) == (since, since + dt.timedelta(days=days))


def test_only_an_open_claim_that_nobody_judged_waits() -> None:
    claim = report(Implementation.IMPLEMENTED)
    judged = [
        report(Implementation.IMPLEMENTED, judgements=(found(finding, "2026-02-01"),))
        for finding in (Finding.CONFIRMS, Finding.CONTRADICTS, Finding.RETURNED)
    ]

    assert [waiting(entry) for entry in judged] == [None, None, None]
    assert waiting(claim, closure(Closure.UNVERIFIABLE)) is None
    assert waiting(report(Implementation.STALLED)) is None
    assert waiting() is None


@pytest.mark.law("order-of-the-log")
def test_what_was_claimed_last_waits_though_a_later_date_stays_the_state() -> None:
    step = report(Implementation.IN_PROGRESS, "2026-01-20", recorded="2026-01-20")
    done = report(Implementation.IMPLEMENTED, "2026-01-01", recorded="2026-01-21", is_own=True)
    others = report(Implementation.IMPLEMENTED, "2026-01-01", recorded="2026-01-21")
    moved = report(Implementation.STALLED, "2026-01-25", recorded="2026-01-25")

    assert state_of(step, done).implementation == Implementation.IN_PROGRESS
    assert waiting(step, done) == (day("2026-01-21"), day("2026-03-22"))
    assert waiting(step, others) is None
    assert waiting(step, done, moved) is None


def test_an_older_claim_of_no_more_than_what_is_confirmed_waits_for_nobody() -> None:
    confirmed = report(
        Implementation.PARTIALLY_IMPLEMENTED, "2026-01-20", judgements=(found(Finding.CONFIRMS, "2026-02-01"),)
    )
    older = report(Implementation.PARTIALLY_IMPLEMENTED, "2026-01-01", recorded="2026-03-01", is_own=True)

    assert waiting(confirmed, older) is None


def test_a_claim_that_was_asked_back_waits_again_from_the_day_of_the_answer() -> None:
    returned = report(
        Implementation.IMPLEMENTED, recorded="2026-01-01", judgements=(found(Finding.RETURNED, "2026-02-01"),)
    )
    repeated = report(Implementation.IMPLEMENTED, "2020-02-01", recorded="2026-03-01")
    log = [returned, repeated]

    waits = rules.waiting_claim(log, state_of(*log))

    assert waits is not None
    assert (waits.since, waits.entry) == (day("2026-03-01"), repeated)


# --- The reply ladder


@pytest.mark.law("clock-ladder")
@pytest.mark.parametrize(
    ("letters", "silent", "rung", "from_day"),
    [
        ((), None, Rung.DEPUTY, "2026-05-01"),
        (("2026-04-30",), None, Rung.DEPUTY, "2026-05-01"),
        (("2026-05-01",), None, Rung.MODERATOR, "2026-05-31"),
        (("2026-06-15",), None, Rung.MODERATOR, "2026-05-31"),
        (("2026-05-01", "2026-05-31"), None, Rung.SILENCE, "2026-06-30"),
        (("2026-05-01", "2026-05-31"), "2026-07-01", Rung.CLOSING, "2028-01-01"),
    ],
)
def test_the_reply_ladder_names_its_next_rung_and_the_day_for_it(
    letters: tuple[str, ...], silent: str | None, rung: str, from_day: str
) -> None:
    state = State(letters_on=tuple(map(day, letters)), silent_on=day(silent) if silent else None)

    assert rules.next_step(Clock(notified_on=day("2026-01-01")), state) == rules.Step(rung, day(from_day))


def test_nobody_climbs_the_ladder_for_a_group_a_closed_item_or_one_that_was_answered() -> None:
    asked = Clock(notified_on=day("2026-01-01"))

    assert rules.next_step(Clock(), State()) == rules.Step(Rung.NOTICE, dt.date.min)
    assert rules.next_step(Clock(notified_on=day("2026-01-01"), is_collective=True), State()) is None
    assert rules.next_step(asked, State(closure=Closure.UNVERIFIABLE)) is None
    assert rules.next_step(asked, State(last_answer_on=day("2026-02-01"))) is None
