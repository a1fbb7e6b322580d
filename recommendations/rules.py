"""What a follow-up move needs, what a log amounts to, and how a reference is composed; pure.

The law is the table "Who may move what" and the sections "Four things", "The log", "Clock" and "References" of the
domain rules. A ``*_fault`` answers None where a move is legal, else the sentence that says which rule forbids it and
what would satisfy it. Days are days in Warsaw; nothing here asks what day it is.
"""

import calendar
import datetime as dt
import enum
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recommendations.choices import (
    ACCEPTING,
    ACHIEVED,
    REFRESHING,
    SCALE,
    SOFT_EVIDENCE,
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
    Rung,
)

RIGHT_OF_REPLY = dt.timedelta(days=14)
POSITION_WITHIN = dt.timedelta(days=90)
REPORT_MONTHS, REPORT_MONTHS_ACCEPTED = 12, 6
RECHECK_MONTHS = (12, 36)
AGEING_MONTHS, STALE_MONTHS = 12, 24
SILENCE_MONTHS = 24
# After the day on which an answer was due: the deputy is written to, a moderator writes, and no answer came.
DEPUTY_AFTER, MODERATOR_AFTER, SILENT_AFTER = (dt.timedelta(days=days) for days in (30, 60, 90))
ASSESSED_WITHIN = {
    Implementation.PARTIALLY_IMPLEMENTED: dt.timedelta(days=30),
    Implementation.IMPLEMENTED: dt.timedelta(days=60),
}
# Editions before it get one campaign of first contacts instead of overdue marks.
FIRST_YEAR_WITH_CLOCK = 2016

_SEGMENT = re.compile(r"[A-Z0-9]+")
_DAY = re.compile(r"(?:(?P<day>[0-9]{1,2})\.)?(?:(?P<month>[0-9]{1,2})\.)?(?P<year>[0-9]{4})")
_ISO = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2}))?(?:-(?P<day>[0-9]{1,2}))?")


class Actor(enum.Enum):
    OFFICIAL = "official"  # holds a mandate of the very institution that is asked, or of the body it is a unit of
    MODERATOR = "moderator"  # also the assessor
    IMPORT = "import"


@dataclass(frozen=True)
class Proof:
    """A piece of evidence; two rows with one ``key`` (address, file or citation) are one piece."""

    kind: str
    key: str


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
class Move:
    """An entry somebody wants to add. ``actors`` are all capacities in which the person stands here."""

    kind: str
    actors: frozenset[Actor]
    is_own: bool  # the institution's own statement, else a published source or document
    refers_on: dt.date | None
    text: str = ""
    evidence: tuple[Proof, ...] = ()
    position: str = ""
    implementation: str = ""
    is_no_change: bool = False
    missing: str = ""
    closure: str = ""
    is_withdrawn: bool = False  # the institution is no longer asked
    institution: int = 0
    competent_body: int | None = None
    recommendation: int = 0
    superseded_by: int | None = None


@dataclass(frozen=True)
class Clock:
    """What the times of an answer are reckoned from."""

    notified_on: dt.date | None = None
    is_collective: bool = False
    target_on: dt.date | None = None
    issued_in: int | None = None  # year of the recommendation


@dataclass(frozen=True)
class Waiting:
    """A claim that waits for an assessor: its newest entry, since when it waits, until when it should not."""

    entry: Entry
    since: dt.date
    due: dt.date


@dataclass(frozen=True)
class Step:
    """The next rung of the reply ladder and the first day for it."""

    rung: str
    from_day: dt.date


@dataclass(frozen=True)
class Row:
    """One addressee as the badge sees it."""

    role: str
    implementation: str
    is_confirmed: bool = False
    closure: str = ""
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Summary:
    """The badge and how many deciding open rows stand on each step."""

    badge: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """A day whose state is asked for; ``is_as_known``: by what was written here up to then, not by all we know."""

    on: dt.date
    is_as_known: bool = False

    def known_on(self, today: dt.date) -> dt.date:
        return self.on if self.is_as_known else today


# --- What the log says


def first_day(day: dt.date, precision: str) -> dt.date:
    """A month or a year compares by its first day."""
    if precision == FactPrecision.YEAR:
        return day.replace(month=1, day=1)
    return day.replace(day=1) if precision == FactPrecision.MONTH else day


