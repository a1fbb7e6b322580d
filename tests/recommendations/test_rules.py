"""The rules of follow-up: what a log amounts to, who may move what and with what, times, badges, references."""

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations import rules
from recommendations.choices import (
    ACHIEVED,
    SCALE,
    AddresseeRole,
    Age,
    Badge,
    Closure,
    EntryKind,
    EvidenceKind,
    FactPrecision,
    Finding,
    Implementation,
    Position,
)
from recommendations.rules import Actor, Clock, Entry, Judgement, Move, Proof, Row, State

TODAY = dt.date(2026, 11, 21)
OFFICIAL, MODERATOR, IMPORT = (frozenset({actor}) for actor in Actor)
RESOLUTION = Proof(EvidenceKind.RESOLUTION, "uchwała")
BUDGET = Proof(EvidenceKind.BUDGET, "budżet")
PAGE = Proof(EvidenceKind.WEB_PAGE, "https://example.org")
PRESS = Proof(EvidenceKind.PRESS, "gazeta")
_ids = iter(range(1, 10**9))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def entry(kind: str, refers: str | None, *, recorded: str = "2026-01-01", **values: Any) -> Entry:
    recorded_on = day(recorded)
    moment = dt.datetime.combine(recorded_on, dt.time(12), dt.UTC)
    refers_on = day(refers) if refers else None
    return Entry(kind, moment, recorded_on, refers_on=refers_on, **({"id": next(_ids)} | values))


def report(implementation: str, refers: str | None = "2020-01-01", **values: Any) -> Entry:
    return entry(EntryKind.REPORT, refers, implementation=implementation, **values)


def position(value: str, refers: str | None = "2020-01-01", **values: Any) -> Entry:
    return entry(EntryKind.POSITION, refers, position=value, **values)


def closure(value: str, refers: str | None = "2021-01-01", **values: Any) -> Entry:
    return entry(EntryKind.CLOSURE, refers, closure=value, **values)


def found(finding: str, on: str, *, public: str | None = None, **values: Any) -> Judgement:
    return Judgement(finding, day(on), day(public or on), **({"id": next(_ids)} | values))


def state_of(*entries: Entry, **days: str) -> State:
    return rules.state_of(entries, today=TODAY, **{name: day(value) for name, value in days.items()})


# --- The log


def test_an_empty_log_says_nothing() -> None:
    assert state_of() == State()
    assert (State().position, State().implementation) == (Position.NO_ANSWER, Implementation.NO_INFORMATION)


def test_the_last_entry_by_the_date_it_refers_to_decides_whatever_was_recorded_last() -> None:
    newer = report(Implementation.STALLED, "2022-01-01", recorded="2026-01-01")
    older = report(Implementation.IN_PROGRESS, "2021-01-01", recorded="2026-02-01")

    assert state_of(newer, older).implementation == Implementation.STALLED


def test_of_two_entries_of_one_day_the_later_recorded_decides() -> None:
    later = report(Implementation.STALLED, recorded="2026-02-01")
    earlier = report(Implementation.IN_PROGRESS, recorded="2026-01-01")

    assert state_of(later, earlier).implementation == Implementation.STALLED


def test_of_two_entries_recorded_in_one_moment_the_higher_id_decides() -> None:
    assert state_of(report(Implementation.STALLED, id=9), report(Implementation.IN_PROGRESS, id=8)).implementation == (
        Implementation.STALLED
    )


def test_an_entry_whose_date_nobody_knows_stands_before_all_dated_ones() -> None:
    undated = report(Implementation.STALLED, None, recorded="2026-06-01")
    dated = report(Implementation.IN_PROGRESS, "1990-01-01", recorded="2026-01-01")

    assert rules.in_order([dated, undated]) == [undated, dated]
    assert state_of(dated, undated).implementation == Implementation.IN_PROGRESS


def test_positions_reports_and_closures_do_not_touch_each_other() -> None:
    state = state_of(
        position(Position.ACCEPTED, "2020-01-01"),
        report(Implementation.STALLED, "2020-02-01"),
        closure(Closure.UNVERIFIABLE, "2020-03-01"),
    )

    assert (state.position, state.implementation, state.closure) == (
        Position.ACCEPTED,
        Implementation.STALLED,
        Closure.UNVERIFIABLE,
    )


def test_a_reopening_opens_what_was_closed() -> None:
    assert state_of(closure(Closure.UNVERIFIABLE), entry(EntryKind.REOPENING, "2022-01-01")).closure == ""


@pytest.mark.parametrize("kind", [EntryKind.NOTE, EntryKind.LETTER, EntryKind.SILENCE])
def test_a_note_a_letter_or_a_silence_moves_nothing_and_refreshes_nothing(kind: str) -> None:
    assert (
        state_of(entry(kind, "2026-01-01", is_own=True, judgements=(found(Finding.CONFIRMS, "2026-02-01"),))) == State()
    )


def test_the_state_on_a_day_leaves_out_what_happened_later() -> None:
    log = [report(Implementation.IN_PROGRESS, "2020-01-01"), report(Implementation.STALLED, "2022-01-01")]

    assert state_of(*log, on="2021-12-31").implementation == Implementation.IN_PROGRESS
    assert state_of(*log, on="2022-01-01").implementation == Implementation.STALLED
    assert state_of(*log, on="2019-12-31") == State()


