"""The log that the sources gave: follow_up.tsv, each line one entry recorded by the account `import`."""

import datetime as dt
import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from cms.content.periods import first_day, refuse_other_precision
from cms.content.publishing import Publisher
from cms.content.recommendations import Recommendations
from cms.content.shapes import Shape
from cms.content.tables import Reader, Row, corrected
from cms.content.vocabularies import Vocabularies
from cms.roles import IMPORT_ACCOUNT
from recommendations import rules
from recommendations.choices import Basis, EntryKind, EvidenceKind, FactPrecision, Implementation, Position
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.services import follow_up as services
from recommendations.services import rows
from recommendations.services.evidence import EvidenceData
from taxonomy.models import Organisation

COLUMNS = (
    "rec_id", "organisation", "entry_kind", "value", "basis", "refers_on", "precision", "text_pl", "evidence_kind",
    "evidence_url", "note",
)  # fmt: skip
MEMBER = re.compile(r"member of class=([a-z0-9-]+)")
# The kinds of entry that a file may hold, with the words each may say.
VALUES: dict[str, list[str]] = {
    EntryKind.NOTE.value: [""],
    EntryKind.POSITION.value: Position.values,
    EntryKind.REPORT.value: Implementation.values,
}


@dataclass
class FollowUps:
    """The entries by a key made of all they say: an entry is never edited, so a changed line is a new entry."""

    wanted: dict[str, Shape] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def read_follow_ups(
    reader: Reader, corrections: list[Row], words: Vocabularies, recommendations: Recommendations
) -> FollowUps:
    found = FollowUps()
    keys = entry_keys(table := reader.table("follow_up.tsv", *COLUMNS))
    said = {row["key"]: row for row in reader.table("follow_up_words.tsv", "key", "missing_pl", "citation_pl")}
    for key, row in said.items():
        if key not in keys:
            reader.fault(
                row, "key", "follow_up.tsv has no such entry.", "Write rec_id/organisation/number of the entry."
            )
    rows = corrected(reader, table, lambda index, _row: keys[index], corrections)
    logs: dict[tuple[str, str], list[rules.Entry]] = defaultdict(list)
    for key, row in zip(keys, rows, strict=True):
        before = len(reader.faults)
        shape = entry_shape(reader, row, said.get(key))
        if len(reader.faults) == before:
            check_law(reader, row, shape, logs[row["rec_id"], row["organisation"]])
        asked = recommendations.addressees.get(row["rec_id"])
        member = MEMBER.search(row["note"])
        if asked is None:
            reader.fault(
                row, "rec_id", f"There is no recommendation {row['rec_id']!r}.", "Write an id of recommendations.tsv."
            )
        elif row["organisation"] not in words.organisations:
            reader.fault(
                row,
                "organisation",
                f"There is no organisation {row['organisation']!r}.",
                "Write a code of organisations.tsv.",
            )
        elif member and member[1] not in asked:
            reader.fault(row, "note", f"{row['rec_id']} does not ask {member[1]}.", "Name a class that it asks.")
        elif not member and row["organisation"] not in asked:
            reader.fault(
                row,
                "organisation",
                f"{row['rec_id']} does not ask it.",
                "Name an addressee, or the class by “member of class=”.",
            )  # fmt: skip
        name = key_of(shape)
        if name in found.wanted:
            reader.fault(row, "text_pl", "The same entry stands twice.", "Keep one of the two lines.")
        found.wanted[name] = shape
        found.lines[name] = row.line
        if member:
            found.members[name] = member[1]
    return found


def entry_keys(rows: list[Row]) -> list[str]:
    """MO-01/um-lublin/1: the number counts the entries of one recommendation and body in the order of the file."""
    counts: Counter[str] = Counter()
    keys = []
    for row in rows:
        stem = f"{row['rec_id']}/{row['organisation']}"
        counts[stem] += 1
        keys.append(f"{stem}/{counts[stem]}")
    return keys


def entry_shape(reader: Reader, row: Row, said: Row | None) -> Shape:
    for column, allowed in (
        ("entry_kind", list(VALUES)),
        ("value", VALUES.get(row["entry_kind"], [])),
        ("basis", Basis.values),
        ("precision", FactPrecision.values),
        ("evidence_kind", EvidenceKind.values),
    ):
        # What an entry may say is known only where its kind is.
        if column != "value" or row["entry_kind"] in VALUES:
            reader.one_of(row, column, allowed)
    refers_on = entry_day(reader, row)
    citation = said["citation_pl"] if said else ""
    missing = said["missing_pl"] if said else ""
    if not (row["evidence_url"] or citation):
        reader.fault(
            row,
            "evidence_url",
            "The entry stands on nothing.",
            "Give an address, or a citation in follow_up_words.tsv.",
        )
    if not row["text_pl"]:
        reader.fault(row, "text_pl", "The cell is empty.", "Write what the source says, in our words.")
    return {
        "rec_id": row["rec_id"],
        "organisation": row["organisation"],
        "kind": row["entry_kind"],
        "value": row["value"],
        "basis": row["basis"],
        "refers_on": refers_on.isoformat() if refers_on else "",
        "precision": row["precision"],
        "text": row["text_pl"],
        "missing": missing,
        "evidence": [[row["evidence_kind"], row["evidence_url"], citation]],
    }


