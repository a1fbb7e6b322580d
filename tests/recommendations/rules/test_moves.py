"""Who may move what, and with what."""

import datetime as dt
import re
from typing import Any

import pytest

from recommendations import rules
from recommendations.choices import (
    ACHIEVED,
    Closure,
    EntryKind,
    EvidenceKind,
    Finding,
    Implementation,
    Position,
)
from recommendations.rules import Actor, Clock, Entry, Move, Proof, State
from tests.recommendations.rules.builders import (
    BUDGET,
    IMPORT,
    MODERATOR,
    OFFICIAL,
    PAGE,
    PRESS,
    RESOLUTION,
    TODAY,
    closure,
    day,
    entry,
    position,
    report,
)


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


def letter_fault(now: State | None = None, **values: Any) -> str:
    proposed = move(EntryKind.LETTER, **{"actors": MODERATOR, "is_own": False} | values)
    return said(rules.letter_fault(proposed, now=now or State(), today=TODAY))


def test_a_letter_is_recorded_by_a_moderator_with_its_day_and_its_words() -> None:
    assert letter_fault() == ""
    assert "recorded by the moderators" in letter_fault(actors=OFFICIAL, is_own=True)
    assert "day on which it was sent" in letter_fault(refers_on=None)
    assert "needs words" in letter_fault(text="")
    assert "future" in letter_fault(refers_on=TODAY + dt.timedelta(days=1))
    assert "nothing is asked any more" in letter_fault(State(closure=Closure.UNVERIFIABLE))


ASKED = Clock(notified_on=day("2026-01-01"))  # an answer is due on 1 April
TO_DEPUTY, FROM_MODERATOR = day("2026-05-01"), day("2026-05-31")


def silence_fault(now: State | None = None, clock: Clock = ASKED, **values: Any) -> str:
    proposed = move(EntryKind.SILENCE, **{"actors": MODERATOR, "is_own": False} | values)
    return said(rules.silence_fault(proposed, now=now or State(), clock=clock, today=TODAY))


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


@pytest.mark.law("partial-confirmed")
@pytest.mark.parametrize("finding", Finding)
def test_nobody_assesses_an_entry_of_their_own(finding: str) -> None:
    assert "Nobody assesses" in assessment_fault(is_claimant=True, finding=finding)


def test_an_assessment_needs_words_and_a_day_that_has_come() -> None:
    assert "needs words" in assessment_fault(text="")
    assert "lies in the future" in assessment_fault(assessed_on=TODAY + dt.timedelta(days=1))


def test_nothing_was_assessed_before_it_was_recorded() -> None:
    recorded = report(Implementation.IMPLEMENTED, "2020-01-01", recorded="2026-05-05")

    assert "before the entry was recorded" in assessment_fault(entry=recorded, assessed_on=day("2026-05-04"))
    assert assessment_fault(entry=recorded, assessed_on=day("2026-05-05")) == ""


def test_a_year_that_nobody_means_is_refused_in_every_entry() -> None:
    slip = day("1988-12-31")

    assert "before 1989" in report_fault(Implementation.STALLED, refers_on=slip)
    assert "before 1989" in report_fault(Implementation.STALLED, refers_on=dt.date(26, 11, 22))
    assert "before 1989" in letter_fault(refers_on=slip)
    assert "before 1989" in closure_fault(Closure.UNVERIFIABLE, refers_on=slip)
    assert report_fault(Implementation.STALLED, refers_on=day("1989-01-01")) == ""


@pytest.mark.parametrize("kind", [EntryKind.NOTE, EntryKind.LETTER, EntryKind.SILENCE, EntryKind.REOPENING])
def test_what_claims_nothing_is_not_assessed(kind: str) -> None:
    assert "claims nothing" in assessment_fault(entry=entry(kind, "2020-01-01"))


@pytest.mark.parametrize(
    "assessed", [position(Position.ACCEPTED), closure(Closure.DECLINED), report(Implementation.STALLED)]
)
def test_a_position_a_closure_or_a_plain_report_is_confirmed_without_evidence(assessed: Entry) -> None:
    assert assessment_fault(entry=assessed, claim_evidence=(), evidence=()) == ""


@pytest.mark.law("verified-needs")
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


@pytest.mark.law("partial-needs")
@pytest.mark.parametrize("kind", EvidenceKind)
def test_confirming_a_partial_claim_needs_one_hard_piece(kind: str) -> None:
    for own, claimed in [((Proof(kind, "x"),), ()), ((), (Proof(kind, "x"),))]:
        fault = assessment_fault(entry=PARTIAL, evidence=own, claim_evidence=claimed)
        assert (fault == "") == (kind not in SOFT)
        assert kind not in SOFT or "one hard piece" in fault


def test_a_contradiction_needs_evidence_of_its_own() -> None:
    assert "needs evidence" in assessment_fault(finding=Finding.CONTRADICTS, evidence=())
    assert assessment_fault(finding=Finding.CONTRADICTS, evidence=(PRESS,)) == ""


def test_what_was_said_for_an_institution_is_returned_with_a_question_while_nothing_is_settled() -> None:
    verified = State(implementation=Implementation.IMPLEMENTED, confirmed_on=day("2025-01-01"))
    closed = State(implementation=Implementation.IMPLEMENTED, closure=Closure.UNVERIFIABLE)

    assert assessment_fault(finding=Finding.RETURNED, evidence=(), claim_evidence=()) == ""
    assert assessment_fault(finding=Finding.RETURNED, entry=position(Position.NOT_COMPETENT), now=verified) == ""
    assert "needs words" in assessment_fault(finding=Finding.RETURNED, text="")
    assert "checked again and not returned" in assessment_fault(finding=Finding.RETURNED, now=verified)
    assert "closed and takes no report" in assessment_fault(finding=Finding.RETURNED, now=closed)
    assert "Contradict the closure" in assessment_fault(finding=Finding.RETURNED, entry=closure(Closure.DECLINED))


@pytest.mark.parametrize("finding", [Finding.HOLDS, Finding.WEAKENED])
def test_only_what_was_confirmed_is_checked_again(finding: str) -> None:
    verified = State(implementation=Implementation.IMPLEMENTED, confirmed_on=day("2025-01-01"))

    assert assessment_fault(finding=finding, now=verified, evidence=()) == ""
    assert "can be checked again" in assessment_fault(finding=finding)
    assert "can be checked again" in assessment_fault(finding=finding, entry=PARTIAL, now=verified)
