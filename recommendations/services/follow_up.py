"""Everything that is added to the log: positions, reports, notes, letters, silences, closures, reopenings, assessments.

Each act locks the row, asks the rules, writes entry, evidence and caches in one transaction, or raises Refused with
a sentence that says which rule forbids it and what would satisfy it. Nothing is ever edited or deleted: a newer entry
corrects an older one. ``refers_on`` is the day the fact refers to; a month or a year is kept as its first day.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from recommendations import rules
from recommendations.choices import (
    AddresseeRole,
    Basis,
    Closure,
    EntryKind,
    FactPrecision,
    Finding,
    Implementation,
    Position,
)
from recommendations.models import Assessment, Assignment, Evidence, FollowUp, Recommendation
from recommendations.services.evidence import EvidenceData, proof_of, refuse_faulty, refuse_misfit, write_evidence
from recommendations.services.log import assert_in_act, clock_of, entries_of, entry_of, lock, write_badge, write_caches
from taxonomy.models import Organisation

MODERATORS = "Moderatorzy"
IMPORT_GROUP, IMPORT_ACCOUNT = "Import", "import"


class Overtaken(Refused):
    """Somebody added ``newer`` entries, or ``found`` something about one, after the form of this one was opened."""

    def __init__(self, newer: Iterable[FollowUp], found: Iterable[Assessment] = ()) -> None:
        self.newer, self.found = list(newer), list(found)
        super().__init__(
            _("Not saved: somebody added an entry while you were writing. Read it, then save again.")
            if self.newer
            else _("Not saved: somebody assessed an entry while you were writing. Read it, then save again.")
        )


class Preceded(Refused):
    """``later`` refers to a later date and would stay the state: the new entry would stand in the history alone."""

    def __init__(self, later: FollowUp) -> None:
        said = later.get_position_display() or later.get_implementation_display()
        day = f"{later.refers_on:%d.%m.%Y}"
        super().__init__(
            _(
                "Not saved: “%(said)s” stands for %(day)s, which is later, and would stay the state; yours would only "
                "stand in the history. If it is so today, write a date from %(day)s on. If it belongs into the "
                "history, send it once more."
            )
            % {"said": said, "day": day}
        )
        self.later = later


@dataclass(frozen=True)
class Said:
    """Who says what from where and since when: what every entry has."""

    recorded_by: Any
    basis: str
    text: str = ""
    refers_on: dt.date | None = None
    refers_precision: str = FactPrecision.DAY
    declared_by: Organisation | None = None
    evidence: Sequence[EvidenceData] = ()
    language: str = "pl"
    # The newest entry and the newest assessment that stood on the page; None: nobody is asked.
    seen: int | None = None
    judged: int | None = None
    # The entry of a later date that the person knows to stay the state (0: none); None: nobody is asked.
    later: int | None = None
    act: uuid.UUID | None = None


Fault = Callable[[rules.Move, list[rules.Entry], Assignment, dt.date], Promise | None]


def actors_of(user: Any, organisation: Organisation, today: dt.date | None = None) -> frozenset[rules.Actor]:
    """In which capacities a person may write about this very institution; none for a stranger."""
    if user is None or not user.is_authenticated:
        return frozenset()
    groups = set(user.groups.values_list("name", flat=True))
    actors = set()
    if user.username == IMPORT_ACCOUNT and IMPORT_GROUP in groups:
        # The import account cannot sign in and so counts as inactive.
        actors.add(rules.Actor.IMPORT)
    if user.is_active and MODERATORS in groups:
        actors.add(rules.Actor.MODERATOR)
    if Organisation.objects.held_by(user, today).filter(pk=organisation.pk).exists():
        actors.add(rules.Actor.OFFICIAL)
    return frozenset(actors)


def is_moderator(user: Any) -> bool:
    return bool(user.groups.filter(name=MODERATORS).exists())


def newest_entry(assignment: Assignment) -> int:
    """The id of the newest entry, 0 for an empty log: what a form was rendered with (``seen``)."""
    return int(assignment.follow_ups.aggregate(newest=Max("pk"))["newest"] or 0)


def newest_assessment(assignment: Assignment) -> int:
    """The id of the newest assessment of any entry, 0 without one: what a form was rendered with (``judged``)."""
    found = Assessment.objects.filter(follow_up__assignment=assignment)
    return int(found.aggregate(newest=Max("pk"))["newest"] or 0)


def refuse_overtaken(rows: Iterable[Assignment], *, seen: int | None, judged: int | None) -> None:
    """Overtaken where locked rows have an entry newer than ``seen``, or an assessment newer than ``judged``."""
    pks = [row.pk for row in rows]
    newer = FollowUp.objects.none() if seen is None else FollowUp.objects.filter(assignment__in=pks, pk__gt=seen)
    found = Assessment.objects.none()
    if judged is not None:
        found = Assessment.objects.filter(follow_up__assignment__in=pks, pk__gt=judged)
    if newer or found:
        raise Overtaken(newer.order_by("pk").select_related("declared_by"), found.order_by("pk"))


def record_position(
    assignment: Assignment, *, position: str, competent_body: Organisation | None = None, **said: Any
) -> FollowUp:
    """Record an answer of the institution; ``said`` are the fields of Said."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        return rules.position_fault(move, today=today)

    values = {"position": known(Position, position), "competent_body": competent_body}
    return _record(assignment, EntryKind.POSITION, Said(**said), fault, **values)