def written_date(text: str) -> tuple[dt.date, str]:
    """The first day and the precision of a day (21.11.2026), a month (11.2026) or a year (2026), ISO order too.

    Raises ValueError for anything else.
    """
    found = _DAY.fullmatch(text) or _ISO.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is neither a day nor a month nor a year")
    year, month, day = (int(found[part]) if found[part] else None for part in ("year", "month", "day"))
    if day and not month:
        # "11.2026" reads as a day without a month: it is the month.
        day, month = None, day
    first = dt.date(year or 0, month or 1, day or 1)
    return first, FactPrecision.DAY if day else FactPrecision.MONTH if month else FactPrecision.YEAR


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """An entry whose date nobody knows stands before all dated ones."""
    return sorted(entries, key=lambda entry: (entry.refers_on or dt.date.min, entry.recorded_at, entry.id))


def preceding(entries: Iterable[Entry], refers_on: dt.date | None) -> list[Entry]:
    """The entries that a new one with this date would follow."""
    return [entry for entry in entries if (entry.refers_on or dt.date.min) <= (refers_on or dt.date.min)]


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


def waiting_claim(entries: Iterable[Entry], now: State) -> Waiting | None:
    """The open claim that nobody has looked at since it was made or repeated, if there is one.

    A claim that was returned or contradicted waits again when the institution has repeated or raised it.
    """
    if now.closure or now.is_confirmed or now.implementation not in ACHIEVED:
        return None
    log = in_order(entries)
    claims = [entry for entry in log if entry.kind == EntryKind.REPORT]
    made = sorted(claim_of(log, claims[-1]), key=lambda entry: (entry.recorded_at, entry.id))
    judged = [place for place, entry in enumerate(made) if entry.judgements]
    left = made[judged[-1] + 1 :] if judged else made
    if not left:
        return None
    since = left[0].recorded_on
    return Waiting(left[-1], since, since + ASSESSED_WITHIN[Implementation(now.implementation)])


# --- The badge of a whole recommendation


def step_of(row: Row) -> str:
    """Where an addressee stands on the scale: a partial claim not yet confirmed counts as in progress."""
    if row.implementation == Implementation.PARTIALLY_IMPLEMENTED and not row.is_confirmed:
        return Badge.IN_PROGRESS
    if row.implementation == Implementation.IMPLEMENTED:
        return Badge.VERIFIED if row.is_confirmed else Badge.DECLARED
    return Badge(row.implementation)


def summary_of(rows: Iterable[Row]) -> Summary:
    """The least advanced open essential addressee (any open one where none is essential); never an average."""
    asked = [row for row in rows if not row.is_withdrawn]
    deciding = [row for row in asked if row.role == AddresseeRole.ESSENTIAL] or asked
    steps = [step_of(row) for row in deciding if not row.closure]
    if steps:
        places = [SCALE.index(Badge(step)) for step in steps]
        is_mixed = max(places) - min(places) > 1
        return Summary(Badge.MIXED if is_mixed else SCALE[min(places)], Counter(steps))
    closures = {row.closure for row in deciding}
    if not closures:
        return Summary(Badge.NO_INFORMATION)
    return Summary(Badge(f"closed_{closures.pop()}") if len(closures) == 1 else Badge.CLOSED_MIXED)


# --- Time


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def age_of(last_information_on: dt.date | None, today: dt.date) -> str:
    """Ageing from 12 months on, stale after more than 24."""
    if last_information_on is None:
        return Age.NONE
    if stale_from(last_information_on) <= today:
        return Age.STALE
    return Age.AGEING if ageing_from(last_information_on) <= today else Age.FRESH


def ageing_from(last_information_on: dt.date) -> dt.date:
    """The first day on which it is ageing."""
    return add_months(last_information_on, AGEING_MONTHS)


def stale_from(last_information_on: dt.date) -> dt.date:
    """The first day on which it is stale."""
    return add_months(last_information_on, STALE_MONTHS) + dt.timedelta(days=1)