def test_the_state_as_known_on_a_day_leaves_out_what_was_recorded_later() -> None:
    late = report(Implementation.IN_PROGRESS, "2020-01-01", recorded="2026-05-05")

    assert state_of(late, on="2021-01-01").implementation == Implementation.IN_PROGRESS
    assert state_of(late, on="2021-01-01", known_on="2026-05-04") == State()
    assert state_of(late, on="2021-01-01", known_on="2026-05-05").implementation == Implementation.IN_PROGRESS


def test_an_undated_entry_belongs_to_the_state_from_the_day_it_was_recorded() -> None:
    undated = position(Position.NOTED, None, recorded="2026-03-03")

    assert state_of(undated, on="2026-03-02").position == Position.NO_ANSWER
    assert state_of(undated, on="2026-03-03").position == Position.NOTED


def test_a_confirmation_makes_a_claim_confirmed_from_its_day() -> None:
    claim = report(Implementation.IMPLEMENTED, judgements=(found(Finding.CONFIRMS, "2021-05-05"),))

    assert state_of(claim).confirmed_on == day("2021-05-05")
    assert state_of(claim).is_confirmed
    assert not state_of(claim, on="2021-05-04").is_confirmed
    assert not state_of(report(Implementation.IMPLEMENTED)).is_confirmed


def test_a_confirmed_step_is_no_confirmed_achievement() -> None:
    assert not state_of(
        report(Implementation.IN_PROGRESS, judgements=(found(Finding.CONFIRMS, "2021-05-05"),))
    ).is_confirmed


def test_a_report_of_no_change_carries_the_confirmation_on() -> None:
    claim = report(Implementation.IMPLEMENTED, judgements=(found(Finding.CONFIRMS, "2021-05-05"),))

    assert state_of(claim, report(Implementation.IMPLEMENTED, "2022-01-01")).is_confirmed


def test_a_new_claim_needs_a_confirmation_of_its_own() -> None:
    partial = report(Implementation.PARTIALLY_IMPLEMENTED, judgements=(found(Finding.CONFIRMS, "2021-05-05"),))

    assert not state_of(partial, report(Implementation.IMPLEMENTED, "2022-01-01")).is_confirmed


def test_a_weakened_check_takes_the_confirmation_away_and_a_new_one_starts_the_checks_again() -> None:
    weakened = (
        found(Finding.CONFIRMS, "2021-01-01"),
        found(Finding.HOLDS, "2022-01-01"),
        found(Finding.WEAKENED, "2023-01-01"),
    )
    again = (*weakened, found(Finding.CONFIRMS, "2024-01-01"))

    assert not state_of(report(Implementation.IMPLEMENTED, judgements=weakened)).is_confirmed
    state = state_of(report(Implementation.IMPLEMENTED, judgements=again))
    assert (state.confirmed_on, state.rechecks) == (day("2024-01-01"), 0)


def test_checks_that_hold_are_counted_and_a_second_confirmation_does_not_restart_the_clock() -> None:
    judgements = (
        found(Finding.CONFIRMS, "2021-01-01"),
        found(Finding.HOLDS, "2022-01-01"),
        found(Finding.CONFIRMS, "2022-06-01"),
    )
    state = state_of(report(Implementation.IMPLEMENTED, judgements=judgements))

    assert (state.confirmed_on, state.rechecks) == (day("2021-01-01"), 1)


def test_assessments_count_in_the_order_of_their_days_then_of_their_ids() -> None:
    by_day = (found(Finding.WEAKENED, "2023-01-01"), found(Finding.CONFIRMS, "2021-01-01"))
    by_id = (found(Finding.WEAKENED, "2021-01-01", id=8), found(Finding.CONFIRMS, "2021-01-01", id=7))

    assert not state_of(report(Implementation.IMPLEMENTED, judgements=by_day)).is_confirmed
    assert not state_of(report(Implementation.IMPLEMENTED, judgements=by_id)).is_confirmed


def test_a_contradiction_counts_nowhere_before_it_is_public() -> None:
    contradicted = report(
        Implementation.IMPLEMENTED, judgements=(found(Finding.CONTRADICTS, "2026-11-01", public="2026-11-15"),)
    )

    assert not state_of(contradicted, known_on="2026-11-14").is_disputed
    assert state_of(contradicted, known_on="2026-11-15").is_disputed
    assert not state_of(contradicted, on="2026-11-14").is_disputed
    assert state_of(contradicted, on="2026-11-14").last_information_on == day("2020-01-01")
    assert state_of(contradicted).last_information_on == day("2026-11-01")


@pytest.mark.parametrize("finding", [Finding.CONFIRMS, Finding.HOLDS])
def test_a_later_confirmation_ends_a_dispute(finding: str) -> None:
    judgements = (found(Finding.CONTRADICTS, "2022-01-01"), found(finding, "2023-01-01"))

    assert not state_of(report(Implementation.IMPLEMENTED, judgements=judgements)).is_disputed
    assert state_of(report(Implementation.IMPLEMENTED, judgements=judgements), on="2022-06-01").is_disputed


