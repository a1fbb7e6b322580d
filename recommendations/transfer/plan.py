"""Rows of a filled-in sheet against the database: a list of actions to look at before any of them is carried out.

Each row is tried with the very service that will record it, and taken back: so the plan knows every rule and repeats
none of them.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from pagekit.models import attach_pages
from recommendations import rules
from recommendations.choices import CHOSEN_POSITIONS, Answer, EvidenceKind, FactPrecision, Implementation, Position
from recommendations.models import Assignment, FollowUp
from recommendations.rules.proposals import folded
from recommendations.services.evidence import EvidenceData, proof_of
from recommendations.services.items import held_by
from recommendations.services.log import staying_over
from recommendations.services.recording import Overtaken
from recommendations.services.reply import record_reply
from recommendations.transfer.items import labels_of
from recommendations.transfer.rows import RowError
from recommendations.transfer.sheets import Row, known_words
from taxonomy.models import Organisation

# Answers whose day is that on which they are given, unless the sheet says another.
OF_TODAY = frozenset({Answer.NO_CHANGE, Answer.NOT_OURS})


class Wrong(Exception):  # noqa: N818 - it is what a row says, no error of the program
    """A cell that cannot be understood: its column, and what to do."""

    def __init__(self, column: str, sentence: Any) -> None:
        super().__init__(column)
        self.column, self.sentence = column, sentence


@dataclass(frozen=True)
class Action:
    """One entry that will be recorded: what it says, and how the item stands before and after it."""

    row: Row
    assignment: Assignment
    said: dict[str, Any]
    # As it was tried and taken back; and the entry of a later date that stays the state over it.
    entry: FollowUp
    stays: FollowUp | None = None

    @property
    def after(self) -> Assignment:
        return self.entry.assignment

    @property
    def answer(self) -> str:
        return str(Answer(self.said["answer"]).label)

    @property
    def staying(self) -> str:
        """What stays the state although this is newer, because it refers to a later date; empty where nothing does."""
        if self.stays is None:
            return ""
        said = self.stays.get_position_display() or self.stays.get_implementation_display()
        return f"{said}, {self.stays.refers_on:%d.%m.%Y}"

    @property
    def moves(self) -> bool:
        names = ("implementation", "position", "is_confirmed", "is_disputed")
        return any(getattr(self.assignment, name) != getattr(self.after, name) for name in names)


@dataclass(frozen=True)
class Plan:
    """What a sheet would do: entries to record, rows that say what is recorded already, and rows that are wrong."""

    actions: list[Action] = field(default_factory=list)
    known: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


class Vocabulary:
    """The words a cell may hold, each in any of our languages; read from the database once a sheet."""

    @cached_property
    def answers(self) -> Mapping[str, str]:
        return known_words({one: one.label for one in Answer})

    @cached_property
    def positions(self) -> Mapping[str, str]:
        return known_words({one: one.label for one in CHOSEN_POSITIONS})

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        return known_words({one: one.label for one in EvidenceKind})

    @cached_property
    def bodies(self) -> Mapping[str, Organisation]:
        found: dict[str, Organisation] = {}
        for body in Organisation.objects.current().answerable():
            for word in (*body.labels, body.code):
                found[folded(word)] = body
        return found


def plan_for(user: Any, rows: Iterable[Row]) -> Plan:
    """What the rows would do for this person; nothing is changed."""
    wanted = list(rows)
    plan = Plan()
    items = _items(user, wanted)
    words = Vocabulary()
    seen: dict[int, int] = {}
    for row in wanted:
        try:
            assignment = _item(row, items)
            if assignment.pk in seen:
                raise Wrong(
                    "reference",
                    _("This item is answered in row %(row)s already. Delete one of the two.")
                    % {"row": seen[assignment.pk]},
                )
            seen[assignment.pk] = row.number
            said = _said(row, words)
            if _is_known(assignment, said):
                plan.known.append(row)
                continue
            plan.actions.append(Action(row, assignment, said, *_tried(user, assignment, said)))
        except Wrong as wrong:
            plan.errors.append(RowError(row.number, wrong.column, wrong.sentence))
    attach_pages([action.assignment.recommendation for action in plan.actions], only=("text",))
    return plan


@transaction.atomic
def carry_out(user: Any, rows: Iterable[Row]) -> int:
    """Record what the rows say, all in one act; return how many entries there are now more.

    Refused, and nothing is recorded, where one row cannot be: the plan that is then made anew names it.
    """
    wanted = list(rows)
    items, words, act = _items(user, wanted), Vocabulary(), uuid.uuid4()
    done = 0
    for row in wanted:
        try:
            assignment, said = _item(row, items), _said(row, words)
        except Wrong as wrong:
            raise Refused(wrong.sentence) from wrong
        if not _is_known(assignment, said):
            record_reply(assignment, recorded_by=user, act=act, **said)
            done += 1
    return done


def _items(user: Any, rows: list[Row]) -> dict[tuple[str, str], Assignment]:
    """The rows of the database that the sheet names and the person may answer."""
    references = {row.values["reference"].upper() for row in rows}
    found = held_by(user).filter(recommendation__reference__in=references)
    return {
        (one.recommendation.reference, f"A{one.number}"): one
        for one in found.select_related("organisation__parent", "recommendation").prefetch_related(
            "follow_ups__evidence__document"
        )
    }


def _item(row: Row, items: dict[tuple[str, str], Assignment]) -> Assignment:
    key = row.values["reference"].upper(), row.values["assignment"].upper()
    if key not in items:
        # The same for what is another institution's and for what does not exist.
        raise Wrong(
            "reference", _("This is no item of your institution. Take reference and assignment from the sheet.")
        )
    return items[key]


def _said(row: Row, words: Vocabulary) -> dict[str, Any]:
    """What the cells say, as the service takes it; Wrong with the column that cannot be understood."""
    values = row.values
    answer = _word(values, "answer", words.answers)
    if not answer:
        raise Wrong("answer", _("Missing. Write one of: %(words)s.") % {"words": _offered("answer")})
    said: dict[str, Any] = {"answer": answer, "text": values["text"], "missing": values["missing"]}
    said["seen"] = _seen(values["seen"])
    said["refers_on"], said["refers_precision"] = _when(values["when"], answer)
    said["position"] = _word(values, "position", words.positions) if answer == Answer.POSITION else ""
    if answer == Answer.POSITION and not said["position"]:
        raise Wrong("position", _("Missing. Write one of: %(words)s.") % {"words": _offered("position")})
    said["competent_body"] = None
    if answer == Answer.NOT_OURS:
        said["competent_body"] = words.bodies.get(folded(values["competent_body"]))
        if said["competent_body"] is None:
            raise Wrong(
                "competent_body", _("Not known. Write the name as the list of institutions on the site has it.")
            )
    if len(values["text"]) > 5000:
        raise Wrong("text", _("Longer than 5000 characters. Shorten it or link a document."))
    said["evidence"] = _evidence(values, words)
    said["language"] = get_language() or "pl"
    return said


def _word(values: Mapping[str, str], column: str, words: Mapping[str, str]) -> str:
    text = folded(values[column])
    if text and text not in words:
        raise Wrong(
            column,
            _("“%(word)s” is not known. Write one of: %(words)s.") % {"word": text[:60], "words": _offered(column)},
        )
    return str(words[text]) if text else ""


def _offered(column: str) -> str:
    """The words of a column, in the reader's language: a CSV file has no list to choose from."""
    return "; ".join(labels_of(column))


