"""Logs, entries and people as the tests of the rules write them down."""

import datetime as dt
from typing import Any

from recommendations import rules
from recommendations.choices import (
    EntryKind,
    EvidenceKind,
)
from recommendations.rules import Actor, Entry, Judgement, Proof, State

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