def test_weakening_ends_no_dispute() -> None:
    judgements = (found(Finding.CONTRADICTS, "2022-01-01"), found(Finding.WEAKENED, "2023-01-01"))

    assert state_of(report(Implementation.IMPLEMENTED, judgements=judgements)).is_disputed


def test_a_contradicted_closure_is_disputed_until_it_is_reopened() -> None:
    closed = closure(Closure.DECLINED, judgements=(found(Finding.CONTRADICTS, "2022-01-01"),))

    assert state_of(closed).is_disputed
    assert not state_of(closed, entry(EntryKind.REOPENING, "2023-01-01")).is_disputed


def test_a_contradiction_of_a_claim_left_behind_is_no_dispute() -> None:
    claim = report(Implementation.IMPLEMENTED, judgements=(found(Finding.CONTRADICTS, "2022-01-01"),))

    assert not state_of(claim, report(Implementation.REVERSED, "2023-01-01")).is_disputed


@pytest.mark.parametrize(
    "informing",
    [
        position(Position.NOTED, "2022-02-02"),
        report(Implementation.STALLED, "2022-02-02"),
        closure(Closure.UNVERIFIABLE, "2022-02-02"),
        entry(EntryKind.REOPENING, "2022-02-02"),
        position(Position.NOTED, None, judgements=(found(Finding.CONFIRMS, "2022-02-02"),)),
    ],
)
def test_positions_reports_closures_reopenings_and_assessments_refresh_the_age(informing: Entry) -> None:
    older = report(Implementation.IN_PROGRESS, "2021-01-01")

    assert state_of(informing, older).last_information_on == day("2022-02-02")


def test_an_entry_without_a_date_refreshes_nothing() -> None:
    assert state_of(position(Position.NOTED, None)).last_information_on is None


def test_an_answer_is_a_position_or_an_own_report_and_counts_from_its_recording() -> None:
    assert state_of(report(Implementation.STALLED)).last_answer_on is None
    assert state_of(closure(Closure.UNVERIFIABLE, is_own=True)).last_answer_on is None
    assert state_of(position(Position.NOTED, recorded="2026-02-02")).last_answer_on == day("2026-02-02")
    own = report(Implementation.STALLED, recorded="2026-03-03", is_own=True)
    assert state_of(own, position(Position.NOTED, recorded="2026-02-02")).last_answer_on == day("2026-03-03")


dated = st.one_of(st.none(), st.dates(day("2010-01-01"), TODAY))
logs = st.lists(
    st.builds(
        lambda value, refers, recorded: report(
            value, refers.isoformat() if refers else None, recorded=recorded.isoformat()
        ),
        st.sampled_from([value for value in Implementation if value != Implementation.NO_INFORMATION]),
        dated,
        st.dates(day("2015-01-01"), TODAY),
    ),
    max_size=6,
)


@given(logs, st.randoms())
def test_the_state_does_not_depend_on_the_order_in_which_entries_are_read(log: list[Entry], random: Any) -> None:
    shuffled = list(log)
    random.shuffle(shuffled)

    assert rules.state_of(shuffled, today=TODAY) == rules.state_of(log, today=TODAY)


@given(logs, st.dates(day("2010-01-01"), TODAY))
def test_the_state_on_a_day_is_that_of_the_log_as_it_was(log: list[Entry], on: dt.date) -> None:
    until = [one for one in log if (one.refers_on or one.recorded_on) <= on]

    assert rules.state_of(log, today=TODAY, on=on) == rules.state_of(until, today=TODAY)


@given(logs, dated)
def test_a_new_entry_decides_exactly_when_nothing_stands_after_it(log: list[Entry], refers_on: dt.date | None) -> None:
    before = rules.preceding(log, refers_on)
    new = report(
        Implementation.REVERSED, refers_on.isoformat() if refers_on else None, recorded=TODAY.isoformat(), id=10**10
    )

    assert rules.in_order([*log, new])[len(before)] == new


def test_a_claim_is_the_report_and_its_neighbours_that_repeat_it() -> None:
    first = report(Implementation.IMPLEMENTED, "2016-01-01")
    stalled = report(Implementation.STALLED, "2017-01-01")
    claim = [report(Implementation.IMPLEMENTED, f"20{year}-01-01") for year in (18, 19)]
    after = report(Implementation.REVERSED, "2020-01-01")
    answer = position(Position.ACCEPTED, "2018-06-01")
    log = [after, *claim, answer, stalled, first]

    assert rules.claim_of(log, claim[0]) == rules.claim_of(log, claim[1]) == claim
    assert rules.claim_of(log, first) == [first]
    assert rules.claim_of(log, after) == [after]
    assert rules.claim_of(log, answer) == [answer]


@pytest.mark.parametrize(
    ("precision", "first"),
    [
        (FactPrecision.DAY, "2015-05-17"),
        (FactPrecision.MONTH, "2015-05-01"),
        (FactPrecision.YEAR, "2015-01-01"),
        (FactPrecision.ABOUT, "2015-05-17"),
    ],
)
def test_a_month_or_a_year_compares_by_its_first_day(precision: str, first: str) -> None:
    assert rules.first_day(day("2015-05-17"), precision) == day(first)


