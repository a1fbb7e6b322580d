"""When a contact hears from us: Polish working days, the steps of the ladder, who joins at which."""

import datetime as dt

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from notices import rules
from notices.choices import Addressed, Stage
from recommendations.choices import Closure
from recommendations.rules import Clock, State

DUE = dt.date(2026, 6, 10)
CLOCK = Clock(notified_on=dt.date(2026, 3, 12), issued_in=2020)
EARLY = Clock(notified_on=dt.date(2026, 3, 12), issued_in=2015)
DAYS = st.dates(dt.date(2016, 1, 1), dt.date(2099, 12, 1))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("year", "on"),
    [
        (1961, "1961-04-02"),
        (2008, "2008-03-23"),
        (2011, "2011-04-24"),
        (2024, "2024-03-31"),
        (2025, "2025-04-20"),
        (2026, "2026-04-05"),
        (2027, "2027-03-28"),
        (2038, "2038-04-25"),
        (2049, "2049-04-18"),
        (2285, "2285-03-22"),
    ],
)
def test_easter_falls_as_the_tables_say(year: int, on: str) -> None:
    assert easter(year) == day(on)


@given(st.integers(1900, 2999))
def test_easter_is_a_sunday_between_22_march_and_25_april(year: int) -> None:
    on = easter(year)

    assert on.weekday() == 6
    assert dt.date(year, 3, 22) <= on <= dt.date(year, 4, 25)


@pytest.mark.law("clock-rest")
@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("2026-01-01", "New Year"),
        ("2026-01-06", "Epiphany"),
        ("2026-04-06", "Easter Monday"),
        ("2026-05-01", "Labour Day"),
        ("2028-05-03", "Constitution Day"),
        ("2026-06-04", "Corpus Christi"),
        ("2025-08-15", "Assumption"),
        ("2027-11-01", "All Saints"),
        ("2026-11-11", "Independence Day"),
        ("2026-12-24", "Christmas Eve, since 2025"),
        ("2025-12-24", "Christmas Eve, the first time"),
        ("2026-12-25", "Christmas"),
        ("2028-12-26", "Second day of Christmas"),
        ("2026-11-21", "a Saturday"),
        ("2026-11-22", "a Sunday"),
    ],
)
def test_nothing_is_mailed_on(on: str, why: str) -> None:
    assert not rules.is_working_day(day(on)), why


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("2024-12-24", "Christmas Eve was a working day until 2024"),
        ("2010-01-06", "Epiphany was one until 2010"),
        ("2026-04-03", "Good Friday is one"),
        ("2026-11-10", "the day before a holiday"),
        ("2026-05-04", "the day after one"),
    ],
)
def test_mail_goes_out_on(on: str, why: str) -> None:
    assert rules.is_working_day(day(on)), why


@given(st.integers(2025, 2999))
def test_a_year_has_fourteen_holidays_of_which_no_two_meet(year: int) -> None:
    assert len(rules.holidays(year)) == 14


@given(DAYS)
def test_the_next_working_day_is_at_most_five_days_off_and_never_before(on: dt.date) -> None:
    found = rules.working_day_from(on)

    assert rules.is_working_day(found)
    assert dt.timedelta(0) <= found - on <= dt.timedelta(days=5)


@pytest.mark.parametrize(
    ("on", "step"),
    [
        ("2026-05-10", None),
        ("2026-05-11", Stage.BEFORE_30),  # thirty days before is a Sunday
        ("2026-06-02", Stage.BEFORE_30),
        ("2026-06-03", Stage.BEFORE_7),
        ("2026-06-09", Stage.BEFORE_7),
        ("2026-06-10", Stage.ON_DAY),
        ("2026-07-09", Stage.ON_DAY),
        ("2026-07-10", Stage.AFTER_30),
        ("2026-08-09", Stage.AFTER_30),
        ("2026-08-10", Stage.AFTER_60),  # sixty days after is a Sunday
        ("2026-09-08", Stage.AFTER_90),
        ("2031-01-01", Stage.AFTER_90),
    ],
)
def test_the_last_step_that_was_reached(on: str, step: Stage | None) -> None:
    assert rules.stage_on(CLOCK, DUE, day(on)) == step