def next_due(clock: Clock, state: State) -> dt.date | None:
    """The day until which the institution is to answer next; None before a first notice, for a group, once closed."""
    if clock.notified_on is None or clock.is_collective or state.closure:
        return None
    if state.position == Position.NO_ANSWER and state.last_answer_on is None:
        return clock.notified_on + POSITION_WITHIN
    months = REPORT_MONTHS_ACCEPTED if state.position in ACCEPTING else REPORT_MONTHS
    return add_months(max(clock.notified_on, state.last_answer_on or clock.notified_on), months)


def next_step(clock: Clock, now: State) -> Step | None:
    """What the reply ladder asks for next: None for a group, once closed, and once the institution has answered.

    Without a notice nothing has begun: the step is the notice, from any day on.
    """
    if clock.is_collective or now.closure or now.last_answer_on is not None:
        return None
    if clock.notified_on is None:
        return Step(Rung.NOTICE, dt.date.min)
    due = clock.notified_on + POSITION_WITHIN
    if now.silent_on is not None:
        return Step(Rung.CLOSING, add_months(clock.notified_on, SILENCE_MONTHS))
    letters = sorted(now.letters_on)
    to_deputy = next((day for day in letters if day >= due + DEPUTY_AFTER), None)
    if to_deputy is None:
        return Step(Rung.DEPUTY, due + DEPUTY_AFTER)
    # Another letter than the one before: a single late one is no ladder.
    if not any(day > to_deputy and day >= due + MODERATOR_AFTER for day in letters):
        return Step(Rung.MODERATOR, due + MODERATOR_AFTER)
    return Step(Rung.SILENCE, due + SILENT_AFTER)


def overdue_from(clock: Clock, state: State) -> dt.date | None:
    """The first day after the target date or the day of the next answer; None for a group or an early edition."""
    if clock.is_collective or state.closure:
        return None
    if clock.issued_in is not None and clock.issued_in < FIRST_YEAR_WITH_CLOCK:
        return None
    target = None if state.implementation == Implementation.IMPLEMENTED else clock.target_on
    due = [day for day in (target, next_due(clock, state)) if day is not None]
    return min(due) + dt.timedelta(days=1) if due else None


def is_overdue(clock: Clock, state: State, today: dt.date) -> bool:
    """Whether the target date or the day of the next answer has passed; never for a group or an early edition."""
    first = overdue_from(clock, state)
    return first is not None and first <= today


def no_answer_from(clock: Clock, state: State) -> dt.date | None:
    """The day from which the page says that no answer came: 90 days after it was due; None as for being overdue."""
    if clock.issued_in is not None and clock.issued_in < FIRST_YEAR_WITH_CLOCK:
        return None
    due = next_due(clock, state)
    return due + SILENT_AFTER if due else None


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


def recheck_due(state: State) -> dt.date | None:
    """When a verified implementation is to be looked at again, open or closed: after 12 and after 36 months."""
    if state.confirmed_on is None or state.implementation != Implementation.IMPLEMENTED:
        return None
    if state.rechecks >= len(RECHECK_MONTHS):
        return None
    return add_months(state.confirmed_on, RECHECK_MONTHS[state.rechecks])


def public_from(finding: str, recorded_on: dt.date) -> dt.date:
    """The day from which an assessment counts: a contradiction leaves the institution its right of reply."""
    return recorded_on + RIGHT_OF_REPLY if finding == Finding.CONTRADICTS else recorded_on


# --- Who may move what


def is_assessing(move: Move) -> bool:
    """A moderator who judges by a published source, and does not pass on the institution's own words."""
    return Actor.MODERATOR in move.actors and not move.is_own


def is_assessors_entry(move: Move) -> bool:
    """Whether a report stands by itself as "assessed"; a partial claim waits for somebody else's confirmation."""
    is_claim = move.implementation == Implementation.PARTIALLY_IMPLEMENTED
    return move.kind == EntryKind.REPORT and is_assessing(move) and not is_claim


def has_hard_evidence(evidence: Iterable[Proof]) -> bool:
    return any(proof.kind not in SOFT_EVIDENCE for proof in evidence)


def is_proven(evidence: Iterable[Proof]) -> bool:
    """Two different pieces, or one legal act."""
    pieces = list(evidence)
    return len({proof.key for proof in pieces}) > 1 or any(proof.kind == EvidenceKind.RESOLUTION for proof in pieces)


