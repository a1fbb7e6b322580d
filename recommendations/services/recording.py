"""How one entry gets into the log: what everybody says with it, what is refused first, and the act that writes it."""

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
from recommendations.choices import Basis, EntryKind, FactPrecision
from recommendations.models import Assessment, Assignment, FollowUp
from recommendations.services.actors import actors_of
from recommendations.services.evidence import EvidenceData, refuse_faulty, refuse_misfit, write_evidence
from recommendations.services.log import entries_of, lock, write_caches
from taxonomy.models import Organisation

Fault = Callable[[rules.Move, list[rules.Entry], Assignment, dt.date], Promise | None]


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


def known(choices: Any, value: str) -> str:
    """The value, if it is one of the choices; Refused otherwise, before the database has to."""
    if value not in choices.values:
        raise Refused(_("“%(value)s” is not a known word here. Choose one of the list.") % {"value": value})
    return str(value)


@transaction.atomic
def record(assignment: Assignment, kind: str, said: Said, find_fault: Fault, **values: Any) -> FollowUp:
    """Write one entry of a ``kind`` with its ``values``; Refused with what ``find_fault`` or any common rule says.

    Overtaken or Preceded where ``said`` asks for it.
    """
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
