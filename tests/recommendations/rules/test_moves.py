"""Who may say what about an item, and with what."""

import datetime as dt
from typing import Any

import pytest

from recommendations import rules
from recommendations.choices import (
    ACHIEVED,
    Closure,
    EntryKind,
    Implementation,
    Position,
)
from recommendations.rules import Actor, State
from tests.recommendations.rules.builders import (
    IMPORT,
    MODERATOR,
    OFFICIAL,
    PAGE,
    TODAY,
)
from tests.recommendations.rules.faults import (
    SOURCE,
    closure_fault,
    move,
    note_fault,
    position_fault,
    reopening_fault,
    report_fault,
)


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


@pytest.mark.law("position-needs")
def test_a_position_needs_words_or_a_document() -> None:
    assert "needs words or a document" in position_fault(text="")
    assert position_fault(text="", evidence=(PAGE,)) == ""
    assert position_fault(evidence=()) == ""


@pytest.mark.law("position-who")
@pytest.mark.parametrize("actors", [MODERATOR, IMPORT])
def test_who_is_no_official_records_a_position_from_a_document(actors: frozenset[Actor]) -> None:
    assert "from a document" in position_fault(actors=actors, is_own=False)
    assert position_fault(actors=actors, **SOURCE) == ""


def test_no_answer_is_no_position() -> None:
    assert "is the start and no position" in position_fault(position=Position.NO_ANSWER)


@pytest.mark.law("declined")
def test_declining_needs_reasons() -> None:
    assert "needs reasons" in position_fault(position=Position.DECLINED, text="", evidence=(PAGE,))
    assert position_fault(position=Position.DECLINED) == ""


@pytest.mark.law("not-ours-needs")
def test_not_competent_needs_another_body_that_is() -> None:
    assert "needs the body that is" in position_fault(position=Position.NOT_COMPETENT)
    assert "needs the body that is" in position_fault(position=Position.NOT_COMPETENT, competent_body=1)
    assert position_fault(position=Position.NOT_COMPETENT, competent_body=2) == ""


OPEN_STATES = [State(implementation=value) for value in Implementation if value not in ACHIEVED]


@pytest.mark.law("plain-steps")
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


@pytest.mark.law("plain-steps")
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


@pytest.mark.law("plain-needs")
@pytest.mark.parametrize("to", [Implementation.NOT_STARTED, Implementation.IN_PROGRESS, Implementation.STALLED])
def test_a_plain_step_needs_words(to: str) -> None:
    assert "needs words" in report_fault(to, text="")


@pytest.mark.law("plain-needs")
def test_only_in_progress_needs_a_dated_step() -> None:
    assert "needs a dated step" in report_fault(Implementation.IN_PROGRESS, refers_on=None)
    assert report_fault(Implementation.STALLED, refers_on=None) == ""


def test_a_partial_claim_needs_what_is_missing_and_no_evidence_yet() -> None:
    assert "needs what is missing" in report_fault(Implementation.PARTIALLY_IMPLEMENTED)
    assert report_fault(Implementation.PARTIALLY_IMPLEMENTED, missing="reszta", text="") == ""
    assert report_fault(Implementation.PARTIALLY_IMPLEMENTED, missing="reszta", actors=IMPORT, is_own=False) == ""


@pytest.mark.law("declared")
def test_implemented_is_declared_by_the_institution_itself_with_evidence() -> None:
    assert "declared by the institution itself" in report_fault(Implementation.IMPLEMENTED, actors=IMPORT, **SOURCE)
    assert "needs evidence" in report_fault(Implementation.IMPLEMENTED)
    assert report_fault(Implementation.IMPLEMENTED, text="", evidence=(PAGE,)) == ""
    assert report_fault(Implementation.IMPLEMENTED, actors=IMPORT, evidence=(PAGE,)) == ""


def test_no_information_is_never_reported_not_even_as_no_change() -> None:
    assert "is the start and no report" in report_fault(Implementation.NO_INFORMATION)
    assert "is the start and no report" in report_fault(Implementation.NO_INFORMATION, is_no_change=True)


@pytest.mark.law("clock-no-change")
@pytest.mark.parametrize("value", [value for value in Implementation if value != Implementation.NO_INFORMATION])
def test_no_change_is_a_report_that_needs_nothing_more(value: str) -> None:
    assert report_fault(value, State(implementation=value), is_no_change=True, text="") == ""


def test_a_closed_item_takes_no_report_even_one_of_earlier_days() -> None:
    closed = State(closure=Closure.DECLINED)

    assert "closed and takes no report" in report_fault(Implementation.STALLED, State(), closed)
    assert "closed and takes no report" in report_fault(Implementation.STALLED, State(), closed, is_no_change=True)


DISPUTED = State(implementation=Implementation.IMPLEMENTED, is_disputed=True)


@pytest.mark.law("reversed")
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