def _entry_fault(move: Move, today: dt.date) -> Promise | None:
    if not move.actors:
        return _("Only an official of this very institution, a moderator or an import may write here. Ask a moderator.")
    if move.is_withdrawn:
        return _("This institution is no longer asked. Look for the recommendation that replaced the request.")
    if move.actors == {Actor.OFFICIAL} and not move.is_own:
        return _(
            "An official speaks for the institution. Record it as its own statement and add the source as evidence."
        )
    if move.refers_on is None or move.refers_on <= today:
        return None
    return _("The date lies in the future. Give the day, month or year in which it happened.")


def position_fault(move: Move, *, today: dt.date) -> Promise | None:
    """An answer: by an official in words or with a document, by others on the basis of a document."""
    if fault := _entry_fault(move, today):
        return fault
    if move.position == Position.NO_ANSWER:
        return _("“No answer yet” is the start and no position. Choose what the institution answered.")
    if not move.text and not move.evidence:
        return _("A position needs words or a document. Write the answer or add the document that holds it.")
    if Actor.OFFICIAL not in move.actors and not move.evidence:
        return _("Who is no official of the institution records its position from a document. Add the document.")
    if move.position == Position.DECLINED and not move.text:
        return _("Declining needs reasons. Write why the institution declines.")
    if move.position != Position.NOT_COMPETENT or move.competent_body not in {None, move.institution}:
        return None
    return _("“Not competent” needs the body that is. Choose another institution than this one.")


def report_fault(move: Move, *, before: State, now: State, today: dt.date) -> Promise | None:
    """A report: ``before`` is the state which the entry would follow, ``now`` the state today."""
    if fault := _entry_fault(move, today):
        return fault
    if now.closure:
        return _("This item is closed and takes no report. A moderator has to reopen it first.")
    if move.implementation == Implementation.NO_INFORMATION:
        return _("“No information” is the start and no report. Say how far it has got, for example “not started”.")
    if move.is_no_change:
        return None
    if move.implementation == Implementation.REVERSED:
        return _reversal_fault(move, before)
    if _steps_down(before.implementation, move.implementation) and not is_assessing(move):
        return _(
            "What was reported as implemented, wholly or in part, is taken back only by a reversal or by an assessor's "
            "correcting entry. Write to the moderators."
        )
    if move.implementation == Implementation.PARTIALLY_IMPLEMENTED:
        if move.missing:
            return None
        return _("“Partially implemented” needs what is missing. Write what has not been done.")
    if move.implementation == Implementation.IMPLEMENTED:
        return _implemented_fault(move)
    if not move.text:
        return _("This report needs words. Write in a sentence what has happened.")
    if move.implementation != Implementation.IN_PROGRESS or move.refers_on is not None:
        return None
    return _("“In progress” needs a dated step. Give the day, month or year of the step.")


def _steps_down(before: str, after: str) -> bool:
    if before == Implementation.PARTIALLY_IMPLEMENTED:
        return after not in ACHIEVED
    return before == Implementation.IMPLEMENTED and after != Implementation.IMPLEMENTED


def _implemented_fault(move: Move) -> Promise | None:
    if not move.is_own:
        return _(
            "“Implemented” is declared by the institution itself. Record its own published statement; "
            "what others say of it is a note or evidence."
        )
    if move.evidence:
        return None
    return _("“Implemented” needs evidence. Add an address, a document or a citation.")


def _reversal_fault(move: Move, before: State) -> Promise | None:
    if not is_assessing(move):
        return _("A reversal is recorded by an assessor from a published source. Write to the moderators.")
    if before.implementation not in ACHIEVED:
        return _("Only what was implemented, wholly or in part, can be reversed. Report the present state instead.")
    if not before.is_disputed:
        return _(
            "A reversal needs contradicting evidence and 14 days' right of reply. Record a contradicting assessment of "
            "the claim first; it becomes public after 14 days."
        )
    if move.text:
        return None
    return _("A reversal needs a reason. Write what was taken back.")


