"""Who closes and reopens an item, and when letters and silence are recorded."""

import datetime as dt

import pytest

from recommendations.choices import (
    Closure,
    Implementation,
    Position,
)
from recommendations.rules import Actor, Clock, State
from tests.recommendations.rules.builders import (
    IMPORT,
    OFFICIAL,
    TODAY,
    day,
)
from tests.recommendations.rules.faults import (
    assessment_fault,
    closure_fault,
    letter_fault,
    reopening_fault,
    silence_fault,
)


@pytest.mark.law("close-who")
@pytest.mark.parametrize("actors", [OFFICIAL, IMPORT, frozenset()])
def test_only_a_moderator_closes_reopens_or_assesses(actors: frozenset[Actor]) -> None:
    assert "Only a moderator closes" in closure_fault(Closure.UNVERIFIABLE, actors=actors)
    assert "Only a moderator closes" in reopening_fault(State(closure=Closure.DECLINED), actors=actors)
    assert "Only a moderator assesses" in assessment_fault(actors=actors)


def test_what_is_closed_is_not_closed_again() -> None:
    assert "closed already" in closure_fault(Closure.UNVERIFIABLE, State(closure=Closure.DECLINED))


@pytest.mark.law("close-implemented")
def test_closing_as_implemented_needs_a_verified_claim() -> None:
    verified = State(implementation=Implementation.IMPLEMENTED, confirmed_on=TODAY)
    partial = State(implementation=Implementation.PARTIALLY_IMPLEMENTED, confirmed_on=TODAY)

    assert closure_fault(Closure.IMPLEMENTED, verified, text="") == ""
    assert "needs a verified claim" in closure_fault(Closure.IMPLEMENTED, partial)
    assert "needs a verified claim" in closure_fault(
        Closure.IMPLEMENTED, State(implementation=Implementation.IMPLEMENTED)
    )


@pytest.mark.law("close-needs")
@pytest.mark.parametrize("value", [Closure.IMPLEMENTED_OTHER_MEANS, Closure.NO_LONGER_APPLICABLE, Closure.UNVERIFIABLE])
def test_other_closures_need_a_reason(value: str) -> None:
    assert "needs a reason" in closure_fault(value, text="")
    assert closure_fault(value) == ""


@pytest.mark.law("superseded")
def test_superseded_needs_the_reference_of_another_recommendation() -> None:
    assert "needs the reference" in closure_fault(Closure.SUPERSEDED)
    assert "needs the reference" in closure_fault(Closure.SUPERSEDED, superseded_by=7)
    assert "needs a reason" in closure_fault(Closure.SUPERSEDED, superseded_by=8, text="")
    assert closure_fault(Closure.SUPERSEDED, superseded_by=8) == ""


@pytest.mark.law("declined")
def test_declined_closes_only_what_the_institution_declined() -> None:
    assert "after the institution declined" in closure_fault(Closure.DECLINED, State(position=Position.NOTED))
    assert closure_fault(Closure.DECLINED, State(position=Position.DECLINED)) == ""


def test_not_competent_closes_only_what_the_institution_disowned_and_names_another() -> None:
    disowned = State(position=Position.NOT_COMPETENT)

    assert "after the institution said so" in closure_fault(Closure.NOT_COMPETENT, State(), competent_body=2)
    assert "needs the body that is" in closure_fault(Closure.NOT_COMPETENT, disowned)
    assert "needs the body that is" in closure_fault(Closure.NOT_COMPETENT, disowned, competent_body=1)
    assert closure_fault(Closure.NOT_COMPETENT, disowned, competent_body=2) == ""


@pytest.mark.law("close-without-answer")
def test_closing_without_answer_waits_twenty_four_months_after_a_notice_that_nobody_answered() -> None:
    long_ago = Clock(notified_on=day("2024-11-21"))
    silent = State(silent_on=day("2025-06-01"))

    assert closure_fault(Closure.WITHOUT_ANSWER, silent, clock=long_ago, text="") == ""
    assert "24 months" in closure_fault(Closure.WITHOUT_ANSWER, silent, clock=Clock(notified_on=day("2024-11-22")))
    assert "reply ladder finished" in closure_fault(Closure.WITHOUT_ANSWER, clock=long_ago)
    assert "Nobody was asked yet" in closure_fault(Closure.WITHOUT_ANSWER)
    collective = Clock(notified_on=day("2020-01-01"), is_collective=True)
    assert "Nobody was asked yet" in closure_fault(Closure.WITHOUT_ANSWER, clock=collective)
    answered = State(last_answer_on=day("2025-01-01"))
    assert "has answered" in closure_fault(Closure.WITHOUT_ANSWER, answered, long_ago)


@pytest.mark.law("reversed")
def test_reopening_needs_a_closed_item_a_public_contradiction_and_a_reason() -> None:
    closed = State(closure=Closure.IMPLEMENTED, is_disputed=True)

    assert reopening_fault(closed) == ""
    assert "is open" in reopening_fault(State(is_disputed=True))
    assert "14 days" in reopening_fault(State(closure=Closure.IMPLEMENTED))
    assert "needs a reason" in reopening_fault(closed, text="")


def test_a_letter_is_recorded_by_a_moderator_with_its_day_and_its_words() -> None:
    assert letter_fault() == ""
    assert "recorded by the moderators" in letter_fault(actors=OFFICIAL, is_own=True)
    assert "day on which it was sent" in letter_fault(refers_on=None)
    assert "needs words" in letter_fault(text="")
    assert "future" in letter_fault(refers_on=TODAY + dt.timedelta(days=1))
    assert "nothing is asked any more" in letter_fault(State(closure=Closure.UNVERIFIABLE))


TO_DEPUTY, FROM_MODERATOR = day("2026-05-01"), day("2026-05-31")


@pytest.mark.law("clock-ladder")
def test_silence_is_stated_at_the_end_of_the_reply_ladder() -> None:
    written = State(letters_on=(TO_DEPUTY, FROM_MODERATOR))

    assert silence_fault(written) == ""
    assert silence_fault(written, refers_on=day("2026-06-30")) == ""
    assert "90 days after" in silence_fault(written, refers_on=day("2026-06-29"))
    assert "90 days after" in silence_fault(written, refers_on=None)
    for letters in [(), (TO_DEPUTY,), (FROM_MODERATOR,), (day("2026-01-02"), day("2026-04-30"))]:
        assert "two more letters" in silence_fault(State(letters_on=letters)), letters
    assert "Only a moderator" in silence_fault(written, actors=IMPORT)
    assert "Nobody was asked yet" in silence_fault(written, Clock())
    assert "Nobody was asked yet" in silence_fault(written, Clock(notified_on=day("2026-01-01"), is_collective=True))
    assert "has answered" in silence_fault(State(last_answer_on=day("2026-02-01")))
    assert "stated already" in silence_fault(State(silent_on=day("2026-07-01")))
    assert "nothing is asked any more" in silence_fault(State(closure=Closure.UNVERIFIABLE))
