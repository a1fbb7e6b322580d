"""What the rules say against a move that is sound but for what a test changes; empty for a legal one."""

import re
from typing import Any

from recommendations import rules
from recommendations.choices import (
    EntryKind,
    Finding,
    Implementation,
    Position,
)
from recommendations.rules import Clock, Move, State
from tests.recommendations.rules.builders import (
    BUDGET,
    IMPORT,
    MODERATOR,
    OFFICIAL,
    PAGE,
    TODAY,
    day,
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


def letter_fault(now: State | None = None, **values: Any) -> str:
    proposed = move(EntryKind.LETTER, **{"actors": MODERATOR, "is_own": False} | values)
    return said(rules.letter_fault(proposed, now=now or State(), today=TODAY))


ASKED = Clock(notified_on=day("2026-01-01"))  # an answer is due on 1 April


def silence_fault(now: State | None = None, clock: Clock = ASKED, **values: Any) -> str:
    proposed = move(EntryKind.SILENCE, **{"actors": MODERATOR, "is_own": False} | values)
    return said(rules.silence_fault(proposed, now=now or State(), clock=clock, today=TODAY))


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