def note_fault(move: Move, *, today: dt.date) -> Promise | None:
    """A note moves nothing and refreshes no age."""
    if fault := _entry_fault(move, today):
        return fault
    if move.actors == {Actor.OFFICIAL}:
        return _("Notes are kept by the moderators. Answer with a report or a position.")
    if move.text:
        return None
    return _("A note needs words. Write what is known.")


def letter_fault(move: Move, *, now: State, today: dt.date) -> Promise | None:
    """A letter that was sent to the addressee: dated, in words, and public."""
    if fault := _entry_fault(move, today):
        return fault
    if move.actors == {Actor.OFFICIAL}:
        return _("Letters to an institution are recorded by the moderators. Answer with a report or a position.")
    if now.closure:
        return _("This item is closed, so nothing is asked any more. A moderator has to reopen it first.")
    if move.refers_on is None:
        return _("A letter needs the day on which it was sent. Give the day.")
    if move.text:
        return None
    return _("A letter needs words. Write what was asked, and of which institution or office.")


def silence_fault(move: Move, *, now: State, clock: Clock, today: dt.date) -> Promise | None:
    """That no answer came: the last rung but one of the reply ladder."""
    if Actor.MODERATOR not in move.actors:
        return _("Only a moderator states that no answer came. Write to the moderators.")
    if fault := _entry_fault(move, today):
        return fault
    if now.closure:
        return _("This item is closed, so nothing is asked any more. A moderator has to reopen it first.")
    if now.last_answer_on is not None:
        return _("The institution has answered. Close the item by what it answered.")
    step = next_step(clock, now)
    if step is None or step.rung == Rung.NOTICE:
        return _("Nobody was asked yet, so silence is no answer. Send a first notice to a contact of the institution.")
    if step.rung == Rung.CLOSING:
        return _("It is stated already that no answer came. Wait until the item may be closed without answer.")
    if step.rung != Rung.SILENCE:
        return _(
            "Silence is stated after two more letters: one to the deputy, 30 days after the answer was due, and one "
            "from a moderator, after 60 days. Record the letter that is missing first."
        )
    if move.refers_on is not None and move.refers_on >= step.from_day:
        return None
    return _("Silence is stated 90 days after the answer was due at the earliest. Wait until then.")


def closure_fault(move: Move, *, now: State, clock: Clock, today: dt.date) -> Promise | None:
    """Closing an item, with what its kind of closure needs."""
    if Actor.MODERATOR not in move.actors:
        return _("Only a moderator closes or reopens an item. Write to the moderators.")
    if fault := _entry_fault(move, today):
        return fault
    if now.closure:
        return _("This item is closed already. Reopen it first to close it otherwise.")
    if move.closure == Closure.IMPLEMENTED:
        if now.implementation == Implementation.IMPLEMENTED and now.is_confirmed:
            return None
        return _("Closing as implemented needs a verified claim. Have the claim verified first.")
    if move.closure == Closure.WITHOUT_ANSWER:
        return _silence_fault(now, clock, today)
    if not move.text:
        return _("Closing needs a reason. Write it in a sentence.")
    if move.closure == Closure.SUPERSEDED and move.superseded_by in {None, move.recommendation}:
        return _("“Superseded” needs the reference that takes its place. Give that of another recommendation.")
    if move.closure == Closure.DECLINED and now.position != Position.DECLINED:
        return _("An item is closed as declined after the institution declined. Record its position first.")
    if move.closure == Closure.NOT_COMPETENT and now.position != Position.NOT_COMPETENT:
        return _("An item is closed as not competent after the institution said so. Record its position first.")
    if move.closure != Closure.NOT_COMPETENT or move.competent_body not in {None, move.institution}:
        return None
    return _("“Not competent” needs the body that is. Choose another institution than this one.")


def _silence_fault(now: State, clock: Clock, today: dt.date) -> Promise | None:
    if now.last_answer_on is not None:
        return _("The institution has answered. Close the item by what it answered.")
    if clock.notified_on is None or clock.is_collective:
        return _("Nobody was asked yet, so silence is no answer. Send a first notice to a contact of the institution.")
    if now.silent_on is None:
        return _("Closing without answer needs the reply ladder finished. State first that no answer came.")
    if add_months(clock.notified_on, SILENCE_MONTHS) <= today:
        return None
    return _("An item is closed without answer 24 months after the first notice at the earliest. Wait until then.")