@given(DAYS, st.integers(-60, 200))
def test_no_step_comes_before_its_day_and_none_is_taken_back(due: dt.date, after: int) -> None:
    on = due + dt.timedelta(days=after)
    today, tomorrow = (rules.stage_on(CLOCK, due, on + dt.timedelta(days=days)) for days in (0, 1))

    if today is not None:
        assert due + dt.timedelta(days=dict(rules.LADDER)[today]) <= on
        assert tomorrow is not None
        assert rules.is_reached(today, by=tomorrow)


@pytest.mark.law("clock-rest")
@given(DAYS)
def test_every_step_begins_on_a_working_day(due: dt.date) -> None:
    for _stage, days in rules.LADDER:
        assert rules.is_working_day(rules.mailed_on(due, days))


@given(DAYS, st.integers(-60, 200))
def test_a_digest_may_look_ahead_in_its_week_but_never_says_early_that_a_day_has_passed(
    due: dt.date, after: int
) -> None:
    on = due + dt.timedelta(days=after)
    now, ahead = rules.stage_on(CLOCK, due, on), rules.stage_this_week(CLOCK, due, on)

    if ahead is not None and rules.is_after(ahead):
        assert ahead == now
    if now is not None:
        assert ahead is not None
        assert rules.is_reached(now, by=ahead)


@given(st.integers(-60, 2000))
def test_an_edition_before_2016_is_never_told_that_a_day_has_passed(after: int) -> None:
    stage = rules.stage_on(EARLY, DUE, DUE + dt.timedelta(days=after))

    assert stage is None or not rules.is_after(stage)


@pytest.mark.parametrize(
    ("clock", "state", "is_wanted", "in_campaign"),
    [
        (Clock(issued_in=2016), State(), True, True),
        (Clock(issued_in=2015), State(), False, True),
        (Clock(issued_in=None), State(), True, True),
        (Clock(issued_in=2020, is_collective=True), State(), False, False),
        (Clock(issued_in=2020), State(closure=Closure.UNVERIFIABLE), False, False),
        (CLOCK, State(), False, False),
        (EARLY, State(), False, False),
    ],
    ids=["2016", "2015", "no date", "a group", "closed", "told before", "2015, told before"],
)
def test_a_first_notice_is_for_single_open_items_nobody_was_told_of(
    clock: Clock, state: State, is_wanted: bool, in_campaign: bool
) -> None:
    assert rules.wants_first_notice(clock, state, is_campaign=False) == is_wanted
    assert rules.wants_first_notice(clock, state, is_campaign=True) == in_campaign


@pytest.mark.parametrize("step", Stage)
def test_the_deputy_joins_after_thirty_days_and_the_moderator_after_sixty(step: Stage) -> None:
    addressed = rules.addressed_at(step)

    assert Addressed.CONTACT in addressed
    assert (Addressed.DEPUTY in addressed) == (step in {Stage.AFTER_30, Stage.AFTER_60, Stage.AFTER_90})
    assert (Addressed.MODERATOR in addressed) == (step in {Stage.AFTER_60, Stage.AFTER_90})


@pytest.mark.parametrize(
    ("on", "week"),
    [("2026-11-21", "2026-W47"), ("2026-11-23", "2026-W48"), ("2027-01-01", "2026-W53"), ("2024-12-30", "2025-W01")],
)
def test_a_week_runs_from_monday_to_sunday_over_the_turn_of_the_year(on: str, week: str) -> None:
    assert rules.week_of(day(on)) == week
    assert rules.week_of(rules.last_day_of_week(day(on))) == week


# --- Following by mail


@pytest.mark.parametrize(
    ("weeks", "number"), [(0, 0), (5, 0), (6, 0), (7, 1), (12, 1), (30, 2), (42, 4), (53, 4), (80, 5)]
)
def test_mails_a_month_are_reckoned_from_the_weeks_of_a_year_that_had_news(weeks: int, number: int) -> None:
    assert rules.mails_a_month(weeks) == number


def test_a_question_stays_open_for_forty_eight_hours() -> None:
    asked = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)

    assert not rules.is_confirmation_over(asked, asked + dt.timedelta(hours=47, minutes=59))
    assert rules.is_confirmation_over(asked, asked + dt.timedelta(hours=48))


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-25", "2026-11-29"])
def test_a_digest_tells_what_lies_before_the_monday_of_its_week(day: str) -> None:
    assert rules.first_day_of_week(dt.date.fromisoformat(day)) == dt.date(2026, 11, 23)


def test_an_address_in_capitals_is_the_same_address() -> None:
    assert rules.one_spelling(" Anna.NOWAK@Example.ORG ") == "anna.nowak@example.org"
