"""The plan of an intake: what each row would become, worked out a few hundred rows at a time and kept on the rows."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.models import Period
from pagekit.models import source_language
from recommendations.choices import Cell, PlanKind, Subject
from recommendations.models import (
    Intake,
    IntakeRow,
    RecommendationPage,
)
from recommendations.models.intake import id_of_piece
from recommendations.rules.proposals import folded
from recommendations.services.intake import may_take_in, require_intake_right
from recommendations.transfer.around import Around
from recommendations.transfer.papers import above
from recommendations.transfer.said import PROSE, Said, differences, said_by
from recommendations.transfer.words import Words, Wrong

AT_ONCE = 500


@dataclass
class Line:
    """What the plan does with one row."""

    row: IntakeRow
    kind: PlanKind = PlanKind.CREATE
    column: str = ""
    sentence: str = ""
    # Of an error: by column every sentence that says what is wrong, and what to do.
    faults: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    # Of a change: the fields that differ, and the revision that was compared.
    fields: list[str] = field(default_factory=list)
    base: int | None = None
    # What was worked out on the way and is needed to carry it out.
    said: Said = field(default_factory=Said)
    page: RecommendationPage | None = None
    parent: Any = None

    @property
    def kept(self) -> dict[str, Any]:
        proposed = [row["label"] for row in self.said.values.get("proposals", {}).values()]
        said = {"faults": self.faults} if self.faults else {"column": self.column, "sentence": self.sentence}
        values = {**said, "missing": self.missing, "fields": self.fields, "proposed": proposed}
        return {name: value for name, value in values.items() if value} | ({"base": self.base} if self.base else {})

    def ends(self, kind: PlanKind, sentence: str, column: str = "") -> "Line":
        self.kind, self.sentence, self.column = kind, sentence, column
        return self

    def errs(self, *faults: Wrong) -> "Line":
        for fault in faults:
            self.faults.setdefault(fault.column, []).append(str(fault.sentence))
        return self.ends(PlanKind.ERROR, " ".join(str(fault.sentence) for fault in faults))


class Planner:
    """Works out lines for rows of one intake; ``is_whole`` where all rows pass, in order, through one planner."""

    def __init__(self, intake: Intake, by: Any, *, is_whole: bool = True) -> None:
        self.intake, self.by, self.is_whole = intake, by, is_whole
        self.page = intake.page
        self.words = Words(intake)
        self.seen: dict[Any, str] = {}
        self.rights: dict[int, bool] = {}

    @cached_property
    def wordings(self) -> dict[str, str]:
        """By the mark of its wording, what stands below the issuer already, or in an earlier row."""
        if not self.is_whole:
            return {}
        own = self.intake.rows.values("key")
        pages = RecommendationPage.objects.child_of(self.page).exclude(translation_key__in=own).order_by()
        return {mark_of(text): f"„{title}”" for title, text in pages.values_list("title", "text").iterator()}

    @cached_property
    def in_file(self) -> dict[str, tuple[Any, str]]:
        """The key and the external id of every row, by whatever it may be called in a column of links."""
        found: dict[str, tuple[Any, str]] = {}
        rows = self.intake.rows.filter(is_dropped=False).values_list("key", "external_id", "number", "cells")
        for key, external_id, number, cells in rows.iterator():
            for name in filter(None, (number, *cells.get(Cell.IDENTIFIER, ()), cells.get(Cell.REFERENCE, ""))):
                found.setdefault(folded(name), (key, external_id))
        return found

    def lines(self, rows: Sequence[IntakeRow]) -> list[Line]:
        """One line a row, in their order."""
        around = Around(self.intake, rows, lambda name: self.in_file.get(name))
        return [self.line(row, around) for row in rows]

    def line(self, row: IntakeRow, around: Around) -> Line:
        line = Line(row, parent=self.page)
        if row.key in around.pages or (row.target and row.drafted_at):
            return line.ends(PlanKind.SAME, _("The draft of this row is made."))
        twin = around.twins.get(row.external_id)
        if twin is not None and (row.mark == twin.mark or not self.intake.is_sheet):
            # The file says what it said then, whatever became of the draft since.
            told = _("The same piece became a draft on %(day)s, from “%(title)s”.")
            day = timezone.localtime(twin.drafted_at)
            return line.ends(PlanKind.SAME, told % {"day": f"{day:%d.%m.%Y}", "title": twin.intake.title})
        line.page = around.page_of(row, twin)
        line.said = said_by(row, self.words, around.links)
        faults = [*self.faults(line), *line.said.wrong]
        if faults:
            return line.errs(*faults)
        if (double := self.double(line)) is not None:
            return double
        return self.new(line) if line.page is None else self.compared(line, twin, around)

    def faults(self, line: Line) -> Iterator[Wrong]:
        row = line.row
        if line.page is None:
            if reference := row.cells.get(Cell.REFERENCE):
                told = _("There is no recommendation %(reference)s. Empty the cell for a new one.")
                yield Wrong(Cell.REFERENCE, told % {"reference": reference[:60]})
            if not row.text:
                yield Wrong("text", _("The wording is empty. Write it, or leave the row out."))
            if not row.title:
                yield Wrong("title", _("The short title is missing. Write four to nine words."))
        for name in row.cells.get(Cell.STATUSES, ()):
            if name and folded(name) not in self.words.statuses:
                told = _("“%(name)s” is no status of the site. Say once for this source what it means.")
                yield Wrong(Cell.STATUSES, told % {"name": name[:60]})
        if "cut" in row.cells:
            yield Wrong("title", _("The short title is longer than 255 letters. Shorten it."))
        issuer, forum = row.cells.get(Cell.ISSUER, ""), row.cells.get(Cell.FORUM, "")
        if issuer or forum:
            yield from self.issued(line, issuer, forum)
        parent = line.page or line.parent
        if parent is not None and not self.may(line):
            yield Wrong(Cell.ISSUER, _("You may not take in papers for this group or forum. Ask an administrator."))

    def issued(self, line: Line, issuer: str, forum: str) -> Iterator[Wrong]:
        issuers = self.words.issuers
        standing = issuers.of(line.page) if line.page else None
        called = issuers.by_name.get(folded(issuer or forum), {})
        if standing is not None:
            if standing.pk not in called:
                told = _(
                    "This recommendation was issued by “%(title)s”; what stands there is not moved by a file. "
                    "Name that, or empty the cell."
                )
                yield Wrong(Cell.ISSUER, told % {"title": standing.title})
            return
        line.parent = issuers.named(issuer, forum)
        if line.parent is None:
            told = _(
                "“%(name)s” is no group or forum of the site, or more than one. Write its number or name its forum."
            )
            yield Wrong(Cell.ISSUER, told % {"name": (issuer or forum)[:80]})

    def may(self, line: Line) -> bool:
        if line.page is not None:
            return bool(line.page.permissions_for_user(self.by).can_edit())
        if line.parent.pk not in self.rights:
            self.rights[line.parent.pk] = may_take_in(self.by, line.parent)
        return self.rights[line.parent.pk]

    def double(self, line: Line) -> Line | None:
        """The line of a row that means what an earlier row means, or says what stands there word for word."""
        row = line.row
        if not self.is_whole:
            return None
        name = self.intake.name_of(row)
        own = line.page.translation_key if line.page else row.external_id
        if self.intake.is_sheet and own in self.seen:
            told = _("Row %(number)s means the same recommendation. Delete one of the two.")
            return line.errs(Wrong(Cell.REFERENCE, told % {"number": self.seen[own]}))
        self.seen[own] = name
        if line.page is not None or row.cells.get(Cell.IDENTIFIER):
            return None
        here = _("Row %(number)s") % {"number": name}
        if (where := self.wordings.setdefault(mark_of(row.text), here)) == here:
            return None
        told = _("%(where)s says this already, word for word. Leave one out, or change the wording.")
        return line.ends(PlanKind.CONFLICT, told % {"where": where}, "text")

    def new(self, line: Line) -> Line:
        line.missing = missing_of(line.said, self.intake)
        return line

    def compared(self, line: Line, twin: IntakeRow | None, around: Around) -> Line:
        """What a row does with the page that is there: nothing, a new draft over it, or a conflict."""
        page: Any = line.page
        said = line.said
        # What was guessed for want of a cell is nothing that the file says.
        said.values = {name: value for name, value in said.values.items() if name not in line.row.guesses}
        language = line.row.cells.get(Cell.LANGUAGE, "")
        if language and language != source_language():
            if other := around.prose_differs(page, said.values, language):
                told = _("The row is in another language, and translations are changed on their own screen.")
                return line.errs(Wrong(other, told))
            said.values = {name: value for name, value in said.values.items() if name not in PROSE}
        opened = around.opened.get(page.translation_key, frozenset())
        if sentence := around.status_differs(page, said.values.get("statuses", {})):
            return line.ends(PlanKind.CONFLICT, sentence, Cell.STATUSES)
        if page.live and not differences(page, said, opened=opened):
            return line.ends(PlanKind.SAME, _("The site says this already."))
        latest = around.latest(page)
        line.fields = differences(latest, said, opened=opened)
        if not line.fields:
            return line.ends(PlanKind.SAME, _("A draft of it says this already."))
        if sentence := self.edited_since(line, twin, around):
            return line.ends(PlanKind.CONFLICT, sentence, Cell.REFERENCE)
        line.base, line.page = page.latest_revision_id, latest
        return line.ends(PlanKind.CHANGE, "")

    def edited_since(self, line: Line, twin: IntakeRow | None, around: Around) -> str:
        """Why the file may not overwrite what a person wrote meanwhile; empty where nobody did."""
        page: Any = line.page
        version = line.row.cells.get(Cell.VERSION, "")
        if version.isdecimal() and int(version) < around.versions.get(page.translation_key, 0):
            return _("A newer wording was published since this list was taken out. Take it out anew.")
        if page.locked or page.pk in around.in_workflow:
            return _("The page is locked or waits for a moderator. Wait for that, then plan again.")
        is_ours = twin is not None and twin.made_revision == page.latest_revision_id
        if (page.has_unpublished_changes or not page.live) and not is_ours:
            return _("Somebody has changed its draft, and the file says something else. Change it on its own page.")
        return ""


def mark_of(text: str) -> str:
    return id_of_piece("", text)


def missing_of(said: Said, intake: Intake) -> list[str]:
    """What a draft may lack and its publication will ask for."""
    values = said.values
    proposed = {subject for subject, _name in values.get("proposals", {})}
    wanted = {
        _("addressee"): values.get("addressees") or Subject.ORGANISATION in proposed,
        _("theme"): values.get("themes") or Subject.THEME in proposed,
        _("source"): values.get("source_url") or intake.source_url or intake.document_id,
    }
    return [name for name, value in wanted.items() if not value]


def plan_intake(intake: Intake, *, by: Any) -> Intake:
    """Work out what each row that is taken would become, and keep it on the rows, some hundreds in one transaction.

    A row whose draft somebody deleted is as if it had none. The plan holds for the rows as they stood: whoever
    changes one meanwhile makes it void.
    """
    fresh = Intake.objects.select_related("page").get(pk=intake.pk)
    require_intake_right(by, fresh.page)
    planner = Planner(fresh, by)
    rows = fresh.rows.filter(is_dropped=False)
    order = list(rows.values_list("pk", flat=True))
    if fresh.steps_wanted != len(order):
        Intake.objects.filter(pk=fresh.pk).update(steps_done=0, steps_wanted=len(order))
    for start in range(0, len(order), AT_ONCE):
        lot = list(rows.filter(pk__in=order[start : start + AT_ONCE]))
        gone = deleted_of(lot)
        # Nobody who writes waits for what is only read.
        lines = planner.lines(lot)
        with transaction.atomic():
            IntakeRow.objects.filter(pk__in=gone).update(drafted_at=None, target=None)
            unmade = [line.row.pk for line in lines if not line.row.drafted_at]
            made = {*rows.filter(pk__in=unmade).exclude(drafted_at=None).values_list("pk", flat=True)}
            keep(line for line in lines if line.row.pk not in made)
            Intake.objects.filter(pk=fresh.pk).update(steps_done=start + len(lot))
    Intake.objects.filter(pk=fresh.pk, revision=fresh.revision).update(planned_revision=fresh.revision)
    return Intake.objects.select_related("page").get(pk=intake.pk)


def deleted_of(rows: Sequence[IntakeRow]) -> list[int]:
    """The rows whose draft is not there any more; in memory they are by now as if it had never been made."""
    made = [row for row in rows if row.drafted_at]
    keys = RecommendationPage.objects.filter(translation_key__in=[row.made_key for row in made])
    present = set(keys.values_list("translation_key", flat=True))
    gone = [row for row in made if row.made_key not in present]
    for row in gone:
        row.drafted_at = None
    return [row.pk for row in gone]


def keep(lines: Iterable[Line]) -> None:
    """Write the plan on the rows, those of one plan together."""
    together: dict[tuple[str, str, Any], list[int]] = defaultdict(list)
    for line in lines:
        target = line.row.target
        if not line.row.drafted_at:
            target = line.page.translation_key if line.page and line.kind == PlanKind.CHANGE else None
        together[line.kind.value, json.dumps(line.kept), target].append(line.row.pk)
    for (kind, plan, target), pks in together.items():
        IntakeRow.objects.filter(pk__in=pks).update(plan_kind=kind, plan=json.loads(plan), target=target, trouble="")


def period_of_issuer(page: Any) -> Period | None:
    return next((one for one in above(page) if one.starts_on), None)
