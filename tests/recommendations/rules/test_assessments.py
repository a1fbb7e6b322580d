"""Who judges a claim, and with what."""

import datetime as dt

import pytest

from recommendations.choices import (
    Closure,
    EntryKind,
    EvidenceKind,
    Finding,
    Implementation,
    Position,
)
from recommendations.rules import Entry, Proof, State
from tests.recommendations.rules.builders import (
    BUDGET,
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
from tests.recommendations.rules.faults import PARTIAL, assessment_fault, closure_fault, letter_fault, report_fault


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
