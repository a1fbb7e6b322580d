"""What a log amounts to: states, confirmations, disputes."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations import rules
from recommendations.choices import (
    Closure,
    EntryKind,
    FactPrecision,
    Finding,
    Implementation,
    Position,
)
from recommendations.rules import Entry, State
from tests.recommendations.rules.builders import (
    TODAY,
    closure,
    day,
    entry,
    found,
    position,
    report,
    state_of,
)


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


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        (EntryKind.NOTE, {}),
        (EntryKind.LETTER, {"letters_on": (day("2026-01-01"),)}),
        (EntryKind.SILENCE, {"silent_on": day("2026-01-01")}),
    ],
)
def test_a_note_a_letter_or_a_silence_moves_nothing_and_refreshes_nothing(kind: str, kept: dict[str, Any]) -> None:
    judged = entry(kind, "2026-01-01", is_own=True, judgements=(found(Finding.CONFIRMS, "2026-02-01"),))
    assert state_of(judged) == State(**kept)


def test_letters_and_silence_before_the_last_answer_are_history() -> None:
    sent = entry(EntryKind.LETTER, "2026-01-01", recorded="2026-01-02")
    silent = entry(EntryKind.SILENCE, "2026-02-01", recorded="2026-02-02")
    answer = report(Implementation.STALLED, "2026-03-01", is_own=True, recorded="2026-03-01")
    again = entry(EntryKind.LETTER, "2026-04-01", recorded="2026-04-01")
    found_later = entry(EntryKind.LETTER, "2025-01-01", recorded="2026-05-01")

    state = state_of(sent, silent, answer, again, found_later)

    assert (state.letters_on, state.silent_on) == ((day("2026-04-01"),), None)


def test_a_claim_that_is_asked_back_is_no_news_about_the_addressee() -> None:
    claim = report(Implementation.IMPLEMENTED, "2020-01-01", judgements=(found(Finding.RETURNED, "2026-02-01"),))

    state = state_of(claim)

    assert (state.last_information_on, state.is_disputed, state.is_confirmed) == (day("2020-01-01"), False, False)


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


@pytest.mark.law("order-of-the-log")
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