def _seen(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Wrong("seen", _("Changed or missing. Download the sheet anew and copy your answers into it."))
    return int(text)


def _when(text: str, answer: str) -> tuple[dt.date, str]:
    if not text and answer in OF_TODAY:
        return timezone.localdate(), FactPrecision.DAY
    if not text:
        raise Wrong("when", _("Missing. Write the day (21.11.2026), the month (11.2026) or the year (2026)."))
    try:
        first, precision = rules.written_date(text)
    except ValueError as error:
        raise Wrong(
            "when", _("This is no date. Write the day (21.11.2026), the month (11.2026) or the year (2026).")
        ) from error
    if first > timezone.localdate():
        raise Wrong("when", _("It lies in the future. Write when it happened, at the latest today."))
    if first < rules.FIRST_DAY:
        raise Wrong("when", _("It lies before 1989. Check the year."))
    return first, precision


def _evidence(values: Mapping[str, str], words: Vocabulary) -> list[EvidenceData]:
    kind = _word(values, "evidence_kind", words.kinds)
    url, citation = values["evidence_url"], values["evidence_citation"]
    if not (url or citation):
        if kind:
            raise Wrong("evidence_url", _("Missing. Give an address, or name the document in words."))
        return []
    if not kind:
        raise Wrong("evidence_kind", _("Missing. Choose what kind of document it is."))
    piece = EvidenceData(kind=kind, url=url, citation=citation)
    if fault := piece.fault(timezone.localdate()):
        raise Wrong("evidence_url", fault)
    return [piece]


def _is_known(assignment: Assignment, said: dict[str, Any]) -> bool:
    """Whether the institution said this very thing after the sheet was downloaded: a second upload changes nothing.

    With evidence that none of these entries has it is another entry, which repeats the last of them: evidence belongs
    to one entry for ever.
    """
    same = [entry for entry in assignment.follow_ups.all() if entry.pk > said["seen"] and _is_same(entry, said)]
    given = {proof_of(piece) for entry in same for piece in entry.evidence.all()}
    if not same or {piece.proof for piece in said["evidence"]} <= given:
        return bool(same)
    said["seen"] = max(entry.pk for entry in same)
    return False


def _is_same(entry: FollowUp, said: dict[str, Any]) -> bool:
    answer = said["answer"]
    if entry.declared_by_id is None or entry.text != said["text"].strip():
        return False
    # An answer of today, read again tomorrow, is the same.
    if answer not in OF_TODAY and (entry.refers_on, entry.refers_precision) != (
        rules.first_day(said["refers_on"], said["refers_precision"]),
        said["refers_precision"],
    ):
        return False
    if answer == Answer.POSITION:
        return entry.position == said["position"]
    if answer == Answer.NOT_OURS:
        return entry.position == Position.NOT_COMPETENT and entry.competent_body_id == said["competent_body"].pk
    return bool(entry.implementation) if answer == Answer.NO_CHANGE else entry.implementation == Implementation(answer)


def _tried(user: Any, assignment: Assignment, said: dict[str, Any]) -> tuple[FollowUp, FollowUp | None]:
    """The entry as it would be recorded, on its item as it would stand, and what stays the state over it, if anything.

    Wrong where a rule forbids it.
    """
    try:
        with transaction.atomic():
            entry = record_reply(assignment, recorded_by=user, **said)
            stays = staying_over(entry)
            transaction.set_rollback(True)
    except Overtaken as overtaken:
        texts = "; ".join(entry.text or str(entry.get_kind_display()) for entry in overtaken.newer)
        raise Wrong(
            "answer",
            _("Somebody added an entry since the sheet was downloaded: “%(text)s”. Answer this item on the site.")
            % {"text": texts[:300]},
        ) from overtaken
    except Refused as refused:
        raise Wrong("answer", refused.sentence) from refused
    return entry, stays
