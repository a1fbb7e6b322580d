"""All public status events as one list of named columns: entries of the log, what assessors found about them, and what
was told of recommendations that were chosen in a stage of action.

Only what is listed in COLUMNS goes out. No column names a person, and of a restricted file none has the address.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from pagekit.models import source_language
from recommendations.choices import Basis
from recommendations.models import Assessment, Evidence, FollowUp, Recommendation, StageEntry
from recommendations.models.narrowing import Narrowing
from recommendations.models.record import Record
from recommendations.models.stage import with_bodies
from recommendations.transfer.batches import BATCH, Absolute
from recommendations.transfer.export import Stamp, Value, day, moment, with_nulls
from recommendations.transfer.formats import MARK, cell, dumped, lines

ASSESSMENT = "assessment"
"""What an assessment is called where entries have their kind."""

TYPES = {"csv": "text/csv", "json": "application/json"}


@dataclass(frozen=True)
class Event:
    """One entry, or one public assessment of it; ``superseded_by`` only where readers may see it."""

    entry: FollowUp
    assessment: Assessment | None
    pieces: tuple[Evidence, ...]
    # Of the pieces that are not restricted, and have one.
    evidence_addresses: tuple[str, ...]
    address: str
    superseded_by: str

    @property
    def id(self) -> str:
        return f"assessment-{self.assessment.pk}" if self.assessment else f"entry-{self.entry.pk}"

    @property
    def public_at(self) -> dt.datetime:
        """The moment it became public; an assessment, not before its day."""
        return self.assessment.public_at if self.assessment else self.entry.recorded_at


@dataclass(frozen=True)
class StageEvent:
    """Why a recommendation was chosen in a stage, or what was done there: nobody's answer, it moves no status."""

    entry: StageEntry
    address: str

    @property
    def id(self) -> str:
        return stage_event_id(self.entry.pk)

    @property
    def public_at(self) -> dt.datetime:
        return self.entry.recorded_at


AnyEvent = Event | StageEvent


def stage_event_id(pk: int) -> str:
    """The identifier of an entry of a stage, and its anchor on the pages that show it."""
    return f"stage-entry-{pk}"


def _nothing(_entry: Any) -> None:
    """What an event of this sort does not have."""


@dataclass(frozen=True)
class Column:
    """One column of both formats, with its value by sort of event; a list is joined in a cell."""

    name: str
    meaning: Any
    of_log: Callable[[Event], Value]
    of_stage: Callable[[StageEvent], Value] = _nothing

    def value(self, event: AnyEvent) -> Value:
        return self.of_stage(event) if isinstance(event, StageEvent) else self.of_log(event)


def _of_entry(value: Callable[[FollowUp], Value]) -> Callable[[Event], Value]:
    """A value that an entry has and an assessment of it has not."""
    return lambda event: None if event.assessment else value(event.entry)


def _of_either(name: str) -> Callable[[Event], Any]:
    return lambda event: getattr(event.assessment or event.entry, name)


def _one(word: str) -> list[str]:
    """A list of one or of none."""
    return [word] if word else []