# --- The badge


def row(implementation: str, **values: Any) -> Row:
    return Row(**({"role": AddresseeRole.ESSENTIAL, "implementation": implementation} | values))


def badge_of(*rows: Row) -> str:
    return rules.summary_of(rows).badge


@pytest.mark.parametrize(
    ("standing", "badge"),
    [
        (row(Implementation.NO_INFORMATION), Badge.NO_INFORMATION),
        (row(Implementation.NOT_STARTED), Badge.NOT_STARTED),
        (row(Implementation.IN_PROGRESS), Badge.IN_PROGRESS),
        (row(Implementation.STALLED), Badge.STALLED),
        (row(Implementation.REVERSED), Badge.REVERSED),
        (row(Implementation.PARTIALLY_IMPLEMENTED), Badge.IN_PROGRESS),
        (row(Implementation.PARTIALLY_IMPLEMENTED, is_confirmed=True), Badge.PARTIALLY_IMPLEMENTED),
        (row(Implementation.IMPLEMENTED), Badge.DECLARED),
        (row(Implementation.IMPLEMENTED, is_confirmed=True), Badge.VERIFIED),
    ],
)
def test_one_addressee_gives_its_own_step(standing: Row, badge: str) -> None:
    assert badge_of(standing) == badge


def test_of_neighbouring_steps_the_less_advanced_is_the_badge() -> None:
    assert badge_of(row(Implementation.STALLED), row(Implementation.IN_PROGRESS)) == Badge.STALLED
    assert badge_of(row(Implementation.IN_PROGRESS), row(Implementation.STALLED)) == Badge.STALLED


def test_steps_further_apart_are_mixed_and_counted() -> None:
    summary = rules.summary_of(
        [row(Implementation.NO_INFORMATION), row(Implementation.IMPLEMENTED), row(Implementation.IMPLEMENTED)]
    )

    assert summary.badge == Badge.MIXED
    assert summary.counts == {Badge.NO_INFORMATION: 1, Badge.DECLARED: 2}


def test_only_essential_addressees_decide_where_one_is_essential() -> None:
    supporting = row(Implementation.NO_INFORMATION, role=AddresseeRole.SUPPORTING)

    assert badge_of(supporting, row(Implementation.IMPLEMENTED)) == Badge.DECLARED
    assert (
        badge_of(supporting, row(Implementation.IMPLEMENTED, closure=Closure.IMPLEMENTED)) == Badge.CLOSED_IMPLEMENTED
    )


def test_all_decide_where_none_is_essential() -> None:
    rows = [row(value, role=AddresseeRole.SUPPORTING) for value in (Implementation.NOT_STARTED, Implementation.STALLED)]

    assert badge_of(*rows) == Badge.NOT_STARTED


def test_whoever_is_no_longer_asked_does_not_count() -> None:
    gone = row(Implementation.REVERSED, is_withdrawn=True)

    assert badge_of(gone, row(Implementation.STALLED, role=AddresseeRole.SUPPORTING)) == Badge.STALLED
    assert badge_of(gone) == Badge.NO_INFORMATION


def test_a_closed_addressee_leaves_the_badge_to_the_open_ones() -> None:
    closed = row(Implementation.NO_INFORMATION, closure=Closure.DECLINED)

    assert badge_of(closed, row(Implementation.IMPLEMENTED)) == Badge.DECLARED


@pytest.mark.parametrize("closure_", Closure)
def test_when_all_are_closed_the_badge_is_the_closure(closure_: Closure) -> None:
    closed = row(Implementation.STALLED, closure=closure_)

    assert badge_of(closed, closed) == Badge(f"closed_{closure_}")
    assert rules.summary_of([closed]).counts == {}


def test_when_all_are_closed_for_different_reasons_the_badge_says_so() -> None:
    closures = (Closure.DECLINED, Closure.IMPLEMENTED)

    assert badge_of(*(row(Implementation.STALLED, closure=value) for value in closures)) == Badge.CLOSED_MIXED


rows_ = st.builds(
    Row,
    role=st.sampled_from(AddresseeRole.values),
    implementation=st.sampled_from(Implementation.values),
    is_confirmed=st.booleans(),
    closure=st.sampled_from(["", *Closure.values]),
    is_withdrawn=st.booleans(),
)


@given(st.lists(rows_, max_size=6))
def test_the_badge_is_never_better_than_the_worst_open_deciding_addressee(found_rows: list[Row]) -> None:
    summary = rules.summary_of(found_rows)

    if summary.badge in SCALE and summary.counts:
        assert SCALE.index(Badge(summary.badge)) == min(SCALE.index(Badge(step)) for step in summary.counts)
    assert rules.summary_of(reversed(found_rows)) == summary


# --- Time


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


def test_a_position_is_due_ninety_days_after_the_first_notice() -> None:
    assert rules.next_due(NOTIFIED, State()) == day("2026-04-10")


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


# --- Who may move what


def move(kind: str = EntryKind.REPORT, **values: Any) -> Move:
    sound: dict[str, Any] = {
        "kind": kind,
        "actors": OFFICIAL,
        "is_own": True,
        "refers_on": TODAY,
        "text": "Zrobiono krok.",
        "institution": 1,
        "recommendation": 7,
    }
    return Move(**sound | values)


