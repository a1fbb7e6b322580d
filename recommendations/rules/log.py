"""What a log amounts to: its order, its state on a day, what is disputed; pure.

The law is in the sections "Four things" and "The log" of the domain rules. Days are days in Warsaw; nothing here asks
what day it is.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from recommendations.choices import ACHIEVED, REFRESHING, EntryKind, FactPrecision, Finding, Implementation, Position

# No fact of the follow-up is older than the administration that is asked (ministries and offices of the Third
# Republic), and no document that proves one than independent Poland: who types an earlier year has slipped.
FIRST_DAY = dt.date(1989, 1, 1)
FIRST_DOCUMENT = dt.date(1918, 1, 1)


@dataclass(frozen=True)
class Judgement:
    """An assessment of one entry."""

    finding: str
    assessed_on: dt.date
    public_from: dt.date
    id: int = 0


@dataclass(frozen=True)
class Entry:
    kind: str
    recorded_at: dt.datetime
    recorded_on: dt.date
    refers_on: dt.date | None = None
    id: int = 0
    position: str = ""
    implementation: str = ""
    closure: str = ""
    is_own: bool = False
    judgements: tuple[Judgement, ...] = ()


@dataclass(frozen=True)
class State:
    """What a log amounts to."""

    position: str = Position.NO_ANSWER
    implementation: str = Implementation.NO_INFORMATION
    closure: str = ""
    is_disputed: bool = False
    last_information_on: dt.date | None = None
    last_answer_on: dt.date | None = None  # the day the institution's last own word was recorded
    last_answered_at: dt.datetime | None = None  # and the moment
    confirmed_on: dt.date | None = None
    rechecks: int = 0
    # Of what was sent since the institution's last own word.
    letters_on: tuple[dt.date, ...] = ()
    silent_on: dt.date | None = None

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_on is not None


@dataclass(frozen=True)
class Moment:
    """A day whose state is asked for; ``is_as_known``: by what was written here up to then, not by all we know."""

    on: dt.date
    is_as_known: bool = False

    @property
    def query(self) -> str:
        """The day as a part of an address."""
        return f"on={self.on.isoformat()}" + ("&known=1" if self.is_as_known else "")

    def known_on(self, today: dt.date) -> dt.date:
        return self.on if self.is_as_known else today


def first_day(day: dt.date, precision: str) -> dt.date:
    """A month or a year compares by its first day."""
    if precision == FactPrecision.YEAR:
        return day.replace(month=1, day=1)
    return day.replace(day=1) if precision == FactPrecision.MONTH else day


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """An entry whose date nobody knows stands before all dated ones."""
    return sorted(entries, key=lambda entry: (entry.refers_on or dt.date.min, entry.recorded_at, entry.id))


def preceding(entries: Iterable[Entry], refers_on: dt.date | None) -> list[Entry]:
    """The entries that a new one with this date would follow."""
    return [entry for entry in entries if (entry.refers_on or dt.date.min) <= (refers_on or dt.date.min)]


def staying(entries: Iterable[Entry], entry: Entry) -> Entry | None:
    """What stayed the state when ``entry`` was recorded, because it refers to a later date; None where ``entry`` is it.

    A later one that says the same stays as well, and nothing is lost by it: None.
    """
    known = [other for other in entries if other.kind == entry.kind and other.recorded_at <= entry.recorded_at]
    last = in_order([*(other for other in known if other.id != entry.id), entry])[-1]
    is_same = (last.position, last.implementation) == (entry.position, entry.implementation)
    return None if is_same else last


def claim_of(entries: Iterable[Entry], entry: Entry) -> list[Entry]:
    """``entry`` and the reports next to it in the log that repeat it: together they are one claim."""
    claim: list[Entry] = []
    reports = [other for other in in_order(entries) if other.kind == EntryKind.REPORT]
    for other in reports:
        if claim and other.implementation != claim[-1].implementation:
            if entry in claim:
                break
            claim = []
        claim.append(other)
    return claim if entry in claim else [entry]


def state_of(
    entries: Iterable[Entry], *, today: dt.date, on: dt.date | None = None, known_on: dt.date | None = None
) -> State:
    """The state on a day (``on``, today), as it is known today or was known on another day (``known_on``).

    A contradiction counts nowhere before it is public; an undated entry belongs to the state from the day it was
    recorded.
    """
    day, known = on or today, known_on or today
    said = [entry for entry in entries if belongs(entry, day, known)]
    position, implementation = str(Position.NO_ANSWER), str(Implementation.NO_INFORMATION)
    claims: list[Entry] = []
    closing: list[Entry] = []
    for entry in in_order(said):
        if entry.kind == EntryKind.POSITION:
            position = entry.position
        elif entry.kind == EntryKind.REPORT:
            # A repeated report ("no change") carries on the claim and what was found about it.
            claims = [*claims, entry] if entry.implementation == implementation else [entry]
            implementation = entry.implementation
        elif entry.kind == EntryKind.CLOSURE:
            closing = [entry]
        elif entry.kind == EntryKind.REOPENING:
            closing = []
    confirmed_on, rechecks = _confirmation(_counting(claims, day, known) if implementation in ACHIEVED else [])
    informing = [entry for entry in said if entry.kind in REFRESHING]
    informed = [entry.refers_on for entry in informing if entry.refers_on]
    # A question that was asked back tells nothing about the addressee.
    found = [judgement for judgement in _counting(informing, day, known) if judgement.finding != Finding.RETURNED]
    informed += [judgement.assessed_on for judgement in found]
    answer = max((entry for entry in said if _is_answer(entry)), key=lambda entry: entry.recorded_at, default=None)
    unanswered = [entry for entry in in_order(said) if entry.refers_on and _is_unanswered(entry, answer)]
    return State(
        position=position,
        implementation=implementation,
        closure=closing[0].closure if closing else "",
        is_disputed=_is_disputed(_counting([*claims, *closing], day, known)),
        last_information_on=max(informed, default=None),
        last_answer_on=answer.recorded_on if answer else None,
        last_answered_at=answer.recorded_at if answer else None,
        confirmed_on=confirmed_on,
        rechecks=rechecks,
        letters_on=tuple(entry.refers_on for entry in unanswered if entry.kind == EntryKind.LETTER and entry.refers_on),
        silent_on=max((e.refers_on for e in unanswered if e.kind == EntryKind.SILENCE and e.refers_on), default=None),
    )


def belongs(entry: Entry, day: dt.date, known: dt.date) -> bool:
    """Whether the entry belongs to the state on a day: an undated one from the day it was recorded."""
    return entry.recorded_on <= known and (entry.refers_on or entry.recorded_on) <= day


def counts(judgement: Judgement, day: dt.date, known: dt.date) -> bool:
    """Whether the assessment belongs to the state on a day: a contradiction not before it is public."""
    if judgement.public_from > known or judgement.assessed_on > day:
        return False
    return judgement.finding != Finding.CONTRADICTS or judgement.public_from <= day


def is_informed(position: str, implementation: str, closure: str) -> bool:
    """Whether a state says anything of the addressee: a position, how far it is, or a closure."""
    return position != Position.NO_ANSWER or implementation != Implementation.NO_INFORMATION or bool(closure)


def _is_answer(entry: Entry) -> bool:
    return entry.kind == EntryKind.POSITION or (entry.kind == EntryKind.REPORT and entry.is_own)


def _is_unanswered(entry: Entry, answer: Entry | None) -> bool:
    """Whether an entry was recorded after the last answer, and refers to no time before it."""
    if answer is None:
        return True
    is_later = entry.refers_on is not None and entry.refers_on >= answer.recorded_on
    return entry.recorded_at > answer.recorded_at and is_later


def _counting(entries: Iterable[Entry], day: dt.date, known: dt.date) -> list[Judgement]:
    found = [judgement for entry in entries for judgement in entry.judgements]
    return sorted(
        (judgement for judgement in found if counts(judgement, day, known)),
        key=lambda judgement: (judgement.assessed_on, judgement.id),
    )


def _confirmation(judgements: Iterable[Judgement]) -> tuple[dt.date | None, int]:
    confirmed_on, rechecks = None, 0
    for judgement in judgements:
        if judgement.finding == Finding.CONFIRMS and confirmed_on is None:
            confirmed_on, rechecks = judgement.assessed_on, 0
        elif judgement.finding == Finding.HOLDS:
            rechecks += 1
        elif judgement.finding == Finding.WEAKENED:
            confirmed_on = None
    return confirmed_on, rechecks


def _is_disputed(judgements: Iterable[Judgement]) -> bool:
    is_disputed = False
    for judgement in judgements:
        if judgement.finding == Finding.CONTRADICTS:
            is_disputed = True
        elif judgement.finding in {Finding.CONFIRMS, Finding.HOLDS}:
            is_disputed = False
    return is_disputed


def disputed_from(entries: Iterable[Entry]) -> dt.date | None:
    """The day from which the log as it stands is disputed, which may lie ahead: a contradiction waits to be public."""
    log = list(entries)
    contradictions = {
        judgement.public_from
        for entry in log
        for judgement in entry.judgements
        if judgement.finding == Finding.CONTRADICTS
    }
    return next(
        (day for day in sorted(contradictions) if state_of(_until(log, day), today=dt.date.max).is_disputed), None
    )


def _until(log: Iterable[Entry], day: dt.date) -> list[Entry]:
    """The log without the contradictions that are not yet public on that day."""
    return [
        replace(
            entry,
            judgements=tuple(j for j in entry.judgements if j.finding != Finding.CONTRADICTS or j.public_from <= day),
        )
        for entry in log
    ]
