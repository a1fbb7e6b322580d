"""A group's paper on its way to drafts: the intake, and a row for each piece of the paper; no reader sees either."""

import hashlib
import uuid
from collections import Counter
from string import ascii_lowercase
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from recommendations.choices import Guess, PlanKind, SourceKind, Step, WordingKind


class Intake(models.Model):
    """One paper taken in for one issuer; its plan is what runs, and holds only while nothing was changed since."""

    # The source page of a group or forum, public or not: what stands below a deleted page goes with it.
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", verbose_name=_("issuer"))
    title = models.CharField(_("source"), max_length=300)
    source_url = models.URLField(_("address of the source"), max_length=1000, blank=True)
    # Where a saved web page stood; its recommendation keeps it as one of its identifiers, and it leads on.
    old_address = models.CharField(_("old address"), max_length=1000, blank=True)
    source_kind = models.CharField(
        _("kind of source"), max_length=25, choices=SourceKind.choices, default=SourceKind.WORKING_GROUP
    )
    wording_kind = models.CharField(
        _("wording is"), max_length=10, choices=WordingKind.choices, default=WordingKind.VERBATIM
    )
    issued = models.CharField(
        _("date of the document"),
        max_length=60,
        blank=True,
        help_text=_(
            "The day (21.11.2026), the month (11.2026) or the year (2026) on which the recommendations were issued. "
            "Their permanent numbers take the year from it. A date in a column of a spreadsheet goes before it."
        ),
    )
    document = models.ForeignKey(
        "pagekit.CustomDocument",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document of the source"),
    )
    # Counts every change of the rows: a form or a plan made before the last one is out of date.
    revision = models.PositiveIntegerField(default=0)
    # The revision that the plan was made of; the plan itself stands on the rows.
    planned_revision = models.PositiveIntegerField(null=True, blank=True)
    # Of a spreadsheet: which column says what, and how its cells are read (recommendations.transfer.columns).
    columns = models.JSONField(default=dict, blank=True)
    # By vocabulary and name (recommendations.rules.proposals): what is proposed with the drafts that hold the name.
    proposals = models.JSONField(default=dict, blank=True)
    # What the worker does next, for whom, and how far it is.
    step = models.CharField(_("to be done"), max_length=10, choices=Step.choices, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    steps_done = models.PositiveIntegerField(default=0)
    steps_wanted = models.PositiveIntegerField(default=0)
    trouble = models.TextField(_("why it stopped"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("taken in"), default=timezone.now)

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_planned(self) -> bool:
        """Whether there is a plan, made of the rows as they stand."""
        return self.planned_revision == self.revision

    @property
    def is_sheet(self) -> bool:
        """Whether it is a spreadsheet, whose columns were or have to be named."""
        return bool(self.columns)

    def headings_of(self, cell: str) -> list[str]:
        """How the columns that say this (a Cell) are called in the spreadsheet; none for a paper."""
        headings = self.columns.get("headings", ())
        return [headings[int(place)] for place, named in self.columns.get("cells", {}).items() if named == cell]

    def name_of(self, row: "IntakeRow") -> str:
        """What every screen calls a row that is taken, so that an editor finds it in the file.

        Its row of the spreadsheet; its number in the paper where no other row has it; else that of the row above it and
        a letter, and where none above has one its place from the top.
        """
        return str(row.line) if row.line else self._names_of_rows.get(row.pk, "")

    @cached_property
    def _names_of_rows(self) -> dict[int, str]:
        rows = self.rows.filter(is_dropped=False).values_list("pk", "number")
        numbers = {pk: number.strip(" .)(") for pk, number in rows}
        counted = Counter(numbers.values())
        names: dict[int, str] = {}
        after: list[str] = []
        for place, (pk, number) in enumerate(numbers.items(), 1):
            if number and counted[number] == 1:
                names[pk] = number
                after = [name for letter in ascii_lowercase if (name := f"{number}{letter}") not in counted]
            else:
                names[pk] = after.pop(0) if after else gettext("%(place)d from the top") % {"place": place}
        return names


class IntakeRow(models.Model):
    """A piece of the paper as the editor has it now: a recommendation to be or to change, or something left out."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField(_("place in the paper"))
    number = models.CharField(_("number in the paper"), max_length=20, blank=True)
    title = models.CharField(_("short title"), max_length=255, blank=True)
    text = models.TextField(_("wording"), blank=True)
    rationale = models.TextField(_("rationale"), blank=True)
    locator = models.CharField(_("page or paragraph"), max_length=60, blank=True)
    addressees = models.TextField(
        _("whom it asks"),
        blank=True,
        help_text=_("One a line. After a bar, the source's words: Miasto Kraków | władze miasta."),
    )
    themes = models.TextField(_("themes"), blank=True, help_text=_("One a line."))
    # Of a spreadsheet: its row, what the other columns say (by Cell), and the mark of the whole row as the file has it.
    line = models.PositiveIntegerField(_("row of the spreadsheet"), null=True, blank=True)
    cells = models.JSONField(default=dict, blank=True)
    mark = models.CharField(max_length=64, blank=True)
    # Where it stood, for the editor to look at.
    heading = models.TextField(_("heading above"), blank=True)
    is_dropped = models.BooleanField(_("left out"), default=False)
    joined_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="joined")
    # By field: {"why": a Guess, "note": words, "was": {field: what stood there before}}.
    guesses = models.JSONField(default=dict, blank=True)
    # What a person wrote or decided, by name: a spreadsheet that is read again keeps it.
    by_hand = models.JSONField(default=list, blank=True)
    # Of the piece as the paper has it: the same paper, taken in again, has the same.
    external_id = models.CharField(max_length=64, db_index=True)
    # Becomes the translation key of the draft, so that one row can never make two.
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    # The key of the page that was there before and of which the row makes a new draft; empty for a new page.
    target = models.UUIDField(null=True, blank=True, db_index=True)
    drafted_at = models.DateTimeField(_("draft made"), null=True, blank=True)
    # The revision that it made, and the one before it: whoever saves a later one has edited the draft.
    made_revision = models.BigIntegerField(null=True, blank=True)
    earlier_revision = models.BigIntegerField(null=True, blank=True)
    # What the plan does with it, and why it was not done though it was planned.
    plan_kind = models.CharField(_("what"), max_length=10, choices=PlanKind.choices, blank=True)
    # By name: "column" and "sentence", or of an error "faults": by column all sentences; "missing" words, "fields" that
    # change, "base": the revision that was compared.
    plan = models.JSONField(default=dict, blank=True)
    trouble = models.TextField(_("why not done"), blank=True)

    class Meta:
        verbose_name = _("row of an intake")
        verbose_name_plural = _("rows of intakes")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.title or self.text[:60] or self.cells.get('reference', '')}".strip()

    @property
    def made_key(self) -> uuid.UUID:
        """The key of the page that it makes or changes."""
        return self.target or self.key

    @property
    def told(self) -> list[tuple[str, str]]:
        """What the plan says of the row, each time with the column that it is about, or none."""
        if faults := self.plan.get("faults"):
            return [(column, sentence) for column in sorted(faults) for sentence in faults[column]]
        column, sentence = self.plan.get("column", ""), self.plan.get("sentence", "")
        return [(column, sentence)] if sentence else []

    def guess(self, field: str, why: Guess, *, note: str = "", **was: Any) -> None:
        """Mark ``field`` as filled in without a person; ``was`` is what taking the guess back restores."""
        self.guesses[field] = {"why": why.value, "note": note, "was": was}

    def wrote(self, name: str) -> None:
        """Note that a person said what stands in ``name``, which is no guess any more."""
        self.guesses.pop(name, None)
        if name not in self.by_hand:
            self.by_hand.append(name)

    def why(self, field: str) -> str:
        """The reason of a guess in words; empty for what a person wrote."""
        found = self.guesses.get(field)
        if not found:
            return ""
        return f"{Guess(found['why']).label}{': ' if found['note'] else ''}{found['note']}"

    @property
    def why_left_out(self) -> str:
        return self.why("is_dropped")


class SheetSource(models.Model):
    """How the spreadsheets of one source are read: those with the same headings, taken in for the same issuer."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    headings = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    # By status as the source writes it: a code of Implementation, or empty for "says nothing".
    statuses = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("columns of a source")
        verbose_name_plural = _("columns of sources")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "headings"], name="sheet_source_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.headings[:8]}"


def id_of_piece(number: str, text: str) -> str:
    """What the piece of a paper is known by in every intake: its number and words, whatever the blanks and case."""
    return hashlib.sha256(f"{number}\n{' '.join(text.casefold().split())}".encode()).hexdigest()