SOURCE: dict[str, Any] = {"is_own": False, "evidence": (PAGE,)}


def said(fault: Any) -> str:
    """The msgid of a refusal, a whole sentence with its remedy; empty for a legal move."""
    sentence = str(fault._args[0]) if fault else ""
    assert not sentence or re.fullmatch(r"[A-Z“].*(\. |: ).*\.|Verifying.*\.", sentence), sentence
    return sentence


def position_fault(**values: Any) -> str:
    return said(rules.position_fault(move(EntryKind.POSITION, **{"position": Position.ACCEPTED} | values), today=TODAY))


def report_fault(implementation: str, before: State | None = None, now: State | None = None, **values: Any) -> str:
    before = before or State()
    proposed = move(implementation=implementation, **values)
    return said(rules.report_fault(proposed, before=before, now=now or before, today=TODAY))


def note_fault(**values: Any) -> str:
    return said(rules.note_fault(move(EntryKind.NOTE, **{"actors": IMPORT} | values), today=TODAY))


def closure_fault(value: str, now: State | None = None, clock: Clock | None = None, **values: Any) -> str:
    proposed = move(EntryKind.CLOSURE, closure=value, **{"actors": MODERATOR, "is_own": False} | values)
    return said(rules.closure_fault(proposed, now=now or State(), clock=clock or Clock(), today=TODAY))


def reopening_fault(now: State, **values: Any) -> str:
    proposed = move(EntryKind.REOPENING, **{"actors": MODERATOR, "is_own": False} | values)
    return said(rules.reopening_fault(proposed, now=now, today=TODAY))


@pytest.mark.parametrize(
    "fault",
    [
        lambda **values: position_fault(**values),
        lambda **values: report_fault(Implementation.STALLED, **values),
        lambda **values: note_fault(**values),
    ],
)
def test_every_entry_asks_who_of_whom_and_when(fault: Any) -> None:
    assert "Only an official of this very institution" in fault(actors=frozenset())
    assert "no longer asked" in fault(actors=MODERATOR, is_withdrawn=True)
    assert "lies in the future" in fault(actors=MODERATOR, refers_on=TODAY + dt.timedelta(days=1))
    assert "speaks for the institution" in fault(actors=OFFICIAL, **SOURCE)
    assert fault(actors=MODERATOR, **SOURCE) == ""


def test_a_closure_and_a_reopening_ask_who_of_whom_and_when_too() -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    closed = State(closure=Closure.DECLINED, is_disputed=True)

    assert "lies in the future" in closure_fault(Closure.UNVERIFIABLE, refers_on=tomorrow)
    assert "no longer asked" in closure_fault(Closure.UNVERIFIABLE, is_withdrawn=True)
    assert "lies in the future" in reopening_fault(closed, refers_on=tomorrow)


def test_an_official_who_is_also_a_moderator_may_quote_a_source() -> None:
    assert position_fault(actors=OFFICIAL | MODERATOR, **SOURCE) == ""


def test_a_position_needs_words_or_a_document() -> None:
    assert "needs words or a document" in position_fault(text="")
    assert position_fault(text="", evidence=(PAGE,)) == ""
    assert position_fault(evidence=()) == ""


@pytest.mark.parametrize("actors", [MODERATOR, IMPORT])
def test_who_is_no_official_records_a_position_from_a_document(actors: frozenset[Actor]) -> None:
    assert "from a document" in position_fault(actors=actors, is_own=False)
    assert position_fault(actors=actors, **SOURCE) == ""


def test_no_answer_is_no_position() -> None:
    assert "is the start and no position" in position_fault(position=Position.NO_ANSWER)


def test_declining_needs_reasons() -> None:
    assert "needs reasons" in position_fault(position=Position.DECLINED, text="", evidence=(PAGE,))
    assert position_fault(position=Position.DECLINED) == ""


def test_not_competent_needs_another_body_that_is() -> None:
    assert "needs the body that is" in position_fault(position=Position.NOT_COMPETENT)
    assert "needs the body that is" in position_fault(position=Position.NOT_COMPETENT, competent_body=1)
    assert position_fault(position=Position.NOT_COMPETENT, competent_body=2) == ""


OPEN_STATES = [State(implementation=value) for value in Implementation if value not in ACHIEVED]


@pytest.mark.parametrize("before", OPEN_STATES)
@pytest.mark.parametrize("to", [Implementation.NOT_STARTED, Implementation.IN_PROGRESS, Implementation.STALLED])
@pytest.mark.parametrize(
    ("actors", "is_own"),
    [(OFFICIAL, True), (MODERATOR, True), (IMPORT, True), (MODERATOR, False), (IMPORT, False)],
)
def test_plain_steps_are_open_to_all_from_any_open_state_that_achieved_nothing(
    before: State, to: str, actors: frozenset[Actor], is_own: bool
) -> None:
    assert report_fault(to, before, actors=actors, is_own=is_own) == ""