def record_report(assignment: Assignment, *, implementation: str | None, missing: str = "", **said: Any) -> FollowUp:
    """Record how far it has got; ``implementation`` None says "no change". ``said`` are the fields of Said.

    A partial claim needs ``missing``: what has not been done.
    """

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        before = rules.state_of(rules.preceding(entries, move.refers_on), today=today)
        return rules.report_fault(move, before=before, now=rules.state_of(entries, today=today), today=today)

    if implementation is None:
        return _record(assignment, EntryKind.REPORT, Said(**said), fault, implementation=None, missing=missing)
    values = {"implementation": known(Implementation, implementation), "missing": missing.strip()}
    return _record(assignment, EntryKind.REPORT, Said(**said), fault, **values)


def record_note(assignment: Assignment, **said: Any) -> FollowUp:
    """Record something that moves nothing: an award, a similar practice, a submission without an answer."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        return rules.note_fault(move, today=today)

    return _record(assignment, EntryKind.NOTE, Said(**said), fault)


@transaction.atomic
def record_letter(assignment: Assignment, **said: Any) -> FollowUp:
    """Record a letter that was sent to the institution; a moderator's first one starts the clock of a single body."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        return rules.letter_fault(move, now=rules.state_of(entries, today=today), today=today)

    entry = _record(assignment, EntryKind.LETTER, Said(**said), fault)
    row = entry.assignment
    # Never at import (domain.md, "Clock"): what is loaded was sent by others, long ago.
    is_ours = rules.Actor.MODERATOR in actors_of(entry.recorded_by, row.answering)
    if row.notified_at is None and is_ours and not row.organisation.is_collective and entry.refers_on:
        row.notified_at = timezone.make_aware(dt.datetime.combine(entry.refers_on, dt.time(12)))
        row.save(update_fields=["notified_at"])
    return entry


def record_silence(assignment: Assignment, **said: Any) -> FollowUp:
    """Record that no answer came: what finishes the reply ladder."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        now = rules.state_of(entries, today=today)
        return rules.silence_fault(move, now=now, clock=clock_of(row), today=today)

    return _record(assignment, EntryKind.SILENCE, Said(**said), fault)


@transaction.atomic
def close(
    assignment: Assignment,
    *,
    closure: str,
    reason: str = "",
    competent_body: Organisation | None = None,
    superseded_by: Recommendation | None = None,
    **said: Any,
) -> FollowUp:
    """Close a row. Closing as not competent opens the row of the body that is: the one given, else the one named."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        now = rules.state_of(entries, today=today)
        return rules.closure_fault(move, now=now, clock=clock_of(row), today=today)

    if closure == Closure.NOT_COMPETENT and competent_body is None:
        named = assignment.follow_ups.filter(position=Position.NOT_COMPETENT).newest_first().first()
        competent_body = named.competent_body if named else None
    entry = _record(
        assignment,
        EntryKind.CLOSURE,
        _decided(reason, said),
        fault,
        closure=known(Closure, closure),
        competent_body=competent_body,
        superseded_by=superseded_by,
    )
    if closure == Closure.NOT_COMPETENT:
        open_named_row(entry)
    return entry


def accept_not_ours(assignment: Assignment, *, reason: str, **said: Any) -> FollowUp:
    """Accept that a matter is not the institution's own: its row closes and that of the body it named opens."""
    return close(assignment, closure=Closure.NOT_COMPETENT, reason=reason, **said)