COLUMNS: tuple[Column, ...] = (
    Column("event", _("identifier of the event"), lambda event: event.id, lambda event: event.id),
    Column("kind", _("kind of entry, assessment, or choice or action of a stage"),
           lambda event: ASSESSMENT if event.assessment else event.entry.kind,
           lambda event: f"stage_{event.entry.kind}"),
    Column("reference", _("permanent reference of the recommendation"),
           lambda event: event.entry.assignment.recommendation.reference,
           lambda event: event.entry.chosen.recommendation.reference),
    Column("address", _("permanent address of the event"), lambda event: event.address, lambda event: event.address),
    Column("addressee_number", _("number of the addressee in the recommendation"),
           lambda event: f"A{event.entry.assignment.number}"),
    Column("addressee_code", _("code of the addressee"), lambda event: event.entry.assignment.organisation.code),
    Column("addressee", _("whom it asks"), lambda event: event.entry.assignment.organisation.label),
    Column("refers_on", _("day to which it refers; of a month or a year the first"),
           lambda event: day(event.assessment.assessed_on if event.assessment else event.entry.refers_on),
           lambda event: day(event.entry.refers_on)),
    Column("refers_precision", _("how exactly that day is known"), _of_entry(lambda entry: entry.refers_precision),
           lambda event: event.entry.refers_precision),
    Column("recorded_at", _("moment it was written here"),
           lambda event: moment(_of_either("recorded_at")(event)), lambda event: moment(event.entry.recorded_at)),
    Column("public_from", _("day from which an assessment is public"),
           lambda event: day(event.assessment.public_from) if event.assessment else None),
    Column("position", _("position, code"), _of_entry(lambda entry: entry.position)),
    Column("implementation", _("implementation, code"), _of_entry(lambda entry: entry.implementation)),
    Column("closure", _("closure, code"), _of_entry(lambda entry: entry.closure)),
    Column("finding", _("what the assessor found, code"),
           lambda event: event.assessment.finding if event.assessment else None),
    Column("assesses", _("identifier of the entry that was assessed"),
           lambda event: f"entry-{event.entry.pk}" if event.assessment else None),
    Column("basis", _("own statement, or published source"), _of_entry(lambda entry: entry.basis),
           lambda event: None if event.entry.is_retraction else Basis.PUBLISHED_SOURCE.value),
    Column("declared_by", _("code of the institution whose own statement it is"),
           _of_entry(lambda entry: entry.declared_by.code if entry.declared_by else None)),
    Column("is_by_assessor", _("whether it is an assessor's own finding"),
           lambda event: "yes" if event.assessment or event.entry.is_by_assessor else "no"),
    Column("text", _("text"), _of_either("text"), lambda event: event.entry.text),
    Column("language", _("language of the text"), _of_entry(lambda entry: entry.language),
           lambda event: source_language()),
    Column("missing", _("what is missing"), _of_entry(lambda entry: entry.missing)),
    Column("competent_body", _("code of the body that is competent"),
           _of_entry(lambda entry: entry.competent_body.code if entry.competent_body else None)),
    Column("superseded_by", _("reference that takes its place"), lambda event: event.superseded_by),
    Column("evidence_kinds", _("kinds of the pieces of evidence"), lambda event: [one.kind for one in event.pieces]),
    Column("evidence", _("what the pieces of evidence are called"), lambda event: [
        one.shown_title or one.citation for one in event.pieces], lambda event: _one(event.entry.source_title)),
    Column("evidence_addresses", _("addresses of the public pieces of evidence"),
           lambda event: list(event.evidence_addresses), lambda event: _one(event.entry.source_url)),
    Column("restricted_count", _("pieces of evidence whose file is not public"),
           lambda event: sum(one.is_restricted for one in event.pieces)),
    Column("stage", _("code of the stage of action in which it was chosen"), _nothing,
           lambda event: event.entry.chosen.stage.code),
    Column("acting", _("codes of the organisations that chose it or acted in the stage"), _nothing,
           lambda event: [body.code for body in event.entry.named_bodies]),
    Column("result", _("what came of an action of a stage"), _nothing, lambda event: event.entry.result),
    Column("corrects", _("identifier of the entry of a stage in whose place it stands"), _nothing,
           lambda event: stage_event_id(event.entry.corrects_id) if event.entry.corrects_id else None),
    Column("is_taken_back", _("whether it takes that entry back"), _nothing,
           lambda event: "yes" if event.entry.is_retraction else "no"),
    Column("same_step", _("identifier of the entry of the log about the same step"), _nothing,
           lambda event: f"entry-{event.entry.follow_up_id}" if event.entry.follow_up_id else None),
)  # fmt: skip
"""The one list of columns for CSV and JSON; described for readers in docs/export.md."""

Batches = Iterable[Sequence[AnyEvent]]


def batches(narrowing: Narrowing, language: str, absolute: Absolute) -> Iterator[Sequence[AnyEvent]]:
    """All public events of the filter, those of the log and then those of stages, each in the order in which they were
    written; permissions are asked per batch.
    """
    yield from _batches_of_the_log(narrowing, language, absolute)
    yield from _batches_of_stages(narrowing, absolute)


def _batches_of_the_log(narrowing: Narrowing, language: str, absolute: Absolute) -> Iterator[list[Event]]:
    last = 0
    while True:
        entries = list(
            narrowing.entries()
            .filter(pk__gt=last)
            .order_by("pk")
            .select_related("assignment__recommendation", "assignment__organisation", "declared_by", "competent_body")
            .with_public_assessments(narrowing.moment)[:BATCH]
        )
        if not entries:
            return
        last = entries[-1].pk
        with override(language):
            yield events_of(entries, absolute)