@pytest.mark.parametrize("before", sorted(ACHIEVED))
@pytest.mark.parametrize("to", [Implementation.NOT_STARTED, Implementation.IN_PROGRESS, Implementation.STALLED])
def test_what_was_achieved_is_taken_back_only_by_an_assessor(before: str, to: str) -> None:
    state = State(implementation=before)

    for actors, is_own in [(OFFICIAL, True), (MODERATOR, True), (IMPORT, True), (IMPORT, False)]:
        assert "taken back only" in report_fault(to, state, actors=actors, is_own=is_own)
    assert report_fault(to, state, actors=MODERATOR, is_own=False) == ""


def test_implemented_is_lowered_to_partially_only_by_an_assessor_and_raised_by_anybody() -> None:
    implemented = State(implementation=Implementation.IMPLEMENTED)
    partial = State(implementation=Implementation.PARTIALLY_IMPLEMENTED)

    lowered = report_fault(Implementation.PARTIALLY_IMPLEMENTED, implemented, missing="reszta")
    assert "taken back only" in lowered
    assert (
        report_fault(
            Implementation.PARTIALLY_IMPLEMENTED, implemented, missing="reszta", actors=MODERATOR, is_own=False
        )
        == ""
    )
    assert report_fault(Implementation.IMPLEMENTED, partial, evidence=(PAGE,)) == ""
    assert report_fault(Implementation.PARTIALLY_IMPLEMENTED, partial, missing="mniej") == ""
    assert report_fault(Implementation.IMPLEMENTED, implemented, evidence=(PAGE,)) == ""


@pytest.mark.parametrize("to", [Implementation.NOT_STARTED, Implementation.IN_PROGRESS, Implementation.STALLED])
def test_a_plain_step_needs_words(to: str) -> None:
    assert "needs words" in report_fault(to, text="")


def test_only_in_progress_needs_a_dated_step() -> None:
    assert "needs a dated step" in report_fault(Implementation.IN_PROGRESS, refers_on=None)
    assert report_fault(Implementation.STALLED, refers_on=None) == ""


def test_a_partial_claim_needs_what_is_missing_and_no_evidence_yet() -> None:
    assert "needs what is missing" in report_fault(Implementation.PARTIALLY_IMPLEMENTED)
    assert report_fault(Implementation.PARTIALLY_IMPLEMENTED, missing="reszta", text="") == ""
    assert report_fault(Implementation.PARTIALLY_IMPLEMENTED, missing="reszta", actors=IMPORT, is_own=False) == ""


def test_implemented_is_declared_by_the_institution_itself_with_evidence() -> None:
    assert "declared by the institution itself" in report_fault(Implementation.IMPLEMENTED, actors=IMPORT, **SOURCE)
    assert "needs evidence" in report_fault(Implementation.IMPLEMENTED)
    assert report_fault(Implementation.IMPLEMENTED, text="", evidence=(PAGE,)) == ""
    assert report_fault(Implementation.IMPLEMENTED, actors=IMPORT, evidence=(PAGE,)) == ""


def test_no_information_is_never_reported_not_even_as_no_change() -> None:
    assert "is the start and no report" in report_fault(Implementation.NO_INFORMATION)
    assert "is the start and no report" in report_fault(Implementation.NO_INFORMATION, is_no_change=True)


@pytest.mark.parametrize("value", [value for value in Implementation if value != Implementation.NO_INFORMATION])
def test_no_change_is_a_report_that_needs_nothing_more(value: str) -> None:
    assert report_fault(value, State(implementation=value), is_no_change=True, text="") == ""


def test_a_closed_item_takes_no_report_even_one_of_earlier_days() -> None:
    closed = State(closure=Closure.DECLINED)

    assert "closed and takes no report" in report_fault(Implementation.STALLED, State(), closed)
    assert "closed and takes no report" in report_fault(Implementation.STALLED, State(), closed, is_no_change=True)


DISPUTED = State(implementation=Implementation.IMPLEMENTED, is_disputed=True)


@pytest.mark.parametrize("before", sorted(ACHIEVED))
def test_a_reversal_is_an_assessors_act_on_a_public_contradiction_of_something_achieved(before: str) -> None:
    disputed = State(implementation=before, is_disputed=True)

    assert report_fault(Implementation.REVERSED, disputed, actors=MODERATOR, is_own=False) == ""
    for actors, is_own in [(OFFICIAL, True), (MODERATOR, True), (IMPORT, False)]:
        assert "recorded by an assessor" in report_fault(
            Implementation.REVERSED, disputed, actors=actors, is_own=is_own
        )


def test_a_reversal_needs_something_to_reverse_a_public_contradiction_and_a_reason() -> None:
    by_assessor: dict[str, Any] = {"actors": MODERATOR, "is_own": False}
    stalled = State(implementation=Implementation.STALLED, is_disputed=True)
    unquestioned = State(implementation=Implementation.IMPLEMENTED)

    assert "can be reversed" in report_fault(Implementation.REVERSED, stalled, **by_assessor)
    assert "14 days" in report_fault(Implementation.REVERSED, unquestioned, **by_assessor)
    assert "needs a reason" in report_fault(Implementation.REVERSED, DISPUTED, text="", **by_assessor)