@transaction.atomic
def close_whole(
    recommendation: Recommendation,
    *,
    closure: str,
    reason: str = "",
    seen: int | None = None,
    judged: int | None = None,
    **said: Any,
) -> list[FollowUp]:
    """Close every open row of a recommendation by one act; all or none. ``seen`` and ``judged``: of all these rows."""
    Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    rows = list(recommendation.assignments.open().filter(is_withdrawn=False).order_by("number"))
    if not rows:
        raise Refused(_("Nothing is open here. There is nothing to close."))
    refuse_overtaken(rows, seen=seen, judged=judged)
    act = uuid.uuid4()
    return [close(row, closure=closure, reason=reason, act=act, **said) for row in rows]


def reopen(assignment: Assignment, *, reason: str, **said: Any) -> FollowUp:
    """Open a closed row again, on contradicting evidence that has become public."""

    def fault(move: rules.Move, entries: list[rules.Entry], row: Assignment, today: dt.date) -> Promise | None:
        return rules.reopening_fault(move, now=rules.state_of(entries, today=today), today=today)

    return _record(assignment, EntryKind.REOPENING, _decided(reason, said), fault)


def _decided(reason: str, said: dict[str, Any]) -> Said:
    """A moderator's decision: of today, on no institution's word."""
    decided: dict[str, Any] = {"basis": Basis.PUBLISHED_SOURCE, "refers_on": timezone.localdate(), "text": reason}
    return Said(**decided | said)


@transaction.atomic
def assess(
    follow_up: FollowUp,
    *,
    finding: str,
    text: str,
    recorded_by: Any,
    evidence: Sequence[EvidenceData] = (),
    assessed_on: dt.date | None = None,
    seen: int | None = None,
    judged: int | None = None,
) -> Assessment:
    """Record what an assessor found about one entry; a contradiction is public after the right of reply.

    ``seen`` and ``judged`` as in Said.
    """
    row = lock(follow_up.assignment)
    refuse_overtaken([row], seen=seen, judged=judged)
    today = timezone.localdate()
    entries = entries_of(row)
    entry = entry_of(FollowUp.objects.prefetch_related("assessments").get(pk=follow_up.pk, assignment=row))
    claim = [same.id for same in rules.claim_of(entries, entry)]
    claimed = Evidence.objects.filter(follow_up__in=claim).select_related("document")
    is_claimant = bool(recorded_by) and row.follow_ups.filter(pk__in=claim, recorded_by=recorded_by.pk).exists()
    refuse_faulty(evidence, today)
    fault = rules.assessment_fault(
        actors=actors_of(recorded_by, row.answering, today),
        is_claimant=is_claimant,
        finding=known(Finding, finding),
        text=text.strip(),
        assessed_on=assessed_on or today,
        entry=entry,
        claim_evidence=[proof_of(piece) for piece in claimed],
        evidence=[piece.proof for piece in evidence],
        now=rules.state_of(entries, today=today),
        today=today,
    )
    if fault:
        raise Refused(fault)
    now = timezone.now()
    assessment = Assessment(
        follow_up=follow_up,
        finding=finding,
        text=text.strip(),
        assessed_on=assessed_on or today,
        recorded_at=now,
        public_from=rules.public_from(finding, today),
        recorded_by=recorded_by,
    )
    refuse_misfit(assessment)
    assessment.save()
    write_evidence(evidence, assessment=assessment)
    write_caches(row, now=now if assessment.public_from <= today else None)
    return assessment


@transaction.atomic
def open_member_row(
    recommendation: Recommendation, *, organisation: Organisation, member_of: Organisation
) -> Assignment:
    """The row of an institution that answers as a member of an asked class; opened as supporting when it is new.

    Refused when the recommendation does not ask the class, or the member is itself a class.
    """
    Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    asked = recommendation.assignments.filter(organisation=member_of, is_withdrawn=False).first()
    if asked is None or not member_of.is_collective:
        raise Refused(
            _("%(reference)s does not ask the group “%(group)s”. Name a group of institutions that it asks.")
            % {"reference": recommendation.reference, "group": member_of}
        )
    if organisation.is_collective:
        raise Refused(_("“%(body)s” is itself a group. Name a single institution.") % {"body": organisation})
    existing: Assignment | None = recommendation.assignments.filter(organisation=organisation).first()
    return existing or _open_row(recommendation, organisation, AddresseeRole.SUPPORTING, member_of=asked)