def entry_day(reader: Reader, row: Row) -> dt.date | None:
    """The first day of the date, or None where none is known; a fault where date and precision do not agree."""
    try:
        refers_on = first_day(row["refers_on"])
    except ValueError as error:
        reader.fault(row, "refers_on", str(error), "Write 2014, 2014-05 or 2014-05-30.")
        return None
    if (refers_on is None) != (row["precision"] == FactPrecision.UNKNOWN):
        reader.fault(
            row, "precision", "Date and precision do not fit.", "Write unknown where there is no date, and only there."
        )
    try:
        refuse_other_precision(row["refers_on"], row["precision"])
    except ValueError as error:
        reader.fault(row, "precision", str(error), "Write the precision that the date has, or the date that is known.")
    return refers_on


def check_law(reader: Reader, row: Row, shape: Shape, log: list[rules.Entry]) -> None:
    """A fault where the rules of follow-up forbid an entry after those of ``log``, which grows by a lawful one."""
    today = timezone.localdate()
    day = first_day(shape["refers_on"])
    (piece,) = pieces(shape)
    said = {EntryKind.POSITION: "position", EntryKind.REPORT: "implementation"}.get(shape["kind"])
    values = {said: shape["value"]} if said else {}
    move = rules.Move(
        kind=shape["kind"],
        actors=frozenset({rules.Actor.IMPORT}),
        is_own=shape["basis"] == Basis.OWN_STATEMENT,
        refers_on=day,
        text=shape["text"],
        evidence=(piece.proof,),
        missing=shape["missing"],
        **values,
    )
    if fault := piece.fault(today):
        column = "evidence_url"
    elif fault := rules.note_fault(move, today=today):
        # Of a note the rules ask nothing but a text, which stands there, and a date that can be.
        column = "refers_on"
    else:
        column = "value"
        if said == "position":
            fault = rules.position_fault(move, today=today)
        elif said:
            before, now = (rules.state_of(entries, today=today) for entries in (rules.preceding(log, day), log))
            fault = rules.report_fault(move, before=before, now=now, today=today)
    if fault:
        # The sentences of the rules say first what is wrong, then what to do.
        wrong, _, remedy = str(fault).partition(". ")
        reader.fault(row, column, f"{wrong.rstrip('.')}.", remedy)
    else:
        log.append(rules.Entry(shape["kind"], timezone.now(), today, day, **values))


def pieces(shape: Shape) -> list[EvidenceData]:
    return [EvidenceData(kind=kind, url=url, citation=citation) for kind, url, citation in shape["evidence"]]


def key_of(shape: Shape) -> str:
    said = hashlib.sha256(repr(sorted(shape.items())).encode()).hexdigest()[:8]
    return f"{shape['rec_id']}/{shape['organisation']} {shape['kind']} {shape['refers_on'] or '?'} {said}"


@dataclass
class FollowUpPart:
    files: FollowUps
    publisher: Publisher
    name: str = "log entries"
    wanted: dict[str, Shape] = field(init=False)

    def __post_init__(self) -> None:
        self.wanted = self.files.wanted

    def place(self, key: str) -> str:
        return f"follow_up.tsv:{self.files.lines[key]}"

    def present(self) -> dict[str, Shape]:
        entries = (
            FollowUp.objects.filter(recorded_by__username=IMPORT_ACCOUNT)
            .select_related("assignment__organisation")
            .prefetch_related("evidence", "assignment__recommendation__aliases")
        )
        return {key_of(shape): shape for entry in entries for shape in self.shapes(entry)}

    def shapes(self, entry: FollowUp) -> list[Shape]:
        """One shape for each alias of the recommendation: files know it by one of them."""
        return [
            {
                "rec_id": alias.alias,
                "organisation": entry.assignment.organisation.code,
                "kind": entry.kind,
                "value": entry.position or entry.implementation,
                "basis": entry.basis,
                "refers_on": entry.refers_on.isoformat() if entry.refers_on else "",
                "precision": entry.refers_precision,
                "text": entry.text,
                "missing": entry.missing,
                "evidence": [[piece.kind, piece.url, piece.citation] for piece in entry.evidence.all()],
            }
            for alias in entry.assignment.recommendation.aliases.all()
        ]

    def edited(self) -> set[str]:
        return set()

    def write(self, key: str, shape: Shape) -> None:
        recommendation = Recommendation.objects.get(aliases__alias=shape["rec_id"])
        organisation = Organisation.objects.get(code=shape["organisation"])
        if key in self.files.members:
            group = Organisation.objects.get(code=self.files.members[key])
            row = rows.open_member_row(recommendation, organisation=organisation, member_of=group)
        else:
            row = Assignment.objects.get(recommendation=recommendation, organisation=organisation)
        said: dict[str, Any] = {
            "recorded_by": self.publisher.writer,
            "basis": shape["basis"],
            "text": shape["text"],
            "refers_on": first_day(shape["refers_on"]),
            "refers_precision": shape["precision"],
            "evidence": pieces(shape),
        }
        if shape["kind"] == EntryKind.POSITION:
            services.record_position(row, position=shape["value"], **said)
        elif shape["kind"] == EntryKind.REPORT:
            services.record_report(row, implementation=shape["value"], missing=shape["missing"], **said)
        else:
            services.record_note(row, **said)