def test_only_a_moderators_judgement_from_a_source_is_an_assessors_entry() -> None:
    judged = move(implementation=Implementation.STALLED, actors=MODERATOR, is_own=False)

    assert rules.is_assessors_entry(judged)
    assert not rules.is_assessors_entry(move(implementation=Implementation.STALLED, actors=MODERATOR))
    assert not rules.is_assessors_entry(move(implementation=Implementation.STALLED, actors=IMPORT, is_own=False))
    partial = move(implementation=Implementation.PARTIALLY_IMPLEMENTED, actors=MODERATOR, is_own=False)
    assert not rules.is_assessors_entry(partial)
    assert not rules.is_assessors_entry(move(EntryKind.CLOSURE, actors=MODERATOR, is_own=False))


def test_a_note_is_kept_by_moderators_or_an_import_and_needs_words() -> None:
    assert "kept by the moderators" in note_fault(actors=OFFICIAL)
    assert "needs words" in note_fault(text="")
    assert note_fault() == note_fault(actors=MODERATOR) == ""


@pytest.mark.parametrize("actors", [OFFICIAL, IMPORT, frozenset()])
def test_only_a_moderator_closes_reopens_or_assesses(actors: frozenset[Actor]) -> None:
    assert "Only a moderator closes" in closure_fault(Closure.UNVERIFIABLE, actors=actors)
    assert "Only a moderator closes" in reopening_fault(State(closure=Closure.DECLINED), actors=actors)
    assert "Only a moderator assesses" in assessment_fault(actors=actors)


def test_what_is_closed_is_not_closed_again() -> None:
    assert "closed already" in closure_fault(Closure.UNVERIFIABLE, State(closure=Closure.DECLINED))


def test_closing_as_implemented_needs_a_verified_claim() -> None:
    verified = State(implementation=Implementation.IMPLEMENTED, confirmed_on=TODAY)
    partial = State(implementation=Implementation.PARTIALLY_IMPLEMENTED, confirmed_on=TODAY)

    assert closure_fault(Closure.IMPLEMENTED, verified, text="") == ""
    assert "needs a verified claim" in closure_fault(Closure.IMPLEMENTED, partial)
    assert "needs a verified claim" in closure_fault(
        Closure.IMPLEMENTED, State(implementation=Implementation.IMPLEMENTED)
    )


@pytest.mark.parametrize("value", [Closure.IMPLEMENTED_OTHER_MEANS, Closure.NO_LONGER_APPLICABLE, Closure.UNVERIFIABLE])
def test_other_closures_need_a_reason(value: str) -> None:
    assert "needs a reason" in closure_fault(value, text="")
    assert closure_fault(value) == ""


def test_superseded_needs_the_reference_of_another_recommendation() -> None:
    assert "needs the reference" in closure_fault(Closure.SUPERSEDED)
    assert "needs the reference" in closure_fault(Closure.SUPERSEDED, superseded_by=7)
    assert "needs a reason" in closure_fault(Closure.SUPERSEDED, superseded_by=8, text="")
    assert closure_fault(Closure.SUPERSEDED, superseded_by=8) == ""


def test_declined_closes_only_what_the_institution_declined() -> None:
    assert "after the institution declined" in closure_fault(Closure.DECLINED, State(position=Position.NOTED))
    assert closure_fault(Closure.DECLINED, State(position=Position.DECLINED)) == ""


def test_not_competent_closes_only_what_the_institution_disowned_and_names_another() -> None:
    disowned = State(position=Position.NOT_COMPETENT)

    assert "after the institution said so" in closure_fault(Closure.NOT_COMPETENT, State(), competent_body=2)
    assert "needs the body that is" in closure_fault(Closure.NOT_COMPETENT, disowned)
    assert "needs the body that is" in closure_fault(Closure.NOT_COMPETENT, disowned, competent_body=1)
    assert closure_fault(Closure.NOT_COMPETENT, disowned, competent_body=2) == ""


def test_closing_without_answer_waits_twenty_four_months_after_a_notice_that_nobody_answered() -> None:
    long_ago = Clock(notified_on=day("2024-11-21"))

    assert closure_fault(Closure.WITHOUT_ANSWER, clock=long_ago, text="") == ""
    assert "24 months" in closure_fault(Closure.WITHOUT_ANSWER, clock=Clock(notified_on=day("2024-11-22")))
    assert "Nobody was asked yet" in closure_fault(Closure.WITHOUT_ANSWER)
    collective = Clock(notified_on=day("2020-01-01"), is_collective=True)
    assert "Nobody was asked yet" in closure_fault(Closure.WITHOUT_ANSWER, clock=collective)
    answered = State(last_answer_on=day("2025-01-01"))
    assert "has answered" in closure_fault(Closure.WITHOUT_ANSWER, answered, long_ago)


def test_reopening_needs_a_closed_item_a_public_contradiction_and_a_reason() -> None:
    closed = State(closure=Closure.IMPLEMENTED, is_disputed=True)

    assert reopening_fault(closed) == ""
    assert "is open" in reopening_fault(State(is_disputed=True))
    assert "14 days" in reopening_fault(State(closure=Closure.IMPLEMENTED))
    assert "needs a reason" in reopening_fault(closed, text="")


CLAIM = report(Implementation.IMPLEMENTED)
PARTIAL = report(Implementation.PARTIALLY_IMPLEMENTED)