def _batches_of_stages(narrowing: Narrowing, absolute: Absolute) -> Iterator[list[StageEvent]]:
    last = 0
    while pks := list(
        narrowing.stage_entries().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        last = pks[-1]
        yield sorted(stage_events_of(pks, absolute), key=lambda event: event.entry.pk)


def stage_events_of(pks: Iterable[int], absolute: Absolute) -> list[StageEvent]:
    """What entries of stages tell, with whom they name; one query."""
    rows = StageEntry.objects.filter(pk__in=list(pks)).select_related("chosen__recommendation", "chosen__stage")
    return [
        StageEvent(entry, f"{address_of(entry.chosen.recommendation, absolute)}#{stage_event_id(entry.pk)}")
        for entry in with_bodies(rows)
    ]


def address_of(recommendation: Recommendation, absolute: Absolute) -> str:
    return absolute(reverse("reference", kwargs={"reference": recommendation.reference}))


def events_of(entries: list[FollowUp], absolute: Absolute) -> list[Event]:
    """The entries, each followed by what was found about it; ``public_assessments`` are read. Two queries."""
    assessments = [one for entry in entries for one in entry.public_assessments]
    pieces: dict[tuple[int | None, int | None], list[Evidence]] = defaultdict(list)
    given = Evidence.objects.filter(Q(follow_up__in=entries) | Q(assessment__in=assessments))
    for piece in given.select_related("document").order_by("pk"):
        pieces[piece.follow_up_id, piece.assessment_id].append(piece)
    successors = {entry.superseded_by_id for entry in entries if entry.superseded_by_id}
    visible = Recommendation.objects.visible_to().filter(pk__in=successors) if successors else None
    references = dict(visible.values_list("pk", "reference")) if visible is not None else {}

    def event(entry: FollowUp, assessment: Assessment | None = None) -> Event:
        own = pieces[(None, assessment.pk) if assessment else (entry.pk, None)]
        return Event(
            entry=entry,
            assessment=assessment,
            pieces=tuple(own),
            evidence_addresses=tuple(address for one in own if (address := public_address(one, absolute))),
            address=f"{address_of(entry.assignment.recommendation, absolute)}#entry-{entry.pk}",
            superseded_by="" if assessment else references.get(entry.superseded_by_id or 0, ""),
        )

    found = []
    for entry in entries:
        # On the page the newest assessment stands first; here they stand in the order in which they were found.
        found += [event(entry), *(event(entry, one) for one in reversed(entry.public_assessments))]
    return found


def in_words(event: AnyEvent) -> dict[str, Any]:
    """The event by the names of its columns, as JSON has it."""
    found: dict[str, Any] = with_nulls({column.name: column.value(event) for column in COLUMNS})
    return found


def log_of(record: Record, absolute: Absolute) -> list[dict[str, Any]]:
    """The log of one recommendation as its page shows it, in the order in which it was written."""
    for entry in record.entries:
        entry.assignment.recommendation = record.fact
    told = StageEntry.objects.visible_to().filter(chosen__recommendation=record.fact)
    found: list[AnyEvent] = [*events_of(sorted(record.entries, key=lambda one: one.pk), absolute)]
    found += stage_events_of(told.values_list("pk", flat=True), absolute)
    return [in_words(event) for event in sorted(found, key=lambda event: event.entry.recorded_at)]


def public_address(piece: Evidence, absolute: Absolute) -> str:
    """Where readers get a piece of evidence; empty for a citation in words and for a restricted file."""
    if piece.is_restricted:
        return ""
    return piece.url or (absolute(piece.document.url) if piece.document else "")


def write(form: str, found: Batches, stamp: Stamp, language: str) -> Iterator[bytes]:
    """The events in one of TYPES, piece by piece; words are those of ``language``."""
    return as_csv(found, language) if form == "csv" else as_json(found, stamp, language)


def as_csv(found: Batches, language: str) -> Iterator[bytes]:
    """UTF-8 with its mark, commas, line ends as RFC 4180 has them."""
    yield MARK + lines([[column.name for column in COLUMNS]])
    for batch in found:
        with override(language):
            written = lines([[cell(column.value(event)) for column in COLUMNS] for event in batch])
        yield written


def as_json(found: Batches, stamp: Stamp, language: str) -> Iterator[bytes]:
    """One object: when and what was asked, what the columns mean, and the events by column."""
    with override(language):
        head = {
            "retrieved_at": moment(stamp.retrieved_at),
            "question": stamp.question,
            "columns": {column.name: str(column.meaning) for column in COLUMNS},
        }
    yield (dumped(head)[:-1] + ', "events": [').encode()
    mark = "\n"
    for batch in found:
        with override(language):
            items = [in_words(event) for event in batch]
        yield (mark + ",\n".join(map(dumped, items))).encode("utf-8", "replace")
        mark = ",\n"
    yield b"\n]}\n"