def open_named_row(closing: FollowUp) -> Assignment:
    """The row of the body that a closure names as competent, asked in the same role as the one that was closed."""
    closed, body = closing.assignment, closing.competent_body
    assert_in_act()
    if body is None:
        raise Refused(_("“Not competent” needs the body that is. Choose another institution than this one."))
    existing = closed.recommendation.assignments.filter(organisation=body).first()
    if existing is None:
        return _open_row(closed.recommendation, body, closed.role, named_by=closed, member_of=closed.member_of)
    if existing.is_withdrawn:
        existing.is_withdrawn, existing.named_by = False, closed
        existing.save(update_fields=["is_withdrawn", "named_by"])
        write_badge(closed.recommendation)
    return existing


def _open_row(recommendation: Recommendation, organisation: Organisation, role: str, **values: Any) -> Assignment:
    number = recommendation.assignments.aggregate(last=Max("number"))["last"] or 0
    row = Assignment.objects.create(
        recommendation=recommendation, organisation=organisation, number=number + 1, role=role, **values
    )
    write_badge(recommendation)
    return row


def known(choices: Any, value: str) -> str:
    """The value, if it is one of the choices; Refused otherwise, before the database has to."""
    if value not in choices.values:
        raise Refused(_("“%(value)s” is not a known word here. Choose one of the list.") % {"value": value})
    return str(value)


@transaction.atomic
def _record(assignment: Assignment, kind: str, said: Said, find_fault: Fault, **values: Any) -> FollowUp:
    row = lock(assignment)
    refuse_overtaken([row], seen=said.seen, judged=said.judged)
    today = timezone.localdate()
    entries = entries_of(row)
    is_no_change = kind == EntryKind.REPORT and values["implementation"] is None
    if is_no_change:
        values["implementation"] = rules.state_of(entries, today=today).implementation
    refers_on = _day_of(said)
    is_own, declared_by = _voice_of(said, row)
    move = rules.Move(
        kind=kind,
        actors=actors_of(said.recorded_by, row.answering, today),
        is_own=is_own,
        refers_on=refers_on,
        text=said.text.strip(),
        evidence=tuple(piece.proof for piece in said.evidence),
        position=values.get("position", ""),
        implementation=values.get("implementation", ""),
        is_no_change=is_no_change,
        missing=values.get("missing", ""),
        closure=values.get("closure", ""),
        is_withdrawn=row.is_withdrawn,
        institution=row.organisation_id,
        competent_body=_key(values.get("competent_body")),
        recommendation=row.recommendation_id,
        superseded_by=_key(values.get("superseded_by")),
    )
    refuse_faulty(said.evidence, today)
    if fault := find_fault(move, entries, row, today):
        raise Refused(fault)
    now = timezone.now()
    if said.later is not None:
        new = rules.Entry(kind, now, today, refers_on, position=move.position, implementation=move.implementation)
        stays = rules.staying(entries, new)
        if stays and stays.id != said.later:
            raise Preceded(row.follow_ups.get(pk=stays.id))
    entry = FollowUp(
        assignment=row,
        kind=kind,
        text=move.text,
        language=said.language,
        refers_on=refers_on,
        refers_precision=said.refers_precision,
        recorded_at=now,
        basis=said.basis,
        declared_by=declared_by,
        recorded_by=said.recorded_by,
        is_by_assessor=rules.is_assessors_entry(move),
        act=said.act,
        **values,
    )
    refuse_misfit(entry)
    entry.save()
    write_evidence(said.evidence, follow_up=entry)
    write_caches(row, now=now)
    return entry


def _key(row: Any) -> int | None:
    return row.pk if row is not None else None


def _day_of(said: Said) -> dt.date | None:
    """The first day of what the date names; None where it is not known, and then only where that is said."""
    if said.refers_precision == FactPrecision.UNKNOWN:
        if said.refers_on is not None:
            raise Refused(_("A date is given and said not to be known. Choose how exactly it is known."))
        return None
    if said.refers_on is None:
        raise Refused(_("The date is missing to which this entry refers. Give a day, a month or a year."))
    return rules.first_day(said.refers_on, known(FactPrecision, said.refers_precision))


def _voice_of(said: Said, row: Assignment) -> tuple[bool, Organisation | None]:
    """Whether the institution itself speaks, and as which body: itself, its successor, or what one is a part of."""
    is_own = known(Basis, said.basis) == Basis.OWN_STATEMENT
    if not is_own:
        if said.declared_by is not None:
            raise Refused(
                _("Only an own statement names who declares it. Who issued a document is named on the evidence.")
            )
        return False, None
    body = said.declared_by or row.answering
    if body.pk not in {row.organisation_id, row.organisation.parent_id, row.answering.pk, row.answering.parent_id}:
        raise Refused(_("An own statement is that of the institution that is asked, or of the body it is a part of."))
    return True, body