def assessment_fault(**values: Any) -> str:
    sound: dict[str, Any] = {
        "actors": MODERATOR,
        "is_claimant": False,
        "finding": Finding.CONFIRMS,
        "text": "Sprawdzono.",
        "assessed_on": TODAY,
        "entry": CLAIM,
        "claim_evidence": (PAGE,),
        "evidence": (BUDGET,),
        "now": State(implementation=Implementation.IMPLEMENTED),
        "today": TODAY,
    }
    return said(rules.assessment_fault(**sound | values))


@pytest.mark.parametrize("finding", Finding)
def test_nobody_assesses_an_entry_of_their_own(finding: str) -> None:
    assert "Nobody assesses" in assessment_fault(is_claimant=True, finding=finding)


def test_an_assessment_needs_words_and_a_day_that_has_come() -> None:
    assert "needs words" in assessment_fault(text="")
    assert "lies in the future" in assessment_fault(assessed_on=TODAY + dt.timedelta(days=1))


@pytest.mark.parametrize("kind", [EntryKind.NOTE, EntryKind.LETTER, EntryKind.SILENCE, EntryKind.REOPENING])
def test_what_claims_nothing_is_not_assessed(kind: str) -> None:
    assert "claims nothing" in assessment_fault(entry=entry(kind, "2020-01-01"))


@pytest.mark.parametrize(
    "assessed", [position(Position.ACCEPTED), closure(Closure.DECLINED), report(Implementation.STALLED)]
)
def test_a_position_a_closure_or_a_plain_report_is_confirmed_without_evidence(assessed: Entry) -> None:
    assert assessment_fault(entry=assessed, claim_evidence=(), evidence=()) == ""


@pytest.mark.parametrize(
    ("claimed", "added", "is_enough"),
    [
        ((), (), False),
        ((PAGE,), (), False),
        ((PAGE,), (PAGE,), False),
        ((PAGE,), (Proof(EvidenceKind.REPORT, PAGE.key),), False),
        ((PAGE,), (BUDGET,), True),
        ((), (PAGE, PRESS), True),
        ((PAGE, BUDGET), (), True),
        ((RESOLUTION,), (), True),
        ((), (RESOLUTION,), True),
    ],
)
def test_verifying_needs_two_different_pieces_or_one_legal_act(
    claimed: tuple[Proof, ...], added: tuple[Proof, ...], is_enough: bool
) -> None:
    fault = assessment_fault(claim_evidence=claimed, evidence=added)

    assert (fault == "") == is_enough
    assert is_enough or "two different pieces" in fault


SOFT = {EvidenceKind.PRESS, EvidenceKind.PHOTO, EvidenceKind.WEB_PAGE}


@pytest.mark.parametrize("kind", EvidenceKind)
def test_confirming_a_partial_claim_needs_one_hard_piece(kind: str) -> None:
    for own, claimed in [((Proof(kind, "x"),), ()), ((), (Proof(kind, "x"),))]:
        fault = assessment_fault(entry=PARTIAL, evidence=own, claim_evidence=claimed)
        assert (fault == "") == (kind not in SOFT)
        assert kind not in SOFT or "one hard piece" in fault


def test_a_contradiction_needs_evidence_of_its_own() -> None:
    assert "needs evidence" in assessment_fault(finding=Finding.CONTRADICTS, evidence=())
    assert assessment_fault(finding=Finding.CONTRADICTS, evidence=(PRESS,)) == ""


@pytest.mark.parametrize("finding", [Finding.HOLDS, Finding.WEAKENED])
def test_only_what_was_confirmed_is_checked_again(finding: str) -> None:
    verified = State(implementation=Implementation.IMPLEMENTED, confirmed_on=day("2025-01-01"))

    assert assessment_fault(finding=finding, now=verified, evidence=()) == ""
    assert "can be checked again" in assessment_fault(finding=finding)
    assert "can be checked again" in assessment_fault(finding=finding, entry=PARTIAL, now=verified)


# --- References


@pytest.mark.parametrize(
    ("parts", "number", "expected"),
    [
        (("FLPM", 2015, "WRO", "G3"), 7, "FLPM-2015-WRO-G3-R07"),
        (("MO", 2014), 2, "MO-2014-R02"),
        (("CWII", None, "GDA"), 1, "CWII-ND-GDA-R01"),
        (("NR", 2023, "", "ZPU"), 12, "NR-2023-ZPU-R12"),
        (("RPO", 2022), 123, "RPO-2022-R123"),
        (("X", 999), 1, "X-0999-R01"),
    ],
)
def test_a_reference_is_programme_year_city_group_number(parts: tuple[Any, ...], number: int, expected: str) -> None:
    assert rules.reference(rules.reference_stem(*parts), number) == expected


@pytest.mark.parametrize("bad", ["", "flpm", "ŁÓD", "A-B", "A B", "A\n", "А"])
def test_a_reference_takes_ascii_capitals_and_digits_only(bad: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a reference"):
        rules.reference_stem(bad, 2015)
    if bad:
        with pytest.raises(ValueError, match="cannot stand in a reference"):
            rules.reference_stem("FLPM", 2015, "", bad)
