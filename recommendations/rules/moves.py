"""What a follow-up move needs; pure.

The law is the table "Who may move what" of the domain rules. A ``*_fault`` answers None where a move is legal, else the
sentence that says which rule forbids it and what would satisfy it.
"""

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recommendations.choices import (
    ACHIEVED,
    SOFT_EVIDENCE,
    Closure,
    EntryKind,
    EvidenceKind,
    Finding,
    Implementation,
    Position,
    Rung,
)
from recommendations.rules.log import FIRST_DAY, Entry, State
from recommendations.rules.time import SILENCE_MONTHS, Clock, add_months, next_step

TOO_EARLY = _("The date lies before 1989, so the year is wrong. Give the day, month or year in which it happened.")


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


def is_assessing(move: Move) -> bool:
    """A moderator who judges by a published source, neither in the institution's own words nor answering for it."""
    return Actor.MODERATOR in move.actors and Actor.OFFICIAL not in move.actors and not move.is_own


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
    if move.refers_on is not None and move.refers_on < FIRST_DAY:
        return TOO_EARLY
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
    if Actor.OFFICIAL in actors:
        return _("Nobody assesses what an institution says that they answer for. Ask another moderator.")
    if entry.kind not in {EntryKind.POSITION, EntryKind.REPORT, EntryKind.CLOSURE}:
        return _("Only a position, a report or a closure can be assessed. A note claims nothing.")
    if not text:
        return _("An assessment needs words. Write what was found and where.")
    if assessed_on > today:
        return _("The date lies in the future. Give the day on which it was assessed.")
    if assessed_on < entry.recorded_on:
        return _("The date lies before the entry was recorded. Give the day on which it was assessed.")
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