def reopening_fault(move: Move, *, now: State, today: dt.date) -> Promise | None:
    """Reopening: an assessor, on contradicting evidence that has become public."""
    if Actor.MODERATOR not in move.actors:
        return _("Only a moderator closes or reopens an item. Write to the moderators.")
    if fault := _entry_fault(move, today):
        return fault
    if not now.closure:
        return _("This item is open. There is nothing to reopen.")
    if not now.is_disputed:
        return _(
            "Reopening needs contradicting evidence and 14 days' right of reply. Record a contradicting assessment of "
            "the closure or the claim first; it becomes public after 14 days."
        )
    if move.text:
        return None
    return _("Reopening needs a reason. Write it in a sentence.")


def assessment_fault(
    actors: frozenset[Actor],
    is_claimant: bool,
    finding: str,
    text: str,
    assessed_on: dt.date,
    entry: Entry,
    claim_evidence: Iterable[Proof],
    evidence: Iterable[Proof],
    now: State,
    today: dt.date,
) -> Promise | None:
    """What an assessor may find about ``entry``. ``is_claimant``: the assessor is who recorded it."""
    own = list(evidence)
    together = [*claim_evidence, *own]
    if Actor.MODERATOR not in actors:
        return _("Only a moderator assesses. Write to the moderators.")
    if is_claimant:
        return _("Nobody assesses an entry of their own. Ask another moderator.")
    if entry.kind not in {EntryKind.POSITION, EntryKind.REPORT, EntryKind.CLOSURE}:
        return _("Only a position, a report or a closure can be assessed. A note claims nothing.")
    if not text:
        return _("An assessment needs words. Write what was found and where.")
    if assessed_on > today:
        return _("The date lies in the future. Give the day on which it was assessed.")
    if finding == Finding.CONTRADICTS and not own:
        return _("A contradicting assessment needs evidence. Add an address, a document or a citation.")
    if finding == Finding.CONFIRMS and entry.implementation == Implementation.IMPLEMENTED and not is_proven(together):
        return _("Verifying needs two different pieces of evidence, of the claim and yours together, or one legal act.")
    is_partial = entry.implementation == Implementation.PARTIALLY_IMPLEMENTED
    if finding == Finding.CONFIRMS and is_partial and not has_hard_evidence(together):
        return _("Confirming needs one hard piece of evidence: any kind but press, a photo or a web page.")
    is_standing = now.is_confirmed and entry.implementation == now.implementation
    if finding == Finding.RETURNED:
        return _return_fault(entry, now, is_standing=is_standing)
    if finding not in {Finding.HOLDS, Finding.WEAKENED} or is_standing:
        return None
    return _("Only what was confirmed can be checked again. Confirm the claim or contradict it instead.")


def _return_fault(entry: Entry, now: State, *, is_standing: bool) -> Promise | None:
    if entry.kind not in {EntryKind.POSITION, EntryKind.REPORT}:
        return _("Only what was said for an institution is returned with a question. Contradict the closure instead.")
    if now.closure:
        return _("This item is closed and takes no report. A moderator has to reopen it first.")
    if is_standing and entry.kind == EntryKind.REPORT:
        return _("What was confirmed is checked again and not returned. Record whether it holds or is weakened.")
    return None


# --- References


def reference_stem(programme: str, year: int | None, city: str = "", group: str = "") -> str:
    """What stands before ``-R<NN>`` in a reference: ``FLPM-2015-WRO-G3``, ``MO-2014``, ``CWII-ND-GDA``.

    ``year`` is that of the earliest date, None where the date is unknown or only a bound; ``city`` and ``group``
    are codes or empty. Raises ValueError for a segment that is not of ASCII capitals and digits.
    """
    segments = [programme, "ND" if year is None else f"{year:04d}", *filter(None, (city, group))]
    for segment in segments:
        if not _SEGMENT.fullmatch(segment):
            raise ValueError(f"{segment!r} cannot stand in a reference: use capitals A-Z and digits only.")
    return "-".join(segments)


def reference(stem: str, number: int) -> str:
    """The whole reference of the ``number``-th recommendation below a stem: ``MO-2014-R02``."""
    return f"{stem}-R{number:02d}"
